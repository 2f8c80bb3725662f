package irt

import (
	"fmt"
	"math"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Model names what is estimated.
type Model string

// The models.
const (
	// OnePL has one slope for all items: the Rasch model with free variance.
	OnePL Model = "rasch"
	// TwoPL has a slope for each item.
	TwoPL Model = "2pl"
	// ThreePL has a lower asymptote for each item too.
	ThreePL Model = "3pl"
)

// Prior holds parameters near what is usual where data say little. The zero
// value is no prior: plain maximum likelihood.
type Prior struct {
	// SlopeSD is the standard deviation of log a around 0.
	SlopeSD float64
	// DifficultySD is that of b around 0.
	DifficultySD float64
	// GuessSD is that of logit c around the logit of Guess.
	GuessSD float64
}

// Weak is the prior for daily use: log a ~ N(0, .5²), b ~ N(0, 2²),
// logit c ~ N(logit guess, .5²).
var Weak = Prior{SlopeSD: .5, DifficultySD: 2, GuessSD: .5}

// Options say how to estimate.
type Options struct {
	Model Model
	Prior Prior
	// Grid stands for the population; the zero value is Operational.
	Grid Grid
	// Tolerance ends the estimation: no parameter moves by more in one EM step.
	// 0 is 1e-4.
	Tolerance float64
	// MaxSteps bounds the EM steps; 0 is 2,000.
	MaxSteps int
	// Guess is the lower asymptote of an item: where 3PL starts and what its
	// prior is around, and what 1PL and 2PL hold fixed (nil: 0 for these, and
	// .2 for 3PL).
	Guess func(item int) float64
	// Progress, when not nil, is told after each step how many were made and by
	// how much the last one moved a parameter.
	Progress func(step int, moved float64)
}

// Fit is an estimated model.
type Fit struct {
	Model Model
	// N people and the number of free parameters.
	N, Parameters int
	// LogLikelihood is the marginal one, without the prior's part.
	LogLikelihood float64
	Items         []ItemFit
	Steps         int
	Converged     bool
	// ErrorsBy says how the standard errors were computed.
	ErrorsBy ErrorMethod
	Grid     Grid
	// Status says whether there were enough people for the model.
	Status psychometrics.Status
	Reason string

	answers *answers
	options Options
}

// ItemFit is one estimated item.
type ItemFit struct {
	ID string `json:"id"`
	// N people were presented with it.
	N int `json:"n"`
	Item
	// SEs of A, D, C and B; 0 when not known.
	SEA float64 `json:"se_a,omitempty"`
	SED float64 `json:"se_d,omitempty"`
	SEC float64 `json:"se_c,omitempty"`
	SEB float64 `json:"se_b,omitempty"`
	// CovAD is the covariance of the errors of A and D.
	CovAD  float64              `json:"cov_ad,omitempty"`
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
}

// leastPeople is how many people a model needs for its parameters to be acted
// on: 100 for one parameter an item, 500 for two (250 with priors), 1,000 for
// three.
func leastPeople(m Model, p Prior) int {
	switch {
	case m == OnePL:
		return 100
	case m == TwoPL && p.SlopeSD > 0:
		return 250
	case m == TwoPL:
		return 500
	}
	return 1000
}

// steepest is the slope beyond which data do not bound an item's slope: it
// divides people like a knife, which no question does.
const steepest = 12

// Estimate fits the model. It never fails: Status and Reason say what stands in
// the way of reading the result, and items without parameters say why.
func Estimate(m *responses.Matrix, o Options) *Fit {
	if o.Grid.Points == nil {
		o.Grid = Operational()
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-4
	}
	if o.MaxSteps == 0 {
		o.MaxSteps = 2000
	}
	if o.Guess == nil {
		guess := 0.0
		if o.Model == ThreePL {
			guess = .2
		}
		o.Guess = func(int) float64 { return guess }
	}
	e := &em{data: newAnswers(m), o: o}
	f := &Fit{Model: o.Model, N: m.Count(), Grid: o.Grid, answers: e.data, options: o}
	e.start(m)
	if len(e.in) == 0 {
		f.Status, f.Reason = psychometrics.NotDefined, "no item has both right and wrong answers and no other marks"
	} else if len(e.in) < 2 {
		f.Status, f.Reason = psychometrics.NotDefined, "a model needs two items at least"
	} else {
		f.Steps, f.Converged = e.run()
	}
	f.fill(m, e)
	return f
}

func (f *Fit) fill(m *responses.Matrix, e *em) {
	f.Items = make([]ItemFit, len(m.Items()))
	for i, it := range m.Items() {
		n := 0
		for _, c := range m.To(i) {
			n += m.People()[m.Cells()[c].Person].Count
		}
		row := ItemFit{ID: it.ID, N: n, Status: psychometrics.NotDefined, Reason: e.data.refused[i]}
		if row.Reason == "" && f.Status == psychometrics.NotDefined {
			row.Reason = f.Reason
		}
		if row.Reason == "" {
			row.Item, row.Status = e.items[i], psychometrics.Fine
			if math.Abs(row.A) > steepest {
				row.Status, row.Reason = psychometrics.NotDefined, "the data do not bound its slope"
			}
		}
		f.Items[i] = row
	}
	if f.Status == psychometrics.NotDefined {
		return
	}
	f.LogLikelihood = e.logLikelihood
	f.Parameters = e.free()
	f.Status = psychometrics.Fine
	if least := leastPeople(f.Model, f.options.Prior); f.N < least {
		f.Status, f.Reason = psychometrics.TooFew, fmt.Sprintf("this model needs %d people to be acted on", least)
	}
	if !f.Converged {
		f.Status, f.Reason = psychometrics.NotDefined, fmt.Sprintf("the estimation did not settle in %d steps", f.Steps)
	}
	f.standardErrors(e)
}

// AIC is Akaike's criterion, 2k − 2·logLik.
func (f *Fit) AIC() float64 { return 2*float64(f.Parameters) - 2*f.LogLikelihood }

// BIC is Schwarz's criterion, k·ln N − 2·logLik.
func (f *Fit) BIC() float64 {
	return float64(f.Parameters)*math.Log(float64(f.N)) - 2*f.LogLikelihood
}

// SABIC is Schwarz's criterion with the number of people that Sclove (1987) adjusts:
// k·ln((N + 2)/24) − 2·logLik.
func (f *Fit) SABIC() float64 {
	return float64(f.Parameters)*math.Log((float64(f.N)+2)/24) - 2*f.LogLikelihood
}

// Usable returns the parameters of all items and which of them can be used.
func (f *Fit) Usable() (items []Item, usable []bool) {
	items, usable = make([]Item, len(f.Items)), make([]bool, len(f.Items))
	for i, it := range f.Items {
		items[i], usable[i] = it.Item, it.Status != psychometrics.NotDefined
	}
	return items, usable
}
