package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// analysisReport is what "proba analyze --json" prints. A number that is not
// defined is null, and the reason stands under the same name in Notes.
type analysisReport struct {
	N          int                 `json:"n"`
	Complete   bool                `json:"complete"`
	Items      []itemRow           `json:"items"`
	Alpha      *float64            `json:"alpha"`
	AlphaLow   *float64            `json:"alpha_low,omitempty"`
	AlphaTop   *float64            `json:"alpha_high,omitempty"`
	SEM        *float64            `json:"sem"`
	KR21       *float64            `json:"kr21"`
	Mean       *float64            `json:"mean"`
	SD         *float64            `json:"sd"`
	Moodle     map[string]*float64 `json:"moodle"`
	Model      *modelRow           `json:"model,omitempty"`
	Ogive      *ogiveRow           `json:"ogive,omitempty"`
	Persons    []personRow         `json:"persons,omitempty"`
	DIF        []difRow            `json:"dif,omitempty"`
	Stratified *float64            `json:"stratified_alpha,omitempty"`
	Strata     []stratumRow        `json:"strata,omitempty"`
	Decisions  *decisionsRow       `json:"decisions,omitempty"`
	Drift      []driftRow          `json:"drift,omitempty"`
	Pace       *paceRow            `json:"pace,omitempty"`
	Similarity *similarityRow      `json:"similarity,omitempty"`
	// Notes say why a number is null or should not be acted on.
	Notes    map[string]string   `json:"notes,omitempty"`
	Problems []responses.Problem `json:"problems"`
	// Refused says what was asked for and cannot be given.
	Refused []string `json:"refused,omitempty"`
}

type itemRow struct {
	ID           string               `json:"id"`
	N            int                  `json:"n"`
	P            *float64             `json:"p"`
	PSE          *float64             `json:"p_se,omitempty"`
	SD           *float64             `json:"sd"`
	RRest        *float64             `json:"r_rest"`
	RRestLow     *float64             `json:"r_rest_low,omitempty"`
	RRestHigh    *float64             `json:"r_rest_high,omitempty"`
	RTotal       *float64             `json:"r_total"`
	BiserialRest *float64             `json:"biserial_rest"`
	Biserial     *float64             `json:"biserial"`
	AlphaWithout *float64             `json:"alpha_if_deleted"`
	D27          *float64             `json:"d27"`
	Omitted      float64              `json:"omitted"`
	Flags        []ctt.Flag           `json:"flags"`
	Options      []optionRow          `json:"options,omitempty"`
	Moodle       map[string]*float64  `json:"moodle"`
	Status       psychometrics.Status `json:"status"`
	Notes        map[string]string    `json:"notes,omitempty"`
}

type optionRow struct {
	Option string    `json:"option"`
	Key    bool      `json:"key"`
	N      int       `json:"n"`
	Share  float64   `json:"share"`
	RRest  *float64  `json:"r_rest"`
	Trace  []float64 `json:"trace,omitempty"`
}

type modelRow struct {
	Name        string               `json:"name"`
	LogLik      *float64             `json:"loglik"`
	AIC         *float64             `json:"aic,omitempty"`
	BIC         *float64             `json:"bic,omitempty"`
	SABIC       *float64             `json:"sabic,omitempty"`
	Parameters  int                  `json:"parameters"`
	Steps       int                  `json:"steps"`
	Converged   bool                 `json:"converged"`
	ErrorsBy    irt.ErrorMethod      `json:"errors_by,omitempty"`
	Items       []parameterRow       `json:"items"`
	Reliability *float64             `json:"reliability"`
	Marginal    *float64             `json:"reliability_marginal"`
	Conditional *float64             `json:"conditional_loglik,omitempty"`
	Fit         *modelFitRow         `json:"fit,omitempty"`
	Dependence  *dependenceRow       `json:"dependence,omitempty"`
	Status      psychometrics.Status `json:"status"`
	Reason      string               `json:"reason,omitempty"`
}

