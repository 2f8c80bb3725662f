package exam_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/storetest"
)

// essays is a room whose exam has two essays and a choice, with three markers.
type essays struct{ *room }

var markers = []string{"marker-1", "marker-2", "marker-3"}

func newEssays(t testing.TB, change func(*exam.Exam)) *essays {
	t.Helper()
	both := func(s string) exam.Text { return exam.Text{"en": s, "uk": s} }
	var levels []exam.RubricLevel
	for p := range 5 {
		levels = append(levels, exam.RubricLevel{Points: p, Text: both(fmt.Sprintf("earns %d", p))})
	}
	items := []exam.Item{{ID: "choice", Kind: exam.Single, Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: both("a"), Key: true}, {Text: both("b")}}}}}
	for _, id := range []string{"essay-1", "essay-2"} {
		items = append(items, exam.Item{ID: id, Kind: exam.ExtendedText, Interaction: &exam.Essay{MaxCharacters: 500, Rubric: exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{{Title: both("Law"), Levels: levels}}}}})
	}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty, items[i].Stem = []string{"judge"}, "law", "apply", exam.Applied, both("Question "+items[i].ID)
	}
	bank, err := exam.NewBank("bank", both("Bank"), []string{"en", "uk"}, nil, items)
	must(t, err)
	e := exam.Exam{ID: "exam-1", Title: both("Exam"), Programme: "prog", Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "law", Title: both("Law")}}, Cells: []exam.Cell{{Section: "law", Count: 3}}},
		Policy: exam.Policy{Languages: []string{"en", "uk"}, TimeLimit: 600, Attempts: 2, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce},
			Certificate: exam.CertificatePolicy{Issue: true}}}
	if change != nil {
		change(&e)
	}
	r := &essays{roomFor(t, bank, e)}
	_, err = r.SetMarkers(t.Context(), e.ID, markers)
	must(t, err)
	return r
}

// sit has a new learner answer: the choice rightly, and what is given of the essays.
func (r *essays) sit(t testing.TB, texts map[string]string) exam.Attempt {
	t.Helper()
	person := r.seat(t)
	s, err := r.Start(t.Context(), person, sitting, "en")
	must(t, err)
	save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
	for n, slot := range s.Attempt.Form.Slots {
		response := exam.Response{Text: texts[slot.Item.ID]}
		if slot.Item.ID == "choice" {
			for at, option := range s.View.Slots[n].Options {
				if option == "a" {
					response.Choices = []int{at}
				}
			}
		}
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: n, Response: response})
	}
	_, err = r.Save(t.Context(), person, s.Attempt.ID, save)
	must(t, err)
	a, err := r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
	must(t, err)
	return a
}

// settle does what the reconciler does, whatever fails on the way.
func (r *essays) settle(t testing.TB) {
	t.Helper()
	for range 4 {
		due, err := r.Due(t.Context(), 100)
		must(t, err)
		for _, a := range due {
			if _, err := r.Advance(t.Context(), a.ID); err != nil && !errors.Is(err, storetest.ErrLost) {
				t.Fatal(err)
			}
		}
		scripts, err := r.ScriptsDue(t.Context(), 100)
		must(t, err)
		for _, c := range scripts {
			if _, err := r.CollectScript(t.Context(), c.ID); err != nil && !errors.Is(err, storetest.ErrLost) {
				t.Fatal(err)
			}
		}
	}
}

// examine has doctor look at what is stored.
func (r *essays) examine(t testing.TB) {
	t.Helper()
	report, err := doctor.Examine(t.Context(), r.store, doctor.Keys{})
	must(t, err)
	for _, f := range report.Findings {
		t.Errorf("doctor: %+v", f)
	}
}

func (r *essays) next(t testing.TB, marker string) exam.MarkingSheet {
	t.Helper()
	sheet, found, err := r.NextScript(t.Context(), marker, r.exam.ID)
	must(t, err)
	if !found {
		t.Fatalf("nothing is left for %s", marker)
	}
	return sheet
}

