package ctt_test

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
)

func near(t *testing.T, what string, got psychometrics.Estimate, want, tolerance float64) {
	t.Helper()
	if !got.Known() || !(math.Abs(got.Value-want) <= tolerance) {
		t.Errorf("%s = %.10g (%s %s), want %.10g within %g", what, got.Value, got.Status, got.Reason, want, tolerance)
	}
}

// TestLSAT holds the analysis against five programs that agree (base R, CTT,
// psych, mirt, ltm).
func TestLSAT(t *testing.T) {
	type row struct{ p, sd, total, rest, biserial, without, kelley, quantile float64 }
	for name, c := range map[string]struct {
		report                     ctt.Report
		mean, sd, alpha, kr21, sem float64
		items                      []row
		distribution               []int
	}{
		"LSAT6": {ctt.Analyse(reference.LSAT6(), ctt.Options{}), 3.819, 1.035041, 0.29499719, 0.196441, 0.869067, []row{
			{.924, .2651307, .3620104, .1128327, .6708939, .2753562, .1966245, .1768116},
			{.709, .4544508, .5667721, .1531781, .7508727, .2375839, .6314580, .6115942},
			{.553, .4974318, .6184398, .1727789, .7776048, .2167995, .8108767, .7942029},
			{.763, .4254551, .5344183, .1444281, .7360803, .2459327, .5369902, .5101449},
			{.870, .3364717, .4353664, .1215964, .6921229, .2662944, .3203469, .2956522},
		}, []int{3, 20, 85, 237, 357, 298}},
		"LSAT7": {ctt.Analyse(reference.LSAT7(), ctt.Options{}), 3.707, 1.198577, 0.45340874, 0.415044, 0.886130, []row{
			{.828, .3775693, .5299878, .2457316, .7844829, .3959750, .4329720, .3881402},
			{.658, .4746170, .5996767, .2466736, .7746495, .3938310, .7198374, .6792453},
			{.772, .4197525, .6112103, .3131793, .8486416, .3453912, .5816079, .5202156},
			{.606, .4888793, .5920286, .2227513, .7518295, .4146007, .7420596, .6954178},
			{.843, .3639828, .4611917, .1747863, .6981900, .4384621, .3753749, .3369272},
		}, []int{12, 40, 114, 205, 321, 308}},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.report
			if r.N != 1000 || !r.Complete {
				t.Fatalf("%d people, complete %v", r.N, r.Complete)
			}
			near(t, "mean", r.Mean, c.mean, 1e-9)
			near(t, "sd", r.SD, c.sd, 5e-7)
			near(t, "alpha", r.Alpha, c.alpha, 5e-9)
			near(t, "KR-21", r.KR21, c.kr21, 5e-7)
			near(t, "SEM", r.SEM, c.sem, 5e-7)
			for i, want := range c.items {
				it := r.Items[i]
				near(t, it.ID+" p", it.Facility, want.p, 1e-7)
				near(t, it.ID+" sd", it.SD, want.sd, 1e-7)
				near(t, it.ID+" r with total", it.Total, want.total, 1e-7)
				near(t, it.ID+" r with rest", it.Rest, want.rest, 1e-7)
				near(t, it.ID+" biserial", it.Biserial, want.biserial, 1e-7)
				near(t, it.ID+" alpha without", it.AlphaWithout, want.without, 1e-7)
				near(t, it.ID+" upper-lower", it.UpperLower, want.kelley, 1e-7)
				near(t, it.ID+" upper-lower by quantile", it.UpperLowerQuantile, want.quantile, 1e-7)
			}
			for score, n := range c.distribution {
				if r.Totals[score].Count != n || r.Totals[score].Score != float64(score) {
					t.Errorf("total %d: %+v, want %d people", score, r.Totals[score], n)
				}
			}
		})
	}
}

