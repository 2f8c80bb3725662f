package irt

import "math"

// Score is an estimate of one person's ability.
type Score struct {
	// Theta is the ability; SE its posterior standard deviation (EAP) or
	// standard error.
	Theta, SE float64
	// Defined is false where the method gives no finite number.
	Defined bool
}

// Answer is one right or wrong answer to an item with known parameters.
type Answer struct {
	Item  Item
	Right bool
}

// Posterior is the distribution of ability on the grid after the answers.
func Posterior(answers []Answer, g Grid) []float64 {
	post := make([]float64, len(g.Points))
	for k, theta := range g.Points {
		sum := math.Log(g.Weights[k])
		for _, a := range answers {
			sum += a.log(theta)
		}
		post[k] = sum
	}
	normalise(post)
	return post
}

// log is the log-probability of the answer at theta.
func (a Answer) log(theta float64) float64 {
	z := a.Item.A*theta + a.Item.D
	switch {
	case !a.Right:
		return math.Log1p(-a.Item.C) - softplus(z)
	case a.Item.C == 0:
		return z - softplus(z)
	}
	return math.Log(a.Item.P(theta))
}

// moments are mean and standard deviation of a distribution on the grid.
func moments(post []float64, g Grid) (mean, sd float64) {
	for k, w := range post {
		mean += w * g.Points[k]
	}
	variance := 0.0
	for k, w := range post {
		variance += w * (g.Points[k] - mean) * (g.Points[k] - mean)
	}
	return mean, math.Sqrt(variance)
}

// EAP is the mean of the posterior with its standard deviation. It is defined
// for every pattern, also an empty one.
func EAP(answers []Answer, g Grid) Score {
	mean, sd := moments(Posterior(answers, g), g)
	return Score{Theta: mean, SE: sd, Defined: true}
}

const (
	// bound is where the search for an ability ends; what lies beyond is infinite.
	bound = 20
	// closest is how near a found ability is to the true one: about what the rounding of
	// a sum over a form's items leaves of it.
	closest = 1e-14
)

// climb finds where the decreasing function slope crosses 0. It keeps an interval around
// the place, and takes the parabola through the last three points where that is safe, and
// the middle where it is not (Chandrupatla 1997): a dozen steps where halving takes fifty.
func climb(slope func(theta float64) float64) (float64, bool) {
	// a is the last point, b the other end of the interval, c the point before.
	a, b := float64(bound), -float64(bound)
	fa, fb := slope(a), slope(b)
	if !(fa < 0) || !(fb > 0) {
		return 0, false
	}
	part := .5 // of the way from a to b
	for range halvings {
		next := a + part*(b-a)
		f := slope(next)
		c, fc := a, fa
		if (f > 0) != (fa > 0) {
			b, c, fb, fc = a, b, fa, fb
		}
		a, fa = next, f
		found := a
		if math.Abs(fb) < math.Abs(fa) {
			found = b
		}
		least := closest * (1 + math.Abs(found)) / math.Abs(b-a)
		if fa == 0 || least > .5 {
			return found, true
		}
		x, y := (a-b)/(c-b), (fa-fb)/(fc-fb)
		part = .5
		if y*y < x && (1-y)*(1-y) < 1-x {
			part = fa/(fb-fa)*fc/(fb-fc) + (c-a)/(b-a)*fa/(fc-fa)*fb/(fc-fb)
		}
		part = min(max(part, least), 1-least)
	}
	return a, true
}

// score is the derivative of the log-likelihood by ability.
func score(answers []Answer, theta float64) float64 {
	sum := 0.0
	for _, a := range answers {
		p, q, first, _ := a.Item.slopes(theta)
		sum += residual(a.Right, p, q) * first
	}
	return sum
}

// residual is (x − P)/(PQ): 1/P for a right answer, −1/Q for a wrong one.
func residual(right bool, p, q float64) float64 {
	if right {
		return 1 / p
	}
	return -1 / max(q, 1e-300)
}

func information(answers []Answer, theta float64) float64 {
	sum := 0.0
	for _, a := range answers {
		sum += a.Item.Information(theta)
	}
	return sum
}

// MAP is the mode of the posterior for normal ability.
func MAP(answers []Answer) Score {
	theta, ok := climb(func(theta float64) float64 { return score(answers, theta) - theta })
	return Score{Theta: theta, SE: 1 / math.Sqrt(information(answers, theta)+1), Defined: ok}
}

// ML is the ability of greatest likelihood. All right and all wrong have none:
// Defined is false, and Theta is +Inf or −Inf, which is no number to report.
func ML(answers []Answer) Score {
	theta, ok := climb(func(theta float64) float64 { return score(answers, theta) })
	if !ok {
		return Score{Theta: math.Inf(int(math.Copysign(1, score(answers, 0))))}
	}
	return Score{Theta: theta, SE: 1 / math.Sqrt(information(answers, theta)), Defined: true}
}

// WLE is Warm's weighted likelihood estimate (1989), nearly unbiased and finite
// for all right and all wrong.
func WLE(answers []Answer) Score {
	theta, ok := climb(func(theta float64) float64 {
		sum, j, info := 0.0, 0.0, 0.0
		for _, a := range answers {
			p, q, first, second := a.Item.slopes(theta)
			sum += residual(a.Right, p, q) * first
			if p*q > 0 {
				r := first / (p * q)
				j += r * second
				info += r * first
			}
		}
		if info <= 0 {
			return 0
		}
		return sum + j/(2*info)
	})
	return Score{Theta: theta, SE: 1 / math.Sqrt(information(answers, theta)), Defined: ok}
}

// SumScore is the ability that a number of right answers stands for.
type SumScore struct {
	Score int
	// EAP and SD of ability given the score, and the share of people expected
	// to get it.
	EAP, SD, Share float64
}

// SumScores tabulates abilities by number of right answers on a form.
func SumScores(form []Item, g Grid) []SumScore {
	table := make([]SumScore, len(form)+1)
	likelihood := make([][]float64, len(g.Points))
	p := make([]float64, len(form))
	for k, theta := range g.Points {
		for i, it := range form {
			p[i] = it.P(theta)
		}
		likelihood[k] = ScoreDistribution(p)
	}
	post := make([]float64, len(g.Points))
	for s := range table {
		total := 0.0
		for k := range g.Points {
			post[k] = likelihood[k][s] * g.Weights[k]
			total += post[k]
		}
		for k := range post {
			post[k] /= total
		}
		mean, sd := moments(post, g)
		table[s] = SumScore{Score: s, EAP: mean, SD: sd, Share: total}
	}
	return table
}
