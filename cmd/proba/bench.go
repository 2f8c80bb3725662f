package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/proba-exam/proba/internal/bench"
)

func benchCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	effort := flags.Duration("time", 2*time.Second, "how long to measure each figure")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *effort < 100*time.Millisecond {
		return fmt.Errorf("-time %v is too short to measure anything; use 100ms or more", *effort)
	}
	var all []bench.Figure
	good := true
	fmt.Fprintf(stderr, "%d cores, %s\n", runtime.GOMAXPROCS(0), runtime.Version())
	for _, row := range bench.Rows() {
		fmt.Fprintf(stderr, "measuring: %s\n", row.Name)
		figures, err := row.Run(ctx, *effort)
		if err != nil {
			return err
		}
		for _, f := range figures {
			good = good && f.Good()
			if !*asJSON {
				fmt.Fprintf(stdout, "%-62s %10.1f %-4s %s\n", f.Name, f.Value, f.Unit, judged(f))
			}
		}
		all = append(all, figures...)
	}
	if *asJSON {
		if err := printJSON(stdout, map[string]any{"cores": runtime.GOMAXPROCS(0), "figures": all}); err != nil {
			return err
		}
	}
	if !good {
		return errNo
	}
	return nil
}

// judged says what the limit is and whether it is kept.
func judged(f bench.Figure) string {
	if f.Limit == 0 {
		return ""
	}
	bound := "at most"
	if f.AtLeast {
		bound = "at least"
	}
	if f.Good() {
		return fmt.Sprintf("ok, %s %g", bound, f.Limit)
	}
	return fmt.Sprintf("MISSED, %s %g", bound, f.Limit)
}
