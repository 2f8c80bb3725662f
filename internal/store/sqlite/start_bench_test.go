package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// BenchmarkStart256 is the rate at which forms of 60 items of a bank of 1,000 are stored,
// with who has seen what.
func BenchmarkStart256(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "proba.db"))
	concurrently(b, func(caller, n int) error {
		slots := make([]exam.Slot, 60)
		for i := range slots {
			k := (caller*7 + n*13 + i*17) % 1000
			slots[i] = exam.Slot{Item: exam.ItemRef{ID: fmt.Sprintf("item-%03d", k), Revision: fmt.Sprintf("%064d", k)}, Arrangement: exam.Arrangement{Options: []int{3, 1, 0, 2}}}
		}
		id := fmt.Sprintf("%09d-%03d", n, caller)
		return s.InsertAttempt(context.Background(), exam.Attempt{Schema: 1, ID: id, Version: 1, Exam: "e", Person: id, Number: 1, State: exam.Running, Writer: "w", Form: exam.Form{Slots: slots}})
	})
}
