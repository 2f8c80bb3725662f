package forms

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/internal/csvfile"
	"github.com/proba-exam/proba/internal/fault"
)

// Blueprint is what a form is made of, as read from a file.
type Blueprint struct {
	Cells []struct {
		Cell  string `yaml:"cell"`
		Count int    `yaml:"count"`
	} `yaml:"cells"`
	// CutTheta is the ability of the candidate who just passes.
	CutTheta *float64 `yaml:"cut_theta"`
}

// Limits of a file: far above any bank, far below what fills a memory.
const (
	maxItems  = 200_000
	maxLength = 1000
)

// ReadBlueprint reads YAML strictly. The fault "blueprint.invalid" names every
// faulty place.
func ReadBlueprint(r io.Reader) (Blueprint, error) {
	var b Blueprint
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&b); errors.Is(err, io.EOF) {
		return b, fault.New(fault.Invalid, "blueprint.invalid", "The blueprint is empty: it lists cells (cell, count) and cut_theta.")
	} else if err != nil {
		return b, fault.New(fault.Invalid, "blueprint.invalid", "The blueprint cannot be read: it lists cells (cell, count) and cut_theta. %v", err)
	}
	var faults []fault.Field
	seen, length := make(map[string]bool), 0
	for n, c := range b.Cells {
		path := fmt.Sprintf("/cells/%d", n)
		if c.Cell == "" || seen[c.Cell] {
			faults = append(faults, fault.Field{Path: path + "/cell", Message: fmt.Sprintf("%q is empty, or named twice", c.Cell)})
		}
		if c.Count < 1 || c.Count > maxLength {
			faults = append(faults, fault.Field{Path: path + "/count", Message: fmt.Sprintf("is %d; use 1 to %d", c.Count, maxLength)})
		}
		seen[c.Cell] = true
		length += c.Count
	}
	if length == 0 || length > maxLength {
		faults = append(faults, fault.Field{Path: "/cells", Message: fmt.Sprintf("ask for %d items; a form has 1 to %d", length, maxLength)})
	}
	if b.CutTheta == nil || math.IsNaN(*b.CutTheta) || math.Abs(*b.CutTheta) > 6 {
		faults = append(faults, fault.Field{Path: "/cut_theta", Message: "is missing, or not between -6 and 6"})
	}
	if len(faults) > 0 {
		return b, fault.New(fault.Invalid, "blueprint.invalid", "The blueprint has %d faults.", len(faults)).At(faults...)
	}
	return b, nil
}

// row is one item of the file.
type row struct {
	line    int
	id      string
	cell    int
	item    irt.Item
	enemies []string
	testlet string
}

// ReadPool reads items from CSV with the columns id, cell, a and b, and possibly c,
// enemies (ids, separated by spaces or semicolons) and testlet. Items of a testlet
// are drawn together; a cell gets as many testlets as keep their items used as
// often as its others. Items of cells that the blueprint does not name are left
// out. The fault "items.invalid" names every faulty line.
func ReadPool(r io.Reader, b Blueprint) (*Pool, error) {
	rows, faults, err := readRows(r, b)
	if err != nil {
		return nil, err
	}
	cells := make([]Cell, len(b.Cells))
	for c := range cells {
		cells[c].Count = b.Cells[c].Count
	}
	units, quotas, more := assemble(rows, cells, *b.CutTheta)
	if faults = append(faults, more...); len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "items.invalid", "The items have %d faults.", len(faults)).At(faults...)
	}
	if faults = missing(rows, b); len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "items.too_few", "The items cannot fill the blueprint.").At(faults...)
	}
	p, err := Compile(cells, quotas, units)
	if err != nil {
		return nil, fault.New(fault.Invalid, "items.too_few", "The items cannot fill the blueprint: %v.", err)
	}
	return p, nil
}

// missing names the cells that ask for more items than there are.
func missing(rows []row, b Blueprint) (faults []fault.Field) {
	found := make([]int, len(b.Cells))
	for _, r := range rows {
		found[r.cell]++
	}
	for c, cell := range b.Cells {
		if found[c] < cell.Count {
			faults = append(faults, fault.Field{Path: "cell " + cell.Cell, Message: fmt.Sprintf("the blueprint asks for %d items, the file has %d", cell.Count, found[c])})
		}
	}
	return faults
}

