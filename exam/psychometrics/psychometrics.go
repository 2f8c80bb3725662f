// Package psychometrics says what every statistic of its subpackages carries: a
// value, how sure it is, from how many people it comes, and whether it may be
// read at all.
//
// The subpackages, each with its own story:
//
//   - responses: the one container of response data, and its CSV form
//   - ctt: classical analysis of items, options and whole tests
//   - irt: Rasch, 2PL and 3PL models, scoring, information, fit
//   - dif: items that behave differently for groups of equal ability
//   - standard: setting cut scores, and how consistent decisions at them are
//   - equate: forms and calibrations on one scale
//   - forensic: drift, rapid guessing, similarity of answers
//   - report: plots and tables of the results
//
// # Invariants
//
//  1. No statistic is NaN or infinite. What is not defined says so, with the
//     reason in plain words.
//  2. Results depend on the data only: not on the order of people or items, on
//     the number of processors, or on what the options are called.
//  3. A statistic that needs complete data is not computed where people answered
//     different items.
//  4. Too few people never raise a flag.
//
// Nothing here knows attempts, stores, clocks or files.
package psychometrics

import (
	"encoding/json"
	"math"
)

// Status says whether a number may be read.
type Status string

// The states of a statistic.
const (
	// Fine: enough data for what the number is used for.
	Fine Status = "fine"
	// TooFew: the number is computed, but from too few people to act on.
	TooFew Status = "too few data"
	// NotDefined: there is no number; Reason says why.
	NotDefined Status = "not defined"
)

// Estimate is one statistic.
type Estimate struct {
	// Value is finite, and 0 when Status is NotDefined.
	Value float64
	// SE is the standard error, 0 where only the interval or neither is known.
	SE float64
	// Low and High bound the 95 % confidence interval; both 0 when unknown.
	Low, High float64
	// N is how many people (counted with their weights) it comes from.
	N      int
	Status Status
	// Reason says why the number is missing or weak, "" when it is fine.
	Reason string
}

// MarshalJSON gives programs null for a number that there is not.
func (e Estimate) MarshalJSON() ([]byte, error) {
	w := struct {
		Value  *float64 `json:"value"`
		SE     *float64 `json:"se,omitempty"`
		Low    *float64 `json:"low,omitempty"`
		High   *float64 `json:"high,omitempty"`
		N      int      `json:"n"`
		Status Status   `json:"status"`
		Reason string   `json:"reason,omitempty"`
	}{Value: e.Pointer(), N: e.N, Status: e.Status, Reason: e.Reason}
	if e.Known() && e.SE > 0 {
		w.SE = &e.SE
	}
	if e.Known() && (e.Low != 0 || e.High != 0) {
		w.Low, w.High = &e.Low, &e.High
	}
	return json.Marshal(w)
}

// Known reports whether there is a number at all.
func (e Estimate) Known() bool { return e.Status != NotDefined && e.Status != "" }

// Pointer returns the value, nil when there is none. It is how a missing number
// becomes null in JSON.
func (e Estimate) Pointer() *float64 {
	if !e.Known() {
		return nil
	}
	return &e.Value
}

// Undefined is a statistic that does not exist, with the reason.
func Undefined(n int, reason string) Estimate {
	return Estimate{N: n, Status: NotDefined, Reason: reason}
}

// Of is a statistic from n people of which least are needed to act on it. A value
// that is not finite becomes NotDefined.
func Of(value float64, n, least int) Estimate {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return Undefined(n, "the data leave nothing to compute it from")
	}
	e := Estimate{Value: value, N: n, Status: Fine}
	if n < least {
		e.Status, e.Reason = TooFew, "fewer people than this statistic needs"
	}
	return e
}

// z95 is the 97.5 % point of the normal distribution.
const z95 = 1.959963984540054

// WithSE adds a standard error and the normal 95 % interval.
func (e Estimate) WithSE(se float64) Estimate {
	if !e.Known() || math.IsNaN(se) || math.IsInf(se, 0) || se < 0 {
		return e
	}
	e.SE, e.Low, e.High = se, e.Value-z95*se, e.Value+z95*se
	return e
}

// WithInterval adds a 95 % interval that is not symmetric.
func (e Estimate) WithInterval(low, high float64) Estimate {
	if !e.Known() || math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return e
	}
	e.Low, e.High = low, high
	return e
}

// Wilson is the 95 % interval of a share seen in n people (Wilson 1927), which stays
// within 0 and 1.
func Wilson(share, n float64) (low, high float64) {
	if !(n > 0) {
		return 0, 1
	}
	middle := (share + z95*z95/(2*n)) / (1 + z95*z95/n)
	half := z95 / (1 + z95*z95/n) * math.Sqrt(share*(1-share)/n+z95*z95/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

// Slack is how far two numbers may lie apart that are the same but for the order
// in which they were summed. Thresholds and ties are decided with it: a
// correlation of exactly 0 comes out as ±1e-17, by the order of the people.
const Slack = 1e-9

// Below reports whether value is below limit by more than rounding.
func Below(value, limit float64) bool { return value < limit-Slack }

// Snap rounds to nine decimals, so that sums of the same marks in another order
// are equal and people with the same total are tied.
func Snap(x float64) float64 {
	const largest, decimals = 1 << 20, 1e9 // beyond it Slack is less than the last digit
	if math.Abs(x) > largest {
		return x
	}
	return math.Round(x*decimals) / decimals
}

// Correlation is an estimate of a product-moment correlation with Fisher's
// interval: tanh(atanh r ± 1.96/√(n−3)). What rounding left beyond ±1 or beside
// 0 is put there.
func Correlation(r float64, n, least int) Estimate {
	const rounding = 1e-12
	switch {
	case math.Abs(r) < rounding:
		r = 0
	case math.Abs(r) > 1-rounding && math.Abs(r) < 1+Slack:
		r = math.Copysign(1, r)
	}
	e := Of(r, n, least)
	if !e.Known() || n <= 3 {
		return e
	}
	if math.Abs(r) >= 1 {
		return e.WithInterval(r, r)
	}
	se := 1 / math.Sqrt(float64(n-3))
	e.SE = (1 - r*r) * se
	return e.WithInterval(math.Tanh(math.Atanh(r)-z95*se), math.Tanh(math.Atanh(r)+z95*se))
}
