// Package bankfile reads banks in Proba's native format: a folder of YAML files
// that people write and compare.
//
// The file bank.yaml names the bank ("bank", "title", "languages"); every other
// *.yaml file beside it holds "stimuli" and "items". The members are those of
// package exam, and the same documents are read as JSON too, which is YAML. A
// fact list (facts.tsv) beside them is optional: where there is one, the facts
// that items refer to are looked up in it.
//
// Reading reports every problem with file, line and item, not only the first.
// What the content means is package exam's business.
package bankfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Limits on untrusted input.
const (
	// maxFile keeps 25,000 items in one file possible.
	maxFile = 64 << 20
	// maxDepth is three times what an item needs.
	maxDepth = 24
)

// Manifest is the file that names a bank.
const Manifest = "bank.yaml"

// The severities of a problem.
const (
	// Error keeps the bank from being imported.
	Error = "error"
	// Warning is for an author to look at; the bank can be used as it is.
	Warning = "warning"
)

// Problem is one thing that an author has to mend, or should look at.
type Problem struct {
	File string `json:"file"`
	// Line counts from 1; 0 is the file as a whole.
	Line     int    `json:"line"`
	Item     string `json:"item"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

// Read reads the bank in the root of the folder. Either the bank is returned, perhaps with
// warnings, or at least one error, in the order of files and lines; err is a failure of
// reading itself.
func Read(folder fs.FS) (*exam.Bank, []Problem, error) {
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, nil, fmt.Errorf("list the bank's files: %w", err)
	}
	if !slices.Contains(names, Manifest) {
		return nil, []Problem{{File: Manifest, Severity: Error, Code: "bank.no_manifest", Message: "is missing; it names the bank, its title and its languages"}}, nil
	}
	var r reader
	for _, name := range names {
		if err := r.file(folder, name); err != nil {
			return nil, nil, err
		}
	}
	if err := r.checkFacts(folder); err != nil {
		return nil, nil, err
	}
	media := r.media(folder)
	bank, err := exam.NewBank(r.head.Bank, r.head.Title, r.head.Languages, r.stimuli, r.items)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		r.placeAll(f.Fields)
		err = nil
	}
	if err != nil || len(r.problems) == 0 {
		if bank != nil {
			bank.Bring(media)
			r.doubt()
		}
		return bank, r.inOrder(), err
	}
	return nil, r.inOrder(), nil
}

// doubt warns of what is right by rule and hardly meant.
func (r *reader) doubt() {
	for i := range r.items {
		for _, f := range r.items[i].Doubts(r.head.Languages) {
			f.Path = fmt.Sprintf("/items/%d%s", i, f.Path)
			r.place("item.doubt", f)
			r.problems[len(r.problems)-1].Severity = Warning
		}
	}
}

func (r *reader) inOrder() []Problem {
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return r.problems
}

// placeAll places the faults that package exam found. Where something could not
// be read, faults that may be due to that alone are left out: of every text, when
// the languages are not known, and of what refers to another element.
func (r *reader) placeAll(faults []fault.Field) {
	unread := len(r.problems) > r.factProblems
	if unread && len(r.head.Languages) == 0 {
		return
	}
	for _, f := range faults {
		refers := strings.Contains(f.Path, "/stimulus") || strings.Contains(f.Path, "/enemies/") || stimulusPath.MatchString(f.Path)
		if !unread || !refers && f.Path != "/items" {
			r.place("item.invalid", f)
		}
	}
}

// stimulusPath is where exam reports a stimulus that no item uses.
var stimulusPath = regexp.MustCompile(`^/stimuli/\d+$`)

type head struct {
	Bank      string    `json:"bank"`
	Title     exam.Text `json:"title"`
	Languages []string  `json:"languages"`
}

// origin is where an element was read.
type origin struct {
	file  string
	id    string
	lines map[string]int // by JSON Pointer within the element
}

// reader collects the elements of all files.
type reader struct {
	head     head
	headAt   origin
	stimuli  []exam.Stimulus
	items    []exam.Item
	origins  map[string][]origin // by member name, in the order of the elements
	problems []Problem
	// factProblems counts the problems that are about facts: they leave nothing
	// unread.
	factProblems int
}

func (r *reader) complain(file string, line int, item, code, format string, args ...any) {
	r.problems = append(r.problems, Problem{File: file, Line: line, Item: item, Severity: Error, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) file(folder fs.FS, name string) error {
	f, err := folder.Open(name)
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > maxFile {
		r.complain(name, 0, "", "bank.too_large", "is larger than %d MB", maxFile>>20)
		return nil
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line := lineOf(err)
		r.complain(name, line, itemAt(data, line), "bank.yaml", "%s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	if doc.Kind != yaml.DocumentNode || doc.Content[0].Kind != yaml.MappingNode {
		r.complain(name, 1, "", "bank.yaml", "is not a mapping with members such as items")
		return nil
	}
	r.members(name, doc.Content[0])
	return nil
}

// lineOf takes the line out of the parser's message, 0 when it names none.
func lineOf(err error) int {
	_, rest, _ := strings.Cut(err.Error(), "line ")
	digits, _, _ := strings.Cut(rest, ":")
	n, convErr := strconv.Atoi(digits)
	if convErr != nil {
		return 0
	}
	return n
}

var idLine = regexp.MustCompile(`^\s*-?\s*"?id"?:\s*"?([a-z0-9-]+)`)

// itemAt is the id of the element that the line, counted from 1, stands in, for a
// file that cannot be parsed: the nearest id above it, or "".
func itemAt(data []byte, line int) string {
	id := ""
	for n, text := range bytes.Split(data, []byte("\n")) {
		if n+1 > line {
			break
		}
		if found := idLine.FindSubmatch(text); found != nil {
			id = string(found[1])
		}
	}
	return id
}

func (r *reader) members(file string, mapping *yaml.Node) {
	manifest := &yaml.Node{Kind: yaml.MappingNode, Line: 1}
	for i := 0; i < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		switch {
		case key.Value == "stimuli":
			elements(r, file, key.Value, value, &r.stimuli)
		case key.Value == "items":
			elements(r, file, key.Value, value, &r.items)
		case file == Manifest:
			manifest.Content = append(manifest.Content, key, value)
		default:
			r.complain(file, key.Line, "", "bank.unknown_member", "%q is not a member of a bank file; use stimuli and items", key.Value)
		}
	}
	if file == Manifest {
		r.headAt = origin{file: file, lines: make(map[string]int)}
		if err := decode(manifest, &r.head, r.headAt.lines); err != nil {
			r.complain(file, 1, "", "bank.malformed", "%s", err)
		}
	}
}

