package standard

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Ebel is Angoff's procedure where judges rate groups of items alike in
// difficulty and relevance: group[i] is the group of item i, and shares[j][g] what
// share of candidates at the cut judge j expects to answer items of group g (Ebel
// 1972).
func Ebel(group []int, shares [][]float64) Panel {
	ratings := make([][]float64, len(shares))
	for j, row := range shares {
		for _, g := range group {
			if g < 0 || g >= len(row) {
				return Panel{Cut: psychometrics.Undefined(len(shares), "every judge rates every group")}
			}
			ratings[j] = append(ratings[j], row[g])
		}
	}
	return Angoff(ratings)
}

// Nedelsky is Angoff's procedure where judges say how many wrong options a
// candidate at the cut rules out: who guesses among the rest has a chance of 1
// over their number (Nedelsky 1954).
func Nedelsky(options []int, ruledOut [][]int) Panel {
	ratings := make([][]float64, len(ruledOut))
	for j, row := range ruledOut {
		if len(row) != len(options) {
			return Panel{Cut: psychometrics.Undefined(len(ruledOut), "every judge rates every item")}
		}
		for i, out := range row {
			if out < 0 || out >= options[i] {
				return Panel{Cut: psychometrics.Undefined(len(ruledOut), "the right option cannot be ruled out")}
			}
			ratings[j] = append(ratings[j], 1/float64(options[i]-out))
		}
	}
	return Angoff(ratings)
}

// RP67 is the response probability that bookmarks are usually set at.
const RP67 = 2. / 3

// Bookmark is the mean ability at judges' bookmarks: items lie in order of the
// ability at which they are answered with chance rp, and each judge marks, from
// 1, the first that a candidate at the cut does not master so (Lewis, Mitzel and
// Green 1996).
func Bookmark(items []irt.Item, marks []int, rp float64) psychometrics.Estimate {
	n := len(marks)
	if n < 2 || len(items) == 0 || !(rp > 0 && rp < 1) {
		return psychometrics.Undefined(n, "needs two judges, items and a response probability between 0 and 1")
	}
	at := make([]float64, 0, len(items))
	for _, it := range items {
		if !(it.A > 0) || rp <= it.C {
			return psychometrics.Undefined(n, "an item reaches the response probability nowhere, or everywhere")
		}
		at = append(at, it.B()+math.Log((rp-it.C)/(1-rp))/it.A)
	}
	slices.SortFunc(at, cmp.Compare[float64])
	cuts := make([]float64, n)
	for j, mark := range marks {
		if mark < 1 || mark > len(items) {
			return psychometrics.Undefined(n, "a bookmark lies outside the booklet")
		}
		cuts[j] = at[mark-1]
	}
	mean, sd := stat.MeanStdDev(cuts, nil)
	return judged(mean, sd, n)
}
