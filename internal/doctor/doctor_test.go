package doctor_test

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/reconcile"
	"github.com/proba-exam/proba/internal/server"
)

// lying is a store that tells something else than it holds. What is nil is told
// as it is.
type lying struct {
	doctor.Store
	release     func(*exam.Release)
	revisions   func([]exam.Revision)
	exam        func(*exam.Exam)
	attempt     func(*exam.Attempt)
	certificate func(*certs.Certificate)
}

func lie[T any](v T, err error, change func(*T)) (T, error) {
	if err == nil && change != nil {
		change(&v)
	}
	return v, err
}

func (l lying) Release(ctx context.Context, hash string) (exam.Release, error) {
	r, err := l.Store.Release(ctx, hash)
	return lie(r, err, l.release)
}

func (l lying) Revisions(ctx context.Context, hashes []string) ([]exam.Revision, error) {
	all, err := l.Store.Revisions(ctx, hashes)
	if err == nil && l.revisions != nil {
		l.revisions(all)
	}
	return all, err
}

func (l lying) Exams(ctx context.Context, after string, limit int) ([]exam.Exam, error) {
	all, err := l.Store.Exams(ctx, after, limit)
	for i := range all {
		all[i], err = lie(all[i], err, l.exam)
	}
	return all, err
}

func (l lying) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	a, err := l.Store.Attempt(ctx, id)
	return lie(a, err, l.attempt)
}

func (l lying) CertificateByAttempt(ctx context.Context, attempt string) (certs.Certificate, error) {
	c, err := l.Store.CertificateByAttempt(ctx, attempt)
	return lie(c, err, l.certificate)
}

func (l lying) Certificates(ctx context.Context, after certs.ID, limit int) ([]certs.Certificate, error) {
	all, err := l.Store.Certificates(ctx, after, limit)
	for i := range all {
		all[i], err = lie(all[i], err, l.certificate)
	}
	return all, err
}

// examined is a store with one attempt that was passed and certified, and the
// issuer's keys.
func examined(t *testing.T, more ...func(s *server.Server)) (doctor.Store, doctor.Keys) {
	t.Helper()
	data := t.TempDir()
	c, err := config.Load([]string{"-data", data, "-demo=false"}, func(string) string { return "" }, io.Discard)
	must(t, err)
	s, err := server.Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	_, err = s.Prepare(t.Context())
	must(t, err)
	sittings, err := s.Exams.Sittings(t.Context(), "", 1)
	must(t, err)
	p, err := s.Auth.Register(t.Context(), auth.Registration{Email: "l@proba.test", Name: "Олена Перевірена", Language: "uk", Roles: []auth.Role{auth.Learner}})
	must(t, err)
	_, err = s.Exams.Entitle(t.Context(), "test", sittings[0].ID, p.ID, 0)
	must(t, err)
	pass(t, s.Exams, p.ID, sittings[0].ID)
	_, err = reconcile.New(s.Exams, s.Certs, s.Auth, slog.New(slog.DiscardHandler)).Round(t.Context())
	must(t, err)
	for _, then := range more {
		then(s)
	}
	store, err := server.OpenStore(t.Context(), "", data, true)
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	return store, doctor.Keys{Issuer: s.Issuer, Log: s.LogKeys}
}

