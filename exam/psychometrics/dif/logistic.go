package dif

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// logistic compares three regressions of the answer: on the matching variable,
// with the group, and with the product of both.
func logistic(answers []answer, status psychometrics.Status) (uniform, nonUniform Test) {
	mean, sd := spread(answers)
	if sd == 0 {
		none := Test{Status: psychometrics.NotDefined, Reason: "everybody has the same score"}
		return none, none
	}
	var fits [3]float64
	for terms := range fits {
		value, ok := regress(answers, terms, mean, sd)
		if !ok {
			none := Test{Status: psychometrics.NotDefined, Reason: "the score, or the group, divides right from wrong completely"}
			return none, none
		}
		fits[terms] = value
	}
	test := func(without, with float64) Test {
		statistic := max(0, 2*(with-without))
		return Test{Statistic: statistic, P: distuv.ChiSquared{K: 1}.Survival(statistic), Status: status}
	}
	return test(fits[0], fits[1]), test(fits[1], fits[2])
}

func spread(answers []answer) (mean, sd float64) {
	n := 0.0
	for _, a := range answers {
		n += a.weight
		mean += a.weight * a.match
	}
	mean /= n
	for _, a := range answers {
		sd += a.weight * (a.match - mean) * (a.match - mean)
	}
	return mean, math.Sqrt(sd / n)
}

// regress returns the log-likelihood of the best logistic regression with the
// given number of terms beside constant and matching variable.
func regress(answers []answer, terms int, mean, sd float64) (value float64, ok bool) {
	k := 2 + terms
	beta := make([]float64, k)
	row := make([]float64, k)
	for range 60 {
		g, h := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
		value = 0
		for _, a := range answers {
			fill(row, a, mean, sd)
			z := 0.0
			for c, b := range beta {
				z += b * row[c]
			}
			p, x := 1/(1+math.Exp(-z)), 0.0
			if a.right {
				x = 1
				value -= a.weight * math.Log1p(math.Exp(-z))
			} else {
				value -= a.weight * math.Log1p(math.Exp(z))
			}
			for r := range k {
				g.SetVec(r, g.AtVec(r)+a.weight*(x-p)*row[r])
				for c := r; c < k; c++ {
					h.SetSym(r, c, h.At(r, c)+a.weight*p*(1-p)*row[r]*row[c])
				}
			}
		}
		var chol mat.Cholesky
		var step mat.VecDense
		if !chol.Factorize(h) || chol.SolveVecTo(&step, g) != nil || math.IsInf(value, 0) || math.IsNaN(value) {
			return 0, false
		}
		moved, size := 0.0, min(1, 4/mat.Norm(&step, math.Inf(1)))
		for c := range beta {
			beta[c] += size * step.AtVec(c)
			moved = max(moved, math.Abs(step.AtVec(c)))
			if math.Abs(beta[c]) > 100 {
				return 0, false
			}
		}
		if moved < 1e-11 {
			return value, true
		}
	}
	return 0, false
}

// fill writes constant, matching variable, group and product. The variable is
// standardised, which changes no likelihood.
func fill(row []float64, a answer, mean, sd float64) {
	row[0], row[1] = 1, (a.match-mean)/sd
	group := 0.0
	if a.focal {
		group = 1
	}
	if len(row) > 2 {
		row[2] = group
	}
	if len(row) > 3 {
		row[3] = group * row[1]
	}
}