func (r *essays) mark(t testing.TB, marker string, points int) exam.Script {
	t.Helper()
	c, err := r.MarkScript(t.Context(), marker, r.next(t, marker).Script.ID, []int{points}, "")
	must(t, err)
	return c
}

func (r *essays) attempt(t testing.TB, id string) exam.Attempt {
	t.Helper()
	a, err := r.Attempt(t.Context(), id)
	must(t, err)
	return a
}

var bothWritten = map[string]string{"essay-1": "First answer.", "essay-2": "Second answer."}

// TestAnAttemptWaitsForEveryMark follows one attempt from handing in to its certificate.
func TestAnAttemptWaitsForEveryMark(t *testing.T) {
	r := newEssays(t, nil)
	a := r.sit(t, bothWritten)
	if a.State != exam.Marking || a.Result != nil {
		t.Fatalf("handed in it is %s with %v", a.State, a.Result)
	}
	if o, err := r.Outcome(t.Context(), a.Person, a.ID, "en"); err != nil || o.Result != nil || o.Answers != nil {
		t.Errorf("the learner sees %+v, %v", o, err)
	}
	r.settle(t)
	first := r.next(t, "marker-1")
	if again := r.next(t, "marker-1"); again.Script.ID != first.Script.ID {
		t.Error("asking again gives another response, and leaves the first one lying")
	}
	if other := r.next(t, "marker-2"); other.Script.ID == first.Script.ID {
		t.Error("two people have the same response in hand")
	}
	if first.Text != bothWritten[first.Item.ID] || first.Lang != "en" {
		t.Errorf("%+v", first)
	}
	r.mark(t, "marker-1", 4)
	r.mark(t, "marker-2", 3)
	second := r.next(t, "marker-1")
	held, err := r.HeldScript(t.Context(), "marker-1", second.Script.ID)
	must(t, err)
	for _, sheet := range []exam.MarkingSheet{second, held} {
		if sheet.Script.Stage != exam.ScriptSecond || len(sheet.Script.Entries)+len(sheet.Script.Barred) != 0 {
			t.Errorf("who marks second is told what the first one gave: %+v", sheet.Script)
		}
	}
	r.mark(t, "marker-1", 2)
	r.settle(t)
	if got := r.attempt(t, a.ID); got.State != exam.Marking {
		t.Fatalf("with three marks of four it is %s", got.State)
	}
	r.examine(t)
	r.mark(t, "marker-2", 3)
	if _, found, err := r.NextScript(t.Context(), "marker-3", r.exam.ID); found || err != nil {
		t.Errorf("a third marker is given something: %v, %v", found, err)
	}
	r.settle(t)
	got := r.attempt(t, a.ID)
	if got.State != exam.Released || got.Result.Score != exam.OnePoint+(7+5)*exam.OnePoint/8 || got.Certificate != exam.CertificateDue || got.Letter != exam.LetterDue {
		t.Errorf("%s, %+v, certificate %q, letter %q", got.State, got.Result, got.Certificate, got.Letter)
	}
	o, err := r.Outcome(t.Context(), a.Person, a.ID, "en")
	must(t, err)
	for _, answer := range o.Answers {
		if essay := answer.View.Kind == exam.ExtendedText; essay != (answer.Rubric != nil) || essay && len(answer.Marks) != 2 {
			t.Errorf("the learner sees %+v", answer)
		}
	}
}

