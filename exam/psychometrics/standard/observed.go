package standard

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// Observed is how sure decisions are, from the scores that one form gave. It is
// for fixed forms; where forms are drawn from a bank, Decisions takes its place.
type Observed struct {
	// Method is the author's name.
	Method string
	// Consistent is the share of people who would get the same decision on
	// another such form; Kappa is that beyond chance.
	Consistent, Kappa psychometrics.Estimate
	// Accurate is the share whose decision is that of their true score; not
	// defined where the method has no true scores.
	Accurate psychometrics.Estimate
	// Passing is the share that the model expects to pass.
	Passing psychometrics.Estimate
	// Length is the number of items that the model reckons with.
	Length int
	// Shape says which distribution of true scores was fitted.
	Shape string
}

// leastForDecisions is how many scores a consistency is acted on from.
const leastForDecisions = 100

// Scores are the people who got each number of points, from 0 to the highest.
type Scores []int

func (s Scores) moments() (n int, mean, variance float64) {
	for score, count := range s {
		n += count
		mean += float64(count) * float64(score)
	}
	if n == 0 {
		return 0, 0, 0
	}
	mean /= float64(n)
	for score, count := range s {
		d := float64(score) - mean
		variance += float64(count) * d * d
	}
	return n, mean, variance / float64(n)
}

// refusal says why nothing can be said about a cut, "" when it can.
func (s Scores) refusal(cut int) string {
	n, _, variance := s.moments()
	switch {
	case len(s) < 3:
		return "needs two items at least"
	case n < 2:
		return "needs two people at least"
	case cut < 1 || cut >= len(s):
		return "the cut must be 1 point at least and not more than the highest score"
	case variance <= 0:
		return "everybody has the same score"
	}
	return ""
}

func none(method string, n int, why string) Observed {
	e := psychometrics.Undefined(n, why)
	return Observed{Method: method, Consistent: e, Kappa: e, Accurate: e, Passing: e}
}

// decided fills in the shares. both is the share that two forms decide alike.
func decided(method string, n int, both, passing float64) Observed {
	o := Observed{Method: method, Consistent: psychometrics.Of(both, n, leastForDecisions), Passing: psychometrics.Of(passing, n, leastForDecisions),
		Kappa: psychometrics.Undefined(n, "everybody gets the same decision"), Accurate: psychometrics.Undefined(n, "the method has no true scores")}
	if chance := passing*passing + (1-passing)*(1-passing); chance < 1-psychometrics.Slack {
		o.Kappa = psychometrics.Of((both-chance)/(1-chance), n, leastForDecisions)
	}
	return o
}

// passing is the chance of cut points or more of n at the true share p.
func passing(n, cut int, p float64) float64 {
	switch {
	case cut <= 0:
		return 1
	case cut > n:
		return 0
	}
	return 1 - distuv.Binomial{N: float64(n), P: p}.CDF(float64(cut-1))
}

// Huynh fits the beta-binomial distribution (Huynh 1976), whose reliability is
// KR-21. It needs KR-21 above 0.
func Huynh(s Scores, cut int) Observed {
	const method = "Huynh"
	n, mean, variance := s.moments()
	if why := s.refusal(cut); why != "" {
		return none(method, n, why)
	}
	k := float64(len(s) - 1)
	kr21 := k / (k - 1) * (1 - mean*(k-mean)/(k*variance))
	if kr21 <= psychometrics.Slack || kr21 >= 1-psychometrics.Slack {
		return none(method, n, "KR-21 is not between 0 and 1")
	}
	a := (1/kr21 - 1) * mean
	b := k/kr21 - k - a
	both, pass := 0.0, 0.0
	for x := range s {
		for y := range s {
			if (x >= cut) == (y >= cut) {
				both += math.Exp(choose(k, x) + choose(k, y) + logBeta(a+float64(x+y), b+2*k-float64(x+y)) - logBeta(a, b))
			}
		}
		if x >= cut {
			pass += math.Exp(choose(k, x) + logBeta(a+float64(x), b+k-float64(x)) - logBeta(a, b))
		}
	}
	o := decided(method, n, both, pass)
	o.Length, o.Shape = len(s)-1, "beta on 0 to 1"
	return o
}

// choose is the logarithm of the number of ways to get x of n right.
func choose(n float64, x int) float64 {
	return logGamma(n+1) - logGamma(float64(x)+1) - logGamma(n-float64(x)+1)
}

func logBeta(a, b float64) float64 { return logGamma(a) + logGamma(b) - logGamma(a+b) }

func logGamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// Subkoviak gives each person the true share of the regression on the mean,
// r·x/n + (1 − r)·mean/n, and takes binomial errors (Subkoviak 1976). r is the
// reliability, between 0 and 1.
func Subkoviak(s Scores, cut int, r float64) Observed {
	const method = "Subkoviak"
	n, mean, _ := s.moments()
	if why := s.refusal(cut); why != "" {
		return none(method, n, why)
	}
	if !(r >= 0 && r <= 1) {
		return none(method, n, "the reliability is not between 0 and 1")
	}
	k, both, pass := len(s)-1, 0.0, 0.0
	for score, count := range s {
		p := passing(k, cut, (r*float64(score)+(1-r)*mean)/float64(k))
		w := float64(count) / float64(n)
		both, pass = both+w*(p*p+(1-p)*(1-p)), pass+w*p
	}
	o := decided(method, n, both, pass)
	o.Length = k
	return o
}
