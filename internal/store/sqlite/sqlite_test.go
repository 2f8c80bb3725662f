package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store/sqlite"
	"github.com/proba-exam/proba/internal/store/storetest"
)

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	storetest.Run(t, open(t, filepath.Join(t.TempDir(), "proba.db")))
}

func TestASecondWriterIsRefusedAReaderIsNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "proba.db")
	open(t, path)
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second writer: %v", err)
	}
	reader, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.PutRelease(t.Context(), exam.Release{Hash: "h"}); err == nil {
		t.Error("a reader writes")
	}
	for name, want := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

func TestAReaderNeedsAStore(t *testing.T) {
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "none.db"), ReadOnly: true}); err == nil {
		t.Error("a missing store was opened for reading")
	}
}

// callers is a room of learners who all save at the same time.
const callers = 256

// BenchmarkSave256 is the rate at which answers of 256 learners are on disk.
// Limit: at least 40 % of BenchmarkAppend256 in the same run.
func BenchmarkSave256(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "proba.db"))
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	const slots = 60
	for i := range callers {
		a := exam.Attempt{Schema: 1, ID: fmt.Sprint(i), Version: 1, Exam: "e", Person: fmt.Sprint(i), Number: 1, State: exam.Running, Writer: "w", AcceptUntil: now.Add(time.Hour), Form: exam.Form{Slots: make([]exam.Slot, slots)}}
		if err := s.InsertAttempt(context.Background(), a); err != nil {
			b.Fatal(err)
		}
	}
	concurrently(b, func(caller, n int) error {
		save := exam.Save{Writer: "w", Seq: int64(n + 1), Responses: []exam.SlotResponse{{Slot: n % slots, Response: exam.Response{Choices: []int{n % 4}}}}}
		_, err := s.SaveResponses(context.Background(), fmt.Sprint(caller), save, slots, now)
		return err
	})
}

// BenchmarkAppend256 is the bare limit: a row with as many bytes as a save of
// BenchmarkSave256 writes, appended with the same durability.
func BenchmarkAppend256(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "proba.db"))
	const slots, response = 60, 64
	row := exam.Item{Stem: exam.Text{"en": strings.Repeat("x", response+slots*len(exam.Leaf{}))}}
	concurrently(b, func(caller, n int) error {
		return s.PutRevisions(context.Background(), []exam.Revision{{Hash: fmt.Sprintf("%09d-%03d", n, caller), Item: row}})
	})
}

// concurrently shares b.N calls among the callers.
func concurrently(b *testing.B, call func(caller, n int) error) {
	var next atomic.Int64
	done := make(chan error, callers)
	b.ResetTimer()
	for caller := range callers {
		go func() {
			for n := 0; next.Add(1) <= int64(b.N); n++ {
				if err := call(caller, n); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range callers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}
