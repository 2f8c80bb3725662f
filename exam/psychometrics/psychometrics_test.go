package psychometrics_test

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// TestFisher: a correlation of .5 in 28 people lies between .156 and .736, as tables of
// Fisher's z have it, and beyond rounding nothing is closer to 1 than 1.
func TestFisher(t *testing.T) {
	e := psychometrics.Correlation(.5, 28, 30)
	if math.Abs(e.Low-.1560284) > 1e-6 || math.Abs(e.High-.7358185) > 1e-6 || e.Status != psychometrics.TooFew {
		t.Errorf("%+v", e)
	}
	if e := psychometrics.Correlation(1+1e-13, 100, 30); e.Value != 1 || e.Low != 1 || e.High != 1 {
		t.Errorf("%+v", e)
	}
	if e := psychometrics.Correlation(math.NaN(), 100, 30); e.Known() || e.Reason == "" {
		t.Errorf("%+v", e)
	}
}

// TestNormalInterval: 95 % lie within 1.96 standard errors.
func TestNormalInterval(t *testing.T) {
	e := psychometrics.Of(3, 10, 0).WithSE(2)
	if math.Abs(e.Low+.9199280) > 1e-6 || math.Abs(e.High-6.9199280) > 1e-6 || e.SE != 2 {
		t.Errorf("%+v", e)
	}
	if none := psychometrics.Undefined(3, "why").WithSE(2); none.SE != 0 || none.High != 0 {
		t.Errorf("what is not defined has the error %v", none.SE)
	}
}

// TestWilson: none, five and all right of ten, by another program.
func TestWilson(t *testing.T) {
	for share, want := range map[float64][2]float64{0: {0, .2775328}, .5: {.2365931, .7634069}, 1: {.7224672, 1}} {
		if low, high := psychometrics.Wilson(share, 10); math.Abs(low-want[0]) > 1e-6 || math.Abs(high-want[1]) > 1e-6 {
			t.Errorf("%v of 10: %v to %v, want %v", share, low, high, want)
		}
	}
}
