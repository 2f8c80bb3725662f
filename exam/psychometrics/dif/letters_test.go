package dif

import "testing"

// TestLetters: ETS' rule at its borders (Zwick 2012). A needs |Δ| below 1 or a test that is not
// significant; C needs |Δ| of 1.5 and significantly more than 1. Programs that look at |Δ| alone
// call the third to last and the last row C.
func TestLetters(t *testing.T) {
	for _, c := range []struct {
		delta, se, chi2 float64
		want            Letter
	}{
		{.99, .1, 90, A}, {1, .1, 90, B}, {1.1, .1, 90, B}, {-1.49, .1, 90, B}, {1.5, .1, 90, C}, {-1.5, .1, 90, C},
		{1.2, .6, 3.8414, A}, {1.2, .6, 3.8415, B},
		{1.68, .42, 9, B}, {1.70, .42, 9, C}, // .68/.42 = 1.619 and .70/.42 = 1.667, beside 1.645
		{-3, 2, 3.5, A},
	} {
		if got := letter(c.delta, c.se, c.chi2); got != c.want {
			t.Errorf("Δ %v, SE %v, χ² %v: letter %s, want %s", c.delta, c.se, c.chi2, got, c.want)
		}
	}
}