// elements decodes a sequence, each element by itself, so that one bad item does
// not hide the faults of the others.
func elements[T any](r *reader, file, member string, sequence *yaml.Node, into *[]T) {
	if sequence.Kind != yaml.SequenceNode {
		r.complain(file, sequence.Line, "", "bank.malformed", "%s is not a list", member)
		return
	}
	for _, node := range sequence.Content {
		var v T
		o := origin{file: file, id: idOf(node), lines: make(map[string]int)}
		if err := decode(node, &v, o.lines); err != nil {
			r.complain(file, node.Line, o.id, "item.malformed", "%s", err)
			continue
		}
		*into = append(*into, v)
		if r.origins == nil {
			r.origins = make(map[string][]origin)
		}
		r.origins[member] = append(r.origins[member], o)
	}
}

func idOf(node *yaml.Node) string {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "id" {
			return node.Content[i+1].Value
		}
	}
	return ""
}

// place finds the line of a fault whose place is a JSON Pointer from the bank.
func (r *reader) place(code string, f fault.Field) {
	parts := strings.SplitN(strings.TrimPrefix(f.Path, "/"), "/", 3)
	o, rest := r.headAt, f.Path
	if len(parts) > 1 {
		if n, err := strconv.Atoi(parts[1]); err == nil && n < len(r.origins[parts[0]]) {
			o, rest = r.origins[parts[0]][n], ""
			if len(parts) == 3 {
				rest = "/" + parts[2]
			}
		}
	}
	line, at := 0, rest
	for line == 0 {
		line = o.lines[at]
		cut := strings.LastIndexByte(at, '/')
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	message := f.Message
	if rest != "" {
		message = strings.TrimPrefix(rest, "/") + ": " + message
	}
	r.complain(o.file, line, o.id, code, "%s", message)
}
