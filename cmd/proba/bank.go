package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/proba-exam/proba/exam/bankfile"
)

// bankReport is what "proba bank check --json" prints for all paths together.
type bankReport struct {
	Format   string             `json:"format"`
	Items    int                `json:"items"`
	Imported int                `json:"imported"`
	Skipped  int                `json:"skipped"`
	Problems []bankfile.Problem `json:"problems"`
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
		if info, err := os.Stat(path); err != nil {
			return err
		} else if !info.IsDir() {
			return fmt.Errorf("%s is not a folder; a bank is a folder with a %s", path, bankfile.Manifest)
		}
		b, problems, err := bankfile.Read(os.DirFS(path))
		if err != nil {
			return err
		}
		report.Problems = append(report.Problems, problems...)
		if b != nil {
			report.Items += b.Items()
		}
	}
	if err := printBank(stdout, report, *asJSON); err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		return errNo
	}
	return nil
}

func printBank(w io.Writer, report bankReport, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(report)
	}
	for _, p := range report.Problems {
		fmt.Fprintf(w, "%s:%d: item %q: %s: %s\n", p.File, p.Line, p.Item, p.Severity, p.Message)
	}
	_, err := fmt.Fprintf(w, "%d items, %d problems\n", report.Items, len(report.Problems))
	return err
}
