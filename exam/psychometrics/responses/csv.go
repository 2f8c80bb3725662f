package responses

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/csvfile"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// maxCells bounds what is held in memory: at 28 bytes a cell, 1.4 GB, and some three times
	// as much while they are read (20 million took 2 GB).
	maxCells = 50_000_000
	// maxOptions is more than any question offers: a column with more different
	// values holds something other than answers.
	maxOptions = 64
	// maxItems keeps a header line that is no header from becoming a table.
	maxItems = 25_000
	// maxRepeat bounds one row's "freq", so that sums of counts stay exact.
	maxRepeat = 1_000_000_000
	// maxErrors is where reading stops: who has a hundred mistakes has one
	// mistake a hundred times.
	maxErrors = 100
	// maxWarnings are told one by one; how many more there are is told in one. They never end
	// reading.
	maxWarnings = 100
)

// The columns that are no items.
const (
	personColumn = "person"
	repeatColumn = "freq"
)

// Problem is one thing wrong with a file, with its place.
type Problem struct {
	// Line counts from 1, the header being line 1.
	Line int `json:"line"`
	// Column is the name of the column, "" for a whole line.
	Column string `json:"column,omitempty"`
	// Severity is "error" or "warning"; a file with an error is not analysed.
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

// String is the problem on one line, for people.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("line %d: %s", p.Line, p.Message)
	}
	return fmt.Sprintf("line %d, column %s: %s", p.Line, p.Column, p.Message)
}

// Options say how a CSV file is read.
type Options struct {
	// Key gives each item's right option. nil means that cells are marks.
	Key map[string]string
	// Group names the column that splits people for DIF, "" for none.
	Group string
	// Date names the column that says when a person sat, "" for none: a date
	// (2026-11-26) or a time of RFC 3339.
	Date string
}

// ReadCSV reads one person a line, in the forms that package csvfile takes. The first line
// names the columns: "person" is
// an id, "freq" says how many people the line stands for, Options.Group splits,
// every other column is an item. An empty cell was not presented, "NA" or "-"
// was omitted. With a key, a cell is an option and earns 1 or 0; columns that
// the key does not name are left out with a warning. Without one a cell is a mark
// of 0 or more, and an item's maximum is the highest mark found, 1 at least.
//
// Warnings come with the table: 100 one by one, and after them one that says how many more
// there are. With errors there is no table: the fault
// "responses.invalid" has the first, and all are in the problems.
func ReadCSV(r io.Reader, o Options) (*Matrix, []Problem, error) {
	t := &table{options: o, reader: csvfile.NewReader(r)}
	err := t.read()
	t.sumWarnings()
	if err != nil {
		return nil, t.problems, err
	}
	for _, p := range t.problems {
		if p.Severity == "error" {
			return nil, t.problems, fault.New(fault.Invalid, "responses.invalid", "The responses cannot be read: %s", p)
		}
	}
	return t.matrix(), t.problems, nil
}

// column is what a column of the file means.
type column struct {
	name string
	item int32 // -1 for one that is no item
	use  use
}

type use uint8

const (
	isItem use = iota
	isPerson
	isRepeat
	isGroup
	isDate
	isNothing
)

type table struct {
	options  Options
	reader   *csvfile.Reader
	columns  []column
	items    []Item
	names    []map[string]int16 // options of each item
	people   []Person
	ids      map[string]int // line of each person
	cells    []Cell
	problems []Problem
	errors   int // of the problems
	warnings int // told and untold
}

func (t *table) problem(line int, column, severity, code, format string, args ...any) {
	if severity == "error" {
		t.errors++
	} else if t.warnings++; t.warnings > maxWarnings {
		return
	}
	t.problems = append(t.problems, Problem{Line: line, Column: column, Severity: severity, Code: code, Message: fmt.Sprintf(format, args...)})
}

