package bench_test

import (
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/internal/bench"
)

// TestEveryRowRuns runs each measurement as briefly as it can: the figures are
// not looked at.
func TestEveryRowRuns(t *testing.T) {
	for _, row := range bench.Rows() {
		if testing.Short() && row.Name != "save" && row.Name != "read" {
			continue // those are the ones with 256 learners at once
		}
		figures, err := row.Run(t.Context(), 150*time.Millisecond)
		if err != nil || len(figures) == 0 {
			t.Errorf("%s: %d figures, %v", row.Name, len(figures), err)
		}
		for _, f := range figures {
			if f.Value <= 0 {
				t.Errorf("%s: %s is %v %s", row.Name, f.Name, f.Value, f.Unit)
			}
		}
	}
}

func TestALimitIsKeptOrNot(t *testing.T) {
	for _, c := range []struct {
		figure bench.Figure
		good   bool
	}{
		{bench.Figure{Value: 5, Limit: 5}, true},
		{bench.Figure{Value: 6, Limit: 5}, false},
		{bench.Figure{Value: 6, Limit: 5, AtLeast: true}, true},
		{bench.Figure{Value: 4, Limit: 5, AtLeast: true}, false},
		{bench.Figure{Value: 4}, true},
	} {
		if c.figure.Good() != c.good {
			t.Errorf("%+v: good is %v", c.figure, !c.good)
		}
	}
}

// BenchmarkRows reports every figure; the limits are those of the rows.
func BenchmarkRows(b *testing.B) {
	for _, row := range bench.Rows() {
		b.Run(row.Name, func(b *testing.B) {
			for b.Loop() {
				figures, err := row.Run(b.Context(), time.Second)
				if err != nil {
					b.Fatal(err)
				}
				for _, f := range figures {
					b.ReportMetric(f.Value, strings.ReplaceAll(f.Name, " ", "_")+"_"+f.Unit)
				}
			}
		})
	}
}
