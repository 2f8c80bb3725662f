package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// kindEditor is how items of one kind are written. Each kind has a file of its own,
// editor_*.go; a kind is added by writing one and naming it in editors. An item of a kind
// without an editor keeps what its kind adds, and everything else of it can be edited.
type kindEditor struct {
	kind exam.Kind
	// show makes the fields of what the kind adds. in is nil for a new item.
	show func(s *editorSheet, in exam.Interaction)
	// read makes what the kind adds of the fields.
	read func(f itemFields) exam.Interaction
}

// editors are all kinds that can be written, in the order in which they are offered.
func editors() []kindEditor {
	return []kindEditor{editSingle(), editMultiple(), editTrueFalse(), editMatching(), editOrdering(), editNumeric(), editShortText(), editExtendedText(), editCloze(), editHotspot()}
}

func editorOf(kind exam.Kind) (kindEditor, bool) {
	all := editors()
	i := slices.IndexFunc(all, func(e kindEditor) bool { return e.kind == kind })
	if i < 0 {
		return kindEditor{}, false
	}
	return all[i], true
}

// The types of fields.
const (
	lineField   = "line"
	areaField   = "area"
	tickField   = "tick"
	radioField  = "radio"
	selectField = "select"
)

// editorField is one field of the editor. Its name is the JSON Pointer of what it holds,
// so that the fault of a check finds its field.
type editorField struct {
	Name, Type string
	// Label is what the field is called, also for who does not see the column.
	Label string
	// Lang is the language of the text, "" for what has none.
	Lang    string
	Value   string
	Checked bool
	// Choices are those of a select; Words is the catalogue's kind for them, "" when they
	// are shown as they are.
	Choices []string
	Words   string
	// List names the list of values to choose from or go beyond.
	List   string
	Faults []string
}

// ID is the field's name as an id of the page.
func (f editorField) ID() string {
	id := strings.NewReplacer("/", "-", "~", "-").Replace("f" + f.Name)
	if f.Type == radioField {
		id += "-" + f.Value
	}
	return id
}

// editorRow is fields beside each other.
type editorRow struct{ Fields []editorField }

// editorGroup is rows under a heading.
type editorGroup struct {
	// Path is the place of faults that belong to the whole group.
	Path, Title, Hint string
	Rows              []editorRow
	Faults            []string
	// Counted is the name of the field that says how many rows there are, "" when their
	// number is fixed.
	Counted string
}

// editorSheet collects the groups of an editor.
type editorSheet struct {
	// abridge gives images the short names by which authors know them.
	abridge func(string) string
	words   map[string]string
	langs   []string
	Groups  []editorGroup
}

// word is what the catalogue says.
func (s *editorSheet) word(key string) string { return s.words[key] }

// group begins a group.
func (s *editorSheet) group(path, title, hint string) *editorGroup {
	s.Groups = append(s.Groups, editorGroup{Path: path, Title: s.words[title], Hint: s.words[hint]})
	return &s.Groups[len(s.Groups)-1]
}

// row adds a row to the group.
func (g *editorGroup) row(fields ...editorField) { g.Rows = append(g.Rows, editorRow{fields}) }

// texts are the fields of a text, one for each language.
func (s *editorSheet) texts(kind, path, label string, t exam.Text) []editorField {
	fields := make([]editorField, len(s.langs))
	for i, lang := range s.langs {
		fields[i] = editorField{Name: path + "/" + lang, Type: kind, Label: s.languageLabel(label, lang), Lang: lang, Value: s.abridge(t[lang])}
	}
	return fields
}

func (s *editorSheet) languageLabel(label, lang string) string {
	name := lang
	if said, ok := s.words["language_"+lang]; ok {
		name = said
	}
	return label + " (" + name + ")"
}

// spare is how many empty rows stand behind those that are filled, and least how many
// rows there are at least. More come with every preview.
const (
	spare = 2
	least = 4
)

// rowsFor is how many rows to show for n filled ones.
func rowsFor(n int) int { return max(n+spare, least) }

// counted makes the number of the group's rows a hidden field.
func (g *editorGroup) counted(path string) { g.Counted = path + "/count" }

// itemFields reads the fields of the editor.
type itemFields struct {
	value func(name string) string
	langs []string
	// long turns the short names of images, as authors type them, into their own.
	long func(string) string
}

// line is the value of a field without space around it.
func (f itemFields) line(name string) string { return strings.TrimSpace(f.value(name)) }

// text reads a text in all its languages; an empty one is left out.
func (f itemFields) text(path string) exam.Text {
	t := exam.Text{}
	for _, lang := range f.langs {
		if s := strings.TrimSpace(strings.ReplaceAll(f.value(path+"/"+lang), "\r\n", "\n")); s != "" {
			t[lang] = exam.Rename(s, f.long)
		}
	}
	return t
}

// maxEditorRows bounds what a form can make the server look for.
const maxEditorRows = 60

// rows visits the rows of a group that were sent.
func (f itemFields) rows(path string, visit func(n int, at string)) {
	count, err := strconv.Atoi(f.value(path + "/count"))
	if err != nil {
		return
	}
	for n := range min(max(count, 0), maxEditorRows) {
		visit(n, fmt.Sprintf("%s/%d", path, n))
	}
}
