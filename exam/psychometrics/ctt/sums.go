package ctt

import (
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// analysis holds the sums that everything is computed from, centred, so that
// nothing cancels.
type analysis struct {
	m        *responses.Matrix
	options  Options
	complete bool // everybody had the same scored items
	n        int
	k        int // scored items

	totals          []float64 // of each person; complete data only
	meanT, ssT      float64
	mean, ss, withT []float64 // of each item: mean mark, squares, product with T
	count           []int
}

func (a *analysis) sums() {
	items, people, cells := a.m.Items(), a.m.People(), a.m.Cells()
	a.mean, a.ss, a.withT, a.count = make([]float64, len(items)), make([]float64, len(items)), make([]float64, len(items)), make([]int, len(items))
	for i := range items {
		if a.scores(i) {
			a.k++
		}
	}
	for _, c := range cells {
		w := people[c.Person].Count
		a.count[c.Item] += w
		a.mean[c.Item] += float64(w) * c.Mark
	}
	for i := range items {
		if a.count[i] > 0 {
			a.mean[i] /= float64(a.count[i])
		}
	}
	if a.complete {
		a.totals = make([]float64, len(people))
		for p := range people {
			for _, c := range a.m.Of(p) {
				if a.scores(int(c.Item)) {
					a.totals[p] += c.Mark
				}
			}
			a.totals[p] = psychometrics.Snap(a.totals[p])
			a.meanT += float64(people[p].Count) * a.totals[p]
		}
		a.meanT /= float64(a.n)
		for p := range people {
			d := a.totals[p] - a.meanT
			a.ssT += float64(people[p].Count) * d * d
		}
	}
	for _, c := range cells {
		w, d := float64(people[c.Person].Count), c.Mark-a.mean[c.Item]
		a.ss[c.Item] += w * d * d
		if a.complete && a.scores(int(c.Item)) {
			a.withT[c.Item] += w * d * (a.totals[c.Person] - a.meanT)
		}
	}
	a.settle()
}

// scores reports whether item i counts in the total.
func (a *analysis) scores(i int) bool { return !a.m.Items()[i].Unscored }

// rounding is how much of a sum of squares or products, as a share of the largest
// that it could be, is taken for the error of summing.
const rounding = 1e-12

// settle makes sums 0 that are 0 but for rounding: whether an item has a spread
// must not depend on the order in which its marks were summed.
func (a *analysis) settle() {
	n, highest := float64(a.n), 0.0
	for i, it := range a.m.Items() {
		if a.scores(i) {
			highest += it.Max
		}
		if a.ss[i] <= rounding*float64(a.count[i])*it.Max*it.Max {
			a.ss[i] = 0
		}
	}
	if a.ssT <= rounding*n*highest*highest {
		a.ssT = 0
	}
	for i := range a.withT {
		if spread := math.Sqrt(a.ss[i] * a.ssT); spread == 0 || math.Abs(a.withT[i]) <= rounding*spread {
			a.withT[i] = 0
		}
	}
}

// squaresOfRest is the sum of squares of the scores on the items but i, 0 when
// everybody has the same.
func (a *analysis) squaresOfRest(i int) float64 {
	ss := a.ssT + a.ss[i] - 2*a.withT[i]
	if ss <= rounding*(a.ssT+a.ss[i]+2*math.Abs(a.withT[i])) || ss <= rounding*float64(a.n) {
		return 0
	}
	return ss
}

// defined reports why nothing about totals is defined, "" when it is.
func (a *analysis) defined() string {
	switch {
	case !a.complete:
		return sparse
	case a.n < 2:
		return noPeople
	case a.k < 2:
		return noItems
	case a.ssT <= 0:
		return noTotals
	}
	return ""
}

func (a *analysis) variance(ss float64) float64 { return ss / float64(a.n-1) }

func (a *analysis) distribution() []Total {
	counts := make(map[float64]int)
	for p, t := range a.totals {
		counts[t] += a.m.People()[p].Count
	}
	all := make([]Total, 0, len(counts))
	for score, n := range counts {
		all = append(all, Total{score, n})
	}
	slices.SortFunc(all, func(x, y Total) int {
		if x.Score < y.Score {
			return -1
		}
		return 1
	})
	return all
}
