package irt_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// logLikelihood of answers at an ability, from chances alone.
func logLikelihood(answers []irt.Answer, theta float64) float64 {
	sum := 0.0
	for _, a := range answers {
		if p := a.Item.P(theta); a.Right {
			sum += math.Log(p)
		} else {
			sum += math.Log(1 - p)
		}
	}
	return sum
}

// curvature is minus the second derivative.
func curvature(f func(float64) float64, at float64) float64 {
	const h = 1e-3
	return -(f(at+h) - 2*f(at) + f(at-h)) / (h * h)
}

// TestErrorsOfAbilities: the standard errors of ML and of MAP are by the curvature of the
// log-likelihood and of the log-posterior at their maximum (by 2PL information is the same,
// observed or expected), that of WLE by information; and MAP is that maximum.
func TestErrorsOfAbilities(t *testing.T) {
	var answers []irt.Answer
	for i, it := range lsat7() {
		answers = append(answers, irt.Answer{Item: it, Right: i%2 == 0})
	}
	likelihood := func(theta float64) float64 { return logLikelihood(answers, theta) }
	posterior := func(theta float64) float64 { return likelihood(theta) - theta*theta/2 }
	ml, most, weighted := irt.ML(answers), irt.MAP(answers), irt.WLE(answers)
	near(t, "SE of ML", ml.SE, 1/math.Sqrt(curvature(likelihood, ml.Theta)), 1e-6)
	near(t, "SE of MAP", most.SE, 1/math.Sqrt(curvature(posterior, most.Theta)), 1e-6)
	near(t, "SE of WLE", weighted.SE, 1/math.Sqrt(irt.Information(lsat7(), weighted.Theta)), 1e-12)
	for _, beside := range []float64{-1e-3, 1e-3} {
		if posterior(most.Theta+beside) >= posterior(most.Theta) || likelihood(ml.Theta+beside) >= likelihood(ml.Theta) {
			t.Errorf("MAP %v or ML %v is no maximum", most.Theta, ml.Theta)
		}
	}
}

// TestWeakPrior: estimates with the documented prior, log a ~ N(0, .5²) and b ~ N(0, 2²), are
// where the marginal log-likelihood and those log-densities together are greatest.
func TestWeakPrior(t *testing.T) {
	m := reference.LSAT7()
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL, Prior: irt.Weak, Grid: irt.Exact(), Tolerance: 1e-10})
	items, _ := f.Usable()
	objective := func(items []irt.Item) float64 {
		sum := 0.0
		for p, person := range m.People() {
			var answers []irt.Answer
			for i, c := range m.Of(p) {
				answers = append(answers, irt.Answer{Item: items[i], Right: c.Mark > 0})
			}
			likelihood := 0.0
			for k, theta := range f.Grid.Points {
				likelihood += f.Grid.Weights[k] * math.Exp(logLikelihood(answers, theta))
			}
			sum += float64(person.Count) * math.Log(likelihood)
		}
		near(t, "log-likelihood without the prior's part", sum, f.LogLikelihood, .1)
		for _, it := range items {
			sum -= math.Pow(math.Log(it.A)/.5, 2)/2 + math.Pow(it.B()/2, 2)/2
		}
		return sum
	}
	const h = 1e-4
	for i := range items {
		for name, of := range map[string]func(*irt.Item) *float64{"a": func(it *irt.Item) *float64 { return &it.A }, "d": func(it *irt.Item) *float64 { return &it.D }} {
			up, down := slices.Clone(items), slices.Clone(items)
			*of(&up[i]) += h
			*of(&down[i]) -= h
			near(t, f.Items[i].ID+": slope of the objective along "+name, (objective(up)-objective(down))/(2*h), 0, 1e-4)
		}
	}
}