// TestLSAT7Printed: what mirt's reference pages print, to half a unit of the last digit.
func TestLSAT7Printed(t *testing.T) {
	r := ctt.Analyse(reference.LSAT7(), ctt.Options{})
	near(t, "alpha", r.Alpha, .453, 5e-4)
	for i, want := range []struct{ p, total, rest, without float64 }{
		{.828, .530, .246, .396}, {.658, .600, .247, .394}, {.772, .611, .313, .345}, {.606, .592, .223, .415}, {.843, .461, .175, .438},
	} {
		near(t, "p", r.Items[i].Facility, want.p, 5e-4)
		near(t, "r with total", r.Items[i].Total, want.total, 5e-4)
		near(t, "r with rest", r.Items[i].Rest, want.rest, 5e-4)
		near(t, "alpha without", r.Items[i].AlphaWithout, want.without, 5e-4)
	}
}

// TestChoices holds the analysis of multiple choice against R's CTT package, and
// the distractors against the correlation with the rest score.
func TestChoices(t *testing.T) {
	r := ctt.Analyse(reference.Choices("key"), ctt.Options{})
	near(t, "alpha", r.Alpha, .77328697, 1e-8)
	near(t, "mean", r.Mean, 9.978, 1e-9)
	near(t, "SD", r.SD, 3.961427, 5e-7)
	omitted := 0 // the set calls it option 0
	for _, it := range r.Items {
		for _, o := range it.Options {
			if o.Option == "0" {
				omitted += o.N
			}
		}
	}
	if r.N != 500 || omitted != 40 {
		t.Errorf("%d people left out %d answers, want 500 and 40", r.N, omitted)
	}
	for i, want := range []struct{ p, rest, without, biserial float64 }{
		{.766, .23620244, .77027559, .32618714}, {.844, .38015562, .76217703, .57643548}, {.730, .32622855, .76466607, .43802876}, {.706, .31501350, .76542520, .41660374},
		{.756, .42279538, .75849008, .57890761}, {.632, .40577877, .75901169, .51921305}, {.556, .42826091, .75722133, .53868425}, {.644, .45334034, .75558605, .58247419},
		{.492, .36558948, .76191157, .45823195}, {.566, .47745769, .75351074, .60141742}, {.556, .32774263, .76470706, .41224821}, {.378, .27778462, .76820936, .35432885},
		{.502, .36339750, .76207534, .45545330}, {.402, .33717796, .76398558, .42735311}, {.272, .33596570, .76402451, .45048828}, {.342, -.14006823, .79567933, -.18093714},
		{.214, .25738189, .76888456, .36224935}, {.254, .41206382, .75909889, .55974633}, {.194, .40808229, .76000357, .58711656}, {.172, .35878013, .76312884, .53106291},
	} {
		near(t, r.Items[i].ID+" p", r.Items[i].Facility, want.p, 1e-9)
		near(t, r.Items[i].ID+" r with rest", r.Items[i].Rest, want.rest, 1e-8)
		near(t, r.Items[i].ID+" alpha without", r.Items[i].AlphaWithout, want.without, 1e-8)
		near(t, r.Items[i].ID+" biserial with rest", r.Items[i].BiserialRest, want.biserial, 1e-8)
	}
	for o, want := range []struct {
		option string
		n      int
		rest   float64
	}{{"0", 3, -.01884678}, {"1", 171, -.14006823}, {"2", 113, -.13746301}, {"3", 38, -.12875060}, {"4", 175, .33442816}} {
		got := r.Items[15].Options[o]
		if got.Option != want.option || got.N != want.n {
			t.Errorf("option %+v, want %+v", got, want)
		}
		near(t, "q16 option "+want.option, got.Rest, want.rest, 1e-8)
	}
	for _, it := range r.Items {
		for _, f := range it.Flags {
			if (f == ctt.MisKey) != (it.ID == "q16" && f == ctt.MisKey) {
				t.Errorf("%s is flagged as mis-keyed", it.ID)
			}
		}
	}
	if got := r.Items[15].Flags; len(got) == 0 || got[0] != ctt.Negative || !contains(got, ctt.MisKey) {
		t.Errorf("q16 has flags %v", got)
	}
}

func contains(all []ctt.Flag, f ctt.Flag) bool {
	for _, g := range all {
		if g == f {
			return true
		}
	}
	return false
}