// pass answers everything rightly and hands in.
func pass(t *testing.T, exams *exam.Service, person, sitting string) {
	t.Helper()
	session, err := exams.Start(t.Context(), person, sitting, "uk")
	must(t, err)
	a := session.Attempt
	bank, err := exams.Bank(t.Context(), a.Form.Release)
	must(t, err)
	keys, err := bank.Keys(a.Form)
	must(t, err)
	save := exam.Save{Writer: a.Writer, Seq: 1}
	for slot, key := range keys {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	_, err = exams.Save(t.Context(), person, a.ID, save)
	must(t, err)
	_, err = exams.Submit(t.Context(), person, a.ID, a.Writer, nil)
	must(t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryLieIsFound has a sound store tell one thing falsely, once for each
// invariant that doctor stands for.
func TestEveryLieIsFound(t *testing.T) {
	store, keys := examined(t)
	report, err := doctor.Examine(t.Context(), store, keys)
	must(t, err)
	if len(report.Findings) > 0 || report.Releases != 1 || report.Attempts != 1 || report.Certificates != 1 {
		t.Fatalf("a sound store: %+v", report)
	}
	for name, row := range map[string]struct {
		told lying
		kind string
		says string
	}{
		"an item has another key": {lying{revisions: func(all []exam.Revision) {
			all[0].Item.Stem = exam.Text{"uk": "Інше?", "en": "Another?"}
		}}, "release", "does not have the hash"},
		"a release has another title": {lying{release: func(r *exam.Release) { r.Title = exam.Text{"uk": "Інший", "en": "Another"} }},
			"release", "does not have this hash"},
		"a release lost an item":          {lying{release: func(r *exam.Release) { r.Items = r.Items[1:] }}, "release", ""},
		"an exam asks for more":           {lying{exam: func(x *exam.Exam) { x.Blueprint.Cells[0].Count = 10_000 }}, "exam", "does not fit"},
		"a form has another seed":         {lying{attempt: func(a *exam.Attempt) { a.Form.Seed = strings.Repeat("0", 64) }}, "attempt", "cannot be drawn again"},
		"a form lost an item":             {lying{attempt: func(a *exam.Attempt) { a.Form.Slots = a.Form.Slots[1:] }}, "attempt", "cannot be drawn again"},
		"an answer was changed afterward": {lying{attempt: func(a *exam.Attempt) { a.Responses[0] = exam.Stored{Seq: 1, Response: exam.Response{}} }}, "attempt", "grading again"},
		"a score was changed":             {lying{attempt: func(a *exam.Attempt) { a.Result.Score++ }}, "attempt", "grading again"},
		"an answer outside the form":      {lying{attempt: func(a *exam.Attempt) { a.Responses[1000] = exam.Stored{Seq: 1} }}, "attempt", "outside the form"},
		"an answer from the future":       {lying{attempt: func(a *exam.Attempt) { a.Seq = 0 }}, "attempt", "after sequence"},
		"graded twice": {lying{attempt: func(a *exam.Attempt) { a.Events = append(a.Events, exam.Event{What: "graded"}) }},
			"attempt", "graded 2 times"},
		"a result without grading":        {lying{attempt: func(a *exam.Attempt) { a.Events = nil }}, "attempt", "graded 0 times"},
		"a certificate that was not due":  {lying{attempt: func(a *exam.Attempt) { a.Certificate = exam.CertificateNone }}, "attempt", "none was due"},
		"another certificate than issued": {lying{attempt: func(a *exam.Attempt) { a.CertificateID = "AAAAAAAAAAAAAAAA" }}, "attempt", "not the one"},
		"withdrawn and still valid":       {lying{attempt: func(a *exam.Attempt) { a.Certificate = exam.CertificateWithdrawn }}, "attempt", "should be revoked"},
		"a state without its event":       {lying{certificate: func(c *certs.Certificate) { c.State = certs.Revoked }}, "certificate", "last event"},
		"a holder was renamed":            {lying{certificate: func(c *certs.Certificate) { c.Statement.Name = "Інша Особа" }}, "certificate", "does not verify"},
		"another title":                   {lying{certificate: func(c *certs.Certificate) { c.Statement.Title = "Інший іспит" }}, "certificate", "does not verify"},
		"a better score":                  {lying{certificate: func(c *certs.Certificate) { *c.Statement.Score = 9999 }}, "certificate", "does not verify"},
		"a longer validity":               {lying{certificate: func(c *certs.Certificate) { c.Statement.ExpiresAt = c.Statement.ExpiresAt.AddDate(1, 0, 0) }}, "certificate", "does not verify"},
		"an earlier date":                 {lying{certificate: func(c *certs.Certificate) { c.Statement.IssuedAt = c.Statement.IssuedAt.AddDate(-1, 0, 0) }}, "certificate", "does not verify"},
		"another place":                   {lying{certificate: func(c *certs.Certificate) { c.StatusIndex++ }}, "certificate", "does not verify"},
		"none for who passed":             {lying{attempt: func(a *exam.Attempt) { a.Certificate, a.CertificateID = exam.CertificateNone, "" }}, "attempt", "was earned: true"},
		"one for who failed":              {lying{attempt: func(a *exam.Attempt) { a.Result.Passed = false }}, "attempt", "was earned: false"},
		"a payload was changed":           {lying{certificate: func(c *certs.Certificate) { c.Payload[len(c.Payload)-1] ^= 1 }}, "certificate", "does not verify"},
	} {
		t.Run(name, func(t *testing.T) {
			row.told.Store = store
			report, err := doctor.Examine(t.Context(), row.told, keys)
			must(t, err)
			for _, f := range report.Findings {
				if f.Kind == row.kind && strings.Contains(f.Message, row.says) {
					return
				}
			}
			t.Errorf("not found; the findings are %+v", report.Findings)
		})
	}
}

// TestForeignKeysAreFound examines with the keys of another issuer.
func TestForeignKeysAreFound(t *testing.T) {
	store, _ := examined(t)
	_, foreign := examined(t)
	report, err := doctor.Examine(t.Context(), store, foreign)
	must(t, err)
	found := make(map[string]int)
	for _, f := range report.Findings {
		found[f.Kind]++
	}
	// The log's checkpoint; the certificate's payload, credential and VC-JWT.
	if diff := cmp.Diff(map[string]int{"log": 1, "certificate": 3}, found); diff != "" {
		t.Errorf("findings %+v", report.Findings)
	}
}
