package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam"
)

// tallies sums up a sitting with attempts in several states beside another one.
func tallies(t *testing.T, s Store) {
	ctx, sitting := t.Context(), id()
	insert(t, s) // of another sitting
	for _, row := range []struct {
		state  exam.State
		result *exam.Result
	}{
		{exam.Running, nil}, {exam.Running, nil}, {exam.Expired, nil},
		{exam.Graded, &exam.Result{Score: 30_000, Max: 100_000}},
		{exam.Released, &exam.Result{Score: 80_000, Max: 100_000, Passed: true}},
		{exam.Released, &exam.Result{Score: 70_001, Max: 100_000, Passed: true}},
		{exam.Voided, &exam.Result{Score: 100_000, Max: 100_000, Passed: true}},
		{exam.Voided, nil},
	} {
		a := newAttempt()
		a.Sitting, a.State, a.Result = sitting, row.state, row.result
		must(t, s.InsertAttempt(ctx, a))
	}
	got, err := s.TallyAttempts(ctx, sitting)
	must(t, err)
	want := exam.Tally{States: map[exam.State]int{exam.Running: 2, exam.Expired: 1, exam.Graded: 1, exam.Released: 2, exam.Voided: 2},
		Graded: 3, Passed: 2, Score: 180_001, Max: 300_000}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
	second := newAttempt()
	second.Sitting, second.State, second.Result = id(), exam.Released, &exam.Result{Score: 1, Max: 2}
	must(t, s.InsertAttempt(ctx, second))
	several, err := s.TallySittings(ctx, []string{sitting, id(), second.Sitting})
	must(t, err)
	both := map[string]exam.Tally{sitting: want, second.Sitting: {States: map[exam.State]int{exam.Released: 1}, Graded: 1, Score: 1, Max: 2}}
	if diff := cmp.Diff(both, several); diff != "" {
		t.Errorf("tallies (-want +got):\n%s", diff)
	}
	if none, err := s.TallySittings(ctx, nil); err != nil || len(none) != 0 {
		t.Errorf("of no sittings: %v, %v", none, err)
	}
	if empty, err := s.TallyAttempts(ctx, id()); err != nil || empty.All() != 0 {
		t.Errorf("a sitting without attempts: %+v, %v", empty, err)
	}
}
