package exam

import (
	"math"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// TestTheJackknifeOfAMean is the one case that is known in advance: leaving out each in
// turn gives a mean the standard error SD/√n.
func TestTheJackknifeOfAMean(t *testing.T) {
	mean := func(said []Compromise, _ []int) psychometrics.Estimate {
		sum := 0.0
		for _, c := range said {
			sum += float64(c.Cut) / float64(len(said))
		}
		return psychometrics.Of(sum, len(said), 2)
	}
	said := []Compromise{{Cut: 50}, {Cut: 60}, {Cut: 75}, {Cut: 55}} // mean 60, SD √(350/3)
	if f := jackknifed(said, nil, mean); math.Abs(f.Value-.6) > 1e-12 || math.Abs(f.SE-math.Sqrt(350./3/4)/100) > 1e-12 {
		t.Errorf("the mean is %v with the error %v", f.Value, f.SE)
	}
	if f := jackknifed(said[:2], nil, mean); !f.Known() || f.SE != 0 {
		t.Errorf("of two judges there is the error %v", f.SE)
	}
}
