package exam

import (
	"encoding/binary"
	"math"

	"github.com/proba-exam/proba/internal/fault"
)

// trialForms is how many forms publishing draws. Their pairs give the overlap;
// a blueprint of which one in a hundred draws fails is found with probability
// 1 - 0.99^200 = 87 %, and each draw restarts many times before it fails.
const trialForms = 200

// Feasibility proves that the blueprint can be drawn, by drawing, and says how
// much room it leaves. The fault "blueprint.infeasible" says that enemies or
// testlets stand in the way.
func (p *Plan) Feasibility() (Feasibility, error) {
	f := Feasibility{Cells: p.supplies(), Drawn: trialForms}
	for _, s := range f.Cells {
		f.DistinctForms += log10Choose(s.Available, s.Count)
	}
	forms := make([]map[string]bool, trialForms)
	spread := DifficultySpread{Theta: p.theta, ParameterSD: p.pool.ParameterSD(), Basis: p.basis, PassMin: 1}
	squares := 0.0
	for n := range forms {
		var seed Seed
		binary.BigEndian.PutUint64(seed[:], uint64(n))
		form, err := p.Assemble(seed, nil)
		if err != nil {
			return Feasibility{}, fault.New(fault.Invalid, "blueprint.infeasible",
				"Trial form %d of %d could not be drawn: enemies or testlets leave too little choice in a cell.", n+1, trialForms).Wrap(err)
		}
		q := form.Equivalence
		spread.PassMin, spread.PassMax = min(spread.PassMin, q.Pass), max(spread.PassMax, q.Pass)
		spread.Mean += q.Expected[1] / trialForms
		squares += q.Deviation[1] * q.Deviation[1]
		forms[n] = make(map[string]bool, len(form.Slots))
		for _, s := range form.Slots {
			forms[n][s.Item.ID] = true
		}
	}
	// Deviations are from one target, so that their mean is taken off.
	off := spread.Mean - p.pool.Target()[1]
	spread.SD = math.Sqrt(max(0, squares-trialForms*off*off) / (trialForms - 1))
	f.Difficulty = &spread
	f.MeanOverlap, f.MaxOverlap = overlap(forms)
	return f, nil
}

// overlap returns the mean and the largest share of items that two forms have
// in common.
func overlap(forms []map[string]bool) (mean, largest float64) {
	pairs := 0
	for i, a := range forms {
		for _, b := range forms[:i] {
			common := 0
			for id := range a {
				if b[id] {
					common++
				}
			}
			share := float64(common) / float64(len(a))
			mean += share
			largest = max(largest, share)
			pairs++
		}
	}
	return mean / float64(pairs), largest
}

// log10Choose is the base-10 logarithm of the binomial coefficient n over k.
func log10Choose(n, k int) float64 {
	lgamma := func(x int) float64 {
		v, _ := math.Lgamma(float64(x + 1))
		return v
	}
	return (lgamma(n) - lgamma(k) - lgamma(n-k)) / math.Ln10
}
