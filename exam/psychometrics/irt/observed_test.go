package irt_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// TestObservedTies: where few abilities are possible, people of one ability are in one bin
// whatever they answered, so that shares are as far from the curve as chance takes them, and
// the order of the people changes nothing.
func TestObservedTies(t *testing.T) {
	items := make([]irt.Item, 6)
	for i := range items {
		items[i] = irt.FromDifficulty(1, float64(i)/2-1.25, 0)
	}
	squares, bins := 0.0, 0.0
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(3, seed))
		m := simulated(items, 180, len(items), rng)
		moved := rearranged(m, rng.Perm(180), identity(len(items)))
		o := irt.Options{Model: irt.OnePL, Tolerance: 1e-9}
		f, g := irt.Estimate(m, o), irt.Estimate(moved, o)
		rest, otherwise := f.RestAbilities(m), g.RestAbilities(moved)
		for i := range items {
			other := g.Observe(otherwise, i, 10)
			observed := f.Observe(rest, i, 10)
			if len(other) != len(observed) {
				t.Fatalf("%d bins, and %d in another order", len(observed), len(other))
			}
			for n, b := range observed {
				if other[n].N != b.N || other[n].Share != b.Share {
					t.Errorf("bin %+v, in another order %+v", b, other[n])
				}
				near(t, "ability in another order", other[n].Theta, b.Theta, 1e-6)
				if n > 0 && b.Theta-observed[n-1].Theta < .1 {
					t.Errorf("bins of about one ability: %+v, %+v", observed[n-1], b)
				}
				squares += math.Pow(b.Share-b.Expected, 2) * float64(b.N) / (b.Expected * (1 - b.Expected))
				bins++
			}
		}
	}
	if mean := squares / bins; mean < .7 || mean > 1.3 {
		t.Errorf("mean square of standardised differences %.2f over %v bins", mean, bins)
	}
}
