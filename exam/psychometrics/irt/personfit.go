package irt

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// PersonFit says how usual a person's pattern of answers is for their ability:
// hard items answered and easy ones missed are not.
type PersonFit struct {
	// Theta is the ability the pattern is compared with (WLE).
	Theta float64
	// LZ is the standardised log-likelihood, corrected for the ability being
	// estimated (lz*, Snijders 2001; Magis, Raîche and Béland 2012): near a
	// standard normal variable, below 0 for unusual patterns. P is its lower tail.
	LZ, P  float64
	N      int
	Status psychometrics.Status
	Reason string
}

const (
	// leastAnswers is how many answers make a pattern.
	leastAnswers = 5
	// leastForPattern is how many are needed to act on it.
	leastForPattern = 15
)

// FitOfPerson computes it for one person's answers.
func FitOfPerson(answers []Answer) PersonFit {
	f := PersonFit{N: len(answers), Status: psychometrics.NotDefined}
	if f.N < leastAnswers {
		f.Reason = fmt.Sprintf("fewer than %d answers make no pattern", leastAnswers)
		return f
	}
	right := 0
	for _, a := range answers {
		if a.Right {
			right++
		}
	}
	if right == 0 || right == f.N {
		f.Reason = "all right, or all wrong, is the only pattern there is"
		return f
	}
	ability := WLE(answers)
	if !ability.Defined {
		f.Reason = "the pattern has no ability"
		return f
	}
	f.Theta = ability.Theta
	var variance float64
	f.LZ, variance = standardised(answers, f.Theta)
	if variance < psychometrics.Slack || math.IsNaN(f.LZ) || math.IsInf(f.LZ, 0) {
		f.LZ, f.Reason = 0, "items of one difficulty have no unusual pattern"
		return f
	}
	f.P, f.Status = distuv.UnitNormal.CDF(f.LZ), psychometrics.Fine
	if f.N < leastForPattern {
		f.Status, f.Reason = psychometrics.TooFew, fmt.Sprintf("needs %d answers to be acted on", leastForPattern)
	}
	return f
}

// standardised is lz* of answers at the ability theta that was estimated from them (WLE),
// and the variance by which it is.
//
// W = Σ(x−P)·w with w = ln(P/Q); the estimate solves Σ(x−P)·r + r0 = 0 with r = P'/(PQ) and
// r0 = J/2I, which takes a part of W away.
func standardised(answers []Answer, theta float64) (lz, variance float64) {
	var w, slopes, info, j float64
	for _, a := range answers {
		p, q, first, second := a.Item.slopes(theta)
		weight, x := math.Log(p/q), 0.0
		if a.Right {
			x = 1
		}
		w += (x - p) * weight
		slopes += first * weight
		info += first * first / (p * q)
		j += first * second / (p * q)
	}
	c := slopes / info
	for _, a := range answers {
		p, q, first, _ := a.Item.slopes(theta)
		rest := math.Log(p/q) - c*first/(p*q)
		variance += rest * rest * p * q
	}
	return (w + c*j/(2*info)) / math.Sqrt(variance), variance
}

// PersonFits are those of all people, in the order of the matrix.
func (f *Fit) PersonFits() []PersonFit {
	all := make([]PersonFit, f.answers.people)
	if f.Status == psychometrics.NotDefined {
		for p := range all {
			all[p] = PersonFit{Status: psychometrics.NotDefined, Reason: f.Reason}
		}
		return all
	}
	spread(len(all), func(from, to int) {
		for p := from; p < to; p++ {
			all[p] = FitOfPerson(f.scoredOf(p))
		}
	})
	return all
}
