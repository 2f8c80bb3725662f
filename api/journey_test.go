package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

type session struct {
	Attempt struct {
		ID    string
		State string
	}
	Writer string
	Seq    int64
	Digest string
	Form   struct{ Slots []struct{ Kind string } }

	Responses []exam.SlotResponse
}

func (u *user) start(t testing.TB) session { return u.startIn(t, sitting) }

func (u *user) startIn(t testing.TB, sitting string) session {
	t.Helper()
	r := u.do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "uk"})
	if r.status != 201 && r.status != 200 {
		t.Fatalf("start: %d %s", r.status, r.body)
	}
	var s session
	r.into(t, &s)
	return s
}

func (s session) path(what string) string { return "/api/v1/me/attempts/" + s.Attempt.ID + "/" + what }

// keys are the right answers, which only the store knows.
func (e *env) keys(t testing.TB, attempt string) []exam.Response {
	t.Helper()
	a, err := e.Exams.Attempt(t.Context(), attempt)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bank.Keys(a.Form)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// pass sits the sample with all answers right and returns the attempt.
func (u *user) pass(t testing.TB) session { return u.passIn(t, sitting) }

func (u *user) passIn(t testing.TB, sitting string) session {
	t.Helper()
	s := u.startIn(t, sitting)
	save := exam.Save{Writer: s.Writer, Seq: 1}
	for slot, key := range u.keys(t, s.Attempt.ID) {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	if r := u.do(t, "PUT", s.path("responses"), save); r.status != 200 {
		t.Fatalf("save: %d %s", r.status, r.body)
	}
	if r := u.do(t, "POST", s.path("submit"), map[string]string{"writer": s.Writer}); r.status != 200 {
		t.Fatalf("submit: %d %s", r.status, r.body)
	}
	return s
}

// certificate waits until the learner has one.
func (u *user) certificate(t testing.TB) (id, url string) {
	t.Helper()
	var mine struct{ Items []struct{ ID, URL string } }
	proctest.WaitFor(t, "the learner has a certificate", func() bool {
		u.do(t, "GET", "/api/v1/me/certificates", nil).into(t, &mine)
		return len(mine.Items) == 1
	})
	return mine.Items[0].ID, mine.Items[0].URL
}

func TestFromInvitationToRevokedCertificate(t *testing.T) {
	e := start(t)
	admin := e.person(t, auth.Administrator)
	rows := map[string]any{"learners": []map[string]any{{"email": "new@proba.test", "name": "Іван Новий", "language": "uk", "extra_time": 50}}}
	var registered struct {
		Items []struct{ Person, Invitation string }
	}
	for range 2 { // a list may be sent again
		r := admin.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", rows)
		r.into(t, &registered)
	}
	_, token, _ := strings.Cut(registered.Items[0].Invitation, "#")
	learner := e.nobody()
	if r := learner.do(t, "POST", "/api/v1/auth/redeem", map[string]string{"token": token, "password": password}); r.status != 200 {
		t.Fatalf("redeem: %s", r.body)
	}
	if r := learner.do(t, "POST", "/api/v1/auth/redeem", map[string]string{"token": token, "password": password}); r.code() != "link.spent" {
		t.Errorf("the link works twice: %s", r.body)
	}
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	learner.do(t, "POST", "/api/v1/auth/sign-in", map[string]string{"email": "new@proba.test", "password": password}).into(t, &tokens)
	learner.do(t, "POST", "/api/v1/auth/refresh", map[string]string{"refresh_token": tokens.Refresh}).into(t, &tokens)
	learner.token = tokens.Access
	if r := learner.do(t, "GET", "/api/v1/me/offers", nil); r.status != 200 {
		t.Errorf("offers: %s", r.body)
	}
	s := learner.pass(t)
	if r := learner.do(t, "POST", s.path("submit"), map[string]string{"writer": s.Writer}); r.status != 200 {
		t.Errorf("handing in again: %d %s", r.status, r.body)
	}
	var outcome struct{ Result struct{ Passed bool } }
	learner.do(t, "GET", s.path("outcome"), nil).into(t, &outcome)
	if !outcome.Result.Passed {
		t.Fatal("all answers right, and not passed")
	}
	wantListed(t, admin, s.Attempt.ID)
	id, _ := learner.certificate(t)
	if r := learner.do(t, "GET", "/api/v1/me/certificates/"+id+"/pdf", nil); r.status != 200 || !strings.HasPrefix(string(r.body), "%PDF-") {
		t.Errorf("PDF: %d", r.status)
	}
	if r := admin.do(t, "POST", "/api/v1/certificates/"+id+"/revoke", map[string]string{"reason": "test of revoking"}); r.status != 200 {
		t.Fatalf("revoke: %s", r.body)
	}
	var v struct{ State, Reason, Name string }
	e.nobody().do(t, "GET", "/api/v1/verify/"+id, nil).into(t, &v)
	if v.State != "revoked" || v.Reason != "test of revoking" || v.Name != "І*** Н***" {
		t.Errorf("public view %+v", v)
	}
	if logged := e.Log.String(); strings.Contains(logged, "new@proba.test") || strings.Contains(logged, "Іван") || strings.Contains(logged, token) {
		t.Error("the log holds personal data or a secret")
	}
}

// wantListed reads what an administrator's programs read of a sitting: who may sit,
// with name and accommodation, and what the attempt scored.
func wantListed(t *testing.T, admin *user, attempt string) {
	t.Helper()
	var learners struct {
		Items []struct {
			Email, Name string
			ExtraTime   int `json:"extra_time"`
		}
	}
	admin.do(t, "GET", "/api/v1/sittings/"+sitting+"/learners", nil).into(t, &learners)
	found := false
	for _, l := range learners.Items {
		found = found || l.Email == "new@proba.test" && l.Name == "Іван Новий" && l.ExtraTime == 50
	}
	if !found {
		t.Errorf("the learners of the sitting are %+v", learners.Items)
	}
	var results struct {
		Items []struct {
			Attempt struct{ ID string }
			Result  struct {
				Passed     bool
				Score, Max int
			}
		}
	}
	admin.do(t, "GET", "/api/v1/results?sitting="+sitting, nil).into(t, &results)
	if len(results.Items) != 1 || results.Items[0].Attempt.ID != attempt || !results.Items[0].Result.Passed || results.Items[0].Result.Score != results.Items[0].Result.Max {
		t.Errorf("the results of the sitting are %+v", results.Items)
	}
}

func TestVoidingRevokesTheCertificate(t *testing.T) {
	e := start(t)
	admin, learner := e.person(t, auth.Administrator), e.learner(t)
	s := learner.pass(t)
	id, _ := learner.certificate(t)
	for range 2 {
		if r := admin.do(t, "POST", "/api/v1/attempts/"+s.Attempt.ID+"/void", map[string]string{"reason": "somebody else sat"}); r.status != 200 {
			t.Fatalf("void: %s", r.body)
		}
	}
	var v struct{ State string }
	proctest.WaitFor(t, "the certificate of a void attempt is revoked", func() bool {
		a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
		if err != nil {
			t.Fatal(err)
		}
		return a.Certificate == exam.CertificateWithdrawn
	})
	if e.nobody().do(t, "GET", "/api/v1/verify/"+id, nil).into(t, &v); v.State != "revoked" {
		t.Errorf("the certificate of a void attempt is %s", v.State)
	}
}

// TestSaveProtocol goes through what may happen to saves on a bad line.
func TestSaveProtocol(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	s := u.start(t)
	keys := u.keys(t, s.Attempt.ID)
	save := func(writer string, seq int64, slot int) reply {
		return u.do(t, "PUT", s.path("responses"), exam.Save{Writer: writer, Seq: seq, Responses: []exam.SlotResponse{{Slot: slot, Response: keys[slot]}}})
	}
	var first, again, late struct {
		Seq    int64
		Digest string
	}
	save(s.Writer, 5, 0).into(t, &first)
	save(s.Writer, 5, 0).into(t, &again)
	if again != first {
		t.Errorf("a repeat answers %+v, then %+v", first, again)
	}
	if save(s.Writer, 3, 1).into(t, &late); late.Seq != 5 || late.Digest == first.Digest {
		t.Errorf("an older save of another slot answers %+v after %+v", late, first)
	}
	second := u.start(t) // another device
	if second.Attempt.ID != s.Attempt.ID || len(second.Responses) != 2 || second.Digest != late.Digest {
		t.Errorf("the second device sees %d answers, digest %s", len(second.Responses), second.Digest)
	}
	if r := save(s.Writer, 6, 2); r.code() != "attempt.taken_over" {
		t.Errorf("the first device is not told: %s", r.body)
	}
	if r := u.do(t, "POST", s.path("submit"), map[string]string{"writer": second.Writer, "digest": strings.Repeat("0", 64)}); r.code() != "attempt.digest_mismatch" {
		t.Errorf("handed in with other answers: %s", r.body)
	}
	e.Clock.Forward(75*time.Minute + 30*time.Second) // the deadline is over, the grace is not
	u.refresh(t)
	if r := save(second.Writer, 7, 3); r.status != 200 {
		t.Errorf("in the grace: %s", r.body)
	}
	e.Clock.Forward(time.Minute)
	if r := save(second.Writer, 8, 4); r.code() != "attempt.late" {
		t.Errorf("after the grace: %s", r.body)
	}
	r := u.do(t, "POST", s.path("submit"), map[string]string{"writer": second.Writer})
	if r.status != 200 {
		t.Errorf("handing in after the time: %s", r.body)
	}
	a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil || a.Result == nil || len(a.Responses) != 3 || len(a.Late) != 1 {
		t.Errorf("%d responses, %d late, %v; want 3 and 1, graded", len(a.Responses), len(a.Late), err)
	}
}

// refresh signs in again, since access tokens do not outlive a moved clock.
func (u *user) refresh(t testing.TB) {
	t.Helper()
	session, err := u.Auth.SignIn(t.Context(), u.email, password)
	if err != nil {
		t.Fatal(err)
	}
	u.token = session.AccessToken
}

// TestNothingSecretBeforeRelease looks at every byte that a learner gets until
// the result is released.
func TestNothingSecretBeforeRelease(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	s := u.start(t)
	a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	forbidden := []string{`"key"`, `"rationale"`, `"score"`, `"points"`, `"marks"`, `"passed"`, `"fact"`, `"difficulty"`}
	for _, rev := range bank.Revisions() {
		for _, text := range rev.Item.Rationale {
			quoted, _ := json.Marshal(text)
			forbidden = append(forbidden, strings.Trim(string(quoted), `"`))
		}
		forbidden = append(forbidden, fmt.Sprintf("%q", rev.Item.ID))
	}
	save := exam.Save{Writer: s.Writer, Seq: 1, Responses: []exam.SlotResponse{{Slot: 0, Response: e.keys(t, s.Attempt.ID)[0]}}}
	for _, r := range []reply{
		u.do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "en"}),
		u.do(t, "PUT", s.path("responses"), save),
		u.do(t, "POST", s.path("resume"), map[string]string{"language": "uk"}),
		u.do(t, "GET", "/api/v1/me/offers", nil),
		u.do(t, "GET", s.path("outcome"), nil),
		u.do(t, "GET", "/api/v1/me/certificates", nil),
		u.do(t, "GET", "/api/v1/me", nil),
	} {
		for _, secret := range forbidden {
			if strings.Contains(string(r.body), secret) {
				t.Errorf("a learner gets %q before release: %.200s", secret, r.body)
			}
		}
	}
}
