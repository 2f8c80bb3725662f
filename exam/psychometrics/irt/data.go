package irt

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// block is how many people are taken at a time: their posteriors on 41 points
// take 11 MB.
const block = 32768

// answers is what estimation sees of a matrix: right or wrong, for the items
// that can have parameters.
type answers struct {
	// m is what they were taken from.
	m      *responses.Matrix
	people int
	weight []float64
	// By person: first[p] to first[p+1] are positions in item and right.
	first []int
	item  []int32
	right []bool
	// By item: start[i] to start[i+1] are positions in who and hit, in the order of
	// m.To(i).
	start []int
	who   []int32
	hit   []bool
	// refused says why an item is left out, "" for those that are in.
	refused []string
	// unscored items are estimated with the others, and are in no ability.
	unscored []bool
}

func newAnswers(m *responses.Matrix) *answers {
	a := &answers{m: m, people: len(m.People()), refused: make([]string, len(m.Items())), unscored: make([]bool, len(m.Items()))}
	for i, it := range m.Items() {
		a.refused[i], a.unscored[i] = refusal(m, i), it.Unscored
	}
	a.item, a.right = make([]int32, 0, len(m.Cells())), make([]bool, 0, len(m.Cells()))
	a.who, a.hit = make([]int32, 0, len(m.Cells())), make([]bool, 0, len(m.Cells()))
	a.weight = make([]float64, a.people)
	a.first = make([]int, a.people+1)
	a.start = make([]int, len(m.Items())+1)
	for p := range a.people {
		a.weight[p] = float64(m.People()[p].Count)
		for _, c := range m.Of(p) {
			if a.refused[c.Item] == "" {
				a.item, a.right = append(a.item, c.Item), append(a.right, c.Mark > 0)
			}
		}
		a.first[p+1] = len(a.item)
	}
	for i := range m.Items() {
		if a.refused[i] == "" {
			for _, n := range m.To(i) {
				c := m.Cells()[n]
				a.who, a.hit = append(a.who, c.Person), append(a.hit, c.Mark > 0)
			}
		}
		a.start[i+1] = len(a.who)
	}
	return a
}

// within are the positions in who and hit of the answers to item i of the people from..to.
func (a *answers) within(i, from, to int) (first, last int) {
	who := a.who[a.start[i]:a.start[i+1]]
	first, _ = slices.BinarySearch(who, int32(from))
	last, _ = slices.BinarySearch(who, int32(to))
	return a.start[i] + first, a.start[i] + last
}

// refusal says why an item can have no parameters.
func refusal(m *responses.Matrix, i int) string {
	if !m.Binary(i) {
		return "needs marks of 0 and 1"
	}
	right, wrong := false, false
	for _, n := range m.To(i) {
		if m.Cells()[n].Mark > 0 {
			right = true
		} else {
			wrong = true
		}
	}
	switch {
	case !right && !wrong:
		return "nobody was presented with it"
	case !right:
		return "nobody answered it rightly"
	case !wrong:
		return "everybody answered it rightly"
	}
	return ""
}

// spread runs work on parts of 0..n, which are many and small, at once. Parts are
// independent, so that the result does not depend on how many run.
func spread(n int, work func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), max(1, n/16))
	if parts < 2 {
		work(0, n)
		return
	}
	parts *= 4 // so that an unlucky one does not hold up all
	each(parts, func(part int) {
		if from, to := n*part/parts, n*(part+1)/parts; from < to {
			work(from, to)
		}
	})
}

// each runs work for 0..n, which are few and large, several at once. None looks at another.
func each(n int, work func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(i)
			}
		})
	}
	group.Wait()
}
