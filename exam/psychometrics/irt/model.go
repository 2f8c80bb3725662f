package irt

import "math"

// Item is an item's parameters in slope-intercept form, logistic metric.
type Item struct {
	// A is the slope per unit of ability, D the intercept, C the lower asymptote
	// (0 unless guessing is modelled).
	A float64 `json:"a"`
	D float64 `json:"d"`
	C float64 `json:"c"`
}

// FromDifficulty returns the item with slope a, difficulty b and lower asymptote c.
func FromDifficulty(a, b, c float64) Item { return Item{A: a, D: -a * b, C: c} }

// B is the difficulty: the ability at which the chance is half-way between the
// lower asymptote and 1. It is not finite for a slope of 0.
func (it Item) B() float64 { return -it.D / it.A }

// logistic is 1/(1+e^−z).
func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// bothLogistic is logistic(z) and what it leaves to 1, logistic(−z), which keeps its
// digits where the first is 1 to the last one.
func bothLogistic(z float64) (s, rest float64) {
	e := math.Exp(-math.Abs(z))
	if z < 0 {
		return e / (1 + e), 1 / (1 + e)
	}
	return 1 / (1 + e), e / (1 + e)
}

// P is the probability of a right answer at ability theta.
func (it Item) P(theta float64) float64 {
	return it.C + (1-it.C)*logistic(it.A*theta+it.D)
}

// slopes are P, 1 − P and the first two derivatives of P by ability. 1 − P keeps
// its digits where P is 1 to the last one.
func (it Item) slopes(theta float64) (p, q, first, second float64) {
	s, rest := bothLogistic(it.A*theta + it.D)
	first = (1 - it.C) * it.A * s * rest
	return it.C + (1-it.C)*s, (1 - it.C) * rest, first, first * it.A * (rest - s)
}

// Information is Fisher's information on ability at theta: P'²/(PQ).
func (it Item) Information(theta float64) float64 {
	p, q, first, _ := it.slopes(theta)
	if p*q <= 0 {
		return 0
	}
	return first * first / (p * q)
}

// Information is that of a form: the sum over its items.
func Information(form []Item, theta float64) float64 {
	sum := 0.0
	for _, it := range form {
		sum += it.Information(theta)
	}
	return sum
}

// Expected is the form's characteristic curve: the expected number of right
// answers at theta.
func Expected(form []Item, theta float64) float64 {
	sum := 0.0
	for _, it := range form {
		sum += it.P(theta)
	}
	return sum
}

// halvings of an interval leave less of it than any ability is known to.
const halvings = 100

// Ability inverts the characteristic curve: the ability at which the expected
// number of right answers is score. ok is false when the curve does not reach it
// between −10 and 10.
func Ability(form []Item, score float64) (theta float64, ok bool) {
	low, high := -10.0, 10.0
	if Expected(form, low) > score || Expected(form, high) < score {
		return 0, false
	}
	for range halvings {
		middle := (low + high) / 2
		if middle <= low || middle >= high { // neighbours: there is nothing between
			break
		}
		if Expected(form, middle) < score {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2, true
}

// ScoreDistribution is the probability of each number of right answers, 0 to
// len(p), of a person whose chances on the items are p (Lord and Wingersky 1984).
func ScoreDistribution(p []float64) []float64 {
	f := make([]float64, len(p)+1)
	f[0] = 1
	for n, right := range p {
		for s := n + 1; s > 0; s-- {
			f[s] = f[s]*(1-right) + f[s-1]*right
		}
		f[0] *= 1 - right
	}
	return f
}

// PassProbability is the chance of at least cut right answers at theta.
func PassProbability(form []Item, theta float64, cut int) float64 {
	p := make([]float64, len(form))
	for i, it := range form {
		p[i] = it.P(theta)
	}
	sum := 0.0
	for s, f := range ScoreDistribution(p) {
		if s >= cut {
			sum += f
		}
	}
	return sum
}

// Grid is a discrete stand-in for the ability of the population.
type Grid struct {
	Points []float64
	// Weights are the shares of people at the points; they sum to 1.
	Weights []float64
}

// NormalGrid has n points at equal distances from −reach to reach, weighted as
// the normal distribution N(0, 1).
func NormalGrid(n int, reach float64) Grid {
	g := Grid{Points: make([]float64, n), Weights: make([]float64, n)}
	sum := 0.0
	for q := range n {
		g.Points[q] = -reach + 2*reach*float64(q)/float64(n-1)
		g.Weights[q] = math.Exp(-g.Points[q] * g.Points[q] / 2)
		sum += g.Weights[q]
	}
	for q := range n {
		g.Weights[q] /= sum
	}
	return g
}

// Operational is the grid for daily use: its error in the log-likelihood of
// LSAT7 is 6e-8.
func Operational() Grid { return NormalGrid(41, 6) }

// Exact is the grid that reference numbers are computed with.
func Exact() Grid { return NormalGrid(121, 8) }
