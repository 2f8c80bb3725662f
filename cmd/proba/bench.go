package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/bench"
)

func benchCommand(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("proba bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	effort := flags.Duration("time", 2*time.Second, "how long to measure each figure")
	only := flags.String("only", "", "the one measurement to make, by its name; all without it")
	asJSON := flags.Bool("json", false, "print a machine-readable report")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *effort < 100*time.Millisecond {
		return fmt.Errorf("-time %v is too short to measure anything; use 100ms or more", *effort)
	}
	serve, err := itself()
	if err != nil {
		return err
	}
	rows := bench.Rows(serve)
	if *only != "" {
		rows = slices.DeleteFunc(rows, func(r bench.Row) bool { return r.Name != *only })
	}
	if len(rows) == 0 {
		return fmt.Errorf("nothing is measured under the name %q", *only)
	}
	var all []bench.Figure
	good := true
	fmt.Fprintf(stderr, "%d cores, %s\n", runtime.GOMAXPROCS(0), runtime.Version())
	for _, row := range rows {
		fmt.Fprintf(stderr, "measuring: %s\n", row.Name)
		figures, err := row.Run(ctx, *effort)
		if err != nil {
			return err
		}
		for _, f := range figures {
			good = good && f.Good()
			if !*asJSON {
				fmt.Fprintf(stdout, "%-62s %10s %-4s %s\n", f.Name, f.Text(), f.Unit, judged(f))
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

// itself runs this program's service as a process of its own, with nothing of what is set
// for the one that measures.
func itself() (bench.Serve, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return func(ctx context.Context, options ...string) *exec.Cmd {
		command := exec.CommandContext(ctx, program, append([]string{"serve"}, options...)...)
		command.Env = []string{"TMPDIR=" + os.TempDir()}
		return command
	}, nil
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
	missed := fmt.Sprintf("MISSED, %s %g", bound, f.Limit)
	if f.Note != "" {
		missed += "; " + f.Note
	}
	return missed
}
