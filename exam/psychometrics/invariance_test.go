package psychometrics_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// figures are statistics by a name that does not hang on where a person or an item stands.
type figures map[string]float64

func (f figures) estimate(name string, e psychometrics.Estimate) {
	if e.Known() {
		f[name] = e.Value
	}
}

// everyFigure computes what the packages say of a complete table with choices and two groups.
// copier and source are the ids of two people who are compared.
func everyFigure(m *responses.Matrix, copier, source string) figures {
	f := figures{}
	classical := ctt.Analyse(m, ctt.Options{})
	f.estimate("alpha", classical.Alpha)
	f.estimate("standardised alpha", classical.Standardised)
	f.estimate("skewness", classical.Moodle.Skewness)
	for _, it := range classical.Items {
		f.estimate(it.ID+" p", it.Facility)
		f.estimate(it.ID+" r with rest", it.Rest)
		f.estimate(it.ID+" biserial", it.Biserial)
		f.estimate(it.ID+" alpha without", it.AlphaWithout)
		f.estimate(it.ID+" upper-lower", it.UpperLower)
		f.estimate(it.ID+" efficiency", it.Moodle.Efficiency)
		f[it.ID+" flags"] = float64(len(it.Flags))
		for _, o := range it.Options {
			f[fmt.Sprint(it.ID, " option of ", o.N)] += o.Rest.Value // two may be as popular
		}
	}
	fit := irt.Estimate(m, irt.Options{Model: irt.TwoPL, Tolerance: 1e-9})
	f["log-likelihood"] = fit.LogLikelihood
	m2, sx2, plausible := fit.M2(m), fit.SX2(m), fit.PlausibleFit(1)
	f["M2"], f["SRMSR"] = m2.Statistic, m2.SRMSR
	rasch := irt.EstimateRasch(m)
	f["conditional log-likelihood"] = rasch.LogLikelihood
	f["Andersen"] = rasch.Andersen(m).Statistic
	for i, it := range fit.Items {
		f[it.ID+" a"], f[it.ID+" b"], f[it.ID+" SE(a)"] = it.A, it.B(), it.SEA
		f[it.ID+" S-X2"], f[it.ID+" PV-Q1"] = sx2[i].Statistic, plausible[i].Statistic
		f[it.ID+" Rasch"] = rasch.Items[i].Difficulty
		f.estimate(it.ID+" outfit", rasch.Fit(m)[i].Outfit)
	}
	pairs := fit.LocalDependence(m)
	f.estimate("Q3", pairs.Mean)
	f.estimate("largest Q3", pairs.Pairs[0].Q3)
	lz, abilities := fit.PersonFits(), fit.Abilities()
	at := map[string]int{}
	for p, person := range m.People() {
		at[person.ID] = p
		f[person.ID+" EAP"], f[person.ID+" lz"] = abilities[p].Theta, lz[p].LZ
	}
	for _, r := range dif.Compare(m, dif.Comparison{Reference: "0", Focal: "1", Purify: true}) {
		f[r.Item+" delta"], f[r.Item+" chi2"], f[r.Item+" P-DIF"], f[r.Item+" uniform"] = r.Delta.Value, r.ChiSquared, r.Difference, r.Uniform.Statistic
	}
	wrong := forensic.CompareWrong(m, at[copier], at[source])
	f["K"], f["K2"], f["S1"], f["S2"] = wrong.K, wrong.K2, wrong.S1, wrong.S2
	some := []int{at[copier], at[source], at["p001"], at["p002"], at["p100"]}
	likest := forensic.CompareWithin(m, fit, [][]int{some}).Pairs[0]
	f["omega of the likest pair"], f["its GBT"], f["its M4"] = likest.Omega, likest.GBT, likest.M4
	return f
}

