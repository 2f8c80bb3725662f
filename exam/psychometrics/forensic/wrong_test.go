package forensic_test

import (
	"math"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestWrongAnswersAlike: a person who copies all wrong answers of another is found by every
// index; K is the binomial tail by hand; and of people who did not copy hardly more than
// one in twenty has a chance below .05.
func TestWrongAnswersAlike(t *testing.T) {
	m := reference.Choices("true_key")
	const source, copier = 3, 77
	cells := slices.Clone(m.Cells())
	for i := range 20 {
		if c := m.Of(source)[i]; c.Mark == 0 {
			cells[copier*20+i].Option, cells[copier*20+i].Mark, cells[copier*20+i].State = c.Option, 0, c.State
		}
	}
	w := forensic.CompareWrong(responses.New(m.Items(), m.People(), cells), copier, source)
	if w.Status != psychometrics.Fine || w.SourceWrong < 5 || w.Matches != w.SourceWrong {
		t.Fatalf("the copier: %+v", w)
	}
	for name, p := range map[string]float64{"K": w.K, "K1": w.K1, "K2": w.K2, "S1": w.S1, "S2": w.S2} {
		if p > .01 || p < 0 {
			t.Errorf("the copier's %s is %g", name, p)
		}
	}

	const suspect = 200
	wrong := func(p int) (n int) {
		for _, c := range m.Of(p) {
			n += 1 - int(c.Mark)
		}
		return n
	}
	alike := func(p int) (n int) {
		for i, c := range m.Of(source) {
			if c.Mark == 0 && c.Option >= 0 && m.Of(p)[i].Option == c.Option {
				n++
			}
		}
		return n
	}
	sum, people := 0, 0
	for p := range m.People() {
		if wrong(p) == wrong(suspect) {
			sum, people = sum+alike(p), people+1
		}
	}
	n, chance, tail := wrong(source), float64(sum)/float64(people)/float64(wrong(source)), 0.0
	for k := alike(suspect); k <= n; k++ {
		choose := 1.0
		for i := range k {
			choose *= float64(n-i) / float64(i+1)
		}
		tail += choose * math.Pow(chance, float64(k)) * math.Pow(1-chance, float64(n-k))
	}
	w = forensic.CompareWrong(m, suspect, source)
	near(t, "K", w.K, tail, 1e-9)
	// The rest by a second program of ours in another language, written from the papers'
	// formulas; no published number was found.
	near(t, "K1", w.K1, .4725250893474603, 1e-12)
	near(t, "K2", w.K2, .5993606972392342, 1e-12)
	near(t, "S1", w.S1, .38205810187207456, 1e-12)
	near(t, "S2", w.S2, .390891663371822, 1e-12)
	near(t, "weighted answers in common", w.Weighted, 3.051774317018773, 1e-12)

	if w := forensic.CompareWrong(m, 498, 41); w.Matches != 4 {
		t.Errorf("p499 and p042 have %d wrong answers in common, want 4", w.Matches)
	}

	small := make(map[string]int)
	tried := 0
	for suspect := range 400 {
		w := forensic.CompareWrong(m, suspect, source)
		if suspect == source || w.Status != psychometrics.Fine {
			continue
		}
		tried++
		for name, p := range map[string]float64{"K": w.K, "K1": w.K1, "K2": w.K2, "S1": w.S1, "S2": w.S2} {
			if math.IsNaN(p) || p < 0 || p > 1+1e-9 {
				t.Fatalf("%s of %d is %g", name, suspect, p)
			}
			if p < .05 {
				small[name]++
			}
		}
	}
	for name, n := range small {
		if share := float64(n) / float64(tried); share > .07 {
			t.Errorf("%s calls %.3f of people who did not copy unusual at .05", name, share)
		}
	}
	for what, w := range map[string]forensic.Wrong{"sparse": forensic.CompareWrong(reference.Sparse(), 0, 1), "without choices": forensic.CompareWrong(reference.LSAT7(), 0, 1)} {
		if w.Status != psychometrics.NotDefined || w.Reason == "" {
			t.Errorf("%s: %+v", what, w)
		}
	}
}
