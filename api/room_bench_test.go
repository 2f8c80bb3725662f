package api_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// The room of a national sitting, and what its page may cost: an invigilator's page asks
// every five seconds, and dozens of them are open.
const (
	hallLearners = 2000
	hallAbsent   = 300
	hallP99      = 100 * time.Millisecond
	hallBytes    = 150 << 10
)

// BenchmarkTheRoom opens the room of a hall in which 2,000 learners sit, whole and as the
// part that its script fetches, page after page, and fails beyond its limits. Filling the
// hall takes a while, so that it runs only when PROBA_SCALE says so.
func BenchmarkTheRoom(b *testing.B) {
	if os.Getenv("PROBA_SCALE") == "" {
		b.Skip("set PROBA_SCALE=1")
	}
	e := start(b)
	began := time.Now()
	e.fillHall(b)
	filled := time.Since(began)
	desk, _ := e.atDesk(b, auth.Invigilator)
	room := "/workbench/sittings/" + sitting + "/room?part=1&state="
	var took []time.Duration
	largest := 0
	cpu := processor(b)
	for b.Loop() {
		after, state := "", "running"
		for n := range 5 {
			if n == 3 { // and both pages of who has not begun
				after, state = "", "not_begun"
			}
			began := time.Now()
			r := desk.get(b, room+state+"&after="+url.QueryEscape(after))
			took = append(took, time.Since(began))
			largest = max(largest, len(r.body))
			if r.status != 200 {
				b.Fatalf("the room: %d", r.status)
			}
			if m := nextPage.FindStringSubmatch(r.body); m != nil {
				after = m[1]
			}
		}
	}
	cpu = processor(b) - cpu
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(hallP99.Milliseconds()), "limit-ms")
	b.ReportMetric(float64((cpu/time.Duration(len(took))).Microseconds())/1000, "processor-ms")
	b.ReportMetric(float64(largest)/1024, "page-kB")
	if p99 > hallP99 || largest > hallBytes {
		b.Errorf("p99 %v of %d, limit %v; a page has %d bytes, limit %d", p99, len(took), hallP99, largest, hallBytes)
	}
	b.Logf("hall filled in %v; a page: median %v, p99 %v, %v of the processor with its client, %d bytes", filled.Round(time.Second), took[len(took)/2], p99, cpu/time.Duration(len(took)), largest)
	began = time.Now()
	out, err := e.Exams.PauseSitting(b.Context(), "admin", sitting, "o", "power cut")
	if err != nil || out.Done != hallLearners {
		b.Fatalf("%+v, %v", out, err)
	}
	b.ReportMetric(float64(time.Since(began).Milliseconds()), "pause-all-ms")
	b.Logf("all paused in %v", time.Since(began))
}

// processor is what this process has used so far, the client that asks included.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// fillHall has everybody start but hallAbsent.
func (e *env) fillHall(b *testing.B) {
	b.Helper()
	var wait sync.WaitGroup
	failed := make(chan error, hallLearners)
	for group := range 32 {
		wait.Go(func() {
			for n := group; n < hallLearners+hallAbsent; n += 32 {
				p, err := e.Auth.Register(b.Context(), auth.Registration{Email: fmt.Sprintf("hall-%d@proba.test", n), Name: fmt.Sprintf("Учасниця Номер %d", n), Language: "uk", Roles: []auth.Role{auth.Learner}})
				if err == nil {
					_, err = e.Exams.Entitle(b.Context(), "test", sitting, p.ID, 0)
				}
				var s exam.Session
				if err == nil && n < hallLearners {
					s, err = e.Exams.Start(b.Context(), p.ID, sitting, "uk")
				}
				if err == nil && n < hallLearners && n%2 == 0 {
					_, err = e.Exams.Save(b.Context(), p.ID, s.Attempt.ID, exam.Save{Writer: s.Attempt.Writer, Seq: 1, Responses: []exam.SlotResponse{{Slot: 0}}})
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		b.Fatal(err)
	default:
	}
}

var nextPage = regexp.MustCompile(`after=([0-9a-f-]{36})`)
