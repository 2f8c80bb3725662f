// Package bench measures what docs/performance.md states, on the machine that it
// runs on: each figure beside its limit, and where the limit is a share of what
// the machine can do, beside that too, from the same run.
//
// "proba bench" prints it, and "go test -bench . ./internal/bench" reports the
// same figures. It is no test: a slow machine fails nothing.
package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// learners is a room, or a country in the first minute: all at once.
const learners = 256

// Row measures something; some measure several figures.
type Row struct {
	Name string
	run  func(ctx context.Context, dir string, effort time.Duration) ([]Figure, error)
}

// Run measures for about the given time per figure.
func (r Row) Run(ctx context.Context, effort time.Duration) (figures []Figure, err error) {
	dir, err := os.MkdirTemp("", "proba-bench-")
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer os.RemoveAll(dir)
	if figures, err = r.run(ctx, filepath.Join(dir, "data"), effort); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	return figures, nil
}

// Rows are all measurements, in the order of the table. serve runs the service as a process
// of its own, for what is measured of a whole process.
func Rows(serve Serve) []Row {
	return []Row{
		{"save", save},
		{"rush", serve.rush},
		{"submit", submit},
		{"assemble", assemble},
		{"fairness", fairness},
		{"analyse", analyse},
		{"grade", grade},
		{"authenticate", authenticate},
		{"certify", certify},
		{"read", read},
		{"cold", serve.cold},
	}
}

// each calls one after the other for the given time and returns the mean.
func each(effort time.Duration, call func(n int) error) (time.Duration, error) {
	began, n := time.Now(), 0
	for ; time.Since(began) < effort; n++ {
		if err := call(n); err != nil {
			return 0, err
		}
	}
	return time.Since(began) / time.Duration(n), nil
}

// median calls one after the other for the given time and returns the median: what
// else the machine does lengthens some calls, not the one in the middle.
func median(effort time.Duration, call func(n int) error) (time.Duration, error) {
	began := time.Now()
	var all []time.Duration
	for n := 0; n == 0 || time.Since(began) < effort; n++ {
		start := time.Now()
		if err := call(n); err != nil {
			return 0, err
		}
		all = append(all, time.Since(start))
	}
	return percentile(all, 50), nil
}

// together has all learners call for the given time, each twice at least, and
// returns calls a second.
func together(effort time.Duration, call func(learner, n int) error) (float64, error) {
	var calls atomic.Int64
	errs := make([]error, learners)
	began := time.Now()
	var working sync.WaitGroup
	for learner := range learners {
		working.Go(func() {
			for n := 0; n < 2 || time.Since(began) < effort; n++ {
				if errs[learner] = call(learner, n); errs[learner] != nil {
					return
				}
				calls.Add(1)
			}
		})
	}
	working.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(calls.Load()) / time.Since(began).Seconds(), nil
}

// percentile returns the p-th percentile by the nearest rank.
func percentile(all []time.Duration, p int) time.Duration {
	slices.Sort(all)
	return all[(len(all)*p+99)/100-1]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
func millis(d time.Duration) float64 { return micros(d) / 1000 }
