package equate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/equate"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.10g, want %.10g within %g", what, got, want, tolerance)
	}
}

// TestExactForms: where both forms are the anchor on another scale, every method
// finds the line between them, however far apart the groups are.
func TestExactForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	group := func(n int, mean, slope, intercept float64) equate.Anchored {
		var a equate.Anchored
		for range n {
			v := math.Round(mean + 3*rng.NormFloat64())
			a.Form, a.Anchor = append(a.Form, slope*v+intercept), append(a.Anchor, v)
		}
		return a
	}
	x, y := group(300, 10, 2, 1), group(250, 14, 3, -2)
	for _, internal := range []bool{true, false} {
		for _, weight := range []float64{0, .5, 1} {
			for _, m := range []equate.Method{equate.Tucker, equate.Levine} {
				if m == equate.Levine && !internal {
					continue // takes the anchor's error to be its own
				}
				l := equate.Common(x, y, m, weight, internal)
				near(t, "slope", l.Slope, 1.5, 1e-9)
				near(t, "intercept", l.Intercept, -3.5, 1e-8)
			}
		}
	}
	same := equate.Linear(x.Form, x.Form)
	near(t, "a form with itself, slope", same.Slope, 1, 1e-12)
	near(t, "a form with itself, intercept", same.Intercept, 0, 1e-9)
	there, back := equate.Linear(x.Form, y.Form), equate.Linear(y.Form, x.Form)
	near(t, "there and back", back.At(there.At(7)), 7, 1e-9)
	near(t, "mean", equate.Mean([]float64{1, 2, 3}, []float64{4, 6, 8}).At(2), 6, 1e-12)
	near(t, "linear", equate.Linear([]float64{1, 2, 3}, []float64{4, 6, 8}).At(3), 8, 1e-12)
}

// TestLevineForDistantGroups: with errors in form and anchor, Levine finds the
// line of true scores where Tucker, by the regression, stays short of it.
func TestLevineForDistantGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	group := func(mean, shift float64) equate.Anchored {
		var a equate.Anchored
		for range 40_000 {
			theta := mean + rng.NormFloat64()
			v := 10 + 3*theta + 2*rng.NormFloat64()
			// The rest of the form is twice the anchor: its error has twice the variance.
			rest := 20 + 6*theta + 2*math.Sqrt2*rng.NormFloat64()
			a.Form, a.Anchor = append(a.Form, v+rest+shift), append(a.Anchor, v)
		}
		return a
	}
	x, y := group(0, 0), group(1.2, 5)
	levine, tucker := equate.Common(x, y, equate.Levine, .5, true), equate.Common(x, y, equate.Tucker, .5, true)
	near(t, "Levine at 30", levine.At(30), 35, .2)
	if off := math.Abs(tucker.At(30) - 35); off < 1 {
		t.Errorf("Tucker is off by %v only", off)
	}
}

// TestLevineByAnAnchorBeside: an anchor outside the form, of which the form is twice the length:
// twice its true scores, and twice the variance of its errors.
func TestLevineByAnAnchorBeside(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 3))
	group := func(mean, shift float64) equate.Anchored {
		var a equate.Anchored
		for range 40_000 {
			theta := mean + rng.NormFloat64()
			a.Anchor = append(a.Anchor, 10+3*theta+2*rng.NormFloat64())
			a.Form = append(a.Form, 20+6*theta+2*math.Sqrt2*rng.NormFloat64()+shift)
		}
		return a
	}
	x, y := group(0, 0), group(1.2, 5)
	near(t, "Levine at 20", equate.Common(x, y, equate.Levine, .5, false).At(20), 25, .2)
	if off := math.Abs(equate.Common(x, y, equate.Tucker, .5, false).At(20) - 25); off < 1 {
		t.Errorf("Tucker is off by %v only", off)
	}
}

func TestEquipercentileByHand(t *testing.T) {
	got := equate.Equipercentile([]int{1, 1, 1, 1}, []int{2, 2, 0, 0})
	for s, want := range []float64{-.25, .25, .75, 1.25} {
		near(t, "score", got.Scores[s], want, 1e-12)
	}
	near(t, "where nobody is", equate.Equipercentile([]int{2, 0, 2}, []int{3, 0, 3}).Scores[1], 1, 1e-12)
	if e := equate.Equipercentile([]int{0, 0}, []int{1}); e.Status != psychometrics.NotDefined || e.Reason == "" {
		t.Errorf("nobody: %+v", e)
	}
}

// TestInvariant1EquipercentileWithItself and keeps the order of scores.
func TestInvariant1EquipercentileWithItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 20).Draw(t, "x")
		x[rapid.IntRange(0, len(x)-1).Draw(t, "somebody")]++
		for s, v := range equate.Equipercentile(x, x).Scores {
			if x[s] > 0 && math.Abs(v-float64(s)) > 1e-9 {
				t.Fatalf("%d becomes %v", s, v)
			}
		}
		y := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 20).Draw(t, "y")
		y[0]++
		if got := equate.Equipercentile(x, y).Scores; !slices.IsSorted(got) || got[0] < -.5 || got[len(got)-1] > float64(len(y))-.5 {
			t.Fatalf("%v", got)
		}
	})
}

func genItems(t *rapid.T) []irt.Item {
	items := make([]irt.Item, rapid.IntRange(10, 20).Draw(t, "items"))
	for i := range items {
		items[i] = irt.FromDifficulty(rapid.Float64Range(.4, 2).Draw(t, "a"), float64(i)/5-2+rapid.Float64Range(0, .2).Draw(t, "b"), rapid.SampledFrom([]float64{0, .2}).Draw(t, "c"))
	}
	return items
}

