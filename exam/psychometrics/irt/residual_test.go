package irt_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestLocalDependence: Q3 of LSAT7 by hand from the abilities, and an item copied
// from another is found, on complete and on sparse data.
func TestLocalDependence(t *testing.T) {
	m := reference.LSAT7()
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	var left [2][]float64
	for p, s := range f.Abilities() {
		for i := range left {
			d := -f.Items[i].P(s.Theta)
			if m.Of(p)[i].Mark > 0 {
				d++
			}
			for range m.People()[p].Count {
				left[i] = append(left[i], d)
			}
		}
	}
	d := f.LocalDependence(m)
	if len(d.Pairs) != 10 {
		t.Fatalf("%d pairs", len(d.Pairs))
	}
	for _, pair := range d.Pairs {
		if pair.First == 0 && pair.Second == 1 {
			near(t, "Q3", pair.Q3.Value, correlation(left[0], left[1]), 1e-9)
		}
		if pair.Dependent {
			t.Errorf("pair %d, %d of LSAT7 depends: %+v", pair.First, pair.Second, pair.Q3)
		}
	}

	sparse := reference.Sparse()
	cells := slices.Clone(sparse.Cells())
	marks := make(map[int32]float64)
	for _, c := range cells {
		if c.Item == 0 {
			marks[c.Person] = c.Mark
		}
	}
	for n, c := range cells {
		if mark, both := marks[c.Person]; c.Item == 1 && both {
			cells[n].Mark = mark
		}
	}
	copied := responses.New(sparse.Items(), sparse.People(), cells)
	found := irt.Estimate(copied, irt.Options{Model: irt.TwoPL}).LocalDependence(copied)
	if top := found.Pairs[0]; top.First != 0 || top.Second != 1 || top.Q3.Value < .5 {
		t.Errorf("the copied item is not found: %+v", top)
	}
	if found.Mean.Value > .02 || found.Mean.Value < -.15 {
		t.Errorf("mean of Q3 %v", found.Mean.Value)
	}
	// Rearranged, every pair keeps its figure.
	moved := rearranged(m, rand.New(rand.NewPCG(1, 1)).Perm(32), []int{4, 3, 2, 1, 0})
	pairs := func(m *responses.Matrix) []irt.Pair {
		return irt.Estimate(m, irt.Options{Model: irt.TwoPL, Tolerance: 1e-9}).LocalDependence(m).Pairs
	}
	still := pairs(m)
	for n, pair := range pairs(moved) {
		if want := still[n]; 4-pair.Second != want.First || math.Abs(pair.Q3.Value-want.Q3.Value) > 1e-6 {
			t.Errorf("pair %+v, want %+v", pair, want)
		}
	}
	nothing := responses.New(m.Items(), m.People()[:1], m.Cells()[:5])
	if e := irt.Estimate(nothing, irt.Options{Model: irt.TwoPL}).LocalDependence(nothing).Mean; e.Known() || e.Reason == "" {
		t.Errorf("nothing to say: %+v", e)
	}
}

func correlation(x, y []float64) float64 {
	n, sx, sy, sxy, sxx, syy := float64(len(x)), 0., 0., 0., 0., 0.
	for i := range x {
		sx, sy, sxy, sxx, syy = sx+x[i], sy+y[i], sxy+x[i]*y[i], sxx+x[i]*x[i], syy+y[i]*y[i]
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

// TestPersonFit: people who follow the model are called unusual as often as the
// level says, people who answer backwards nearly always.
func TestPersonFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	items := make([]irt.Item, 30)
	for i := range items {
		items[i] = irt.FromDifficulty(.8+.8*rng.Float64(), float64(i)/7.5-2, 0)
	}
	unusual, mean, squares, n := 0, 0., 0., 0.
	for range 1500 {
		theta := rng.NormFloat64()
		answers := make([]irt.Answer, len(items))
		for i, it := range items {
			answers[i] = irt.Answer{Item: it, Right: rng.Float64() < it.P(theta)}
		}
		f := irt.FitOfPerson(answers)
		if f.Status != psychometrics.Fine {
			continue
		}
		n, mean, squares = n+1, mean+f.LZ, squares+f.LZ*f.LZ
		if f.P < .05 {
			unusual++
		}
	}
	mean /= n
	if share := float64(unusual) / n; share < .035 || share > .065 {
		t.Errorf("%.3f of people who follow the model are unusual at .05", share)
	}
	if sd := math.Sqrt(squares/n - mean*mean); math.Abs(mean) > .15 || sd < .9 || sd > 1.1 {
		t.Errorf("lz* has mean %.3f and SD %.3f", mean, sd)
	}
	backwards := make([]irt.Answer, len(items))
	for i, it := range items {
		backwards[i] = irt.Answer{Item: it, Right: i >= 15}
	}
	if f := irt.FitOfPerson(backwards); f.P > 1e-4 || f.LZ > -3 {
		t.Errorf("backwards: %+v", f)
	}
	for name, answers := range map[string][]irt.Answer{"none": nil, "few": backwards[:3], "all wrong": backwards[:15], "all right": backwards[15:]} {
		if f := irt.FitOfPerson(answers); f.Status != psychometrics.NotDefined || f.Reason == "" || f.LZ != 0 {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// TestAbilityWithoutWhatIsTriedOut: an item that does not count has a curve, and is in
// nobody's ability.
func TestAbilityWithoutWhatIsTriedOut(t *testing.T) {
	m := reference.LSAT7()
	items := slices.Clone(m.Items())
	items[4].Unscored = true
	tried := responses.New(items, m.People(), m.Cells())
	f := irt.Estimate(tried, irt.Options{Model: irt.TwoPL})
	if f.Items[4].Status != psychometrics.Fine {
		t.Fatalf("it has no curve: %+v", f.Items[4])
	}
	rest, all := f.RestAbilities(tried), f.Abilities()
	for p := range m.People() {
		var counting []irt.Answer
		for i, c := range m.Of(p)[:4] {
			counting = append(counting, irt.Answer{Item: f.Items[i].Item, Right: c.Mark > 0})
		}
		want := irt.EAP(counting, f.Grid).Theta
		near(t, "ability", all[p].Theta, want, 1e-12)
		near(t, "ability beside the item", rest[p*5+4], want, 1e-12)
	}
	if of4, of5 := f.Reliability(true).Empirical.Value, irt.Estimate(m, irt.Options{Model: irt.TwoPL}).Reliability(true).Empirical.Value; of4 >= of5 {
		t.Errorf("four items are as reliable (%.3f) as five (%.3f)", of4, of5)
	}
}
