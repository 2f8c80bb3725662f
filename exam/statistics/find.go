package statistics

import (
	"runtime"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// parts is how many parts the finding has.
const parts = 9

// finding is what is computed with the model, each part by itself. Without a model, parts
// that need it have nothing.
type finding struct {
	classical   ctt.Report
	observed    [][]irt.Observed // by item
	compared    []Compared
	differences [][]dif.Result // by comparison and item
	fits        []irt.FitTest  // by item
	dependence  irt.Dependence
	people      []irt.PersonFit
	drifts      []forensic.Drift // by item, nil when all sat in one month
	similar     Similar
	pace        forensic.Pace
}

// find computes all parts, several at once: none looks at what another has found. step
// hears how many are done.
func (s *sample) find(m *responses.Matrix, fit *irt.Fit, step func(done int)) *finding {
	f := &finding{observed: make([][]irt.Observed, len(m.Items()))}
	modelled := fit.Status != psychometrics.NotDefined
	var rest []float64
	if modelled {
		rest = fit.RestAbilities(m)
	}
	all := [parts]func(){
		func() {
			var o ctt.Options
			if !m.SameScored() {
				o.Rest = rest
			}
			f.classical = ctt.Analyse(m, o)
		},
		func() { f.compared, f.differences = compare(m, s, rest) },
		func() { f.dependence = fit.LocalDependence(m) },
		func() { f.similar = s.alike(m, fit) },
		func() { f.drifts = drifts(m, fit) },
		func() { f.fits = fit.PlausibleFit(fitSeed) },
		func() { f.people = fit.PersonFits() },
		func() { f.pace = forensic.RapidGuessing(m) },
		func() {
			for i, it := range fit.Items {
				if modelled && it.Status != psychometrics.NotDefined && it.N >= LeastPeople {
					f.observed[i] = fit.Observe(rest, i, observedBins)
				}
			}
		},
	}
	// As many as there are processors, since each has its tables.
	places, ended := make(chan bool, runtime.GOMAXPROCS(0)), make(chan bool, parts)
	for _, part := range all {
		go func() {
			places <- true
			part()
			<-places
			ended <- true
		}()
	}
	for n := range parts {
		<-ended
		step(n + 1)
	}
	return f
}
