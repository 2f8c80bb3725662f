package forensic_test

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.10g, want %.10g within %g", what, got, want, tolerance)
	}
}

// pair compares two people of the multiple-choice set, numbered from 1.
func pair(m *responses.Matrix, f *irt.Fit, abilities []irt.Score, suspect, other int) forensic.Similarity {
	var shared []forensic.Shared
	a, b := m.Of(suspect-1), m.Of(other-1)
	for i := range a {
		shared = append(shared, forensic.Shared{Item: f.Items[i].Item, Suspect: a[i].Mark > 0, Other: b[i].Mark > 0})
	}
	return forensic.Compare(abilities[suspect-1].Theta, abilities[other-1].Theta, shared)
}

// TestRightAndWrongAlike: M4 of 20 equal items is a sum of multinomial chances, that of unequal
// ones a sum over all ways in which they can be answered; and of equally many answers in
// common wrong ones say more.
func TestRightAndWrongAlike(t *testing.T) {
	shared := func(items []irt.Item, right, wrong int) []forensic.Shared {
		all := make([]forensic.Shared, len(items))
		for i, it := range items {
			all[i] = forensic.Shared{Item: it, Suspect: i < right, Other: i < right || i >= right+wrong}
		}
		return all
	}
	equal := make([]irt.Item, 20)
	for i := range equal {
		equal[i] = irt.FromDifficulty(1, -.5, 0)
	}
	p, q := equal[0].P(.3)*equal[0].P(-.2), (1-equal[0].P(.3))*(1-equal[0].P(-.2))
	lg := func(n int) float64 { v, _ := math.Lgamma(float64(n + 1)); return v }
	chance := func(r, w int) float64 {
		if r+w > 20 {
			return 0
		}
		return math.Exp(lg(20) - lg(r) - lg(w) - lg(20-r-w) + float64(r)*math.Log(p) + float64(w)*math.Log(q) + float64(20-r-w)*math.Log(1-p-q))
	}
	atLeast := func(r, w int) (sum float64) {
		for a := r; a <= 20; a++ {
			for b := w; b <= 20-a; b++ {
				sum += chance(a, b)
			}
		}
		return sum
	}
	want := 0.0
	for r := range 21 {
		for w := range 21 - r {
			if atLeast(r, w) <= atLeast(11, 6)*(1+1e-9) {
				want += chance(r, w)
			}
		}
	}
	near(t, "20 equal items", forensic.M4(.3, -.2, shared(equal, 11, 6)), want, 1e-12)

	unequal := []irt.Item{irt.FromDifficulty(1, -1, 0), irt.FromDifficulty(.7, 0, 0), irt.FromDifficulty(1.5, .5, .1), irt.FromDifficulty(1.2, 1, 0), irt.FromDifficulty(.9, -.3, .2), irt.FromDifficulty(2, .1, 0)}
	var f [7][7]float64
	for way := range 729 { // 3⁶: each item both right, both wrong, or not alike
		r, w, v := 0, 0, 1.0
		for i, it := range unequal {
			a, b := it.P(.4)*it.P(-.6), (1-it.P(.4))*(1-it.P(-.6))
			switch way / int(math.Pow(3, float64(i))) % 3 {
			case 0:
				r, v = r+1, v*a
			case 1:
				w, v = w+1, v*b
			default:
				v *= 1 - a - b
			}
		}
		f[r][w] += v
	}
	over := func(r, w int) (sum float64) {
		for a := r; a < 7; a++ {
			for b := w; b < 7; b++ {
				sum += f[a][b]
			}
		}
		return sum
	}
	want = 0
	for r := range f {
		for w := range f[r] {
			if over(r, w) <= over(2, 3)*(1+1e-9) {
				want += f[r][w]
			}
		}
	}
	near(t, "unequal items", forensic.M4(.4, -.6, shared(unequal, 2, 3)), want, 1e-12)
	if wrong, right := forensic.M4(1, 1, shared(equal, 9, 8)), forensic.M4(1, 1, shared(equal, 17, 0)); wrong > right/10 {
		t.Errorf("8 wrong and 9 right answers in common by able people: %g; 17 right ones: %g", wrong, right)
	}
}

