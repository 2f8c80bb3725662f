package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/proba-exam/proba/exam/forms"
)

// simulationReport is what "proba forms simulate --json" prints.
type simulationReport struct {
	Forms  int `json:"forms"`
	Length int `json:"length"`
	methodReport
	Random     methodReport `json:"random"`
	Violations int          `json:"violations"`
	// Cut is the number of right answers that passes, for the pass probability.
	Cut int `json:"cut"`
	// Missed counts forms that are further from the target than the tolerance.
	Missed int `json:"missed_tolerance"`
}

// methodReport is one way of drawing.
type methodReport struct {
	PerForm     float64        `json:"us_per_form"`
	Expected    spreadReport   `json:"expected_at_cut"`
	Pass        passReport     `json:"pass_probability"`
	Information float64        `json:"information_sd_relative"`
	Exposure    exposureReport `json:"exposure"`
	Overlap     overlapReport  `json:"overlap"`
}

type spreadReport struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	Min  float64 `json:"min"`
	Max  float64 `json:"max"`
}

type passReport struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"`
	SD  float64 `json:"sd"`
}

type exposureReport struct {
	Least float64 `json:"min_over_ideal"`
	Most  float64 `json:"max_over_ideal"`
}

type overlapReport struct {
	Mean  float64 `json:"mean"`
	Floor float64 `json:"floor"`
	Max   int     `json:"max"`
}

func newMethodReport(s forms.Simulation) methodReport {
	return methodReport{
		PerForm:     float64(s.PerForm.Nanoseconds()) / 1000,
		Expected:    spreadReport(s.Expected),
		Pass:        passReport{Min: s.Pass.Min, Max: s.Pass.Max, SD: s.Pass.SD},
		Information: s.InformationSD,
		Exposure:    exposureReport{s.Least, s.Most},
		Overlap:     overlapReport(s.Overlap),
	}
}

const maxSimulated = 1_000_000

func formsCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba forms simulate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: proba forms simulate --items ITEMS.csv --blueprint BP.yaml [--forms N] [--seed N] [--json]")
		flags.PrintDefaults()
	}
	items := flags.String("items", "", "CSV with the columns id, cell, a, b and possibly c, enemies, testlet")
	blueprint := flags.String("blueprint", "", "YAML with cells (cell, count) and cut_theta")
	n := flags.Int("forms", 10_000, "how many forms to draw")
	seed := flags.Uint64("seed", 1, "where the random streams start")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	rest, err := parseAnywhere(flags, args)
	switch {
	case err == nil && (len(rest) == 0 || rest[0] != "simulate"):
		flags.Usage()
		return errors.New("say what to do with forms: simulate")
	case err == nil:
		rest = rest[1:]
	}
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return fmt.Errorf("%q is no flag of this command", rest[0])
	case *items == "" || *blueprint == "":
		return errors.New("name the items (--items) and the blueprint (--blueprint)")
	case *n < 2 || *n > maxSimulated:
		return fmt.Errorf("--forms %d: between 2 and %d can be drawn", *n, maxSimulated)
	}
	pool, err := readPool(*items, *blueprint)
	if err != nil {
		return err
	}
	report, err := simulate(ctx, pool, *n, *seed, stderr)
	if err != nil {
		return fmt.Errorf("%s: %w", *items, err)
	}
	if *asJSON {
		err = printJSON(stdout, report)
	} else {
		err = report.print(stdout)
	}
	if err == nil && report.Violations > 0 {
		return errNo
	}
	return err
}

func readPool(items, blueprint string) (*forms.Pool, error) {
	file, err := os.Open(blueprint)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	bp, err := forms.ReadBlueprint(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", blueprint, err)
	}
	table, err := os.Open(items)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	pool, err := forms.ReadPool(table, bp)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", items, err)
	}
	return pool, nil
}

func simulate(ctx context.Context, pool *forms.Pool, n int, seed uint64, stderr io.Writer) (simulationReport, error) {
	bar := newBar(stderr, "drawing")
	defer bar.done()
	var stopped error
	draw := func(method forms.Method, before int) (forms.Simulation, error) {
		guarded := func(d *forms.Drawer, s forms.Stream, e *forms.Exposure) (forms.Form, bool) {
			if stopped = ctx.Err(); stopped != nil {
				return forms.Form{}, false
			}
			return method(d, s, e)
		}
		s, err := pool.Simulate(guarded, n, seed, nil, time.Now, func(done int) { bar.show(int64(before+done), int64(2*n)) })
		if stopped != nil {
			err = stopped
		}
		return s, err
	}
	balanced, err := draw(forms.Balanced, 0)
	if err != nil {
		return simulationReport{}, err
	}
	uniform, err := draw(forms.Uniform, n)
	if err != nil {
		return simulationReport{}, err
	}
	return simulationReport{Forms: n, Length: pool.Length(), methodReport: newMethodReport(balanced), Random: newMethodReport(uniform),
		Violations: balanced.Violations, Missed: balanced.Missed, Cut: balanced.Cut}, nil
}

func (r *simulationReport) print(w io.Writer) error {
	fmt.Fprintf(w, "%d forms of %d items; a candidate at the cut passes with %d right answers\n\n", r.Forms, r.Length, r.Cut)
	fmt.Fprintf(w, "%-44s %20s %20s\n", "", "balanced", "at random")
	row := func(what, format string, of func(m *methodReport) []any) {
		fmt.Fprintf(w, "%-44s %20s %20s\n", what, fmt.Sprintf(format, of(&r.methodReport)...), fmt.Sprintf(format, of(&r.Random)...))
	}
	row("expected score at the cut, mean", "%.3f", func(m *methodReport) []any { return []any{m.Expected.Mean} })
	row("… standard deviation", "%.4f", func(m *methodReport) []any { return []any{m.Expected.SD} })
	row("… smallest – largest", "%.2f – %.2f", func(m *methodReport) []any { return []any{m.Expected.Min, m.Expected.Max} })
	row("chance to pass at the cut", "%.4f – %.4f", func(m *methodReport) []any { return []any{m.Pass.Min, m.Pass.Max} })
	row("information at the cut, relative SD", "%.2f %%", func(m *methodReport) []any { return []any{100 * m.Information} })
	row("use of an item over its ideal", "%.3f – %.3f", func(m *methodReport) []any { return []any{m.Exposure.Least, m.Exposure.Most} })
	row("items that two forms share, mean (floor)", "%.3f (%.3f)", func(m *methodReport) []any { return []any{m.Overlap.Mean, m.Overlap.Floor} })
	row("… most", "%d", func(m *methodReport) []any { return []any{m.Overlap.Max} })
	row("time a form, µs", "%.1f", func(m *methodReport) []any { return []any{m.PerForm} })
	_, err := fmt.Fprintf(w, "\n%d forms break the blueprint; %d are further from the target than the tolerance\n", r.Violations, r.Missed)
	return err
}
