package irt_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestInvariant1AnyNumberOfProcessors wants the same bits from one processor and
// from several.
func TestInvariant1AnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	m := reference.Sparse()
	type outcome struct {
		logLik    float64
		items     []irt.ItemFit
		abilities []irt.Score
		fits      []irt.FitTest
	}
	compute := func() outcome {
		f := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
		return outcome{f.LogLikelihood, f.Items, f.Abilities(), f.PlausibleFit(1)}
	}
	one := compute()
	for _, n := range []int{2, 3, 8} {
		runtime.GOMAXPROCS(n)
		other := compute()
		if one.logLik != other.logLik || !slices.Equal(one.items, other.items) || !slices.Equal(one.abilities, other.abilities) || !slices.Equal(one.fits, other.fits) {
			t.Errorf("%d processors give another result", n)
		}
	}
}

// rearranged is the same data with people and items in another order.
func rearranged(m *responses.Matrix, people, items []int) *responses.Matrix {
	newPeople, newItems := make([]responses.Person, len(people)), make([]responses.Item, len(items))
	for to, from := range people {
		newPeople[to] = m.People()[from]
	}
	place := make([]int32, len(items))
	for to, from := range items {
		newItems[to], place[from] = m.Items()[from], int32(to)
	}
	var cells []responses.Cell
	for to, from := range people {
		for _, c := range m.Of(from) {
			c.Person, c.Item = int32(to), place[c.Item]
			cells = append(cells, c)
		}
	}
	return responses.New(newItems, newPeople, cells)
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func TestOrderChangesNothing(t *testing.T) {
	m := reference.LSAT7()
	want := exact(m, irt.TwoPL)
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.Permutation(identity(5)).Draw(t, "items")
		got := exact(rearranged(m, rapid.Permutation(identity(32)).Draw(t, "people"), items), irt.TwoPL)
		if math.Abs(got.LogLikelihood-want.LogLikelihood) > 1e-8 {
			t.Fatalf("logLik %v, want %v", got.LogLikelihood, want.LogLikelihood)
		}
		for to, from := range items {
			if math.Abs(got.Items[to].A-want.Items[from].A) > 1e-6 || math.Abs(got.Items[to].D-want.Items[from].D) > 1e-6 {
				t.Fatalf("item %d: %+v, want %+v", from, got.Items[to].Item, want.Items[from].Item)
			}
		}
	})
}

// TestTwiceThePeople leaves parameters and doubles the log-likelihood.
func TestTwiceThePeople(t *testing.T) {
	for _, m := range []*responses.Matrix{reference.LSAT6(), reference.LSAT7()} {
		people := slices.Clone(m.People())
		for p := range people {
			people[p].Count *= 2
		}
		one, two := exact(m, irt.TwoPL), exact(responses.New(m.Items(), people, m.Cells()), irt.TwoPL)
		near(t, "logLik", two.LogLikelihood, 2*one.LogLikelihood, 1e-6)
		for i := range one.Items {
			near(t, "a", two.Items[i].A, one.Items[i].A, 1e-7)
			near(t, "b", two.Items[i].B(), one.Items[i].B(), 1e-6)
			near(t, "SE(a)", two.Items[i].SEA, one.Items[i].SEA/math.Sqrt2, 1e-5)
		}
	}
}

// TestRowByRow: 9,000 people, more than are taken at a time, are the same as rows that stand
// for as many.
func TestRowByRow(t *testing.T) {
	m := reference.LSAT7()
	people := slices.Clone(m.People())
	var rows []responses.Person
	var cells []responses.Cell
	for p := range people {
		people[p].Count *= 9
		for range people[p].Count {
			for _, c := range m.Of(p) {
				c.Person = int32(len(rows))
				cells = append(cells, c)
			}
			rows = append(rows, responses.Person{Count: 1})
		}
	}
	many := responses.New(m.Items(), rows, cells)
	for _, model := range []irt.Model{irt.OnePL, irt.TwoPL, irt.ThreePL} {
		o := irt.Options{Model: model, Prior: irt.Weak, Tolerance: 1e-9}
		few, all := irt.Estimate(responses.New(m.Items(), people, m.Cells()), o), irt.Estimate(many, o)
		for i, want := range few.Items {
			got := all.Items[i]
			near(t, string(model)+" a", got.A, want.A, 1e-6)
			for _, se := range [][2]float64{{got.SEA, want.SEA}, {got.SED, want.SED}, {got.SEC, want.SEC}} {
				if want.SEA == 0 || math.Abs(se[0]-se[1]) > 1e-6 {
					t.Errorf("%s, item %d: errors %v %v %v, want %v %v %v", model, i, got.SEA, got.SED, got.SEC, want.SEA, want.SED, want.SEC)
				}
			}
		}
	}
}

