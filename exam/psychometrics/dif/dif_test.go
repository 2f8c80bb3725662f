package dif_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
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

// TestMantelHaenszel holds statistic, odds ratio and variance against difR.
func TestMantelHaenszel(t *testing.T) {
	results := dif.Compare(reference.Choices("true_key"), dif.Comparison{Reference: "0", Focal: "1"})
	for i, want := range []struct {
		mh, alpha, variance, delta float64
		ets                        dif.Letter
	}{
		{2.2837972e-01, 0.87582680, 0.052164696, 0.311579271, "A"}, {4.2948850e-01, 1.27101423, 0.089048060, -0.563565694, "A"},
		{6.6337435e-02, 1.09053029, 0.053514893, -0.203660583, "A"}, {7.6938219e-05, 0.97622409, 0.052235432, 0.056548332, "A"},
		{4.7076674e+00, 0.53565752, 0.074793353, 1.467011639, "B"}, {8.6399471e-01, 0.78375676, 0.054364811, 0.572592920, "A"},
		{2.6620595e+01, 3.31979917, 0.054005617, -2.819775081, "C"}, {2.1457587e-02, 1.06398266, 0.055234814, -0.145744860, "A"},
		{3.9386653e-01, 1.16766645, 0.044884811, -0.364267092, "A"}, {9.3269400e-02, 1.09990711, 0.052022038, -0.223780473, "A"},
		{6.4289876e-01, 0.82647482, 0.044252192, 0.447876688, "A"}, {5.4623848e-01, 1.20295665, 0.047251029, -0.434238635, "A"},
		{9.5513567e+00, 0.48864393, 0.050315540, 1.682884840, "B"}, {1.9137809e+00, 1.40511305, 0.049980475, -0.799276747, "A"},
		{2.8685602e-01, 1.18359935, 0.063298008, -0.396116210, "A"}, {3.1044428e-02, 0.93724042, 0.050464835, 0.152316300, "A"},
		{3.8792767e+00, 0.58364875, 0.066156420, 1.265371429, "B"}, {1.6564688e+00, 0.68133755, 0.072009860, 0.901688959, "A"},
		{2.3186458e-03, 1.05824290, 0.085627792, -0.133033254, "A"}, {3.0088596e-01, 1.21817683, 0.085945246, -0.463785052, "A"},
	} {
		r := results[i]
		near(t, r.Item+" chi-squared", r.ChiSquared, want.mh, 1e-6)
		near(t, r.Item+" alpha", r.Alpha, want.alpha, 1e-7)
		near(t, r.Item+" variance", math.Pow(r.Delta.SE/2.35, 2), want.variance, 1e-8)
		near(t, r.Item+" delta", r.Delta.Value, want.delta, 1e-6)
		if r.ETS != want.ets {
			t.Errorf("%s has letter %s, want %s", r.Item, r.ETS, want.ets)
		}
	}
	near(t, "uniform test of q07", results[6].Uniform.Statistic, 26.35624404, 1e-6)
	near(t, "uniform test of q13", results[12].Uniform.Statistic, 9.96732064, 1e-6)
}

func TestPurification(t *testing.T) {
	results := dif.Compare(reference.Choices("true_key"), dif.Comparison{Reference: "0", Focal: "1", Purify: true})
	var found []string
	for _, r := range results {
		if r.ChiSquared > 3.841 {
			found = append(found, r.Item)
		}
	}
	if want := []string{"q07", "q13", "q17"}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	near(t, "q07", results[6].ChiSquared, 21.40131739, 1e-6)
	near(t, "q13", results[12].ChiSquared, 7.61993032, 1e-6)
}

// TestSwappedGroups: what is harder for one group is easier for the other, whoever is in which.
func TestSwappedGroups(t *testing.T) {
	m := reference.Choices("true_key")
	for seed := range uint64(6) {
		if seed > 0 { // the first time as they are, then anyhow
			rng, people := rand.New(rand.NewPCG(seed, 2)), slices.Clone(m.People())
			for p := range people {
				people[p].Group = []string{"0", "1", "neither"}[rng.IntN(3)]
			}
			m = responses.New(m.Items(), people, m.Cells())
		}
		there, back := dif.Compare(m, dif.Comparison{Reference: "0", Focal: "1"}), dif.Compare(m, dif.Comparison{Reference: "1", Focal: "0"})
		for i := range there {
			near(t, there[i].Item, there[i].Delta.Value, -back[i].Delta.Value, 1e-12)
			near(t, there[i].Item, there[i].ChiSquared, back[i].ChiSquared, 1e-9)
		}
	}
}

