package forensic

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// LeastShared is how many items two people must share: with fewer, chance alone
// makes pairs look alike. Two forms of 60 from 1,000 items share 3.6 on average.
const LeastShared = 20

// Shared is one item that both people answered: its parameters, and whether each
// was right.
type Shared struct {
	Item           irt.Item
	Suspect, Other bool
}

// Similarity compares a suspect's right and wrong answers with another person's.
type Similarity struct {
	// Shared items, Matches of them answered alike.
	Shared, Matches int
	// Expected matches, and Omega, the standardised difference from them: it asks
	// how often the suspect, at their ability, gives the other's answers (Wollack
	// 1997). OmegaP is the chance of as many under the normal distribution.
	Expected, Omega, OmegaP float64
	// GBT is the chance that two people of these abilities who answer by
	// themselves agree on as many or more (van der Linden and Sotaridona 2006).
	GBT float64
	// OmegaAdjusted and GBTAdjusted are P-values after Adjust.
	OmegaAdjusted, GBTAdjusted float64
	Status                     psychometrics.Status
	Reason                     string
}

// Compare compares two people of estimated abilities.
func Compare(suspect, other float64, shared []Shared) Similarity {
	s := Similarity{Shared: len(shared), Status: psychometrics.Fine}
	if s.Shared < LeastShared {
		s.Status, s.Reason = psychometrics.NotDefined, fmt.Sprintf("they share %d items; fewer than %d tell nothing", s.Shared, LeastShared)
		return s
	}
	variance := 0.0
	agree := make([]float64, len(shared))
	for i, x := range shared {
		if x.Suspect == x.Other {
			s.Matches++
		}
		p, q := x.Item.P(suspect), x.Item.P(other)
		gives := p
		if !x.Other {
			gives = 1 - p
		}
		s.Expected += gives
		variance += gives * (1 - gives)
		agree[i] = p*q + (1-p)*(1-q)
	}
	if variance <= 0 {
		return Similarity{Shared: s.Shared, Matches: s.Matches, Status: psychometrics.NotDefined, Reason: "their abilities leave no room for chance"}
	}
	s.Omega = (float64(s.Matches) - s.Expected) / math.Sqrt(variance)
	s.OmegaP = distuv.UnitNormal.Survival(s.Omega)
	for n, f := range irt.ScoreDistribution(agree) {
		if n >= s.Matches {
			s.GBT += f
		}
	}
	s.GBT = min(1, s.GBT)
	s.OmegaAdjusted, s.GBTAdjusted = s.OmegaP, s.GBT
	return s
}

// Adjust corrects the P-values of all pairs that were compared for their number.
// Pairs without a figure were not compared.
func Adjust(pairs []Similarity) {
	var at []int
	var omega, gbt []float64
	for n, s := range pairs {
		if s.Status != psychometrics.NotDefined {
			at, omega, gbt = append(at, n), append(omega, s.OmegaP), append(gbt, s.GBT)
		}
	}
	omega, gbt = psychometrics.Holm(omega), psychometrics.Holm(gbt)
	for k, n := range at {
		pairs[n].OmegaAdjusted, pairs[n].GBTAdjusted = omega[k], gbt[k]
	}
}
