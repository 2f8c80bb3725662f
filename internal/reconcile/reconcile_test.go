package reconcile_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/programmes"
	"github.com/proba-exam/proba/internal/reconcile"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

type env struct {
	store  *storetest.Flaky
	exams  *exam.Service
	worker *reconcile.Reconciler
	again  *reconcile.Reconciler // another copy of the service
	now    time.Time
	person string

	told, away int // letters sent, and how many will fail before the next one
}

func start(t *testing.T) *env {
	t.Helper()
	return startWith(t, func(*exam.Exam) {})
}

// startWith has the first exam that ships, changed.
func startWith(t *testing.T, change func(*exam.Exam)) *env {
	t.Helper()
	e := &env{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	e.store = &storetest.Flaky{Store: store}
	clock := func() time.Time { return e.now }
	keys, err := new(keyring.Ring).Generate(rand.Reader, e.now, config.Development)
	must(t, err)
	key, err := keys.Active()
	must(t, err)
	passwords, err := auth.NewPasswords(auth.DefaultArgon(), 1, rand.Reader)
	must(t, err)
	people, err := auth.New(auth.Config{Store: store, Issuer: "https://proba.test", Keys: auth.Keys{SigningID: key.ID, Signing: key.Private.(ed25519.PrivateKey)}, Passwords: passwords, Now: clock, Rand: rand.Reader})
	must(t, err)
	e.exams, err = exam.NewService(exam.Deps{Store: e.store, Now: clock})
	must(t, err)
	certificates, err := certs.NewService(certs.Deps{Store: e.store, Keys: keys, Now: clock, PublicURL: "https://proba.test", Zone: time.UTC, Issuer: map[string]string{"uk": "Центр", "en": "Centre"}})
	must(t, err)
	e.worker = reconcile.New(e.exams, certificates, people, slog.New(slog.DiscardHandler))
	e.again = reconcile.New(e.exams, certificates, people, slog.New(slog.DiscardHandler))
	e.worker.Tell, e.again.Tell = e.tell, e.tell

	bank, err := programmes.Bank()
	must(t, err)
	release, _, err := e.exams.ImportBank(t.Context(), "test", bank)
	must(t, err)
	drafts, err := programmes.Exams(release.Hash)
	must(t, err)
	change(&drafts[0])
	_, _, err = e.exams.CreateExam(t.Context(), drafts[0])
	must(t, err)
	_, err = e.exams.PublishExam(t.Context(), "test", drafts[0].ID)
	must(t, err)
	_, _, err = e.exams.CreateSitting(t.Context(), exam.Sitting{ID: "room-1", Exam: drafts[0].ID, Title: drafts[0].Title, Opens: e.now, Closes: e.now.Add(time.Hour)})
	must(t, err)
	p, err := people.Register(t.Context(), auth.Registration{Email: "l@proba.test", Name: "Олена Перевірена", Language: "uk", Roles: []auth.Role{auth.Learner}})
	must(t, err)
	e.person = p.ID
	_, err = e.exams.Entitle(t.Context(), "test", "room-1", p.ID, 0)
	must(t, err)
	return e
}

// answered is a running attempt that holds every right answer.
func (e *env) answered(t *testing.T) (id, writer string) {
	t.Helper()
	s, err := e.exams.Start(t.Context(), e.person, "room-1", "uk")
	must(t, err)
	bank, err := e.exams.Bank(t.Context(), s.Attempt.Form.Release)
	must(t, err)
	keys, err := bank.Keys(s.Attempt.Form)
	must(t, err)
	save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
	for slot, key := range keys {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	_, err = e.exams.Save(t.Context(), e.person, s.Attempt.ID, save)
	must(t, err)
	return s.Attempt.ID, s.Attempt.Writer
}

// settle runs rounds, some seconds apart so that what failed once is due again,
// and wants nothing to be due after them.
func (e *env) settle(t *testing.T, workers ...*reconcile.Reconciler) {
	t.Helper()
	for range 5 {
		for _, w := range workers {
			_, err := w.Round(t.Context())
			must(t, err)
		}
		e.now = e.now.Add(3 * time.Second)
	}
	if due, err := e.exams.Due(t.Context(), 1); err != nil || len(due) > 0 {
		t.Fatalf("after five rounds %d attempts are still due, %v", len(due), err)
	}
}

// one is the only certificate there is.
func (e *env) one(t *testing.T, attempt string) (certs.Certificate, exam.Attempt) {
	t.Helper()
	all, err := e.store.Certificates(t.Context(), "", 10)
	must(t, err)
	a, err := e.store.Attempt(t.Context(), attempt)
	must(t, err)
	if len(all) != 1 || a.CertificateID != string(all[0].ID) {
		t.Fatalf("%d certificates, the attempt names %q; want one", len(all), a.CertificateID)
	}
	return all[0], a
}

func TestOneCertificateWhateverFails(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for name, fault := range map[string]struct {
		method string
		after  bool
	}{
		"nothing fails":                       {},
		"issuing, nothing stored":             {"InsertCertificate", false},
		"issuing, stored but the answer lost": {"InsertCertificate", true},
		"noting it, nothing stored":           {"UpdateAttempt", false},
		"noting it, the answer lost":          {"UpdateAttempt", true},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t)
			id, writer := e.answered(t)
			_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
			must(t, err)
			e.store.Fail(fault.method, fault.after)
			e.settle(t, e.worker)
			c, a := e.one(t, id)
			if c.State != certs.Valid || a.Certificate != exam.CertificateIssued {
				t.Errorf("certificate %s, attempt says %s", c.State, a.Certificate)
			}
		})
	}
}

