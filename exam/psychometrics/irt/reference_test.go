package irt_test

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
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

// exact estimates to the last digit that programs agree on.
func exact(m *responses.Matrix, model irt.Model) *irt.Fit {
	return irt.Estimate(m, irt.Options{Model: model, Grid: irt.Exact(), Tolerance: 1e-10})
}

type params struct{ a, d, seA, seD, b float64 }

// TestLSAT holds estimates against mirt at 121 points, and standard errors
// against the Hessian of R's optimiser.
func TestLSAT(t *testing.T) {
	for _, c := range []struct {
		name   string
		m      *responses.Matrix
		model  irt.Model
		logLik float64
		items  []params
	}{
		{"LSAT6 2PL", reference.LSAT6(), irt.TwoPL, -2466.65337740, []params{
			{.82565952, 2.77323440, .258115, .205744, -3.35881114}, {.72274420, .99020120, .186680, .090019, -1.37005762}, {.89087453, .24914752, .232764, .076273, -.27966623},
			{.68836797, 1.28475693, .185143, .099037, -1.86638103}, {.65685594, 2.05327044, .209909, .135359, -3.12590680}}},
		{"LSAT6 1PL", reference.LSAT6(), irt.OnePL, -2466.93759958, []params{
			{.75513462, 2.73001323, .069433, .130441, -3.61526696}, {.75513462, .99860583, .069433, .079177, -1.32242094}, {.75513462, .23985388, .069433, .071775, -.31763063},
			{.75513462, 1.30645116, .069433, .084638, -1.73009041}, {.75513462, 2.09940436, .069433, .105445, -2.78017232}}},
		{"LSAT7 2PL", reference.LSAT7(), irt.TwoPL, -2658.80511355, []params{
			{.98754589, 1.85585564, .177195, .131450, -1.87926016}, {1.08083714, .80796959, .168764, .091247, -.74754055}, {1.70747766, 1.80520620, .321077, .204825, -1.05723562},
			{.76498987, .48599980, .134120, .074913, -.63530227}, {.73567271, 1.85445759, .151134, .114409, -2.52076441}}},
		{"LSAT7 1PL", reference.LSAT7(), irt.OnePL, -2664.90089085, []params{
			{1.01126752, 1.86826476, .064943, .100429, -1.84744860}, {1.01126752, .79100624, .064943, .081157, -.78219286}, {1.01126752, 1.46097959, .064943, .091310, -1.44470139},
			{1.01126752, .52150605, .064943, .078725, -.51569544}, {1.01126752, 1.99297494, .064943, .103705, -1.97076926}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := exact(c.m, c.model)
			if f.Status != psychometrics.Fine {
				t.Fatalf("%s: %s", f.Status, f.Reason)
			}
			near(t, "logLik", f.LogLikelihood, c.logLik, 1e-7)
			for i, want := range c.items {
				it := f.Items[i]
				near(t, it.ID+" a", it.A, want.a, 1e-6)
				near(t, it.ID+" d", it.D, want.d, 1e-6)
				near(t, it.ID+" b", it.B(), want.b, 1e-6)
				near(t, it.ID+" SE(a)", it.SEA, want.seA, 1e-6)
				near(t, it.ID+" SE(d)", it.SED, want.seD, 1e-6)
			}
			quick := irt.Estimate(c.m, irt.Options{Model: c.model})
			near(t, "logLik on the operational grid", quick.LogLikelihood, c.logLik, 1e-3)
			for i, want := range c.items {
				near(t, "a on the operational grid", quick.Items[i].A, want.a, 1e-3)
				near(t, "d on the operational grid", quick.Items[i].D, want.d, 1e-3)
			}
		})
	}
}

