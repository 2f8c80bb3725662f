// Package standard sets cut scores and says how consistent decisions at them are.
//
// A cut is set by judges who look at items (Angoff), by judges who look at
// results too (Hofstee, Beuk), or by judges who look at people (borderline and
// contrasting groups). Where forms are drawn from a bank, a cut belongs to the
// bank: Ability turns it into the ability of the candidate who just passes, and
// every form's cut follows from its own characteristic curve.
//
// The package computes; rounds, panels and their records live elsewhere.
package standard

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Panel is the outcome of a modified Angoff procedure: each judge says of each
// item what share of candidates at the cut answers it.
type Panel struct {
	// Cut is the sum over items of the mean rating, in points, with the standard
	// error that other judges would give.
	Cut psychometrics.Estimate
	// JudgeSD is the standard deviation of the judges' own cuts.
	JudgeSD float64
	// ByJudge are their cuts, ByItem the mean ratings.
	ByJudge, ByItem []float64
	// Judges, Items and Residual are variance components of the ratings
	// (judges × items, crossed); estimates below 0 are reported as 0.
	Judges, Items, Residual float64
	// MeanSE is the standard error of the mean rating over judges, the items
	// being those of the bank.
	MeanSE float64
}

// leastJudges is how many judges a cut is acted on from (Standards 2014 ask for
// enough to show the spread; panels of five are the smallest in use).
const leastJudges = 5

// judged is a cut that judges set, with the standard error that others would give. Those
// whom it rests on are judges, and so says its reason.
func judged(cut, sd float64, judges int) psychometrics.Estimate {
	e := psychometrics.Of(cut, judges, leastJudges).WithSE(sd / math.Sqrt(float64(judges)))
	if e.Status == psychometrics.TooFew {
		e.Reason = "fewer judges than this cut needs"
	}
	return e
}

// Angoff evaluates ratings by judge and item, each between 0 and 1.
func Angoff(ratings [][]float64) Panel {
	judges := len(ratings)
	if judges < 2 || len(ratings[0]) < 2 {
		return Panel{Cut: psychometrics.Undefined(judges, "needs two judges and two items at least")}
	}
	items := len(ratings[0])
	p := Panel{ByJudge: make([]float64, judges), ByItem: make([]float64, items)}
	mean := 0.0
	for j, row := range ratings {
		if len(row) != items {
			return Panel{Cut: psychometrics.Undefined(judges, "every judge rates every item")}
		}
		for i, v := range row {
			if !(v >= 0 && v <= 1) {
				return Panel{Cut: psychometrics.Undefined(judges, "a rating is a share between 0 and 1")}
			}
			p.ByJudge[j] += v
			p.ByItem[i] += v / float64(judges)
			mean += v / float64(judges*items)
		}
	}
	cut, sd := stat.MeanStdDev(p.ByJudge, nil)
	p.JudgeSD = sd
	p.Cut = judged(cut, sd, judges)
	var byJudge, byItem, rest float64
	for j, row := range ratings {
		d := p.ByJudge[j]/float64(items) - mean
		byJudge += float64(items) * d * d
		for i, v := range row {
			r := v - p.ByJudge[j]/float64(items) - p.ByItem[i] + mean
			rest += r * r
		}
	}
	for _, v := range p.ByItem {
		byItem += float64(judges) * (v - mean) * (v - mean)
	}
	byJudge, byItem, rest = byJudge/float64(judges-1), byItem/float64(items-1), rest/float64((judges-1)*(items-1))
	p.Judges, p.Items, p.Residual = max(0, (byJudge-rest)/float64(items)), max(0, (byItem-rest)/float64(judges)), rest
	p.MeanSE = math.Sqrt(p.Judges/float64(judges) + p.Residual/float64(judges*items))
	return p
}

// Ability turns a cut on rated items into the ability at which their expected
// score is the cut, with the judges' standard error carried over by the slope of
// the curve there.
func Ability(items []irt.Item, cut psychometrics.Estimate) psychometrics.Estimate {
	if !cut.Known() {
		return cut
	}
	theta, ok := irt.Ability(items, cut.Value)
	if !ok {
		return psychometrics.Undefined(cut.N, "no ability has this expected score")
	}
	const step = 1e-5
	slope := (irt.Expected(items, theta+step) - irt.Expected(items, theta-step)) / (2 * step)
	e := cut
	e.Value, e.SE, e.Low, e.High = theta, 0, 0, 0
	return e.WithSE(cut.SE / slope)
}

// FormCut is the cut of one form in points: its expected score at the ability
// theta, rounded up, so that nobody passes who is expected to score less.
func FormCut(form []irt.Item, theta float64) int {
	return int(math.Ceil(irt.Expected(form, theta) - 1e-9))
}
