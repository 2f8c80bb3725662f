package ctt_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestItemsThatAreTriedOut: figures of the test are those without them, and they are
// held against the whole score of the people who were presented with them.
func TestItemsThatAreTriedOut(t *testing.T) {
	m := reference.LSAT7()
	items := append(slices.Clone(m.Items()), responses.Item{ID: "new", Max: 1, Options: []string{"a", "b"}, Key: 0, Unscored: true})
	cells := slices.Clone(m.Cells())
	var x, y []float64 // marks and scores of who had it
	for p, person := range m.People() {
		if p%3 == 0 {
			continue
		}
		score := 0.0
		for _, c := range m.Of(p) {
			score += c.Mark
		}
		c := responses.Cell{Person: int32(p), Item: 5, Option: int16(p % 2), Mark: float64(1 - p%2)}
		cells = append(cells, c)
		for range person.Count {
			x, y = append(x, c.Mark), append(y, score)
		}
	}
	tried := responses.New(items, m.People(), cells)
	want, got := ctt.Analyse(m, ctt.Options{}), ctt.Analyse(tried, ctt.Options{})
	near(t, "alpha", got.Alpha, want.Alpha.Value, 1e-12)
	near(t, "SEM", got.SEM, want.SEM.Value, 1e-12)
	near(t, "KR-21", got.KR21, want.KR21.Value, 1e-12)
	near(t, "standardised alpha", got.Standardised, want.Standardised.Value, 1e-12)
	near(t, "mean", got.Mean, 3.707, 1e-12)
	for i, it := range want.Items {
		near(t, it.ID+" rest", got.Items[i].Rest, it.Rest.Value, 1e-12)
		near(t, it.ID+" alpha without", got.Items[i].AlphaWithout, it.AlphaWithout.Value, 1e-12)
		near(t, it.ID+" upper less lower", got.Items[i].UpperLower, it.UpperLower.Value, 1e-12)
		near(t, it.ID+" weight", got.Items[i].Moodle.EffectiveWeight, it.Moodle.EffectiveWeight.Value, 1e-9)
	}
	last := got.Items[5]
	near(t, "the new item's rest", last.Rest, correlate(x, y), 1e-12)
	near(t, "its key's", last.Options[0].Rest, correlate(x, y), 1e-12)
	if last.N != len(x) || last.AlphaWithout.Known() || last.Total.Known() || math.Abs(last.UpperLower.Value) > 1 {
		t.Errorf("the new item: %+v", last)
	}
}

func correlate(x, y []float64) float64 {
	n, sx, sy, sxx, syy, sxy := float64(len(x)), 0., 0., 0., 0., 0.
	for i := range x {
		sx, sy, sxx, syy, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], syy+y[i]*y[i], sxy+x[i]*y[i]
	}
	return (n*sxy - sx*sy) / math.Sqrt((n*sxx-sx*sx)*(n*syy-sy*sy))
}

// TestFacilityStaysAShare: the interval of 1 of 10 is Wilson's, by
// hand, and none leaves 0 to 1.
func TestFacilityStaysAShare(t *testing.T) {
	for right, want := range map[int][2]float64{0: {0, .2775}, 1: {.0179, .4042}, 10: {.7225, 1}} {
		people, cells := make([]responses.Person, 10), []responses.Cell{}
		for p := range people {
			people[p].Count = 1
			cells = append(cells, responses.Cell{Person: int32(p), Option: -1, Mark: float64(min(1, max(0, right-p)))})
		}
		f := ctt.Analyse(responses.New([]responses.Item{{ID: "i", Max: 1, Key: -1}}, people, cells), ctt.Options{}).Items[0].Facility
		if math.Abs(f.Low-want[0]) > 5e-5 || math.Abs(f.High-want[1]) > 5e-5 {
			t.Errorf("%d of 10 lie in %.4f to %.4f, want %v", right, f.Low, f.High, want)
		}
	}
}

// TestPolyserial: marks in four steps of a normal variable that correlates .6 with what the
// rest of the test measures.
func TestPolyserial(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	people, cells := make([]responses.Person, 40_000), []responses.Cell(nil)
	for p := range people {
		people[p].Count = 1
		score := rng.NormFloat64()
		behind, mark := .6*score+.8*rng.NormFloat64(), 0.0
		for _, threshold := range []float64{-1, .2, .9} {
			if behind > threshold {
				mark += .001 // too little to change the total
			}
		}
		cells = append(cells, responses.Cell{Person: int32(p), Option: -1, Mark: mark}, responses.Cell{Person: int32(p), Item: 1, Option: -1, Mark: math.Round(score*1000)/1000 + 10})
	}
	items := []responses.Item{{ID: "steps", Max: .003, Key: -1}, {ID: "rest", Max: 20, Key: -1}}
	r := ctt.Analyse(responses.New(items, people, cells), ctt.Options{})
	near(t, "polyserial", r.Items[0].Biserial, .6, .015)
	if r.Items[1].Biserial.Known() {
		t.Error("a polyserial correlation of thousands of marks")
	}
}
