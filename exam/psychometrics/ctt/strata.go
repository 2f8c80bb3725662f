package ctt

import (
	"maps"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// Stratum is one part of a test.
type Stratum struct {
	Name  string
	Items int
	// Alpha of the part by itself.
	Alpha psychometrics.Estimate
}

// stratified is the reliability of a test whose parts measure different things:
// 1 − Σ var(part)·(1 − alpha of the part) / var(T) (Cronbach, Schönemann and
// McKie 1965). A part of one item counts as unreliable, since nothing tells how
// reliable it is: the result is then a lower bound.
func (a *analysis) stratified() (psychometrics.Estimate, []Stratum) {
	if a.options.Stratum == nil {
		return psychometrics.Undefined(a.n, "the test has no parts"), nil
	}
	if why := a.defined(); why != "" {
		return psychometrics.Undefined(a.n, why), nil
	}
	parts := make(map[string][]int)
	for i := range a.m.Items() {
		if !a.scores(i) {
			continue
		}
		name := a.options.Stratum(i)
		parts[name] = append(parts[name], i)
	}
	errors := 0.0
	strata := make([]Stratum, 0, len(parts))
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		s := Stratum{Name: name, Items: len(parts[name]), Alpha: psychometrics.Undefined(a.n, noItems)}
		total, single := a.squaresOfPart(parts[name]), 0.0
		for _, i := range parts[name] {
			single += a.ss[i]
		}
		unreliable := total
		switch {
		case s.Items < 2:
		case total == 0:
			s.Alpha = psychometrics.Undefined(a.n, noTotals)
		default:
			value := alpha(s.Items, single, total)
			s.Alpha = feldt(psychometrics.Of(value, a.n, leastForAlpha), s.Items)
			unreliable = total * (1 - value)
		}
		errors += unreliable
		strata = append(strata, s)
	}
	return psychometrics.Of(1-errors/a.ssT, a.n, leastForAlpha), strata
}

// squaresOfPart is the sum of squares of people's totals on some items.
func (a *analysis) squaresOfPart(items []int) float64 {
	totals := make([]float64, len(a.m.People()))
	mean, highest := 0.0, 0.0
	for _, i := range items {
		highest += a.m.Items()[i].Max
		mean += a.mean[i]
		for _, c := range a.m.To(i) {
			cell := a.m.Cells()[c]
			totals[cell.Person] += cell.Mark
		}
	}
	ss := 0.0
	for p, t := range totals {
		d := psychometrics.Snap(t) - mean
		ss += float64(a.m.People()[p].Count) * d * d
	}
	if ss <= rounding*float64(a.n)*highest*highest {
		return 0
	}
	return ss
}
