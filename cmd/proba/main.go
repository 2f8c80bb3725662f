// Command proba examines people for a professional role and certifies those who
// pass. Run "proba help" for what it can do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // certificates are dated in a zone that a bare container lacks
)

// Exit codes, the same for every command.
const (
	exitFine  = 0
	exitNo    = 1 // the answer is no
	exitUsage = 2 // usage, or it cannot tell
)

// errNo is what a command returns when everything worked and the answer is no.
var errNo = errors.New("no")

// command is one word of the command line.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

func commands() []command {
	return []command{
		{"serve", "run the service (what proba does without a command)", serve},
		{"demo", "run the whole main job once, on a temporary store", demo},
		{"analyze", "RESPONSES.csv: classical and IRT analysis of any table of responses", analyze},
		{"standard", "METHOD FILE.csv: a cut score from the ratings of judges, or from grades", standardCommand},
		{"equate", "METHOD X.csv Y.csv: scores or parameters of one form on the scale of another", equateCommand},
		{"forms", "simulate: how equal are forms drawn from these items, beside a random draw", formsCommand},
		{"bank", "check, import and export question banks: YAML, GIFT, Aiken, Moodle XML, QTI, tables", bank},
		{"verify", "check a certificate offline: PDF, image, credential or QR code", verify},
		{"kit", "write a verification kit: all that a verifier needs without the service", kitCommand},
		{"doctor", "recompute every invariant of a store", doctorCommand},
		{"bench", "measure this machine: each figure beside its limit", benchCommand},
		{"user", "list, add and close accounts, give roles, print one-time links", user},
		{"keys", "make, rotate and show the keys that sign certificates and tokens", keys},
		{"version", "print the version", version},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	name := "serve"
	if len(args) > 0 && args[0] != "" && args[0][0] != '-' {
		name, args = args[0], args[1:]
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		err := c.run(ctx, args, stdout, stderr)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return exitFine
		case errors.Is(err, errNo):
			return exitNo
		}
		fmt.Fprintf(stderr, "proba %s: %v\n", name, err)
		return exitUsage
	}
	fmt.Fprintln(stderr, "usage: proba [command] [flags]")
	for _, c := range commands() {
		fmt.Fprintf(stderr, "  %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprintln(stderr, "Each command takes -h.")
	if name == "help" {
		return exitFine
	}
	return exitUsage
}
