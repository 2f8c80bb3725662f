package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

const (
	benchLearners = 256
	benchSlots    = 60
)

func openStore(tb testing.TB, path string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), Config{Path: path})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// benchAttempt is a running attempt as the service stores it.
func benchAttempt(n int) exam.Attempt {
	now := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	a := exam.Attempt{Schema: 1, ID: fmt.Sprintf("01967c3e-2f00-7000-8000-%012d", n), Version: 1, Exam: "family-doctor-2026", Sitting: "kyiv-may",
		Person: fmt.Sprintf("01967c3e-0000-7000-8000-%012d", n), Number: 1, State: exam.Ready, Lang: "uk", CreatedAt: now,
		Form: exam.Form{Release: fmt.Sprintf("%064d", 1), Blueprint: fmt.Sprintf("%064d", 2), Algorithm: "stratified-1", Seed: fmt.Sprintf("%064d", n)}}
	for i := range benchSlots {
		a.Form.Slots = append(a.Form.Slots, exam.Slot{Item: exam.ItemRef{ID: fmt.Sprintf("item-%05d", i), Revision: fmt.Sprintf("%064d", i)}, Arrangement: exam.Arrangement{Options: []int{2, 0, 3, 1}}})
	}
	if err := a.Begin(exam.Policy{TimeLimit: 3600, Grace: 60}, 0, "JBSWY3DPEHPK3PXPJBSWY3DP", now); err != nil {
		panic(err)
	}
	return a
}

// spread runs b.N calls from benchLearners goroutines and reports calls a second
// and the 99th percentile of one call.
func spread(b *testing.B, call func(learner, n int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	took := make([][]time.Duration, benchLearners)
	b.ResetTimer()
	for learner := range benchLearners {
		wg.Go(func() {
			for n := 0; next.Add(1) <= int64(b.N); n++ {
				began := time.Now()
				if err := call(learner, n); err != nil {
					b.Error(err)
					return
				}
				took[learner] = append(took[learner], time.Since(began))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

func BenchmarkSave256(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "proba.db"))
	for n := range benchLearners {
		if err := s.InsertAttempt(b.Context(), benchAttempt(n)); err != nil {
			b.Fatal(err)
		}
	}
	ids := make([]string, benchLearners)
	for n := range ids {
		ids[n] = benchAttempt(n).ID
	}
	now := time.Date(2026, 5, 4, 9, 10, 0, 0, time.UTC)
	spread(b, func(learner, n int) error {
		save := exam.Save{Writer: "JBSWY3DPEHPK3PXPJBSWY3DP", Seq: int64(n + 1), Responses: []exam.SlotResponse{{Slot: n % benchSlots, Response: exam.Response{Choices: []int{n % 4}}}}}
		_, err := s.SaveResponses(b.Context(), ids[learner], save, benchSlots, now)
		return err
	})
}

func BenchmarkAppend256(b *testing.B) {
	s := openStore(b, filepath.Join(b.TempDir(), "proba.db"))
	if err := s.do(b.Context(), func(t *tx) error {
		_, err := t.exec("CREATE TABLE appended (attempt TEXT NOT NULL, slot INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL)")
		return err
	}); err != nil {
		b.Fatal(err)
	}
	ids := make([]string, benchLearners)
	for n := range ids {
		ids[n] = benchAttempt(n).ID
	}
	now := time.Date(2026, 5, 4, 9, 10, 0, 0, time.UTC).UnixMilli()
	spread(b, func(learner, n int) error {
		return s.do(b.Context(), func(t *tx) error {
			_, err := t.exec("INSERT INTO appended (attempt, slot, seq, at, doc) VALUES (?, ?, ?, ?, ?)", ids[learner], n%benchSlots, n+1, now, `{"choices":[2]}`)
			return err
		})
	})
}
