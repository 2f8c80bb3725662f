package psychometrics_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// FuzzEveryStatistic: whatever table can be read, each statistic of it is a number
// or a reason. JSON has no NaN, so that encoding the results finds one.
func FuzzEveryStatistic(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,0\n0,1\n1,1\n", "person,freq,a,b,g\nx,30,1,0,p\ny,20,0,1,q\nz,9,1,1,p\n", "a,b,g\n.5,.25,x\n.1,NA,y\n0,0,x\n",
		"a,b,c,g\n1,1,1,x\n1,1,1,x\n", "a,g\n1,x\n0,y\n", "a,b,g\n,,x\n", "a,b\n1e300,1\n0,1e-300\n", "a,b\n1,-\n",
		"freq,a,b,c,g\n9,1,0,0,x\n9,0,1,0,y\n9,1,1,0,x\n9,0,0,1,y\n", "freq,a,b,c\n1000000000,1,0,1\n1000000000,0,1,0\n",
	} {
		f.Add(text, uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, cut uint8) {
		if len(text) > 400 {
			return
		}
		m, _, err := responses.ReadCSV(strings.NewReader(text), responses.Options{Group: map[bool]string{true: "g"}[strings.Contains(text, "g\n")]})
		if err != nil || len(m.Items()) > 12 {
			return
		}
		say := func(what string, v any) {
			if _, err := json.Marshal(v); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		classical := ctt.Analyse(m, ctt.Options{Stratum: func(i int) string { return m.Items()[i].ID[:1] }})
		say("classical", classical)
		for _, model := range []irt.Model{irt.OnePL, irt.TwoPL} {
			fit := irt.Estimate(m, irt.Options{Model: model, MaxSteps: 50})
			say("items", fit.Items)
			say("log-likelihood", fit.LogLikelihood)
			say("abilities", fit.Abilities())
			say("reliability", fit.Reliability(m.Complete()))
			say("fit of people", fit.PersonFits())
			say("pairs", fit.LocalDependence(m))
			say("fit of items", fit.PlausibleFit(1))
			say("S-X²", fit.SX2(m))
			say("M2", fit.M2(m))
			say("similarity", forensic.CompareAll(m, fit))
			say("wrong answers", forensic.CompareWrong(m, 0, len(m.People())-1))
		}
		say("normal ogive", irt.EstimateOgive(m, irt.Grid{}, 0))
		rasch := irt.EstimateRasch(m)
		say("Rasch", []any{rasch, rasch.Fit(m), rasch.Andersen(m)})
		if groups := m.Groups(); len(groups) > 1 {
			say("DIF", dif.Compare(m, dif.Comparison{Reference: groups[0], Focal: groups[1], Purify: true}))
		}
		scores := make(standard.Scores, 8)
		for p := range m.People() {
			scores[len(m.Of(p))%8]++
		}
		say("decisions", []any{standard.Huynh(scores, int(cut)), standard.LivingstonLewis(scores, int(cut), classical.Alpha.Value), standard.Subkoviak(scores, int(cut), .5)})
	})
}
