package standard_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// betaBinomial are the scores of very many people whose true shares have a beta
// distribution, so many that rounding to people does not show.
func betaBinomial(n int, a, b float64) standard.Scores {
	s := make(standard.Scores, n+1)
	lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
	for x := range s {
		k, t := float64(n), float64(x)
		p := math.Exp(lg(k+1) - lg(t+1) - lg(k-t+1) + lg(a+t) + lg(b+k-t) - lg(a+b+k) - lg(a) - lg(b) + lg(a+b))
		s[x] = int(math.Round(p * 1e12))
	}
	return s
}

// TestDecisionsOfABetaBinomial: where the model is true, its parameters come back
// and the figures are those of two simulated forms; Livingston and Lewis' method
// with KR-21 is Huynh's.
func TestDecisionsOfABetaBinomial(t *testing.T) {
	const n, cut, a, b = 20, 13, 6., 4.
	s := betaBinomial(n, a, b)
	h := standard.Huynh(s, cut)
	rng := rand.New(rand.NewPCG(3, 3))
	const people = 200_000
	alike, passed, right := 0., 0., 0.
	for range people {
		tau := distuv.Beta{Alpha: a, Beta: b, Src: rng}.Rand()
		var score [2]int
		for form := range score {
			for range n {
				if rng.Float64() < tau {
					score[form]++
				}
			}
		}
		if (score[0] >= cut) == (score[1] >= cut) {
			alike++
		}
		if score[0] >= cut {
			passed++
		}
		if (score[0] >= cut) == (tau >= float64(cut)/n) {
			right++
		}
	}
	near(t, "Huynh against two simulated forms", h.Consistent.Value, alike/people, .003)
	near(t, "share that passes", h.Passing.Value, passed/people, .003)
	// KR-21 of a beta-binomial is n/(n + a + b).
	l := standard.LivingstonLewis(s, cut, n/(n+a+b))
	if l.Length != n || l.Shape != "beta by four moments" {
		t.Errorf("effective length %d, %s", l.Length, l.Shape)
	}
	near(t, "Livingston-Lewis is Huynh", l.Consistent.Value, h.Consistent.Value, 1e-5)
	near(t, "kappa", l.Kappa.Value, h.Kappa.Value, 1e-5)
	near(t, "share that passes", l.Passing.Value, h.Passing.Value, 1e-5)
	near(t, "accuracy", l.Accurate.Value, right/people, .003)
	k := standard.Subkoviak(s, cut, n/(n+a+b))
	// It draws people together by r, which is more than their true shares lie.
	near(t, "Subkoviak is near", k.Consistent.Value, h.Consistent.Value, .05)
}

// TestLivingstonLewisBetweenScores: a test of items worth two points each is the test of as many
// points as items. A cut of 26 of its 40 points stands for 25.5, which is 13.25 of the 20 of the
// effective test: three quarters of the people pass by 13, a quarter by 14.
func TestLivingstonLewisBetweenScores(t *testing.T) {
	const n, a, b = 20, 6., 4.
	single := betaBinomial(n, a, b)
	double := make(standard.Scores, 2*n+1)
	for score, people := range single {
		double[2*score] = people
	}
	const r = n / (n + a + b)
	at := func(cut int) float64 { return standard.LivingstonLewis(single, cut, r).Passing.Value }
	got := standard.LivingstonLewis(double, 26, r)
	if got.Length != n {
		t.Fatalf("the effective test has %d items", got.Length)
	}
	near(t, "share that passes with 26", got.Passing.Value, .75*at(13)+.25*at(14), 1e-9)
	near(t, "share that passes with 25", standard.LivingstonLewis(double, 25, r).Passing.Value, .25*at(12)+.75*at(13), 1e-9)
}

// TestSubkoviakByHand: two items, cut 2. With r = 1 and scores 0, 1, 2 the shares
// are 0, 1/2, 1 and pass with 0, 1/4, 1; with r = 0 all have the mean share 1/2.
func TestSubkoviakByHand(t *testing.T) {
	s := standard.Scores{50, 50, 50}
	near(t, "r = 1", standard.Subkoviak(s, 2, 1).Consistent.Value, (1+.0625+.5625+1)/3, 1e-12)
	near(t, "r = 0", standard.Subkoviak(s, 2, 0).Consistent.Value, .0625+.5625, 1e-12)
	near(t, "kappa with r = 0", standard.Subkoviak(s, 2, 0).Kappa.Value, 0, 1e-12)
}

