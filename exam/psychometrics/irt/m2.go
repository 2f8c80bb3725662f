package irt

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// mostItemsForM2: the statistic inverts a matrix of k(k+1)/2 rows.
const mostItemsForM2 = 40

// M2 tests the whole model by the shares right of items and of pairs of items
// (Maydeu-Olivares and Joe 2006). SRMSR is the root mean square of the residual
// correlations of pairs. Defined for complete data without a modelled asymptote.
func (f *Fit) M2(m *responses.Matrix) (test FitTest, srmsr float64) {
	items, usable := f.Usable()
	k := len(items)
	switch {
	case !m.Complete():
		return noFit(f.N, incomplete), 0
	case slices.Contains(usable, false) || f.Status == psychometrics.NotDefined:
		return noFit(f.N, "some items have no parameters"), 0
	case k > mostItemsForM2 || f.Model == ThreePL:
		return noFit(f.N, "computed for 1PL and 2PL of at most 40 items"), 0
	}
	s := &limited{items: items, grid: f.Grid}
	for i := range k {
		s.margins = append(s.margins, []int{i})
	}
	for i := range k {
		for j := range i {
			s.margins = append(s.margins, []int{j, i})
		}
	}
	s.tabulate()
	size := len(s.margins)
	expected := make([]float64, size)
	for r, margin := range s.margins {
		expected[r] = s.joint(margin)
	}
	observed := shares(m, s.margins)
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
	delta := s.derivatives(f.Model == OnePL)
	statistic, ok := quadratic(residual, cov, delta)
	if !ok {
		return noFit(f.N, "the margins are linearly dependent"), 0
	}
	_, parameters := delta.Dims()
	return fitTest(float64(f.N)*statistic, size-parameters, f.N), residualCorrelation(s.margins, observed, expected, k)
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

// limited computes marginal moments of the model.
type limited struct {
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
// or one slope and the intercepts.
func (s *limited) derivatives(common bool) *mat.Dense {
	k := len(s.items)
	columns := 2 * k
	if common {
		columns = k + 1
	}
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
			if common {
				delta.Set(r, 0, delta.At(r, 0)+da)
				delta.Set(r, i+1, dd)
			} else {
				delta.Set(r, 2*i, da)
				delta.Set(r, 2*i+1, dd)
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
