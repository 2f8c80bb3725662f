// Package ctt is the classical analysis of a test: how hard each item was, how
// well it told people apart, what its options did, and how reliable the whole
// was.
//
// Notation: N people, k items, x the mark on an item as a share of its maximum
// where facility is meant and as given elsewhere, T a person's total, R = T − x
// the rest. Variances divide by N − 1.
//
// Items that are tried out (responses.Item.Unscored) are in no total: their rest is the
// whole score, and figures of the test are those of the other items.
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
	// Stratum names the part of the blueprint that an item belongs to, by its
	// position; nil when the test has no parts.
	Stratum func(item int) string
}

// Report is the analysis of a test.
type Report struct {
	N int
	// Complete says that everybody had the same scored items.
	Complete bool
	Items    []Item
	// Mean and SD of the totals, in marks.
	Mean, SD psychometrics.Estimate
	// Alpha is Cronbach's, KR-20 for items marked 0 or 1, with Feldt's interval.
	Alpha psychometrics.Estimate
	// Stratified is alpha of a test of different parts, given Options.Stratum;
	// Strata are the parts, by name.
	Stratified psychometrics.Estimate
	Strata     []Stratum
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

// Why a statistic is missing.
const (
	sparse    = "people answered different items"
	noItems   = "a total needs two items at least"
	noPeople  = "needs two people at least"
	noSpread  = "everybody has the same mark"
	noTotals  = "everybody has the same total"
	notBinary = "needs marks of 0 and 1"
	unscored  = "it counts in no score"
	equalRest = "everybody has the same score on the other items"
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
	a := &analysis{m: m, options: o, complete: m.SameScored(), n: m.Count()}
	a.sums()
	r := Report{N: a.n, Complete: a.complete, Items: make([]Item, len(m.Items()))}
	a.whole(&r)
	r.Stratified, r.Strata = a.stratified()
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