// TestPublished holds estimates against what is printed: Rizopoulos (2006) for
// LSAT6, mirt's reference pages for LSAT7.
func TestPublished(t *testing.T) {
	f := exact(reference.LSAT6(), irt.OnePL)
	near(t, "logLik", f.LogLikelihood, -2466.938, 5e-4)
	near(t, "AIC", f.AIC(), 4945.875, 5e-4)
	near(t, "BIC", f.BIC(), 4975.322, 5e-4)
	for i, want := range []struct{ b, se float64 }{{-3.6153, .3266}, {-1.3224, .1422}, {-.3176, .0977}, {-1.7301, .1691}, {-2.7802, .2510}} {
		near(t, f.Items[i].ID+" b", f.Items[i].B(), want.b, 5e-5)
		near(t, f.Items[i].ID+" SE(b)", f.Items[i].SEB, want.se, 5e-5)
	}
	near(t, "variance of ability where the slope is 1", f.Items[0].A*f.Items[0].A, .57, 5e-3) // mirt's unit test
	near(t, "slope", f.Items[0].A, .7551, 5e-5)
	near(t, "SE of the slope", f.Items[0].SEA, .0694, 5e-5)
	for i, want := range []float64{2.730, .999, .240, 1.306, 2.099} {
		near(t, f.Items[i].ID+" d, as mirt prints it", f.Items[i].D, want, 5e-4)
	}
	two := exact(reference.LSAT6(), irt.TwoPL)
	near(t, "2PL logLik", two.LogLikelihood, -2466.65, 5e-3)
	near(t, "2PL logLik by ltm", two.LogLikelihood, -2466.653385, 1e-4)
	near(t, "ltm a1", two.Items[0].A, .82537148, 3e-3)
	if df := two.Parameters - f.Parameters; df != 4 {
		t.Errorf("the ratio has %d degrees of freedom, want 4", df)
	}
	ratio := 2 * (two.LogLikelihood - f.LogLikelihood)
	near(t, "likelihood ratio of 1PL", ratio, .57, 5e-3)
	near(t, "its p", distuv.ChiSquared{K: float64(two.Parameters - f.Parameters)}.Survival(ratio), .967, 5e-4)
	mean := 0.0
	for _, it := range f.Items {
		mean += it.D / 5
	}
	for i, want := range []float64{-1.2552, .4763, 1.2350, .1684, -.6245} { // as BUGS centres them
		near(t, f.Items[i].ID+" centred", mean-f.Items[i].D, want, 6e-5)
	}
	f = exact(reference.LSAT7(), irt.TwoPL)
	near(t, "logLik", f.LogLikelihood, -2658.805, 5e-4)
	near(t, "AIC", f.AIC(), 5337.610, 5e-4)
	near(t, "BIC", f.BIC(), 5386.688, 5e-4)
	near(t, "SABIC", f.SABIC(), 5354.927, 5e-4)
	for i, want := range []struct{ a, d, within float64 }{{.988, 1.856, 5e-4}, {1.081, .808, 5e-4}, {1.706, 1.804, 2e-3}, {.765, .486, 5e-4}, {.736, 1.855, 6e-4}} {
		// Half a unit of the last digit, but for the third: mirt stops at 1e-4 by default.
		near(t, f.Items[i].ID+" a, as mirt prints it", f.Items[i].A, want.a, want.within)
		near(t, f.Items[i].ID+" d, as mirt prints it", f.Items[i].D, want.d, want.within)
	}
	near(t, "logLik by ltm", f.LogLikelihood, -2658.805179, 1e-4)
	// ltm, 21 Gauss-Hermite points.
	near(t, "ltm a3", f.Items[2].A, 1.70663969, 3e-3)
	near(t, "ltm b1", two.Items[0].B(), -3.35973413, 3e-3)
	// mirt prints -2658.055 and stops early; where the search starts must not matter.
	for _, guess := range []float64{.02, .1, .2, .3} {
		three := irt.Estimate(reference.LSAT7(), irt.Options{Model: irt.ThreePL, Tolerance: 1e-5, Guess: func(int) float64 { return guess }})
		near(t, "3PL logLik", three.LogLikelihood, -2658.0545, 3e-4)
	}
}

// TestGuessingFixed holds 2PL with a lower asymptote of .10 against mirt.
func TestGuessingFixed(t *testing.T) {
	f := irt.Estimate(reference.LSAT7(), irt.Options{Model: irt.TwoPL, Grid: irt.Exact(), Tolerance: 1e-10, Guess: func(int) float64 { return .1 }})
	near(t, "logLik", f.LogLikelihood, -2658.92805154, 1e-7)
	for i, want := range []struct{ a, b float64 }{{1.02787454, -1.68184813}, {1.22669578, -.51497942}, {1.87453989, -.90159522}, {.82460265, -.35018605}, {.76523765, -2.26222049}} {
		near(t, "a", f.Items[i].A, want.a, 1e-6)
		near(t, "b", f.Items[i].B(), want.b, 1e-6)
	}
}