type parameterRow struct {
	ID     string               `json:"id"`
	N      int                  `json:"n"`
	A      *float64             `json:"a"`
	B      *float64             `json:"b"`
	C      *float64             `json:"c"`
	SEA    *float64             `json:"se_a"`
	SEB    *float64             `json:"se_b"`
	Fit    *fitRow              `json:"fit,omitempty"`
	SX2    *fitRow              `json:"s_x2,omitempty"`
	Infit  *float64             `json:"infit,omitempty"`
	Outfit *float64             `json:"outfit,omitempty"`
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
}

type fitRow struct {
	ChiSquared float64 `json:"chi2"`
	DF         int     `json:"df"`
	P          float64 `json:"p"`
}

type personRow struct {
	ID  string   `json:"id"`
	EAP *float64 `json:"eap"`
	SD  *float64 `json:"sd"`
	// LZ is how usual the pattern of answers is (lz*), LZP its lower tail.
	LZ  *float64 `json:"lz,omitempty"`
	LZP *float64 `json:"lz_p,omitempty"`
}

type difRow struct {
	Item      string               `json:"item"`
	Reference string               `json:"reference"`
	Focal     string               `json:"focal"`
	Delta     *float64             `json:"delta"`
	SE        *float64             `json:"se"`
	Chi2      *float64             `json:"chi2"`
	P         *float64             `json:"p"`
	ETS       dif.Letter           `json:"ets"`
	PDIF      *float64             `json:"p_dif"`
	Purified  *float64             `json:"chi2_purified"`
	Uniform   *float64             `json:"p_uniform"`
	Crossing  *float64             `json:"p_nonuniform"`
	Status    psychometrics.Status `json:"status"`
	Reason    string               `json:"reason,omitempty"`
}

// noted returns the value and keeps why it is missing or weak.
func noted(notes *map[string]string, name string, e psychometrics.Estimate) *float64 {
	if e.Reason != "" {
		if *notes == nil {
			*notes = make(map[string]string)
		}
		(*notes)[name] = string(e.Status) + ": " + e.Reason
	}
	return e.Pointer()
}

// bound is one end of an interval, nil when there is none.
func bound(e psychometrics.Estimate, end float64) *float64 {
	if !e.Known() || (e.Low == 0 && e.High == 0) {
		return nil
	}
	return &end
}

// positive is nil for an error that is not known.
func positive(v float64) *float64 {
	if v <= 0 {
		return nil
	}
	return &v
}

func (r *analysisReport) classical(m *responses.Matrix, c ctt.Report) {
	r.Alpha, r.SEM, r.KR21 = noted(&r.Notes, "alpha", c.Alpha), noted(&r.Notes, "sem", c.SEM), noted(&r.Notes, "kr21", c.KR21)
	r.Mean, r.SD = noted(&r.Notes, "mean", c.Mean), noted(&r.Notes, "sd", c.SD)
	r.AlphaLow, r.AlphaTop = bound(c.Alpha, c.Alpha.Low), bound(c.Alpha, c.Alpha.High)
	r.Moodle = map[string]*float64{"median": c.Moodle.Median.Pointer(), "skewness": c.Moodle.Skewness.Pointer(), "kurtosis": c.Moodle.Kurtosis.Pointer(),
		"internal_consistency": c.Moodle.CIC.Pointer(), "error_ratio": c.Moodle.ErrorRatio.Pointer(), "standard_error": c.Moodle.StandardError.Pointer()}
	r.Items = make([]itemRow, len(c.Items))
	for i, it := range c.Items {
		row := itemRow{ID: it.ID, N: it.N, Flags: it.Flags, Omitted: it.Omitted, Status: it.Rest.Status}
		row.P, row.SD = noted(&row.Notes, "p", it.Facility), noted(&row.Notes, "sd", it.SD)
		row.RRest, row.RTotal = noted(&row.Notes, "r_rest", it.Rest), noted(&row.Notes, "r_total", it.Total)
		row.Biserial, row.AlphaWithout = noted(&row.Notes, "biserial", it.Biserial), noted(&row.Notes, "alpha_if_deleted", it.AlphaWithout)
		row.BiserialRest = noted(&row.Notes, "biserial_rest", it.BiserialRest)
		row.D27 = noted(&row.Notes, "d27", it.UpperLower)
		row.PSE, row.RRestLow, row.RRestHigh = positive(it.Facility.SE), bound(it.Rest, it.Rest.Low), bound(it.Rest, it.Rest.High)
		row.Moodle = map[string]*float64{"facility": it.Moodle.Facility.Pointer(), "sd": it.Moodle.SD.Pointer(), "intended_weight": it.Moodle.IntendedWeight.Pointer(),
			"effective_weight": it.Moodle.EffectiveWeight.Pointer(), "discrimination_index": it.Moodle.Discrimination.Pointer(), "discriminative_efficiency": it.Moodle.Efficiency.Pointer()}
		for _, o := range it.Options {
			row.Options = append(row.Options, optionRow{Option: o.Option, Key: o.Key, N: o.N, Share: o.Share, RRest: o.Rest.Pointer(), Trace: o.Trace})
		}
		r.Items[i] = row
	}
}

