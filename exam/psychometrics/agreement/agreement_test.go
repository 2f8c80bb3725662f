package agreement_test

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/agreement"
)

// cohen is Table 1 of Cohen 1968: 200 cases, judge B by rows, judge A by columns.
func cohen() []agreement.Pair {
	var pairs []agreement.Pair
	for b, row := range [][]int{{88, 10, 2}, {14, 40, 6}, {18, 10, 12}} {
		for a, n := range row {
			for range n {
				pairs = append(pairs, agreement.Pair{First: a, Second: b})
			}
		}
	}
	return pairs
}

// TestKappaIsThePublishedOne has the weights of the paper, which gives .348 for them, and
// no weights, for which it gives .492.
func TestKappaIsThePublishedOne(t *testing.T) {
	weights := [][]float64{{0, 1, 3}, {1, 0, 6}, {3, 6, 0}}
	for name, c := range map[string]struct {
		weight func(a, b int) float64
		want   float64
	}{
		"weighted": {func(a, b int) float64 { return weights[a][b] }, .348},
		"plain": {func(a, b int) float64 {
			if a == b {
				return 0
			}
			return 1
		}, .492},
	} {
		if got := agreement.Kappa(cohen(), c.weight); math.Abs(got.Value-c.want) > .0005 || got.N != 200 {
			t.Errorf("%s: %+v, want %v", name, got, c.want)
		}
	}
	if got := agreement.Exact(cohen()); got.Value != .7 {
		t.Errorf("exact agreement %+v, want .70", got)
	}
}

// TestSquaredWeightsAreTheSquaresOfDifferences compares with the means: for squared
// weights what is expected is var + var + (difference of means)².
func TestSquaredWeightsAreTheSquaresOfDifferences(t *testing.T) {
	pairs := cohen()
	var n, x, y, xx, yy, d float64
	for _, p := range pairs {
		a, b := float64(p.First), float64(p.Second)
		n, x, y, xx, yy, d = n+1, x+a, y+b, xx+a*a, yy+b*b, d+(a-b)*(a-b)
	}
	expected := xx/n + yy/n - 2*x/n*y/n
	if got := agreement.Kappa(pairs, agreement.Squared); math.Abs(got.Value-(1-d/n/expected)) > 1e-9 {
		t.Errorf("%+v, want %v", got, 1-d/n/expected)
	}
}

func TestWhatHasNoKappaSaysSo(t *testing.T) {
	for name, pairs := range map[string][]agreement.Pair{"none": nil, "all alike": {{2, 2}, {2, 2}}} {
		if got := agreement.Kappa(pairs, agreement.Squared); got.Known() || got.Reason == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := agreement.Kappa([]agreement.Pair{{0, 0}, {3, 3}}, agreement.Squared); got.Value != 1 || got.Status != "too few data" {
		t.Errorf("two pairs that agree: %+v", got)
	}
}
