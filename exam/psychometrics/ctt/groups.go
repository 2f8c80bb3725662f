package ctt

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
)

var normal = distuv.UnitNormal

func fisher(d1, d2 float64) distuv.F { return distuv.F{D1: d1, D2: d2} }

// kelleyShare is the share of people in the upper and in the lower group, which
// tells them apart best for normal scores (Kelley 1939).
const kelleyShare = .27

// border is one end of the distribution: people beyond score count whole, those
// at it with a part.
type border struct {
	score, part float64
}

// groups are the two ends; nil where totals are not defined.
type groups struct {
	upper, lower border
	// size is how many people each group stands for.
	upperN, lowerN float64
}

// kelley takes exactly round(.27·N) people to each group. People tied at the
// border share the places that are left.
func (a *analysis) kelley() *groups {
	if a.defined() != "" {
		return nil
	}
	want := math.Round(kelleyShare * float64(a.n))
	if want < 1 {
		return nil
	}
	all := a.distribution()
	g := &groups{upperN: want, lowerN: want}
	left := want
	for _, t := range all {
		g.lower = border{t.Score, min(1, left/float64(t.Count))}
		if left -= float64(t.Count); left <= 0 {
			break
		}
	}
	left = want
	for n := len(all) - 1; n >= 0; n-- {
		g.upper = border{all[n].Score, min(1, left/float64(all[n].Count))}
		if left -= float64(all[n].Count); left <= 0 {
			break
		}
	}
	return g
}

// quantiles takes everybody at or beyond the 27 % and 73 % quantiles (type 7 of
// Hyndman and Fan 1996, the usual one), so that ties make the groups larger.
func (a *analysis) quantiles() *groups {
	if a.defined() != "" {
		return nil
	}
	all := a.distribution()
	at := func(share float64) float64 {
		rank := psychometrics.Snap(share * float64(a.n-1)) // .27·100 is 27.000000000000004
		below, part := math.Floor(rank), rank-math.Floor(rank)
		from := scoreAt(all, below)
		return from + part*(scoreAt(all, below+1)-from)
	}
	low, high := at(kelleyShare), at(1-kelleyShare)
	g := &groups{upper: border{high, 1}, lower: border{low, 1}}
	for _, t := range all {
		if t.Score <= low {
			g.lowerN += float64(t.Count)
		}
		if t.Score >= high {
			g.upperN += float64(t.Count)
		}
	}
	return g
}

// scoreAt is the score of the person with the given rank, from 0.
func scoreAt(all []Total, rank float64) float64 {
	for _, t := range all {
		if rank < float64(t.Count) {
			return t.Score
		}
		rank -= float64(t.Count)
	}
	return all[len(all)-1].Score
}

func (g *groups) inUpper(total float64) float64 {
	switch {
	case total > g.upper.score:
		return 1
	case total == g.upper.score:
		return g.upper.part
	}
	return 0
}

func (g *groups) inLower(total float64) float64 {
	switch {
	case total < g.lower.score:
		return 1
	case total == g.lower.score:
		return g.lower.part
	}
	return 0
}

// upperLower is the facility of the upper group less that of the lower.
func (a *analysis) upperLower(i int, g *groups) psychometrics.Estimate {
	if g == nil {
		why := a.defined()
		if why == "" {
			why = "27 % of the people is nobody"
		}
		return psychometrics.Undefined(a.count[i], why)
	}
	upper, lower := 0.0, 0.0
	for _, c := range a.m.To(i) {
		cell := a.m.Cells()[c]
		w, total := float64(a.m.People()[cell.Person].Count), a.totals[cell.Person]
		upper += w * g.inUpper(total) * cell.Mark
		lower += w * g.inLower(total) * cell.Mark
	}
	upperN, lowerN := a.sizes(i, g)
	if upperN == 0 || lowerN == 0 {
		return psychometrics.Undefined(a.count[i], "nobody of the upper or of the lower group was presented with it")
	}
	highest := a.m.Items()[i].Max
	return psychometrics.Of(upper/upperN/highest-lower/lowerN/highest, a.count[i], leastForCorrelation)
}

// sizes are how many of the groups were presented with item i: all, unless it was
// tried out on some.
func (a *analysis) sizes(i int, g *groups) (upper, lower float64) {
	if a.scores(i) {
		return g.upperN, g.lowerN
	}
	for _, c := range a.m.To(i) {
		p := a.m.Cells()[c].Person
		w := float64(a.m.People()[p].Count)
		upper += w * g.inUpper(a.totals[p])
		lower += w * g.inLower(a.totals[p])
	}
	return upper, lower
}
