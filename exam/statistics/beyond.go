package statistics

import (
	"math"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// Flags that need a model, beside those of package ctt.
const (
	// Misfit: the curve does not describe how its answers depend on ability.
	Misfit ctt.Flag = "misfit"
	// Easier: over the months it was answered more and more often than ability
	// explains, as when it is known outside.
	Easier ctt.Flag = "easier"
	// Harder: the other way round, as when the course no longer teaches it.
	Harder ctt.Flag = "harder"
)

const (
	// sureOf is the chance of a false alarm over all items at which one is flagged, and
	// below which a person's pattern of answers is counted as unusual.
	sureOf = .01
	// misfit is the misfit per degree of freedom and person (RMSEA) that is worth a look:
	// with many people every curve is refuted (Browne and Cudeck 1993 call .05 close).
	misfit = .05
	// drifted is the change over all months, as a share of answers, that is worth a look.
	drifted = .05
	// mostMonths bounds the table: fifty years are a wrong clock.
	mostMonths = 600
	// pairsKept bounds the list of items that depend on each other.
	pairsKept = 20
	// formsDecided is how many of the forms decisions are computed for, evenly spread.
	formsDecided = 1000
	// fitSeed draws the plausible abilities of the tests of fit: the same ones each time.
	fitSeed = 1
)

// Decisions says how sure pass and fail are, by Lee's method (2010) over the forms that
// were sat. Gates are not reckoned with.
type Decisions struct {
	// Forms that it was computed for.
	Forms int `json:"forms"`
	// Consistent is the share of people who would get the same decision on their form
	// again, Across on another one of those that were sat.
	Consistent psychometrics.Estimate `json:"consistent"`
	Across     psychometrics.Estimate `json:"across"`
	Kappa      psychometrics.Estimate `json:"kappa"`
	// Accurate is the share whose decision is that of their true ability.
	Accurate psychometrics.Estimate `json:"accurate"`
}

// Pair is two items that have more in common than ability.
type Pair struct {
	First  string                 `json:"first"`
	Second string                 `json:"second"`
	Q3     psychometrics.Estimate `json:"q3"`
}

// Unusual counts people whose pattern of answers is unusual for their ability (lz*).
type Unusual struct {
	Tested int `json:"tested"`
	Found  int `json:"found"`
}

// Fit is how well an item's curve describes it: PV-Q1, which needs no complete data.
type Fit struct {
	ChiSquared float64 `json:"chi2"`
	DF         int     `json:"df"`
	// P is adjusted for the number of items.
	P      float64              `json:"p"`
	RMSEA  float64              `json:"rmsea"`
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
}

// Drift is how an item moved over calendar months beyond what ability explains.
type Drift struct {
	// Slope is the change of the share right from one month to the next.
	Slope psychometrics.Estimate `json:"slope"`
	// P is adjusted for the number of items.
	P      float64 `json:"p"`
	Months []Month `json:"months,omitempty"`
}

// Month is the answers of one.
type Month struct {
	// Month such as "2026-03".
	Month    string  `json:"month"`
	N        int     `json:"n"`
	Observed float64 `json:"observed"`
	Expected float64 `json:"expected"`
}

// beyond adds what needs a model: fit, dependence, drift, and people's patterns.
func (r *Result) beyond(m *responses.Matrix, fit *irt.Fit, f *finding, items []ItemResult) {
	if fit.Status == psychometrics.NotDefined {
		r.Dependence = psychometrics.Undefined(m.Count(), fit.Reason)
		return
	}
	noteFits(f.fits, items)
	r.Dependence = f.dependence.Mean
	for _, p := range f.dependence.Pairs {
		if p.Dependent && len(r.Pairs) < pairsKept {
			r.Pairs = append(r.Pairs, Pair{fit.Items[p.First].ID, fit.Items[p.Second].ID, p.Q3})
		}
	}
	for _, p := range f.people {
		if p.Status == psychometrics.Fine {
			if r.Unusual.Tested++; p.P < sureOf {
				r.Unusual.Found++
			}
		}
	}
	noteDrifts(m, fit, f.drifts, items)
}

// noteFits adds the test of each curve to its item.
func noteFits(tests []irt.FitTest, items []ItemResult) {
	var tested []int
	var p []float64
	for i, t := range tests {
		items[i].Fit = &Fit{ChiSquared: t.Statistic, DF: t.DF, P: t.P, RMSEA: t.RMSEA, Status: t.Status, Reason: t.Reason}
		if t.Status == psychometrics.Fine {
			tested, p = append(tested, i), append(p, t.P)
		}
	}
	for n, adjusted := range psychometrics.Holm(p) {
		f := items[tested[n]].Fit
		if f.P = adjusted; adjusted < sureOf && f.RMSEA > misfit {
			items[tested[n]].Flags = append(items[tested[n]].Flags, Misfit)
		}
	}
}

// monthOf numbers the month in which somebody sat.
func monthOf(at time.Time) int { return at.UTC().Year()*12 + int(at.UTC().Month()) - 1 }

// span is the first and the last in which somebody sat.
func span(m *responses.Matrix) (first, last int) {
	first, last = math.MaxInt, math.MinInt
	for _, p := range m.People() {
		if !p.At.IsZero() {
			first, last = min(first, monthOf(p.At)), max(last, monthOf(p.At))
		}
	}
	return first, last
}

// drifts follows items over the months in which they were answered; nil when all sat in
// one month, and there is nothing to follow, or without a model.
func drifts(m *responses.Matrix, fit *irt.Fit) []forensic.Drift {
	first, last := span(m)
	if fit.Status == psychometrics.NotDefined || first >= last || last-first >= mostMonths {
		return nil
	}
	return forensic.FindDrift(m, fit.RestChances(m), func(p responses.Person) int {
		if p.At.IsZero() {
			return -1
		}
		return monthOf(p.At) - first
	})
}

// noteDrifts adds how each item moved.
func noteDrifts(m *responses.Matrix, fit *irt.Fit, found []forensic.Drift, items []ItemResult) {
	first, last := span(m)
	for i, d := range found {
		if fit.Items[i].Status == psychometrics.NotDefined {
			continue // without a curve nothing was expected of it
		}
		out := &Drift{Slope: psychometrics.Undefined(d.N, d.Reason), P: d.Adjusted}
		if d.Status != psychometrics.NotDefined {
			out.Slope = psychometrics.Estimate{Value: d.Slope, N: d.N, Status: d.Status, Reason: d.Reason}
			if d.Z != 0 {
				out.Slope = out.Slope.WithSE(math.Abs(d.Slope / d.Z))
			}
		}
		for n, p := range d.Periods {
			if p.N > 0 {
				at := first + n
				out.Months = append(out.Months, Month{time.Date(at/12, time.Month(at%12+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), p.N, p.Observed, p.Expected})
			}
		}
		items[i].Drift = out
		if d.Status != psychometrics.Fine || d.Adjusted >= sureOf || math.Abs(d.Slope)*float64(last-first) < drifted {
			continue
		}
		flag := Easier
		if d.Slope < 0 {
			flag = Harder
		}
		items[i].Flags = append(items[i].Flags, flag)
	}
}

// decide says how sure decisions at the cut are. Items without a curve count with their
// mean mark, whoever answers.
func (r *Result) decide(e *exam.Exam, f *forms, fit *irt.Fit) {
	refuse := func(why string) {
		none := psychometrics.Undefined(f.m.Count(), why)
		r.Decisions = &Decisions{Consistent: none, Across: none, Kappa: none, Accurate: none}
	}
	if !r.Cut.Known() {
		refuse(r.Cut.Reason)
		return
	}
	people := len(f.m.People())
	step := (people + formsDecided - 1) / formsDecided
	var sat []standard.Form
	for p := 0; p < people; p += step {
		if form := f.form(p, e.Blueprint.Cut); len(form.Items) > 0 {
			sat = append(sat, form)
		}
	}
	if len(sat) == 0 {
		refuse("the data leave nothing to compute it from")
		return
	}
	c, across := standard.DecisionsOver(sat, r.Cut.Value, fit.Grid)
	of := func(v float64) psychometrics.Estimate { return psychometrics.Of(v, f.m.Count(), leastForDecisions) }
	r.Decisions = &Decisions{Forms: len(sat), Consistent: of(c.Consistent), Across: of(across), Kappa: of(c.Kappa), Accurate: of(c.Accurate)}
}

// form is what person p sat, and the points that pass: the smallest whole number that is
// at least the share of the cut, in basis points.
func (f *forms) form(p, cut int) standard.Form {
	var form standard.Form
	for _, c := range f.m.Of(p) {
		if f.asked[c.Item] <= 0 {
			continue
		}
		it := f.items[c.Item]
		if !f.usable[c.Item] {
			mean := min(max(f.mean[c.Item], 1e-6), 1-1e-6)
			it = irt.Item{D: math.Log(mean / (1 - mean))}
		}
		form.Items = append(form.Items, it)
	}
	form.Cut = (len(form.Items)*cut + 9_999) / 10_000
	return form
}
