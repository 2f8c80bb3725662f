package exam

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/fault"
)

var testPolicy = Policy{Languages: testLangs, TimeLimit: 600, Grace: 60, Attempts: 2, Review: Review{Show: ShowScore, When: ByHand}, Certificate: CertificatePolicy{Issue: true}}

// errUnchanged stands for a command that had nothing to do.
var errUnchanged = fault.New(fault.Conflict, "unchanged", "There was nothing to do.")

// command is one method of the state machine, with arguments.
type command struct {
	name string
	run  func(a *Attempt, now time.Time) error
}

func testCommands(p Policy) []command {
	return []command{
		{"begin", func(a *Attempt, now time.Time) error { return a.Begin(p, 0, "w1", now) }},
		{"take over", func(a *Attempt, now time.Time) error { return a.TakeOver("w2", now) }},
		{"extend", func(a *Attempt, now time.Time) error { return a.Extend("admin", "fire drill", time.Minute, now) }},
		{"pause", func(a *Attempt, now time.Time) error {
			unchanged, err := a.PauseOnce(now.String(), "admin", "power cut", now)
			if unchanged {
				return errUnchanged
			}
			return err
		}},
		{"continue", func(a *Attempt, now time.Time) error {
			if a.Continue("", "admin", now) {
				return errUnchanged
			}
			return nil
		}},
		{"hand in", func(a *Attempt, now time.Time) error { return a.HandIn(a.Writer, now) }},
		{"expire", func(a *Attempt, now time.Time) error { return a.Expire(now) }},
		{"await marks", func(a *Attempt, now time.Time) error { return a.AwaitMarks(now) }},
		{"finish", func(a *Attempt, now time.Time) error {
			return a.Finish(Result{Passed: true}, p, testNow.Add(time.Hour), now)
		}},
		{"release", func(a *Attempt, now time.Time) error { return a.Release(p, "admin", now) }},
		{"certified", func(a *Attempt, now time.Time) error { return a.Certified("c", now) }},
		{"void", func(a *Attempt, now time.Time) error { return a.Void("admin", "identity", now) }},
		{"withdrawn", func(a *Attempt, now time.Time) error { return a.Withdrawn("c", now) }},
	}
}

