package responses

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/proba-exam/proba/internal/csvfile"
	"github.com/proba-exam/proba/internal/fault"
)

// mostSeconds is ten years: what is longer is no time spent on an item.
const mostSeconds = 3.2e8

// ReadTimes adds the seconds that people spent on items to a table, from a CSV
// file of the same columns with "person" among them. People and items that the
// table does not have are left out, as are empty cells. The fault "times.invalid"
// names the first faulty line.
func ReadTimes(m *Matrix, r io.Reader) (*Matrix, error) {
	reader := csvfile.NewReader(r)
	header, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "times.invalid", "The times cannot be read: the file is empty; line 1 names the columns.")
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "times.invalid", "The times cannot be read: %v.", err)
	}
	header = slices.Clone(header)
	items := make(map[string]int32, len(m.items))
	for i, it := range m.items {
		items[it.ID] = int32(i)
	}
	person, columns := -1, make([]int32, len(header))
	for n, name := range header {
		name = strings.TrimSpace(name)
		columns[n] = NoOption
		if at, ok := items[name]; ok {
			columns[n] = at
		} else if name == personColumn {
			person = n
		}
	}
	if person < 0 {
		return nil, fault.New(fault.Invalid, "times.invalid", "The times cannot be read: no column is called person.")
	}
	people := make(map[string]int, len(m.people))
	for p := range m.people {
		people[m.people[p].ID] = p
	}
	cells := slices.Clone(m.cells)
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "times.invalid", "The times cannot be read: %v.", err)
		}
		p, known := people[strings.TrimSpace(record[person])]
		if !known {
			continue
		}
		for n, value := range record {
			value = strings.TrimSpace(value)
			if columns[n] == NoOption || value == "" || value == "NA" || value == "-" {
				continue
			}
			seconds, ok := reader.Number(value)
			if !ok || seconds < 0 || seconds > mostSeconds {
				return nil, fault.New(fault.Invalid, "times.invalid", "The times cannot be read: line %d, column %s: %q is not a number of seconds.", reader.Line(), header[n], value)
			}
			from, to := m.Range(p)
			if at, found := slices.BinarySearchFunc(cells[from:to], columns[n], func(c Cell, item int32) int { return int(c.Item - item) }); found {
				cells[from+at].Seconds = float32(seconds)
			}
		}
	}
	return New(m.items, m.people, cells), nil
}
