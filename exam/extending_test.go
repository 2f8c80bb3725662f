package exam_test

import (
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// TestASittingIsExtendedOnce has an outage credited to a room: who runs gets the
// time, a repeated order gives nobody the time twice, and who starts later is not
// touched by it.
func TestASittingIsExtendedOnce(t *testing.T) {
	r := newRoom(t, nil)
	deadlines := map[string]time.Time{}
	for range 3 {
		s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
		must(t, err)
		deadlines[s.Attempt.ID] = s.Attempt.Deadline
	}
	gone, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	_, err = r.Submit(t.Context(), gone.Attempt.Person, gone.Attempt.ID, gone.Attempt.Writer, nil)
	must(t, err)

	r.store.Fail("UpdateAttempt", true)
	if _, err = r.ExtendSitting(t.Context(), "admin", sitting, "order-1", "power cut", 10*time.Minute); err == nil {
		t.Error("a failure of the store is hidden")
	}
	for range 2 {
		out, err := r.ExtendSitting(t.Context(), "admin", sitting, "order-1", "power cut", 10*time.Minute)
		must(t, err)
		if out != (exam.Reached{Done: 3}) {
			t.Errorf("%+v, want 3 done", out)
		}
	}
	for id, deadline := range deadlines {
		a, err := r.Attempt(t.Context(), id)
		must(t, err)
		if got := a.Deadline.Sub(deadline); got != 10*time.Minute || len(a.Extensions) != 1 || a.Extensions[0].Order != "order-1" {
			t.Errorf("%s has %v more by %+v", id, got, a.Extensions)
		}
	}
	later, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	if len(later.Attempt.Extensions) != 0 {
		t.Errorf("who starts later has %+v", later.Attempt.Extensions)
	}
	_, err = r.ExtendSitting(t.Context(), "admin", "none", "o", "power cut", time.Minute)
	wantCode(t, "no such sitting", err, "sitting.not_found")
	_, err = r.ExtendSitting(t.Context(), "admin", sitting, "o", "power cut", 25*time.Hour)
	wantCode(t, "more than a day", err, "extension.invalid")
}
