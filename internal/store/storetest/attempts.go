package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// slots is the length of the suite's forms.
const slots = 6

func newAttempt() exam.Attempt {
	a := exam.Attempt{Schema: 1, ID: id(), Version: 1, Exam: id(), Sitting: id(), Person: id(), Number: 1, State: exam.Running, Lang: "uk", Writer: "w1",
		CreatedAt: now, StartedAt: now, Deadline: now.Add(time.Hour), AcceptUntil: now.Add(61 * time.Minute), DueAt: now.Add(61 * time.Minute),
		Events: []exam.Event{{At: now, What: "started", By: "p"}}, Form: exam.Form{Release: "r", Blueprint: "b", Algorithm: "a", Seed: "s", Seen: map[string]int{"i": 1}}}
	for n := range slots {
		a.Form.Slots = append(a.Form.Slots, exam.Slot{Item: exam.ItemRef{ID: fmt.Sprint(n), Revision: "r"}, Arrangement: exam.Arrangement{Options: []int{2, 0, 1}}})
	}
	return a
}

func insert(t testing.TB, s Store) exam.Attempt {
	t.Helper()
	a := newAttempt()
	must(t, s.InsertAttempt(context.Background(), a))
	return a
}

func attempts(t *testing.T, s Store) {
	ctx, a := t.Context(), insert(t, s)
	got, err := s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "attempt", got, a)
	wantCode(t, "taken id", s.InsertAttempt(ctx, a), "attempt.exists")
	twin := a
	twin.ID = id()
	wantCode(t, "taken number", s.InsertAttempt(ctx, twin), "attempt.exists")
	_, err = s.Attempt(ctx, "none")
	wantCode(t, "missing", err, "attempt.not_found")

	a.State, a.FinishedAt, a.DueAt, a.Result = exam.Graded, now, time.Time{}, &exam.Result{Score: 5, Max: 10, Marks: []exam.Points{5}, GradedAt: now}
	must(t, s.UpdateAttempt(ctx, a))
	a.Version = 2
	got, err = s.Attempt(ctx, a.ID)
	must(t, err)
	same(t, "updated attempt", got, a)
	for _, f := range []exam.AttemptFilter{{Exam: a.Exam}, {Sitting: a.Sitting}, {Person: a.Person, State: exam.Graded}} {
		heads, err := s.Attempts(ctx, f, "", 10)
		must(t, err)
		head := a
		head.Form, head.Responses, head.Late = exam.Form{}, nil, nil
		same(t, "listing", heads, []exam.Attempt{head})
	}
	heads, err := s.Attempts(ctx, exam.AttemptFilter{Person: a.Person, State: exam.Running}, "", 10)
	must(t, err)
	if len(heads) != 0 {
		t.Error("the filter lets another state through")
	}
}

func races(t *testing.T, s Store) {
	a := insert(t, s)
	var won atomic.Int32
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			err := s.UpdateAttempt(context.Background(), a)
			if err == nil {
				won.Add(1)
			} else if fault.Code(err) != "attempt.stale" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of %d updates of one version won", won.Load(), racers)
	}
}

// saves compares any order of saves, with repeats, with the simplest model.
func saves(t *testing.T, s Store) {
	rapid.Check(t, func(rt *rapid.T) {
		a := insert(t, s)
		model, highest := make(map[int]exam.Stored), int64(0)
		for range rapid.IntRange(1, 8).Draw(rt, "saves") {
			save := exam.Save{Writer: "w1", Seq: rapid.Int64Range(1, 5).Draw(rt, "seq")}
			for slot := range slots {
				if rapid.Bool().Draw(rt, "answered") {
					// The content follows from slot and seq: a repeat is equal.
					save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: exam.Response{Choices: []int{int(save.Seq) * 10}}, WorkedMS: save.Seq % 3 * 1500})
				}
			}
			ack, err := s.SaveResponses(context.Background(), a.ID, save, slots, now)
			must(t, err)
			highest = max(highest, save.Seq)
			for _, r := range save.Responses {
				if model[r.Slot].Seq < save.Seq {
					model[r.Slot] = exam.Stored{Seq: save.Seq, At: now, Response: r.Response, WorkedMS: r.WorkedMS}
				}
			}
			stored, err := s.Attempt(context.Background(), a.ID)
			must(t, err)
			if len(stored.Responses) != len(model) || (len(model) > 0 && !cmp.Equal(stored.Responses, model)) {
				rt.Fatalf("stored %v, want %v", stored.Responses, model)
			}
			if ack.Seq != highest || stored.Seq != highest || ack.Digest != stored.Digest() || !ack.Deadline.Equal(a.Deadline) || !stored.SavedAt.Equal(now) {
				rt.Fatalf("acknowledged %+v, stored sequence %d", ack, stored.Seq)
			}
		}
	})
}

