package irt_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// penalised is the marginal log-likelihood of m plus the log density of Weak, by the vector
// of free parameters: the common slope and the intercepts of 1PL, pairs of them of 2PL.
func penalised(m *responses.Matrix, g irt.Grid, model irt.Model) func(v []float64) float64 {
	return func(v []float64) float64 {
		items, sum := make([]irt.Item, len(m.Items())), 0.0
		for i := range items {
			if model == irt.OnePL {
				items[i] = irt.Item{A: v[0], D: v[1+i]}
			} else {
				items[i] = irt.Item{A: v[2*i], D: v[2*i+1]}
				sum -= math.Pow(math.Log(items[i].A)/.5, 2) / 2
			}
			sum -= math.Pow(items[i].B()/2, 2) / 2
		}
		for p, person := range m.People() {
			var answers []irt.Answer
			for _, c := range m.Of(p) {
				answers = append(answers, irt.Answer{Item: items[c.Item], Right: c.Mark > 0})
			}
			likelihood := 0.0
			for k, theta := range g.Points {
				likelihood += g.Weights[k] * math.Exp(logLikelihood(answers, theta))
			}
			sum += float64(person.Count) * math.Log(likelihood)
		}
		return sum
	}
}

// TestErrorsWithPrior: with the prior for daily use the estimates are where the penalised
// likelihood has no slope, and their errors are the inverse of its curvature there.
func TestErrorsWithPrior(t *testing.T) {
	items := make([]irt.Item, 8)
	for i := range items {
		items[i] = irt.FromDifficulty(1.3, float64(i)/2-.8, 0)
	}
	m := simulated(items, 150, len(items), rand.New(rand.NewPCG(7, 4)))
	for _, model := range []irt.Model{irt.OnePL, irt.TwoPL} {
		f := irt.Estimate(m, irt.Options{Model: model, Prior: irt.Weak, Tolerance: 1e-9})
		if !f.Converged || f.ErrorsBy != irt.ObservedInformation {
			t.Fatalf("%s: %+v", model, f)
		}
		var at []float64
		for i, it := range f.Items {
			if model == irt.TwoPL || i == 0 {
				at = append(at, it.A)
			}
			at = append(at, it.D)
		}
		objective := penalised(m, f.Grid, model)
		for _, slope := range fd.Gradient(nil, objective, at, &fd.Settings{Formula: fd.Central}) {
			near(t, string(model)+": slope of the objective", slope, 0, 1e-4)
		}
		curvature := mat.NewSymDense(len(at), nil)
		fd.Hessian(curvature, objective, at, &fd.Settings{Formula: fd.Central, Step: 1e-3})
		var inverse mat.Dense
		if err := inverse.Inverse(curvature); err != nil {
			t.Fatal(err)
		}
		for i, it := range f.Items {
			a, d := 0, i+1
			if model == irt.TwoPL {
				a, d = 2*i, 2*i+1
			}
			near(t, string(model)+": error of a", it.SEA, math.Sqrt(-inverse.At(a, a)), 1e-4)
			near(t, string(model)+": error of d", it.SED, math.Sqrt(-inverse.At(d, d)), 1e-4)
			near(t, string(model)+": covariance", it.CovAD, -inverse.At(a, d), 1e-4)
		}
	}
}
