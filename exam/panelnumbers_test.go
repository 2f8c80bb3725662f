package exam

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func within(t interface{ Errorf(string, ...any) }, what string, got, want, tolerance float64) {
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

// TestCutsAndAbilities: standard errors go from judges' shares to abilities and from those to
// shares of the whole bank by the slope of the curves; forms' cuts one standard error to each side
// are those of the mean form.
func TestCutsAndAbilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, _ := genForm(t)
		items := plan.spread(0)
		p := Panel{ID: "panel", Items: items}
		base := rapid.IntRange(40, 60).Draw(t, "rating")
		for j := range 4 {
			v := Vote{Ratings: make([]int, len(items))}
			for i := range v.Ratings {
				v.Ratings[i] = base + j%2
			}
			p.Votes = append(p.Votes, v)
		}
		o, err := p.conclude(plan, nil, nil)
		if err != nil {
			t.Skip("enemies and testlets leave no form")
		}
		m := o.Methods[ByAngoff]
		const h = 1e-4
		slope := (plan.share(m.Theta.Value+h) - plan.share(m.Theta.Value-h)) / (2 * h)
		within(t, "the judges' SD", o.JudgeSD, .01/math.Sqrt(3), 1e-9)
		within(t, "share at the ability", m.Cut.Value, plan.share(m.Theta.Value), 1e-12)
		within(t, "its standard error over slope and ability's", m.Cut.SE/(slope*m.Theta.SE), 1, 1e-3)
		back := plan.abilityOf(Finding{Value: m.Cut.Value, SE: m.Cut.SE, N: 4, Status: "fine"})
		within(t, "ability of the share", back.Value, m.Theta.Value, 1e-9)
		within(t, "its standard error", back.SE/m.Theta.SE, 1, 1e-3)
		n := float64(m.Forms.Length)
		within(t, "a cut one standard error below", m.Forms.LowSE, n*plan.share(m.Theta.Value-m.Theta.SE), 1e-9)
		within(t, "and above", m.Forms.HighSE, n*plan.share(m.Theta.Value+m.Theta.SE), 1e-9)
	})
}

// TestAgreementOfEnoughAnswers: real difficulty speaks from 20 answers on.
func TestAgreementOfEnoughAnswers(t *testing.T) {
	p := Panel{Facts: []ItemFact{{N: 20, P: .2}, {N: 40, P: .5}, {N: 90, P: .8}, {N: 19, P: .1}}}
	if f := p.agreement([]float64{.3, .5, .7, .9}); f.N != 3 {
		t.Errorf("the agreement: %+v", f)
	} else {
		within(t, "of three items on a line", f.Value, 1, 1e-12)
	}
	p.Facts[0].N = 19
	if f := p.agreement([]float64{.3, .5, .7, .9}); f.Known() || f.Reason == "" {
		t.Errorf("of two items: %+v", f)
	}
}

// TestHowFarAbilitiesReach: a share that is expected at 4 logits is an ability, one beyond 6 is none.
func TestHowFarAbilitiesReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, _ := genForm(t)
		at := func(theta float64) Finding {
			return plan.abilityOf(Finding{Value: plan.share(theta), N: 5, Status: "fine"})
		}
		for _, theta := range []float64{-4, 4} {
			if f := at(theta); !f.Known() || math.Abs(f.Value-theta) > 1e-6 {
				t.Errorf("the share at %v is that of %+v", theta, f)
			}
		}
		for _, theta := range []float64{-8, 8} {
			if f := at(theta); f.Known() || f.Reason == "" {
				t.Errorf("the share at %v is that of %+v", theta, f)
			}
		}
	})
}

// TestSpreadOfRatedItems: n items stand evenly among all that are scored, from the first on.
func TestSpreadOfRatedItems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan, _ := genForm(t)
		all := plan.spread(0)
		n := rapid.IntRange(1, len(all)).Draw(t, "rated")
		some := plan.spread(n)
		if len(some) != n {
			t.Fatalf("%d items, want %d", len(some), n)
		}
		before := -1
		for k, ref := range some {
			at := slices.Index(all, ref)
			if gap := at - before; k > 0 && (gap < len(all)/n || gap > (len(all)+n-1)/n) || k == 0 && at != 0 {
				t.Fatalf("item %d of %d stands at %d of %d after %d", k, n, at, len(all), before)
			}
			before = at
		}
	})
}