// TestObservedAlwaysHasAnAnswer: any scores, cut and reliability give shares
// between 0 and 1, or a reason.
func TestObservedAlwaysHasAnAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := standard.Scores(rapid.SliceOfN(rapid.IntRange(0, 9), 0, 30).Draw(t, "people"))
		cut, r := rapid.IntRange(-1, 31).Draw(t, "cut"), rapid.Float64Range(-.2, 1.2).Draw(t, "reliability")
		for _, o := range []standard.Observed{standard.Huynh(s, cut), standard.Subkoviak(s, cut, r), standard.LivingstonLewis(s, cut, r)} {
			if !o.Consistent.Known() {
				if o.Consistent.Reason == "" {
					t.Fatalf("%s: no reason", o.Method)
				}
				continue
			}
			for _, v := range []float64{o.Consistent.Value, o.Accurate.Value, o.Passing.Value} {
				if !(v >= -1e-9 && v <= 1+1e-9) {
					t.Fatalf("%s: %+v", o.Method, o)
				}
			}
			if o.Consistent.Value < .5-1e-9 || math.IsNaN(o.Kappa.Value) {
				t.Fatalf("%s: %+v", o.Method, o)
			}
		}
	})
}

func TestOtherPanels(t *testing.T) {
	// Three items of group 0 at .9 and .7, one of group 1 at .5 and .3.
	near(t, "Ebel", standard.Ebel([]int{0, 0, 0, 1}, [][]float64{{.9, .5}, {.7, .3}}).Cut.Value, 3*.8+.4, 1e-12)
	// Of four options two are ruled out, or three: 1/2 and 1.
	near(t, "Nedelsky", standard.Nedelsky([]int{4, 4}, [][]int{{2, 3}, {2, 0}}).Cut.Value, .5+(1+.25)/2, 1e-12)
	items := []irt.Item{irt.FromDifficulty(1, 1, 0), irt.FromDifficulty(1, -1, 0), irt.FromDifficulty(2, 0, .2)}
	cut := standard.Bookmark(items, []int{1, 3}, standard.RP67)
	near(t, "bookmark", cut.Value, (-1+1)/2.+math.Ln2, 1e-12)
	guessed := standard.Bookmark(items, []int{2, 2}, standard.RP67).Value // the item that can be guessed lies between
	near(t, "chance at the mark of an item that can be guessed", items[2].P(guessed), standard.RP67, 1e-12)
	for _, it := range items[:2] {
		near(t, "chance at the mark", it.P(it.B()+math.Ln2), standard.RP67, 1e-12)
	}
	if standard.Ebel([]int{2}, [][]float64{{.5}, {.5}}).Cut.Known() || standard.Nedelsky([]int{2, 2}, [][]int{{2, 0}, {0, 0}}).Cut.Known() || standard.Bookmark(items, []int{0, 1}, .5).Known() || standard.Bookmark(nil, []int{1, 1}, .5).Known() {
		t.Error("a panel that cannot be has a cut")
	}
}

// TestDecisionsOverForms: one form over and over is that form; forms of different difficulty
// with one cut are less consistent across than again.
func TestDecisionsOverForms(t *testing.T) {
	easy, hard := make([]irt.Item, 20), make([]irt.Item, 20)
	for i := range easy {
		easy[i], hard[i] = irt.FromDifficulty(1, float64(i%5-3)/2, 0), irt.FromDifficulty(1, float64(i%5)/2, 0)
	}
	g := irt.Operational()
	same, across := standard.DecisionsOver([]standard.Form{{Items: easy, Cut: 12}, {Items: easy, Cut: 12}}, -.5, g)
	want := standard.Decisions(easy, 12, -.5, g)
	near(t, "consistent", same.Consistent, want.Consistent, 1e-12)
	near(t, "kappa", same.Kappa, want.Kappa, 1e-12)
	near(t, "accurate", same.Accurate, want.Accurate, 1e-12)
	near(t, "across", across, want.Consistent, 1e-12)
	if mixed, across := standard.DecisionsOver([]standard.Form{{Items: easy, Cut: 12}, {Items: hard, Cut: 12}}, 0, g); across > mixed.Consistent-.03 {
		t.Errorf("across unequal forms %.3f of decisions stand, on the same form %.3f", across, mixed.Consistent)
	}
	if none, _ := standard.DecisionsOver(nil, 0, g); none != (standard.Consistency{}) {
		t.Errorf("no forms: %+v", none)
	}
}
