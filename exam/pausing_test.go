package exam_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// TestARoomIsPaused: everybody's clock stands, answers are taken, nobody hands in or
// starts; when it goes on, each has the time back that the pause took. Both orders may
// be given again.
func TestARoomIsPaused(t *testing.T) {
	r := newRoom(t, nil)
	var running []exam.Session
	for range 3 {
		s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
		must(t, err)
		running = append(running, s)
		r.now = r.now.Add(time.Minute)
	}
	alone := running[2].Attempt
	_, err := r.Pause(t.Context(), "admin", alone.ID, "alone", "feels ill")
	must(t, err)
	for range 2 {
		out, err := r.PauseSitting(t.Context(), "admin", sitting, "room", "power cut")
		must(t, err)
		if out != (exam.Reached{Done: 3}) {
			t.Errorf("%+v, want 3 done", out)
		}
	}
	_, err = r.PauseSitting(t.Context(), "admin", sitting, "another", "power cut")
	wantCode(t, "another pause", err, "sitting.paused")
	waiting := r.seat(t)
	_, err = r.Start(t.Context(), waiting, sitting, "uk")
	wantCode(t, "starting in a pause", err, "sitting.paused")

	r.now = r.now.Add(5 * time.Hour) // far beyond the deadline
	first := running[0].Attempt
	save := r.rightAnswers(t, running[0])
	ack, err := r.Save(t.Context(), first.Person, first.ID, save)
	must(t, err)
	if ack.PausedAt.IsZero() {
		t.Error("the acknowledgement does not tell of the pause")
	}
	_, err = r.Submit(t.Context(), first.Person, first.ID, first.Writer, nil)
	wantCode(t, "handing in in a pause", err, "attempt.paused")
	_, err = r.Resume(t.Context(), first.Person, first.ID, "")
	must(t, err)
	if a, err := r.Advance(t.Context(), first.ID); err != nil || a.State != exam.Running {
		t.Errorf("a paused attempt is moved on: %s, %v", a.State, err)
	}

	for range 2 {
		_, err := r.ContinueSitting(t.Context(), "admin", sitting, "room")
		must(t, err)
	}
	for n, s := range running[:2] {
		a, err := r.Attempt(t.Context(), s.Attempt.ID)
		must(t, err)
		if got := a.Deadline.Sub(s.Attempt.Deadline); got != 5*time.Hour || a.Pause() != nil {
			t.Errorf("learner %d has %v more, paused %v", n, got, a.Pause())
		}
	}
	a, err := r.Attempt(t.Context(), alone.ID)
	must(t, err)
	if a.Pause() == nil {
		t.Error("who was paused alone goes on with the room")
	}
	_, err = r.Continue(t.Context(), "admin", alone.ID, "alone")
	must(t, err)
	_, err = r.Pause(t.Context(), "admin", alone.ID, "alone", "feels ill") // an order that came late
	must(t, err)
	if a, err = r.Attempt(t.Context(), alone.ID); err != nil || a.Pause() != nil {
		t.Errorf("an order that is over pauses again: %v, %v", a.Pause(), err)
	}
	if _, err = r.PauseSitting(t.Context(), "admin", sitting, "room", "power cut"); err != nil {
		t.Error(err)
	}
	_, err = r.Start(t.Context(), waiting, sitting, "uk")
	must(t, err)
}

// TestAPauseIsCompleted has each write of a pause and of its end fail in both ways. The
// call is repeated, and nobody has the time twice or not at all.
func TestAPauseIsCompleted(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for _, method := range []string{"UpdateSitting", "UpdateAttempt"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, applied %v", method, after), func(t *testing.T) {
				r := newRoom(t, nil)
				var deadlines []exam.Attempt
				for range 2 {
					s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
					must(t, err)
					deadlines = append(deadlines, s.Attempt)
				}
				again := func(call func() error) {
					t.Helper()
					r.store.Fail(method, after)
					if err := call(); !errors.Is(err, storetest.ErrLost) {
						t.Fatalf("%v, want the failure", err)
					}
					must(t, call())
				}
				again(func() error {
					_, err := r.PauseSitting(t.Context(), "admin", sitting, "o", "power cut")
					return err
				})
				r.now = r.now.Add(time.Hour)
				again(func() error {
					_, err := r.ContinueSitting(t.Context(), "admin", sitting, "o")
					return err
				})
				for _, before := range deadlines {
					a, err := r.Attempt(t.Context(), before.ID)
					must(t, err)
					if got := a.Deadline.Sub(before.Deadline); got != time.Hour || len(a.Pauses) != 1 {
						t.Errorf("%v more, pauses %+v", got, a.Pauses)
					}
				}
				held, err := r.Sitting(t.Context(), sitting)
				must(t, err)
				if len(held.Pauses) != 1 || held.Pause() != nil {
					t.Errorf("the sitting has the pauses %+v", held.Pauses)
				}
			})
		}
	}
}

