package doctor_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/reconcile"
	"github.com/proba-exam/proba/internal/server"
)

// dropTwo takes the first two items of the attempt out of its exam.
func dropTwo(t *testing.T) func(s *server.Server) {
	return func(s *server.Server) {
		all, err := s.Exams.Attempts(t.Context(), exam.AttemptFilter{}, "", 1)
		must(t, err)
		a, err := s.Exams.Attempt(t.Context(), all[0].ID)
		must(t, err)
		_, _, err = s.Exams.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "regrade-1", Exam: a.Exam, Reason: "Two items were wrong", Corrections: []exam.CorrectionDraft{
			{Item: a.Form.Slots[0].Item.ID, Policy: exam.Drop}, {Item: a.Form.Slots[1].Item.ID, Policy: exam.Drop}}})
		must(t, err)
		_, err = s.Exams.AdvanceRegrade(t.Context(), "regrade-1")
		must(t, err)
		_, err = s.Exams.ApproveRegrade(t.Context(), "admin", "regrade-1", "seen and agreed")
		must(t, err)
		for range 2 { // bring the keys into force, apply them
			_, err = s.Exams.AdvanceRegrade(t.Context(), "regrade-1")
			must(t, err)
		}
		worker := reconcile.New(s.Exams, s.Certs, s.Auth, slog.New(slog.DiscardHandler))
		for range 2 {
			_, err = worker.Round(t.Context())
			must(t, err)
		}
		must(t, s.Certs.Settle(t.Context()))
	}
}

// TestEveryLieAboutAKeyChangeIsFound has the store tell falsely of a result that a key
// change made.
func TestEveryLieAboutAKeyChangeIsFound(t *testing.T) {
	store, keys := examined(t, dropTwo(t))
	report, err := doctor.Examine(t.Context(), store, keys)
	must(t, err)
	if len(report.Findings) > 0 {
		t.Fatalf("a sound store: %+v", report.Findings)
	}
	for name, row := range map[string]struct {
		told lying
		says string
	}{
		"the result is the former one":   {lying{attempt: func(a *exam.Attempt) { a.Result = &a.Regraded[0].Before }}, "does not follow"},
		"the history has another score":  {lying{attempt: func(a *exam.Attempt) { a.Regraded[0].Before.Score-- }}, "its history tells"},
		"the history is gone":            {lying{attempt: func(a *exam.Attempt) { a.Regraded, a.Result = nil, &a.Regraded[0].Before }}, "not by the corrected keys"},
		"it was kept":                    {lying{attempt: func(a *exam.Attempt) { a.Regraded[0].Kept, a.Result = true, &a.Regraded[0].Before }}, "without a reason"},
		"no key change":                  {lying{attempt: func(a *exam.Attempt) { a.KeyChange = 0 }}, "not by the corrected keys"},
		"a key change that never was":    {lying{attempt: func(a *exam.Attempt) { a.Result.KeyChange = 7 }}, "no key change 7"},
		"the exam has other corrections": {lying{exam: func(x *exam.Exam) { x.Corrections = x.Corrections[:len(x.Corrections)/2] }}, "not those of its last key change"},
		"the exam names another regrade": {lying{exam: func(x *exam.Exam) {
			if len(x.KeyChanges) > 0 {
				x.KeyChanges = []string{"regrade-9"}
			}
		}}, "is not there"},
		"no certificate any more":       {lying{attempt: func(a *exam.Attempt) { a.Certificate = exam.CertificateNone }}, "was earned: true"},
		"one that was withdrawn before": {lying{attempt: func(a *exam.Attempt) { a.Award = 1 }}, "should be revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			row.told.Store = store
			report, err := doctor.Examine(t.Context(), row.told, keys)
			must(t, err)
			for _, f := range report.Findings {
				if strings.Contains(f.Message, row.says) {
					return
				}
			}
			t.Errorf("not found; the findings are %+v", report.Findings)
		})
	}
}
