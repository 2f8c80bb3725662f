package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/equate"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// equateReport is what "proba equate --json" prints.
type equateReport struct {
	Method string `json:"method"`
	// Slope and Intercept of a line from X to Y, or of a link from the new scale to the old.
	Slope     *float64 `json:"slope,omitempty"`
	Intercept *float64 `json:"intercept,omitempty"`
	// Scores are those of Y for each score of X, from 0.
	Scores []float64            `json:"scores,omitempty"`
	N      int                  `json:"n"`
	Status psychometrics.Status `json:"status"`
	Reason string               `json:"reason,omitempty"`
}

// equateMethods by what their files hold.
var (
	linkMethods = map[string]equate.Criterion{"mean-mean": equate.MeanMean, "mean-sigma": equate.MeanSigma, "haebara": equate.Haebara, "stocking-lord": equate.StockingLord}
	// lineMethods need the column score; the last two the column anchor too.
	lineMethods = []string{"mean", "linear", "equipercentile", "tucker", "levine"}
)

func equateCommand(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba equate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, `usage: proba equate METHOD X.csv Y.csv [flags]
  mean, linear, equipercentile   scores of X as scores of Y: the column score, a row a person; groups drawn at random
  tucker, levine                 the columns score and anchor: groups that differ
  mean-mean, mean-sigma, haebara, stocking-lord
                                 the scale of X on that of Y: the columns id, a, b and possibly c; common items by id
  true-score                     scores of form X as scores of form Y, parameters on one scale
`)
		flags.PrintDefaults()
	}
	external := flags.Bool("external", false, "the anchor is not part of the form, for tucker and levine")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	rest, err := parseAnywhere(flags, args)
	if err != nil {
		return err
	}
	if len(rest) != 3 {
		flags.Usage()
		return errors.New("name a method and two files")
	}
	r := equateReport{Method: rest[0]}
	criterion, link := linkMethods[r.Method]
	switch {
	case link, r.Method == "true-score":
		err = r.items(rest[1], rest[2], criterion, link)
	case slices.Contains(lineMethods, r.Method):
		err = r.people(rest[1], rest[2], !*external)
	default:
		flags.Usage()
		return fmt.Errorf("there is no method %q", r.Method)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		err = printJSON(stdout, r)
	} else {
		r.print(stdout)
	}
	if err == nil && r.Status == psychometrics.NotDefined {
		fmt.Fprintf(stderr, "proba equate: %s\n", r.Reason)
		return errNo
	}
	return err
}

// items equates by parameters.
func (r *equateReport) items(x, y string, c equate.Criterion, link bool) error {
	idsX, fresh, err := readItems(x)
	if err != nil {
		return err
	}
	idsY, old, err := readItems(y)
	if err != nil {
		return err
	}
	if !link {
		form := func(ids []string, of map[string]irt.Item) (all []irt.Item) {
			for _, id := range ids {
				all = append(all, of[id])
			}
			return all
		}
		r.table(equate.TrueScores(form(idsX, fresh), form(idsY, old)))
		return nil
	}
	var a, b []irt.Item
	sort.Strings(idsX)
	for _, id := range idsX {
		if it, common := old[id]; common {
			a, b = append(a, fresh[id]), append(b, it)
		}
	}
	l := equate.NewLink(a, b, c, irt.Operational())
	r.N, r.Status, r.Reason = l.N, l.Status, l.Reason
	if l.Status != psychometrics.NotDefined {
		r.Slope, r.Intercept = &l.A, &l.B
	}
	return nil
}

// people equates by scores.
func (r *equateReport) people(x, y string, internal bool) error {
	var forms [2]equate.Anchored
	for n, path := range []string{x, y} {
		t, err := readTable(path)
		if err != nil {
			return err
		}
		if forms[n].Form, err = t.column("score"); err != nil {
			return err
		}
		if r.Method == "tucker" || r.Method == "levine" {
			if forms[n].Anchor, err = t.column("anchor"); err != nil {
				return err
			}
		}
	}
	switch r.Method {
	case "mean":
		r.line(equate.Mean(forms[0].Form, forms[1].Form))
	case "linear":
		r.line(equate.Linear(forms[0].Form, forms[1].Form))
	case "tucker", "levine":
		method := equate.Tucker
		if r.Method == "levine" {
			method = equate.Levine
		}
		share := float64(len(forms[0].Form)) / float64(len(forms[0].Form)+len(forms[1].Form))
		r.line(equate.Common(forms[0], forms[1], method, share, internal))
	default:
		var counts [2][]int
		for n, form := range forms {
			for _, v := range form.Form {
				if v != math.Trunc(v) || v < 0 || v > 100_000 {
					return fmt.Errorf("equipercentile needs whole scores from 0, not %g", v)
				}
				for len(counts[n]) <= int(v) {
					counts[n] = append(counts[n], 0)
				}
				counts[n][int(v)]++
			}
		}
		r.table(equate.Equipercentile(counts[0], counts[1]))
	}
	return nil
}

func (r *equateReport) line(l equate.Line) {
	r.N, r.Status, r.Reason = l.N, l.Status, l.Reason
	if l.Status != psychometrics.NotDefined {
		r.Slope, r.Intercept = &l.Slope, &l.Intercept
	}
}

func (r *equateReport) table(t equate.Table) {
	r.N, r.Status, r.Reason, r.Scores = t.N, t.Status, t.Reason, t.Scores
}

func (r *equateReport) print(w io.Writer) {
	fmt.Fprintf(w, "%s, n %d: %s", r.Method, r.N, r.Status)
	if r.Reason != "" {
		fmt.Fprintf(w, " (%s)", r.Reason)
	}
	fmt.Fprintln(w)
	if r.Slope != nil {
		fmt.Fprintf(w, "Y = %.6f · X + %.6f\n", *r.Slope, *r.Intercept)
	}
	for x, y := range r.Scores {
		fmt.Fprintf(w, "%4d  %8.4f\n", x, y)
	}
}
