package exam_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/programmes"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// room is a service over a real store, with the first shipped exam, a sitting of
// it and a clock that the test moves.
type room struct {
	*exam.Service
	store *storetest.Flaky
	exam  exam.Exam
	bank  *exam.Bank
	now   time.Time
	seats int
}

const sitting = "room-1"

// newRoom has the police exam that ships, changed.
func newRoom(t testing.TB, change func(*exam.Exam)) *room {
	t.Helper()
	bank, err := programmes.Bank()
	must(t, err)
	drafts, err := programmes.Exams(bank.Release.Hash)
	must(t, err)
	if change != nil {
		change(&drafts[0])
	}
	return roomFor(t, bank, drafts[0])
}

func roomFor(t testing.TB, bank *exam.Bank, draft exam.Exam) *room {
	t.Helper()
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	r := &room{bank: bank, store: &storetest.Flaky{Store: store}, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	r.Service, err = exam.NewService(exam.Deps{Store: r.store, Now: func() time.Time { return r.now }})
	must(t, err)
	_, _, err = r.ImportBank(t.Context(), "author", r.bank)
	must(t, err)
	_, _, err = r.CreateExam(t.Context(), draft)
	must(t, err)
	r.exam, err = r.PublishExam(t.Context(), "admin", draft.ID)
	must(t, err)
	_, _, err = r.CreateSitting(t.Context(), exam.Sitting{ID: sitting, Exam: r.exam.ID, Title: r.exam.Title, Opens: r.now, Closes: r.now.Add(24 * time.Hour)})
	must(t, err)
	return r
}

// seat entitles one more learner.
func (r *room) seat(t testing.TB) string {
	t.Helper()
	r.seats++
	person := fmt.Sprintf("person-%d", r.seats)
	_, err := r.Entitle(t.Context(), "admin", sitting, person, 0)
	must(t, err)
	return person
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, what string, err error, code string) {
	t.Helper()
	if fault.Code(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

// TestARepeatedCallEndsInTheSameState has each write fail in both ways: nothing
// was stored, or everything was and the answer was lost. The caller repeats the
// call, and all is as if nothing had failed.
func TestARepeatedCallEndsInTheSameState(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for _, method := range []string{"InsertAttempt", "SaveResponses", "UpdateAttempt"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, applied %v", method, after), func(t *testing.T) {
				r := newRoom(t, nil)
				person := r.seat(t)
				repeat := func(what string, call func() error) {
					t.Helper()
					if err := call(); err != nil {
						if !errors.Is(err, storetest.ErrLost) {
							t.Fatalf("%s: %v", what, err)
						}
						if err = call(); err != nil {
							t.Fatalf("%s again: %v", what, err)
						}
					}
				}
				r.store.Fail(method, after)
				var s exam.Session
				repeat("start", func() (err error) { s, err = r.Start(t.Context(), person, sitting, "uk"); return err })
				save := r.rightAnswers(t, s)
				repeat("save", func() error { _, err := r.Save(t.Context(), person, s.Attempt.ID, save); return err })
				repeat("submit", func() error {
					_, err := r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
					return err
				})
				all, err := r.Attempts(t.Context(), exam.AttemptFilter{Person: person}, "", 10)
				must(t, err)
				a, err := r.Attempt(t.Context(), s.Attempt.ID)
				must(t, err)
				graded := 0
				for _, e := range a.Events {
					if e.What == "graded" {
						graded++
					}
				}
				if len(all) != 1 || graded != 1 || a.State != exam.Released || a.Result.Score != a.Result.Max || a.Certificate != exam.CertificateDue {
					t.Errorf("%d attempts, graded %d times, state %s, certificate %q, result %+v", len(all), graded, a.State, a.Certificate, a.Result)
				}
			})
		}
	}
}

func TestARepeatedAdministrationEndsInTheSameState(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for _, method := range []string{"PutRelease", "InsertExam", "UpdateExam", "InsertSitting"} {
		for _, after := range []bool{false, true} {
			r := newRoom(t, nil)
			draft := r.exam
			draft.ID, draft.State, draft.Version, draft.PublishedAt, draft.Feasibility = "second-exam", exam.ExamDraft, 0, time.Time{}, exam.Feasibility{}
			st := exam.Sitting{ID: "room-2", Exam: "second-exam", Title: draft.Title, Opens: r.now, Closes: r.now.Add(time.Hour)}
			r.store.Fail(method, after)
			for what, call := range []func() error{
				func() error { _, _, err := r.ImportBank(t.Context(), "author", r.bank); return err },
				func() error { _, _, err := r.CreateExam(t.Context(), draft); return err },
				func() error { _, err := r.PublishExam(t.Context(), "admin", draft.ID); return err },
				func() error { _, _, err := r.CreateSitting(t.Context(), st); return err },
			} {
				err := call()
				if errors.Is(err, storetest.ErrLost) {
					err = call()
				}
				if err != nil {
					t.Errorf("%s fails, applied %v: step %d: %v", method, after, what, err)
				}
			}
			if e, err := r.Exam(t.Context(), "second-exam"); err != nil || e.State != exam.ExamPublished {
				t.Errorf("%s fails, applied %v: exam is %s, %v", method, after, e.State, err)
			}
		}
	}
}

