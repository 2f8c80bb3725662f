package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

func newRegrade(examID string) exam.Regrade {
	wrong := exam.ItemRef{ID: "item", Revision: "r1"}
	return exam.Regrade{Schema: 1, ID: id(), Version: 1, Exam: examID, State: exam.RegradeChecking, Number: 1, Harmless: true, Reason: "Ключ був хибний",
		Corrections: []exam.Correction{{Item: wrong, Policy: exam.EitherKey, Keys: []string{"r1", "r2"}}}, InForce: []exam.Correction{{Item: wrong, Policy: exam.Drop}},
		ProposedBy: "author", ProposedAt: now, Foreseen: exam.RegradeCounts{Seen: 3, Up: 1}, DueAt: now}
}

func regrades(t *testing.T, s Store) {
	ctx, g := t.Context(), newRegrade(id())
	_, err := s.Regrade(ctx, g.ID)
	wantCode(t, "none yet", err, "regrade.not_found")
	wantCode(t, "update of nothing", s.UpdateRegrade(ctx, g), "regrade.not_found")
	must(t, s.InsertRegrade(ctx, g))
	wantCode(t, "taken id", s.InsertRegrade(ctx, g), "regrade.exists")
	got, err := s.Regrade(ctx, g.ID)
	must(t, err)
	same(t, "regrade", got, g)

	due := func(at time.Time) bool {
		t.Helper()
		all, err := s.RegradesDue(ctx, at, 1000)
		must(t, err)
		for _, d := range all {
			if d.ID == g.ID {
				return true
			}
		}
		return false
	}
	same(t, "due before, at its moment", []bool{due(now.Add(-time.Millisecond)), due(now)}, []bool{false, true})
	g.State, g.DueAt, g.Cursor = exam.RegradeChecked, time.Time{}, "a"
	must(t, s.UpdateRegrade(ctx, g))
	wantCode(t, "old version", s.UpdateRegrade(ctx, g), "regrade.stale_version")
	g.Version++
	got, err = s.Regrade(ctx, g.ID)
	must(t, err)
	same(t, "updated regrade", got, g)
	same(t, "due when it waits for people", due(now.Add(time.Hour)), false)

	other := newRegrade(g.Exam)
	must(t, s.InsertRegrade(ctx, other))
	first, second := min(g.ID, other.ID), max(g.ID, other.ID)
	all, err := s.RegradesOf(ctx, g.Exam, "", 1)
	must(t, err)
	rest, err := s.RegradesOf(ctx, g.Exam, all[0].ID, 10)
	must(t, err)
	if len(all) != 1 || len(rest) != 1 || all[0].ID != first || rest[0].ID != second {
		t.Errorf("an exam's regrades are listed %v and %v, want %s and %s", all, rest, first, second)
	}
}

// An attempt keeps every result that it had.
func regradedAttempts(t *testing.T, s Store) {
	ctx, a := t.Context(), newAttempt()
	must(t, s.InsertAttempt(ctx, a))
	before := exam.Result{Score: 6000, Max: 10_000, Cut: 7000, Sections: []exam.SectionResult{{Section: "law", Score: 6000, Max: 10_000}}, Marks: []exam.Points{6000}, GradedAt: now}
	after := before
	after.Score, after.Passed, after.Marks, after.KeyChange = 10_000, true, []exam.Points{10_000}, 2
	a.State, a.Result, a.KeyChange, a.Award = exam.Released, &after, 2, 1
	a.Regraded = []exam.Regraded{{Regrade: "g", At: now, By: "admin", Reason: "Хибний ключ", Before: before, After: after, Seen: true, Certificate: "issue"}}
	must(t, s.UpdateAttempt(ctx, a))
	a.Version++
	got, err := s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "regraded attempt", got, a)
}

func regradeChanges(t *testing.T, s Store) {
	ctx, regrade := t.Context(), id()
	c := exam.RegradeChange{Schema: 1, Regrade: regrade, Attempt: "a1", Sitting: "s", Person: "p", Turn: exam.TurnUp, Before: exam.Mark{Score: 6000, Max: 10_000, Cut: 7000},
		After: exam.Mark{Score: 7000, Max: 10_000, Cut: 7000, Passed: true}, Certificate: "issue"}
	_, err := s.RegradeChange(ctx, regrade, "a1")
	wantCode(t, "no change yet", err, "regrade_change.not_found")
	c.Version = 1
	wantCode(t, "a change of nothing", s.PutRegradeChange(ctx, c), "regrade_change.stale")
	c.Version = 0
	must(t, s.PutRegradeChange(ctx, c))
	wantCode(t, "a second first", s.PutRegradeChange(ctx, c), "regrade_change.stale")
	c.Version, c.Letter, c.AppliedAt = 1, exam.LetterDue, now
	must(t, s.PutRegradeChange(ctx, c))
	wantCode(t, "an old version", s.PutRegradeChange(ctx, c), "regrade_change.stale")
	c.Version = 2
	got, err := s.RegradeChange(ctx, regrade, "a1")
	must(t, err)
	same(t, "change", got, c)

	var racing sync.WaitGroup
	wins := make(chan bool, racers)
	for range racers {
		racing.Go(func() {
			err := s.PutRegradeChange(ctx, c)
			if err != nil && fault.Code(err) != "regrade_change.stale" {
				t.Error(err)
			}
			wins <- err == nil
		})
	}
	racing.Wait()
	close(wins)
	n := 0
	for win := range wins {
		if win {
			n++
		}
	}
	same(t, "winners", n, 1)

	for attempt, turn := range map[string]exam.Turn{"a2": exam.TurnDown, "a3": exam.TurnUp, "a4": exam.TurnNone} {
		must(t, s.PutRegradeChange(ctx, exam.RegradeChange{Schema: 1, Regrade: regrade, Attempt: attempt, Turn: turn}))
	}
	must(t, s.PutRegradeChange(ctx, exam.RegradeChange{Schema: 1, Regrade: id(), Attempt: "a5", Turn: exam.TurnUp, Letter: exam.LetterDue}))
	list := func(f exam.RegradeFilter, after string, limit int) (found []string) {
		t.Helper()
		all, err := s.RegradeChanges(ctx, f, after, limit)
		must(t, err)
		for _, c := range all {
			found = append(found, c.Attempt)
		}
		return found
	}
	same(t, "first page", list(exam.RegradeFilter{Regrade: regrade}, "", 2), []string{"a1", "a2"})
	same(t, "second page", list(exam.RegradeFilter{Regrade: regrade}, "a2", 2), []string{"a3", "a4"})
	same(t, "up", list(exam.RegradeFilter{Regrade: regrade, Turn: exam.TurnUp}, "", 10), []string{"a1", "a3"})
	same(t, "letters", list(exam.RegradeFilter{Regrade: regrade, Letter: exam.LetterDue}, "", 10), []string{"a1"})
}
