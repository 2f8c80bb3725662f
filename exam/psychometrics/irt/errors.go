package irt

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// ErrorMethod says how standard errors were computed.
type ErrorMethod string

// The methods.
const (
	// ObservedInformation is the whole matrix, by Louis' formula (1982).
	ObservedInformation ErrorMethod = "observed information"
	// ItemBlocks is the same with each item by itself, for large banks: errors
	// of different items are taken as independent.
	ItemBlocks ErrorMethod = "observed information by item"
	// CrossProducts sums products of each person's score (for 3PL).
	CrossProducts ErrorMethod = "cross-products"
)

// Limits of the whole matrix: beyond them one of it takes seconds. That of 1PL has four
// times the parameters, since most of it collapses.
const (
	mostParameters = 400
	mostProducts   = 4_000_000_000
)

// standardErrors fills in the errors of the items' parameters.
func (f *Fit) standardErrors(e *em) {
	free := 2
	if f.Model == ThreePL {
		free = 3
	}
	size, products := free*len(e.in), 0
	for p := range e.data.people {
		k := free * (e.data.first[p+1] - e.data.first[p])
		products += k * k * len(f.Grid.Points) / 4
	}
	f.ErrorsBy = errorMethod(f.Model, size, products)
	if s := newScores(e, free); f.ErrorsBy == ItemBlocks {
		f.blockErrors(s)
	} else {
		f.wholeErrors(s, size)
	}
}

// errorMethod is that for a model with so many parameters, and so many products of scores to
// be summed.
func errorMethod(m Model, parameters, products int) ErrorMethod {
	most := mostParameters
	if m == OnePL {
		most *= 4
	}
	switch {
	case parameters > most || products > mostProducts:
		return ItemBlocks
	case m == ThreePL:
		return CrossProducts
	}
	return ObservedInformation
}

// wholeErrors inverts the whole information. The expected counts are those at the final
// parameters.
func (f *Fit) wholeErrors(s *scores, size int) {
	info := mat.NewSymDense(size, nil)
	if f.ErrorsBy != CrossProducts {
		for n, i := range s.e.in {
			_, h := s.e.slopesOf(i, s.e.items[i], s.free)
			for r := range s.free {
				for c := range r + 1 {
					info.SetSym(s.free*n+r, s.free*n+c, h[r][c])
				}
			}
		}
	}
	s.byPairs(info.RawSymmetric(), f.ErrorsBy == CrossProducts)
	for n, i := range s.e.in {
		h := s.e.priorCurvature(i, s.free)
		for r := range s.free {
			for c := range r + 1 {
				info.SetSym(s.free*n+r, s.free*n+c, info.At(s.free*n+r, s.free*n+c)+h[r][c])
			}
		}
	}
	if f.Model == OnePL {
		f.commonErrors(s, info)
		return
	}
	var chol mat.Cholesky
	var cov mat.SymDense
	if !chol.Factorize(info) || chol.InverseTo(&cov) != nil {
		return
	}
	for n, i := range s.e.in {
		at := s.free * n
		sec := 0.0
		if s.free == 3 {
			c := f.Items[i].C
			sec = c * (1 - c) * math.Sqrt(cov.At(at+2, at+2))
		}
		f.Items[i].errors(cov.At(at, at), cov.At(at+1, at+1), cov.At(at, at+1), sec)
	}
}

// priorCurvature is the lower triangle of the negative second derivatives of the log prior
// of item i. For 3PL, whose own information is an approximation that need not outweigh
// negative ones, it is the positive stand-in that the M step uses.
func (e *em) priorCurvature(i, free int) (h [3][3]float64) {
	it, o := e.items[i], &e.o
	if o.Model == ThreePL {
		var g [3]float64
		e.addPrior(it, o.Guess(i), free, &g, &h)
		return h
	}
	a2 := it.A * it.A
	if s := o.Prior.SlopeSD; s > 0 && o.Model != OnePL {
		h[0][0] += (1 - math.Log(it.A)) / (a2 * s * s)
	}
	if s := o.Prior.DifficultySD; s > 0 && it.A != 0 {
		b := it.B() // −d/a, so that its square's derivatives are these
		h[0][0] += 3 * b * b / (a2 * s * s)
		h[1][0] += 2 * b / (a2 * s * s)
		h[1][1] += 1 / (a2 * s * s)
	}
	return h
}

// commonErrors collapses the information to one slope and the intercepts.
func (f *Fit) commonErrors(s *scores, info *mat.SymDense) {
	k := len(s.e.in)
	small := mat.NewSymDense(k+1, nil)
	at := func(r int) int { // where parameter r of the large matrix goes
		if r%2 == 0 {
			return 0
		}
		return 1 + r/2
	}
	for r := range 2 * k {
		for c := range 2 * k {
			if to, from := at(r), at(c); to <= from {
				small.SetSym(to, from, small.At(to, from)+info.At(r, c))
			}
		}
	}
	var chol mat.Cholesky
	var cov mat.SymDense
	if !chol.Factorize(small) || chol.InverseTo(&cov) != nil {
		return
	}
	for n, i := range s.e.in {
		f.Items[i].errors(cov.At(0, 0), cov.At(n+1, n+1), cov.At(0, n+1), 0)
	}
}

// errors sets the errors from the variances and the covariance of slope and
// intercept; that of b is by the delta method.
func (it *ItemFit) errors(varA, varD, cov, sec float64) {
	if !(varA > 0) || !(varD > 0) {
		return
	}
	it.SEA, it.SED, it.SEC, it.CovAD = math.Sqrt(varA), math.Sqrt(varD), sec, cov
	b := it.B()
	varB := (varD + b*b*varA + 2*b*cov) / (it.A * it.A)
	if varB > 0 && !math.IsInf(varB, 0) {
		it.SEB = math.Sqrt(varB)
	}
}

// SEOfP is the standard error of P(theta) that the errors of slope and intercept
// leave (delta method).
func (it ItemFit) SEOfP(theta float64) float64 {
	d, _ := it.gradient(theta)
	variance := d[0]*d[0]*it.SEA*it.SEA + d[1]*d[1]*it.SED*it.SED + 2*d[0]*d[1]*it.CovAD
	return math.Sqrt(max(0, variance))
}

// blockErrors treats every item by itself. The expected counts are those at the final
// parameters. For 1PL each item gets the error of a slope of its own, which is more than
// that of the common slope. Pooling the blocks would be worse: what not knowing the
// abilities costs a common slope is nearly all between items, and blocks leave that out.
func (f *Fit) blockErrors(s *scores) {
	e := s.e
	q := len(e.o.Grid.Points)
	blocks := make([][3]float64, len(e.items)) // aa, ad, dd
	for from := 0; from < e.data.people; from += block {
		to := min(from+block, e.data.people)
		spread(to-from, func(a, b int) {
			for p := from + a; p < from+b; p++ {
				e.person(p, e.posterior[(p-from)*q:(p-from+1)*q], &e.reach[p-from])
			}
		})
		each(len(e.in), func(n int) { s.covariances(e.in[n], from, to, &blocks[e.in[n]]) })
	}
	for _, i := range e.in {
		_, h := e.slopesOf(i, e.items[i], 2)
		prior := e.priorCurvature(i, 2)
		aa := h[0][0] + prior[0][0] - blocks[i][0]
		ad := h[1][0] + prior[1][0] - blocks[i][1]
		dd := h[1][1] + prior[1][1] - blocks[i][2]
		if det := aa*dd - ad*ad; det > 0 && aa > 0 {
			f.Items[i].errors(dd/det, aa/det, -ad/det, 0)
		}
	}
}