func genItems(t *rapid.T) []irt.Item {
	items := make([]irt.Item, rapid.IntRange(1, 30).Draw(t, "items"))
	for i := range items {
		items[i] = irt.FromDifficulty(rapid.Float64Range(.2, 3).Draw(t, "a"), rapid.Float64Range(-4, 4).Draw(t, "b"), rapid.Float64Range(0, .35).Draw(t, "c"))
	}
	return items
}

// TestInvariants2And3 wants finite abilities for every pattern, and more for one
// more right answer.
func TestInvariants2And3Scoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := genItems(t)
		answers := make([]irt.Answer, len(items))
		for i, it := range items {
			answers[i] = irt.Answer{Item: it, Right: rapid.Bool().Draw(t, "right")}
		}
		at := rapid.IntRange(0, len(items)-1).Draw(t, "item")
		answers[at].Right = false
		wrong := irt.EAP(answers, irt.Operational())
		answers[at].Right = true
		right := irt.EAP(answers, irt.Operational())
		if !(right.Theta > wrong.Theta) || math.IsNaN(wrong.SE) {
			t.Fatalf("EAP %v when wrong, %v when right", wrong, right)
		}
		whole := slices.Clone(answers)
		before, added := irt.EAP(whole, irt.Operational()), irt.FromDifficulty(rapid.Float64Range(.2, 3).Draw(t, "a"), rapid.Float64Range(-4, 4).Draw(t, "b"), 0)
		more, less := irt.EAP(append(whole, irt.Answer{Item: added, Right: true}), irt.Operational()), irt.EAP(append(whole, irt.Answer{Item: added}), irt.Operational())
		if !(less.Theta < before.Theta && before.Theta < more.Theta) {
			t.Fatalf("EAP %v with one more wrong answer, %v without, %v with one more right one", less, before, more)
		}
		for _, all := range []bool{true, false} {
			for i := range answers {
				answers[i].Right = all
			}
			if s := irt.EAP(answers, irt.Operational()); math.IsNaN(s.Theta) || math.IsInf(s.Theta, 0) || !(s.SE > 0) {
				t.Fatalf("EAP of all %v, guessing allowed: %+v", all, s)
			}
			if s := irt.WLE(answers); math.IsNaN(s.Theta) || math.IsInf(s.Theta, 0) {
				t.Fatalf("WLE of all %v, guessing allowed: %+v", all, s)
			}
			for i := range answers {
				answers[i].Item.C = 0
			}
			if s := irt.WLE(answers); !s.Defined || math.IsInf(s.Theta, 0) {
				t.Fatalf("WLE of all %v: %+v", all, s)
			}
			if s := irt.EAP(answers, irt.Operational()); math.IsNaN(s.Theta) || math.IsInf(s.Theta, 0) {
				t.Fatalf("EAP of all %v: %+v", all, s)
			}
			if irt.ML(answers).Defined {
				t.Fatal("all right, or all wrong, has a maximum")
			}
		}
	})
}

func TestScoreDistributionIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := genItems(t)
		theta := rapid.Float64Range(-4, 4).Draw(t, "theta")
		p := make([]float64, len(items))
		for i, it := range items {
			p[i] = it.P(theta)
		}
		sum, mean := 0.0, 0.0
		for s, f := range irt.ScoreDistribution(p) {
			sum, mean = sum+f, mean+f*float64(s)
		}
		if math.Abs(sum-1) > 1e-12 || math.Abs(mean-irt.Expected(items, theta)) > 1e-9 {
			t.Fatalf("sums to %v with mean %v, the curve says %v", sum, mean, irt.Expected(items, theta))
		}
		// By its height, not by the ability: where the curve is flat, many abilities
		// have the same expected score.
		again, ok := irt.Ability(items, irt.Expected(items, theta))
		if height := irt.Expected(items, again); !ok || math.Abs(height-irt.Expected(items, theta)) > 1e-8 {
			t.Fatalf("the curve inverts to %v with %v, want %v with %v", again, height, theta, irt.Expected(items, theta))
		}
	})
}