// TestInvariant2Links: what was moved comes back, by every criterion, and items in
// another order change nothing.
func TestInvariant2Links(t *testing.T) {
	g := irt.Operational()
	rapid.Check(t, func(t *rapid.T) {
		old := genItems(t)
		want := equate.Link{A: rapid.Float64Range(.6, 1.6).Draw(t, "A"), B: rapid.Float64Range(-1, 1).Draw(t, "B")}
		inverse := equate.Link{A: 1 / want.A, B: -want.B / want.A}
		fresh := make([]irt.Item, len(old))
		for i, it := range old {
			fresh[i] = inverse.Item(it)
		}
		for _, c := range []equate.Criterion{equate.MeanMean, equate.MeanSigma, equate.Haebara, equate.StockingLord} {
			got := equate.NewLink(fresh, old, c, g)
			if got.Status != psychometrics.Fine || math.Abs(got.A-want.A) > 1e-6 || math.Abs(got.B-want.B) > 1e-6 {
				t.Fatalf("criterion %d: %+v, want %+v", c, got, want)
			}
			if back := got.Item(fresh[0]); math.Abs(back.P(.3)-old[0].P(.3)) > 1e-6 {
				t.Fatalf("criterion %d: the item has chance %v, had %v", c, back.P(.3), old[0].P(.3))
			}
		}
	})
}

// TestLinksWithErrors: with noise in the parameters curves come nearer than
// moments, the way back is the inverse, and the loss is a minimum.
func TestLinksWithErrors(t *testing.T) {
	rng, g := rand.New(rand.NewPCG(8, 8)), irt.Operational()
	old, fresh := make([]irt.Item, 20), make([]irt.Item, 20)
	inverse := equate.Link{A: 1 / 1.2, B: -.5 / 1.2}
	for i := range old {
		a, b := .8+.8*rng.Float64(), rng.NormFloat64()
		old[i] = irt.FromDifficulty(a, b, 0)
		fresh[i] = inverse.Item(irt.FromDifficulty(a*math.Exp(.1*rng.NormFloat64()), b+.1*rng.NormFloat64(), 0))
	}
	for _, c := range []equate.Criterion{equate.Haebara, equate.StockingLord} {
		there, back := equate.NewLink(fresh, old, c, g), equate.NewLink(old, fresh, c, g)
		near(t, "A", there.A, 1.2, .08)
		near(t, "B", there.B, .5, .08)
		near(t, "A there and back", there.A*back.A, 1, 1e-6)
		near(t, "B there and back", there.A*back.B+there.B, 0, 1e-6)
		slices.Reverse(fresh)
		slices.Reverse(old)
		near(t, "A of reversed items", equate.NewLink(fresh, old, c, g).A, there.A, 1e-9)
	}
	if l := equate.NewLink(fresh[:1], old[:1], equate.Haebara, g); l.Status != psychometrics.NotDefined {
		t.Errorf("one item links: %+v", l)
	}
	if l := equate.NewLink(fresh[:4], old[:4], equate.Haebara, g); l.Status != psychometrics.TooFew {
		t.Errorf("four items link: %+v", l)
	}
	alike := []irt.Item{{A: 1}, {A: 1}}
	if l := equate.NewLink(alike, alike, equate.MeanSigma, g); l.Status != psychometrics.NotDefined || l.Reason == "" {
		t.Errorf("items of one difficulty link: %+v", l)
	}
}

// TestTrueScores: a form with itself stays, and easier items give more.
func TestTrueScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := genItems(t)
		for s, v := range equate.TrueScores(x, x).Scores {
			if math.Abs(v-float64(s)) > 1e-6 {
				t.Fatalf("%d becomes %v", s, v)
			}
		}
		easier := slices.Clone(x)
		for i := range easier {
			easier[i].D += .5
		}
		got := equate.TrueScores(x, easier).Scores
		if !slices.IsSorted(got) {
			t.Fatalf("%v", got)
		}
		for s, v := range got {
			if v < float64(s)-1e-6 {
				t.Fatalf("%d of harder items is %v of easier ones", s, v)
			}
		}
	})
	if e := equate.TrueScores(nil, nil); e.Status != psychometrics.NotDefined || e.Reason == "" {
		t.Errorf("no items: %+v", e)
	}
}

// TestInvariant3NothingToEquate has a reason.
func TestInvariant3NothingToEquate(t *testing.T) {
	flat := equate.Anchored{Form: []float64{1, 1, 1}, Anchor: []float64{1, 1, 1}}
	for name, l := range map[string]equate.Line{
		"nobody":           equate.Mean(nil, []float64{1}),
		"one person":       equate.Linear([]float64{1}, []float64{1}),
		"no spread":        equate.Linear([]float64{.1, .1, .1}, []float64{1, 2, 3}),
		"a flat anchor":    equate.Common(flat, flat, equate.Tucker, .5, true),
		"ragged":           equate.Common(equate.Anchored{Form: []float64{1}}, flat, equate.Levine, .5, true),
		"weight 2":         equate.Common(flat, flat, equate.Tucker, 2, true),
		"a falling anchor": equate.Common(equate.Anchored{Form: []float64{1, 2, 3}, Anchor: []float64{3, 2, 1}}, flat, equate.Levine, .5, false),
	} {
		if l.Status != psychometrics.NotDefined || l.Reason == "" || l.Slope != 0 {
			t.Errorf("%s: %+v", name, l)
		}
	}
}