// TestObservedShares: over all bins people, right answers and abilities are those of everybody who
// answered the item, and bins rise and are about equal.
func TestObservedShares(t *testing.T) {
	m := reference.LSAT7()
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	rest := f.RestAbilities(m)
	const item, bins = 2, 4
	var right, ability, expected float64
	for p, person := range m.People() {
		w, theta := float64(person.Count), psychometrics.Snap(rest[5*p+item])
		right, ability, expected = right+w*m.Of(p)[item].Mark, ability+w*theta, expected+w*f.Items[item].P(theta)
	}
	people, before := 0, math.Inf(-1)
	observed := f.Observe(rest, item, bins)
	for _, o := range observed {
		n := float64(o.N)
		people, right, ability, expected = people+o.N, right-n*o.Share, ability-n*o.Theta, expected-n*o.Expected
		if o.Theta <= before || o.N < 100 {
			t.Errorf("a bin of %d people at %v after %v", o.N, o.Theta, before)
		}
		before = o.Theta
	}
	if people != 1000 || len(observed) > bins {
		t.Errorf("%d people in %d bins", people, len(observed))
	}
	near(t, "right answers that are in no bin", right, 0, 1e-9)
	near(t, "abilities that are in no bin", ability, 0, 1e-9)
	near(t, "expected answers that are in no bin", expected, 0, 1e-9)
}

// TestPersonFitByHand: lz* is the sum of residuals weighted by what is left of ln(P/Q) after its
// regression on the weights that ability was estimated with, over its standard deviation (Snijders
// 2001): the same by another road than the one that corrects the sum for the estimate.
func TestPersonFitByHand(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 7))
	answers := make([]irt.Answer, 20)
	for i := range answers {
		answers[i] = irt.Answer{Item: irt.FromDifficulty(.6+rng.Float64(), 3*rng.Float64()-1, .2*rng.Float64()), Right: rng.Float64() < .6}
	}
	f := irt.FitOfPerson(answers)
	near(t, "ability", f.Theta, irt.WLE(answers).Theta, 1e-12)
	n := len(answers)
	p, r, w := make([]float64, n), make([]float64, n), make([]float64, n)
	wr, rr := 0.0, 0.0
	for i, a := range answers {
		const h = 1e-5
		p[i] = a.Item.P(f.Theta)
		slope := (a.Item.P(f.Theta+h) - a.Item.P(f.Theta-h)) / (2 * h)
		v := p[i] * (1 - p[i])
		r[i], w[i] = slope/v, math.Log(p[i]/(1-p[i]))
		wr, rr = wr+w[i]*r[i]*v, rr+r[i]*r[i]*v
	}
	top, variance := 0.0, 0.0
	for i, a := range answers {
		left, x := w[i]-wr/rr*r[i], 0.0
		if a.Right {
			x = 1
		}
		top, variance = top+(x-p[i])*left, variance+left*left*p[i]*(1-p[i])
	}
	near(t, "lz*", f.LZ, top/math.Sqrt(variance), 1e-6)
}

// TestDependenceAtItsLimit: pairs are called dependent from .2 above the mean of all, and not
// before. Some people give an item the answer they gave the one before it.
func TestDependenceAtItsLimit(t *testing.T) {
	m := reference.Choices("true_key")
	var between, below int
	for _, share := range []float64{.15, .2, .25, .3, .35} {
		rng := rand.New(rand.NewPCG(9, uint64(100*share)))
		cells := slices.Clone(m.Cells())
		for n, c := range cells {
			if c.Item%2 == 1 && rng.Float64() < share {
				cells[n].Mark = cells[n-1].Mark
			}
		}
		copied := responses.New(m.Items(), m.People(), cells)
		d := irt.Estimate(copied, irt.Options{Model: irt.TwoPL}).LocalDependence(copied)
		for _, pair := range d.Pairs {
			over := pair.Q3.Value - d.Mean.Value
			if pair.Dependent != (over > .2) { // in 500 people .2 is surely above the mean
				t.Errorf("Q3 %.3f above the mean: dependent %v", over, pair.Dependent)
			}
			if over > .2 && over < .28 {
				between++
			} else if over > .12 && over < .2 {
				below++
			}
		}
	}
	if between < 3 || below < 3 {
		t.Errorf("%d pairs a little above the limit, %d a little below: nothing is shown", between, below)
	}
}