// fitSeed makes the draws of the fit test repeatable.
const fitSeed = 1

func (r *analysisReport) modelled(m *responses.Matrix, f *irt.Fit) {
	row := &modelRow{Name: string(f.Model), Parameters: f.Parameters, Steps: f.Steps, Converged: f.Converged, ErrorsBy: f.ErrorsBy, Status: f.Status, Reason: f.Reason, Items: []parameterRow{}}
	r.Model = row
	defined := f.Status != psychometrics.NotDefined
	if defined {
		logLik, aic, bic, sabic := f.LogLikelihood, f.AIC(), f.BIC(), f.SABIC()
		row.LogLik, row.AIC, row.BIC, row.SABIC = &logLik, &aic, &bic, &sabic
		reliability := f.Reliability(m.Complete())
		row.Reliability, row.Marginal = reliability.Empirical.Pointer(), reliability.Marginal.Pointer()
	}
	var rasch *irt.Rasch
	if f.Model == irt.OnePL && defined {
		if rasch = irt.EstimateRasch(m); rasch.Status != psychometrics.NotDefined {
			row.Conditional = &rasch.LogLikelihood
		}
	}
	fits := f.PlausibleFit(fitSeed)
	for i, it := range f.Items {
		p := parameterRow{ID: it.ID, N: it.N, Status: it.Status, Reason: it.Reason}
		if defined && it.Status != psychometrics.NotDefined {
			a, b, c := it.A, it.B(), it.C
			p.A, p.C = &a, &c
			if e := psychometrics.Of(b, it.N, 0); e.Known() {
				p.B = &b
			}
			p.SEA, p.SEB = positive(it.SEA), positive(it.SEB)
			if t := fits[i]; t.Status != psychometrics.NotDefined {
				p.Fit = &fitRow{t.Statistic, t.DF, t.P}
			}
		}
		row.Items = append(row.Items, p)
	}
	if defined {
		row.fitted(m, f, rasch)
	}
	people := f.PersonFits()
	for n, s := range f.Abilities() {
		p := personRow{ID: m.People()[n].ID}
		if s.Defined && defined {
			theta, sd := s.Theta, s.SE
			p.EAP, p.SD = &theta, &sd
		}
		if lz := people[n]; lz.Status == psychometrics.Fine {
			p.LZ, p.LZP = &lz.LZ, &lz.P
		}
		r.Persons = append(r.Persons, p)
	}
}

func newDIFRow(reference, focal string, plain, purified dif.Result) difRow {
	row := difRow{Item: plain.Item, Reference: reference, Focal: focal, ETS: plain.ETS, Status: plain.Delta.Status, Reason: plain.Delta.Reason, Delta: plain.Delta.Pointer()}
	if plain.Delta.Known() {
		row.SE, row.Chi2, row.P, row.PDIF = &plain.Delta.SE, &plain.ChiSquared, &plain.P, &plain.Difference
	}
	if purified.Delta.Known() {
		row.Purified = &purified.ChiSquared
	}
	if plain.Uniform.Status != psychometrics.NotDefined {
		row.Uniform, row.Crossing = &plain.Uniform.P, &plain.NonUniform.P
	}
	return row
}

// cell prints a number for people: a dash where there is none.
func cell(v *float64, digits int) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.*f", digits, *v)
}

