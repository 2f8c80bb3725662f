package irt

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// FitTest is a chi-squared test of how well data follow the model.
type FitTest struct {
	Statistic float64
	DF        int
	P         float64
	// RMSEA is the misfit per degree of freedom and person.
	RMSEA  float64
	N      int
	Status psychometrics.Status
	Reason string
}

// leastForFit is how many people a test of fit is acted on from.
const leastForFit = 250

func fitTest(statistic float64, df, n int) FitTest {
	if df < 1 || math.IsNaN(statistic) || math.IsInf(statistic, 0) {
		return noFit(n, "no degrees of freedom are left")
	}
	t := FitTest{Statistic: statistic, DF: df, N: n, Status: psychometrics.Fine, P: distuv.ChiSquared{K: float64(df)}.Survival(statistic)}
	if n > 1 {
		t.RMSEA = math.Sqrt(max(0, statistic-float64(df)) / (float64(df) * float64(n-1)))
	}
	if n < leastForFit {
		t.Status, t.Reason = psychometrics.TooFew, "fewer people than this test needs"
	}
	return t
}

func noFit(n int, why string) FitTest {
	return FitTest{N: n, Status: psychometrics.NotDefined, Reason: why}
}

const incomplete = "people answered different items"

// SX2 tests each item by observed and expected shares right at each total score
// (Orlando and Thissen 2000). It is defined for complete data only. Scores
// at which fewer than one person is expected to be right, or wrong, are put
// together with the next towards the middle.
func (f *Fit) SX2(m *responses.Matrix) []FitTest {
	tests := make([]FitTest, len(f.Items))
	items, usable := f.Usable()
	all := !slices.Contains(usable, false)
	for i := range tests {
		switch {
		case !m.Complete():
			tests[i] = noFit(f.N, incomplete)
		case !all || f.Status == psychometrics.NotDefined:
			tests[i] = noFit(f.N, "some items have no parameters")
		}
	}
	if !m.Complete() || !all || f.Status == psychometrics.NotDefined {
		return tests
	}
	k := len(items)
	count, right := make([]float64, k+1), make([][]float64, k)
	for i := range right {
		right[i] = make([]float64, k+1)
	}
	for p := range m.People() {
		score := 0
		for _, c := range m.Of(p) {
			if c.Mark > 0 {
				score++
			}
		}
		w := float64(m.People()[p].Count)
		count[score] += w
		for _, c := range m.Of(p) {
			if c.Mark > 0 {
				right[c.Item][score] += w
			}
		}
	}
	each(k, func(i int) {
		tests[i] = sx2(count, right[i], f.expectedShares(items, i), f.perItem(), f.N)
	})
	return tests
}

// perItem is the number of an item's parameters.
func (f *Fit) perItem() int {
	if f.Model == ThreePL {
		return 3
	}
	return 2
}

// expectedShares of right answers to item i by total score.
func (f *Fit) expectedShares(items []Item, i int) []float64 {
	k := len(items)
	top, all := make([]float64, k+1), make([]float64, k+1)
	p := make([]float64, 0, k)
	for q, theta := range f.Grid.Points {
		p = p[:0]
		for j, it := range items {
			if j != i {
				p = append(p, it.P(theta))
			}
		}
		others, own := ScoreDistribution(p), items[i].P(theta)
		for s := range k + 1 {
			if s > 0 {
				top[s] += f.Grid.Weights[q] * own * others[s-1]
				all[s] += f.Grid.Weights[q] * own * others[s-1]
			}
			if s < k {
				all[s] += f.Grid.Weights[q] * (1 - own) * others[s]
			}
		}
	}
	for s := range top {
		top[s] /= all[s]
	}
	return top
}

// sx2 sums over the scores between none and all right.
func sx2(count, right, expected []float64, parameters, n int) FitTest {
	type cell struct{ n, right, expected float64 }
	var cells []cell
	for s := 1; s < len(count)-1; s++ {
		if count[s] > 0 {
			cells = append(cells, cell{count[s], right[s], count[s] * expected[s]})
		}
	}
	thin := func(c cell) bool { return min(c.expected, c.n-c.expected) < 1 }
	merge := func(a, b cell) cell { return cell{a.n + b.n, a.right + b.right, a.expected + b.expected} }
	var kept []cell
	for n, c := range cells {
		switch {
		case thin(c) && n+1 < len(cells):
			cells[n+1] = merge(c, cells[n+1])
		case thin(c) && len(kept) > 0:
			kept[len(kept)-1] = merge(kept[len(kept)-1], c)
		default:
			kept = append(kept, c)
		}
	}
	cells = kept
	sum := 0.0
	for _, c := range cells {
		d := c.right - c.expected
		sum += d*d/c.expected + d*d/(c.n-c.expected)
	}
	return fitTest(sum, len(cells)-parameters, n)
}

// mostForPatterns: beyond so many items most patterns are empty, and neither statistic of
// them is chi-squared.
const mostForPatterns = 12

// LikelihoodRatio are G² and Pearson's X² of the response patterns against the
// model, with 2^k − 1 − parameters degrees of freedom; X² counts what the model
// expects in patterns that nobody showed. Defined for complete data of at most 12
// items: beyond, most patterns are empty and neither is chi-squared.
func (f *Fit) LikelihoodRatio(m *responses.Matrix) (g2, x2 FitTest) {
	items, usable := f.Usable()
	if !m.Complete() || len(items) > mostForPatterns || slices.Contains(usable, false) || f.Status == psychometrics.NotDefined {
		none := noFit(f.N, "needs complete data of at most 12 items")
		return none, none
	}
	patterns := make(map[int]float64)
	for p := range m.People() {
		pattern := 0
		for _, c := range m.Of(p) {
			if c.Mark > 0 {
				pattern |= 1 << c.Item
			}
		}
		patterns[pattern] += float64(m.People()[p].Count)
	}
	n, g, x := float64(f.N), 0.0, 0.0
	for pattern := range 1 << len(items) {
		expected := 0.0
		for q, theta := range f.Grid.Points {
			p := f.Grid.Weights[q]
			for i, it := range items {
				if right := it.P(theta); pattern>>i&1 == 1 {
					p *= right
				} else {
					p *= 1 - right
				}
			}
			expected += n * p
		}
		observed := patterns[pattern]
		if observed > 0 {
			g += 2 * observed * math.Log(observed/expected)
		}
		x += (observed - expected) * (observed - expected) / expected
	}
	df := 1<<len(items) - 1 - f.Parameters
	return fitTest(g, df, f.N), fitTest(x, df, f.N)
}
