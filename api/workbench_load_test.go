package api

import (
	"math"
	"testing"
)

// TestFewFormsAreCounted has what a feasibility check says of a blueprint that takes all a
// bank has: one set of items, and not ten to the power of nothing.
func TestFewFormsAreCounted(t *testing.T) {
	for log10, want := range map[float64]string{0: "1", math.Log10(2): "2", math.Log10(4845): "4845", 5.999: "997700", 6: "", 36.09: "", math.Inf(1): "", math.NaN(): ""} {
		if got := fewForms(log10); got != want {
			t.Errorf("10^%v forms are written %q, want %q", log10, got, want)
		}
	}
}
