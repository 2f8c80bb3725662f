// Package responses holds response data: who was given which item and what came
// of it. One sparse container serves every statistic, since in forms drawn from
// a bank each person answers a small part of the items.
//
// Vocabulary: a Cell is one person's response to one item that they were
// presented with. What was not presented has no cell. An omitted response was
// presented and left empty: it earns nothing and still counts.
//
// The package reads CSV (see ReadCSV) and knows no statistics.
package responses

import (
	"cmp"
	"slices"
	"time"
)

// State is what became of a presented item.
type State uint8

// The states of a response.
const (
	// Answered has a mark, and an option where the item has options.
	Answered State = iota
	// Omitted was presented and left empty.
	Omitted
	// NotReached was presented, but the person stopped before it.
	NotReached
)

// NoOption is the option of a response that chose none.
const NoOption = -1

// Item is one column of the data.
type Item struct {
	ID string
	// Max is the highest mark that the item can give, above 0.
	Max float64
	// Options are the names of what can be chosen, empty for items without.
	Options []string
	// Key is the index in Options of the right one, NoOption when unknown.
	Key int
	// Unscored says that the item is tried out and counts in nobody's score: totals,
	// and abilities that stand for them, are without it.
	Unscored bool
}

// Person is one row of the data.
type Person struct {
	ID string
	// Group is what DIF compares, "" for none.
	Group string
	// Form names the form that the person sat, "" when there is only one.
	Form string
	// At is when, the zero time when unknown.
	At time.Time
	// Count is how many people this row stands for, 1 or more.
	Count int
}

// Cell is one response.
type Cell struct {
	Mark         float64
	Person, Item int32
	// Seconds spent on the item, 0 when unknown.
	Seconds float32
	Option  int16
	State   State
}

// Matrix is a sparse table of responses. It is immutable and safe for concurrent
// use.
type Matrix struct {
	items  []Item
	people []Person
	cells  []Cell // by person, then by item
	first  []int  // of each person's cells; one more at the end
	byItem []int32
	start  []int // of each item's part of byItem; one more at the end
	count  int
}

// New puts a table together. Cells may come in any order; a second cell for the
// same person and item is dropped.
func New(items []Item, people []Person, cells []Cell) *Matrix {
	order := func(a, b Cell) int { return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Item, b.Item)) }
	if !slices.IsSortedFunc(cells, order) {
		cells = slices.Clone(cells)
		slices.SortStableFunc(cells, order)
	}
	for i := 1; i < len(cells); i++ {
		if order(cells[i-1], cells[i]) == 0 {
			cells = slices.CompactFunc(slices.Clone(cells), func(a, b Cell) bool { return order(a, b) == 0 })
			break
		}
	}
	m := &Matrix{items: items, people: people, cells: cells, first: make([]int, len(people)+1), start: make([]int, len(items)+1), byItem: make([]int32, len(cells))}
	for _, c := range cells {
		m.first[c.Person+1]++
		m.start[c.Item+1]++
	}
	for p := range people {
		m.first[p+1] += m.first[p]
		m.count += people[p].Count
	}
	for i := range items {
		m.start[i+1] += m.start[i]
	}
	next := slices.Clone(m.start)
	for n, c := range cells {
		m.byItem[next[c.Item]] = int32(n)
		next[c.Item]++
	}
	return m
}

// Items returns the columns, not to be changed.
func (m *Matrix) Items() []Item { return m.items }

// People returns the rows, not to be changed.
func (m *Matrix) People() []Person { return m.people }

// Cells returns all responses, by person and then by item, not to be changed.
func (m *Matrix) Cells() []Cell { return m.cells }

// Count is the number of people, rows counted as often as they stand for.
func (m *Matrix) Count() int { return m.count }

// Range returns where the cells of person p begin and end in Cells.
func (m *Matrix) Range(p int) (from, to int) { return m.first[p], m.first[p+1] }

// Of returns the responses of person p by ascending item.
func (m *Matrix) Of(p int) []Cell { return m.cells[m.first[p]:m.first[p+1]] }

// To returns the indices in Cells of the responses to item i, by person.
func (m *Matrix) To(i int) []int32 { return m.byItem[m.start[i]:m.start[i+1]] }

// Complete reports whether everybody was presented with every item.
func (m *Matrix) Complete() bool {
	return len(m.people) > 0 && len(m.items) > 0 && len(m.cells) == len(m.people)*len(m.items)
}

// SameScored reports whether everybody was presented with every item that counts, so
// that totals can be compared. Items that are tried out may differ.
func (m *Matrix) SameScored() bool {
	scored, cells := 0, 0
	for i, it := range m.items {
		if !it.Unscored {
			scored++
			cells += m.start[i+1] - m.start[i]
		}
	}
	return len(m.people) > 0 && scored > 0 && cells == len(m.people)*scored
}

// Groups lists the names of the groups in ascending order, "" left out.
func (m *Matrix) Groups() []string {
	seen := make(map[string]bool)
	for _, p := range m.people {
		if p.Group != "" && !seen[p.Group] {
			seen[p.Group] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Binary reports whether every mark of item i is 0 or its maximum.
func (m *Matrix) Binary(i int) bool {
	for _, n := range m.To(i) {
		if mark := m.cells[n].Mark; mark != 0 && mark != m.items[i].Max {
			return false
		}
	}
	return true
}