// print writes plain tables.
func (r *analysisReport) print(w io.Writer) error {
	fmt.Fprintf(w, "%s, %s", several(r.N, "person", "people"), several(len(r.Items), "item", "items"))
	if !r.Complete {
		fmt.Fprint(w, "; people answered different items, so that nothing is said about totals")
	}
	fmt.Fprintf(w, "\nmean %s  sd %s  alpha %s", cell(r.Mean, 3), cell(r.SD, 3), cell(r.Alpha, 3))
	if r.AlphaLow != nil && r.AlphaTop != nil {
		fmt.Fprintf(w, " (95 %%: %s to %s)", cell(r.AlphaLow, 3), cell(r.AlphaTop, 3))
	}
	fmt.Fprintf(w, "  SEM %s  KR-21 %s\n\n", cell(r.SEM, 3), cell(r.KR21, 3))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "item\tn\tp\tsd\tr rest\tr total\talpha without\tupper-lower\tflags\t")
	for _, it := range r.Items {
		flags := make([]string, len(it.Flags))
		for n, f := range it.Flags {
			flags[n] = string(f)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", it.ID, it.N, cell(it.P, 3), cell(it.SD, 3), cell(it.RRest, 3), cell(it.RTotal, 3), cell(it.AlphaWithout, 3), cell(it.D27, 3), strings.Join(flags, " "))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	r.printNotes(w)
	if err := r.printFlagged(w); err != nil {
		return err
	}
	if r.Model != nil {
		if err := r.Model.print(w); err != nil {
			return err
		}
		if err := r.printFit(w); err != nil {
			return err
		}
	}
	if err := r.printOgive(w); err != nil {
		return err
	}
	if err := r.printDIF(w); err != nil {
		return err
	}
	return r.printMore(w)
}

// limit says at which figure a flag is raised by the thresholds that are usual.
func limit(f ctt.Flag) string {
	switch u := ctt.Usual; f {
	case ctt.TooHard:
		return fmt.Sprintf("p below %.2f", u.Hard)
	case ctt.TooEasy:
		return fmt.Sprintf("p above %.2f", u.Easy)
	case ctt.Negative:
		return "r rest below 0"
	case ctt.WeakItem:
		return fmt.Sprintf("r rest below %.2f", u.Weak)
	case ctt.MisKey:
		return "a distractor's r rest above the key's, both intervals apart"
	case ctt.IdleDistractor:
		return fmt.Sprintf("an option that fewer than %.0f %% chose", 100*u.Unused)
	case ctt.LuringDistractor:
		return "a distractor's r rest surely above 0"
	}
	return ""
}

// printFlagged says once what each flag means and what to do, and shows the options of
// items whose flag is about them.
func (r *analysisReport) printFlagged(w io.Writer) error {
	items := make(map[ctt.Flag][]string)
	for _, it := range r.Items {
		for _, f := range it.Flags {
			items[f] = append(items[f], it.ID)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(items)) {
		fmt.Fprintf(w, "\n%s (%s): %s\n  %s\n", f, limit(f), strings.Join(items[f], " "), f.Advice())
	}
	for _, it := range r.Items {
		if !slices.ContainsFunc(it.Flags, func(f ctt.Flag) bool { return f != ctt.IdleDistractor }) || len(it.Options) == 0 {
			continue
		}
		fmt.Fprintf(w, "\noptions of %s\n", it.ID)
		t := tabwriter.NewWriter(w, 4, 0, 2, ' ', 0)
		for _, o := range it.Options {
			key := ""
			if o.Key {
				key = "key"
			}
			fmt.Fprintf(t, "    option %s\t%d\t%.1f %%\tr rest %s\t%s\n", o.Option, o.N, 100*o.Share, cell(o.RRest, 3), key)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (r *analysisReport) printDIF(w io.Writer) error {
	if len(r.DIF) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nDIF (below 0: harder for the focal group)")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "item\treference\tfocal\tdelta\tse\tchi2\tp\tETS\tchi2 purified\t\t")
	for _, d := range r.DIF {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", d.Item, d.Reference, d.Focal, cell(d.Delta, 3), cell(d.SE, 3), cell(d.Chi2, 3), cell(d.P, 4), d.ETS, cell(d.Purified, 3), d.Reason)
	}
	return t.Flush()
}