// simulated draws people from a normal population who each answer some of the
// items.
func simulated(items []irt.Item, people, each int, rng *rand.Rand) *responses.Matrix {
	columns := make([]responses.Item, len(items))
	for i := range columns {
		columns[i] = responses.Item{ID: string(rune('a' + i%26)), Max: 1, Key: responses.NoOption}
	}
	rows := make([]responses.Person, people)
	var cells []responses.Cell
	for p := range rows {
		rows[p].Count = 1
		theta := rng.NormFloat64()
		picked := rng.Perm(len(items))[:each]
		slices.Sort(picked)
		for _, i := range picked {
			c := responses.Cell{Person: int32(p), Item: int32(i), Option: responses.NoOption}
			if rng.Float64() < items[i].P(theta) {
				c.Mark = 1
			}
			cells = append(cells, c)
		}
	}
	return responses.New(columns, rows, cells)
}

// TestRecovery: parameters come back from simulated answers, in a smaller bank
// than the benchmark's, at the errors that 600 answers an item leave.
func TestRecovery(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine over many answers")
	}
	rng := rand.New(rand.NewPCG(7, 7))
	truth := make([]irt.Item, 100)
	for i := range truth {
		truth[i] = irt.FromDifficulty(.95*math.Exp(.3*rng.NormFloat64()), rng.NormFloat64(), 0)
	}
	m := simulated(truth, 3000, 20, rng)
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL, Prior: irt.Weak})
	a, p, z := 0.0, 0.0, 0.0
	for i, it := range f.Items {
		a += (it.A - truth[i].A) * (it.A - truth[i].A)
		p += math.Pow(it.P(0)-truth[i].P(0), 2)
		z += math.Pow((it.P(0)-truth[i].P(0))/it.SEOfP(0), 2)
	}
	if rmse := math.Sqrt(a / 100); rmse > .16 {
		t.Errorf("slopes come back with error %.3f", rmse)
	}
	if rmse := math.Sqrt(p / 100); rmse > .025 {
		t.Errorf("P at the cut comes back with error %.4f", rmse)
	}
	if ratio := math.Sqrt(z / 100); ratio < .8 || ratio > 1.2 {
		t.Errorf("errors of P are %.2f times what the standard errors say", ratio)
	}
	// The fit test rejects about 5 in 100 items that fit, and its statistic is as large as its
	// degrees of freedom: ten bins less two parameters, since 600 people fill ten bins.
	rejected, statistic := 0, 0.0
	for _, test := range f.PlausibleFit(1) {
		if test.P < .05 {
			rejected++
		}
		if test.DF != 8 {
			t.Errorf("%d degrees of freedom, want 8", test.DF)
		}
		statistic += test.Statistic / 8 / 100
	}
	if rejected > 12 || math.Abs(statistic-1) > .2 {
		t.Errorf("%d of 100 items that fit are rejected; the statistic is %.2f of its degrees of freedom", rejected, statistic)
	}
	// Few people make fewer bins, of five at least.
	for people, df := range map[int]int{60: 8, 40: 6, 27: 3} {
		few := irt.Estimate(simulated(truth[:4], people, 4, rng), irt.Options{Model: irt.TwoPL, Prior: irt.Weak})
		if got := few.PlausibleFit(1)[0].DF; got != df {
			t.Errorf("%d people: %d degrees of freedom, want %d", people, got, df)
		}
	}
}

// TestRecoveryOfABank holds a bank's calibration to 1.15 times the errors that a
// prototype left: .188 for b, .133 for a, .022 for the chance at ability 0.
func TestRecoveryOfABank(t *testing.T) {
	if testing.Short() {
		t.Skip("600,000 answers")
	}
	rng := rand.New(rand.NewPCG(11, 11))
	truth := make([]irt.Item, 1000)
	for i := range truth {
		truth[i] = irt.FromDifficulty(.95*math.Exp(.3*rng.NormFloat64()), rng.NormFloat64(), 0)
	}
	f := irt.Estimate(simulated(truth, 10_000, 60, rng), irt.Options{Model: irt.TwoPL, Prior: irt.Weak})
	var a, b, p float64
	for i, it := range f.Items {
		a += math.Pow(it.A-truth[i].A, 2) / 1000
		b += math.Pow(it.B()-truth[i].B(), 2) / 1000
		p += math.Pow(it.P(0)-truth[i].P(0), 2) / 1000
	}
	if a, b, p = math.Sqrt(a), math.Sqrt(b), math.Sqrt(p); a > 1.15*.133 || b > 1.15*.188 || p > 1.15*.022 {
		t.Errorf("errors of a %.3f, b %.3f, P %.4f", a, b, p)
	}
}

