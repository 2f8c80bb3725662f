package ctt

import (
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// MoodleItem are the columns of Moodle's quiz statistics for one question, by
// the definitions in its source (question/classes/statistics/questions,
// calculator.php), in percent. The rest is always without the question itself.
type MoodleItem struct {
	Facility psychometrics.Estimate
	SD       psychometrics.Estimate
	// IntendedWeight is the share of the maximum of the test.
	IntendedWeight psychometrics.Estimate
	// EffectiveWeight is the share that the question has in the spread of totals.
	EffectiveWeight psychometrics.Estimate
	// Discrimination is 100·cov(x, R)/√(var x · var R).
	Discrimination psychometrics.Estimate
	// Efficiency is 100·cov(x, R) over the largest covariance that the same marks
	// in the best order would have.
	Efficiency psychometrics.Estimate
}

// MoodleQuiz are Moodle's figures for the whole test
// (mod/quiz/report/statistics, calculator.php).
type MoodleQuiz struct {
	Median, Skewness, Kurtosis psychometrics.Estimate
	// CIC, the coefficient of internal consistency, is alpha in percent.
	CIC psychometrics.Estimate
	// ErrorRatio in percent, StandardError in marks.
	ErrorRatio, StandardError psychometrics.Estimate
}

func (a *analysis) moodle(r *Report) {
	a.moodleQuiz(r)
	intended, effective := 0.0, 0.0
	for i, it := range a.m.Items() {
		if !a.scores(i) {
			continue
		}
		intended += it.Max
		if a.complete && a.withT[i] > 0 {
			effective += math.Sqrt(a.withT[i])
		}
	}
	for i, it := range a.m.Items() {
		row := &r.Items[i]
		percent := func(e psychometrics.Estimate) psychometrics.Estimate {
			e.Value, e.SE, e.Low, e.High = 100*e.Value, 100*e.SE, 100*e.Low, 100*e.High
			return e
		}
		sd := row.SD
		sd.Value /= it.Max
		row.Moodle = MoodleItem{Facility: percent(row.Facility), SD: percent(sd), Discrimination: percent(row.Rest),
			IntendedWeight: psychometrics.Of(100*it.Max/intended, a.count[i], 0)}
		if !a.scores(i) {
			none := psychometrics.Undefined(a.count[i], unscored)
			row.Moodle.IntendedWeight, row.Moodle.EffectiveWeight, row.Moodle.Efficiency = none, none, none
			continue
		}
		row.Moodle.EffectiveWeight = psychometrics.Undefined(a.count[i], a.defined())
		if a.defined() == "" {
			row.Moodle.EffectiveWeight = psychometrics.Undefined(a.count[i], "its covariance with the total is negative")
			if a.withT[i] >= 0 && effective > 0 {
				row.Moodle.EffectiveWeight = psychometrics.Of(100*math.Sqrt(a.withT[i])/effective, a.count[i], leastForCorrelation)
			}
		}
		row.Moodle.Efficiency = a.efficiency(i)
	}
}

// efficiency compares the covariance with that of marks and rests both sorted.
func (a *analysis) efficiency(i int) psychometrics.Estimate {
	n := a.count[i]
	if why := a.defined(); why != "" && why != noTotals {
		return psychometrics.Undefined(n, why)
	}
	type pair struct {
		value float64
		count int
	}
	at := a.m.To(i)
	marks, rests := make([]pair, len(at)), make([]pair, len(at))
	for j, c := range at {
		cell := a.m.Cells()[c]
		w := a.m.People()[cell.Person].Count
		marks[j], rests[j] = pair{cell.Mark, w}, pair{psychometrics.Snap(a.totals[cell.Person] - cell.Mark), w}
	}
	byValue := func(x, y pair) int {
		if x.value < y.value {
			return -1
		}
		if x.value > y.value {
			return 1
		}
		return 0
	}
	slices.SortFunc(marks, byValue)
	slices.SortFunc(rests, byValue)
	best, meanR := 0.0, a.meanT-a.mean[i]
	for x, y := 0, 0; x < len(marks) && y < len(rests); {
		w := min(marks[x].count, rests[y].count)
		best += float64(w) * (marks[x].value - a.mean[i]) * (rests[y].value - meanR)
		if marks[x].count -= w; marks[x].count == 0 {
			x++
		}
		if rests[y].count -= w; rests[y].count == 0 {
			y++
		}
	}
	if spread := math.Sqrt(a.ss[i] * a.squaresOfRest(i)); spread == 0 || best <= rounding*spread {
		return psychometrics.Undefined(n, noSpread)
	}
	return psychometrics.Of(100*(a.withT[i]-a.ss[i])/best, n, leastForCorrelation)
}

func (a *analysis) moodleQuiz(r *Report) {
	q := &r.Moodle
	none := psychometrics.Undefined(a.n, a.defined())
	*q = MoodleQuiz{Median: none, Skewness: none, Kurtosis: none, CIC: none, ErrorRatio: none, StandardError: none}
	if a.defined() != "" {
		return
	}
	s := float64(a.n)
	half := (s - 1) / 2
	q.Median = psychometrics.Of((scoreAt(r.Totals, math.Floor(half))+scoreAt(r.Totals, math.Ceil(half)))/2, a.n, a.options.Thresholds.MinimumN)
	m2, m3, m4 := 0.0, 0.0, 0.0
	for _, t := range r.Totals {
		d, w := t.Score-a.meanT, float64(t.Count)
		m2, m3, m4 = m2+w*d*d, m3+w*d*d*d, m4+w*d*d*d*d
	}
	m2, m3, m4 = m2/s, m3/s, m4/s
	k2 := s * m2 / (s - 1)
	q.Skewness, q.Kurtosis = psychometrics.Undefined(a.n, "needs three people"), psychometrics.Undefined(a.n, "needs four people")
	if a.n > 2 {
		k3 := s * s * m3 / ((s - 1) * (s - 2))
		q.Skewness = psychometrics.Of(k3/math.Pow(k2, 1.5), a.n, leastForCorrelation)
	}
	if a.n > 3 {
		k4 := s * s * ((s+1)*m4 - 3*(s-1)*m2*m2) / ((s - 1) * (s - 2) * (s - 3))
		q.Kurtosis = psychometrics.Of(k4/(k2*k2), a.n, leastForCorrelation)
	}
	q.CIC = psychometrics.Of(100*r.Alpha.Value, a.n, leastForAlpha)
	ratio := 100 * math.Sqrt(max(0, 1-r.Alpha.Value))
	q.ErrorRatio = psychometrics.Of(ratio, a.n, leastForAlpha)
	q.StandardError = psychometrics.Of(ratio*r.SD.Value/100, a.n, leastForAlpha)
}
