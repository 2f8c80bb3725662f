package ctt_test

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestStratified computes it from the covariances of LSAT7's parts by another
// way: var(T) less, for each part, what is not reliable in it.
func TestStratified(t *testing.T) {
	m := reference.LSAT7()
	parts := []string{"a", "a", "b", "b", "b"}
	r := ctt.Analyse(m, ctt.Options{Stratum: func(i int) string { return parts[i] }})
	variance := func(of func(cells []responses.Cell) float64) float64 {
		n, sum, squares := 0.0, 0.0, 0.0
		for p, person := range m.People() {
			w, v := float64(person.Count), of(m.Of(p))
			n, sum, squares = n+w, sum+w*v, squares+w*v*v
		}
		return (squares - sum*sum/n) / (n - 1)
	}
	part := func(from, to int) (total, alpha float64) {
		total = variance(func(cells []responses.Cell) (v float64) {
			for _, c := range cells[from:to] {
				v += c.Mark
			}
			return v
		})
		items := 0.0
		for i := from; i < to; i++ {
			items += variance(func(cells []responses.Cell) float64 { return cells[i].Mark })
		}
		k := float64(to - from)
		return total, k / (k - 1) * (1 - items/total)
	}
	all, alpha := part(0, 5)
	near(t, "alpha", r.Alpha, alpha, 1e-12)
	varA, alphaA := part(0, 2)
	varB, alphaB := part(2, 5)
	near(t, "part a", r.Strata[0].Alpha, alphaA, 1e-12)
	near(t, "part b", r.Strata[1].Alpha, alphaB, 1e-12)
	near(t, "stratified alpha", r.Stratified, 1-(varA*(1-alphaA)+varB*(1-alphaB))/all, 1e-12)

	one := ctt.Analyse(m, ctt.Options{Stratum: func(int) string { return "" }})
	near(t, "stratified alpha of one part", one.Stratified, one.Alpha.Value, 1e-12)
	alone := ctt.Analyse(m, ctt.Options{Stratum: func(i int) string { return string(rune('a' + i)) }})
	if alone.Strata[0].Alpha.Known() || math.Abs(alone.Stratified.Value) > 1 {
		t.Errorf("parts of one item: %+v", alone.Strata[0])
	}
	if e := ctt.Analyse(m, ctt.Options{}).Stratified; e.Status != psychometrics.NotDefined || e.Reason == "" {
		t.Errorf("without parts: %+v", e)
	}
	if e := ctt.Analyse(reference.Sparse(), ctt.Options{Stratum: func(int) string { return "" }}).Stratified; e.Known() {
		t.Errorf("sparse: %+v", e)
	}
}
