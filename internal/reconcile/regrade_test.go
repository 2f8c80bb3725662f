package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/doctor"
)

// handedIn is an attempt that was graded, with its first single choice answered wrongly
// unless right, and what to correct for that to be right.
func (e *env) handedIn(t *testing.T, right bool) (id string, to exam.CorrectionDraft) {
	t.Helper()
	id, writer := e.answered(t)
	a, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	bank, err := e.exams.Bank(t.Context(), a.Form.Release)
	must(t, err)
	for n, slot := range a.Form.Slots {
		number, _ := bank.Number(slot.Item.ID)
		it := bank.Revision(number).Item
		choice, ok := it.Interaction.(*exam.SingleChoice)
		if !ok || slot.Pretest() {
			continue
		}
		for pos, authored := range slot.Arrangement.Options {
			if choice.Options[authored].Key {
				continue
			}
			to = exam.CorrectionDraft{Item: it.ID, Policy: exam.NewKey, Key: &exam.Key{Choices: []int{authored}}}
			if !right {
				_, err = e.exams.Save(t.Context(), e.person, id, exam.Save{Writer: writer, Seq: 2, Responses: []exam.SlotResponse{{Slot: n, Response: exam.Response{Choices: []int{pos}}}}})
				must(t, err)
			}
			_, err = e.exams.Submit(t.Context(), e.person, id, writer, nil)
			must(t, err)
			return id, to
		}
	}
	t.Fatal("the form has no single choice")
	return "", to
}

// change has the exam's keys corrected and runs it to the end.
func (e *env) change(t *testing.T, id string, corrections ...exam.CorrectionDraft) {
	t.Helper()
	all, err := e.exams.Exams(t.Context(), "", 1)
	must(t, err)
	_, _, err = e.exams.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: id, Exam: all[0].ID, Reason: "The key was wrong", Corrections: corrections})
	must(t, err)
	_, err = e.worker.Regrade(t.Context())
	must(t, err)
	_, err = e.exams.ApproveRegrade(t.Context(), "admin", id, "seen and agreed")
	must(t, err)
}

// finish runs until nothing is due.
func (e *env) finish(t *testing.T) {
	t.Helper()
	for range 40 {
		for _, w := range []interface {
			Regrade(context.Context) (int, error)
			Round(context.Context) (int, error)
		}{e.worker, e.again} {
			_, err := w.Round(t.Context())
			must(t, err)
			_, err = w.Regrade(t.Context())
			must(t, err)
		}
		e.now = e.now.Add(time.Minute)
	}
	due, err := e.exams.Due(t.Context(), 1)
	must(t, err)
	regrades, err := e.exams.RegradesDue(t.Context(), 1)
	must(t, err)
	if len(due)+len(regrades) > 0 {
		t.Fatalf("still due: %+v %+v", due, regrades)
	}
}

// sound has doctor find nothing.
func (e *env) sound(t *testing.T) {
	t.Helper()
	report, err := doctor.Examine(t.Context(), e.store.Store.(doctor.Store), doctor.Keys{})
	must(t, err)
	for _, f := range report.Findings {
		t.Errorf("doctor: %s %s: %s", f.Kind, f.ID, f.Message)
	}
}

// strict has everything right pass, and nothing less.
func strict(e *exam.Exam) {
	e.Blueprint.Cut, e.Policy.Certificate = 10_000, exam.CertificatePolicy{Issue: true, ShowScore: true}
}

// lenient passes everybody.
func lenient(e *exam.Exam) {
	e.Blueprint.Cut, e.Blueprint.Gates, e.Policy.Certificate = 1, nil, exam.CertificatePolicy{Issue: true, ShowScore: true}
}

// TestCertificatesFollowAKeyChange is the whole way of one certificate, with the writes
// that it takes failing once, before they took effect or after.
func TestCertificatesFollowAKeyChange(t *testing.T) {
	for name, row := range map[string]struct {
		policy        func(*exam.Exam)
		right         bool // before the change
		before, after []certs.State
		fail          []string
	}{
		"one more passes":      {strict, false, nil, []certs.State{certs.Valid}, []string{"", "InsertCertificate", "UpdateAttempt"}},
		"one no longer passes": {strict, true, []certs.State{certs.Valid}, []certs.State{certs.Revoked}, []string{"", "UpdateCertificate"}},
		"another score":        {lenient, true, []certs.State{certs.Valid}, []certs.State{certs.Superseded, certs.Valid}, []string{"InsertCertificate", "UpdateCertificate"}},
	} {
		for _, method := range row.fail {
			for _, applied := range []bool{false, true} {
				if method == "" && applied {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s fails, applied %v", name, method, applied), func(t *testing.T) {
					e := startWith(t, row.policy)
					id, to := e.handedIn(t, row.right)
					e.settle(t, e.worker)
					e.states(t, id, row.before...)
					e.change(t, "regrade-1", to)
					e.store.Fail(method, applied)
					e.finish(t)
					e.states(t, id, row.after...)
					e.sound(t)
					if e.told != 1 || method != "" && e.store.Armed() {
						t.Errorf("%d letters, want 1; still to fail: %v", e.told, e.store.Armed())
					}
				})
			}
		}
	}
}