func refusals(t *testing.T, s Store) {
	a := insert(t, s)
	save := exam.Save{Writer: "w1", Seq: 1, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Text: "x"}}}}
	try := func(writer string, at time.Time) error {
		save := save
		save.Writer = writer
		_, err := s.SaveResponses(t.Context(), a.ID, save, slots, at)
		return err
	}
	wantCode(t, "another writer", try("w2", now), "attempt.taken_over")
	must(t, try("w1", a.AcceptUntil))
	wantCode(t, "after the grace", try("w1", a.AcceptUntil.Add(time.Millisecond)), "attempt.late")
	stored, err := s.Attempt(t.Context(), a.ID)
	must(t, err)
	must(t, stored.TakeOver("w2", now))
	must(t, s.UpdateAttempt(t.Context(), stored))
	wantCode(t, "numbered like a save of the writer before", try("w2", now), "save.stale_sequence")
	save.Seq++
	must(t, try("w2", now))
	stored, err = s.Attempt(t.Context(), a.ID)
	must(t, err)
	stored.State, stored.FinishedAt = exam.Released, now
	must(t, s.UpdateAttempt(t.Context(), stored))
	wantCode(t, "after handing in", try("w2", now), "attempt.submitted")
	_, err = s.SaveResponses(t.Context(), "none", save, slots, now)
	wantCode(t, "no attempt", err, "attempt.not_found")
}

// savesAgainstUpdates saves and updates at once: an update that succeeds has
// read every answer that was acknowledged before it.
func savesAgainstUpdates(t *testing.T, s Store) {
	a := insert(t, s)
	ctx := context.Background()
	var acked atomic.Int64
	var ended atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		defer ended.Store(true)
		for seq := int64(1); ; seq++ {
			_, err := s.SaveResponses(ctx, a.ID, exam.Save{Writer: "w1", Seq: seq, Responses: []exam.SlotResponse{{Slot: 0, Response: exam.Response{Choices: []int{int(seq)}}}}}, slots, now)
			if fault.Code(err) == "attempt.submitted" {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			acked.Store(seq)
		}
	})
	for {
		for acked.Load() < 3 && !ended.Load() {
			time.Sleep(time.Millisecond)
		}
		read, err := s.Attempt(ctx, a.ID)
		must(t, err)
		read.State, read.FinishedAt = exam.Submitted, now
		err = s.UpdateAttempt(ctx, read)
		if fault.Code(err) == "attempt.stale" {
			continue
		}
		must(t, err)
		wg.Wait()
		if got := read.Responses[0].Seq; got != acked.Load() {
			t.Errorf("handed in with answer %d, but %d was acknowledged", got, acked.Load())
		}
		return
	}
}

func late(t *testing.T, s Store) {
	a := insert(t, s)
	for seq := range int64(exam.MaxLate + 5) {
		l := exam.LateSave{At: now.Add(time.Duration(seq) * time.Millisecond), Save: exam.Save{Writer: "w1", Seq: seq + 1, Responses: []exam.SlotResponse{}}}
		for range 2 {
			must(t, s.KeepLate(t.Context(), a.ID, l))
		}
	}
	stored, err := s.Attempt(t.Context(), a.ID)
	must(t, err)
	if len(stored.Late) != exam.MaxLate || stored.Late[0].Save.Seq != 1 {
		t.Errorf("%d late saves kept, want %d", len(stored.Late), exam.MaxLate)
	}
}

func due(t *testing.T, s Store) {
	early, later, never := newAttempt(), newAttempt(), newAttempt()
	// Far in the past, before anything that other tests left due.
	early.DueAt, later.DueAt, never.DueAt = now.AddDate(-10, 0, 0), now.AddDate(-10, 0, 1), time.Time{}
	for _, a := range []exam.Attempt{later, early, never} {
		must(t, s.InsertAttempt(t.Context(), a))
	}
	got, err := s.Due(t.Context(), later.DueAt, 10)
	must(t, err)
	var ids []string
	for _, a := range got {
		ids = append(ids, a.ID)
	}
	same(t, "due", ids, []string{early.ID, later.ID})
	if got, err = s.Due(t.Context(), early.DueAt.Add(-time.Millisecond), 10); err != nil || len(got) != 0 {
		t.Errorf("%d attempts due too early, %v", len(got), err)
	}
}
