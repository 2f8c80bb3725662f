package standard_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.10g, want %.10g within %g", what, got, want, tolerance)
	}
}

var panel = [][]float64{
	{.60, .70, .45, .80, .55, .65}, {.65, .75, .40, .85, .50, .60}, {.55, .70, .50, .75, .60, .70}, {.70, .80, .35, .90, .45, .60}, {.60, .65, .55, .80, .50, .75},
}

func TestAngoff(t *testing.T) {
	p := standard.Angoff(panel)
	near(t, "cut", p.Cut.Value, 3.79, 1e-9)
	near(t, "judges' SD", p.JudgeSD, .041833, 1e-6)
	near(t, "SE", p.Cut.SE, .018708, 1e-6)
	near(t, "judges", p.Judges, 0, 0)
	near(t, "items", p.Items, .01700833, 1e-8)
	near(t, "residual", p.Residual, .00464167, 1e-8)
	near(t, "SE of the mean rating", p.MeanSE, .01243874, 1e-8)
	for name, bad := range map[string][][]float64{"nobody": nil, "one judge": panel[:1], "ragged": {{.5, .5}, {.5}}, "a rating of 2": {{.5, 2}, {.5, .5}}, "NaN": {{.5, math.NaN()}, {.5, .5}}} {
		if standard.Angoff(bad).Cut.Known() {
			t.Errorf("%s: there is a cut", name)
		}
	}
}

// TestTooFewJudges: a cut of fewer than five judges, and the ability that it stands for, say
// that judges are missing, not people who sat.
func TestTooFewJudges(t *testing.T) {
	items := []irt.Item{{A: 1, D: 0}, {A: 1, D: -.5}, {A: 1, D: 1}, {A: 1, D: .5}, {A: 1, D: 0}, {A: 1, D: 0}}
	for name, cut := range map[string]func(judges int) psychometrics.Estimate{
		"Angoff":  func(n int) psychometrics.Estimate { return standard.Angoff(panel[:n]).Cut },
		"ability": func(n int) psychometrics.Estimate { return standard.Ability(items, standard.Angoff(panel[:n]).Cut) },
		"bookmark": func(n int) psychometrics.Estimate {
			return standard.Bookmark(items, []int{2, 3, 4, 3, 2}[:n], standard.RP67)
		},
	} {
		if e := cut(4); e.Status != psychometrics.TooFew || e.Reason != "fewer judges than this cut needs" {
			t.Errorf("%s of four judges is %q: %q", name, e.Status, e.Reason)
		}
		if e := cut(5); e.Status != psychometrics.Fine || e.Reason != "" {
			t.Errorf("%s of five judges is %q: %q", name, e.Status, e.Reason)
		}
	}
}

