package irt

import "github.com/proba-exam/proba/exam/psychometrics"

// Reliability of ability estimates.
type Reliability struct {
	// Marginal is the mean of I/(I+1) over the normal population, I the test
	// information; defined where everybody answers the same items.
	Marginal psychometrics.Estimate
	// Empirical is var(EAP)/(var(EAP) + mean(SD²)) over the people there are.
	Empirical psychometrics.Estimate
}

// leastForReliability is how many people a reliability is acted on from.
const leastForReliability = 100

// Reliability computes both, of the items that count. complete says whether all
// answered the same ones.
func (f *Fit) Reliability(complete bool) Reliability {
	r := Reliability{Marginal: psychometrics.Undefined(f.N, "people answered different items"), Empirical: psychometrics.Undefined(f.N, f.Reason)}
	if f.Status == psychometrics.NotDefined {
		r.Marginal = psychometrics.Undefined(f.N, f.Reason)
		return r
	}
	if complete {
		var form []Item
		for i, it := range f.Items {
			if it.Status != psychometrics.NotDefined && !f.answers.unscored[i] {
				form = append(form, it.Item)
			}
		}
		r.Marginal = psychometrics.Of(MarginalReliability(form, f.Grid), f.N, leastForReliability)
	}
	n, mean, errors := 0.0, 0.0, 0.0
	scores := f.Abilities()
	for p, s := range scores {
		if s.Defined {
			w := f.answers.weight[p]
			n, mean, errors = n+w, mean+w*s.Theta, errors+w*s.SE*s.SE
		}
	}
	if n < 2 {
		r.Empirical = psychometrics.Undefined(f.N, "needs two people at least")
		return r
	}
	mean /= n
	variance := 0.0
	for p, s := range scores {
		if s.Defined {
			variance += f.answers.weight[p] * (s.Theta - mean) * (s.Theta - mean)
		}
	}
	variance /= n - 1
	r.Empirical = psychometrics.Of(variance/(variance+errors/n), f.N, leastForReliability)
	return r
}

// MarginalReliability of a form is the mean of I/(I+1) over the grid.
func MarginalReliability(form []Item, g Grid) float64 {
	sum := 0.0
	for k, theta := range g.Points {
		info := Information(form, theta)
		sum += g.Weights[k] * info / (info + 1)
	}
	return sum
}
