package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/internal/fault"
)

// analysis is what "proba analyze" was asked for.
type analysis struct {
	responses, key, model, group, reference string
	cells, date, times                      string
	cut                                     int
	similar, priors, ogive, asJSON          bool
}

// parseAnalysis takes flags before and after the file.
func parseAnalysis(args []string, stderr io.Writer) (analysis, error) {
	var a analysis
	flags := flag.NewFlagSet("proba analyze", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: proba analyze RESPONSES.csv [--key KEY.csv] [--model ctt|rasch|2pl|3pl] [--group COLUMN] [--cells CELLS.csv] [--cut POINTS] [--date COLUMN] [--times TIMES.csv] [--similar] [--ogive] [--json]")
		flags.PrintDefaults()
	}
	flags.StringVar(&a.key, "key", "", "CSV with the columns item and key; without it cells are marks")
	flags.StringVar(&a.model, "model", "ctt", "ctt, rasch, 2pl or 3pl")
	flags.StringVar(&a.group, "group", "", "column that splits people for DIF")
	flags.StringVar(&a.reference, "reference", "", "group that the others are compared with (default: the first in ascending order)")
	flags.StringVar(&a.cells, "cells", "", "CSV with the columns item and cell, for alpha of a test of parts")
	flags.IntVar(&a.cut, "cut", 0, "points that pass: says how consistent decisions are")
	flags.StringVar(&a.date, "date", "", "column that says when a person sat, for drift over calendar months")
	flags.StringVar(&a.times, "times", "", "CSV of seconds in the columns of the responses, for rapid guessing")
	flags.BoolVar(&a.similar, "similar", false, "compare everybody's answers with everybody's (at most 1,000 people)")
	flags.BoolVar(&a.ogive, "ogive", false, "loadings and thresholds by the normal ogive, besides the model")
	flags.BoolVar(&a.priors, "priors", false, "hold parameters near what is usual (always so for 3pl)")
	flags.BoolVar(&a.asJSON, "json", false, "print a machine-readable report")
	files, err := parseAnywhere(flags, args)
	if err != nil {
		return a, err
	}
	if len(files) != 1 {
		flags.Usage()
		return a, errors.New("name one file of responses")
	}
	a.responses = files[0]
	if a.cut < 0 {
		return a, fmt.Errorf("--cut %d: needs 1 point or more", a.cut)
	}
	if !slices.Contains([]string{"ctt", "rasch", "2pl", "3pl"}, a.model) {
		return a, fmt.Errorf("--model %q is none of ctt, rasch, 2pl, 3pl", a.model)
	}
	return a, nil
}

// parseAnywhere parses flags that may stand before, between and after arguments.
func parseAnywhere(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if args = flags.Args(); len(args) > 0 {
			rest, args = append(rest, args[0]), args[1:]
		}
	}
	return rest, nil
}

func analyze(_ context.Context, args []string, stdout, stderr io.Writer) error {
	a, err := parseAnalysis(args, stderr)
	if err != nil {
		return err
	}
	m, problems, err := a.read(stderr)
	for _, p := range problems {
		fmt.Fprintf(stderr, "%s: %s: %s\n", a.responses, p.Severity, p)
	}
	if fault.Code(err) == "responses.invalid" { // each is told above
		errorsIn := len(slices.DeleteFunc(slices.Clone(problems), func(p responses.Problem) bool { return p.Severity != "error" }))
		return fmt.Errorf("%s: %s; nothing was analysed", a.responses, several(errorsIn, "error", "errors"))
	}
	if err != nil {
		return err
	}
	if m, err = a.withTimes(m); err != nil {
		return err
	}
	parts, err := a.parts(m)
	if err != nil {
		return err
	}
	report := a.analyse(m, parts, stderr)
	report.Problems = append([]responses.Problem{}, problems...)
	if a.asJSON {
		err = printJSON(stdout, report)
	} else {
		err = report.print(stdout)
	}
	if err != nil {
		return err
	}
	if len(report.Refused) > 0 {
		for _, why := range report.Refused {
			fmt.Fprintf(stderr, "proba analyze: %s\n", why)
		}
		return errNo
	}
	return nil
}

func (a *analysis) read(stderr io.Writer) (*responses.Matrix, []responses.Problem, error) {
	options := responses.Options{Group: a.group, Date: a.date}
	if a.key != "" {
		file, err := os.Open(a.key)
		if err != nil {
			return nil, nil, err
		}
		defer file.Close()
		if options.Key, err = responses.ReadKey(file); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", a.key, err)
		}
	}
	file, err := os.Open(a.responses)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	size := int64(0)
	if info, err := file.Stat(); err == nil {
		size = info.Size()
	}
	bar := newBar(stderr, "reading")
	defer bar.done()
	return responses.ReadCSV(&counted{r: file, tell: func(n int64) { bar.show(n, size) }}, options)
}