// states compares the chain of certificates of the attempt's award.
func (e *env) states(t *testing.T, id string, want ...certs.State) {
	t.Helper()
	a, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	var got []certs.State
	c, err := e.store.CertificateByAttempt(t.Context(), a.AwardKey())
	for err == nil {
		got = append(got, c.State)
		if c.State == certs.Valid && (*c.Statement.Score != a.Result.BasisPoints() || a.CertificateID != string(c.ID)) {
			t.Errorf("certificate %s states %d, the attempt %s has %d", c.ID, *c.Statement.Score, a.CertificateID, a.Result.BasisPoints())
		}
		if c.State == certs.Revoked && (c.Events[len(c.Events)-1].Reason == "" || c.Events[len(c.Events)-1].By != "admin") {
			t.Errorf("revoked as %+v", c.Events)
		}
		if c.SupersededBy == "" {
			break
		}
		c, err = e.store.Certificate(t.Context(), c.SupersededBy)
	}
	if len(got) != len(want) {
		t.Fatalf("certificates %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("certificates %v, want %v", got, want)
		}
	}
}

// TestAKeyThatGoesAndComesBack takes a pass away and gives it back: the first certificate
// stays revoked, and there is another one.
func TestAKeyThatGoesAndComesBack(t *testing.T) {
	e := startWith(t, strict)
	id, to := e.handedIn(t, true)
	e.settle(t, e.worker)
	e.change(t, "regrade-1", to)
	e.finish(t)
	e.states(t, id, certs.Revoked)
	to.Key, to.Policy = nil, exam.FullCredit
	e.change(t, "regrade-2", to)
	e.finish(t)
	e.states(t, id, certs.Valid)
	e.sound(t)
	all, err := e.store.CertificatesOf(t.Context(), e.person, "", 10)
	must(t, err)
	if len(all) != 2 || e.told != 2 {
		t.Errorf("%d certificates, %d letters", len(all), e.told)
	}
}

// TestVoidingWhatWaitsForItsReplacement revokes what was to be replaced.
func TestVoidingWhatWaitsForItsReplacement(t *testing.T) {
	e := startWith(t, lenient)
	id, to := e.handedIn(t, true)
	e.settle(t, e.worker)
	e.change(t, "regrade-1", to)
	for range 3 {
		_, err := e.exams.AdvanceRegrade(t.Context(), "regrade-1")
		must(t, err)
	}
	a, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	if a.Certificate != exam.CertificateReplaceDue {
		t.Fatalf("the certificate is %s", a.Certificate)
	}
	_, err = e.exams.Void(t.Context(), "admin", id, "Not the learner.")
	must(t, err)
	e.finish(t)
	e.states(t, id, certs.Revoked)
	e.sound(t)
}

// TestLettersWait has the mail server away for a while: nobody is forgotten, and the
// regrade is not over before they are told.
func TestLettersWait(t *testing.T) {
	e := startWith(t, strict)
	_, to := e.handedIn(t, false)
	e.away = 5
	e.change(t, "regrade-1", to)
	e.finish(t)
	g, err := e.exams.Regrade(t.Context(), "regrade-1")
	must(t, err)
	sent, err := e.exams.RegradeChanges(t.Context(), exam.RegradeFilter{Regrade: "regrade-1", Letter: exam.LetterSent}, "", 10)
	must(t, err)
	if e.told != 1 || e.away != 0 || g.State != exam.RegradeDone || len(sent) != 1 {
		t.Errorf("%d told, %d failures left, the regrade is %s, %d letters sent", e.told, e.away, g.State, len(sent))
	}
}

// tell counts letters, and fails while the mail server is away.
func (e *env) tell(context.Context, exam.Regrade, exam.RegradeChange) error {
	if e.away > 0 {
		e.away--
		return errors.New("no mail server")
	}
	e.told++
	return nil
}
