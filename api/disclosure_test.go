package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

// issued waits until the attempt has its certificate and the event that says so.
func (e *env) issued(t testing.TB, attempt string) string {
	t.Helper()
	var a exam.Attempt
	proctest.WaitFor(t, "the certificate is issued", func() bool {
		var err error
		if a, err = e.Exams.Attempt(t.Context(), attempt); err != nil {
			t.Fatal(err)
		}
		return a.Certificate == exam.CertificateIssued
	})
	return a.CertificateID
}

// TestOnlyWhoReadsResultsSeesWhoPassed lists a passed attempt for each role that
// may list attempts.
func TestOnlyWhoReadsResultsSeesWhoPassed(t *testing.T) {
	e := start(t)
	learner := e.learner(t)
	e.issued(t, learner.pass(t).Attempt.ID)
	for _, role := range auth.Roles() {
		if !role.Allows(auth.AttemptsRead) {
			continue
		}
		r := e.person(t, role).do(t, "GET", "/api/v1/attempts?person="+learner.id, nil)
		if r.status != 200 || !strings.Contains(string(r.body), `"what":"submitted"`) {
			t.Fatalf("%s: %d %s", role, r.status, r.body)
		}
		if sees := strings.Contains(string(r.body), "certif"); sees != role.Allows(auth.ResultsRead) {
			t.Errorf("%s sees of a certificate: %v\n%s", role, sees, r.body)
		}
	}
}

// TestReviewOfNothingShowsNoCertificate sits an exam whose policy shows nothing, and
// looks for the certificate wherever the attempt is shown.
func TestReviewOfNothingShowsNoCertificate(t *testing.T) {
	e := start(t)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	for _, show := range []exam.Show{exam.ShowNothing, exam.ShowScore} {
		draft, now := sample, e.Clock.Now()
		draft.ID, draft.Policy.Review = "shows-"+string(show), exam.Review{Show: show, When: exam.AtOnce}
		if _, _, err := e.Exams.CreateExam(t.Context(), draft); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exams.PublishExam(t.Context(), "test", draft.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: draft.ID, Exam: draft.ID, Title: draft.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		u := e.person(t, auth.Learner)
		if _, err := e.Exams.Entitle(t.Context(), "test", draft.ID, u.id, 0); err != nil {
			t.Fatal(err)
		}
		s := u.passIn(t, draft.ID)
		certificate := e.issued(t, s.Attempt.ID)
		var seen strings.Builder
		for _, r := range []reply{
			u.do(t, "GET", "/api/v1/me/offers", nil),
			u.do(t, "GET", s.path("outcome"), nil),
			u.do(t, "POST", s.path("submit"), map[string]string{"writer": s.Writer}),
		} {
			if r.status != 200 {
				t.Fatalf("%d %s", r.status, r.body)
			}
			seen.Write(r.body)
		}
		if shown := strings.Contains(seen.String(), certificate); shown != (show != exam.ShowNothing) {
			t.Errorf("review %q shows the certificate: %v\n%s", show, shown, seen.String())
		}
	}
}
