package standard

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// nodes is how many true scores stand for their distribution: twice as many
// change the fifth decimal.
const nodes = 2000

// LivingstonLewis reckons with an effective test of right and wrong items that
// would have these scores' mean, variance and reliability r, and fits a beta
// distribution to the true shares by the first four moments, between bounds of
// its own (Livingston and Lewis 1995; Hanson 1991). Where four moments give no
// such distribution, the bounds are 0 and 1 and two moments are fitted. It takes
// any marks: scores are points above the lowest possible one.
func LivingstonLewis(s Scores, cut int, r float64) Observed {
	const method = "Livingston-Lewis"
	n, mean, variance := s.moments()
	if why := s.refusal(cut); why != "" {
		return none(method, n, why)
	}
	if !(r > psychometrics.Slack && r < 1-psychometrics.Slack) {
		return none(method, n, "the reliability is not between 0 and 1")
	}
	highest := float64(len(s) - 1)
	length := math.Round((mean*(highest-mean) - r*variance) / (variance * (1 - r)))
	if length < 2 || length > 10_000 {
		return none(method, n, "no test of right and wrong items has this spread and reliability")
	}
	shares := s.trueShares(length)
	share := float64(cut) / highest
	// A score stands for half a point on either side; where the cut falls between
	// two scores of the effective test, people pass by either, in part.
	effective := psychometrics.Snap((float64(cut)-.5)/highest*length + .5)
	below, part := int(math.Floor(effective)), effective-math.Floor(effective)
	both, pass, accurate := 0.0, 0.0, 0.0
	shares.each(func(tau, w float64) {
		p := (1-part)*passing(int(length), below, tau) + part*passing(int(length), below+1, tau)
		both, pass = both+w*(p*p+(1-p)*(1-p)), pass+w*p
		if tau >= share {
			accurate += w * p
		} else {
			accurate += w * (1 - p)
		}
	})
	o := decided(method, n, both, pass)
	o.Accurate = psychometrics.Of(accurate, n, leastForDecisions)
	o.Length, o.Shape = int(length), shares.shape
	return o
}

// beta is a beta distribution between low and high.
type beta struct {
	a, b, low, high float64
	shape           string
}

// trueShares fits the distribution of true shares of an effective test of the
// given length: the moments of true shares are the factorial moments of scores
// over those of the length (Lord 1965).
func (s Scores) trueShares(length float64) beta {
	var raw [5]float64
	n, _, _ := s.moments()
	for score, count := range s {
		x, product := float64(score)/float64(len(s)-1)*length, 1.0
		for r := 1; r <= 4; r++ {
			product *= x - float64(r-1)
			raw[r] += float64(count) * product / float64(n)
		}
	}
	falling := 1.0
	for r := 1; r <= 4; r++ {
		falling *= length - float64(r-1)
		raw[r] /= falling // 0 for lengths under r, which four() refuses
	}
	m := raw[1]
	variance := raw[2] - m*m
	if b, ok := four(m, variance, raw[3]-3*m*raw[2]+2*m*m*m, raw[4]-4*m*raw[3]+6*m*m*raw[2]-3*m*m*m*m); ok {
		return b
	}
	variance = min(max(variance, 1e-9), m*(1-m)*(1-1e-9))
	size := m*(1-m)/variance - 1
	return beta{a: m * size, b: (1 - m) * size, high: 1, shape: "beta on 0 to 1, by two moments"}
}

// four fits by mean, variance, third and fourth central moments.
func four(m, variance, third, fourth float64) (beta, bool) {
	if !(variance > 0) {
		return beta{}, false
	}
	skew, kurt := third/math.Pow(variance, 1.5), fourth/(variance*variance)
	r := 6 * (kurt - skew*skew - 1) / (6 + 3*skew*skew - 2*kurt)
	uneven := skew * (r + 2) / math.Sqrt(skew*skew*(r+2)*(r+2)+16*(r+1))
	a, b := r/2*(1-uneven), r/2*(1+uneven)
	if !(a > 0 && b > 0) || math.IsInf(a, 0) || math.IsInf(b, 0) {
		return beta{}, false
	}
	spread := math.Sqrt(variance * (a + b + 1) / (a * b))
	d := beta{a: a, b: b, low: m - a*spread, high: m + b*spread, shape: "beta by four moments"}
	// A bound a hair outside is rounding; more is a distribution of no shares.
	const hair = 1e-6
	if d.low < -hair || d.high > 1+hair {
		return beta{}, false
	}
	d.low, d.high = max(0, d.low), min(1, d.high)
	return d, true
}

// each visits true shares with weights that sum to 1. τ = low + (high−low)·sin²φ
// at even steps of φ, so that distributions which rise at their ends are met.
func (d beta) each(visit func(tau, w float64)) {
	var weights, at [nodes]float64
	top := math.Inf(-1)
	for k := range nodes {
		phi := (float64(k) + .5) / nodes * math.Pi / 2
		sin, cos := math.Sin(phi), math.Cos(phi)
		at[k] = d.low + (d.high-d.low)*sin*sin
		weights[k] = (2*d.a-1)*math.Log(sin) + (2*d.b-1)*math.Log(cos)
		top = max(top, weights[k])
	}
	sum := 0.0
	for k := range nodes {
		weights[k] = math.Exp(weights[k] - top)
		sum += weights[k]
	}
	for k := range nodes {
		visit(at[k], weights[k]/sum)
	}
}
