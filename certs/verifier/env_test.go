package verifier_test

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/certs/verifier"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

var start = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// issuer is a service with everything, whose keys and clock the test changes.
type issuer struct {
	*certs.Service
	store  *sqlite.Store
	issuer *keyring.Ring
	logs   *keyring.Ring
	now    time.Time
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{now: start}
	i.store = must(sqlite.Open(context.Background(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")}))(t)
	t.Cleanup(func() {
		if err := i.store.Close(); err != nil {
			t.Error(err)
		}
	})
	i.issuer = must((*keyring.Ring)(nil).Generate(rand.Reader, start, "test"))(t)
	i.issuer = must(i.issuer.GenerateES256(rand.Reader, start, "test"))(t)
	i.logs = must((*keyring.Ring)(nil).Generate(rand.Reader, start, "test"))(t)
	i.restart(t)
	return i
}

// restart starts the service anew, as after a change of its keys.
func (i *issuer) restart(t testing.TB) {
	t.Helper()
	log := must(translog.Open(context.Background(), translog.Config{Store: i.store, Origin: "cert.example.ua/log", Keys: i.logs, Now: func() time.Time { return i.now }}))(t)
	i.Service = must(certs.NewService(certs.Deps{Store: i.store, Keys: i.issuer, Log: log, Now: func() time.Time { return i.now }, PublicURL: "https://cert.example.ua",
		Zone: time.UTC, Issuer: map[string]string{"uk": "Навчальний центр", "en": "Training Centre"}}))(t)
	if err := i.LogKeys(context.Background(), i.issuer, i.logs); err != nil {
		t.Fatal(err)
	}
}

// certificate issues one and settles.
func (i *issuer) certificate(t testing.TB, attempt string) certs.Certificate {
	t.Helper()
	score, cut := 8750, 7000
	c := must(i.Issue(context.Background(), certs.Award{Attempt: attempt, Person: "p", Name: "Олена Ґалаґан", Title: "Судовий розгляд", Language: "uk", Role: "judge", Exam: "judge",
		Score: &score, Cut: &cut, Sections: []certs.Section{{Name: "Докази", Score: 9000}}, ValidDays: 365}))(t)
	return i.settled(t, c)
}

func (i *issuer) settled(t testing.TB, c certs.Certificate) certs.Certificate {
	t.Helper()
	if err := i.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	return must(i.store.Certificate(context.Background(), c.ID))(t)
}

func (i *issuer) file(t testing.TB, c certs.Certificate, name string) []byte {
	t.Helper()
	data, _, err := i.File(context.Background(), &c, name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// kit is what a verifier saves now.
func (i *issuer) kit(t testing.TB) verifier.Trust {
	t.Helper()
	trust := verifier.Trust{Now: i.now}
	files := fstest.MapFS{}
	err := i.Kit(context.Background(), func(name string, data []byte) error {
		files[name] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	trust.Keys = must(keyring.Parse(files["jwks.json"].Data))(t)
	for name, file := range files {
		if ok, _ := filepath.Match("status/*.json", name); ok {
			trust.Lists = append(trust.Lists, file.Data)
		}
	}
	trust.Checkpoint = files["log/checkpoint"].Data
	trust.Tiles = translog.Dir{FS: must(files.Sub("log"))(t)}
	return trust
}

// check reads and checks one input.
func check(t testing.TB, input []byte, trust verifier.Trust) (verifier.Report, error) {
	t.Helper()
	e, err := verifier.Read(input)
	if err != nil {
		return verifier.Report{}, err
	}
	return verifier.Check(context.Background(), e, trust)
}