// TestCopying finds the person who copied in the synthetic set, and only them.
func TestCopying(t *testing.T) {
	m := reference.Choices("true_key")
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL, Grid: irt.Exact(), Tolerance: 1e-9})
	abilities := f.Abilities()
	s := pair(m, f, abilities, 499, 42)
	if s.Matches != 18 || s.Shared != 20 {
		t.Errorf("%d of %d answers match", s.Matches, s.Shared)
	}
	near(t, "expected", s.Expected, 12.35952585, 1e-5)
	near(t, "omega", s.Omega, 2.99667308, 1e-5)
	near(t, "its p", s.OmegaP, .00136472, 1e-7)
	near(t, "GBT", s.GBT, .01030979, 1e-7)
	c := pair(m, f, abilities, 100, 42)
	near(t, "control: expected", c.Expected, 9.14811285, 1e-5)
	near(t, "control: omega", c.Omega, -.07764405, 1e-5)
	near(t, "control: p", c.OmegaP, .53094440, 1e-6)
	near(t, "control: GBT", c.GBT, .80136607, 1e-6)
	identical, wrong := 0, 0
	for i, x := range m.Of(498) {
		if y := m.Of(41)[i]; x.Option == y.Option {
			identical++
			if x.Mark == 0 {
				wrong++
			}
		}
	}
	if identical != 17 || wrong != 4 {
		t.Errorf("p499 and p042 have %d answers in common, %d of them wrong; want 17 and 4", identical, wrong)
	}

	pairs := []forensic.Similarity{s, c, {Status: psychometrics.NotDefined}}
	forensic.Adjust(pairs)
	near(t, "adjusted for two pairs", pairs[0].OmegaAdjusted, 2*s.OmegaP, 1e-15)
	if pairs[1].OmegaAdjusted != c.OmegaP || pairs[2].OmegaAdjusted != 0 {
		t.Errorf("adjusted %+v", pairs)
	}
}

func TestTooFewSharedItems(t *testing.T) {
	s := forensic.Compare(0, 0, make([]forensic.Shared, 19))
	if s.Status != psychometrics.NotDefined || s.Reason == "" || s.GBT != 0 {
		t.Errorf("19 shared items give %+v", s)
	}
}

func TestRapidGuessing(t *testing.T) {
	items := make([]responses.Item, 12)
	for i := range items {
		items[i] = responses.Item{ID: strconv.Itoa(i), Max: 1, Key: responses.NoOption}
	}
	var cells []responses.Cell
	people := make([]responses.Person, 60)
	for p := range people {
		people[p].Count = 1
		for i := range items {
			seconds := float32(50)
			if p == 7 && i < 3 { // three of twelve at three seconds
				seconds = 3
			}
			if i == 11 && p > 20 { // few times are known
				seconds = 0
			}
			cells = append(cells, responses.Cell{Person: int32(p), Item: int32(i), Seconds: seconds, Option: responses.NoOption})
		}
	}
	pace := forensic.RapidGuessing(responses.New(items, people, cells))
	for p, person := range pace.People {
		if person.Low != (p == 7) {
			t.Errorf("person %d: %+v", p, person)
		}
	}
	if got := pace.People[7]; got.Rapid != 3 || got.Timed != 11 {
		t.Errorf("person 7: %+v", got)
	}
	for i, want := range map[int]forensic.ItemPace{
		11: {Timed: 21, Median: 50},
		5:  {Timed: 60, Median: 50, Threshold: 5},
		1:  {Timed: 60, Rapid: 1, Median: 50, Threshold: (59*50. + 3) / 600},
	} {
		if got := pace.Items[i]; math.Abs(got.Threshold-want.Threshold) > 1e-9 || got.Timed != want.Timed || got.Rapid != want.Rapid || got.Median != want.Median {
			t.Errorf("item %d: %+v, want %+v", i, got, want)
		}
	}
}

// TestTheMedianCountsWeights: a row that stands for many people is many times.
func TestTheMedianCountsWeights(t *testing.T) {
	items := []responses.Item{{ID: "a", Max: 1, Key: responses.NoOption}}
	for _, row := range []struct {
		seconds []float32
		weights []int
		median  float64
		rapid   int
	}{
		{[]float32{30, 10, 20}, []int{1, 1, 1}, 20, 0},
		{[]float32{40, 10, 20, 30}, []int{1, 1, 1, 1}, 25, 0},
		{[]float32{10, 60}, []int{3, 2}, 10, 0},
		{[]float32{10, 60}, []int{2, 2}, 35, 0},
		{[]float32{1, 90}, []int{4, 36}, 90, 4}, // threshold 8.11
	} {
		var people []responses.Person
		var cells []responses.Cell
		for p, seconds := range row.seconds {
			people = append(people, responses.Person{Count: row.weights[p]})
			cells = append(cells, responses.Cell{Person: int32(p), Seconds: seconds, Option: responses.NoOption})
		}
		if got := forensic.RapidGuessing(responses.New(items, people, cells)).Items[0]; got.Median != row.median || got.Rapid != row.rapid {
			t.Errorf("%v × %v: %+v, want median %v, %d rapid", row.seconds, row.weights, got, row.median, row.rapid)
		}
	}
}

