package forensic

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Drift says how an item's difficulty moved over calendar time.
type Drift struct {
	Item    string
	Periods []Period
	// Slope is the change, from one period to the next, of the share right beyond
	// what ability explains: above 0 the item gets easier, as when it is known
	// outside. Z tests it; P is two-sided and Adjusted for all items.
	Slope, Z, P, Adjusted float64
	N                     int
	Status                psychometrics.Status
	Reason                string
}

// Period is one stretch of time.
type Period struct {
	// N answers; Observed share right, Expected from the abilities.
	N                  int
	Observed, Expected float64
	// Z is the standardised difference.
	Z float64
}

// leastForDrift is how many answers an item needs in all.
const leastForDrift = 100

// FindDrift compares, for each item, answers in successive periods with what the
// people's abilities let expect. expected gives the chance of a right answer for
// each cell of the matrix, from the ability without the item
// (irt.Fit.RestChances); period numbers the stretch of time that a person sat in,
// from 0, and is below 0 for people who are left out.
func FindDrift(m *responses.Matrix, expected []float64, period func(responses.Person) int) []Drift {
	all := make([]Drift, len(m.Items()))
	var tested []int
	var p []float64
	for i, it := range m.Items() {
		all[i] = drift(m, i, expected, period)
		all[i].Item = it.ID
		if all[i].Status != psychometrics.NotDefined {
			tested, p = append(tested, i), append(p, all[i].P)
		}
	}
	for k, adjusted := range psychometrics.Holm(p) {
		all[tested[k]].Adjusted = adjusted
	}
	return all
}

func drift(m *responses.Matrix, i int, expected []float64, period func(responses.Person) int) Drift {
	d := Drift{Status: psychometrics.Fine}
	type sums struct{ n, right, expected, variance float64 }
	var by []sums
	for _, c := range m.To(i) {
		cell := m.Cells()[c]
		at := period(m.People()[cell.Person])
		if at < 0 {
			continue
		}
		for len(by) <= at {
			by = append(by, sums{})
		}
		w, q, s := float64(m.People()[cell.Person].Count), expected[c], &by[at]
		s.n, s.right, s.expected, s.variance = s.n+w, s.right+w*cell.Mark/m.Items()[i].Max, s.expected+w*q, s.variance+w*q*(1-q)
	}
	var n, mean float64
	filled := 0
	for at, s := range by {
		p := Period{N: int(s.n)}
		if s.n > 0 {
			filled++
			p.Observed, p.Expected = s.right/s.n, s.expected/s.n
			if s.variance > 0 {
				p.Z = (s.right - s.expected) / math.Sqrt(s.variance)
			}
			n, mean = n+s.n, mean+s.n*float64(at)
		}
		d.Periods = append(d.Periods, p)
	}
	d.N = int(n)
	if filled < 2 {
		d.Status, d.Reason = psychometrics.NotDefined, "it was answered in one period only"
		return d
	}
	mean /= n
	// The residuals' regression on time, and its variance under the model. Time is measured
	// from the mean of the answers, so that a residual which all periods share falls out: a
	// wrong parameter is no drift.
	var cross, squares, variance float64
	for at, s := range by {
		t := float64(at) - mean
		cross += t * (s.right - s.expected)
		squares += s.n * t * t
		variance += t * t * s.variance
	}
	if squares <= 0 || variance <= 0 {
		d.Status, d.Reason = psychometrics.NotDefined, "the periods leave nothing to compare"
		return d
	}
	d.Slope, d.Z = cross/squares, cross/math.Sqrt(variance)
	d.P = 2 * distuv.UnitNormal.Survival(math.Abs(d.Z))
	if d.N < leastForDrift {
		d.Status, d.Reason = psychometrics.TooFew, fmt.Sprintf("needs %d answers to be acted on", leastForDrift)
	}
	return d
}