// TestGridAccuracy: what a coarser grid costs, by a prototype of these estimates.
func TestGridAccuracy(t *testing.T) {
	exact := exact(reference.LSAT7(), irt.TwoPL)
	for _, c := range []struct {
		points        int
		width         float64
		logLik, slope float64 // errors of the log-likelihood and of the third slope
	}{{21, 4, 1.2e-3, 1.1e-4}, {31, 5, 1.5e-5, 8e-7}, {41, 6, 6e-8, 1e-8}} {
		f := irt.Estimate(reference.LSAT7(), irt.Options{Model: irt.TwoPL, Grid: irt.NormalGrid(c.points, c.width), Tolerance: 1e-10})
		near(t, fmt.Sprintf("error of the log-likelihood on %d points", c.points), math.Abs(f.LogLikelihood-exact.LogLikelihood), c.logLik, c.logLik/10)
		near(t, fmt.Sprintf("error of the slope on %d points", c.points), math.Abs(f.Items[2].A-exact.Items[2].A), 0, c.slope)
	}
}

// TestSynthetic holds the multiple-choice and the sparse set against mirt.
func TestSynthetic(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine over many answers")
	}
	for _, c := range []struct {
		name   string
		m      *responses.Matrix
		want   map[string]reference.Parameters
		logLik float64
		rasch  float64
		slope2 float64
		d      []float64 // of the first items by the Rasch model
	}{
		{"complete", reference.Choices("true_key"), reference.ChoicesParameters(), -5487.25600038, -5522.55417868, 1.19921843, nil},
		{"sparse", reference.Sparse(), reference.SparseParameters(), -6942.47538180, -7027.20808142, 1.12434610, []float64{.52489049, -.18352342, .00588365, 1.53580627, -1.80297685}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := exact(c.m, irt.TwoPL)
			near(t, "logLik", f.LogLikelihood, c.logLik, 1e-6)
			for _, it := range f.Items {
				near(t, it.ID+" a", it.A, c.want[it.ID].A, 1e-6)
				near(t, it.ID+" b", it.B(), c.want[it.ID].B, 1e-6)
				if it.SEA <= 0 || it.SEB <= 0 {
					t.Errorf("%s has no standard errors", it.ID)
				}
			}
			r := exact(c.m, irt.OnePL)
			near(t, "Rasch logLik", r.LogLikelihood, c.rasch, 1e-6)
			near(t, "Rasch variance", r.Items[0].A*r.Items[0].A, c.slope2, 1e-6)
			// mirt estimates the mean of abilities beside the variance and stops before it is 0:
			// its intercepts are all higher by 2e-5, at a likelihood that is lower by 1e-7. What
			// such a shift leaves as it is, the differences between items, agrees.
			ours, theirs := 0.0, 0.0
			for i, want := range c.d {
				near(t, r.Items[i].ID+" Rasch d", r.Items[i].D, want, 3e-5)
				ours, theirs = ours+r.Items[i].D/float64(len(c.d)), theirs+want/float64(len(c.d))
			}
			for i, want := range c.d {
				near(t, r.Items[i].ID+" Rasch d, centred", r.Items[i].D-ours, want-theirs, 1e-5)
			}
		})
	}
}

func lsat7() []irt.Item {
	f := exact(reference.LSAT7(), irt.TwoPL)
	items, _ := f.Usable()
	return items
}