// inState builds an attempt as the commands would.
func inState(t *testing.T, s State) *Attempt {
	t.Helper()
	a := &Attempt{ID: "a", Person: "p", State: Ready, Version: 1}
	path := map[State][]string{
		Ready: {}, Running: {"begin"}, Submitted: {"begin", "hand in"}, Marking: {"begin", "hand in", "await marks"}, Graded: {"begin", "hand in", "finish"},
		Released: {"begin", "hand in", "finish", "release"}, Voided: {"begin", "void"},
	}
	for _, name := range path[s] {
		i := slices.IndexFunc(testCommands(testPolicy), func(c command) bool { return c.name == name })
		if err := testCommands(testPolicy)[i].run(a, testNow); err != nil {
			t.Fatal(err)
		}
	}
	if s == Expired {
		if err := errors.Join(a.Begin(testPolicy, 0, "w1", testNow), a.Expire(a.AcceptUntil.Add(time.Second))); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// TestEveryCommandInEveryState is the state machine as a table: the state after
// the command, or the code of its refusal.
func TestEveryCommandInEveryState(t *testing.T) {
	states := []State{Ready, Running, Submitted, Expired, Graded, Released, Voided, Marking}
	want := map[string][]string{
		"begin":       {"running", "attempt.started", "attempt.started", "attempt.started", "attempt.started", "attempt.started", "attempt.started", "attempt.started"},
		"take over":   {"attempt.not_started", "running", "attempt.submitted", "attempt.late", "attempt.submitted", "attempt.submitted", "attempt.voided", "attempt.submitted"},
		"extend":      {"attempt.not_started", "running", "attempt.submitted", "attempt.late", "attempt.submitted", "attempt.submitted", "attempt.voided", "attempt.submitted"},
		"pause":       {"attempt.not_started", "running", "attempt.submitted", "attempt.late", "attempt.submitted", "attempt.submitted", "attempt.voided", "attempt.submitted"},
		"continue":    {"unchanged", "unchanged", "unchanged", "unchanged", "unchanged", "unchanged", "unchanged", "unchanged"},
		"hand in":     {"attempt.not_started", "submitted", "attempt.submitted", "attempt.late", "attempt.submitted", "attempt.submitted", "attempt.voided", "attempt.submitted"},
		"expire":      {"attempt.not_due", "attempt.not_due", "attempt.not_due", "attempt.not_due", "attempt.not_due", "attempt.not_due", "attempt.not_due", "attempt.not_due"},
		"finish":      {"attempt.not_finished", "attempt.not_finished", "graded", "graded", "attempt.not_finished", "attempt.not_finished", "attempt.not_finished", "graded"},
		"await marks": {"attempt.not_finished", "attempt.not_finished", "marking", "marking", "attempt.not_finished", "attempt.not_finished", "attempt.not_finished", "attempt.not_finished"},
		"release":     {"attempt.not_graded", "attempt.not_graded", "attempt.not_graded", "attempt.not_graded", "released", "attempt.not_graded", "attempt.not_graded", "attempt.not_graded"},
		"certified":   {"attempt.no_certificate_due", "attempt.no_certificate_due", "attempt.no_certificate_due", "attempt.no_certificate_due", "attempt.no_certificate_due", "released", "attempt.no_certificate_due", "attempt.no_certificate_due"},
		"void":        {"voided", "voided", "voided", "voided", "voided", "voided", "attempt.voided", "voided"},
		"withdrawn":   {"attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due", "attempt.no_withdrawal_due"},
	}
	for _, c := range testCommands(testPolicy) {
		for i, state := range states {
			a := inState(t, state)
			before := *a
			err := c.run(a, testNow.Add(time.Minute))
			got := string(a.State)
			if err != nil {
				got = fault.Code(err)
				if diff := cmp.Diff(before, *a); diff != "" {
					t.Errorf("%s in state %s was refused, and changed:\n%s", c.name, state, diff)
				}
			}
			if got != want[c.name][i] {
				t.Errorf("%s in state %s gives %s, want %s", c.name, state, got, want[c.name][i])
			}
		}
	}
}

// TestInvariant10AttemptsMoveForward runs random commands at random moments.
func TestInvariant10AttemptsMoveForward(t *testing.T) {
	edges := map[State][]State{
		Ready: {Running, Voided}, Running: {Running, Submitted, Expired, Voided}, Submitted: {Marking, Graded, Released, Voided},
		Expired: {Marking, Graded, Released, Voided}, Marking: {Graded, Released, Voided}, Graded: {Released, Voided}, Released: {Released, Voided}, Voided: {Voided},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := testPolicy
		p.Review.When = rapid.SampledFrom([]When{AtOnce, AfterWindow, ByHand}).Draw(t, "when")
		a, now := &Attempt{ID: "a", Person: "p", State: Ready}, testNow
		for range rapid.IntRange(1, 15).Draw(t, "commands") {
			c := rapid.SampledFrom(testCommands(p)).Draw(t, "command")
			now = now.Add(time.Duration(rapid.IntRange(0, 400).Draw(t, "seconds")) * time.Second)
			before := *a
			if err := c.run(a, now); err != nil {
				if diff := cmp.Diff(before, *a); diff != "" {
					t.Fatalf("%s was refused, and changed:\n%s", c.name, diff)
				}
				continue
			}
			if !slices.Contains(edges[before.State], a.State) {
				t.Fatalf("%s moved the attempt from %s to %s", c.name, before.State, a.State)
			}
			if len(a.Events) <= len(before.Events) || !cmp.Equal(a.Events[:len(before.Events)], before.Events) && len(before.Events) > 0 {
				t.Fatalf("%s changed the history", c.name)
			}
			if a.Deadline.Before(before.Deadline) || a.AcceptUntil.Before(a.Deadline) {
				t.Fatalf("%s moved the deadline from %v to %v", c.name, before.Deadline, a.Deadline)
			}
			if before.Pause() != nil && c.name != "extend" && a.State == Running && a.Left(now) != before.Left(now) {
				t.Fatalf("%s in a pause leaves %v of %v", c.name, a.Left(now), before.Left(now))
			}
			if waits := a.State == Running || a.State == Marking || a.Letter == LetterDue || a.State == Submitted || a.State == Expired || a.Certificate == CertificateDue || a.Certificate == CertificateWithdrawDue; waits && a.DueAt.IsZero() {
				t.Fatalf("after %s nobody is told to move the attempt on", c.name)
			}
		}
	})
}

func TestTimeIsExtended(t *testing.T) {
	a := &Attempt{Person: "p", State: Ready}
	if err := a.Begin(testPolicy, 50, "w", testNow); err != nil {
		t.Fatal(err)
	}
	if want := testNow.Add(15 * time.Minute); !a.Deadline.Equal(want) {
		t.Errorf("ten minutes and half as many more end at %v, want %v", a.Deadline, want)
	}
	if err := a.Extend("admin", "outage", 5*time.Minute, testNow.Add(15*time.Minute+59*time.Second)); err != nil {
		t.Errorf("within the grace: %v", err)
	}
	if want := testNow.Add(20 * time.Minute); !a.Deadline.Equal(want) || !a.AcceptUntil.Equal(want.Add(time.Minute)) {
		t.Errorf("extended to %v and %v", a.Deadline, a.AcceptUntil)
	}
	for _, more := range []time.Duration{0, -time.Minute, MaxExtension + time.Second} {
		if err := a.Extend("admin", "", more, testNow); fault.Code(err) != "extension.invalid" {
			t.Errorf("an extension of %v: %v", more, err)
		}
	}
}

// TestTakingOverAThousandTimes is a page that is loaded again and again.
func TestTakingOverAThousandTimes(t *testing.T) {
	a := inState(t, Running)
	a.Seq = 7
	for range 1000 {
		if err := a.TakeOver("w", testNow); err != nil {
			t.Fatal(err)
		}
	}
	if n := a.count(resumed); n != maxResumedNoted {
		t.Errorf("%d take-overs are in the history, want %d", n, maxResumedNoted)
	}
	for seq, want := range map[int64]string{7: "save.stale_sequence", 8: ""} {
		if err := a.Admit(Save{Writer: "w", Seq: seq}, testNow); fault.Code(err) != want {
			t.Errorf("after a take-over at number 7, a save with %d: %v", seq, err)
		}
	}
}

func TestPostponing(t *testing.T) {
	a := inState(t, Submitted)
	a.DueAt = testNow
	var waits []time.Duration
	for now := testNow; len(waits) < 25; now = a.DueAt {
		if a.Postpone(now.Add(-time.Millisecond)) || !a.Postpone(now) {
			t.Fatalf("due at %v: postponed before, or not at that time", now)
		}
		waits = append(waits, a.DueAt.Sub(now))
	}
	if waits[0] != time.Second || waits[1] != 2*time.Second || waits[24] != 10*time.Minute || !slices.IsSorted(waits) {
		t.Errorf("waits %v", waits)
	}
	if err := a.Finish(Result{}, testPolicy, testNow, testNow); err != nil || a.Failures != 0 {
		t.Errorf("after it went on: %d failures, %v", a.Failures, err)
	}
}

// TestKeysWaitForTheLast is a sitting that closes while somebody with the largest
// accommodation has just started.
func TestKeysWaitForTheLast(t *testing.T) {
	closes := testNow.Add(time.Hour)
	for show, want := range map[Show]time.Time{ShowNothing: closes, ShowScore: closes, ShowResponses: closes.Add(41 * time.Minute), ShowKeys: closes.Add(41 * time.Minute)} {
		a, p := inState(t, Submitted), testPolicy
		p.Review = Review{Show: show, When: AfterWindow}
		if err := a.Finish(Result{}, p, closes, testNow); err != nil || !a.ReleaseAt.Equal(want) || !a.DueAt.Equal(want) {
			t.Errorf("review %q is released at %v, due at %v, %v; want %v", show, a.ReleaseAt, a.DueAt, err, want)
		}
	}
}