// TestAThirdDecides is two marks further apart than is tolerated.
func TestAThirdDecides(t *testing.T) {
	r := newEssays(t, nil)
	a := r.sit(t, map[string]string{"essay-1": "One.", "essay-2": " \n "}) // the second is blank
	r.settle(t)
	r.mark(t, "marker-1", 4)
	c := r.mark(t, "marker-2", 1)
	if c.Stage != exam.ScriptThird {
		t.Fatalf("it is %s", c.Stage)
	}
	all, err := r.Disputes(t.Context(), r.exam.ID, "", 10)
	if err != nil || len(all) != 1 || all[0].ID != c.ID {
		t.Fatalf("to decide: %v, %v", all, err)
	}
	_, err = r.Adjudicate(t.Context(), "marker-1", c.ID, []int{3}, "")
	wantCode(t, "deciding about one's own mark", err, "script.own")
	_, err = r.Adjudicate(t.Context(), a.Person, c.ID, []int{4}, "")
	wantCode(t, "deciding about one's own answer", err, "script.own")
	for range 2 { // the answer to the first was lost
		_, err = r.Adjudicate(t.Context(), "admin", c.ID, []int{3}, "the sources are there")
		must(t, err)
	}
	_, err = r.Adjudicate(t.Context(), "admin", c.ID, []int{2}, "")
	wantCode(t, "deciding otherwise", err, "script.own")
	r.settle(t)
	if got := r.attempt(t, a.ID); got.State != exam.Released || got.Result.Score != exam.OnePoint+3*exam.OnePoint/4 {
		t.Errorf("%s with %+v", got.State, got.Result)
	}
	r.examine(t)
}

// TestBlankAnswersNeedNobody is an attempt that is graded at once.
func TestBlankAnswersNeedNobody(t *testing.T) {
	r := newEssays(t, nil)
	if a := r.sit(t, nil); a.State != exam.Released || a.Result.Score != exam.OnePoint || a.Result.Max != 3*exam.OnePoint || a.Letter != exam.LetterNone {
		t.Errorf("%s with %+v", a.State, a.Result)
	}
}

// TestWhoMayMarkWhat is who is given what, and who is told that there is nothing.
func TestWhoMayMarkWhat(t *testing.T) {
	r := newEssays(t, nil)
	a := r.sit(t, map[string]string{"essay-1": "One."})
	r.settle(t)
	_, _, err := r.NextScript(t.Context(), "stranger", r.exam.ID)
	wantCode(t, "who does not mark this exam", err, "exam.not_found")
	_, err = r.SetMarkers(t.Context(), r.exam.ID, append([]string{a.Person}, markers...))
	must(t, err)
	if _, found, err := r.NextScript(t.Context(), a.Person, r.exam.ID); found || err != nil {
		t.Errorf("learners are given their own answers: %v, %v", found, err)
	}
	id := r.next(t, "marker-1").Script.ID
	for _, by := range []string{"marker-2", "stranger", a.Person} {
		_, err = r.MarkScript(t.Context(), by, id, []int{4}, "")
		if code := fault.Code(err); code != "script.not_found" && code != "script.not_held" {
			t.Errorf("a mark by %s of what marker-1 holds: %v", by, err)
		}
		if _, err = r.HeldScript(t.Context(), by, id); fault.Code(err) != "script.not_found" {
			t.Errorf("%s reads what marker-1 holds: %v", by, err)
		}
	}
	must(t, r.DeclineScript(t.Context(), "marker-1", id, "I know the hand"))
	if _, found, _ := r.NextScript(t.Context(), "marker-1", r.exam.ID); found {
		t.Error("who declined is given it again")
	}
	r.next(t, "marker-2")
	r.now = r.now.Add(exam.HoldTime)
	r.next(t, "marker-3") // what marker-2 left lying
	_, err = r.MarkScript(t.Context(), "marker-2", id, []int{4}, "")
	wantCode(t, "what went to somebody else", err, "script.not_found")
	_, err = r.MarkScript(t.Context(), "marker-3", id, []int{9}, "")
	wantCode(t, "a level that is not there", err, "script.invalid")
	_, err = r.MarkScript(t.Context(), "marker-3", id, []int{4}, "")
	must(t, err)
	_, err = r.MarkScript(t.Context(), "marker-3", id, []int{3}, "")
	wantCode(t, "another mark by the same", err, "script.marked")
	_, err = r.SetMarkers(t.Context(), r.exam.ID, []string{"alone"})
	wantCode(t, "one marker alone", err, "marking.markers")
}

