package equate

import (
	"github.com/proba-exam/proba/exam/psychometrics"
)

// Table gives, for each score of form X from 0, the score of form Y.
type Table struct {
	Scores []float64
	N      int
	Status psychometrics.Status
	Reason string
}

// leastForTable is how many people on each form a curve is acted on from.
const leastForTable = 1000

// Equipercentile gives each score of X that of Y with the same percentile rank:
// for groups drawn at random. x and y hold how many people got each score from 0
// to the form's highest. A score stands for half a point on either side, so that
// results lie between −.5 and the highest of Y plus .5 (Kolen and Brennan 2014).
func Equipercentile(x, y []int) Table {
	nx, ny := total(x), total(y)
	n := min(nx, ny)
	if n == 0 {
		return Table{N: n, Status: psychometrics.NotDefined, Reason: "one of the forms has no scores"}
	}
	t := Table{Scores: make([]float64, len(x)), N: n, Status: psychometrics.Fine}
	if n < leastForTable {
		t.Status, t.Reason = psychometrics.TooFew, "fewer people than a curve needs"
	}
	below := 0
	for score, count := range x {
		// The rank times 2·nx·ny, which is whole, so that equal ranks are equal.
		rank := int64(2*below+count) * int64(ny)
		t.Scores[score] = atRank(y, rank, int64(nx))
		below += count
	}
	return t
}

// atRank is the score at which people below, twice and times scale, are rank.
// Where nobody has the scores between two, it is the middle of them.
func atRank(counts []int, rank, scale int64) float64 {
	upper, lower := -1.0, -1.0 // by smallest score above the rank, by largest below
	before := int64(0)
	for score, count := range counts {
		after := before + 2*scale*int64(count)
		if count > 0 && after > rank {
			upper = float64(score) - .5 + float64(rank-before)/float64(after-before)
			break
		}
		before = after
	}
	after := 2 * scale * int64(total(counts))
	for score := len(counts) - 1; score >= 0; score-- {
		count := counts[score]
		start := after - 2*scale*int64(count)
		if count > 0 && start < rank {
			lower = float64(score) - .5 + float64(rank-start)/float64(after-start)
			break
		}
		after = start
	}
	switch {
	case upper < -.5:
		return lower
	case lower < -.5:
		return upper
	}
	return (upper + lower) / 2
}

func total(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
