package exam

import (
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// maxBankItems is the largest release: a manifest of this many items stays
// under a quarter of MongoDB's 16 MiB document.
const maxBankItems = 25_000

// maxBankFaults is how many faults a check goes on for: more than anybody mends
// before checking again, and little enough to send.
const maxBankFaults = 1000

// ItemRef names one immutable content: an item at a revision.
type ItemRef struct {
	ID       string `json:"id"`
	Revision string `json:"revision"`
}

// Release is the manifest of a bank at one moment: which revisions it holds. It
// is named by its content hash and never changes.
type Release struct {
	Schema    int        `json:"schema"`
	Hash      string     `json:"hash"`
	Bank      string     `json:"bank"`
	Title     Text       `json:"title"`
	Languages []string   `json:"languages"`
	Stimuli   []Stimulus `json:"stimuli"`
	Items     []ItemRef  `json:"items"`
	// CreatedAt and CreatedBy say who imported it first; they are not hashed.
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
}

// Bank is a release with its content, in memory. It is immutable once built and
// safe for concurrent use.
type Bank struct {
	Release Release
	items   []Revision
	byID    map[string]int
	stimuli map[string]int
	media   []Medium // what came with it, see Bring
}

// NewBank builds the release of the given content. It reports every fault of
// every item as one fault "bank.invalid" whose paths start with
// "/items/<number>" or "/stimuli/<number>", counted from 0.
func NewBank(id string, title Text, langs []string, stimuli []Stimulus, items []Item) (*Bank, error) {
	if faults := checkBank(id, title, langs, stimuli, items); len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "bank.invalid", "The bank has %d faults; nothing was imported.", len(faults)).At(faults...)
	}
	revisions := make([]Revision, len(items))
	refs := make([]ItemRef, len(items))
	for i, it := range items {
		rev, err := NewRevision(it)
		if err != nil {
			return nil, err
		}
		revisions[i], refs[i] = rev, ItemRef{ID: it.ID, Revision: rev.Hash}
	}
	release := Release{Schema: 1, Bank: id, Title: title, Languages: langs, Stimuli: stimuli, Items: refs}
	h, err := contentHash(release)
	if err != nil {
		return nil, fmt.Errorf("release of bank %s: %w", id, err)
	}
	release.Hash = h
	return OpenBank(release, revisions)
}

// OpenBank puts a stored release and its revisions, in the release's order,
// together. It checks that they belong to each other.
func OpenBank(release Release, revisions []Revision) (*Bank, error) {
	if len(revisions) != len(release.Items) {
		return nil, fmt.Errorf("release %s: %d revisions for %d items", release.Hash, len(revisions), len(release.Items))
	}
	b := &Bank{Release: release, items: revisions, byID: make(map[string]int, len(revisions)), stimuli: make(map[string]int, len(release.Stimuli))}
	for i, ref := range release.Items {
		if revisions[i].Hash != ref.Revision || revisions[i].Item.ID != ref.ID {
			return nil, fmt.Errorf("release %s: item %d is not the revision that the manifest names", release.Hash, i)
		}
		b.byID[ref.ID] = i
	}
	for i, st := range release.Stimuli {
		b.stimuli[st.ID] = i
	}
	return b, nil
}

// Verify recomputes every hash of the bank and reports the first that differs.
func (b *Bank) Verify() error {
	for _, rev := range b.items {
		again, err := NewRevision(rev.Item)
		if err != nil {
			return err
		}
		if again.Hash != rev.Hash {
			return fmt.Errorf("item %s: content does not have the hash of its revision", rev.Item.ID)
		}
	}
	release := b.Release
	release.Hash, release.CreatedAt, release.CreatedBy = "", time.Time{}, ""
	h, err := contentHash(release)
	if err != nil {
		return err
	}
	if h != b.Release.Hash {
		return fmt.Errorf("release %s: the manifest does not have this hash", b.Release.Hash)
	}
	return nil
}

// Items returns the number of items.
func (b *Bank) Items() int { return len(b.items) }

// Revision returns item number i of the release, counted from 0.
func (b *Bank) Revision(i int) *Revision { return &b.items[i] }

// Revisions returns the content in the release's order, not to be changed.
func (b *Bank) Revisions() []Revision { return b.items }

// find returns the revision that ref names.
func (b *Bank) find(ref ItemRef) (*Revision, error) {
	i, ok := b.byID[ref.ID]
	if !ok || b.items[i].Hash != ref.Revision {
		return nil, fmt.Errorf("release %s does not hold item %s at revision %s", b.Release.Hash, ref.ID, ref.Revision)
	}
	return &b.items[i], nil
}

func checkBank(id string, title Text, langs []string, stimuli []Stimulus, items []Item) []fault.Field {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if !idPattern.MatchString(id) {
		add("/bank", "%q is not an id: use 3 to 64 small letters, digits and hyphens", id)
	}
	if len(langs) == 0 {
		add("/languages", "a bank needs at least one language")
	}
	faults = append(faults, title.check("/title", langs, maxOption)...)
	if len(items) == 0 || len(items) > maxBankItems {
		add("/items", "holds %d items; a bank has 1 to %d", len(items), maxBankItems)
		return faults
	}
	members := make(map[string]int)
	for i, st := range stimuli {
		path := fmt.Sprintf("/stimuli/%d", i)
		if _, twice := members[st.ID]; twice || !idPattern.MatchString(st.ID) {
			add(path+"/id", "%q is not an id, or is used twice", st.ID)
		}
		members[st.ID] = 0
		faults = append(faults, st.Text.check(path+"/text", langs, maxStimulus)...)
	}
	numbers := make(map[string]int, len(items))
	for i := range items {
		if first, twice := numbers[items[i].ID]; twice && len(faults) <= maxBankFaults {
			add(fmt.Sprintf("/items/%d/id", i), "%q is also the id of item %d; every item needs its own", items[i].ID, first)
			continue
		}
		numbers[items[i].ID] = i
	}
	for i := range items {
		if len(faults) > maxBankFaults {
			add("/items", "there are more faults from number %d on; mend these first", i)
			return faults
		}
		it, path := &items[i], fmt.Sprintf("/items/%d", i)
		for _, f := range it.Check(langs) {
			add(path+f.Path, "%s", f.Message)
		}
		if it.Stimulus != "" {
			if _, ok := members[it.Stimulus]; !ok {
				add(path+"/stimulus", "%q is not a stimulus of this bank", it.Stimulus)
			} else {
				members[it.Stimulus]++
			}
		}
		for j, enemy := range it.Enemies {
			n, ok := numbers[enemy]
			switch {
			case !ok:
				add(fmt.Sprintf("%s/enemies/%d", path, j), "%q is not an item of this bank", enemy)
			case it.Stimulus != "" && n != i && items[n].Stimulus == it.Stimulus:
				add(fmt.Sprintf("%s/enemies/%d", path, j), "%q belongs to the same case text, whose items are always together", enemy)
			}
		}
	}
	for i, st := range stimuli {
		if members[st.ID] == 0 {
			add(fmt.Sprintf("/stimuli/%d", i), "no item uses stimulus %q; remove it or write its items", st.ID)
		}
	}
	return slices.Clip(faults)
}