// TestWhoStartsWhileARoomIsPausedStops: the sitting is paused between the look at it and
// the insertion of the attempt, when the order has passed by.
func TestWhoStartsWhileARoomIsPausedStops(t *testing.T) {
	r := newRoom(t, nil)
	r.store.BeforeInsertAttempt = func() {
		r.store.BeforeInsertAttempt = nil
		if out, err := r.PauseSitting(t.Context(), "admin", sitting, "o", "power cut"); err != nil || out.Done != 0 {
			t.Errorf("%+v, %v", out, err)
		}
	}
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	if s.Attempt.Pause() == nil {
		t.Error("the clock runs in a paused room")
	}
}

// TestWhoIsStoppedAsTheRoomGoesOnGoesOn: the room's pause ends between the moment in
// which an attempt was found to be stopped and the one in which that is stored.
func TestWhoIsStoppedAsTheRoomGoesOnGoesOn(t *testing.T) {
	r := newRoom(t, nil)
	goOn := func() {
		r.store.BeforeUpdateAttempt = nil
		_, err := r.ContinueSitting(t.Context(), "admin", sitting, "o")
		must(t, err)
	}
	r.store.BeforeInsertAttempt = func() {
		r.store.BeforeInsertAttempt = nil
		_, err := r.PauseSitting(t.Context(), "admin", sitting, "o", "power cut")
		must(t, err)
		r.store.BeforeUpdateAttempt = goOn
	}
	late, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	if p := late.Attempt.Pause(); p != nil {
		t.Errorf("who began late is left paused: %+v", p)
	}
	r.store.BeforeUpdateAttempt = func() {
		r.store.BeforeUpdateAttempt = nil
		_, err := r.ContinueSitting(t.Context(), "admin", sitting, "again")
		must(t, err)
	}
	_, err = r.PauseSitting(t.Context(), "admin", sitting, "again", "power cut")
	must(t, err)
	if a, err := r.Attempt(t.Context(), late.Attempt.ID); err != nil || a.Pause() != nil {
		t.Errorf("who was reached late is left paused: %+v, %v", a.Pause(), err)
	}
}

// TestAForgottenPauseEnds: after MaxPause the clock goes on by itself, with the time
// that was left.
func TestAForgottenPauseEnds(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	_, err = r.Pause(t.Context(), "admin", s.Attempt.ID, "o", "power cut")
	must(t, err)
	r.now = r.now.Add(exam.MaxPause)
	due, err := r.Due(t.Context(), 10)
	must(t, err)
	if len(due) != 1 || due[0].ID != s.Attempt.ID {
		t.Fatalf("due are %+v", due)
	}
	a, err := r.Advance(t.Context(), s.Attempt.ID)
	must(t, err)
	if a.Pause() != nil || a.State != exam.Running || a.Deadline.Sub(s.Attempt.Deadline) != exam.MaxPause || !a.DueAt.Equal(a.AcceptUntil) {
		t.Errorf("it is %s, paused %v, due at %v", a.State, a.Pause(), a.DueAt)
	}
}

// TestAForgottenRoomOpens: when the attempts of a paused room go on by themselves, others may
// start; a pause of one of them ends that one only.
func TestAForgottenRoomOpens(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	_, err = r.PauseSitting(t.Context(), "admin", sitting, "o", "power cut")
	must(t, err)
	r.now = r.now.Add(exam.MaxPause - time.Millisecond)
	_, err = r.Advance(t.Context(), s.Attempt.ID)
	must(t, err)
	if held, err := r.Sitting(t.Context(), sitting); err != nil || held.Pause() == nil {
		t.Errorf("the room opens too early: %+v, %v", held.Pauses, err)
	}
	r.now = r.now.Add(time.Millisecond)
	_, err = r.Advance(t.Context(), s.Attempt.ID)
	must(t, err)
	held, err := r.Sitting(t.Context(), sitting)
	must(t, err)
	if held.Pause() != nil || !held.Pauses[0].Until.Equal(r.now) {
		t.Errorf("the room is still paused: %+v", held.Pauses)
	}
}

