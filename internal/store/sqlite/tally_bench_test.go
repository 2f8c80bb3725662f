package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// BenchmarkTally sums up a sitting of 2,000 attempts, beside reading their heads page
// by page, which is what it saves; among 10,000 and 100,000 attempts of others.
func BenchmarkTally(b *testing.B) {
	for _, others := range []int{10_000, 100_000} {
		s := open(b, filepath.Join(b.TempDir(), "proba.db"))
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		insert := func(sitting string, n int) {
			work := make(chan int)
			done := make(chan error)
			for range 64 {
				go func() {
					var err error
					for i := range work {
						a := exam.Attempt{ID: fmt.Sprintf("%s-%07d", sitting, i), Version: 1, Exam: "e", Sitting: sitting, Person: fmt.Sprintf("%s-%d", sitting, i), Number: 1, State: exam.Released, StartedAt: at, Deadline: at, FinishedAt: at,
							Events: []exam.Event{{At: at, What: "started", By: "p"}, {At: at, What: "submitted", By: "p"}, {At: at, What: "graded"}, {At: at, What: "released"}},
							Result: &exam.Result{Score: 80_000, Max: 120_000, Passed: i%2 == 0, Sections: make([]exam.SectionResult, 4), Marks: make([]exam.Points, 60), GradedAt: at}}
						if e := s.InsertAttempt(b.Context(), a); e != nil {
							err = e
						}
					}
					done <- err
				}()
			}
			for i := range n {
				work <- i
			}
			close(work)
			for range 64 {
				if err := <-done; err != nil {
					b.Fatal(err)
				}
			}
		}
		insert("others", others)
		insert("ours", 2000)
		b.Run(fmt.Sprintf("tally/among=%d", others), func(b *testing.B) {
			for b.Loop() {
				if t, err := s.TallyAttempts(b.Context(), "ours"); err != nil || t.Graded != 2000 || t.Passed != 1000 {
					b.Fatal(t, err)
				}
			}
		})
		b.Run(fmt.Sprintf("heads/among=%d", others), func(b *testing.B) {
			for b.Loop() {
				n := 0
				for after := ""; ; {
					page, err := s.Attempts(b.Context(), exam.AttemptFilter{Sitting: "ours"}, after, 200)
					if err != nil {
						b.Fatal(err)
					}
					n += len(page)
					if len(page) < 200 {
						break
					}
					after = page[199].ID
				}
				if n != 2000 {
					b.Fatal(n)
				}
			}
		})
		b.Run(fmt.Sprintf("page/among=%d", others), func(b *testing.B) {
			for b.Loop() {
				if page, err := s.Attempts(b.Context(), exam.AttemptFilter{Sitting: "ours"}, "ours-0001000", 50); err != nil || len(page) != 50 {
					b.Fatal(len(page), err)
				}
			}
		})
	}
}
