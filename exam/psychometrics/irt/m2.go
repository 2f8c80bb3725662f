package irt

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// mostItemsForM2: the statistic inverts a matrix of k(k+1)/2 rows.
const mostItemsForM2 = 40

// LimitedFit is the fit of a whole model by what limited information tells.
type LimitedFit struct {
	// FitTest is M2.
	FitTest
	// RMSEALow and RMSEAHigh bound its RMSEA (90 %).
	RMSEALow, RMSEAHigh float64
	// SRMSR is the root mean square of the residual correlations of pairs.
	SRMSR float64
	// TLI and CFI compare the misfit with that of a model in which nothing hangs
	// together; a CFI is between 0 and 1.
	TLI, CFI float64
}

// M2 tests the whole model by the shares right of items and of pairs of items
// (Maydeu-Olivares and Joe 2006). Defined for complete data without a modelled
// asymptote.
func (f *Fit) M2(m *responses.Matrix) LimitedFit {
	items, usable := f.Usable()
	k := len(items)
	switch {
	case !m.Complete():
		return LimitedFit{FitTest: noFit(f.N, incomplete)}
	case slices.Contains(usable, false) || f.Status == psychometrics.NotDefined:
		return LimitedFit{FitTest: noFit(f.N, "some items have no parameters")}
	case k > mostItemsForM2 || f.Model == ThreePL:
		return LimitedFit{FitTest: noFit(f.N, "computed for 1PL and 2PL of at most 40 items")}
	}
	s := &limited{items: items, grid: f.Grid, slopes: perItem}
	if f.Model == OnePL {
		s.slopes = common
	}
	for i := range k {
		s.margins = append(s.margins, []int{i})
	}
	for i := range k {
		for j := range i {
			s.margins = append(s.margins, []int{j, i})
		}
	}
	observed := shares(m, s.margins)
	test, expected := s.test(observed, f.N)
	out := LimitedFit{FitTest: test}
	if test.Status == psychometrics.NotDefined {
		return out
	}
	out.SRMSR = residualCorrelation(s.margins, observed, expected, k)
	if f.N > 0 {
		scale := float64(test.DF) * float64(f.N) // N, as mirt has it, though N − 1 in RMSEA itself
		out.RMSEALow, out.RMSEAHigh = math.Sqrt(noncentrality(test.Statistic, test.DF, .95)/scale), math.Sqrt(noncentrality(test.Statistic, test.DF, .05)/scale)
	}
	apart := &limited{items: make([]Item, k), grid: f.Grid, margins: s.margins, slopes: none}
	for i := range k {
		apart.items[i] = Item{D: logit(observed[i])}
	}
	if null, _ := apart.test(observed, f.N); null.Status != psychometrics.NotDefined {
		out.TLI, out.CFI = relative(test, null)
	}
	return out
}

// relative compares a model with the one in which items have nothing in common (Tucker and
// Lewis 1973, Bentler 1990). Where that fits too there is nothing to explain.
func relative(test, null FitTest) (tli, cfi float64) {
	ratio := func(t FitTest) float64 { return t.Statistic / float64(t.DF) }
	over := func(t FitTest) float64 { return max(0, t.Statistic-float64(t.DF)) }
	if ratio(null) <= 1 {
		return 1, 1
	}
	return (ratio(null) - ratio(test)) / (ratio(null) - 1), max(0, 1-over(test)/over(null))
}

