package ctt

import (
	"maps"
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Item is the analysis of one item.
type Item struct {
	ID string
	// N is how many were presented with it.
	N int
	// Facility is the mean share of the maximum (p), with Wilson's interval. Where
	// marks are partial, the interval is that of as many people with marks of 0 and 1
	// as would know the mean as well: p(1 − p) over its squared error.
	Facility psychometrics.Estimate
	// SD of the marks.
	SD psychometrics.Estimate
	// Total and Rest are correlations of the mark with the total and with the
	// total without the item (corrected point-biserial).
	Total, Rest psychometrics.Estimate
	// Biserial is the correlation with the normal variable behind the mark, from
	// Total: for partial marks the polyserial one, by the estimator of Olsson,
	// Drasgow and Dorans (1982) that needs no iteration.
	Biserial psychometrics.Estimate
	// BiserialRest is the same from Rest: the item is in no score that it is held against.
	BiserialRest psychometrics.Estimate
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

func (a *analysis) item(i int) Item {
	it := a.m.Items()[i]
	n := a.count[i]
	out := Item{ID: it.ID, N: n}
	if n == 0 {
		none := psychometrics.Undefined(0, "nobody was presented with it")
		out.Facility, out.SD, out.Total, out.Rest, out.Biserial, out.BiserialRest, out.AlphaWithout, out.Seconds = none, none, none, none, none, none, none, none
		return out
	}
	a.shares(&out, i)
	p := a.mean[i] / it.Max
	out.Facility = psychometrics.Of(p, n, a.options.Thresholds.MinimumN)
	if n < 2 {
		none := psychometrics.Undefined(n, noPeople)
		out.SD, out.Total, out.Rest, out.Biserial, out.BiserialRest, out.AlphaWithout = none, none, none, none, none, none
		return out
	}
	sd := math.Sqrt(a.ss[i] / float64(n-1))
	out.SD = psychometrics.Of(sd, n, a.options.Thresholds.MinimumN)
	out.Facility = out.Facility.WithSE(sd / it.Max / math.Sqrt(float64(n)))
	people := float64(n)
	if spread := a.ss[i] / people / it.Max / it.Max; spread > 0 {
		people *= max(1, p*(1-p)/spread)
	}
	out.Facility = out.Facility.WithInterval(psychometrics.Wilson(p, people))
	out.Rest = a.rest(i)
	out.BiserialRest = psychometrics.Undefined(n, out.Rest.Reason)
	if out.Rest.Known() {
		out.BiserialRest = a.polyserial(i, out.Rest.Value)
	}
	why := a.defined()
	if why == "" && !a.scores(i) {
		why = unscored
	}
	if why == "" && a.ss[i] <= 0 {
		why = noSpread
	}
	if why != "" {
		none := psychometrics.Undefined(n, why)
		out.Total, out.Biserial, out.AlphaWithout = none, none, none
		if why == noSpread {
			out.AlphaWithout = a.without(i)
		}
		return out
	}
	out.Total = psychometrics.Correlation(a.withT[i]/math.Sqrt(a.ss[i]*a.ssT), n, leastForCorrelation)
	out.AlphaWithout = a.without(i)
	out.Biserial = a.polyserial(i, out.Total.Value)
	return out
}

// mostMarks is how many different marks a polyserial correlation is computed for.
const mostMarks = 20

// polyserial is r·σ / Σ φ(z_j)·(x_j+1 − x_j), z_j the normal deviate of the share of people
// with marks up to x_j, and σ the population's: for marks of 0 and 1 r·√(pq) / φ(z).
func (a *analysis) polyserial(i int, r float64) psychometrics.Estimate {
	n, counts := a.count[i], make(map[float64]int)
	for _, c := range a.m.To(i) {
		cell := a.m.Cells()[c]
		counts[psychometrics.Snap(cell.Mark)] += a.m.People()[cell.Person].Count
	}
	if len(counts) > mostMarks {
		return psychometrics.Undefined(n, "more than 20 different marks")
	}
	marks := slices.Sorted(maps.Keys(counts))
	below, sum := 0, 0.0
	for j, mark := range marks[:len(marks)-1] {
		below += counts[mark]
		sum += normal.Prob(normal.Quantile(float64(below)/float64(n))) * (marks[j+1] - mark)
	}
	return psychometrics.Of(r*math.Sqrt(a.ss[i]/float64(n))/sum, n, leastForCorrelation)
}

// rest is the correlation of the mark with the total of the other items, or with
// what Options.Rest gives in its place.
func (a *analysis) rest(i int) psychometrics.Estimate {
	n := a.count[i]
	if a.ss[i] <= 0 {
		return psychometrics.Undefined(n, noSpread)
	}
	if !a.complete && a.options.Rest != nil {
		return a.correlation(i, func(c int32) float64 { return a.options.Rest[c] })
	}
	if a.complete && !a.scores(i) {
		return a.correlation(i, func(c int32) float64 { return a.totals[a.m.Cells()[c].Person] })
	}
	switch why := a.defined(); why {
	case "", noTotals:
		ssR := a.squaresOfRest(i)
		if ssR == 0 {
			return psychometrics.Undefined(n, equalRest)
		}
		return psychometrics.Correlation((a.withT[i]-a.ss[i])/math.Sqrt(a.ss[i]*ssR), n, leastForCorrelation)
	default:
		return psychometrics.Undefined(n, why)
	}
}

// correlation of the marks of item i with a number that each of its cells has.
func (a *analysis) correlation(i int, of func(cell int32) float64) psychometrics.Estimate {
	n, mean := a.count[i], 0.0
	for _, c := range a.m.To(i) {
		mean += float64(a.m.People()[a.m.Cells()[c].Person].Count) * of(c) / float64(n)
	}
	sxy, syy := 0.0, 0.0
	for _, c := range a.m.To(i) {
		cell := a.m.Cells()[c]
		w, d := float64(a.m.People()[cell.Person].Count), of(c)-mean
		sxy += w * d * (cell.Mark - a.mean[i])
		syy += w * d * d
	}
	if syy <= rounding*float64(n) {
		return psychometrics.Undefined(n, equalRest)
	}
	return psychometrics.Correlation(sxy/math.Sqrt(a.ss[i]*syy), n, leastForCorrelation)
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