func TestGroups(t *testing.T) {
	grades := []float64{1, 1, 2, 2, 2, 3, 3, 3, 4, 4}
	scores := []float64{8, 10, 12, 11, 13, 15, 16, 14, 18, 19}
	near(t, "borderline regression at 0", standard.BorderlineRegression(grades, scores, 0).Value, 5.74285714, 1e-8)
	near(t, "borderline regression at 2", standard.BorderlineRegression(grades, scores, 2).Value, 12.02857143, 1e-8)
	near(t, "its standard error at 2", standard.BorderlineRegression(grades, scores, 2).SE, .3216666, 1e-6) // by another program
	able := []bool{false, false, false, false, true, false, true, true, true, true}
	near(t, "contrasting groups", standard.ContrastingGroups(scores, able).Value, 13.53031650, 1e-7)
	near(t, "its standard error", standard.ContrastingGroups(scores, able).SE, 1.13582714, 1e-7) // from the inverse information of another program
	near(t, "the standard error of a median", standard.BorderlineGroup([]float64{12, 9, 11, 14}).SE, 1.2533141373*2.0816659995/2, 1e-8)
	near(t, "borderline group", standard.BorderlineGroup([]float64{12, 9, 11, 14}).Value, 11.5, 0)
	apart := []bool{false, false, false, false, false, true, true, true, true, true}
	if e := standard.ContrastingGroups([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, apart); e.Known() {
		t.Errorf("groups that do not overlap have the cut %v", e.Value)
	}
	if standard.BorderlineRegression([]float64{2, 2, 2}, []float64{1, 2, 3}, 2).Known() || standard.BorderlineGroup(nil).Known() {
		t.Error("no spread, or nobody, has a cut")
	}
}

// TestCompromises: scores 0 to 19, one person each, fail at cut c with share
// c/20, so that the intersections can be written down.
func TestCompromises(t *testing.T) {
	scores := make([]int, 20)
	for s := range scores {
		scores[s] = s
	}
	// The line from (8, .6) to (14, .3): .6 − .05(c − 8) = c/20 at c = 10.
	near(t, "Hofstee", standard.Hofstee(scores, 8, 14, .3, .6).Value, 10, 1e-9)
	if e := standard.Hofstee(scores, 2, 5, .5, .6); e.Known() || e.Reason == "" {
		t.Errorf("judges who want more to fail than do have the cut %v", e.Value)
	}
	// Means 12 and .60, slope .1/2: .6 + .05(c − 12) = 1 − c/20 at c = 10.
	near(t, "Beuk", standard.Beuk(scores, 19, []float64{10, 12, 14}, []float64{.5, .6, .7}).Value, 10, 1e-9)
	near(t, "Beuk with equal cuts", standard.Beuk(scores, 19, []float64{12, 12}, []float64{.5, .7}).Value, 12, 0)
	near(t, "Beuk with equal rates", standard.Beuk(scores, 19, []float64{10, 14}, []float64{.6, .6}).Value, 8, 1e-9)
	if standard.Beuk(nil, 19, []float64{1, 2}, []float64{.5, .6}).Known() {
		t.Error("nobody's scores have a cut")
	}
}

func TestAbilityAndFormCut(t *testing.T) {
	items := []irt.Item{irt.FromDifficulty(1, -1, 0), irt.FromDifficulty(1.5, 0, 0), irt.FromDifficulty(.8, 1, 0)}
	cut := psychometrics.Of(irt.Expected(items, .4), 6, 0).WithSE(.05)
	theta := standard.Ability(items, cut)
	near(t, "ability", theta.Value, .4, 1e-6)
	if theta.SE < .05 || theta.SE > .2 {
		t.Errorf("SE %v", theta.SE)
	}
	if got := standard.FormCut(items, theta.Value); got != int(math.Ceil(cut.Value)) {
		t.Errorf("cut %d", got)
	}
	fifths := []irt.Item{{D: math.Log(.4 / .6)}, {D: math.Log(.4 / .6)}, {D: math.Log(.4 / .6)}}
	if got := standard.FormCut(fifths, 0); got != 2 {
		t.Errorf("1.2 points expected give the cut %d, want 2", got)
	}
	if got := standard.FormCut([]irt.Item{{}, {}, {}, {}}, 0); got != 2 {
		t.Errorf("2 points expected give the cut %d, want 2", got)
	}
	if standard.Ability(items, psychometrics.Of(3, 6, 0)).Known() {
		t.Error("all points have a finite ability")
	}
}

// TestDecisions checks the shares against the score distribution itself, and
// against a simulation of two forms.
func TestDecisions(t *testing.T) {
	form := make([]irt.Item, 40)
	for i := range form {
		form[i] = irt.FromDifficulty(1, float64(i-20)/10, 0)
	}
	g := irt.Operational()
	c := standard.Decisions(form, standard.FormCut(form, 0), 0, g)
	if c.Consistent < .8 || c.Consistent > .95 || c.Accurate < c.Consistent || c.Kappa < .6 {
		t.Errorf("%+v", c)
	}
	longer := standard.Decisions(slices.Concat(form, form), standard.FormCut(slices.Concat(form, form), 0), 0, g)
	if longer.Consistent <= c.Consistent || longer.Accurate <= c.Accurate {
		t.Errorf("twice the items decide worse: %+v after %+v", longer, c)
	}
	if all := standard.Decisions(form, 0, -9, g); math.Abs(all.Consistent-1) > 1e-9 || math.Abs(all.Passing-1) > 1e-9 {
		t.Errorf("where everybody passes: %+v", all)
	}
	near(t, "Lord", standard.LordSEM(10, 20), math.Sqrt(100./19), 1e-12)
	near(t, "Keats", standard.KeatsSEM(10, 20, .8, .75), math.Sqrt(100./19*.8), 1e-12)
	near(t, "SEM at 0", standard.SEM([]irt.Item{{A: 1}, {A: 2}}, 0), math.Sqrt(.5), 1e-12)
}

// TestJudgesChangeNothingByOrder: judges and items in any order.
func TestJudgesChangeNothingByOrder(t *testing.T) {
	want := standard.Angoff(panel)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(slices.Clone(panel)).Draw(t, "judges")
		got := standard.Angoff(shuffled)
		if math.Abs(got.Cut.Value-want.Cut.Value) > 1e-12 || math.Abs(got.Residual-want.Residual) > 1e-12 {
			t.Fatalf("%+v, want %+v", got, want)
		}
	})
}
