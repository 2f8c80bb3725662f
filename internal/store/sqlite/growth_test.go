package sqlite_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/server"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

const (
	// growthShare makes ten thousand of the million attempts, and as few of all else.
	growthShare = 100
	// growthLearners each sit the four exams that ship.
	growthLearners = 75
	// growthLimit is what a median may be at a million attempts, over the one at ten
	// thousand.
	growthLimit = 1.3
)

// BenchmarkGrowth holds what learners and verifiers do over a store of a million attempts
// against the same over ten thousand, by turns, so that what else the machine does lengthens
// both. Filling takes some ten minutes and 14 GB, so that it runs only when PROBA_SCALE says
// so, over the folder that PROBA_SCALE_STORE names.
func BenchmarkGrowth(b *testing.B) {
	if os.Getenv("PROBA_SCALE") == "" {
		b.Skip("set PROBA_SCALE=1")
	}
	folder := cmp.Or(os.Getenv("PROBA_SCALE_STORE"), filepath.Join(b.TempDir(), "large"))
	small := newGrown(b, filepath.Join(b.TempDir(), "small"), growthShare)
	large := newGrown(b, folder, 1)
	for n := range growthLearners {
		for of := range small.exams {
			turns := []*grown{small, large}
			if n%2 == 1 { // who comes second finds the processor's caches warm
				turns = []*grown{large, small}
			}
			for _, act := range growthActs {
				for _, g := range turns {
					g.measure(b, act, n, of)
				}
			}
		}
	}
	for b.Loop() { // once: all is measured
	}
	for _, act := range growthActs {
		few, many := small.cost[act.name], large.cost[act.name]
		ratio, processor := ratioOf(few.clock, many.clock), ratioOf(few.processor, many.processor)
		b.ReportMetric(ratio, act.name+"-ratio")
		limit := "no limit"
		if act.judged {
			limit = fmt.Sprintf("limit %.1f times", growthLimit)
		}
		b.Logf("%-22s %3d times: median %6.2f ms of ten thousand, %6.2f ms of a million: %.2f times (processor %.2f and %.2f ms: %.2f times); %s",
			act.name, len(few.clock), middle(few.clock), middle(many.clock), ratio, middle(few.processor), middle(many.processor), processor, limit)
		if act.judged && ratio > growthLimit {
			b.Errorf("%s costs %.2f times as much, limit %.1f", act.name, ratio, growthLimit)
		}
	}
	b.ReportMetric(growthLimit, "limit-ratio")
}

// growthActs are what is measured, in the order in which a learner does it.
var growthActs = []growthAct{
	{"start", true, (*grown).start},
	{"save", true, (*grown).save},
	{"page", true, (*grown).page},
	{"verification-from-disk", false, (*grown).verify},
	{"verification", true, (*grown).verifyAgain},
}

type growthAct struct {
	name string
	// judged is false for what waits for the disk, which holds more of a large store than
	// the memory of the machine does.
	judged bool
	do     func(g *grown, learner, exam int) (*http.Request, int)
}

// grown is a service over a store of some size, with learners who are signed in.
type grown struct {
	base    string
	share   int
	exams   []string
	cookies []string
	// attempt and writer are of the start before.
	attempt, writer string
	certificate     string // that was asked for last
	cost            map[string]*growthCost
}

// growthCost is what an act cost each time, by the clock and of the processor.
type growthCost struct{ clock, processor []time.Duration }