// TestVoidAndDroppedAnswersLeaveTheQueue closes what needs no mark any more.
func TestVoidAndDroppedAnswersLeaveTheQueue(t *testing.T) {
	r := newEssays(t, nil)
	voided, dropped := r.sit(t, bothWritten), r.sit(t, map[string]string{"essay-1": "Only this."})
	r.settle(t)
	_, err := r.Void(t.Context(), "admin", voided.ID, "somebody else sat it")
	must(t, err)
	w := &wrongKey{room: r.room}
	w.propose(t, "drop-1", false, exam.CorrectionDraft{Item: "essay-1", Policy: exam.Drop})
	w.apply(t, "drop-1")
	if _, found, err := r.NextScript(t.Context(), "marker-1", r.exam.ID); found || err != nil {
		t.Errorf("something is left to mark: %v, %v", found, err)
	}
	r.settle(t)
	if a := r.attempt(t, dropped.ID); a.State != exam.Released || a.Result.Max != 2*exam.OnePoint {
		t.Errorf("the one whose only essay was dropped is %s with %+v", a.State, a.Result)
	}
	r.examine(t)
	for _, policy := range []exam.KeyPolicy{exam.NewKey, exam.EitherKey} {
		_, _, err = r.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "other-key", Exam: r.exam.ID, Reason: "why not", Corrections: []exam.CorrectionDraft{{Item: "essay-2", Policy: policy, Key: &exam.Key{}}}})
		wantCode(t, "another key for an essay", err, "regrade.invalid")
	}
}

// TestVoidingCutShortTakesScriptsBackLater voids an attempt whose scripts cannot be closed at
// that moment, one of them in dispute.
func TestVoidingCutShortTakesScriptsBackLater(t *testing.T) {
	r := newEssays(t, nil)
	a := r.sit(t, bothWritten)
	r.settle(t)
	r.mark(t, "marker-1", 0)
	r.mark(t, "marker-2", 4)
	if disputes, err := r.Disputes(t.Context(), r.exam.ID, "", 10); err != nil || len(disputes) != 1 {
		t.Fatalf("%d disputes, %v", len(disputes), err)
	}
	r.store.FailAfter(0, "UpdateScript", false)
	if _, err := r.Void(t.Context(), "admin", a.ID, "somebody else sat it"); !errors.Is(err, storetest.ErrLost) {
		t.Fatalf("voiding did not meet the failure: %v", err)
	}
	r.settle(t)
	if got := r.attempt(t, a.ID); got.State != exam.Voided || !got.DueAt.IsZero() {
		t.Errorf("it is %s, due at %v", got.State, got.DueAt)
	}
	for _, stage := range []exam.ScriptStage{exam.ScriptFirst, exam.ScriptSecond, exam.ScriptThird} {
		if left, err := r.store.Scripts(t.Context(), exam.ScriptFilter{Exam: r.exam.ID, Stage: stage}, "", 10); err != nil || len(left) > 0 {
			t.Errorf("%d scripts wait in stage %s, %v", len(left), stage, err)
		}
	}
	r.examine(t)
}

// hiding is a store that does not show some of the scripts, and does something before it is
// asked for them.
type hiding struct {
	doctor.Store
	hide   func(exam.Script) bool
	before func()
}

func (h hiding) Scripts(ctx context.Context, f exam.ScriptFilter, after string, limit int) ([]exam.Script, error) {
	h.before()
	all, err := h.Store.Scripts(ctx, f, after, limit)
	return slices.DeleteFunc(all, h.hide), err
}

