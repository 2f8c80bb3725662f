package ctt_test

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
)

// TestMoodleByHand computes Moodle's columns a second way, from lists of marks as its
// calculators do, row by row and without the sums that the package is made of. The rest of a
// question never holds its own mark: with it, as one stored version of Moodle had it for
// questions drawn at random, the discrimination index of i1 would be 53 and not 25.
func TestMoodleByHand(t *testing.T) {
	m := reference.LSAT7()
	marks := make([][]float64, len(m.Items()))
	var totals []float64
	for p, person := range m.People() {
		for range person.Count {
			total := 0.0
			for i, c := range m.Of(p) {
				marks[i] = append(marks[i], c.Mark)
				total += c.Mark
			}
			totals = append(totals, total)
		}
	}
	s := float64(len(totals))
	weights, variances := 0.0, 0.0
	for i := range marks {
		weights += math.Sqrt(stat.Covariance(marks[i], totals, nil))
		variances += stat.Variance(marks[i], nil)
	}
	r := ctt.Analyse(m, ctt.Options{})
	for i, x := range marks {
		rest := make([]float64, len(x))
		for p := range x {
			rest[p] = totals[p] - x[p]
		}
		got, id := r.Items[i].Moodle, r.Items[i].ID
		near(t, id+" facility", got.Facility, 100*stat.Mean(x, nil), 1e-9)
		near(t, id+" SD", got.SD, 100*stat.StdDev(x, nil), 1e-9)
		near(t, id+" intended weight", got.IntendedWeight, 20, 1e-9)
		near(t, id+" effective weight", got.EffectiveWeight, 100*math.Sqrt(stat.Covariance(x, totals, nil))/weights, 1e-9)
		near(t, id+" discrimination index", got.Discrimination, 100*stat.Covariance(x, rest, nil)/math.Sqrt(stat.Variance(x, nil)*stat.Variance(rest, nil)), 1e-9)
		sortedX, sortedRest := slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(rest))
		near(t, id+" discriminative efficiency", got.Efficiency, 100*stat.Covariance(x, rest, nil)/stat.Covariance(sortedX, sortedRest, nil), 1e-9)
	}
	moment := func(r float64) float64 {
		sum, mean := 0.0, stat.Mean(totals, nil)
		for _, x := range totals {
			sum += math.Pow(x-mean, r) / s
		}
		return sum
	}
	k2 := s / (s - 1) * moment(2)
	near(t, "skewness", r.Moodle.Skewness, s*s/((s-1)*(s-2))*moment(3)/math.Pow(k2, 1.5), 1e-9)
	near(t, "kurtosis", r.Moodle.Kurtosis, s*s/((s-1)*(s-2)*(s-3))*((s+1)*moment(4)-3*(s-1)*moment(2)*moment(2))/(k2*k2), 1e-9)
	near(t, "median", r.Moodle.Median, 4, 0)
	cic := 100 * 5 / 4. * (1 - variances/k2)
	near(t, "coefficient of internal consistency", r.Moodle.CIC, cic, 1e-9)
	near(t, "the same, published", r.Moodle.CIC, 45.340874, 5e-7)
	near(t, "error ratio", r.Moodle.ErrorRatio, 100*math.Sqrt(1-cic/100), 1e-9)
	near(t, "standard error", r.Moodle.StandardError, .886130, 5e-7)
}
