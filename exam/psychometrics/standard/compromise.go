package standard

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// curve is a function of the cut score that is known at whole points and straight
// between them.
type curve func(cut float64) float64

// failing is the share of people below each cut.
func failing(scores []int) curve {
	at := func(cut int) float64 {
		below := 0
		for _, s := range scores {
			if s < cut {
				below++
			}
		}
		return float64(below) / float64(len(scores))
	}
	return func(cut float64) float64 {
		low := math.Floor(cut)
		part := cut - low
		return (1-part)*at(int(low)) + part*at(int(low)+1)
	}
}

// crossing finds where an increasing difference is 0 between low and high.
func crossing(difference curve, low, high float64) (float64, bool) {
	if difference(low) > 0 || difference(high) < 0 {
		return 0, false
	}
	for range 100 {
		if middle := (low + high) / 2; difference(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2, true
}

// leastPeople is how many scores a compromise is acted on from.
const leastPeople = 30

// Hofstee is the cut at which the share of people who fail crosses the line from
// (lowest acceptable cut, highest acceptable share) to (highest, lowest)
// (Hofstee 1983). Cuts are in points, shares between 0 and 1, all averaged over
// the judges.
func Hofstee(scores []int, cutMin, cutMax, failMin, failMax float64) psychometrics.Estimate {
	n := len(scores)
	switch {
	case n == 0:
		return psychometrics.Undefined(0, "there are no scores")
	case !(cutMin < cutMax) || !(failMin <= failMax) || failMin < 0 || failMax > 1:
		return psychometrics.Undefined(n, "the lowest cut must be below the highest, and shares between 0 and 1")
	}
	f := failing(scores)
	line := func(cut float64) float64 {
		return failMax + (failMin-failMax)*(cut-cutMin)/(cutMax-cutMin)
	}
	cut, ok := crossing(func(c float64) float64 { return f(c) - line(c) }, cutMin, cutMax)
	if !ok {
		return psychometrics.Undefined(n, "no intersection: the judges' limits and the results exclude each other")
	}
	return psychometrics.Of(cut, n, leastPeople)
}

// Beuk moves from the judges' mean cut and mean expected pass rate to the results:
// along the line through both means, rising by SD(rate)/SD(cut), until it meets
// the share of people who pass (Beuk 1984). What the judges agree on more moves
// less: with equal cuts the line is upright, with equal rates it is level.
// highest is the largest score.
func Beuk(scores []int, highest int, cuts, rates []float64) psychometrics.Estimate {
	n := len(scores)
	if n == 0 || len(cuts) < 2 || len(cuts) != len(rates) {
		return psychometrics.Undefined(n, "needs scores, and a cut and a pass rate from two judges at least")
	}
	f := failing(scores)
	pass := func(cut float64) float64 { return 1 - f(cut) }
	cut, sdCut := stat.MeanStdDev(cuts, nil)
	rate, sdRate := stat.MeanStdDev(rates, nil)
	if sdCut == 0 {
		return psychometrics.Of(cut, n, leastPeople)
	}
	slope := sdRate / sdCut
	found, ok := crossing(func(c float64) float64 { return rate + slope*(c-cut) - pass(c) }, 0, float64(highest))
	if !ok {
		return psychometrics.Undefined(n, "no intersection: no cut has a pass rate on the judges' line")
	}
	return psychometrics.Of(found, n, leastPeople)
}

// medianSE is the standard error of a median in those of a mean, √(π/2): that of normal
// scores.
const medianSE = 1.2533141373155003

// BorderlineGroup is the median score of people whom judges call borderline.
func BorderlineGroup(scores []float64) psychometrics.Estimate {
	n := len(scores)
	if n == 0 {
		return psychometrics.Undefined(0, "nobody was called borderline")
	}
	sorted := slices.Sorted(slices.Values(scores))
	median := psychometrics.Of((sorted[(n-1)/2]+sorted[n/2])/2, n, leastPeople)
	if n < 2 {
		return median
	}
	return median.WithSE(medianSE * stat.StdDev(scores, nil) / math.Sqrt(float64(n)))
}

// BorderlineRegression is the score that a straight line through grades and
// scores gives to the borderline grade, with the line's standard error there.
func BorderlineRegression(grades, scores []float64, borderline float64) psychometrics.Estimate {
	n := len(grades)
	if n < 3 || len(scores) != n || slices.Min(grades) == slices.Max(grades) {
		return psychometrics.Undefined(n, "needs three people with different grades")
	}
	a, b := stat.LinearRegression(grades, scores, nil, false)
	mean, squares, rest := stat.Mean(grades, nil), 0.0, 0.0
	for i, g := range grades {
		squares += (g - mean) * (g - mean)
		d := scores[i] - a - b*g
		rest += d * d
	}
	se := math.Sqrt(rest / float64(n-2) * (1/float64(n) + (borderline-mean)*(borderline-mean)/squares))
	return psychometrics.Of(a+b*borderline, n, leastPeople).WithSE(se)
}

// ContrastingGroups is the score at which a person is as likely to have been
// judged able as not, by logistic regression, with its standard error by the delta method.
func ContrastingGroups(scores []float64, able []bool) psychometrics.Estimate {
	n := len(scores)
	if n < 4 || len(able) != n || !slices.Contains(able, true) || !slices.Contains(able, false) {
		return psychometrics.Undefined(n, "needs people of both groups")
	}
	mean, sd := stat.MeanStdDev(scores, nil)
	if sd == 0 {
		return psychometrics.Undefined(n, "everybody has the same score")
	}
	b0, b1, se := 0.0, 0.0, 0.0
	for range 100 {
		var g0, g1, h00, h01, h11 float64
		for i, s := range scores {
			x := (s - mean) / sd
			p, y := 1/(1+math.Exp(-b0-b1*x)), 0.0
			if able[i] {
				y = 1
			}
			g0, g1 = g0+y-p, g1+(y-p)*x
			h00, h01, h11 = h00+p*(1-p), h01+p*(1-p)*x, h11+p*(1-p)*x*x
		}
		det := h00*h11 - h01*h01
		if det < 1e-12 || math.Abs(b1) > 50 {
			return psychometrics.Undefined(n, "the groups do not overlap: any score between them divides them")
		}
		d0, d1 := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		b0, b1 = b0+d0, b1+d1
		ratio := b0 / b1
		se = sd / math.Abs(b1) * math.Sqrt((h11+2*ratio*h01+ratio*ratio*h00)/det)
		if math.Abs(d0)+math.Abs(d1) < 1e-12 {
			break
		}
	}
	if b1 <= 0 {
		return psychometrics.Undefined(n, "those judged able do not score higher")
	}
	return psychometrics.Of(mean-sd*b0/b1, n, leastPeople).WithSE(se)
}