// TestByAbility matches sparse data by ability: built-in DIF is found on the
// sparse half of complete data, and no total is needed.
func TestByAbility(t *testing.T) {
	m := reference.Choices("true_key")
	var cells []responses.Cell
	for _, c := range m.Cells() {
		if (c.Person+c.Item)%4 != 0 { // everybody misses a quarter, differently
			cells = append(cells, c)
		}
	}
	sparse := responses.New(m.Items(), m.People(), cells)
	fit := irt.Estimate(sparse, irt.Options{Model: irt.TwoPL})
	rest := fit.RestAbilities(sparse)
	results := dif.Compare(sparse, dif.Comparison{Reference: "0", Focal: "1", Ability: rest})
	if r := results[6]; r.Delta.Value > -1.5 || r.P > .001 {
		t.Errorf("q07: delta %v, p %v", r.Delta.Value, r.P)
	}
	if without := dif.Compare(sparse, dif.Comparison{Reference: "0", Focal: "1"})[6]; without.Delta.Known() {
		t.Error("sparse data were matched by their totals")
	}
}

// TestSeveralGroupings: groupings that are compared together are compared as each by
// itself, with any number of processors.
func TestSeveralGroupings(t *testing.T) {
	m := reference.Choices("true_key")
	ability := irt.Estimate(m, irt.Options{Model: irt.TwoPL}).RestAbilities(m)
	groupings := [][]dif.Side{dif.Sides(m, "0", "1"), dif.Sides(m, "1", "0"), make([]dif.Side, len(m.People()))}
	for p := range groupings[2] {
		groupings[2][p] = dif.Side(p % 3)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	together := dif.ByAbility(m, ability, groupings...)
	runtime.GOMAXPROCS(1)
	for g, sides := range groupings {
		if alone := dif.ByAbility(m, ability, sides)[0]; !slices.Equal(together[g], alone) {
			t.Errorf("grouping %d by itself: %+v, with others: %+v", g, alone[0], together[g][0])
		}
	}
	if n := together[2][0]; n.ReferenceN+n.FocalN != 333 {
		t.Errorf("%d and %d people compared, a third is on neither side", n.ReferenceN, n.FocalN)
	}
}

func TestTooFew(t *testing.T) {
	m := reference.Choices("true_key")
	small := responses.New(m.Items(), m.People()[:40], m.Cells()[:40*20])
	for _, r := range dif.Compare(small, dif.Comparison{Reference: "0", Focal: "1"}) {
		if r.ETS != "" || r.Delta.Status == psychometrics.Fine {
			t.Errorf("%s has letter %q on 40 people", r.Item, r.ETS)
		}
	}
}

// TestOrderChangesNothing: people in another order, matched by total and by an
// ability that many share.
func TestOrderChangesNothing(t *testing.T) {
	m := reference.Choices("true_key")
	n := len(m.People())
	for seed := range uint64(3) {
		order := rand.New(rand.NewPCG(seed, 1)).Perm(n)
		people, place := make([]responses.Person, n), make([]int32, n)
		for to, from := range order {
			people[to], place[from] = m.People()[from], int32(to)
		}
		cells := slices.Clone(m.Cells())
		for c := range cells {
			cells[c].Person = place[cells[c].Person]
		}
		shuffled := responses.New(m.Items(), people, cells)
		for _, byAbility := range []bool{false, true} {
			want, got := dif.Comparison{Reference: "0", Focal: "1"}, dif.Comparison{Reference: "0", Focal: "1"}
			if byAbility {
				want.Ability, got.Ability = coarse(m), coarse(shuffled)
			}
			a, b := dif.Compare(shuffled, got), dif.Compare(m, want)
			for i := range a {
				if math.Abs(a[i].Delta.Value-b[i].Delta.Value) > 1e-9 || a[i].ETS != b[i].ETS || math.Abs(a[i].NonUniform.Statistic-b[i].NonUniform.Statistic) > 1e-6 {
					t.Fatalf("by ability %v: %+v, want %+v", byAbility, a[i], b[i])
				}
			}
		}
	}
}

// coarse abilities: a fifth of each person's total, so that most are tied.
func coarse(m *responses.Matrix) []float64 {
	all := make([]float64, len(m.Cells()))
	for p := range m.People() {
		total := 0.0
		for _, c := range m.Of(p) {
			total += c.Mark
		}
		from, to := m.Range(p)
		for n := from; n < to; n++ {
			all[n] = math.Floor(total / 5)
		}
	}
	return all
}
