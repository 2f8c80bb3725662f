package statistics_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/simulate"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// millionVariable is how many responses the benchmark has, such as 1000000: to have them
// sat takes a minute or two.
const millionVariable = "PROBA_RESPONSES"

// atOnce is how many sit at the same time: the store commits what waits together.
const atOnce = 128

// BenchmarkMillion reports how long it takes to compute the statistics of so many
// responses for the first time, again after one attempt was added, and to open the
// report; and the most memory that was held meanwhile.
func BenchmarkMillion(b *testing.B) {
	wanted, err := strconv.Atoi(os.Getenv(millionVariable))
	if err != nil {
		b.Skipf("set %s to a number of responses, such as 1000000", millionVariable)
	}
	e := openAt(b, filepath.Join(b.TempDir(), "proba.db"))
	defer e.store.Store.(*sqlite.Store).Close()
	e.publish(b)
	_, err = simulate.Sit(b.Context(), e.crowd(b, 0, 1))
	must(b, err)
	first, err := e.exams.Attempts(b.Context(), exam.AttemptFilter{Exam: e.exam.ID}, "", 1)
	must(b, err)
	a, err := e.exams.Attempt(b.Context(), first[0].ID)
	must(b, err)
	n := wanted / len(a.Form.Slots)
	crowd := e.crowd(b, 1, n-1)
	crowd.AtOnce = atOnce
	seeding := time.Now()
	stored, err := e.exams.Exam(b.Context(), e.exam.ID)
	must(b, err)
	must(b, simulate.Fill(b.Context(), crowd, e.store, &stored, e.now))
	// What the store puts off until nobody presses Start is of the seeding too: asked for
	// what it then knows, it does it now.
	_, err = e.store.Store.(*sqlite.Store).CountSightings(b.Context(), []string{"none"})
	must(b, err)
	seeded := time.Since(seeding)

	for b.Loop() {
		runtime.GC()
		stop, peak := make(chan bool), make(chan uint64)
		go watch(stop, peak)
		began := time.Now()
		r := e.ask(b)
		took := time.Since(began)
		stop <- true
		b.ReportMetric(seeded.Seconds(), "s/seeding")
		b.ReportMetric(took.Seconds(), "s/first")
		b.ReportMetric(float64(<-peak)/1e6, "MB/peak")
		b.ReportMetric(float64(r.Counts.Responses), "responses")
		_, err = simulate.Sit(b.Context(), e.crowd(b, n, 1))
		must(b, err)
		e.now = e.now.Add(time.Minute)
		began = time.Now()
		e.ask(b)
		b.ReportMetric(time.Since(began).Seconds(), "s/again")
		began = time.Now()
		e.ask(b)
		b.ReportMetric(time.Since(began).Seconds(), "s/unchanged")
		began = time.Now()
		_, err := e.s.Job(b.Context(), e.exam.ID)
		must(b, err)
		r = e.result(b)
		_, err = e.s.Voices(b.Context(), e.exam.ID)
		must(b, err)
		b.ReportMetric(float64(time.Since(began).Microseconds())/1e3, "ms/open")
		if len(r.Items) == 0 || r.Counts.Counted != n+1 {
			b.Fatal(fmt.Errorf("the report has %d items of %d attempts", len(r.Items), r.Counts.Counted))
		}
		_, err = e.s.Item(b.Context(), e.exam.ID, r.Items[0].Item)
		must(b, err)
	}
}

// watch finds the largest heap until it is stopped.
func watch(stop chan bool, peak chan<- uint64) {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	highest := uint64(0)
	for {
		select {
		case <-stop:
			peak <- highest
			return
		case <-time.After(20 * time.Millisecond):
			metrics.Read(heap)
			highest = max(highest, heap[0].Value.Uint64())
		}
	}
}
