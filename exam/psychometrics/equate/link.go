package equate

import (
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Link takes abilities of a new calibration to the scale of the old one:
// θ_old = A·θ_new + B.
type Link struct {
	A, B float64
	// Loss is what the criterion left: 0 for parameters without error.
	Loss   float64
	N      int // common items
	Status psychometrics.Status
	Reason string
}

// Item takes parameters of the new calibration to the old scale.
func (l Link) Item(it irt.Item) irt.Item {
	return irt.Item{A: it.A / l.A, D: it.D - it.A/l.A*l.B, C: it.C}
}

// Criterion says what should agree on the old scale.
type Criterion uint8

// The criteria.
const (
	// MeanMean: mean slope, and mean difficulty (Loyd and Hoover 1980).
	MeanMean Criterion = iota
	// MeanSigma: mean and standard deviation of difficulties (Marco 1977).
	MeanSigma
	// Haebara: each item's curve (1980).
	Haebara
	// StockingLord: the curve of all common items together (1983).
	StockingLord
)

const (
	// leastCommon is how many common items a link is acted on from: a fifth of
	// the form or 20 is the rule of thumb (Kolen and Brennan 2014); under ten an
	// odd one decides.
	leastCommon = 10
	// steps and settled end the search, which gets there in some ten.
	steps   = 200
	settled = 1e-12
)

// NewLink compares the common items' parameters, in the same order, of the new
// and the old calibration, over the abilities of the grid. The curve criteria
// compare on both scales, so that the link from old to new is the inverse.
func NewLink(fresh, old []irt.Item, c Criterion, g irt.Grid) Link {
	n := len(fresh)
	if n != len(old) || n < 2 {
		return Link{N: n, Status: psychometrics.NotDefined, Reason: "needs two common items with both parameters"}
	}
	for _, items := range [][]irt.Item{fresh, old} {
		for _, it := range items {
			if b := it.B(); !(it.A > 0) || math.IsInf(b, 0) || math.IsNaN(b) || !(it.C >= 0 && it.C < 1) {
				return Link{N: n, Status: psychometrics.NotDefined, Reason: "a common item has no difficulty"}
			}
		}
	}
	l := byMoments(fresh, old, c)
	if c == Haebara || c == StockingLord {
		l = byCurves(fresh, old, c, g, l)
	}
	l.N, l.Status = n, psychometrics.Fine
	switch {
	case !(l.A > 0) || math.IsInf(l.A, 0) || math.IsNaN(l.B) || math.IsInf(l.B, 0):
		return Link{N: n, Status: psychometrics.NotDefined, Reason: "all common items have one difficulty"}
	case n < leastCommon:
		l.Status, l.Reason = psychometrics.TooFew, "fewer than ten common items"
	}
	return l
}

func byMoments(fresh, old []irt.Item, c Criterion) Link {
	column := func(items []irt.Item, of func(irt.Item) float64) []float64 {
		v := make([]float64, len(items))
		for i, it := range items {
			v[i] = of(it)
		}
		return v
	}
	slope := func(it irt.Item) float64 { return it.A }
	from, to := describe(column(fresh, irt.Item.B)), describe(column(old, irt.Item.B))
	a := describe(column(fresh, slope)).mean / describe(column(old, slope)).mean
	if c == MeanSigma {
		a = math.Sqrt(to.variance / from.variance)
	}
	return Link{A: a, B: to.mean - a*from.mean}
}

// byCurves minimises the criterion by Gauss-Newton steps, halved while they make
// it worse, from what mean and mean give.
func byCurves(fresh, old []irt.Item, c Criterion, g irt.Grid, from Link) Link {
	at := Link{A: from.A, B: from.B}
	at.Loss = loss(fresh, old, c, g, at, nil)
	for range steps {
		var h normal
		loss(fresh, old, c, g, at, &h)
		da, db, ok := h.solve()
		if !ok {
			break
		}
		moved := false
		for size := 1.0; size > 1e-6; size /= 2 {
			next := Link{A: at.A + size*da, B: at.B + size*db}
			if next.A <= 0 {
				continue
			}
			if next.Loss = loss(fresh, old, c, g, next, nil); next.Loss <= at.Loss {
				at, moved = next, math.Abs(size*da)+math.Abs(size*db) > settled
				break
			}
		}
		if !moved {
			break
		}
	}
	return at
}

// normal are the normal equations of a step.
type normal struct{ aa, ab, bb, ra, rb float64 }

func (h *normal) add(w, residual, da, db float64) {
	h.aa, h.ab, h.bb = h.aa+w*da*da, h.ab+w*da*db, h.bb+w*db*db
	h.ra, h.rb = h.ra-w*residual*da, h.rb-w*residual*db
}

func (h *normal) solve() (da, db float64, ok bool) {
	det := h.aa*h.bb - h.ab*h.ab
	if !(det > 1e-300) {
		return 0, 0, false
	}
	return (h.bb*h.ra - h.ab*h.rb) / det, (h.aa*h.rb - h.ab*h.ra) / det, true
}

// loss is the weighted mean of squared differences, of curves on the old scale
// (at abilities θ of the old scale) and on the new; h takes up the step when it is
// not nil.
func loss(fresh, old []irt.Item, c Criterion, g irt.Grid, l Link, h *normal) float64 {
	sum := 0.0
	term := func(w, residual, da, db float64) {
		sum += w * residual * residual
		if h != nil {
			h.add(w, residual, da, db)
		}
	}
	for k, theta := range g.Points {
		w := g.Weights[k]
		var r, da, db, r2, da2, db2 float64
		for i := range fresh {
			// A new item at the new ability that θ of the old scale is.
			z := (theta - l.B) / l.A
			p, slope := curve(fresh[i], z)
			dr, dda, ddb := p-old[i].P(theta), -slope*z/l.A, -slope/l.A
			// An old item at the old ability that θ of the new scale is.
			p2, slope2 := curve(old[i], l.A*theta+l.B)
			dr2, dda2, ddb2 := p2-fresh[i].P(theta), slope2*theta, slope2
			if c == Haebara {
				term(w, dr, dda, ddb)
				term(w, dr2, dda2, ddb2)
				continue
			}
			r, da, db = r+dr, da+dda, db+ddb
			r2, da2, db2 = r2+dr2, da2+dda2, db2+ddb2
		}
		if c == StockingLord {
			term(w, r, da, db)
			term(w, r2, da2, db2)
		}
	}
	return sum
}

// curve is the chance at theta and its derivative.
func curve(it irt.Item, theta float64) (p, slope float64) {
	p = it.P(theta)
	if it.C < 1 {
		s := (p - it.C) / (1 - it.C)
		slope = (1 - it.C) * it.A * s * (1 - s)
	}
	return p, slope
}

// reach is where abilities end (irt.Ability looks no further).
const reach = 10

// TrueScores gives, for each score of form X from 0, the expected score on form Y
// of the ability whose expected score on X it is (IRT true-score equating). At the
// ends, as below the sum of lower asymptotes, no ability has the score; scores
// there lie on the line to 0, or to all points (Kolen 1981).
func TrueScores(x, y []irt.Item) Table {
	if len(x) == 0 || len(y) == 0 {
		return Table{Status: psychometrics.NotDefined, Reason: "one of the forms is empty"}
	}
	bad := func(it irt.Item) bool { return !(it.A > 0) || math.IsNaN(it.D) || math.IsInf(it.D, 0) }
	if slices.ContainsFunc(x, bad) || slices.ContainsFunc(y, bad) {
		return Table{Status: psychometrics.NotDefined, Reason: "an item has no parameters"}
	}
	lowX, lowY, highX, highY := irt.Expected(x, -reach), irt.Expected(y, -reach), irt.Expected(x, reach), irt.Expected(y, reach)
	t := Table{Scores: make([]float64, len(x)+1), Status: psychometrics.Fine}
	for s := range t.Scores {
		score, top := float64(s), float64(len(x))
		switch theta, ok := irt.Ability(x, score); {
		case ok:
			t.Scores[s] = irt.Expected(y, theta)
		case score <= lowX && lowX > 0:
			t.Scores[s] = score / lowX * lowY
		case score >= highX && highX < top:
			t.Scores[s] = float64(len(y)) - (top-score)/(top-highX)*(float64(len(y))-highY)
		default:
			t.Scores[s] = score / top * float64(len(y))
		}
	}
	return t
}