// columnsOf reads the first line: where each column stands.
func columnsOf(reader *csvfile.Reader) (map[string]int, error) {
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "items.invalid", "The items cannot be read: the file is empty; line 1 names the columns id, cell, a, b.")
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "items.invalid", "The items cannot be read: %v.", err)
	}
	at := make(map[string]int)
	for n, name := range header {
		at[strings.TrimSpace(name)] = n
	}
	for _, name := range []string{"id", "cell", "a", "b"} {
		if _, ok := at[name]; !ok {
			return nil, fault.New(fault.Invalid, "items.invalid", "The items cannot be read: line 1 does not name the column %s.", name)
		}
	}
	return at, nil
}

func readRows(r io.Reader, b Blueprint) (rows []row, faults []fault.Field, err error) {
	reader := csvfile.NewReader(r)
	at, err := columnsOf(reader)
	if err != nil {
		return nil, nil, err
	}
	cells := make(map[string]int)
	for c := range b.Cells {
		cells[b.Cells[c].Cell] = c
	}
	ids := make(map[string]bool)
	for len(faults) < 100 {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fault.New(fault.Invalid, "items.invalid", "The items cannot be read: %v.", err)
		}
		line := reader.Line()
		get := func(name string) string {
			if n, ok := at[name]; ok {
				return strings.TrimSpace(record[n])
			}
			return ""
		}
		wrong := func(column, format string, args ...any) {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("line %d, column %s", line, column), Message: fmt.Sprintf(format, args...)})
		}
		number := func(name string, low, high float64) float64 {
			v, ok := reader.Number(get(name))
			if !ok || v < low || v > high {
				wrong(name, "%q is not a number from %g to %g", get(name), low, high)
			}
			return v
		}
		id := strings.Clone(get("id"))
		if id == "" || ids[id] {
			wrong("id", "%q is empty, or used before", id)
		}
		ids[id] = true
		cell, known := cells[get("cell")]
		if !known {
			continue
		}
		c := 0.0
		if get("c") != "" {
			c = number("c", 0, .9)
		}
		rows = append(rows, row{line: line, id: id, cell: cell, item: irt.FromDifficulty(number("a", .01, 20), number("b", -20, 20), c),
			enemies: strings.FieldsFunc(strings.Clone(get("enemies")), func(r rune) bool { return r == ' ' || r == ';' }), testlet: strings.Clone(get("testlet"))})
		if len(rows) > maxItems {
			return nil, nil, fault.New(fault.TooLarge, "items.too_many", "The file holds more than %d items.", maxItems)
		}
	}
	return rows, faults, nil
}

// assemble makes units of rows: single items, and testlets with a quota for each
// cell and size.
func assemble(rows []row, cells []Cell, theta float64) (units []Unit, quotas []Quota, faults []fault.Field) {
	unit, items := make(map[string]int), make([]int, len(cells))
	testlets := make(map[string][]row)
	var names []string
	for _, r := range rows {
		items[r.cell]++
		if r.testlet == "" {
			unit[r.id] = len(units)
			units = append(units, NewUnit(theta, -1, Calibrated{Item: r.item, Cell: r.cell}))
			continue
		}
		if testlets[r.testlet] == nil {
			names = append(names, r.testlet)
		}
		testlets[r.testlet] = append(testlets[r.testlet], r)
	}
	type kind struct{ cell, size int }
	quota := make(map[kind]int)
	for _, name := range names {
		members := testlets[name]
		k := kind{members[0].cell, len(members)}
		q, ok := quota[k]
		if !ok {
			q = len(quotas)
			quota[k] = q
			quotas = append(quotas, Quota{})
		}
		// Each testlet is used as often as any item of its cell.
		quotas[q].Mean += float64(cells[k.cell].Count) / float64(items[k.cell])
		parts := make([]Calibrated, len(members))
		for n, r := range members {
			if r.cell != k.cell {
				faults = append(faults, fault.Field{Path: fmt.Sprintf("line %d, column testlet", r.line), Message: fmt.Sprintf("testlet %q spans two cells", name)})
			}
			parts[n] = Calibrated{Item: r.item, Cell: r.cell}
			unit[r.id] = len(units)
		}
		units = append(units, NewUnit(theta, q, parts...))
	}
	for _, r := range rows {
		for _, e := range r.enemies {
			other, ok := unit[e]
			switch u := unit[r.id]; {
			case !ok:
				faults = append(faults, fault.Field{Path: fmt.Sprintf("line %d, column enemies", r.line), Message: fmt.Sprintf("there is no item %q in the blueprint's cells", e)})
			case other != u:
				units[u].Enemies = append(units[u].Enemies, other)
			}
		}
	}
	return units, quotas, faults
}
