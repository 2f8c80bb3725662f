package dif

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// significant is the 5 % point of chi-squared with one degree of freedom.
const significant = 3.841458820694124

// letter is ETS' rule.
func letter(delta, se, chi2 float64) Letter {
	size := math.Abs(delta)
	switch {
	case psychometrics.Below(size, 1) || psychometrics.Below(chi2, significant):
		return A
	case !psychometrics.Below(size, 1.5) && psychometrics.Below(1.645, (size-1)/se):
		return C
	}
	return B
}

// mantelHaenszel fills in the odds ratio and its test; it returns why there is
// none.
func (r *Result) mantelHaenszel(rows []row) string {
	type table struct{ a, b, c, d float64 } // reference right and wrong, focal right and wrong
	tables := make([]table, rows[len(rows)-1].stratum+1)
	for _, x := range rows {
		t := &tables[x.stratum]
		t.a, t.b = t.a+x.people[0][1], t.b+x.people[0][0]
		t.c, t.d = t.c+x.people[1][1], t.d+x.people[1][0]
	}
	var over, under, observed, expected, variance float64
	var ps, cross, qs float64 // of the variance of ln α
	var difference, focal float64
	for _, t := range tables {
		reference, foc, right, wrong := t.a+t.b, t.c+t.d, t.a+t.c, t.b+t.d
		n := reference + foc
		if reference == 0 || foc == 0 {
			continue
		}
		difference += foc * (t.c/foc - t.a/reference)
		focal += foc
		if n < 2 || right == 0 || wrong == 0 {
			continue
		}
		rr, ss := t.a*t.d/n, t.b*t.c/n
		over, under = over+rr, under+ss
		observed += t.a
		expected += reference * right / n
		variance += reference * foc * right * wrong / (n * n * (n - 1))
		p, q := (t.a+t.d)/n, (t.b+t.c)/n
		ps, cross, qs = ps+p*rr, cross+p*ss+q*rr, qs+q*ss
	}
	if over <= 0 || under <= 0 || variance <= 0 {
		return "no score has people of both groups with right and with wrong answers"
	}
	r.Alpha = over / under
	// The correction for continuity takes off, it never adds.
	gap := math.Abs(observed - expected)
	r.ChiSquared = min(gap*gap, (gap-.5)*(gap-.5)) / variance
	r.P = distuv.ChiSquared{K: 1}.Survival(r.ChiSquared)
	varLog := ps/(2*over*over) + cross/(2*over*under) + qs/(2*under*under)
	r.Delta = psychometrics.Of(-2.35*math.Log(r.Alpha), r.ReferenceN+r.FocalN, 0).WithSE(2.35 * math.Sqrt(varLog))
	r.Difference = difference / focal
	return ""
}
