package equate

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// Line takes a score x of form X to Slope·x + Intercept of form Y.
type Line struct {
	Slope, Intercept float64
	N                int
	Status           psychometrics.Status
	Reason           string
}

// At is the score of form Y that x stands for.
func (l Line) At(x float64) float64 { return l.Slope*x + l.Intercept }

// leastPeople is how many people of each form a line is acted on from; fewer make
// equating worse than none (Kolen and Brennan 2014 name 100 for linear methods).
const leastPeople = 100

func line(slope, intercept float64, n int) Line {
	if math.IsNaN(slope) || math.IsInf(slope, 0) || slope <= 0 || math.IsNaN(intercept) || math.IsInf(intercept, 0) {
		return Line{N: n, Status: psychometrics.NotDefined, Reason: "the scores of one form have no spread, or fall where the other's rise"}
	}
	l := Line{Slope: slope, Intercept: intercept, N: n, Status: psychometrics.Fine}
	if n < leastPeople {
		l.Status, l.Reason = psychometrics.TooFew, "fewer people than equating needs"
	}
	return l
}

func noLine(n int, why string) Line {
	return Line{N: n, Status: psychometrics.NotDefined, Reason: why}
}

// Mean moves scores by the difference of the means: for groups drawn at random,
// and forms that differ in difficulty only.
func Mean(x, y []float64) Line {
	n := min(len(x), len(y))
	if n == 0 {
		return noLine(n, "one of the forms has no scores")
	}
	return line(1, describe(y).mean-describe(x).mean, n)
}

// Linear gives scores the same distance from the mean in standard deviations: for
// groups drawn at random.
func Linear(x, y []float64) Line {
	n := min(len(x), len(y))
	if n < 2 {
		return noLine(n, "needs two people on each form")
	}
	a, b := describe(x), describe(y)
	slope := math.Sqrt(b.variance / a.variance)
	return line(slope, b.mean-slope*a.mean, n)
}

// Anchored are the scores of one group that sat a form: on the form, and on the
// anchor, person by person.
type Anchored struct{ Form, Anchor []float64 }

// Method is how two groups that differ in ability are compared by an anchor.
type Method uint8

// The methods.
const (
	// Tucker takes the regression of form on anchor to be the same in both
	// groups: for groups that differ little.
	Tucker Method = iota
	// Levine takes the true scores of form and anchor to rise together: for
	// groups that differ more.
	Levine
)

// Common equates by an anchor (Kolen and Brennan 1987). weight is the share of X's
// group in the population that both are compared in, between 0 and 1; internal
// says that the anchor's items count in the forms' scores.
func Common(x, y Anchored, m Method, weight float64, internal bool) Line {
	n := min(len(x.Form), len(y.Form))
	switch {
	case len(x.Form) != len(x.Anchor) || len(y.Form) != len(y.Anchor):
		return noLine(n, "every person needs a score on the form and on the anchor")
	case n < 3:
		return noLine(n, "needs three people on each form")
	case !(weight >= 0 && weight <= 1):
		return noLine(n, "the weight is not between 0 and 1")
	}
	fx, vx, cx := describe(x.Form), describe(x.Anchor), covariance(x.Form, x.Anchor)
	fy, vy, cy := describe(y.Form), describe(y.Anchor), covariance(y.Form, y.Anchor)
	if vx.variance <= 0 || vy.variance <= 0 || cx <= 0 || cy <= 0 {
		return noLine(n, "the anchor does not rise with the form")
	}
	var gx, gy float64 // points of the form for a point of the anchor
	switch {
	case m == Tucker:
		gx, gy = cx/vx.variance, cy/vy.variance
	case internal:
		gx, gy = fx.variance/cx, fy.variance/cy
	default:
		gx, gy = (fx.variance+cx)/(vx.variance+cx), (fy.variance+cy)/(vy.variance+cy)
	}
	w1, w2 := weight, 1-weight
	apart, wider := vx.mean-vy.mean, vx.variance-vy.variance
	meanX, meanY := fx.mean-w2*gx*apart, fy.mean+w1*gy*apart
	varX := fx.variance - w2*gx*gx*wider + w1*w2*gx*gx*apart*apart
	varY := fy.variance + w1*gy*gy*wider + w1*w2*gy*gy*apart*apart
	if varX <= 0 || varY <= 0 {
		return noLine(n, "the groups differ too much for this method")
	}
	slope := math.Sqrt(varY / varX)
	return line(slope, meanY-slope*meanX, n)
}

type moments struct{ mean, variance float64 }

// describe divides by N, as the formulas do.
func describe(v []float64) moments {
	var m moments
	for _, x := range v {
		m.mean += x / float64(len(v))
	}
	for _, x := range v {
		m.variance += (x - m.mean) * (x - m.mean) / float64(len(v))
	}
	if m.variance < 1e-12*max(1, m.mean*m.mean) {
		m.variance = 0 // but for rounding
	}
	return m
}

func covariance(x, y []float64) float64 {
	a, b, sum := describe(x), describe(y), 0.0
	for i := range x {
		sum += (x[i] - a.mean) * (y[i] - b.mean) / float64(len(x))
	}
	return sum
}
