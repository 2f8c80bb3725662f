package dif_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// table puts rows of marks together, each for so many people of a group.
type table struct {
	people []responses.Person
	cells  []responses.Cell
	items  int
}

func (b *table) add(group string, count int, marks ...float64) {
	for i, mark := range marks {
		b.cells = append(b.cells, responses.Cell{Person: int32(len(b.people)), Item: int32(i), Mark: mark, Option: responses.NoOption})
	}
	b.people, b.items = append(b.people, responses.Person{ID: fmt.Sprint(len(b.people)), Group: group, Count: count}), len(marks)
}

func (b *table) matrix() *responses.Matrix {
	items := make([]responses.Item, b.items)
	for i := range items {
		items[i] = responses.Item{ID: fmt.Sprint("q", i), Max: 1, Key: responses.NoOption}
	}
	return responses.New(items, b.people, b.cells)
}

// TestByHand: three scores with their fourfold tables written down. At 1 point 30 of the
// reference group are right and 10 wrong, 20 and 20 of the focal; at 2 points 24 and 16, 10 and
// 10; at 0 points everybody is wrong, which says nothing of odds but counts in the mean
// difference, since ten of the focal group are there.
func TestByHand(t *testing.T) {
	var b table
	b.add("r", 30, 1, 0, 0)
	b.add("r", 10, 0, 1, 0)
	b.add("f", 20, 1, 0, 0)
	b.add("f", 20, 0, 1, 0)
	b.add("r", 24, 1, 1, 0)
	b.add("r", 16, 0, 1, 1)
	b.add("f", 10, 1, 1, 0)
	b.add("f", 10, 0, 1, 1)
	b.add("r", 5, 0, 0, 0)
	b.add("f", 10, 0, 0, 0)
	r := dif.Compare(b.matrix(), dif.Comparison{Reference: "r", Focal: "f"})[0]
	near(t, "odds ratio", r.Alpha, (30.*20/80+24.*10/60)/(10.*20/80+16.*10/60), 1e-12)
	near(t, "standardised difference", r.Difference, (40*(20./40-30./40)+20*(10./20-24./40)+0)/70, 1e-12)
	// Variances 40·40·50·30/(80²·79) and 40·20·34·26/(60²·59).
	gap := (30 + 24) - (40*50./80 + 40*34./60) - .5
	near(t, "χ²", r.ChiSquared, gap*gap/(40.*40*50*30/(6400*79)+40.*20*34*26/(3600*59)), 1e-12)
}

// TestTenBins: within each of ten abilities the groups have the same odds, but where one
// group is, the item is easier. In ten bins nothing differs; in fewer it would.
func TestTenBins(t *testing.T) {
	var b table
	for n := range 10 {
		right := float64(n + 1) // of 12, whichever the group
		reference := n + 1      // of 12 of each ability
		focal := 12 - reference
		for group, size := range map[string]int{"r": reference, "f": focal} {
			b.add(group, size*int(right), 1)
			b.add(group, size*(12-int(right)), 0)
		}
	}
	m := b.matrix()
	ability := make([]float64, len(m.Cells()))
	for p := range m.People() {
		ability[p] = float64(p / 4)
	}
	r := dif.Compare(m, dif.Comparison{Reference: "r", Focal: "f", Ability: ability})[0]
	near(t, "odds ratio", r.Alpha, 1, 1e-12)
	near(t, "standardised difference", r.Difference, 0, 1e-12)
}

// TestEnoughPeople: 100 of the focal group and 400 in all give a letter, one less does not.
func TestEnoughPeople(t *testing.T) {
	for _, c := range []struct {
		reference, focal int
		letter           bool
	}{{300, 100, true}, {299, 100, false}, {301, 99, false}, {200, 200, true}} {
		var b table
		for group, n := range map[string]int{"r": c.reference, "f": c.focal} {
			b.add(group, n/2, 1, 0)
			b.add(group, n-n/2, 0, 1)
		}
		r := dif.Compare(b.matrix(), dif.Comparison{Reference: "r", Focal: "f"})[0]
		if (r.ETS != "") != c.letter || (r.Delta.Status == psychometrics.Fine) != c.letter {
			t.Errorf("%d and %d people: letter %q, %s", c.reference, c.focal, r.ETS, r.Delta.Status)
		}
	}
}

// TestCrossing: an item that is flat for one group and steep for the other is no harder
// throughout and differs at some abilities only; one that is harder throughout does not
// differ in that way.
func TestCrossing(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	var b table
	for n := range 2000 {
		theta, group := rng.NormFloat64(), []string{"r", "f"}[n%2]
		marks := make([]float64, 12)
		for i := range marks {
			it := irt.FromDifficulty(1.2, float64(i)/4-1.5, 0)
			switch {
			case i == 0 && group == "f":
				it = irt.FromDifficulty(.2, 0, 0)
			case i == 0:
				it = irt.FromDifficulty(2, 0, 0)
			case i == 1 && group == "f":
				it.D -= .8
			}
			if rng.Float64() < it.P(theta) {
				marks[i] = 1
			}
		}
		b.add(group, 1, marks...)
	}
	results := dif.Compare(b.matrix(), dif.Comparison{Reference: "r", Focal: "f"})
	if r := results[0]; r.NonUniform.P > 1e-6 || r.Uniform.Statistic > 6.6 {
		t.Errorf("the crossing item: throughout %+v, at some abilities %+v", r.Uniform, r.NonUniform)
	}
	if r := results[1]; r.Uniform.P > 1e-6 || r.NonUniform.Statistic > 6.6 {
		t.Errorf("the harder item: throughout %+v, at some abilities %+v", r.Uniform, r.NonUniform)
	}
}
