package server_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

func load(t testing.TB, env map[string]string) config.Config {
	t.Helper()
	c, err := config.Load(nil, func(name string) string { return env[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t testing.TB, c config.Config) (*server.Server, error) {
	t.Helper()
	return server.Open(t.Context(), c, time.Now, slog.New(slog.DiscardHandler))
}

func development(data string) map[string]string {
	return map[string]string{"PROBA_DATA": data, "PROBA_ADDR": "127.0.0.1:0", "PROBA_OPS_ADDR": "off", "PROBA_PUBLIC_URL": "http://proba.test"}
}

func production(data string) map[string]string {
	return map[string]string{"PROBA_ENV": "production", "PROBA_DATA": data, "PROBA_ADDR": "127.0.0.1:0", "PROBA_OPS_ADDR": "off",
		"PROBA_PUBLIC_URL": "https://exams.proba.test", "PROBA_ADMIN_EMAIL": "head@proba.test"}
}

func TestASecondRunKeepsEverything(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	var first server.FirstRun
	var keys []byte
	for run := range 3 {
		s, err := open(t, load(t, development(data)))
		if err != nil {
			t.Fatal(err)
		}
		told, err := s.Prepare(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		public, err := s.Issuer.Public()
		if err != nil {
			t.Fatal(err)
		}
		if run == 0 {
			first, keys = told, public
			if told.AdminLink == "" || told.DemoPassword == "" {
				t.Errorf("the first run tells %+v", told)
			}
		} else if told.DemoPassword != "" || string(public) != string(keys) {
			t.Errorf("run %d made the demo learner or the keys again", run+1)
		}
		if _, err := s.Auth.SignIn(t.Context(), first.DemoEmail, first.DemoPassword); err != nil {
			t.Errorf("run %d: the demo learner: %v", run+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProductionRefusesWhatWasTriedOut(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s, err := open(t, load(t, development(data)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, load(t, production(data))); err == nil || !strings.Contains(err.Error(), "made in development") {
		t.Errorf("keys made in development: %v", err)
	}
}

// TestProductionHoldsNoSampleExam: the keys of the shipped bank are public, so that
// nothing is published over it unless an administrator says so.
func TestProductionHoldsNoSampleExam(t *testing.T) {
	s, err := open(t, load(t, production(filepath.Join(t.TempDir(), "data"))))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		told, err := s.Prepare(t.Context())
		if err != nil || told.DemoEmail != "" || !strings.HasPrefix(told.AdminLink, "https://exams.proba.test/enter#") {
			t.Errorf("%+v, %v", told, err)
		}
	}
	sittings, err := s.Exams.Sittings(t.Context(), "", 10)
	if err != nil || len(sittings) != 0 {
		t.Errorf("sittings %v, %v", sittings, err)
	}
	exams, err := s.Exams.Exams(t.Context(), "", 10)
	if err != nil || len(exams) != 4 {
		t.Fatalf("%d exams, %v", len(exams), err)
	}
	for _, e := range exams {
		if e.State != exam.ExamDraft {
			t.Errorf("exam %s is %s", e.ID, e.State)
		}
	}
}

// TestAGracefulStop has a request under way while the service stops: readiness
// goes first, the request is answered, and the next one is not taken.
func TestAGracefulStop(t *testing.T) {
	env := development(filepath.Join(t.TempDir(), "data"))
	env["PROBA_OPS_ADDR"], env["PROBA_DRAIN"] = proctest.FreeAddress(t), "300ms"
	s, err := open(t, load(t, env))
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ready := func() int {
		res, err := http.Get("http://" + env["PROBA_OPS_ADDR"] + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := ready(); got != http.StatusNoContent {
		t.Errorf("a running service is not ready: %d", got)
	}
	// A request whose last bytes come only after the stop has begun.
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"email":"nobody@proba.test","password":"eleven quiet herons"}`
	fmt.Fprintf(conn, "POST /api/v1/auth/sign-in HTTP/1.1\r\nHost: proba.test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	proctest.WaitFor(t, "readiness goes off", func() bool { return ready() == http.StatusServiceUnavailable })
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the request under way: %v, %v; want 401", res, err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		t.Error("a stopped service takes connections")
	}
}

// TestStoppedAtOnce: a service that is told to stop before it has begun to serve stops.
func TestStoppedAtOnce(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that Close comes first
	s, err := open(t, load(t, development(filepath.Join(t.TempDir(), "data"))))
	if err != nil {
		t.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("still serving at " + address)
	}
}
