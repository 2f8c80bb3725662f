package statistics_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam/statistics"
)

// TestWhatFollowsFromARun: a run is over when what follows from it is done. Where that fails,
// or the service dies over it, the run is due again and does the rest, without computing
// what it has. Pooling a bank has no such consequence.
func TestWhatFollowsFromARun(t *testing.T) {
	e := open(t)
	var told []string
	var wrong error
	e.s = statistics.NewService(statistics.Deps{Store: e.store, Exams: e.exams, Now: func() time.Time { return e.now }, Follow: func(_ context.Context, exam string) error {
		told = append(told, exam)
		return wrong
	}})
	run := func(want ...string) error {
		t.Helper()
		due, err := e.s.Due(t.Context(), 10)
		must(t, err)
		told = nil
		for _, j := range due {
			err = errors.Join(err, e.s.Run(t.Context(), j))
		}
		if !slices.Equal(told, want) {
			t.Errorf("%q followed, want %q", told, want)
		}
		return err
	}
	_, err := e.s.Ask(t.Context(), e.exam.ID)
	must(t, err)
	wrong = errors.New("the store is away")
	if err := run(e.exam.ID); !errors.Is(err, wrong) {
		t.Errorf("a run ended with %v", err)
	}
	computed := e.result(t).ComputedAt
	e.now, wrong = e.now.Add(time.Minute), nil
	must(t, run(e.exam.ID))
	if again := e.result(t).ComputedAt; !again.Equal(computed) {
		t.Errorf("computed at %v and again at %v", computed, again)
	}
	must(t, run())
	_, err = e.s.AskBank(t.Context(), e.exam.Release)
	must(t, err)
	must(t, run())
}
