package exam_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam"
)

// draft stores another draft like the room's exam.
func (r *room) draft(t *testing.T, id string) exam.Exam {
	t.Helper()
	d := r.exam
	d.ID = id
	stored, _, err := r.CreateExam(t.Context(), d)
	must(t, err)
	return stored
}

func TestADraftIsEditedAndAPublishedExamIsNot(t *testing.T) {
	r := newRoom(t, nil)
	d := r.draft(t, "draft-1")
	seen := d
	d.Policy.TimeLimit = 1200
	d.Blueprint.Cells = append([]exam.Cell(nil), d.Blueprint.Cells...)
	d.Blueprint.Cells[0].Count = 250
	edited, err := r.EditExam(t.Context(), d)
	must(t, err)
	if edited.Version != 2 || edited.Policy.TimeLimit != 1200 || edited.State != exam.ExamDraft {
		t.Errorf("%+v", edited)
	}
	_, err = r.EditExam(t.Context(), seen)
	wantCode(t, "an edit over another's", err, "exam.stale")
	_, err = r.CheckExam(t.Context(), d.ID)
	wantCode(t, "a short cell", err, "blueprint.unfit")
	if s := r.bank.Supply(edited.Blueprint)[0]; s.Count != 250 || s.Available < 1 || s.Available >= 250 {
		t.Errorf("the short cell: %+v", s)
	}
	bad := edited
	bad.Policy.TimeLimit = 1
	_, err = r.EditExam(t.Context(), bad)
	wantCode(t, "a faulty policy", err, "exam.invalid")
	bad = edited
	bad.Release = "none"
	_, err = r.EditExam(t.Context(), bad)
	wantCode(t, "no such release", err, "release.not_found")

	edited.Blueprint.Cells[0].Count = r.exam.Blueprint.Cells[0].Count
	edited, err = r.EditExam(t.Context(), edited)
	must(t, err)
	f, err := r.CheckExam(t.Context(), d.ID)
	must(t, err)
	if diff := cmp.Diff(r.exam.Feasibility, f); diff != "" {
		t.Errorf("the check promises something else than publishing (-published +checked):\n%s", diff)
	}
	if e, err := r.Exam(t.Context(), d.ID); err != nil || e.State != exam.ExamDraft || e.Version != edited.Version {
		t.Errorf("checking changed the draft: %+v, %v", e, err)
	}
	_, err = r.EditExam(t.Context(), r.exam)
	wantCode(t, "a published exam", err, "exam.published")
}

func TestRetiring(t *testing.T) {
	r := newRoom(t, nil)
	_, err := r.RetireExam(t.Context(), r.draft(t, "draft-1").ID)
	wantCode(t, "a draft", err, "exam.draft")
	running, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	late := r.seat(t)
	for range 2 {
		e, err := r.RetireExam(t.Context(), r.exam.ID)
		must(t, err)
		if e.State != exam.ExamRetired {
			t.Errorf("state %s", e.State)
		}
	}
	_, err = r.Start(t.Context(), late, sitting, "uk")
	wantCode(t, "starting after it", err, "exam.closed")
	a, err := r.Submit(t.Context(), running.Attempt.Person, running.Attempt.ID, running.Attempt.Writer, nil)
	must(t, err)
	if a.Result == nil {
		t.Error("what ran when the exam was retired is not graded")
	}
}

func TestPreviewAndReplay(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	replay, err := r.Replay(t.Context(), s.Attempt.ID, "")
	must(t, err)
	if replay.Differs != nil {
		t.Errorf("the form cannot be drawn again: %v", replay.Differs)
	}
	if diff := cmp.Diff(s.View, replay.Sheet.View); diff != "" {
		t.Errorf("staff see another form than the learner (-learner +staff):\n%s", diff)
	}
	seed, err := exam.ParseSeed(s.Attempt.Form.Seed)
	must(t, err)
	preview, err := r.Preview(t.Context(), r.exam.ID, seed, "uk")
	must(t, err)
	if diff := cmp.Diff(s.View, preview.View); diff != "" {
		t.Errorf("the same seed shows another form:\n%s", diff)
	}
	stored := make(map[int]exam.Stored)
	for n, key := range preview.Keys {
		stored[n] = exam.Stored{Seq: 1, Response: key}
	}
	result, err := r.bank.Grade(&r.exam.Blueprint, preview.Form, stored, r.now)
	must(t, err)
	if result.Score != result.Max {
		t.Errorf("the keys of a preview earn %d of %d", result.Score, result.Max)
	}
}

// TestStocksCountEveryItemOfTheRoleOnce compares the matrix with the bank.
func TestStocksCountEveryItemOfTheRoleOnce(t *testing.T) {
	r := newRoom(t, nil)
	for _, role := range r.bank.Roles() {
		blueprint := r.exam.Blueprint
		blueprint.Role = role
		want, got, asked := 0, 0, 0
		for i := range r.bank.Items() {
			for _, of := range r.bank.Revision(i).Item.Roles {
				if of == role {
					want++
				}
			}
		}
		for _, s := range r.bank.Stocks(blueprint) {
			for level, n := range s.Counts {
				got += n
				if (n == 0) != (s.Cells[level] < 0) && n == 0 {
					t.Errorf("%s %s asks for nothing", role, s.Topic)
				}
				if s.Cells[level] >= 0 {
					asked += n
				}
			}
		}
		if got != want || asked == 0 {
			t.Errorf("role %s: the matrix holds %d items, %d of them asked for; the bank %d", role, got, asked, want)
		}
	}
}
