package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/mongotest"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/programmes"
	"github.com/proba-exam/proba/internal/server"
)

const (
	killRounds   = 20
	killLearners = 32
	// databaseLearners are fewer: FerretDB reads whole collections where MongoDB has
	// an index, and takes four times as long for twice as many.
	databaseLearners = 16
)

// TestMain lets the test binary be the service that the test kills.
func TestMain(m *testing.M) {
	if os.Getenv("PROBA_TEST_SERVE") != "" {
		os.Exit(run(context.Background(), []string{"serve"}, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// service is a real process of ours.
type service struct {
	data, addr string
	uri        string // of the store; "" is the embedded one
	process    *proctest.Process
	output     string // the file of what it prints and logs
}

func (s *service) start(t *testing.T) {
	t.Helper()
	// A file, not a pipe: what a killed process printed is then complete, and
	// nothing copies it while the test reads.
	output, err := os.Create(s.output)
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	command := exec.Command(os.Args[0])
	command.Stdout, command.Stderr = output, output
	command.Env = append(os.Environ(), "PROBA_TEST_SERVE=1", "PROBA_DATA="+s.data, "PROBA_ADDR="+s.addr, "PROBA_OPS_ADDR=off", "PROBA_PUBLIC_URL=http://proba.test", "PROBA_STORE="+s.uri)
	s.process = proctest.Start(t, command)
	s.process.WaitForListener(t, s.addr)
}

// tell shows the end of what the service said to who looks into a failure.
func (s *service) tell(t *testing.T) {
	t.Helper()
	if said, err := os.ReadFile(s.output); t.Failed() && err == nil {
		t.Logf("the service said at last:\n%s", said[max(0, len(said)-4000):])
	}
}

// store opens what the service stores in.
func (s *service) store(t *testing.T, readOnly bool) server.Store {
	t.Helper()
	store, err := server.OpenStore(t.Context(), s.uri, s.data, readOnly)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// sitter is a learner who knows everything, and remembers what was acknowledged.
type sitter struct {
	*client
	store   server.Store // to look the keys up
	bank    *exam.Bank
	attempt *sitting
	// answered counts the acknowledgements of this round, of all learners.
	answered *atomic.Int64
	// touched are the attempts of this round.
	touched   []*sitting
	submitted int
}

// sitting is one attempt with the highest acknowledged sequence of each slot.
type sitting struct {
	id, writer string
	seq        int64
	keys       []exam.Response
	acked      map[int]int64
	handedIn   bool
}

const (
	// savesPerAttempt is how many answers are saved before handing in.
	savesPerAttempt = 25
)

// savesPerRound is the most that a round waits for: enough for every learner to hand
// in once.
func savesPerRound(learners int) int64 { return int64(2 * learners * savesPerAttempt) }

// work sits until the service stops answering: it resumes the attempt that runs,
// saves, hands in, and begins the next one.
func (s *sitter) work(ctx context.Context, rng *rand.Rand) {
	for s.begin(ctx) == nil {
		for n := range savesPerAttempt {
			s.attempt.seq++
			slot := n % len(s.attempt.keys)
			if n >= len(s.attempt.keys) {
				slot = rng.IntN(len(s.attempt.keys))
			}
			save := exam.Save{Writer: s.attempt.writer, Seq: s.attempt.seq, Responses: []exam.SlotResponse{{Slot: slot, Response: s.attempt.keys[slot]}}}
			if s.insist(ctx, "PUT", "/api/v1/me/attempts/"+s.attempt.id+"/responses", save, nil) != nil {
				return
			}
			s.attempt.acked[slot] = s.attempt.seq
			s.answered.Add(1)
		}
		if s.insist(ctx, "POST", "/api/v1/me/attempts/"+s.attempt.id+"/submit", map[string]string{"writer": s.attempt.writer}, nil) != nil {
			return
		}
		s.attempt.handedIn = true
		s.submitted++
	}
}

// insist signs in again when the token has run out.
func (s *sitter) insist(ctx context.Context, method, path string, in, out any) error {
	err := s.call(ctx, method, path, in, out)
	if refused, ok := errors.AsType[*refusal](err); !ok || refused.status != http.StatusUnauthorized {
		return err
	}
	if err := s.signIn(ctx); err != nil {
		return err
	}
	return s.call(ctx, method, path, in, out)
}

func (s *sitter) begin(ctx context.Context) error {
	var session struct {
		Attempt struct{ ID string }
		Writer  string
		Seq     int64
	}
	if err := s.insist(ctx, "POST", "/api/v1/me/sittings/"+killSitting+"/attempt", map[string]string{"language": "uk"}, &session); err != nil {
		return err
	}
	if s.attempt == nil || s.attempt.id != session.Attempt.ID {
		a, err := s.store.Attempt(ctx, session.Attempt.ID)
		if err != nil {
			return err
		}
		keys, err := s.bank.Keys(a.Form)
		if err != nil {
			return err
		}
		s.attempt = &sitting{id: session.Attempt.ID, keys: keys, acked: make(map[int]int64)}
	}
	s.attempt.writer, s.attempt.seq = session.Writer, max(session.Seq, s.attempt.seq)
	s.touched = append(s.touched, s.attempt)
	return nil
}

const killSitting = "killed-often"

// TestKillUnderLoad kills the real service at random moments while 32 learners
// save and hand in. No acknowledged answer may be lost, and doctor must find
// nothing: no attempt graded twice, no certificate issued twice.
func TestKillUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a real service many times")
	}
	dir := t.TempDir()
	s := &service{data: filepath.Join(dir, "data"), addr: proctest.FreeAddress(t), output: filepath.Join(dir, "output")}
	defer s.tell(t)
	s.start(t)
	sitters := enrolSitters(t, s, killLearners)
	saves := 0
	for range killRounds {
		underLoad(t, sitters, 1+rand.Int64N(savesPerRound(killLearners)), func() { s.process.Kill(t) })
		saves += checkAcknowledged(t, s, sitters)
		s.start(t)
	}
	examine(t, s, sitters, saves)
}

// TestDatabaseKilledUnderLoad kills the database under load, while the
// service stays up: learners get errors, then all goes on.
func TestDatabaseKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills a database")
	}
	db := mongotest.Start(t)
	if !db.CanKill() {
		t.Skip("the server of PROBA_TEST_MONGODB_URI is not ours to kill")
	}
	dir := t.TempDir()
	s := &service{data: filepath.Join(dir, "data"), addr: proctest.FreeAddress(t), output: filepath.Join(dir, "output"), uri: db.URI}
	defer s.tell(t)
	s.start(t)
	sitters := enrolSitters(t, s, databaseLearners)
	underLoad(t, sitters, 1+rand.Int64N(savesPerRound(databaseLearners)/2), func() { db.Kill(t) })
	db.Restart(t)
	saves := checkAcknowledged(t, s, sitters)
	underLoad(t, sitters, savesPerRound(databaseLearners)*2/3, func() {})
	saves += checkAcknowledged(t, s, sitters)
	examine(t, s, sitters, saves)
}

// underLoad has all learners work, and ends it when so many answers of this round
// are acknowledged: a moment counted in work, so that a slow machine is stopped
// under load too.
func underLoad(t *testing.T, sitters []*sitter, moment int64, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var working sync.WaitGroup
	var answered atomic.Int64
	for i, one := range sitters {
		one.touched, one.answered = nil, &answered
		working.Go(func() { one.work(ctx, rand.New(rand.NewPCG(uint64(moment), uint64(i)))) })
	}
	proctest.WaitFor(t, "learners save", func() bool { return answered.Load() >= moment })
	end()
	cancel()
	working.Wait()
}

// examine has the reconciler finish, ends the service and asks doctor.
func examine(t *testing.T, s *service, sitters []*sitter, saves int) {
	t.Helper()
	proctest.WaitFor(t, "every certificate that is due is issued and in the log", func() bool {
		due, err := sitters[0].store.Due(t.Context(), time.Now(), 1)
		if err != nil {
			t.Fatal(err)
		}
		unlogged, err := sitters[0].store.CertificatesUnlogged(t.Context(), "", 1)
		if err != nil {
			t.Fatal(err)
		}
		return len(due)+len(unlogged) == 0
	})
	s.process.Kill(t)
	handedIn := 0
	for _, one := range sitters {
		handedIn += one.submitted
	}
	t.Setenv("PROBA_STORE", s.uri)
	report, err := doctorReport(t.Context(), s.data)
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("doctor: %+v, %v", report.Findings, err)
	}
	if saves == 0 || handedIn == 0 || report.Certificates == 0 {
		t.Fatalf("%d acknowledged answers checked, %d attempts handed in, %d certificates: no load", saves, handedIn, report.Certificates)
	}
	t.Logf("%d learners: %d acknowledged answers checked, %d attempts handed in, %d attempts and %d certificates examined, 0 findings",
		len(sitters), saves, handedIn, report.Attempts, report.Certificates)
}

