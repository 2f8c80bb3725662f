package irt

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// Bins and draws of PlausibleFit.
const (
	fitBins  = 10
	fitDraws = 5
	// leastInBin keeps a bin's chi-squared near its distribution.
	leastInBin = 5
	// mostDraws bounds how many abilities a row is drawn that stands for many
	// people, each of whom has one.
	mostDraws = 400
)

// PlausibleFit tests each item by the shares right in bins of ability, ability
// being drawn for each person from their posterior (PV-Q1, Chalmers and Ng 2017).
// Drawn so, ability and answer follow the model together, which they do not when
// ability is an estimate. It needs no complete data. seed makes it repeatable.
func (f *Fit) PlausibleFit(seed uint64) []FitTest {
	tests := make([]FitTest, len(f.Items))
	if f.Status == psychometrics.NotDefined {
		for i := range tests {
			tests[i] = noFit(f.N, f.Reason)
		}
		return tests
	}
	draws := f.plausible(seed)
	var found [fitDraws][]binned
	each(fitDraws, func(n int) { found[n] = f.bin(draws[n]) })
	for i, it := range f.Items {
		if it.Status == psychometrics.NotDefined {
			tests[i] = noFit(it.N, it.Reason)
			continue
		}
		sum, bins := 0.0, 0.0
		for _, items := range found {
			sum, bins = sum+items[i].statistic, bins+float64(items[i].used)
		}
		tests[i] = fitTest(sum/fitDraws, int(math.Round(bins/fitDraws))-f.perItem(), it.N)
	}
	return tests
}

// drawn is an ability drawn for a person, or for some of those that a row stands for.
type drawn struct {
	theta, weight float64
	person        int32
}

// plausible draws abilities for everybody, several times over. What somebody is drawn hangs on
// their answers, and on how many with the same ones come before them, so that people in another
// order, or of one row, are drawn the same abilities between them.
func (f *Fit) plausible(seed uint64) (draws [fitDraws][]drawn) {
	d, t := f.answers, f.chances()
	prints := d.prints()
	first, alike := make([]int, d.people+1), make([]int, d.people)
	seen := make(map[uint64]int)
	for p, w := range d.weight {
		units := int(min(w, mostDraws))
		first[p+1], alike[p] = first[p]+units, seen[prints[p]]
		seen[prints[p]] += units
	}
	for n := range draws {
		draws[n] = make([]drawn, first[d.people])
	}
	spread(d.people, func(from, to int) {
		post, source := make([]float64, t.points), rand.NewPCG(0, 0)
		rng := rand.New(source)
		for p := from; p < to; p++ {
			f.posterior(t, p, func(int32) bool { return true }, post)
			for n := range draws {
				of := draws[n][first[p]:first[p+1]]
				for k := range of {
					source.Seed(seed^prints[p], uint64(n)<<40|uint64(alike[p]+k))
					of[k] = drawn{f.draw(post, rng), d.weight[p] / float64(len(of)), int32(p)}
				}
			}
		}
	})
	return draws
}

// prints are numbers by person that are equal where the answers are, in whatever order the items
// stand.
func (a *answers) prints() []uint64 {
	rightly, wrongly := make([]uint64, len(a.refused)), make([]uint64, len(a.refused))
	for i, it := range a.m.Items() {
		rightly[i], wrongly[i] = printOf("+"+it.ID), printOf("-"+it.ID)
	}
	prints := make([]uint64, a.people)
	for p := range prints {
		for n := a.first[p]; n < a.first[p+1]; n++ {
			if a.right[n] {
				prints[p] += rightly[a.item[n]]
			} else {
				prints[p] += wrongly[a.item[n]]
			}
		}
	}
	return prints
}

// printOf is a number that looks drawn: sums of plain FNV of ids such as q01 and q02 meet.
func printOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return rand.NewPCG(h.Sum64(), 0).Uint64()
}

// draw draws an ability from the posterior, between points as at them.
func (f *Fit) draw(post []float64, rng *rand.Rand) float64 {
	width := f.Grid.Points[1] - f.Grid.Points[0]
	k, sum, u := 0, post[0], rng.Float64()
	for ; sum < u && k < len(post)-1; k++ {
		sum += post[k+1]
	}
	return f.Grid.Points[k] + width*(rng.Float64()-.5)
}

// binned is the chi-squared of an item over bins with equal numbers of people, filled by
// rising ability.
type binned struct {
	// people who were given the item, and the number of bins that they make.
	people, bins float64
	statistic    float64
	used         int
	// seen people, and the bins that these have filled.
	seen, full float64
	// right answers of the bin that is being filled, and how many the model expects.
	right, expected, variance float64
}

// bin goes through the people by the abilities that were drawn, which it sorts.
func (f *Fit) bin(draws []drawn) []binned {
	d := f.answers
	items := make([]binned, len(f.Items))
	for i := range items {
		for _, p := range d.who[d.start[i]:d.start[i+1]] {
			items[i].people += d.weight[p]
		}
		items[i].bins = math.Floor(min(fitBins, items[i].people/leastInBin))
	}
	slices.SortFunc(draws, func(a, b drawn) int {
		return cmp.Or(cmp.Compare(a.theta, b.theta), cmp.Compare(a.person, b.person))
	})
	for _, x := range draws {
		for n := d.first[x.person]; n < d.first[x.person+1]; n++ {
			if it := &f.Items[d.item[n]]; it.Status != psychometrics.NotDefined {
				items[d.item[n]].add(x.weight, it.P(x.theta), d.right[n])
			}
		}
	}
	for i := range items {
		items[i].close() // what rounding left open
	}
	return items
}

// add is the answer of somebody whose chance was p.
func (b *binned) add(weight, p float64, right bool) {
	b.seen += weight
	b.expected += weight * p
	b.variance += weight * p * (1 - p)
	if right {
		b.right += weight
	}
	if b.seen >= b.people*(b.full+1)/b.bins {
		b.close()
	}
}

// close adds the bin to the statistic and begins the next one.
func (b *binned) close() {
	if b.variance > 0 {
		b.statistic += (b.right - b.expected) * (b.right - b.expected) / b.variance
		b.used++
	}
	b.right, b.expected, b.variance = 0, 0, 0
	b.full++
}