// sumWarnings says how many warnings were not told; all are about the header.
func (t *table) sumWarnings() {
	if more := t.warnings - maxWarnings; more > 0 {
		t.problems = append(t.problems, Problem{Line: 1, Severity: "warning", Code: "more_warnings", Message: fmt.Sprintf("warnings about columns and the key that are not listed: %d more", more)})
	}
}

func (t *table) read() error {
	header, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		t.problem(1, "", "error", "empty", "the file is empty; the first line names the columns")
		return nil
	}
	if err != nil {
		return t.broken(err)
	}
	t.header(header)
	t.ids = make(map[string]int)
	for t.errors < maxErrors {
		record, err := t.reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if fault, ok := errors.AsType[*csvfile.Fault](err); ok && fault.Code == csvfile.Ragged {
			t.problem(fault.Line, "", "error", fault.Code, "%s", fault.Message)
			continue
		}
		if err != nil {
			return t.broken(err)
		}
		t.row(t.reader.Line(), record)
		if len(t.cells) > maxCells {
			return fault.New(fault.TooLarge, "responses.too_large", "The file holds more than %d responses; analyse it in parts.", maxCells)
		}
	}
	if len(t.people) == 0 && t.errors == 0 {
		t.problem(1, "", "error", "no_people", "the file names columns but holds no person (a line with freq 0 stands for nobody)")
	}
	return nil
}

// broken turns what is wrong with the file into a problem, and passes on what is wrong with
// reading as such.
func (t *table) broken(err error) error {
	fault, ok := errors.AsType[*csvfile.Fault](err)
	if !ok {
		return fmt.Errorf("read the responses: %w", err)
	}
	t.problem(fault.Line, "", "error", fault.Code, "%s", fault.Message)
	return nil
}

func (t *table) header(names []string) {
	seen := make(map[string]bool)
	for n, name := range names {
		name = strings.TrimSpace(strings.Clone(name))
		c := column{name: name, item: -1}
		switch {
		case seen[name]:
			t.problem(1, name, "error", "column_twice", "is named twice; every column needs its own name")
		case name == "":
			t.problem(1, "", "error", "column_unnamed", "column %d has no name", n+1)
		case t.options.Group != "" && name == t.options.Group:
			c.use = isGroup
		case t.options.Date != "" && name == t.options.Date:
			c.use = isDate
		case name == personColumn:
			c.use = isPerson
		case name == repeatColumn:
			c.use = isRepeat
		default:
			c = t.item(c)
		}
		seen[name] = true
		t.columns = append(t.columns, c)
	}
	if t.options.Group != "" && !seen[t.options.Group] {
		t.problem(1, t.options.Group, "error", "no_group", "there is no such column to split people by; the file has %s", t.named())
	}
	if t.options.Date != "" && !seen[t.options.Date] {
		t.problem(1, t.options.Date, "error", "no_date", "there is no such column to take dates from; the file has %s", t.named())
	}
	for _, id := range slices.Sorted(maps.Keys(t.options.Key)) {
		if !seen[id] {
			t.problem(1, id, "warning", "no_responses", "the key names this item, the responses do not")
		}
	}
	if len(t.items) == 0 {
		t.problem(1, "", "error", "no_items", "no column is an item: each needs a name that is not %s or %s, and a line in the key if there is one", personColumn, repeatColumn)
	}
	if len(t.items) > maxItems {
		t.problem(1, "", "error", "too_many_items", "names %d items; at most %d can be analysed", len(t.items), maxItems)
	}
}

// named lists the first columns.
func (t *table) named() string {
	const most = 8
	var names []string
	for n, c := range t.columns {
		if n == most {
			return strings.Join(names, ", ") + " …"
		}
		names = append(names, c.name)
	}
	return strings.Join(names, ", ")
}

func (t *table) item(c column) column {
	it := Item{ID: c.name, Max: 1, Key: NoOption}
	var names map[string]int16
	if t.options.Key != nil {
		right, ok := t.options.Key[c.name]
		if !ok {
			t.problem(1, c.name, "warning", "no_key", "the key does not name this column; it is left out")
			c.use = isNothing
			return c
		}
		it.Options, it.Key, names = []string{right}, 0, map[string]int16{right: 0}
	}
	c.item = int32(len(t.items))
	t.items, t.names = append(t.items, it), append(t.names, names)
	return c
}