// analyse computes what was asked for. Refused says what could not be.
func (a *analysis) analyse(m *responses.Matrix, parts func(int) string, stderr io.Writer) analysisReport {
	r := analysisReport{N: m.Count(), Complete: m.Complete()}
	fit := a.fit(m, stderr)
	options := ctt.Options{Stratum: parts}
	var rest []float64
	if fit != nil && !m.Complete() && fit.Status != psychometrics.NotDefined {
		rest = fit.RestAbilities(m)
		options.Rest = rest
	}
	classical := ctt.Analyse(m, options)
	r.classical(m, classical)
	if parts != nil {
		r.strata(classical)
	}
	if a.model != "ctt" {
		r.modelled(m, fit)
		if fit.Status == psychometrics.NotDefined {
			r.Refused = append(r.Refused, fmt.Sprintf("model %s: %s", a.model, fit.Reason))
		}
	}
	if a.group != "" {
		a.compare(&r, m, fit, rest)
	}
	if a.ogive {
		r.ogive(m)
	}
	a.more(&r, m, classical, fit)
	return r
}

// more adds what was asked for beside items and model.
func (a *analysis) more(r *analysisReport, m *responses.Matrix, classical ctt.Report, fit *irt.Fit) {
	if a.cut > 0 {
		r.decide(m, classical, fit, a.cut)
	}
	if a.date != "" {
		r.drift(m, fit)
	}
	if a.times != "" {
		r.pace(m)
	}
	if a.similar {
		r.similarity(m, fit)
	}
}

// fit estimates the model asked for; where none was and people answered different
// items, or abilities are needed, a Rasch model.
func (a *analysis) fit(m *responses.Matrix, stderr io.Writer) *irt.Fit {
	options := irt.Options{Model: irt.Model(a.model), Tolerance: 1e-6, Grid: irt.NormalGrid(61, 6)}
	switch {
	case a.model == "ctt" && m.Complete() && a.date == "" && !a.similar:
		return nil
	case a.model == "ctt":
		options.Model = irt.OnePL
	}
	if len(m.Cells()) > 200_000 { // the fourth decimal is far below any standard error, and time counts
		options.Tolerance, options.Grid = 1e-4, irt.Operational()
	}
	if a.priors || options.Model == irt.ThreePL {
		options.Prior = irt.Weak
	}
	if options.Model == irt.ThreePL {
		options.Guess = func(item int) float64 {
			if n := len(m.Items()[item].Options); n > 1 {
				return 1 / float64(n)
			}
			return .2
		}
	}
	bar := newBar(stderr, "estimating")
	defer bar.done()
	options.Progress = func(step int, moved float64) { bar.note(fmt.Sprintf("step %d, largest change %.1g", step, moved)) }
	return irt.Estimate(m, options)
}

// compare compares the groups on every item. rest are abilities by fit to match people by, nil
// to match by totals.
func (a *analysis) compare(r *analysisReport, m *responses.Matrix, fit *irt.Fit, rest []float64) {
	groups := m.Groups()
	reference := a.reference
	if reference == "" && len(groups) > 0 {
		reference = groups[0]
	}
	if len(groups) < 2 || !slices.Contains(groups, reference) {
		r.Refused = append(r.Refused, fmt.Sprintf("DIF: column %s has the groups %q; comparing takes two or more, and the reference %q must be one of them", a.group, groups, reference))
		return
	}
	r.DIF = []difRow{}
	for _, focal := range groups {
		if focal == reference {
			continue
		}
		c := dif.Comparison{Reference: reference, Focal: focal, Ability: rest}
		plain := dif.Compare(m, c)
		for i, p := range purified(m, c, fit, plain) {
			r.DIF = append(r.DIF, newDIFRow(reference, focal, plain[i], p))
		}
	}
}

// purified is the comparison with what plain found left out of what people are matched by:
// totals, or abilities by fit where they answered different items. Of abilities are left
// out items of class B or C, so that where too few people give any item a class, there is
// no such comparison.
func purified(m *responses.Matrix, c dif.Comparison, fit *irt.Fit, plain []dif.Result) []dif.Result {
	if c.Ability == nil {
		c.Purify = true
		return dif.Compare(m, c)
	}
	if !slices.ContainsFunc(plain, func(r dif.Result) bool { return r.ETS != "" }) {
		none := make([]dif.Result, len(plain))
		for i, r := range plain {
			none[i] = dif.Result{Item: r.Item, Delta: psychometrics.Undefined(r.Delta.N, r.Delta.Reason)}
		}
		return none
	}
	_, results := dif.PurifiedByAbility(m, dif.Sides(m, c.Reference, c.Focal), func(out []bool) []float64 {
		if !slices.Contains(out, true) {
			return c.Ability
		}
		return fit.RestAbilitiesWithout(m, out)
	})
	return results
}
