package dif

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// logistic compares three regressions of the answer on the matching variable: one curve for
// both groups, curves that are shifted against each other, and curves of their own. Each
// begins where the one before has ended.
func logistic(rows []row, status psychometrics.Status) (uniform, nonUniform Test) {
	mean, sd := spread(rows)
	if sd == 0 {
		return none("everybody has the same score"), none("everybody has the same score")
	}
	reference, focal := points(rows, 0, mean, sd), points(rows, 1, mean, sd)
	one, ok := regress(curves{heights: []float64{0}}, append(reference[:len(reference):len(reference)], focal...))
	if !ok {
		return none(divided), none(divided)
	}
	shifted, ok := regress(curves{heights: []float64{one.heights[0], one.heights[0]}, slope: one.slope}, reference, focal)
	if !ok {
		return none(divided), none(divided)
	}
	first, ok := regress(curves{heights: shifted.heights[:1], slope: shifted.slope}, reference)
	second, also := regress(curves{heights: shifted.heights[1:], slope: shifted.slope}, focal)
	if !ok || !also {
		return none(divided), none(divided)
	}
	test := func(without, with float64) Test {
		statistic := max(0, 2*(with-without))
		return Test{Statistic: statistic, P: distuv.ChiSquared{K: 1}.Survival(statistic), Status: status}
	}
	return test(one.value, shifted.value), test(shifted.value, first.value+second.value)
}

const divided = "the score, or the group, divides right from wrong completely"

// spread is that of the matching variable over the people of both groups.
func spread(rows []row) (mean, sd float64) {
	n := 0.0
	for k := range rows {
		w := rows[k].of(0) + rows[k].of(1)
		n += w
		mean += w * rows[k].match
	}
	mean /= n
	for k := range rows {
		d := rows[k].match - mean
		sd += (rows[k].of(0) + rows[k].of(1)) * d * d
	}
	return mean, math.Sqrt(sd / n)
}

// point is n people with the same x, of whom so many were right.
type point struct{ x, n, right float64 }

// points are those of one group. The variable is standardised, which changes no
// likelihood.
func points(rows []row, group int, mean, sd float64) []point {
	all := make([]point, 0, len(rows))
	for k := range rows {
		if n := rows[k].of(group); n > 0 {
			all = append(all, point{(rows[k].match - mean) / sd, n, rows[k].people[group][1]})
		}
	}
	return all
}

// curves are logistic curves, one for each group, with their heights at x = 0 and one
// slope.
type curves struct {
	heights []float64
	slope   float64
	// value is the log-likelihood of the answers.
	value float64
}

const (
	// regressions bounds the steps of Newton's method, which needs some six.
	regressions = 60
	// settled is the step after which nothing is left: the next is about its square, and
	// what the likelihood lacks about the square of that.
	settled = 1e-5
	// farthest is where a parameter is given up that runs away, since the data are divided.
	farthest = 100
)

// regress finds the curves that fit the groups best, by Newton's method from start; ok is
// false where there are none.
func regress(start curves, groups ...[]point) (c curves, ok bool) {
	c = curves{heights: append([]float64(nil), start.heights...), slope: start.slope}
	steps := make([]float64, len(groups))
	for range regressions {
		slope, ok := c.step(groups, steps)
		if !ok {
			return c, false
		}
		longest := math.Abs(slope)
		for _, s := range steps {
			longest = max(longest, math.Abs(s))
		}
		size := min(1, 4/longest) // a longer one would overshoot
		c.slope += size * slope
		reached := math.Abs(c.slope)
		for g, s := range steps {
			c.heights[g] += size * s
			reached = max(reached, math.Abs(c.heights[g]))
		}
		if reached > farthest {
			return c, false
		}
		if longest < settled {
			c.value = c.likelihood(groups)
			return c, !math.IsInf(c.value, 0) && !math.IsNaN(c.value)
		}
	}
	return c, false
}

// step is Newton's for the slope, and those for the heights are written to heights. Each
// height is solved for by itself, once the slope is.
func (c *curves) step(groups [][]point, heights []float64) (slope float64, ok bool) {
	all := make([]sums, len(groups))
	var gradient, curvature, whole float64
	for g, points := range groups {
		s := sum(points, c.heights[g], c.slope)
		if !(s.w > 0) {
			return 0, false
		}
		gradient += s.rx - s.wx*s.r/s.w
		curvature += s.wxx - s.wx*s.wx/s.w
		whole += s.wxx
		all[g] = s
	}
	const singular = 1e-12 // of the whole is what rounding leaves where all x are the same
	if !(curvature > singular*whole) {
		return 0, false
	}
	slope = gradient / curvature
	for g, s := range all {
		heights[g] = (s.r - s.wx*slope) / s.w
	}
	return slope, true
}

// sums are, over the people of a group, the residuals r and the weights w = P(1 − P), by
// powers of x.
type sums struct{ r, rx, w, wx, wxx float64 }

func sum(points []point, height, slope float64) sums {
	var s sums
	for _, p := range points {
		chance := 1 / (1 + math.Exp(-height-slope*p.x))
		r, w := p.right-p.n*chance, p.n*chance*(1-chance)
		s.r, s.rx = s.r+r, s.rx+r*p.x
		s.w, s.wx, s.wxx = s.w+w, s.wx+w*p.x, s.wxx+w*p.x*p.x
	}
	return s
}

// likelihood is the logarithm of that of the answers.
func (c *curves) likelihood(groups [][]point) float64 {
	value := 0.0
	for g, points := range groups {
		for _, p := range points {
			z := c.heights[g] + c.slope*p.x
			// log P of the right and log(1 − P) of the wrong answers, without overflow.
			value += p.right*min(z, 0) - (p.n-p.right)*max(z, 0) - p.n*math.Log1p(math.Exp(-math.Abs(z)))
		}
	}
	return value
}