// TestARoomsCode: nobody starts without the code of the moment; it is taken a while
// longer than it is shown, and a new key refuses it at once.
func TestARoomsCode(t *testing.T) {
	r := newRoom(t, nil)
	held, err := r.Sitting(t.Context(), sitting)
	must(t, err)
	_, err = r.AccessCode(t.Context(), sitting)
	wantCode(t, "a sitting without codes", err, "access.none")
	held.AccessCode = exam.AccessRotating
	_, err = r.EditSitting(t.Context(), held)
	must(t, err)
	start := func(code string) error {
		_, err := r.StartByCode(t.Context(), r.seat(t), sitting, "uk", code)
		return err
	}
	shown, err := r.AccessCode(t.Context(), sitting)
	must(t, err)
	if len(shown.Code) != 6 || !shown.Until.After(r.now) || shown.TakenUntil.Sub(shown.Until) != 10*time.Minute {
		t.Errorf("shown is %+v", shown)
	}
	wantCode(t, "no code", start(" "), "access.code_missing")
	wantCode(t, "another code", start(shown.Code[1:]+"x"), "access.code_wrong")
	must(t, start(shown.Code[:3]+" "+shown.Code[3:]))

	person := r.seat(t)
	_, err = r.StartByCode(t.Context(), person, sitting, "uk", shown.Code)
	must(t, err)
	if _, err = r.Start(t.Context(), person, sitting, "uk"); err != nil {
		t.Errorf("who runs resumes with a code only: %v", err)
	}

	r.now = shown.TakenUntil.Add(-time.Second)
	next, err := r.AccessCode(t.Context(), sitting)
	must(t, err)
	if next.Code == shown.Code {
		t.Error("the code stays")
	}
	must(t, start(shown.Code))
	r.now = shown.TakenUntil
	wantCode(t, "an old code", start(shown.Code), "access.code_wrong")
	must(t, start(next.Code))
	renewed, err := r.RenewAccessCode(t.Context(), sitting)
	must(t, err)
	wantCode(t, "a code that was replaced", start(next.Code), "access.code_wrong")
	must(t, start(renewed.Code))
}

// TestAFixedCode: it is shown when it is made, kept as a hash, and opens until another
// is made.
func TestAFixedCode(t *testing.T) {
	r := newRoom(t, nil)
	held, err := r.Sitting(t.Context(), sitting)
	must(t, err)
	held.AccessCode = exam.AccessFixed
	held, err = r.EditSitting(t.Context(), held)
	must(t, err)
	start := func(code string) error {
		_, err := r.StartByCode(t.Context(), r.seat(t), sitting, "uk", code)
		return err
	}
	wantCode(t, "before one was made", start("00000000"), "access.code_wrong")
	made, err := r.RenewAccessCode(t.Context(), sitting)
	must(t, err)
	if shown, err := r.AccessCode(t.Context(), sitting); err != nil || shown.Code != "" || !shown.Made || len(made.Code) != 8 {
		t.Errorf("made %+v, shown again as %+v, %v", made, shown, err)
	}
	k, err := r.store.AccessKey(t.Context(), sitting)
	must(t, err)
	if stored := fmt.Sprintf("%s %s %s", k.Secret, k.Salt, k.Hash); strings.Contains(stored, made.Code) {
		t.Error("the code itself is stored")
	}
	must(t, start(made.Code))
	wantCode(t, "another code", start("x"+made.Code), "access.code_wrong")
	again, err := r.RenewAccessCode(t.Context(), sitting)
	must(t, err)
	wantCode(t, "the former code", start(made.Code), "access.code_wrong")
	must(t, start(again.Code))

	held.AccessCode = exam.AccessRotating
	_, err = r.EditSitting(t.Context(), held)
	must(t, err)
	wantCode(t, "a fixed code where they rotate", start(again.Code), "access.code_wrong")
}

// TestWhoWasPausedAloneStopsWithTheRoom: the room is paused while one learner is already,
// and letting that one go on does not let the clock run in a paused room.
func TestWhoWasPausedAloneStopsWithTheRoom(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	_, err = r.Pause(t.Context(), "admin", s.Attempt.ID, "alone", "feels ill")
	must(t, err)
	_, err = r.PauseSitting(t.Context(), "admin", sitting, "room", "power cut")
	must(t, err)
	a, err := r.Continue(t.Context(), "admin", s.Attempt.ID, "alone")
	must(t, err)
	if p := a.Pause(); p == nil || p.Order != "room" {
		t.Errorf("the clock runs in a paused room: %+v", a.Pauses)
	}
	r.now = r.now.Add(time.Hour)
	_, err = r.ContinueSitting(t.Context(), "admin", sitting, "room")
	must(t, err)
	if a, err = r.Attempt(t.Context(), s.Attempt.ID); err != nil || a.Pause() != nil || a.Deadline.Sub(s.Attempt.Deadline) != time.Hour {
		t.Errorf("%v later, paused %v, %v", a.Deadline.Sub(s.Attempt.Deadline), a.Pause(), err)
	}
}

// TestADeviceIsHeardNowAndThen: that a device was there is written down when it is news, not
// with the first page of everybody in a hall.
func TestADeviceIsHeardNowAndThen(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	begun := r.now
	for _, row := range []struct{ after, heard time.Duration }{
		{5 * time.Second, 0}, {25 * time.Second, 25 * time.Second}, {40 * time.Second, 25 * time.Second}, {50 * time.Second, 50 * time.Second},
	} {
		r.now = begun.Add(row.after)
		_, err := r.Current(t.Context(), s.Attempt.Person, s.Attempt.ID)
		must(t, err)
		stored, err := r.Attempt(t.Context(), s.Attempt.ID)
		must(t, err)
		var want time.Time
		if row.heard > 0 {
			want = begun.Add(row.heard)
		}
		if !stored.HeardAt.Equal(want) {
			t.Errorf("after %s it was heard at %s, want %s", row.after, stored.HeardAt, want)
		}
	}
}
