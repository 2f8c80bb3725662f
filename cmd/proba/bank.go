package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
)

// bankReport is what "proba bank check --json" prints for all paths together.
type bankReport struct {
	Format   string             `json:"format"`
	Items    int                `json:"items"`
	Imported int                `json:"imported"`
	Skipped  int                `json:"skipped"`
	Problems []bankfile.Problem `json:"problems"`

	banks []*exam.Bank // those without an error
}

func bank(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return errors.New("usage: proba bank check|import|export PATHS; each takes -h")
	}
	switch args[0] {
	case "import":
		return interchangeBank(ctx, args[0], args[1:], stdout, stderr)
	case "export":
		return exportBank(ctx, args[1:], stdout, stderr)
	case "check":
		native, ok := onlyNative(args[1:])
		if !ok {
			return interchangeBank(ctx, args[0], args[1:], stdout, stderr)
		}
		args = append([]string{args[0]}, native...)
	default:
		return fmt.Errorf("%q is none of check, import and export", args[0])
	}
	flags := flag.NewFlagSet("proba bank check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name at least one folder with a " + bankfile.Manifest)
	}
	report := bankReport{Format: "proba", Problems: []bankfile.Problem{}}
	for _, path := range flags.Args() {
		if err := report.check(path); err != nil {
			return err
		}
	}
	if err := printBank(stdout, report, *asJSON); err != nil {
		return err
	}
	if slices.ContainsFunc(report.Problems, func(p bankfile.Problem) bool { return p.Severity == bankfile.Error }) {
		return errNo
	}
	return nil
}

// check reads the bank in the folder and adds what it found.
func (r *bankReport) check(path string) error {
	if info, err := os.Stat(path); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a folder; a bank is a folder with a %s", path, bankfile.Manifest)
	}
	b, problems, err := bankfile.Read(os.DirFS(path))
	if err != nil {
		return err
	}
	for _, p := range problems {
		p.File = filepath.Join(path, p.File)
		r.Problems = append(r.Problems, p)
	}
	if b != nil {
		r.Items += b.Items()
		r.banks = append(r.banks, b)
	}
	return nil
}

func printBank(w io.Writer, report bankReport, asJSON bool) error {
	if asJSON {
		return printJSON(w, report)
	}
	for _, p := range report.Problems {
		fmt.Fprintf(w, "%s:%d: item %q: %s: %s\n", p.File, p.Line, p.Item, p.Severity, p.Message)
	}
	for _, b := range report.banks {
		if err := printCounts(w, b); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d items, %d problems\n", report.Items, len(report.Problems))
	return err
}

// counting are the properties of an item that the table of counts has rows for.
var counting = []struct {
	name string
	of   func(*exam.Item) string
}{
	{"topic", func(it *exam.Item) string { return it.Topic }},
	{"stage", func(it *exam.Item) string { return it.Stage }},
	{"kind", func(it *exam.Item) string { return string(it.Kind) }},
	{"level", func(it *exam.Item) string { return it.Level }},
	{"difficulty", func(it *exam.Item) string { return string(it.Difficulty) }},
}

// printCounts prints how many items the bank has, in all and for each role, by
// each of the properties and by language.
func printCounts(w io.Writer, b *exam.Bank) error {
	byRole := make(map[string][]*exam.Item)
	var all []*exam.Item
	for i := range b.Items() {
		it := &b.Revision(i).Item
		all = append(all, it)
		for _, role := range it.Roles {
			byRole[role] = append(byRole[role], it)
		}
	}
	roles := slices.Sorted(maps.Keys(byRole))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name string, keep func(*exam.Item) bool) {
		fmt.Fprintf(table, "%s\t%5d", name, count(all, keep))
		for _, role := range roles {
			fmt.Fprintf(table, "\t%*d", len(role), count(byRole[role], keep))
		}
		fmt.Fprintln(table)
	}
	fmt.Fprintf(table, "%s\t  all\t%s\n", b.Release.Bank, strings.Join(roles, "\t"))
	row("items", func(*exam.Item) bool { return true })
	for _, property := range counting {
		values := make(map[string]bool)
		for _, it := range all {
			values[property.of(it)] = true
		}
		for _, value := range slices.Sorted(maps.Keys(values)) {
			row(property.name+" "+value, func(it *exam.Item) bool { return property.of(it) == value })
		}
	}
	for _, lang := range b.Release.Languages {
		row("language "+lang, func(it *exam.Item) bool { return it.Stem[lang] != "" })
	}
	return table.Flush()
}

func count(items []*exam.Item, keep func(*exam.Item) bool) int {
	n := 0
	for _, it := range items {
		if keep(it) {
			n++
		}
	}
	return n
}
