package exam

import (
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// Blueprint says what every form of an exam is made of. It draws from the items
// of one role, cell by cell.
type Blueprint struct {
	Role     string    `json:"role"`
	Sections []Section `json:"sections"`
	Cells    []Cell    `json:"cells"`
	// Testlets is how many testlets each form holds; their items count for the
	// cells that they match.
	Testlets int `json:"testlets"`
	// Pretest is how many items that are being tried out each form holds beside
	// those of its cells. They are not scored, and learners cannot tell them.
	Pretest int `json:"pretest,omitempty"`
	// Cut is the cut score on the whole form, in basis points of its maximum.
	Cut int `json:"cut"`
	// Gates are further minimums, each over one or several sections. Who
	// reaches Cut but misses a gate does not pass.
	Gates []Gate `json:"gates,omitempty"`
	// Standard is the cut that a panel has set, nil for one that was simply given. Each
	// form's cut then follows from its own characteristic curve, and Cut says what
	// share of points that is over the whole bank.
	Standard *Standard `json:"standard,omitempty"`
}

// Standard is a cut as the ability of the candidate who just passes.
type Standard struct {
	// Panel is the id of the panel that set it.
	Panel string  `json:"panel"`
	Theta float64 `json:"theta"`
	SE    float64 `json:"se"`
}

// Section is a part of the form that is reported on its own.
type Section struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
}

// Cell asks for Count items that match its filter. An empty list matches all.
// No item may match two cells of a blueprint.
type Cell struct {
	Section string   `json:"section"`
	Topics  []string `json:"topics,omitempty"`
	Stages  []string `json:"stages,omitempty"`
	Levels  []string `json:"levels,omitempty"`
	Kinds   []Kind   `json:"kinds,omitempty"`
	Count   int      `json:"count"`
}

// Gate is a minimum over some sections, in basis points of what they can give.
type Gate struct {
	ID       string   `json:"id"`
	Title    Text     `json:"title"`
	Sections []string `json:"sections"`
	Minimum  int      `json:"minimum"`
}

// maxForm is the longest form. It keeps a form's page and the attempt's
// document small; the longest of the shipped programmes has 60 items.
const maxForm = 300

// fullBasisPoints is 100 %.
const fullBasisPoints = 10_000

// Length is the number of scored items of a form.
func (b *Blueprint) Length() int {
	n := 0
	for _, c := range b.Cells {
		n += c.Count
	}
	return n
}

// matches reports whether the item belongs to the cell.
func (c *Cell) matches(it *Item) bool {
	in := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	return in(c.Topics, it.Topic) && in(c.Stages, it.Stage) && in(c.Levels, it.Level) &&
		(len(c.Kinds) == 0 || slices.Contains(c.Kinds, it.Kind))
}

// Check reports every fault of the blueprint by itself, without a bank.
func (b *Blueprint) Check(langs []string) []fault.Field {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if !termPattern.MatchString(b.Role) {
		add("/role", "%q is not a role: use small letters, digits and hyphens", b.Role)
	}
	if b.Cut < 1 || b.Cut > fullBasisPoints {
		add("/cut", "is %d; a cut score is 1 to 10000 basis points (7000 is 70 %%)", b.Cut)
	}
	if st := b.Standard; st != nil && (!idPattern.MatchString(st.Panel) || !(st.Theta >= -6 && st.Theta <= 6) || !(st.SE >= 0 && st.SE <= 6)) {
		add("/standard", "names no panel, or an ability beyond 6 logits")
	}
	counts := make(map[string]int)
	for i, s := range b.Sections {
		if _, twice := counts[s.ID]; twice || !termPattern.MatchString(s.ID) {
			add(fmt.Sprintf("/sections/%d/id", i), "%q is not an id, or is used twice", s.ID)
		}
		counts[s.ID] = 0
		faults = append(faults, s.Title.checkTitle(fmt.Sprintf("/sections/%d/title", i), langs)...)
	}
	for i, c := range b.Cells {
		if _, ok := counts[c.Section]; !ok {
			add(fmt.Sprintf("/cells/%d/section", i), "%q is not a section of this blueprint", c.Section)
		}
		if c.Count < 1 {
			add(fmt.Sprintf("/cells/%d/count", i), "is %d; leave out a cell that asks for nothing", c.Count)
		}
		counts[c.Section] += c.Count
	}
	for i, s := range b.Sections {
		if counts[s.ID] == 0 {
			add(fmt.Sprintf("/sections/%d", i), "no cell belongs to section %q", s.ID)
		}
	}
	if n := b.Length(); n < 1 || n+max(0, b.Pretest) > maxForm {
		add("/cells", "ask for %d items in all; a form has 1 to %d, with those that are tried out", n, maxForm)
	}
	if b.Pretest < 0 {
		add("/pretest", "is %d; it counts items and cannot be negative", b.Pretest)
	}
	if b.Testlets < 0 {
		add("/testlets", "is %d; it counts testlets and cannot be negative", b.Testlets)
	}
	for i, g := range b.Gates {
		path := fmt.Sprintf("/gates/%d", i)
		if !termPattern.MatchString(g.ID) {
			add(path+"/id", "%q is not an id: use small letters, digits and hyphens", g.ID)
		}
		if g.Minimum < 1 || g.Minimum > fullBasisPoints {
			add(path+"/minimum", "is %d; a minimum is 1 to 10000 basis points", g.Minimum)
		}
		if len(g.Sections) == 0 {
			add(path+"/sections", "names no section")
		}
		for j, s := range g.Sections {
			if _, ok := counts[s]; !ok {
				add(fmt.Sprintf("%s/sections/%d", path, j), "%q is not a section of this blueprint", s)
			}
		}
		faults = append(faults, g.Title.checkTitle(path+"/title", langs)...)
	}
	return faults
}