// TestMisfitIsFound: an item that only the middle of people answers does not
// follow the model, on sparse data too.
func TestMisfitIsFound(t *testing.T) {
	m := reference.Sparse()
	abilities := irt.Estimate(m, irt.Options{Model: irt.TwoPL}).Abilities()
	cells := slices.Clone(m.Cells())
	for n, c := range cells {
		if c.Item == 3 {
			cells[n].Mark = 0
			if math.Abs(abilities[c.Person].Theta) < .6 {
				cells[n].Mark = 1
			}
		}
	}
	f := irt.Estimate(responses.New(m.Items(), m.People(), cells), irt.Options{Model: irt.TwoPL})
	if test := f.PlausibleFit(1)[3]; test.P > 1e-4 {
		t.Errorf("the misfit has p = %v (%+v)", test.P, test)
	}
	for _, weighted := range irt.Estimate(reference.LSAT7(), irt.Options{Model: irt.TwoPL}).PlausibleFit(1) {
		if weighted.P < .001 {
			t.Errorf("an item of LSAT7 does not fit: %+v", weighted)
		}
	}
}

// TestInvariant4 looks at data that say nothing: there is a reason, and no NaN.
func TestInvariant4NothingToSay(t *testing.T) {
	column := func(id string) responses.Item { return responses.Item{ID: id, Max: 1, Key: responses.NoOption} }
	person := func(p int32, marks ...float64) (cells []responses.Cell) {
		for i, m := range marks {
			cells = append(cells, responses.Cell{Person: p, Item: int32(i), Mark: m, Option: responses.NoOption})
		}
		return cells
	}
	for name, c := range map[string]*responses.Matrix{
		"one person":      responses.New([]responses.Item{column("a"), column("b")}, []responses.Person{{Count: 1}}, person(0, 1, 0)),
		"one item":        responses.New([]responses.Item{column("a")}, []responses.Person{{Count: 1}, {Count: 1}}, append(person(0, 1), person(1, 0)...)),
		"all right":       responses.New([]responses.Item{column("a"), column("b")}, []responses.Person{{Count: 9}}, person(0, 1, 1)),
		"all wrong":       responses.New([]responses.Item{column("a"), column("b")}, []responses.Person{{Count: 9}}, person(0, 0, 0)),
		"nobody answered": responses.New([]responses.Item{column("a"), column("b")}, []responses.Person{{Count: 9}}, nil),
		"opposites":       responses.New([]responses.Item{column("a"), column("b"), column("c")}, []responses.Person{{Count: 9}, {Count: 9}}, append(person(0, 1, 0, 1), person(1, 0, 1, 0)...)),
	} {
		for _, model := range []irt.Model{irt.OnePL, irt.TwoPL, irt.ThreePL} {
			f := irt.Estimate(c, irt.Options{Model: model, MaxSteps: 300})
			if f.Status == psychometrics.Fine {
				t.Errorf("%s: %s is fine", name, model)
			}
			for _, it := range f.Items {
				if math.IsNaN(it.A) || math.IsNaN(it.D) || math.IsNaN(it.SEA) || math.IsNaN(it.SEB) {
					t.Errorf("%s, %s: %+v", name, model, it)
				}
			}
			for _, s := range f.Abilities() {
				if s.Defined && (math.IsNaN(s.Theta) || math.IsInf(s.Theta, 0)) {
					t.Errorf("%s, %s: ability %+v", name, model, s)
				}
			}
			f.PlausibleFit(1)
			if r := f.Reliability(c.Complete()); math.IsNaN(r.Empirical.Value) || math.IsNaN(r.Marginal.Value) {
				t.Errorf("%s, %s: reliability %+v", name, model, r)
			}
		}
		if r := irt.EstimateRasch(c); r.Status == psychometrics.Fine {
			t.Errorf("%s: Rasch is fine", name)
		}
	}
}
