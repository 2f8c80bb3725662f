package dif_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestPurifiedByAbility: where a quarter of the items is made much harder for one group, its
// people seem less able, and all other items seem to favour them; left out of
// ability, what was found makes the others look as they are. Everybody answered
// three quarters of the items.
func TestPurifiedByAbility(t *testing.T) {
	m := reference.Choices("true_key")
	rng := rand.New(rand.NewPCG(4, 4))
	spoilt := []int{0, 3, 7, 9, 11}
	var cells []responses.Cell
	for _, c := range m.Cells() {
		if slices.Contains(spoilt, int(c.Item)) && m.People()[c.Person].Group == "1" && rng.Float64() < .5 {
			c.Mark = 0
		}
		if (c.Person+c.Item)%4 != 0 {
			cells = append(cells, c)
		}
	}
	sparse := responses.New(m.Items(), m.People(), cells)
	fit := irt.Estimate(sparse, irt.Options{Model: irt.TwoPL, Prior: irt.Weak})
	rounds := 0
	// 375 answers an item are fewer than letters are given for: as many people again, twice.
	people := slices.Clone(sparse.People())
	for p := range people {
		people[p].Count = 2
	}
	sparse = responses.New(sparse.Items(), people, sparse.Cells())
	plain, purified := dif.PurifiedByAbility(sparse, dif.Sides(sparse, "0", "1"), func(out []bool) []float64 {
		rounds++
		return fit.RestAbilitiesWithout(sparse, out)
	})
	before, after, n := 0.0, 0.0, 0.0
	for i := range plain {
		switch {
		case slices.Contains(spoilt, i):
			if purified[i].ETS != dif.C {
				t.Errorf("%s was spoilt, and has the letter %s", purified[i].Item, purified[i].ETS)
			}
		case i != 6 && i != 12: // these two differ in the set itself
			before, after, n = before+plain[i].Delta.Value, after+purified[i].Delta.Value, n+1
		}
	}
	if before, after = before/n, after/n; before < .4 || after > before/2 {
		t.Errorf("the other items have a mean Δ of %.3f, purified %.3f", before, after)
	}
	if rounds < 2 || rounds > 20 {
		t.Errorf("%d rounds", rounds)
	}
}

// TestWhatPurifyingLeavesOut: items of class B as well as C, those of the round before, and nothing at
// first.
func TestWhatPurifyingLeavesOut(t *testing.T) {
	m := reference.Choices("true_key")
	fit := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	var rounds [][]bool
	plain, _ := dif.PurifiedByAbility(m, dif.Sides(m, "0", "1"), func(out []bool) []float64 {
		rounds = append(rounds, slices.Clone(out))
		return fit.RestAbilitiesWithout(m, out)
	})
	letters := make(map[dif.Letter]int)
	for i, r := range plain {
		letters[r.ETS]++
		if left := r.ETS == dif.B || r.ETS == dif.C; rounds[0][i] || rounds[1][i] != left {
			t.Errorf("%s of class %s is left out: %v at first, %v then", r.Item, r.ETS, rounds[0][i], rounds[1][i])
		}
	}
	if letters[dif.B] == 0 || letters[dif.C] == 0 {
		t.Errorf("classes %v: nothing is shown", letters)
	}
}
