package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/internal/csvfile"
)

// numberTable is a CSV file with named columns.
type numberTable struct {
	path   string
	header []string
	rows   [][]string
	lines  []int // of the file, of each row
	reader *csvfile.Reader
}

// readTable reads a file whose first row names its columns.
func readTable(path string) (numberTable, error) {
	file, err := os.Open(path)
	if err != nil {
		return numberTable{}, err
	}
	defer file.Close()
	t := numberTable{path: path, reader: csvfile.NewReader(file)}
	for {
		record, err := t.reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return numberTable{}, fmt.Errorf("%s: %w", path, err)
		}
		row := make([]string, len(record))
		for n, text := range record {
			row[n] = strings.TrimSpace(text)
		}
		if t.header == nil {
			t.header = row
		} else {
			t.rows, t.lines = append(t.rows, row), append(t.lines, t.reader.Line())
		}
	}
	if len(t.rows) == 0 {
		return numberTable{}, fmt.Errorf("%s: needs a line of names and one of data", path)
	}
	for n, name := range t.header {
		if name == "" || slices.Contains(t.header[:n], name) {
			return numberTable{}, fmt.Errorf("%s: line 1, column %d: %q is no name, or named before", path, n+1, name)
		}
	}
	return t, nil
}

// wrong is a fault of one cell.
func (t *numberTable) wrong(row, column int, format string, args ...any) error {
	return fmt.Errorf("%s: line %d, column %s: %s", t.path, t.lines[row], t.header[column], fmt.Sprintf(format, args...))
}

// number is one cell.
func (t *numberTable) number(row, column int) (float64, error) {
	v, ok := t.reader.Number(t.rows[row][column])
	if !ok {
		return 0, t.wrong(row, column, "%q is no number", t.rows[row][column])
	}
	return v, nil
}

// without says that a column is missing, and which there are.
func (t *numberTable) without(name string) error {
	return fmt.Errorf("%s: no column is called %s; line 1 names %s", t.path, name, strings.Join(t.header, ", "))
}

// column returns the numbers of a column by its name.
func (t *numberTable) column(name string) ([]float64, error) {
	at := slices.Index(t.header, name)
	if at < 0 {
		return nil, t.without(name)
	}
	all := make([]float64, len(t.rows))
	for row := range t.rows {
		var err error
		if all[row], err = t.number(row, at); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// matrix returns all columns but those named, a row a row.
func (t *numberTable) matrix(but ...string) (names []string, rows [][]float64, err error) {
	rows = make([][]float64, len(t.rows))
	for at, name := range t.header {
		if slices.Contains(but, name) {
			continue
		}
		names = append(names, name)
		for row := range t.rows {
			v, err := t.number(row, at)
			if err != nil {
				return nil, nil, err
			}
			rows[row] = append(rows[row], v)
		}
	}
	return names, rows, nil
}

// named returns the numbers of a column by the ids of another, which has each once.
func (t *numberTable) named(id, value string) (map[string]float64, error) {
	at := slices.Index(t.header, id)
	if at < 0 {
		return nil, t.without(id)
	}
	values, err := t.column(value)
	if err != nil {
		return nil, err
	}
	all := make(map[string]float64)
	for row, v := range values {
		name := t.rows[row][at]
		if _, twice := all[name]; twice || name == "" {
			return nil, t.wrong(row, at, "%q is no id, or used before", name)
		}
		all[name] = v
	}
	return all, nil
}

// counts are named numbers that are whole, and least or more.
func (t *numberTable) counts(id, value string, least int) (map[string]int, error) {
	numbers, err := t.named(id, value)
	if err != nil {
		return nil, err
	}
	at, all := slices.Index(t.header, id), make(map[string]int)
	for row := range t.rows {
		name := t.rows[row][at]
		v := numbers[name]
		if v != math.Trunc(v) || v < float64(least) || v > math.MaxInt32 {
			return nil, t.wrong(row, slices.Index(t.header, value), "%g is no whole number of %d or more", v, least)
		}
		all[name] = int(v)
	}
	return all, nil
}

// readItems reads parameters of items: the columns id, a and b, and possibly c.
func readItems(path string) (ids []string, items map[string]irt.Item, err error) {
	t, err := readTable(path)
	if err != nil {
		return nil, nil, err
	}
	id := slices.Index(t.header, "id")
	if id < 0 {
		return nil, nil, t.without("id")
	}
	a, err := t.column("a")
	if err != nil {
		return nil, nil, err
	}
	b, err := t.column("b")
	if err != nil {
		return nil, nil, err
	}
	c := make([]float64, len(a))
	if slices.Contains(t.header, "c") {
		if c, err = t.column("c"); err != nil {
			return nil, nil, err
		}
	}
	items = make(map[string]irt.Item)
	for row := range t.rows {
		name := t.rows[row][id]
		if _, twice := items[name]; twice || name == "" {
			return nil, nil, t.wrong(row, id, "%q is no id, or used before", name)
		}
		if a[row] < 0 {
			return nil, nil, t.wrong(row, slices.Index(t.header, "a"), "a slope below 0 is that of an item keyed wrongly; leave it out")
		}
		if c[row] < 0 || c[row] >= 1 {
			return nil, nil, t.wrong(row, slices.Index(t.header, "c"), "%g is no chance to guess: a share below 1", c[row])
		}
		ids, items[name] = append(ids, name), irt.FromDifficulty(a[row], b[row], c[row])
	}
	return ids, items, nil
}