// rearranged is the same table with people and items in another order and every option
// called otherwise.
func rearranged(m *responses.Matrix, rng *rand.Rand) *responses.Matrix {
	toPerson, toItem := rng.Perm(len(m.People())), rng.Perm(len(m.Items()))
	people, items := make([]responses.Person, len(toPerson)), make([]responses.Item, len(toItem))
	for p, to := range toPerson {
		people[to] = m.People()[p]
	}
	toOption := make([][]int, len(items))
	for i, to := range toItem {
		it := m.Items()[i]
		toOption[i] = rng.Perm(len(it.Options))
		names := make([]string, len(it.Options))
		for o, place := range toOption[i] {
			names[place] = fmt.Sprint("renamed ", o)
		}
		it.Options, it.Key = names, toOption[i][it.Key]
		items[to] = it
	}
	cells := slices.Clone(m.Cells())
	for n, c := range cells {
		cells[n].Person, cells[n].Item = int32(toPerson[c.Person]), int32(toItem[c.Item])
		if c.Option != responses.NoOption {
			cells[n].Option = int16(toOption[c.Item][c.Option])
		}
	}
	return responses.New(items, people, cells)
}

// TestInvariant2EveryStatistic: people and items in another order and options called
// otherwise change no figure of any package.
func TestInvariant2EveryStatistic(t *testing.T) {
	m := reference.Choices("true_key")
	want := everyFigure(m, "p499", "p042")
	if len(want) < 1300 {
		t.Fatalf("only %d figures are compared", len(want))
	}
	for seed := range uint64(2) {
		same(t, everyFigure(rearranged(m, rand.New(rand.NewPCG(seed, 5))), "p499", "p042"), want)
	}
}

func same(t *testing.T, got, want figures) {
	t.Helper()
	for name, w := range want {
		if g, ok := got[name]; !ok || !(math.Abs(g-w) <= 1e-6*max(1, math.Abs(w))) {
			t.Errorf("%s is %v, want %v", name, g, w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d figures, want %d", len(got), len(want))
	}
}

// TestRowsAndCounts: a row that stands for three people is three rows.
func TestRowsAndCounts(t *testing.T) {
	m := reference.Choices("true_key")
	people, repeated := slices.Clone(m.People()), []responses.Person(nil)
	var cells []responses.Cell
	for p := range people {
		people[p].Count = 1 + p%3
		for copied := range people[p].Count {
			one := m.People()[p]
			one.ID = fmt.Sprint(one.ID, "-", copied)
			for _, c := range m.Of(p) {
				c.Person = int32(len(repeated))
				cells = append(cells, c)
			}
			repeated = append(repeated, one)
		}
	}
	compute := func(m *responses.Matrix) figures {
		f := figures{}
		for _, it := range ctt.Analyse(m, ctt.Options{}).Items {
			f.estimate(it.ID+" p", it.Facility)
			f.estimate(it.ID+" r with rest", it.Rest)
			f.estimate(it.ID+" alpha without", it.AlphaWithout)
			f.estimate(it.ID+" upper-lower", it.UpperLower)
			f.estimate(it.ID+" upper-lower by quantile", it.UpperLowerQuantile)
			f.estimate(it.ID+" efficiency", it.Moodle.Efficiency)
			for _, o := range it.Options {
				f.estimate(it.ID+o.Option+" r with rest", o.Rest)
				f[it.ID+o.Option+" in the middle"] = o.Middle
			}
		}
		fit := irt.Estimate(m, irt.Options{Model: irt.TwoPL, Tolerance: 1e-9})
		f["log-likelihood"], f["M2"] = fit.LogLikelihood, fit.M2(m).Statistic
		f.estimate("reliability", fit.Reliability(true).Empirical)
		rasch := irt.EstimateRasch(m)
		sx2, plausible, fits := fit.SX2(m), fit.PlausibleFit(1), rasch.Fit(m)
		for i, it := range fit.Items {
			f[it.ID+" a"], f[it.ID+" SE(b)"], f[it.ID+" S-X2"] = it.A, it.SEB, sx2[i].Statistic
			f[it.ID+" Rasch SE"], f[it.ID+" PV-Q1"] = rasch.Items[i].SE, plausible[i].Statistic
			f.estimate(it.ID+" infit", fits[i].Infit)
		}
		for _, r := range dif.Compare(m, dif.Comparison{Reference: "0", Focal: "1"}) {
			f[r.Item+" delta"], f[r.Item+" chi2"], f[r.Item+" nonuniform"] = r.Delta.Value, r.ChiSquared, r.NonUniform.Statistic
		}
		return f
	}
	same(t, compute(responses.New(m.Items(), people, m.Cells())), compute(responses.New(m.Items(), repeated, cells)))
}