// rightAnswers is one save of every key.
func (r *room) rightAnswers(t testing.TB, s exam.Session) exam.Save {
	t.Helper()
	keys, err := r.bank.Keys(s.Attempt.Form)
	must(t, err)
	save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
	for slot, key := range keys {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	return save
}

// TestInvariant8WhatIsAdmittedIsScored sends saves of right and late writers, in
// time and late, in any order. What was acknowledged is graded, nothing else.
func TestInvariant8WhatIsAdmittedIsScored(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Policy.Attempts = exam.MaxAttempts })
	began := r.now
	rapid.Check(t, func(rt *rapid.T) {
		r.now = began
		person := r.seat(t)
		s, err := r.Start(t.Context(), person, sitting, "uk")
		must(t, err)
		keys, err := r.bank.Keys(s.Attempt.Form)
		must(t, err)
		model := make(map[int]exam.Stored)
		for range rapid.IntRange(1, 6).Draw(rt, "saves") {
			r.now = began.Add(time.Duration(rapid.IntRange(0, r.exam.Policy.TimeLimit+2*r.exam.Policy.Grace).Draw(rt, "second")) * time.Second)
			save := exam.Save{Writer: rapid.SampledFrom([]string{s.Attempt.Writer, "stale tab"}).Draw(rt, "writer"), Seq: rapid.Int64Range(1, 5).Draw(rt, "seq")}
			for slot := range keys {
				if rapid.Bool().Draw(rt, "answered") {
					answer := keys[slot]
					if save.Seq%2 == 0 {
						answer = exam.Response{}
					}
					save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: answer})
				}
			}
			if len(save.Responses) == 0 {
				continue
			}
			if _, err := r.Save(t.Context(), person, s.Attempt.ID, save); err != nil {
				if code := fault.Code(err); code != "attempt.late" && code != "attempt.taken_over" {
					rt.Fatal(err)
				}
				continue
			}
			for _, sr := range save.Responses {
				if model[sr.Slot].Seq < save.Seq {
					model[sr.Slot] = exam.Stored{Seq: save.Seq, At: r.now, Response: sr.Response}
				}
			}
		}
		r.now = s.Attempt.AcceptUntil.Add(time.Second)
		a, err := r.Advance(t.Context(), s.Attempt.ID)
		must(t, err)
		want, err := r.bank.Grade(&r.exam.Blueprint, s.Attempt.Form, model, r.now)
		must(t, err)
		if a.Result == nil {
			rt.Fatalf("after its time the attempt is %s", a.State)
		}
		if diff := cmp.Diff(want, *a.Result); diff != "" {
			rt.Fatalf("scored otherwise than acknowledged (-want +got):\n%s", diff)
		}
	})
}

func TestSavesThatAreRefused(t *testing.T) {
	r := newRoom(t, nil)
	person := r.seat(t)
	s, err := r.Start(t.Context(), person, sitting, "uk")
	must(t, err)
	good := r.rightAnswers(t, s)
	for name, c := range map[string]struct {
		person string
		change func(*exam.Save)
		code   string
	}{
		"another person":          {"stranger", func(*exam.Save) {}, "attempt.not_found"},
		"another device":          {person, func(s *exam.Save) { s.Writer = "other" }, "attempt.taken_over"},
		"no sequence number":      {person, func(s *exam.Save) { s.Seq = 0 }, "save.invalid"},
		"a slot outside the form": {person, func(s *exam.Save) { s.Responses = []exam.SlotResponse{{Slot: 99}} }, "save.invalid"},
		"a negative slot":         {person, func(s *exam.Save) { s.Responses = []exam.SlotResponse{{Slot: -1}} }, "save.invalid"},
		"an answer of no kind": {person, func(s *exam.Save) {
			s.Responses = []exam.SlotResponse{{Slot: 0, Response: exam.Response{Choices: []int{500}, Text: "x"}}}
		}, "save.invalid"},
	} {
		save := good
		c.change(&save)
		_, err := r.Save(t.Context(), c.person, s.Attempt.ID, save)
		wantCode(t, name, err, c.code)
	}
	stored, err := r.Attempt(t.Context(), s.Attempt.ID)
	must(t, err)
	if len(stored.Responses) != 0 {
		t.Errorf("refused saves stored %d responses", len(stored.Responses))
	}
	_, err = r.Save(t.Context(), person, "no-such-attempt", good)
	wantCode(t, "no such attempt", err, "attempt.not_found")
}

