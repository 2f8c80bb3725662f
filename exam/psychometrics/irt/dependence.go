package irt

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Dependence says which items have more in common than the ability: a shared
// text, or one that gives another's answer away.
type Dependence struct {
	// Mean of Q3 over all pairs; near −1/(k−1) where nothing depends.
	Mean psychometrics.Estimate
	// Pairs by falling distance of Q3 from Mean.
	Pairs []Pair
}

// Pair of items, by position.
type Pair struct {
	First, Second int
	// Q3 is the correlation of what the model leaves over (Yen 1984).
	Q3 psychometrics.Estimate
	// Dependent says that Q3 is more than .2 above the mean of all pairs
	// (Christensen, Makransky and Horton 2017), and surely above it.
	Dependent bool
}

const (
	// mostForPairs bounds the table of pairs: 2,000 items have 2 million.
	mostForPairs = 2000
	// leastForPair is how many people must have answered both items.
	leastForPair = 100
	// leastOfPair is how many are needed to compute anything.
	leastOfPair = 10
	// aboveMean is the distance from the mean that is remarked on.
	aboveMean = .2
)

// LocalDependence computes Yen's Q3 for all pairs of items that enough people
// answered both of; it needs no complete data.
func (f *Fit) LocalDependence(m *responses.Matrix) Dependence {
	refuse := func(why string) Dependence { return Dependence{Mean: psychometrics.Undefined(f.N, why)} }
	k := len(f.Items)
	switch {
	case f.Status == psychometrics.NotDefined:
		return refuse(f.Reason)
	case k > mostForPairs:
		return refuse(fmt.Sprintf("more than %d items: look at parts", mostForPairs))
	}
	table := f.residuals()
	var out Dependence
	mean := 0.0
	for j := range k {
		for i := range j {
			s := &table[pairAt(i, j)]
			if s.n < leastOfPair {
				continue
			}
			if e := psychometrics.Correlation(s.correlation(), int(s.n), leastForPair); e.Known() {
				out.Pairs = append(out.Pairs, Pair{First: i, Second: j, Q3: e})
				mean += e.Value
			}
		}
	}
	if len(out.Pairs) == 0 {
		return refuse(fmt.Sprintf("no two items have %d people who answered both", leastOfPair))
	}
	mean /= float64(len(out.Pairs))
	out.Mean = psychometrics.Of(mean, f.N, leastForPair)
	for n := range out.Pairs {
		q := out.Pairs[n].Q3
		out.Pairs[n].Dependent = q.Status == psychometrics.Fine && psychometrics.Below(mean+aboveMean, q.Value) && psychometrics.Below(mean, q.Low)
	}
	slices.SortStableFunc(out.Pairs, func(a, b Pair) int {
		far := func(p Pair) float64 { return psychometrics.Snap(math.Abs(p.Q3.Value - mean)) }
		return cmp.Compare(far(b), far(a))
	})
	return out
}

// pairSums are over the people who answered both items of a pair, x and y being what the
// model leaves over of their answers.
type pairSums struct{ n, x, y, xx, yy, xy float64 }

func (s *pairSums) add(w, x, y float64) {
	s.n, s.x, s.y = s.n+w, s.x+w*x, s.y+w*y
	s.xx, s.yy, s.xy = s.xx+w*x*x, s.yy+w*y*y, s.xy+w*x*y
}

func (s *pairSums) correlation() float64 {
	return (s.xy - s.x*s.y/s.n) / math.Sqrt((s.xx-s.x*s.x/s.n)*(s.yy-s.y*s.y/s.n))
}

// pairAt is where a table of pairs has items i < j.
func pairAt(i, j int) int { return j*(j-1)/2 + i }

// residuals sums up, for all pairs of items with parameters, right answers less those that
// ability lets expect.
func (f *Fit) residuals() []pairSums {
	table := make([]pairSums, len(f.Items)*(len(f.Items)-1)/2)
	d, abilities := f.answers, f.Abilities()
	var left []float64
	var item []int
	for p := range d.people {
		left, item = left[:0], item[:0]
		for n := d.first[p]; n < d.first[p+1]; n++ {
			it := &f.Items[d.item[n]]
			if it.Status == psychometrics.NotDefined {
				continue
			}
			residual := -it.P(abilities[p].Theta)
			if d.right[n] {
				residual++
			}
			left, item = append(left, residual), append(item, int(d.item[n]))
		}
		for b := range left {
			for a := range b {
				table[pairAt(item[a], item[b])].add(d.weight[p], left[a], left[b])
			}
		}
	}
	return table
}