// TestDoctorSeesWhatNobodyHasToMark looks at an attempt that waits for marks: all its scripts
// are lost, one is, and all its marks come in while doctor looks.
func TestDoctorSeesWhatNobodyHasToMark(t *testing.T) {
	r := newEssays(t, nil)
	a := r.sit(t, bothWritten)
	r.settle(t)
	slot := slices.IndexFunc(a.Form.Slots, func(s exam.Slot) bool { return s.Item.ID == "essay-2" })
	once := sync.OnceFunc(func() {
		for _, marker := range []string{"marker-1", "marker-2", "marker-1", "marker-2"} {
			r.mark(t, marker, 3)
		}
		r.settle(t)
	})
	for _, row := range []struct {
		name   string
		hide   func(exam.Script) bool
		before func()
		want   string
	}{
		{"all are lost", func(exam.Script) bool { return true }, func() {}, "it waits for marks, and nobody has any of it to mark"},
		{"one is lost", func(c exam.Script) bool { return c.Slot == slot }, func() {}, fmt.Sprintf("it waits for marks, and nobody has slot %d to mark", slot)},
		{"it is marked meanwhile", func(exam.Script) bool { return false }, once, ""},
	} {
		report, err := doctor.Examine(t.Context(), hiding{r.store, row.hide, row.before}, doctor.Keys{})
		must(t, err)
		var got string
		for _, f := range report.Findings {
			got += f.Message
		}
		if got != row.want {
			t.Errorf("%s: %q", row.name, got)
		}
	}
	if got := r.attempt(t, a.ID); got.State != exam.Released {
		t.Errorf("it was marked, and is %s", got.State)
	}
}

// TestAMarkSurvivesWhatFails has each write of marking fail once, before or after it took
// effect: the caller repeats the call, and all is as if nothing had failed.
func TestAMarkSurvivesWhatFails(t *testing.T) {
	r := newEssays(t, nil)
	for _, method := range []string{"InsertScript", "UpdateScript", "UpdateAttempt"} {
		for good := range 2 {
			for _, after := range []bool{false, true} {
				r.store.FailAfter(0, "", false)
				a := r.sit(t, bothWritten)
				r.store.FailAfter(good, method, after)
				r.settle(t)
				for range 2 {
					for _, marker := range markers[:2] {
						var sheet exam.MarkingSheet
						for try := 0; ; try++ {
							var err error
							if sheet, _, err = r.NextScript(t.Context(), marker, r.exam.ID); err == nil {
								break
							} else if !errors.Is(err, storetest.ErrLost) || try > 1 {
								t.Fatal(err)
							}
						}
						_, err := r.MarkScript(t.Context(), marker, sheet.Script.ID, []int{3}, "")
						if errors.Is(err, storetest.ErrLost) {
							_, err = r.MarkScript(t.Context(), marker, sheet.Script.ID, []int{3}, "")
						}
						must(t, err)
					}
				}
				r.settle(t)
				if got := r.attempt(t, a.ID); got.State != exam.Released || got.Result.Score != exam.OnePoint+6*exam.OnePoint/4 || len(got.Marked) != 2 {
					t.Errorf("%s fails after %d, applied %v: %s with %+v", method, good, after, got.State, got.Result)
				}
			}
		}
	}
}

// TestManyMarkersAtOnce has everybody take and mark until nothing is left.
func TestManyMarkersAtOnce(t *testing.T) {
	r := newEssays(t, nil)
	var ids []string
	for range 6 {
		ids = append(ids, r.sit(t, bothWritten).ID)
	}
	r.settle(t)
	var wg sync.WaitGroup
	for _, marker := range markers {
		wg.Go(func() {
			for {
				sheet, found, err := r.NextScript(t.Context(), marker, r.exam.ID)
				if err != nil {
					t.Error(err)
				}
				if !found || err != nil {
					return
				}
				if _, err := r.MarkScript(t.Context(), marker, sheet.Script.ID, []int{2}, ""); err != nil {
					t.Errorf("%s: %v", marker, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, marker := range markers { // what another one had in hand when this one asked last
		for {
			sheet, found, err := r.NextScript(t.Context(), marker, r.exam.ID)
			must(t, err)
			if !found {
				break
			}
			_, err = r.MarkScript(t.Context(), marker, sheet.Script.ID, []int{2}, "")
			must(t, err)
		}
	}
	r.settle(t)
	for _, id := range ids {
		if a := r.attempt(t, id); a.State != exam.Released || a.Result.Score != 2*exam.OnePoint {
			t.Errorf("attempt %s is %s with %+v", id, a.State, a.Result)
		}
	}
}