// checkAcknowledged reads the store behind the service's back.
func checkAcknowledged(t *testing.T, s *service, sitters []*sitter) (checked int) {
	t.Helper()
	store := s.store(t, false)
	for _, one := range sitters {
		for _, sat := range one.touched {
			a, err := store.Attempt(t.Context(), sat.id)
			if err != nil {
				t.Fatal(err)
			}
			if sat.handedIn && a.Result == nil {
				t.Errorf("attempt %s was acknowledged as handed in, the store has it %s", sat.id, a.State)
			}
			for slot, seq := range sat.acked {
				checked++
				if a.Responses[slot].Seq < seq {
					t.Errorf("attempt %s, slot %d: answer %d was acknowledged, the store has %d", sat.id, slot, seq, a.Responses[slot].Seq)
				}
			}
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return checked
}

// enrolSitters registers the learners through the interface, as an
// administrator would.
func enrolSitters(t *testing.T, s *service, learners int) []*sitter {
	t.Helper()
	base := "http://" + s.addr
	admin := newClient(base)
	var link string
	proctest.WaitFor(t, "the administrator's link is printed", func() bool {
		printed, err := os.ReadFile(s.output)
		if err != nil {
			t.Fatal(err)
		}
		link = cutAfter(string(printed), "/enter#")
		return link != ""
	})
	if err := admin.enter(t.Context(), link, "administrator of this test"); err != nil {
		t.Fatal(err)
	}
	defineExam(t, admin)
	bank, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	store := s.store(t, true)
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	var rows []map[string]string
	for i := range learners {
		rows = append(rows, map[string]string{"email": fmt.Sprintf("l%d@proba.test", i), "name": "Олена Стійка", "language": "uk"})
	}
	var enrolled struct{ Items []struct{ Invitation string } }
	if err := admin.call(t.Context(), "POST", "/api/v1/sittings/"+killSitting+"/learners", map[string]any{"learners": rows}, &enrolled); err != nil {
		t.Fatal(err)
	}
	sitters := make([]*sitter, learners)
	var wg sync.WaitGroup
	errs := make([]error, learners)
	for i, e := range enrolled.Items {
		wg.Go(func() {
			sitters[i] = &sitter{client: newClient(base), store: store, bank: bank}
			errs[i] = sitters[i].enter(t.Context(), cutAfter(e.Invitation+"\n", "#"), "learner of this test")
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return sitters
}

// defineExam publishes the police exam, shortened, with as many attempts as there
// can be.
func defineExam(t *testing.T, admin *client) {
	t.Helper()
	var e exam.Exam
	if err := admin.call(t.Context(), "GET", "/api/v1/exams/police-sample", nil, &e); err != nil {
		t.Fatal(err)
	}
	e.Policy.Attempts = exam.MaxAttempts
	e.Blueprint = shortened(e.Blueprint)
	now := time.Now()
	for _, step := range []struct {
		path string
		body any
	}{
		{"/api/v1/exams", map[string]any{"id": killSitting, "title": e.Title, "programme": e.Programme, "release": e.Release, "blueprint": e.Blueprint, "policy": e.Policy}},
		{"/api/v1/exams/" + killSitting + "/publish", nil},
		{"/api/v1/sittings", map[string]any{"id": killSitting, "exam": killSitting, "title": e.Title, "region": "", "opens": now.Add(-time.Hour), "closes": now.Add(time.Hour)}},
	} {
		if err := admin.call(t.Context(), "POST", step.path, step.body, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// shortened keeps one or two items of each section, so that savesPerAttempt
// answers are more than the form has items.
func shortened(b exam.Blueprint) exam.Blueprint {
	cells := b.Cells
	b.Cells, b.Testlets = nil, 0
	kept := make(map[string]bool)
	for _, c := range cells {
		if !kept[c.Section] {
			c.Count = min(c.Count, 2)
			b.Cells = append(b.Cells, c)
			kept[c.Section] = true
		}
	}
	return b
}

// cutAfter returns the rest of the line behind the mark, empty while the line is
// not complete.
func cutAfter(text, mark string) string {
	_, after, _ := strings.Cut(text, mark)
	word, _, complete := strings.Cut(after, "\n")
	if !complete {
		return ""
	}
	return word
}
