package standard

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Consistency says how sure pass and fail are.
type Consistency struct {
	// Consistent is the share of people who would get the same decision on
	// another form like this: the mean of p² + (1 − p)² (Lee 2010), p the chance
	// to pass.
	Consistent float64
	// Accurate is the share whose decision is that of their true ability.
	Accurate float64
	// Kappa is Consistent beyond what chance gives.
	Kappa float64
	// Passing is the share of people who pass.
	Passing float64
}

// Decisions computes it for a form with a cut in points, over the population of
// the grid; theta is the ability that should just pass.
func Decisions(form []irt.Item, cut int, theta float64, g irt.Grid) Consistency {
	var c Consistency
	for k, ability := range g.Points {
		p, w := irt.PassProbability(form, ability, cut), g.Weights[k]
		c.Consistent += w * (p*p + (1-p)*(1-p))
		c.Passing += w * p
		if ability >= theta {
			c.Accurate += w * p
		} else {
			c.Accurate += w * (1 - p)
		}
	}
	if chance := c.Passing*c.Passing + (1-c.Passing)*(1-c.Passing); chance < 1 {
		c.Kappa = (c.Consistent - chance) / (1 - chance)
	}
	return c
}

// Form is what somebody sat: its items, and the points that pass.
type Form struct {
	Items []irt.Item
	Cut   int
}

// DecisionsOver is the mean of Decisions over forms that were drawn from one bank, and
// across, the share of people who would get the same decision on another form of these:
// what p² + (1 − p)² gives with the mean chance of all forms. Were all forms equally
// hard, the two would be the same.
func DecisionsOver(forms []Form, theta float64, g irt.Grid) (c Consistency, across float64) {
	if len(forms) == 0 {
		return c, 0
	}
	n := float64(len(forms))
	for k, ability := range g.Points {
		w, mean := g.Weights[k], 0.0
		for i := range forms {
			p := irt.PassProbability(forms[i].Items, ability, forms[i].Cut)
			c.Consistent += w * (p*p + (1-p)*(1-p)) / n
			mean += p / n
		}
		c.Passing += w * mean
		across += w * (mean*mean + (1-mean)*(1-mean))
		if ability >= theta {
			c.Accurate += w * mean
		} else {
			c.Accurate += w * (1 - mean)
		}
	}
	if chance := c.Passing*c.Passing + (1-c.Passing)*(1-c.Passing); chance < 1 {
		c.Kappa = (c.Consistent - chance) / (1 - chance)
	}
	return c, across
}

// LordSEM is the binomial standard error of measurement at a score x of n points:
// √(x(n−x)/(n−1)) (Lord 1955).
func LordSEM(x, n int) float64 {
	if n < 2 {
		return 0
	}
	return math.Sqrt(float64(x*(n-x)) / float64(n-1))
}

// KeatsSEM is LordSEM corrected for items of different difficulty, by
// √((1−alpha)/(1−KR-21)) (Keats 1957).
func KeatsSEM(x, n int, alpha, kr21 float64) float64 {
	if kr21 >= 1 {
		return 0
	}
	return LordSEM(x, n) * math.Sqrt(max(0, 1-alpha)/(1-kr21))
}

// SEM is the standard error of a form's score at an ability: √ΣPQ.
func SEM(form []irt.Item, theta float64) float64 {
	sum := 0.0
	for _, it := range form {
		p := it.P(theta)
		sum += p * (1 - p)
	}
	return math.Sqrt(sum)
}