func newGrown(b *testing.B, folder string, share int) *grown {
	b.Helper()
	sqlite.FillAll(b, folder, share)
	ctx := context.Background()
	c, err := config.Load([]string{"-addr", "127.0.0.1:0", "-ops-addr", "off", "-public-url", "http://127.0.0.1", "-data", folder, "-trusted-proxies", "127.0.0.0/8"}, func(string) string { return "" }, io.Discard)
	if err != nil {
		b.Fatal(err)
	}
	s, err := server.Open(ctx, c, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	if _, err := s.Prepare(ctx); err != nil {
		b.Fatal(err)
	}
	address, err := s.Listen()
	if err != nil {
		b.Fatal(err)
	}
	g := &grown{base: "http://" + address, share: share, cost: make(map[string]*growthCost)}
	for _, act := range growthActs {
		g.cost[act.name] = new(growthCost)
	}
	exams, err := s.Exams.Exams(ctx, "exam-7", 10) // behind those that the attempts name
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range exams {
		g.exams = append(g.exams, e.ID)
	}
	for n := range growthLearners {
		g.cookies = append(g.cookies, g.learner(b, s, n))
	}
	return g
}

// learner registers one who may sit every exam, and returns the cookie of their session.
func (g *grown) learner(b *testing.B, s *server.Server, n int) string {
	b.Helper()
	const password = "a learner of a large store"
	email := fmt.Sprintf("growth-%d-%d@proba.test", time.Now().UnixNano(), n) // the store is used again
	p, err := s.Auth.Register(b.Context(), auth.Registration{Email: email, Name: "Учасниця Зростання", Language: "uk", Roles: []auth.Role{auth.Learner}})
	for _, sitting := range g.exams {
		if err == nil {
			_, err = s.Exams.Entitle(b.Context(), "growth", sitting, p.ID, 0)
		}
	}
	if err == nil {
		_, err = s.Auth.SetPassword(b.Context(), p.ID, password)
	}
	var session auth.Session
	if err == nil {
		session, err = s.Auth.SignIn(b.Context(), email, password)
	}
	if err != nil {
		b.Fatal(err)
	}
	return "proba=" + session.RefreshToken
}

// measure has a learner do it and takes down what it cost.
func (g *grown) measure(b *testing.B, act growthAct, learner, of int) {
	b.Helper()
	req, want := act.do(g, learner, of)
	req.Header.Set("Accept", "text/html")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", learner, of)) // nobody is too fast
	processor, began := used(b), time.Now()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Fatalf("%s: %v", act.name, err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	cost := g.cost[act.name]
	cost.clock, cost.processor = append(cost.clock, time.Since(began)), append(cost.processor, used(b)-processor)
	if err != nil || res.StatusCode != want {
		b.Fatalf("%s: %s, %v: %.300s", act.name, res.Status, err, body)
	}
	if act.name == "start" {
		path, _, _ := strings.Cut(res.Header.Get("Location"), "?")
		g.attempt = strings.TrimPrefix(path, "/my/attempts/")
		for _, c := range res.Cookies() {
			g.writer = c.Value
		}
	}
}

func (g *grown) start(learner, of int) (*http.Request, int) {
	req := g.request("POST", "/my/sittings/"+g.exams[of], learner, []byte(url.Values{"language": {"uk"}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, http.StatusSeeOther
}

func (g *grown) save(learner, _ int) (*http.Request, int) {
	save, err := json.Marshal(exam.Save{Writer: g.writer, Seq: 1, Responses: []exam.SlotResponse{{Slot: 1}}})
	if err != nil {
		panic(err) // nothing of it can fail
	}
	req := g.request("PUT", "/my/attempts/"+g.attempt+"/responses", learner, save)
	req.Header.Set("Content-Type", "application/json")
	return req, http.StatusOK
}

// page is the learner's list of exams and certificates.
func (g *grown) page(learner, _ int) (*http.Request, int) {
	return g.request("GET", "/my", learner, nil), http.StatusOK
}

// verify asks for any of the certificates, another one in each run.
func (g *grown) verify(learner, of int) (*http.Request, int) {
	id, err := sqlite.CertificateID(rand.IntN(sqlite.ScaleCertificates / g.share))
	if err != nil {
		panic(err) // a stream of chance does not end
	}
	g.certificate = string(id)
	return g.verifyAgain(learner, of)
}

// verifyAgain asks for the same one, whose pages are in memory now.
func (g *grown) verifyAgain(learner, _ int) (*http.Request, int) {
	return g.request("GET", "/v/"+g.certificate, learner, nil), http.StatusOK
}

func (g *grown) request(method, path string, learner int, body []byte) *http.Request {
	req, err := http.NewRequest(method, g.base+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // of constants
	}
	req.Header.Set("Cookie", g.cookies[learner])
	return req
}

// used is the processor time of this process so far, client and services.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// middle is the median in milliseconds.
func middle(all []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return float64(sorted[len(sorted)/2].Microseconds()) / 1000
}

func ratioOf(few, many []time.Duration) float64 { return middle(many) / middle(few) }