// noncentrality is the parameter of the chi-squared distribution that puts the statistic at
// the quantile; 0 when even the central one puts it below.
func noncentrality(statistic float64, df int, quantile float64) float64 {
	cdf := func(lambda float64) float64 {
		// A Poisson mixture of central ones, summed around the mean of the mixture.
		mean, sum := lambda/2, 0.0
		spread := 12*math.Sqrt(mean) + 40
		for j := math.Floor(max(0, mean-spread)); j <= mean+spread; j++ {
			weight := math.Exp(-mean)
			if mean > 0 {
				lg, _ := math.Lgamma(j + 1)
				weight = math.Exp(j*math.Log(mean) - mean - lg)
			} else if j > 0 {
				break
			}
			sum += weight * distuv.ChiSquared{K: float64(df) + 2*j}.CDF(statistic)
		}
		return sum
	}
	if cdf(0) <= quantile {
		return 0
	}
	low, high := 0.0, max(statistic, 1)
	for cdf(high) > quantile {
		high *= 2
	}
	for range halvings {
		middle := (low + high) / 2
		if middle <= low || middle >= high {
			break
		}
		if cdf(middle) > quantile {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// test is M2 of the model against the shares observed, with what the model expects.
func (s *limited) test(observed []float64, n int) (FitTest, []float64) {
	s.tabulate()
	size := len(s.margins)
	expected := make([]float64, size)
	for r, margin := range s.margins {
		expected[r] = s.joint(margin)
	}
	residual := mat.NewVecDense(size, nil)
	for r := range size {
		residual.SetVec(r, observed[r]-expected[r])
	}
	cov := mat.NewSymDense(size, nil)
	for r := range size {
		for c := r; c < size; c++ {
			cov.SetSym(r, c, s.joint(union(s.margins[r], s.margins[c]))-expected[r]*expected[c])
		}
	}
	delta := s.derivatives()
	statistic, ok := quadratic(residual, cov, delta)
	if !ok {
		return noFit(n, "the margins are linearly dependent"), expected
	}
	_, parameters := delta.Dims()
	return fitTest(float64(n)*statistic, size-parameters, n), expected
}

// quadratic is e'Ce with C = Ξ⁻¹ − Ξ⁻¹Δ(Δ'Ξ⁻¹Δ)⁻¹Δ'Ξ⁻¹.
func quadratic(e *mat.VecDense, cov *mat.SymDense, delta *mat.Dense) (float64, bool) {
	var chol mat.Cholesky
	if !chol.Factorize(cov) {
		return 0, false
	}
	var xe mat.VecDense
	var xd, inner mat.Dense
	if chol.SolveVecTo(&xe, e) != nil || chol.SolveTo(&xd, delta) != nil {
		return 0, false
	}
	inner.Mul(delta.T(), &xd)
	var de, solved mat.VecDense
	de.MulVec(delta.T(), &xe)
	if solved.SolveVec(&inner, &de) != nil {
		return 0, false
	}
	return mat.Dot(e, &xe) - mat.Dot(&de, &solved), true
}

// slopes says which slopes of a model are estimated.
type slopes int

const (
	perItem slopes = iota
	common
	none
)

// limited computes marginal moments of the model.
type limited struct {
	slopes  slopes
	items   []Item
	grid    Grid
	margins [][]int
	p       [][]float64 // by item and point
}

func (s *limited) tabulate() {
	s.p = make([][]float64, len(s.items))
	for i, it := range s.items {
		s.p[i] = make([]float64, len(s.grid.Points))
		for q, theta := range s.grid.Points {
			s.p[i][q] = it.P(theta)
		}
	}
}

// joint is the probability that all the items are right.
func (s *limited) joint(items []int) float64 {
	sum := 0.0
	for q, w := range s.grid.Weights {
		for _, i := range items {
			w *= s.p[i][q]
		}
		sum += w
	}
	return sum
}

func union(a, b []int) []int {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// derivatives of the margins by the parameters: slope and intercept of each item,
// one slope and the intercepts, or the intercepts alone.
func (s *limited) derivatives() *mat.Dense {
	k := len(s.items)
	columns := map[slopes]int{perItem: 2 * k, common: k + 1, none: k}[s.slopes]
	delta := mat.NewDense(len(s.margins), columns, nil)
	for r, margin := range s.margins {
		for _, i := range margin {
			da, dd := 0.0, 0.0
			for q, theta := range s.grid.Points {
				w := s.grid.Weights[q]
				for _, j := range margin {
					if j != i {
						w *= s.p[j][q]
					}
				}
				d, _ := s.items[i].gradient(theta)
				da, dd = da+w*d[0], dd+w*d[1]
			}
			switch s.slopes {
			case perItem:
				delta.Set(r, 2*i, da)
				delta.Set(r, 2*i+1, dd)
			case common:
				delta.Set(r, 0, delta.At(r, 0)+da)
				delta.Set(r, i+1, dd)
			case none:
				delta.Set(r, i, dd)
			}
		}
	}
	return delta
}

// shares of people who have all items of a margin right.
func shares(m *responses.Matrix, margins [][]int) []float64 {
	out := make([]float64, len(margins))
	right := make([]bool, len(m.Items()))
	for p := range m.People() {
		for _, c := range m.Of(p) {
			right[c.Item] = c.Mark > 0
		}
		for r, margin := range margins {
			all := true
			for _, i := range margin {
				all = all && right[i]
			}
			if all {
				out[r] += float64(m.People()[p].Count)
			}
		}
	}
	for r := range out {
		out[r] /= float64(m.Count())
	}
	return out
}

func residualCorrelation(margins [][]int, observed, expected []float64, k int) float64 {
	correlation := func(of []float64, r int) float64 {
		i, j := margins[r][0], margins[r][1]
		return (of[r] - of[i]*of[j]) / math.Sqrt(of[i]*(1-of[i])*of[j]*(1-of[j]))
	}
	sum := 0.0
	for r := k; r < len(margins); r++ {
		d := correlation(observed, r) - correlation(expected, r)
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(margins)-k))
}