func (t *table) row(line int, record []string) {
	p := Person{Count: 1, ID: strconv.Itoa(len(t.people) + 1)}
	number := int32(len(t.people))
	from := len(t.cells)
	for n, value := range record {
		c, value := &t.columns[n], strings.TrimSpace(value)
		switch c.use {
		case isPerson:
			p.ID = t.id(line, value)
		case isGroup:
			p.Group = strings.Clone(value)
		case isDate:
			p.At = t.date(line, c.name, value)
		case isRepeat:
			count, err := strconv.Atoi(value)
			if err != nil || count < 0 || count > maxRepeat {
				t.problem(line, c.name, "error", "freq", "%q is not a number of people: a whole number from 0", value)
			}
			p.Count = count
		case isItem:
			if c.item >= 0 {
				t.cell(line, c, number, value)
			}
		}
	}
	if p.Count < 1 { // a pattern that nobody showed
		t.cells = t.cells[:from]
		return
	}
	t.people = append(t.people, p)
}

// date reads when a person sat; an empty cell is a time that nobody knows.
func (t *table) date(line int, column, value string) time.Time {
	if value == "" {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, value); err == nil {
			return at
		}
	}
	t.problem(line, column, "error", "date", "%q is not a date such as 2026-11-26", value)
	return time.Time{}
}

func (t *table) id(line int, value string) string {
	if value == "" {
		t.problem(line, personColumn, "error", "person_unnamed", "is empty; give every row an id, or remove the column")
		return ""
	}
	value = strings.Clone(value)
	if before, twice := t.ids[value]; twice {
		t.problem(line, personColumn, "error", "person_twice", "%q stands in line %d already; give every row its own id", value, before)
	}
	t.ids[value] = line
	return value
}

func (t *table) cell(line int, c *column, person int32, value string) {
	cell := Cell{Person: person, Item: c.item, Option: NoOption}
	switch value {
	case "":
		return
	case "NA", "-":
		cell.State = Omitted
		t.cells = append(t.cells, cell)
		return
	}
	it := &t.items[c.item]
	if names := t.names[c.item]; names != nil {
		option, known := names[value]
		if !known {
			if len(it.Options) == maxOptions {
				t.problem(line, c.name, "error", "options", "has more than %d different options; is this column an item?", maxOptions)
				return
			}
			option = int16(len(it.Options))
			value = strings.Clone(value)
			it.Options, names[value] = append(it.Options, value), option
		}
		cell.Option = option
		if int(option) == it.Key {
			cell.Mark = 1
		}
	} else {
		mark, ok := t.reader.Number(value)
		if !ok || mark < 0 {
			t.problem(line, c.name, "error", "mark", "%q is not a mark, a number from 0 such as 0.5; if cells are options, give their key", value)
			return
		}
		cell.Mark, it.Max = mark, max(it.Max, mark)
	}
	t.cells = append(t.cells, cell)
}

// matrix puts the options of each item in ascending order, so that the order of
// people does not show.
func (t *table) matrix() *Matrix {
	place := make([][]int16, len(t.items))
	for i := range t.items {
		it := &t.items[i]
		if it.Options == nil {
			continue
		}
		sorted := slices.Sorted(slices.Values(it.Options))
		place[i] = make([]int16, len(sorted))
		for old, name := range it.Options {
			at, _ := slices.BinarySearch(sorted, name)
			place[i][old] = int16(at)
		}
		it.Options, it.Key = sorted, int(place[i][it.Key])
	}
	for n := range t.cells {
		if c := &t.cells[n]; c.Option != NoOption {
			c.Option = place[c.Item][c.Option]
		}
	}
	return New(t.items, t.people, t.cells)
}