// TestRapidAtTheMost: of an item that takes minutes ten seconds are rapid, not a tenth of the
// mean; and answers of exactly the threshold are not.
func TestRapidAtTheMost(t *testing.T) {
	var cells []responses.Cell
	people := make([]responses.Person, 40)
	for p := range people {
		people[p].Count = 1
		seconds := float32(240)
		if p < 2 {
			seconds = []float32{9.9, 10}[p]
		}
		cells = append(cells, responses.Cell{Person: int32(p), Seconds: seconds, Option: responses.NoOption})
	}
	pace := forensic.RapidGuessing(responses.New([]responses.Item{{ID: "long", Max: 1, Key: responses.NoOption}}, people, cells))
	if pace.Items[0].Threshold != 10 || pace.People[0].Rapid != 1 || pace.People[1].Rapid != 0 || pace.People[0].Low {
		t.Errorf("threshold %v, people %+v %+v", pace.Items[0].Threshold, pace.People[0], pace.People[1])
	}
}

// TestDriftByHand: four answers in each of three months of an item that everybody is expected to
// answer with chance .5, 1, 2 and 4 of them right. Residuals −1, 0 and 2 fall on times −1, 0 and
// 1: slope 3/8, variance of the sum (1 + 0 + 1)·4·.25. Chances that are wrong alike in all months
// are no drift.
func TestDriftByHand(t *testing.T) {
	var cells []responses.Cell
	people := make([]responses.Person, 12)
	for p := range people {
		people[p].Count, people[p].Form = 1, strconv.Itoa(p/4)
		c := responses.Cell{Person: int32(p), Option: responses.NoOption}
		if p%4 < []int{1, 2, 4}[p/4] {
			c.Mark = 1
		}
		cells = append(cells, c)
	}
	m := responses.New([]responses.Item{{ID: "q", Max: 1, Key: responses.NoOption}}, people, cells)
	month := func(p responses.Person) int { return int(p.Form[0] - '0') }
	for _, chance := range []float64{.5, .8} {
		expected := slices.Repeat([]float64{chance}, 12)
		d := forensic.FindDrift(m, expected, month)[0]
		near(t, "slope", d.Slope, 3./8, 1e-12)
		near(t, "z", d.Z, 3/math.Sqrt(2*4*chance*(1-chance)), 1e-12)
	}
}

// TestDrift: an item that became known halfway is found, on sparse data, and
// nothing else is.
func TestDrift(t *testing.T) {
	m := reference.Sparse()
	people := slices.Clone(m.People())
	half := func(p responses.Person) int {
		n, _ := strconv.Atoi(p.ID)
		return (n - 1) / 150
	}
	cells := slices.Clone(m.Cells())
	for n, c := range cells {
		if c.Item == 10 && half(people[c.Person]) >= 2 {
			cells[n].Mark = 1
		}
	}
	known := responses.New(m.Items(), people, cells)
	f := irt.Estimate(m, irt.Options{Model: irt.TwoPL}) // calibrated before
	expected := f.RestChances(m)
	for i, d := range forensic.FindDrift(known, expected, half) {
		if found := d.Adjusted < .01; found != (i == 10) {
			t.Errorf("%s: %+v", d.Item, d)
		}
		if i == 10 && d.Slope < .1 {
			t.Errorf("the known item's slope is %v", d.Slope)
		}
	}
	for _, d := range forensic.FindDrift(known, expected, func(responses.Person) int { return 0 }) {
		if d.Status != psychometrics.NotDefined {
			t.Errorf("%s drifts within one period", d.Item)
		}
	}
}

// TestEverybodyWithEverybody: the person who copied heads the list, and where
// forms share too few items nobody is compared.
func TestEverybodyWithEverybody(t *testing.T) {
	m := reference.Choices("true_key")
	few := responses.New(m.Items(), m.People()[400:], moved(m.Cells()[400*20:], -400)) // 499 copied from 42, who is not among them
	f := irt.Estimate(few, irt.Options{Model: irt.OnePL})
	all := forensic.CompareAll(few, f)
	if all.Tested != 100*99/2 || all.Refused != 0 || len(all.Pairs) != 10 {
		t.Fatalf("%d tested, %d refused, %d kept", all.Tested, all.Refused, len(all.Pairs))
	}
	if top := all.Pairs[0]; top.OmegaAdjusted < .05 || top.Omega < all.Pairs[9].Omega {
		t.Errorf("nobody copied, yet %+v", top)
	}
	sparse := reference.Sparse()
	none := forensic.CompareAll(sparse, irt.Estimate(sparse, irt.Options{Model: irt.OnePL}))
	if none.Status == psychometrics.Fine && none.Refused < none.Tested {
		t.Errorf("sparse forms: %d tested, %d refused", none.Tested, none.Refused)
	}
}

// moved cells belong to people by so much further on.
func moved(cells []responses.Cell, by int32) []responses.Cell {
	cells = slices.Clone(cells)
	for n := range cells {
		cells[n].Person += by
	}
	return cells
}