func TestTwoCopiesAtOnceIssueOne(t *testing.T) {
	e := start(t)
	id, writer := e.answered(t)
	_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
	must(t, err)
	var working sync.WaitGroup
	for _, w := range []*reconcile.Reconciler{e.worker, e.again, e.worker, e.again} {
		working.Go(func() {
			if _, err := w.Round(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	working.Wait()
	e.settle(t, e.worker, e.again)
	e.one(t, id)
}

func TestAVoidedAttemptLeavesNoValidCertificate(t *testing.T) {
	if testing.Short() {
		t.Skip("one call after the other, many times")
	}
	for name, fault := range map[string]struct {
		issued, after bool
		method        string
	}{
		"before it is issued":             {},
		"after it was issued":             {issued: true},
		"revoking fails":                  {issued: true, method: "UpdateCertificate"},
		"revoked, but the answer is lost": {issued: true, method: "UpdateCertificate", after: true},
		"issuing to revoke fails":         {method: "InsertCertificate"},
	} {
		t.Run(name, func(t *testing.T) {
			e := start(t)
			id, writer := e.answered(t)
			_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
			must(t, err)
			if fault.issued {
				e.settle(t, e.worker)
			}
			_, err = e.exams.Void(t.Context(), "admin", id, "The identity was not the learner's.")
			must(t, err)
			e.store.Fail(fault.method, fault.after)
			e.settle(t, e.worker, e.again)
			all, err := e.store.Certificates(t.Context(), "", 10)
			must(t, err)
			for _, c := range all {
				if c.State != certs.Revoked {
					t.Errorf("certificate %s is %s", c.ID, c.State)
				}
			}
			if fault.issued && len(all) != 1 {
				t.Errorf("%d certificates, want the one that was issued", len(all))
			}
		})
	}
}

// The certificate with the corrected name goes with the attempt too.
func TestVoidingAfterAReissue(t *testing.T) {
	e := start(t)
	id, writer := e.answered(t)
	_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
	must(t, err)
	e.settle(t, e.worker)
	c, _ := e.one(t, id)
	next, err := e.worker.Certs.Reissue(t.Context(), "admin", c.ID, "Олена Виправлена", "name misspelt")
	must(t, err)
	_, err = e.exams.Void(t.Context(), "admin", id, "The identity was not the learner's.")
	must(t, err)
	e.settle(t, e.worker, e.again)
	for certificate, want := range map[certs.ID]certs.State{c.ID: certs.Superseded, next.ID: certs.Revoked} {
		if got, err := e.store.Certificate(t.Context(), certificate); err != nil || got.State != want {
			t.Errorf("certificate %s is %s, %v; want %s", certificate, got.State, err, want)
		}
	}
}

// A certificate states score, cut and sections where the policy shows the score.
func TestWhatACertificateStates(t *testing.T) {
	e := start(t)
	id, writer := e.answered(t)
	_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
	must(t, err)
	e.settle(t, e.worker)
	c, a := e.one(t, id)
	x, err := e.exams.Exam(t.Context(), a.Exam)
	must(t, err)
	if !x.Policy.Certificate.ShowScore {
		if c.Statement.Score != nil || c.Statement.Cut != nil || c.Statement.Sections != nil {
			t.Errorf("a score that the policy hides is stated: %+v", c.Statement)
		}
		return
	}
	if *c.Statement.Score != 10_000 || *c.Statement.Cut != x.Blueprint.Cut || len(c.Statement.Sections) != len(a.Result.Sections) || c.Statement.Exam != x.ID {
		t.Errorf("stated %+v of %+v", c.Statement, a.Result)
	}
	for i, section := range c.Statement.Sections {
		if section.Name == "" || section.Score != 10_000 {
			t.Errorf("section %d: %+v", i, section)
		}
	}
}

// TestTimeOutHandsIn is the learner who closed the laptop: what is stored is
// graded when the grace is over, and not before.
func TestTimeOutHandsIn(t *testing.T) {
	e := start(t)
	id, _ := e.answered(t)
	a, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	e.now = a.AcceptUntil
	settleOnce(t, e.worker)
	if a, err = e.store.Attempt(t.Context(), id); err != nil || a.State != exam.Running {
		t.Errorf("within the grace: %s, %v", a.State, err)
	}
	e.now = a.AcceptUntil.Add(time.Millisecond)
	e.settle(t, e.worker)
	c, a := e.one(t, id)
	if c.State != certs.Valid || a.State != exam.Released || a.Result == nil || !a.Result.Passed {
		t.Errorf("after the grace: attempt %s, result %+v", a.State, a.Result)
	}
}

// TestAFailingAttemptDoesNotHoldUpOthers has more attempts that can never be
// certified than a round takes, all of them due before the one that can.
func TestAFailingAttemptDoesNotHoldUpOthers(t *testing.T) {
	e := start(t)
	id, writer := e.answered(t)
	_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
	must(t, err)
	good, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	for n := range 300 {
		bad := good
		bad.ID, bad.Person, bad.Version = fmt.Sprintf("bad-%03d", n), fmt.Sprintf("nobody-%03d", n), 1
		bad.DueAt = good.DueAt.Add(-time.Hour)
		must(t, e.store.InsertAttempt(t.Context(), bad))
	}
	for range 3 {
		_, err := e.worker.Round(t.Context())
		must(t, err)
	}
	_, a := e.one(t, id)
	if a.Certificate != exam.CertificateIssued {
		t.Errorf("behind 300 that fail, the certificate is %s", a.Certificate)
	}
	bad, err := e.store.Attempt(t.Context(), "bad-000")
	if err != nil || bad.Failures == 0 || !bad.DueAt.After(e.now) {
		t.Errorf("one that fails: %d failures, due %s, now %s, %v", bad.Failures, bad.DueAt, e.now, err)
	}
}

func settleOnce(t *testing.T, w *reconcile.Reconciler) {
	t.Helper()
	_, err := w.Round(t.Context())
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
