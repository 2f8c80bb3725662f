package ctt

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// whole computes what belongs to the test as such.
func (a *analysis) whole(r *Report) {
	none := psychometrics.Undefined(a.n, a.defined())
	r.Mean, r.SD, r.Alpha, r.Standardised, r.KR21, r.SEM = none, none, none, none, none, none
	if a.complete {
		r.Totals = a.distribution()
		r.Mean = psychometrics.Of(a.meanT, a.n, a.options.Thresholds.MinimumN)
		if a.n >= 2 {
			r.SD = psychometrics.Of(math.Sqrt(a.variance(a.ssT)), a.n, a.options.Thresholds.MinimumN)
			r.Mean = r.Mean.WithSE(r.SD.Value / math.Sqrt(float64(a.n)))
		}
	}
	if a.defined() != "" {
		return
	}
	k, sum := a.k, 0.0
	for i, ss := range a.ss {
		if a.scores(i) {
			sum += ss
		}
	}
	r.Alpha = feldt(psychometrics.Of(alpha(k, sum, a.ssT), a.n, leastForAlpha), k)
	r.Standardised = a.standardised()
	r.SEM = psychometrics.Of(r.SD.Value*math.Sqrt(max(0, 1-r.Alpha.Value)), a.n, leastForAlpha)
	r.KR21 = psychometrics.Undefined(a.n, notBinary)
	if a.binary() {
		mean, k := a.meanT, float64(k)
		population := a.ssT / float64(a.n) // Kuder and Richardson divide by N
		r.KR21 = psychometrics.Of(k/(k-1)*(1-mean*(k-mean)/(k*population)), a.n, leastForAlpha)
	}
}

func (a *analysis) binary() bool {
	for i, it := range a.m.Items() {
		if a.scores(i) && (it.Max != 1 || !a.m.Binary(i)) {
			return false
		}
	}
	return true
}

// alpha of k items with the given sum of variances and variance of totals.
func alpha(k int, sum, total float64) float64 {
	return float64(k) / float64(k-1) * (1 - sum/total)
}

// feldt adds the 95 % interval of Feldt (1965): 1 − (1 − alpha)·F.
func feldt(e psychometrics.Estimate, k int) psychometrics.Estimate {
	if !e.Known() || e.N < 3 {
		return e
	}
	f := fisher(float64(e.N-1), float64((e.N-1)*(k-1)))
	return e.WithInterval(1-(1-e.Value)*f.Quantile(.975), 1-(1-e.Value)*f.Quantile(.025))
}

// standardised is k·r̄ / (1 + (k−1)·r̄), r̄ the mean correlation of two items.
// The sum of all correlations is that of the squared sum of standard scores.
func (a *analysis) standardised() psychometrics.Estimate {
	k := 0
	sums := make([]float64, len(a.m.People()))
	for i := range a.m.Items() {
		if a.ss[i] <= 0 || !a.scores(i) {
			continue
		}
		k++
		sd := math.Sqrt(a.variance(a.ss[i]))
		for _, c := range a.m.To(i) {
			cell := a.m.Cells()[c]
			sums[cell.Person] += (cell.Mark - a.mean[i]) / sd
		}
	}
	if k < 2 {
		return psychometrics.Undefined(a.n, noItems)
	}
	squares := 0.0
	for p, s := range sums {
		squares += float64(a.m.People()[p].Count) * s * s
	}
	mean := (a.variance(squares) - float64(k)) / float64(k*(k-1))
	if 1+float64(k-1)*mean < psychometrics.Slack {
		return psychometrics.Undefined(a.n, "the items cancel each other out")
	}
	return psychometrics.Of(float64(k)*mean/(1+float64(k-1)*mean), a.n, leastForAlpha)
}

// without is alpha of the test without item i.
func (a *analysis) without(i int) psychometrics.Estimate {
	k := a.k
	if k < 3 {
		return psychometrics.Undefined(a.n, "two items must be left")
	}
	sum := 0.0
	for j, ss := range a.ss {
		if j != i && a.scores(j) {
			sum += ss
		}
	}
	ssR := a.squaresOfRest(i)
	if ssR == 0 {
		return psychometrics.Undefined(a.n, equalRest)
	}
	return psychometrics.Of(alpha(k-1, sum, ssR), a.n, leastForAlpha)
}
