package browsertest

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/servicetest"
)

const (
	password = "eleven quiet herons at dawn"
	sitting  = "police-sample"
)

// world is a running service behind a line.
type world struct {
	*servicetest.Service
	line *line
}

func newWorld(t *testing.T) *world {
	t.Helper()
	needBrowser(t)
	t.Parallel()
	w := &world{Service: servicetest.Start(t)}
	w.line = newLine(t, w.Address)
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
