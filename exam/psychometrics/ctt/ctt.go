// Package ctt is the classical analysis of a test: how hard each item was, how
// well it told people apart, what its options did, and how reliable the whole
// was.
//
// Notation: N people, k items, x the mark on an item as a share of its maximum
// where facility is meant and as given elsewhere, T a person's total, R = T − x
// the rest. Variances divide by N − 1.
//
// What needs a common total (alpha, correlations with the total, upper and lower
// groups) is defined for complete data only. Where people answered different
// items, give Options.Rest, such as each person's ability without the item, and
// the correlation with that takes the place of the correlation with the rest.
//
// The formulas are those of the textbooks (Lord and Novick 1968; Crocker and
// Algina 1986); Moodle's own columns follow its published source.
package ctt

import (
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Thresholds are what raises a flag. They are reading aids, not laws.
type Thresholds struct {
	// MinimumN: below it nothing raises a flag.
	MinimumN int
	// Easy and Hard bound the facility that is not remarked on.
	Hard, Easy float64
	// Weak is the correlation with the rest below which an item is weak.
	Weak float64
	// Unused is the share of choices below which a distractor does no work.
	Unused float64
}

// Usual are thresholds common in practice: facility .20 to .95, discrimination
// from .20 (Ebel and Frisbie 1991), distractors from 5 %.
var Usual = Thresholds{MinimumN: 30, Hard: .20, Easy: .95, Weak: .20, Unused: .05}

// Options say how to analyse.
type Options struct {
	Thresholds Thresholds
	// Rest replaces the rest score where data are not complete: one number for
	// each cell of the matrix. nil where there is none.
	Rest []float64
}

// Report is the analysis of a test.
type Report struct {
	N        int
	Complete bool
	Items    []Item
	// Mean and SD of the totals, in marks.
	Mean, SD psychometrics.Estimate
	// Alpha is Cronbach's, KR-20 for items marked 0 or 1, with Feldt's interval.
	Alpha psychometrics.Estimate
	// Standardised is alpha of items of equal variance.
	Standardised psychometrics.Estimate
	// KR21 assumes items of equal facility; defined for marks of 0 and 1.
	KR21 psychometrics.Estimate
	// SEM is SD·√(1 − alpha), in marks.
	SEM    psychometrics.Estimate
	Moodle MoodleQuiz
	// Totals are the scores with the number of people who got them, ascending;
	// empty unless complete.
	Totals []Total
}

// Total is one score of the distribution.
type Total struct {
	Score float64
	Count int
}

// Item is the analysis of one item.
type Item struct {
	ID string
	// N is how many were presented with it.
	N int
	// Facility is the mean share of the maximum (p).
	Facility psychometrics.Estimate
	// SD of the marks.
	SD psychometrics.Estimate
	// Total and Rest are correlations of the mark with the total and with the
	// total without the item (corrected point-biserial).
	Total, Rest psychometrics.Estimate
	// Biserial is the correlation with the normal variable behind a right
	// answer, from Total; defined for marks of 0 and 1.
	Biserial psychometrics.Estimate
	// AlphaWithout is alpha of the test without the item.
	AlphaWithout psychometrics.Estimate
	// UpperLower is the difference of facility between the upper and the lower
	// 27 % of people (Kelley 1939), people on the border counting in part.
	UpperLower psychometrics.Estimate
	// UpperLowerQuantile takes everybody at or beyond the 27 % quantiles, as
	// other programs do.
	UpperLowerQuantile psychometrics.Estimate
	// Omitted and NotReached are shares of N.
	Omitted, NotReached float64
	// Seconds is the mean time over those whose time is known.
	Seconds psychometrics.Estimate
	Options []Option
	Flags   []Flag
	Moodle  MoodleItem
}

// Why a statistic is missing.
const (
	sparse    = "people answered different items"
	noItems   = "a total needs two items at least"
	noPeople  = "needs two people at least"
	noSpread  = "everybody has the same mark"
	noTotals  = "everybody has the same total"
	notBinary = "needs marks of 0 and 1"
)

// people that a correlation and a coefficient need to be acted on.
const (
	leastForCorrelation = 30
	leastForAlpha       = 30
)

// Analyse computes the report. It never fails: what cannot be computed says so.
func Analyse(m *responses.Matrix, o Options) Report {
	if o.Thresholds == (Thresholds{}) {
		o.Thresholds = Usual
	}
	a := &analysis{m: m, options: o, complete: m.Complete(), n: m.Count()}
	a.sums()
	r := Report{N: a.n, Complete: a.complete, Items: make([]Item, len(m.Items()))}
	a.whole(&r)
	cuts := a.kelley()
	quantile := a.quantiles()
	for i := range r.Items {
		r.Items[i] = a.item(i)
		r.Items[i].UpperLower = a.upperLower(i, cuts)
		r.Items[i].UpperLowerQuantile = a.upperLower(i, quantile)
		r.Items[i].Options = a.choices(i, cuts)
		r.Items[i].Flags = o.Thresholds.flags(&r.Items[i], m.Items()[i])
	}
	a.moodle(&r)
	return r
}

// analysis holds the sums that everything is computed from, centred, so that
// nothing cancels.
type analysis struct {
	m        *responses.Matrix
	options  Options
	complete bool
	n        int

	totals          []float64 // of each person; complete data only
	meanT, ssT      float64
	mean, ss, withT []float64 // of each item: mean mark, squares, product with T
	count           []int
}

func (a *analysis) sums() {
	items, people, cells := a.m.Items(), a.m.People(), a.m.Cells()
	a.mean, a.ss, a.withT, a.count = make([]float64, len(items)), make([]float64, len(items)), make([]float64, len(items)), make([]int, len(items))
	for _, c := range cells {
		w := people[c.Person].Count
		a.count[c.Item] += w
		a.mean[c.Item] += float64(w) * c.Mark
	}
	for i := range items {
		if a.count[i] > 0 {
			a.mean[i] /= float64(a.count[i])
		}
	}
	if a.complete {
		a.totals = make([]float64, len(people))
		for p := range people {
			for _, c := range a.m.Of(p) {
				a.totals[p] += c.Mark
			}
			a.totals[p] = psychometrics.Snap(a.totals[p])
			a.meanT += float64(people[p].Count) * a.totals[p]
		}
		a.meanT /= float64(a.n)
		for p := range people {
			d := a.totals[p] - a.meanT
			a.ssT += float64(people[p].Count) * d * d
		}
	}
	for _, c := range cells {
		w, d := float64(people[c.Person].Count), c.Mark-a.mean[c.Item]
		a.ss[c.Item] += w * d * d
		if a.complete {
			a.withT[c.Item] += w * d * (a.totals[c.Person] - a.meanT)
		}
	}
	a.settle()
}

// rounding is how much of a sum of squares or products, as a share of the largest
// that it could be, is taken for the error of summing.
const rounding = 1e-12

// settle makes sums 0 that are 0 but for rounding: whether an item has a spread
// must not depend on the order in which its marks were summed.
func (a *analysis) settle() {
	n, highest := float64(a.n), 0.0
	for i, it := range a.m.Items() {
		highest += it.Max
		if a.ss[i] <= rounding*float64(a.count[i])*it.Max*it.Max {
			a.ss[i] = 0
		}
	}
	if a.ssT <= rounding*n*highest*highest {
		a.ssT = 0
	}
	for i := range a.withT {
		if spread := math.Sqrt(a.ss[i] * a.ssT); spread == 0 || math.Abs(a.withT[i]) <= rounding*spread {
			a.withT[i] = 0
		}
	}
}

// squaresOfRest is the sum of squares of the scores on the items but i, 0 when
// everybody has the same.
func (a *analysis) squaresOfRest(i int) float64 {
	ss := a.ssT + a.ss[i] - 2*a.withT[i]
	if ss <= rounding*(a.ssT+a.ss[i]+2*math.Abs(a.withT[i])) || ss <= rounding*float64(a.n) {
		return 0
	}
	return ss
}

// defined reports why nothing about totals is defined, "" when it is.
func (a *analysis) defined() string {
	switch {
	case !a.complete:
		return sparse
	case a.n < 2:
		return noPeople
	case len(a.m.Items()) < 2:
		return noItems
	case a.ssT <= 0:
		return noTotals
	}
	return ""
}

func (a *analysis) variance(ss float64) float64 { return ss / float64(a.n-1) }

// alpha of k items with the given sum of variances and variance of totals.
func alpha(k int, sum, total float64) float64 {
	return float64(k) / float64(k-1) * (1 - sum/total)
}

func (a *analysis) item(i int) Item {
	it := a.m.Items()[i]
	n := a.count[i]
	out := Item{ID: it.ID, N: n}
	if n == 0 {
		none := psychometrics.Undefined(0, "nobody was presented with it")
		out.Facility, out.SD, out.Total, out.Rest, out.Biserial, out.AlphaWithout, out.Seconds = none, none, none, none, none, none, none
		return out
	}
	a.shares(&out, i)
	p := a.mean[i] / it.Max
	out.Facility = psychometrics.Of(p, n, a.options.Thresholds.MinimumN)
	if n < 2 {
		none := psychometrics.Undefined(n, noPeople)
		out.SD, out.Total, out.Rest, out.Biserial, out.AlphaWithout = none, none, none, none, none
		return out
	}
	sd := math.Sqrt(a.ss[i] / float64(n-1))
	out.SD = psychometrics.Of(sd, n, a.options.Thresholds.MinimumN)
	out.Facility = out.Facility.WithSE(sd / it.Max / math.Sqrt(float64(n)))
	out.Rest = a.rest(i)
	why := a.defined()
	if why == "" && a.ss[i] <= 0 {
		why = noSpread
	}
	if why != "" {
		none := psychometrics.Undefined(n, why)
		out.Total, out.Biserial, out.AlphaWithout = none, none, none
		if a.ss[i] <= 0 && a.defined() == "" {
			out.AlphaWithout = a.without(i)
		}
		return out
	}
	out.Total = psychometrics.Correlation(a.withT[i]/math.Sqrt(a.ss[i]*a.ssT), n, leastForCorrelation)
	out.AlphaWithout = a.without(i)
	out.Biserial = psychometrics.Undefined(n, notBinary)
	if a.m.Binary(i) {
		// r·√(pq) / φ(z), z the normal deviate of p (population formula).
		z := normal.Quantile(p)
		out.Biserial = psychometrics.Of(out.Total.Value*math.Sqrt(p*(1-p))/normal.Prob(z), n, leastForCorrelation)
	}
	return out
}

// rest is the correlation of the mark with the total of the other items, or with
// what Options.Rest gives in its place.
func (a *analysis) rest(i int) psychometrics.Estimate {
	n := a.count[i]
	if a.ss[i] <= 0 {
		return psychometrics.Undefined(n, noSpread)
	}
	if !a.complete && a.options.Rest != nil {
		sxy, syy := 0.0, 0.0
		mean := a.meanOfRest(i)
		for _, c := range a.m.To(i) {
			cell := a.m.Cells()[c]
			w, d := float64(a.m.People()[cell.Person].Count), a.options.Rest[c]-mean
			sxy += w * d * (cell.Mark - a.mean[i])
			syy += w * d * d
		}
		if syy <= rounding*float64(n) {
			return psychometrics.Undefined(n, "everybody has the same score on the other items")
		}
		return psychometrics.Correlation(sxy/math.Sqrt(a.ss[i]*syy), n, leastForCorrelation)
	}
	switch why := a.defined(); why {
	case "", noTotals:
		ssR := a.squaresOfRest(i)
		if ssR == 0 {
			return psychometrics.Undefined(n, "everybody has the same score on the other items")
		}
		return psychometrics.Correlation((a.withT[i]-a.ss[i])/math.Sqrt(a.ss[i]*ssR), n, leastForCorrelation)
	default:
		return psychometrics.Undefined(n, why)
	}
}

func (a *analysis) meanOfRest(i int) float64 {
	sum := 0.0
	for _, c := range a.m.To(i) {
		sum += float64(a.m.People()[a.m.Cells()[c].Person].Count) * a.options.Rest[c]
	}
	return sum / float64(a.count[i])
}

// without is alpha of the test without item i.
func (a *analysis) without(i int) psychometrics.Estimate {
	k := len(a.m.Items())
	if k < 3 {
		return psychometrics.Undefined(a.n, "two items must be left")
	}
	sum := 0.0
	for j, ss := range a.ss {
		if j != i {
			sum += ss
		}
	}
	ssR := a.squaresOfRest(i)
	if ssR == 0 {
		return psychometrics.Undefined(a.n, "everybody has the same score on the other items")
	}
	return psychometrics.Of(alpha(k-1, sum, ssR), a.n, leastForAlpha)
}

func (a *analysis) shares(out *Item, i int) {
	omitted, missed, timed, seconds := 0, 0, 0, 0.0
	for _, c := range a.m.To(i) {
		cell := a.m.Cells()[c]
		w := a.m.People()[cell.Person].Count
		switch cell.State {
		case responses.Omitted:
			omitted += w
		case responses.NotReached:
			missed += w
		}
		if cell.Seconds > 0 {
			timed, seconds = timed+w, seconds+float64(w)*float64(cell.Seconds)
		}
	}
	out.Omitted, out.NotReached = float64(omitted)/float64(out.N), float64(missed)/float64(out.N)
	out.Seconds = psychometrics.Undefined(0, "no times are known")
	if timed > 0 {
		out.Seconds = psychometrics.Of(seconds/float64(timed), timed, a.options.Thresholds.MinimumN)
	}
}

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
	k, sum := len(a.m.Items()), 0.0
	for _, ss := range a.ss {
		sum += ss
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
		if it.Max != 1 || !a.m.Binary(i) {
			return false
		}
	}
	return true
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
		if a.ss[i] <= 0 {
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

func (a *analysis) distribution() []Total {
	counts := make(map[float64]int)
	for p, t := range a.totals {
		counts[t] += a.m.People()[p].Count
	}
	all := make([]Total, 0, len(counts))
	for score, n := range counts {
		all = append(all, Total{score, n})
	}
	slices.SortFunc(all, func(x, y Total) int {
		if x.Score < y.Score {
			return -1
		}
		return 1
	})
	return all
}
