package browsertest

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
)

const (
	password = "eleven quiet herons at dawn"
	sitting  = "police-sample"
)

// world is a running service with a clock that the test moves, behind a line.
type world struct {
	*server.Server
	line  *line
	clock *clock
	log   *record
}

type clock struct {
	sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) forward(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.offset += d
}

// record is the service's log.
type record struct {
	sync.Mutex
	b strings.Builder
}

func (r *record) Write(p []byte) (int, error) {
	r.Lock()
	defer r.Unlock()
	return r.b.Write(p)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	needBrowser(t)
	t.Parallel()
	w := &world{clock: new(clock), log: new(record)}
	c, err := config.Load([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-data", t.TempDir(), "-demo=false"},
		func(string) string { return "" }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if w.Server, err = server.Open(ctx, c, w.clock.now, slog.New(slog.NewTextHandler(w.log, nil))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	address, err := w.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	w.line = newLine(t, address)
	return w
}

// minutes is the time limit of the exam.
func (w *world) minutes(t *testing.T) int {
	t.Helper()
	e, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	return e.Policy.TimeLimit / 60
}

// learner registers a person who may sit, and returns the e-mail address.
func (w *world) learner(t *testing.T, sittings ...string) string {
	t.Helper()
	email := strings.ToLower(rand.Text()) + "@proba.test"
	p, err := w.Auth.Register(t.Context(), auth.Registration{Email: email, Name: "Олена Перевірена", Language: "uk", Roles: []auth.Role{auth.Learner}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Auth.SetPassword(t.Context(), p.ID, password); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(sittings, sitting) {
		if _, err := w.Exams.Entitle(t.Context(), "test", s, p.ID, 0); err != nil {
			t.Fatal(err)
		}
	}
	return email
}

// attempt is the attempt as the server has it.
func (w *world) attempt(t *testing.T, id string) exam.Attempt {
	t.Helper()
	a, err := w.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// keys are the right answers to every slot of the attempt.
func (w *world) keys(t *testing.T, id string) []exam.Response {
	t.Helper()
	a := w.attempt(t, id)
	bank, err := w.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := bank.Keys(a.Form)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// stored fails the test unless the server holds exactly these answers.
func (w *world) stored(t *testing.T, id string, want map[int]exam.Response) {
	t.Helper()
	a := w.attempt(t, id)
	for slot := range a.Form.Slots {
		if got := a.Responses[slot].Response; got.Leaf() != want[slot].Leaf() {
			t.Errorf("item %d: the server holds %+v, want %+v", slot+1, got, want[slot])
		}
	}
}
