package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

func newScript(examID, attempt string, slot int) exam.Script {
	return exam.Script{Schema: 1, ID: id(), Version: 1, Exam: examID, Attempt: attempt, Slot: slot, Item: exam.ItemRef{ID: "essay", Revision: "r"}, Stage: exam.ScriptFirst,
		Barred: []string{"learner-1"}, CreatedAt: now}
}

func scripts(t *testing.T, s Store) {
	ctx, examID := t.Context(), id()
	c := newScript(examID, id(), 3)
	_, err := s.Script(ctx, c.ID)
	wantCode(t, "none yet", err, "script.not_found")
	wantCode(t, "update of nothing", s.UpdateScript(ctx, c), "script.not_found")
	must(t, s.InsertScript(ctx, c))
	wantCode(t, "taken id", s.InsertScript(ctx, c), "script.exists")
	wantCode(t, "taken slot", s.InsertScript(ctx, newScript(examID, c.Attempt, 3)), "script.exists")
	other := newScript(examID, c.Attempt, 4)
	must(t, s.InsertScript(ctx, other))
	must(t, s.InsertScript(ctx, newScript(id(), id(), 3)))

	c.Stage, c.Holder, c.HeldUntil, c.DueAt, c.Failures = exam.ScriptThird, "marker-2", now.Add(time.Hour), now, 2
	c.Barred = append(c.Barred, "marker-1", "marker-10")
	c.Entries = []exam.ScriptMark{{Marker: "marker-1", At: now, Levels: []int{0, 2}, Note: "без джерел"}}
	c.Declined = []exam.Event{{At: now, What: "declined", By: "marker-10", Reason: "знайомий почерк"}}
	must(t, s.UpdateScript(ctx, c))
	wantCode(t, "old version", s.UpdateScript(ctx, c), "script.stale")
	c.Version++
	got, err := s.Script(ctx, c.ID)
	must(t, err)
	same(t, "script", got, c)

	both := []string{min(c.ID, other.ID), max(c.ID, other.ID)}
	for what, row := range map[string]struct {
		filter exam.ScriptFilter
		want   []string
	}{
		"an exam's":                      {exam.ScriptFilter{Exam: examID}, both},
		"an attempt's":                   {exam.ScriptFilter{Attempt: c.Attempt}, both},
		"in a stage":                     {exam.ScriptFilter{Exam: examID, Stage: exam.ScriptThird}, []string{c.ID}},
		"in hand":                        {exam.ScriptFilter{Exam: examID, Holder: "marker-2"}, []string{c.ID}},
		"for who has marked one":         {exam.ScriptFilter{Exam: examID, NotBarred: "marker-1"}, []string{other.ID}},
		"for who is called nearly as so": {exam.ScriptFilter{Exam: examID, NotBarred: "marker"}, both},
		"for the learner":                {exam.ScriptFilter{Exam: examID, NotBarred: "learner-1"}, nil},
	} {
		var ids []string
		for after := ""; ; {
			page, err := s.Scripts(ctx, row.filter, after, 1)
			must(t, err)
			if len(page) == 0 {
				break
			}
			after = page[0].ID
			ids = append(ids, after)
		}
		if !slices.Equal(ids, row.want) {
			t.Errorf("%s: %v, want %v", what, ids, row.want)
		}
	}

	due := func(at time.Time) bool {
		t.Helper()
		all, err := s.ScriptsDue(ctx, at, 1000)
		must(t, err)
		return slices.ContainsFunc(all, func(d exam.Script) bool { return d.ID == c.ID })
	}
	same(t, "due before, at its moment", []bool{due(now.Add(-time.Millisecond)), due(now)}, []bool{false, true})
	c.DueAt = time.Time{}
	must(t, s.UpdateScript(ctx, c))
	same(t, "due when it is not", due(now.Add(time.Hour)), false)

	a := newAttempt()
	must(t, s.InsertAttempt(ctx, a))
	a.State, a.Marked, a.Letter, a.LetterTries = exam.Marking, map[int][]exam.RubricMark{2: {{Levels: []int{0, 1}}, {Levels: []int{1, 1}}}}, exam.LetterDue, 3
	must(t, s.UpdateAttempt(ctx, a))
	back, err := s.Attempt(ctx, a.ID)
	must(t, err)
	a.Version++
	same(t, "a marked attempt", back, a)
}

// scriptRaces has many people want the same script: one has it in hand in the end.
func scriptRaces(t *testing.T, s Store) {
	c := newScript(id(), id(), 0)
	must(t, s.InsertScript(t.Context(), c))
	var wg sync.WaitGroup
	var mu sync.Mutex
	given := 0
	for n := range racers {
		wg.Go(func() {
			mine := c
			mine.Holder = string(rune('a' + n))
			err := s.UpdateScript(t.Context(), mine)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				given++
			} else if fault.Code(err) != "script.stale" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	same(t, "how often it was given", given, 1)
}

// scriptsCounted narrows the count by exam, stage and person, and stops at its limit.
func scriptsCounted(t *testing.T, s Store) {
	ctx, one, two := t.Context(), id(), id()
	for n, row := range []struct {
		exam   string
		stage  exam.ScriptStage
		barred []string
	}{{one, exam.ScriptFirst, nil}, {one, exam.ScriptSecond, []string{"m"}}, {one, exam.ScriptThird, []string{"m", "k"}}, {two, exam.ScriptFirst, []string{"mm"}}, {id(), exam.ScriptFirst, nil}} {
		c := newScript(row.exam, id(), n)
		c.Stage, c.Barred = row.stage, row.barred
		must(t, s.InsertScript(ctx, c))
	}
	first, both := []exam.ScriptStage{exam.ScriptFirst}, []exam.ScriptStage{exam.ScriptFirst, exam.ScriptSecond}
	for what, row := range map[string]struct {
		exams  []string
		stages []exam.ScriptStage
		person string
		want   map[string]int
	}{
		"two exams":       {[]string{one, two}, both, "", map[string]int{one: 2, two: 1}},
		"a stage":         {[]string{one, two}, first, "", map[string]int{one: 1, two: 1}},
		"for who did one": {[]string{one, two}, both, "m", map[string]int{one: 1, two: 1}},
		"no exam":         {nil, both, "", map[string]int{}},
		"no such exam":    {[]string{id()}, both, "", map[string]int{}},
	} {
		got, err := s.CountScripts(ctx, row.exams, row.stages, row.person, 10)
		must(t, err)
		same(t, what, got, row.want)
	}
	got, err := s.CountScripts(ctx, []string{one, two}, both, "", 2)
	must(t, err)
	if got[one]+got[two] != 2 {
		t.Errorf("%v up to 2", got)
	}
}
