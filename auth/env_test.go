package auth_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"flag"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

var update = flag.Bool("update", false, "rewrite golden files")

const (
	issuer = "https://exams.example"
	pass   = "enough to get in"
	other  = "quite another one"
)

// start is when the tests' clock starts; not on a millisecond and not in UTC,
// like a real one.
var start = time.Date(2026, 11, 24, 10, 0, 0, 123_456_789, time.FixedZone("EET", 2*3600))

// clock is a clock that stands until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// env is a service with its surroundings.
type env struct {
	*auth.Service
	clock  *clock
	store  auth.Store
	config auth.Config
}

// cheap is the least that argon2id can cost.
func cheap(t testing.TB, argon auth.Argon) *auth.Passwords {
	t.Helper()
	p, err := auth.NewPasswords(argon, 2, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newEnv returns a service over an empty store; change may be nil.
func newEnv(t testing.TB, change func(*auth.Config)) *env {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	e := &env{clock: &clock{t: start}, store: store}
	e.config = auth.Config{
		Store: store, Issuer: issuer,
		Keys:      auth.Keys{SigningID: "k1", Signing: key},
		Passwords: cheap(t, auth.Argon{Memory: 8, Time: 1, Threads: 1}),
		Now:       e.clock.now, Rand: rand.Reader,
	}
	if change != nil {
		change(&e.config)
	}
	e.Service = e.over(t, e.config.Store)
	return e
}

// over returns another service like the first, over the given store.
func (e *env) over(t testing.TB, store auth.Store) *auth.Service {
	t.Helper()
	c := e.config
	c.Store = store
	s, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func olena() auth.Registration {
	return auth.Registration{
		Email: "Olena@example.org", Name: "Олена Шевченко", Language: "uk",
		Roles: []auth.Role{auth.Learner},
	}
}

// count returns how many people there are.
func (e *env) count(t testing.TB) int {
	t.Helper()
	return len(must(e.People(context.Background(), "", 500))(t))
}

// olena registers a person with the password pass.
func (e *env) olena(t testing.TB) auth.Person {
	t.Helper()
	p := must(e.Register(t.Context(), olena()))(t)
	return must(e.SetPassword(t.Context(), p.ID, pass))(t)
}

func (e *env) signIn(t testing.TB) auth.Session {
	t.Helper()
	return must(e.SignIn(context.Background(), "olena@example.org", pass))(t)
}

// must returns a function that fails the test when the call did.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wantFault fails unless err is the fault.
func wantFault(t testing.TB, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.Of(err) != kind || fault.Code(err) != code {
		t.Errorf("got %v (%v), want %v %s", err, fault.Of(err), kind, code)
	}
}