// TestScoring holds abilities against mirt's on LSAT7.
func TestScoring(t *testing.T) {
	f := exact(reference.LSAT7(), irt.TwoPL)
	eap := []struct{ theta, sd float64 }{
		{-1.869783757, .69270051}, {-1.527258361, .67362692}, {-1.513965850, .67308114}, {-1.185504420, .66517422},
		{-1.094039738, .66502364}, {-.766179783, .67212542}, {-.752925254, .67265755}, {-.411278810, .69220443},
		{-1.371959954, .66830414}, {-1.045801185, .66532035}, {-1.032821545, .66544471}, {-.703437288, .67480411},
		{-.608613163, .67959883}, {-.257390899, .70414798}, {-.242829765, .70535977}, {.141149574, .74101929},
		{-1.413699567, .66950275}, {-1.087077934, .66505037}, {-1.074109996, .66511463}, {-.745799878, .67295114},
		{-.651553756, .67731910}, {-.303399735, .70040692}, {-.288993915, .70156358}, {.090271653, .73597920},
		{-.934065436, .66700783}, {-.601338829, .68000236}, {-.587767264, .68076842}, {-.234990840, .70601748},
		{-.130588799, .71510854}, {.265418448, .75356580}, {.282104162, .75526963}, {.727184859, .80093209}}
	for p, s := range f.Abilities() {
		near(t, fmt.Sprintf("EAP of pattern %d", p), s.Theta, eap[p].theta, 1e-6)
		near(t, fmt.Sprintf("SD of pattern %d", p), s.SE, eap[p].sd, 1e-6)
	}
	form := lsat7()
	for s, want := range []struct{ eap, sd, expected float64 }{
		{-1.86978376, .69270051, 10.089857}, {-1.43186462, .68386562, 44.658992}, {-.94885394, .69422854, 109.773001},
		{-.41319641, .72109585, 207.738273}, {.15173286, .75877171, 319.185962}, {.72718486, .80093209, 308.553915}} {
		got := irt.SumScores(form, irt.Exact())[s]
		near(t, "EAP of sum", got.EAP, want.eap, 1e-6)
		near(t, "SD of sum", got.SD, want.sd, 1e-6)
		near(t, "expected count", 1000*got.Share, want.expected, 1e-6)
	}
	r := f.Reliability(true)
	near(t, "marginal reliability", r.Marginal.Value, .44181901, 1e-7)
	near(t, "empirical reliability", r.Empirical.Value, .45230498, 1e-7)

	pattern := func(bits string) []irt.Answer {
		var all []irt.Answer
		for i, b := range bits {
			all = append(all, irt.Answer{Item: form[i], Right: b == '1'})
		}
		return all
	}
	near(t, "MAP 00000", irt.MAP(pattern("00000")).Theta, -1.81638821, 1e-7)
	near(t, "ML 00001", irt.ML(pattern("00001")).Theta, -3.12430803, 2e-6)
	near(t, "ML 11101", irt.ML(pattern("11101")).Theta, .42699134, 1e-6)
	near(t, "WLE 11111", irt.WLE(pattern("11111")).Theta, 1.08818730, 1e-6)
	if low, high := irt.ML(pattern("00000")), irt.ML(pattern("11111")); low.Defined || high.Defined || !math.IsInf(low.Theta, -1) || !math.IsInf(high.Theta, 1) {
		t.Errorf("ML of all wrong %+v, of all right %+v", low, high)
	}
	for n, theta := range []float64{-3, -2, -1, 0, 1, 2, 3} {
		near(t, "information", irt.Information(form, theta), []float64{.569050770, 1.081522131, 1.460827755, .918058084, .402369575, .168925827, .071427409}[n], 1e-8)
		near(t, "expected score", irt.Expected(form, theta), []float64{.91755688, 1.69712133, 2.84547448, 3.89908459, 4.49233733, 4.77234585, 4.89859729}[n], 1e-8)
	}
	p := make([]float64, len(form))
	for i, it := range form {
		p[i] = it.P(0)
	}
	for s, got := range irt.ScoreDistribution(p) {
		near(t, "score distribution at 0", got, []float64{.00030341, .00689827, .05924464, .23553093, .42300942, .27501333}[s], 5e-8)
	}
}

// TestSyntheticAbilities holds EAPs on complete and sparse data against mirt.
func TestSyntheticAbilities(t *testing.T) {
	if testing.Short() {
		t.Skip("one goroutine over many answers")
	}
	f := exact(reference.Choices("true_key"), irt.TwoPL)
	abilities := f.Abilities()
	for p, want := range []struct{ theta, sd float64 }{{.461618445, .423086077}, {1.171748242, .455293331}, {-.940052451, .421002096}, {-.595893433, .411133200}, {.334944289, .419358163}} {
		near(t, "EAP", abilities[p].Theta, want.theta, 1e-7)
		near(t, "SD", abilities[p].SE, want.sd, 1e-7)
	}
	r := f.Reliability(true)
	near(t, "empirical", r.Empirical.Value, .81285873, 1e-7)
	near(t, "marginal", r.Marginal.Value, .81076890, 1e-7)
	s := exact(reference.Sparse(), irt.TwoPL)
	abilities = s.Abilities()
	for p, want := range []struct{ theta, sd float64 }{{.865112260, .428650989}, {-.724549610, .461660721}, {-.409569362, .413049560}, {-.231449249, .378072939}} {
		near(t, "sparse EAP", abilities[p].Theta, want.theta, 1e-7)
		near(t, "sparse SD", abilities[p].SE, want.sd, 1e-7)
	}
	if m := s.Reliability(false).Marginal; m.Known() {
		t.Error("marginal reliability is defined where people answered different items")
	}
	low, high := 1000, 0
	for _, it := range s.Items {
		low, high = min(low, it.N), max(high, it.N)
	}
	if low != 177 || high != 228 {
		t.Errorf("responses per item %d to %d, want 177 to 228", low, high)
	}
}
