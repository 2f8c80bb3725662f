package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// numberTable is a CSV file with named columns.
type numberTable struct {
	path   string
	header []string
	rows   [][]string
}

// readTable reads a file whose first row names its columns.
func readTable(path string) (numberTable, error) {
	file, err := os.Open(path)
	if err != nil {
		return numberTable{}, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.TrimLeadingSpace = true
	all, err := reader.ReadAll()
	if err != nil {
		return numberTable{}, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) < 2 {
		return numberTable{}, fmt.Errorf("%s: needs a row of names and one of data", path)
	}
	t := numberTable{path: path, rows: all[1:]}
	for _, name := range all[0] {
		t.header = append(t.header, strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
	}
	return t, nil
}

// number is one cell.
func (t *numberTable) number(row, column int) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(t.rows[row][column]), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%s: row %d, column %s: %q is no number", t.path, row+2, t.header[column], t.rows[row][column])
	}
	return v, nil
}

// column returns the numbers of a column by its name.
func (t *numberTable) column(name string) ([]float64, error) {
	at := slices.Index(t.header, name)
	if at < 0 {
		return nil, fmt.Errorf("%s: no column is called %s", t.path, name)
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

// named returns the numbers of a column by the ids of another.
func (t *numberTable) named(id, value string) (map[string]float64, error) {
	at := slices.Index(t.header, id)
	if at < 0 {
		return nil, fmt.Errorf("%s: no column is called %s", t.path, id)
	}
	values, err := t.column(value)
	if err != nil {
		return nil, err
	}
	all := make(map[string]float64)
	for row, v := range values {
		all[strings.TrimSpace(t.rows[row][at])] = v
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
		return nil, nil, fmt.Errorf("%s: no column is called id", path)
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
		name := strings.TrimSpace(t.rows[row][id])
		if _, twice := items[name]; twice {
			return nil, nil, fmt.Errorf("%s: row %d: item %q stands twice", path, row+2, name)
		}
		ids, items[name] = append(ids, name), irt.FromDifficulty(a[row], b[row], c[row])
	}
	return ids, items, nil
}