func TestWhenAnAttemptCanBeStarted(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Policy.Attempts, e.Policy.RetakeDelay = 2, 3600 })
	opens := r.now
	person := r.seat(t)
	start := func() (exam.Session, error) { return r.Start(t.Context(), person, sitting, "uk") }

	r.now = opens.Add(-time.Second)
	_, err := start()
	wantCode(t, "before the window", err, "sitting.not_open")
	_, err = r.Start(t.Context(), "stranger", sitting, "uk")
	wantCode(t, "somebody who is not entitled", err, "entitlement.not_found")
	r.now = opens
	_, err = r.Start(t.Context(), person, sitting, "fr")
	wantCode(t, "a language that is not offered", err, "exam.language")

	first, err := start()
	must(t, err)
	again, err := start()
	must(t, err)
	if again.Attempt.ID != first.Attempt.ID || !again.Resumed || again.Attempt.Writer == first.Attempt.Writer {
		t.Error("pressing start twice does not resume the same attempt for the later device")
	}
	_, err = r.Submit(t.Context(), person, first.Attempt.ID, again.Attempt.Writer, nil)
	must(t, err)
	_, err = start()
	wantCode(t, "before the delay is over", err, "exam.retake_too_early")
	r.now = opens.Add(time.Hour)
	second, err := start()
	must(t, err)
	_, err = r.Submit(t.Context(), person, second.Attempt.ID, second.Attempt.Writer, nil)
	must(t, err)
	r.now = opens.Add(3 * time.Hour)
	_, err = start()
	wantCode(t, "a third of two", err, "exam.attempts_used")

	person = r.seat(t)
	r.now = opens.Add(24 * time.Hour)
	_, err = start()
	wantCode(t, "after the window", err, "sitting.closed")
}

// TestARetakeBringsOtherItems compares the forms of one learner: what was seen
// comes again only where a cell has nothing else.
func TestARetakeBringsOtherItems(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Policy.Attempts = 2 })
	plan, err := exam.NewPlan(r.bank, r.exam.Blueprint)
	must(t, err)
	feasible, err := plan.Feasibility()
	must(t, err)
	unavoidable := 3 // the bank has one testlet
	for i, supply := range feasible.Cells {
		unavoidable += max(0, 2*r.exam.Blueprint.Cells[i].Count-supply.Available)
	}
	person := r.seat(t)
	seen := make(map[string]bool)
	repeated := 0
	for range 2 {
		s, err := r.Start(t.Context(), person, sitting, "uk")
		must(t, err)
		for _, slot := range s.Attempt.Form.Slots {
			if seen[slot.Item.ID] {
				repeated++
			}
			seen[slot.Item.ID] = true
		}
		_, err = r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
		must(t, err)
	}
	if repeated > unavoidable {
		t.Errorf("%d items came again, %d had to", repeated, unavoidable)
	}
}

func TestHandingInTellsOfAnswersThatAreMissing(t *testing.T) {
	r := newRoom(t, nil)
	person := r.seat(t)
	s, err := r.Start(t.Context(), person, sitting, "uk")
	must(t, err)
	ack, err := r.Save(t.Context(), person, s.Attempt.ID, r.rightAnswers(t, s))
	must(t, err)
	wrong := ack.Digest
	wrong[0]++
	_, err = r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, &wrong)
	wantCode(t, "another digest", err, "attempt.digest_mismatch")
	first, err := r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, &ack.Digest)
	must(t, err)
	again, err := r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, &ack.Digest)
	must(t, err)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("handing in twice is not the same:\n%s", diff)
	}
}

// TestATitleThatCannotBePrinted is refused before anybody sits, not when the first
// certificate is due.
func TestATitleThatCannotBePrinted(t *testing.T) {
	r := newRoom(t, nil)
	strict, err := exam.NewService(exam.Deps{Store: r.store, Now: func() time.Time { return r.now }, Printable: func(_ context.Context, _, _, title string) error {
		if strings.Contains(title, "™") {
			return errors.New("the font has no ™")
		}
		return nil
	}})
	must(t, err)
	draft := r.exam
	draft.ID, draft.Title = "safety", exam.Text{"en": "Safety™", "uk": "Безпека"}
	_, _, err = strict.CreateExam(t.Context(), draft)
	must(t, err)
	if _, err := strict.PublishExam(t.Context(), "admin", draft.ID); fault.Code(err) != "exam.title" {
		t.Errorf("published: %v", err)
	}
}
