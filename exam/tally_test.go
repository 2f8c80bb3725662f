package exam_test

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// TestPassInterval compares with published values of Wilson's interval (Newcombe, Stat.
// Med. 17, 1998, table I, method 3).
func TestPassInterval(t *testing.T) {
	for _, row := range []struct {
		passed, graded int
		low, high      float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {0, 0, 0, 1}} {
		low, high := exam.Tally{Graded: row.graded, Passed: row.passed}.PassInterval()
		if math.Abs(low-row.low) > 5e-5 || math.Abs(high-row.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", row.passed, row.graded, low, high, row.low, row.high)
		}
	}
}
