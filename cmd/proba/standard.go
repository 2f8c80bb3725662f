package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// standardMethods are what "proba standard" computes; Hofstee, Beuk and the groups are
// computed by panels of the workbench, from the results of an exam.
var standardMethods = []string{"angoff", "ebel", "nedelsky", "bookmark", "borderline-regression"}

// cutReport is what "proba standard --json" prints.
type cutReport struct {
	Method string                 `json:"method"`
	Cut    psychometrics.Estimate `json:"cut"`
	// Scale says what the cut is in: points, or ability.
	Scale string `json:"scale"`
	// Ability has the expected score of the cut, where items have parameters.
	Ability *psychometrics.Estimate `json:"ability,omitempty"`
	JudgeSD *float64                `json:"judge_sd,omitempty"`
	// Components are variances of the ratings.
	Judges   *float64 `json:"variance_judges,omitempty"`
	Items    *float64 `json:"variance_items,omitempty"`
	Residual *float64 `json:"variance_residual,omitempty"`
}

func standardCommand(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba standard", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, `usage: proba standard METHOD FILE.csv [flags]
  angoff                 a row a judge, a column an item: share of borderline candidates who answer it
  ebel                   a row a judge, a column a group of items: the same; --groups says whose items
  nedelsky               a row a judge, a column an item: wrong options ruled out; --options says how many there are
  bookmark               the column bookmark, a row a judge: the first item not mastered, from 1; needs --items
  borderline-regression  the columns grade and score, a row a person; --grade is the borderline one
`)
		flags.PrintDefaults()
	}
	groups := flags.String("groups", "", "CSV with the columns item and group, for ebel")
	options := flags.String("options", "", "CSV with the columns item and options, for nedelsky")
	parameters := flags.String("items", "", "CSV with the columns id, a, b and possibly c: gives the cut as ability")
	rp := flags.Float64("rp", standard.RP67, "response probability of bookmarks")
	grade := flags.Float64("grade", 2, "the borderline grade")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	rest, err := parseAnywhere(flags, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 && !slices.Contains(standardMethods, rest[0]) {
		return fmt.Errorf("there is no method %q; there are %s", rest[0], strings.Join(standardMethods, ", "))
	}
	if len(rest) != 2 {
		flags.Usage()
		return errors.New("name a method and a file")
	}
	if needed := map[string]*string{"ebel": groups, "nedelsky": options, "bookmark": parameters}[rest[0]]; needed != nil && *needed == "" {
		return fmt.Errorf("%s needs --%s", rest[0], map[*string]string{groups: "groups", options: "options", parameters: "items"}[needed])
	}
	t, err := readTable(rest[1])
	if err != nil {
		return err
	}
	r := cutReport{Method: rest[0], Scale: "points"}
	switch r.Method {
	case "borderline-regression":
		err = r.regression(&t, *grade)
	case "bookmark":
		err = r.bookmark(&t, *parameters, *rp)
	default:
		err = r.judged(&t, *groups, *options, *parameters)
	}
	switch {
	case err != nil:
		return err
	case *asJSON:
		err = printJSON(stdout, r)
	default:
		r.print(stdout)
	}
	if err == nil && !r.Cut.Known() {
		fmt.Fprintf(stderr, "proba standard: %s\n", r.Cut.Reason)
		return errNo
	}
	return err
}

// judged computes the methods in which judges rate items, and the ability that the cut stands
// for where the items have parameters.
func (r *cutReport) judged(t *numberTable, groups, options, parameters string) error {
	names, err := r.rated(t, groups, options)
	if err != nil || parameters == "" {
		return err
	}
	return r.ability(names, parameters)
}

// rated returns which items judges rated.
func (r *cutReport) rated(t *numberTable, groups, options string) (names []string, err error) {
	names, rows, err := t.matrix("judge")
	if err != nil {
		return nil, err
	}
	if r.Method != "nedelsky" {
		if err := t.shares(rows, names); err != nil {
			return nil, err
		}
	}
	var p standard.Panel
	switch r.Method {
	case "angoff":
		p = standard.Angoff(rows)
	case "ebel":
		g, err := readTable(groups)
		if err != nil {
			return nil, fmt.Errorf("--groups: %w", err)
		}
		item, group := slices.Index(g.header, "item"), slices.Index(g.header, "group")
		if item < 0 || group < 0 {
			return nil, fmt.Errorf("%s: needs the columns item and group", groups)
		}
		var of []int
		var items []string
		for n, row := range g.rows {
			at := slices.Index(names, row[group])
			if at < 0 {
				return nil, g.wrong(n, group, "nobody rated the group %q", row[group])
			}
			if row[item] == "" || slices.Contains(items, row[item]) {
				return nil, g.wrong(n, item, "%q is no id, or used before", row[item])
			}
			of, items = append(of, at), append(items, row[item])
		}
		names, p = items, standard.Ebel(of, rows)
	case "nedelsky":
		o, err := readTable(options)
		if err != nil {
			return nil, fmt.Errorf("--options: %w", err)
		}
		number, err := o.counts("item", "options", 2)
		if err != nil {
			return nil, err
		}
		out, has := make([][]int, len(rows)), make([]int, len(names))
		for i, name := range names {
			if has[i] = number[name]; has[i] == 0 {
				return nil, fmt.Errorf("%s: item %q is not listed", options, name)
			}
		}
		for j, row := range rows {
			for i, v := range row {
				if v != math.Trunc(v) {
					return nil, t.wrong(j, slices.Index(t.header, names[i]), "a number of options is whole")
				}
				out[j] = append(out[j], int(v))
			}
		}
		p = standard.Nedelsky(has, out)
	}
	r.Cut = p.Cut
	if p.Cut.Known() {
		r.JudgeSD, r.Judges, r.Items, r.Residual = &p.JudgeSD, &p.Judges, &p.Items, &p.Residual
	}
	return names, nil
}

// shares finds a rating that is no share: most often one in percent.
func (t *numberTable) shares(rows [][]float64, names []string) error {
	for j, row := range rows {
		for i, v := range row {
			if v < 0 || v > 1 {
				return t.wrong(j, slices.Index(t.header, names[i]), "%g is no share between 0 and 1; write .6 for 60 %%", v)
			}
		}
	}
	return nil
}

func (r *cutReport) bookmark(t *numberTable, parameters string, rp float64) error {
	ids, items, err := readItems(parameters)
	if err != nil {
		return fmt.Errorf("--items: %w", err)
	}
	marks, err := t.column("bookmark")
	if err != nil {
		return err
	}
	at, booklet := make([]int, len(marks)), make([]irt.Item, 0, len(ids))
	for n, v := range marks {
		if at[n] = int(v); v != math.Trunc(v) {
			return t.wrong(n, slices.Index(t.header, "bookmark"), "a bookmark is a whole number")
		}
	}
	for _, id := range ids {
		booklet = append(booklet, items[id])
	}
	r.Cut, r.Scale = standard.Bookmark(booklet, at, rp), "ability"
	return nil
}

func (r *cutReport) regression(t *numberTable, grade float64) error {
	grades, err := t.column("grade")
	if err != nil {
		return err
	}
	scores, err := t.column("score")
	if err != nil {
		return err
	}
	if low, high := slices.Min(grades), slices.Max(grades); grade < low || grade > high {
		return fmt.Errorf("--grade %g: the grades of %s are %g to %g, and no line is drawn beyond them", grade, t.path, low, high)
	}
	r.Cut = standard.BorderlineRegression(grades, scores, grade)
	return nil
}

// ability is where the rated items' expected score is the cut.
func (r *cutReport) ability(names []string, parameters string) error {
	_, items, err := readItems(parameters)
	if err != nil {
		return err
	}
	var form []irt.Item
	for _, name := range names {
		it, ok := items[name]
		if !ok {
			return fmt.Errorf("%s: item %q has no parameters", parameters, name)
		}
		form = append(form, it)
	}
	theta := standard.Ability(form, r.Cut)
	r.Ability = &theta
	return nil
}

func (r *cutReport) print(w io.Writer) {
	say := func(what string, e psychometrics.Estimate) {
		if !e.Known() {
			fmt.Fprintf(w, "%s: none: %s\n", what, e.Reason)
			return
		}
		fmt.Fprintf(w, "%s: %.4f", what, e.Value)
		if e.SE > 0 {
			fmt.Fprintf(w, "  SE %.4f  (95 %%: %.4f to %.4f)", e.SE, e.Low, e.High)
		}
		fmt.Fprintf(w, "  n %d", e.N)
		if e.Reason != "" {
			fmt.Fprintf(w, "  %s: %s", e.Status, e.Reason)
		}
		fmt.Fprintln(w)
	}
	say(fmt.Sprintf("cut by %s, in %s", r.Method, r.Scale), r.Cut)
	if r.Ability != nil {
		say("as ability", *r.Ability)
	}
	if r.JudgeSD != nil {
		fmt.Fprintf(w, "judges: SD of their cuts %.4f; variances of ratings: judges %.6f, items %.6f, rest %.6f\n", *r.JudgeSD, *r.Judges, *r.Items, *r.Residual)
	}
}
