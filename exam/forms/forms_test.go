package forms_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// still is a clock for simulations that nobody times.
func still() time.Time { return time.Time{} }

func simulate(t testing.TB, p *forms.Pool, method forms.Method, n int) forms.Simulation {
	t.Helper()
	s, err := p.Simulate(method, n, 1, nil, still, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCalibrationError: balanced on estimates from 300 answers an item, judged by
// the truth, forms differ by what the errors leave and the pool predicts.
func TestCalibrationError(t *testing.T) {
	items, cells := forms.Sample(1000, 60, 1)
	rng := rand.New(rand.NewPCG(3, 3))
	truth, estimated := make([]forms.Unit, len(items)), make([]forms.Unit, len(items))
	for i, it := range items {
		truth[i] = forms.NewUnit(0, -1, it)
		// Errors of intercept and slope from 300 people of N(0, 1).
		a, d, sa, sd, cov := it.Item.A, it.Item.D, 0.0, 0.0, 0.0
		{
			var aa, ad, dd float64
			g := irt.Operational()
			for k, theta := range g.Points {
				p := it.Item.P(theta)
				w := 300 * g.Weights[k] * p * (1 - p)
				aa, ad, dd = aa+w*theta*theta, ad+w*theta, dd+w
			}
			det := aa*dd - ad*ad
			sa, sd, cov = math.Sqrt(dd/det), math.Sqrt(aa/det), -ad/det
		}
		z1, z2 := rng.NormFloat64(), rng.NormFloat64()
		r := cov / (sa * sd)
		guess := it
		guess.Item = irt.Item{A: a + sa*z1, D: d + sd*(r*z1+math.Sqrt(1-r*r)*z2)}
		p := guess.Item.P(0)
		guess.Variance = math.Pow(p*(1-p)*sd, 2)
		estimated[i] = forms.NewUnit(0, -1, guess)
	}
	p, err := forms.Compile(cells, nil, estimated)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Simulate(forms.Balanced, 4000, 1, truth, still, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Expected.SD > .27 {
		t.Errorf("true SD at the cut %.3f, limit .27", s.Expected.SD)
	}
	if ratio := s.Expected.SD / s.ParameterSD; ratio < .8 || ratio > 1.25 {
		t.Errorf("true SD %.3f, predicted %.3f", s.Expected.SD, s.ParameterSD)
	}
}

// TestToleranceFollowsTheErrors: forms are balanced to a fifth of what the errors of the
// parameters leave, never closer than .023 points and never further than .08: closer would spend
// trials and exposure on noise.
func TestToleranceFollowsTheErrors(t *testing.T) {
	for _, c := range []struct{ errors, want float64 }{{0, .023}, {.245, .049}, {1.2, .08}} {
		items, cells := forms.Sample(1000, 60, 1)
		units := make([]forms.Unit, len(items))
		for i, it := range items {
			it.Variance = c.errors * c.errors / 60
			units[i] = forms.NewUnit(0, -1, it)
		}
		p, err := forms.Compile(cells, nil, units)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ParameterSD(); math.Abs(got-c.errors) > 1e-9 {
			t.Errorf("errors leave %v points, want %v", got, c.errors)
		}
		if s := simulate(t, p, forms.Balanced, 2000); math.Abs(s.Expected.SD/c.want-1) > .2 {
			t.Errorf("errors of %v points: forms differ by %.4f, want about %.3f", c.errors, s.Expected.SD, c.want)
		}
	}
}

// genPool draws small pools with testlets, enemies and unscored cells.
func genPool(t *rapid.T) (*forms.Pool, []forms.Unit, []forms.Cell) {
	cells := make([]forms.Cell, rapid.IntRange(1, 4).Draw(t, "cells"))
	var units []forms.Unit
	item := func(cell int) forms.Calibrated {
		return forms.Calibrated{Cell: cell, Item: irt.FromDifficulty(rapid.Float64Range(.3, 2).Draw(t, "a"), rapid.Float64Range(-3, 3).Draw(t, "b"), 0)}
	}
	for c := range cells {
		cells[c].Count = rapid.IntRange(2, 5).Draw(t, "count")
		cells[c].Unscored = c > 0 && rapid.IntRange(0, 4).Draw(t, "unscored") == 0
		for range cells[c].Count + rapid.IntRange(4, 12).Draw(t, "spare") {
			units = append(units, forms.NewUnit(0, -1, item(c)))
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "enemies") {
		a, b := rapid.IntRange(0, len(units)-1).Draw(t, "a"), rapid.IntRange(0, len(units)-1).Draw(t, "b")
		if a != b {
			units[a].Enemies = append(units[a].Enemies, b)
		}
	}
	quotas := []forms.Quota{{Mean: rapid.Float64Range(0, 1).Draw(t, "testlets")}}
	for range 3 {
		units = append(units, forms.NewUnit(0, 0, item(0), item(0)))
	}
	p, err := forms.Compile(cells, quotas, units)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return p, units, cells
}

func genStream(t *rapid.T) func() *rand.Rand {
	var key [32]byte
	copy(key[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
	return func() *rand.Rand { return rand.New(rand.NewChaCha8(key)) }
}

func TestInvariants1To4(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, units, cells := genPool(t)
		stream := genStream(t)
		used := make([]float64, len(units))
		seen := make([]int, len(units))
		for u := range units {
			used[u] = rapid.Float64Range(0, 5).Draw(t, "used")
			seen[u] = rapid.IntRange(0, 2).Draw(t, "seen")
		}
		r := forms.Request{Exposure: p.NewExposure(used)}
		history := rapid.Bool().Draw(t, "history")
		if history {
			r.Seen = seen
		}
		d := p.NewDrawer()
		f, ok := d.Draw(stream(), r)
		if !ok {
			t.Skip("enemies leave no form")
		}
		form := slices.Clone(f.Units)
		levels, err := p.Unpack(d.Consulted())
		if err != nil {
			t.Fatal(err)
		}

		// 1: another drawer, the levels in place of the counts.
		again, ok := p.NewDrawer().Draw(stream(), forms.Request{Levels: levels, Seen: r.Seen})
		if !ok || !slices.Equal(again.Units, form) || again.Certificate != f.Certificate {
			t.Fatalf("drawn again: %v, want %v", again.Units, form)
		}

		// 2: counts, no repeats, no enemies.
		left := make([]int, len(cells))
		for c := range cells {
			left[c] = cells[c].Count
		}
		sums := forms.Stats{}
		for n, u := range form {
			if slices.Contains(form[:n], u) {
				t.Fatalf("unit %d twice", u)
			}
			for _, c := range units[u].Cells {
				left[c]--
			}
			for _, e := range units[u].Enemies {
				if slices.Contains(form, e) {
					t.Fatalf("enemies %d and %d", u, e)
				}
			}
			if !cells[units[u].Cells[0]].Unscored {
				for s := range sums {
					sums[s] += units[u].Stats[s]
				}
			}
		}
		if slices.ContainsFunc(left, func(n int) bool { return n != 0 }) {
			t.Fatalf("cells are off by %v", left)
		}

		// 4: the certificate, and that its score at the cut is the sum of the items' chances.
		chances := 0.0
		for _, u := range form {
			for n, p := range units[u].Chances {
				if !cells[units[u].Cells[n]].Unscored {
					chances += p
				}
			}
		}
		if math.Abs(chances-f.Certificate.Sums[1]) > 1e-9 {
			t.Fatalf("certificate %v, the chances sum to %v", f.Certificate.Sums[1], chances)
		}
		for s := range sums {
			if math.Abs(sums[s]-f.Certificate.Sums[s]) > 1e-9 {
				t.Fatalf("certificate %v, the form sums to %v", f.Certificate.Sums, sums)
			}
		}

		// 3: no single item of a cell that was seen less is left for one seen more,
		// enemies aside.
		if !history {
			return
		}
		for _, u := range form {
			for v, other := range units {
				if units[u].Quota >= 0 || other.Quota >= 0 || other.Cells[0] != units[u].Cells[0] || slices.Contains(form, v) || seen[v] >= seen[u] {
					continue
				}
				if !hasEnemyIn(units, form, v) {
					t.Fatalf("unit %d, seen %d times, is in the form; unit %d, seen %d times, is not", u, seen[u], v, seen[v])
				}
			}
		}
	})
}

func hasEnemyIn(units []forms.Unit, form []int, v int) bool {
	for _, u := range form {
		if slices.Contains(units[u].Enemies, v) || slices.Contains(units[v].Enemies, u) {
			return true
		}
	}
	return false
}

func TestPinned(t *testing.T) {
	p, err := forms.SamplePool(300, 40, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := p.NewDrawer()
	for n := range 50 {
		f, ok := d.Draw(rand.New(rand.NewPCG(uint64(n), 1)), forms.Request{Pinned: []int{3, 200}})
		if !ok || !slices.Contains(f.Units, 3) || !slices.Contains(f.Units, 200) || len(f.Units) != 40 {
			t.Fatalf("form %v without its pinned items", f.Units)
		}
	}
}

// TestEveryFormIsAnother: 10,000 draws from 1,000 items are 10,000 forms.
func TestEveryFormIsAnother(t *testing.T) {
	p, err := forms.SamplePool(1000, 60, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, e := p.NewDrawer(), p.NewExposure(nil)
	known := make(map[string]bool)
	for n := range drawn {
		f, ok := d.Draw(rand.New(rand.NewPCG(uint64(n), 3)), forms.Request{Exposure: e})
		if !ok {
			t.Fatal("no form")
		}
		e.Add(f.Units)
		known[fmt.Sprint(slices.Sorted(slices.Values(f.Units)))] = true
	}
	if len(known) != drawn {
		t.Errorf("%d different forms of %d", len(known), drawn)
	}
}

// TestRetakes shares nothing with the form before, while there are enough items.
func TestRetakes(t *testing.T) {
	p, err := forms.SamplePool(1000, 60, 2)
	if err != nil {
		t.Fatal(err)
	}
	d, e := p.NewDrawer(), p.NewExposure(nil)
	for n := range 500 {
		first, ok := d.Draw(rand.New(rand.NewPCG(uint64(n), 1)), forms.Request{Exposure: e})
		if !ok {
			t.Fatal("no form")
		}
		e.Add(first.Units)
		seen := make([]int, p.Units())
		for _, u := range first.Units {
			seen[u] = 1
		}
		second, ok := d.Draw(rand.New(rand.NewPCG(uint64(n), 2)), forms.Request{Exposure: e, Seen: seen})
		if c := second.Certificate; !ok || math.Abs(c.Sums[1]-c.Target[1]) > .15 {
			t.Fatalf("retake: %v %+v", ok, second.Certificate)
		}
		e.Add(second.Units)
		for _, u := range second.Units {
			if seen[u] > 0 {
				t.Fatalf("unit %d again", u)
			}
		}
	}
}

// TestUnscoredItemsTakeTurns: slots for trying items out use all of them alike.
func TestUnscoredItemsTakeTurns(t *testing.T) {
	var units []forms.Unit
	for i := range 60 {
		units = append(units, forms.NewUnit(0, -1, forms.Calibrated{Cell: i / 40, Item: irt.FromDifficulty(1, float64(i%7-3)/2, 0)}))
	}
	p, err := forms.Compile([]forms.Cell{{Count: 10}, {Count: 3, Unscored: true}}, nil, units)
	if err != nil {
		t.Fatal(err)
	}
	d, e := p.NewDrawer(), p.NewExposure(nil)
	for n := range 200 {
		f, _ := d.Draw(rand.New(rand.NewPCG(uint64(n), 1)), forms.Request{Exposure: e})
		e.Add(f.Units)
	}
	for u := 40; u < 60; u++ {
		if got := e.Used(u); got < 29 || got > 31 {
			t.Errorf("unscored item %d was used %v times of 30", u, got)
		}
	}
}

func TestCompileSaysWhatIsMissing(t *testing.T) {
	unit := forms.NewUnit(0, -1, forms.Calibrated{Item: irt.FromDifficulty(1, 0, 0)})
	if _, err := forms.Compile([]forms.Cell{{Count: 2}}, nil, []forms.Unit{unit}); err == nil {
		t.Error("one item fills a cell of two")
	}
	if _, err := forms.Compile([]forms.Cell{{Count: 1}}, []forms.Quota{{Mean: 1}}, []forms.Unit{unit}); err == nil {
		t.Error("no testlet fills a quota of one")
	}
}
