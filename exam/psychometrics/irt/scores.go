package irt

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"
)

// scores are what answers say of the parameters: the derivatives of the log-likelihood,
// from which the information is made.
type scores struct {
	e *em
	// free is the number of an item's parameters.
	free int
	// place is where an item stands among those that have parameters.
	place []int
	// table has the score of a wrong and of a right answer by item and point:
	// (x − P)/(PQ)·P', by (a, d, logit c).
	table [][2][][3]float64
}

func newScores(e *em, free int) *scores {
	s := &scores{e: e, free: free, place: make([]int, len(e.items)), table: make([][2][][3]float64, len(e.items))}
	for n, i := range e.in {
		s.place[i] = n
		wrong, right := make([][3]float64, len(e.o.Grid.Points)), make([][3]float64, len(e.o.Grid.Points))
		for k, theta := range e.o.Grid.Points {
			d, p := e.items[i].gradient(theta)
			pq := max(p*(1-p), 1e-300)
			for c := range free {
				wrong[k][c], right[k][c] = -p/pq*d[c], (1-p)/pq*d[c]
			}
		}
		s.table[i] = [2][][3]float64{wrong, right}
	}
	return s
}

// posteriors computes those of the people from..to into e.posterior, times their weights,
// and the mean of each of their scores over it, in the order of their answers, times the
// root of their weights: a product of two is then times the weight.
func (s *scores) posteriors(from, to int) (means [][3]float64) {
	e, d, q := s.e, s.e.data, len(s.e.o.Grid.Points)
	means = make([][3]float64, d.first[to]-d.first[from])
	spread(to-from, func(a, b int) {
		for p := from + a; p < from+b; p++ {
			post, reach := e.posterior[(p-from)*q:(p-from+1)*q], &e.reach[p-from]
			e.person(p, post, reach)
			root := math.Sqrt(d.weight[p])
			for n := d.first[p]; n < d.first[p+1]; n++ {
				mean := s.mean(of(s.table[d.item[n]], d.right[n]), post, *reach)
				for c := range s.free {
					means[n-d.first[from]][c] = mean[c] / root
				}
			}
		}
	})
	return means
}

// mean is that of the score of an answer over a posterior.
func (s *scores) mean(score [][3]float64, post []float64, reach [2]int32) (mean [3]float64) {
	for k := reach[0]; k < reach[1]; k++ {
		for c := range s.free {
			mean[c] += post[k] * score[k][c]
		}
	}
	return mean
}

// byPairs adds to the information, item by item with all others, the products of the mean
// scores of every person. Without outer it takes from it the means of the products too:
// both together are what not knowing the abilities costs (Louis 1982).
func (s *scores) byPairs(info blas64.Symmetric, outer bool) {
	people := s.e.data.people
	const atOnce = 4096 // the means of people who have 50 answers each take 5 MB
	for from := 0; from < people; from += atOnce {
		to := min(from+atOnce, people)
		means := s.posteriors(from, to)
		each(len(s.e.in), func(n int) {
			s.addMeans(info, n, from, to, means)
			if !outer {
				s.subtractProducts(info, n, from, to)
			}
		})
	}
}

// pairs visits the answers of the people from..to to the n-th item that has parameters, each
// with itself and with every answer of theirs to an item after it.
func (s *scores) pairs(n, from, to int, visit func(p, own, other int)) {
	d, i := s.e.data, s.e.in[n]
	low, high := d.within(i, from, to)
	for at := low; at < high; at++ {
		p := int(d.who[at])
		first, last := d.first[p], d.first[p+1]
		before, _ := slices.BinarySearch(d.item[first:last], int32(i))
		for other := first + before; other < last; other++ {
			visit(p, first+before, other)
		}
	}
}

// addMeans adds the products of the mean scores to the rows of the n-th item. Of its own
// block it writes the lower half too, which nobody reads.
func (s *scores) addMeans(info blas64.Symmetric, n, from, to int, means [][3]float64) {
	d := s.e.data
	s.pairs(n, from, to, func(_, own, other int) {
		x, y := &means[own-d.first[from]], &means[other-d.first[from]]
		at := s.free * s.place[d.item[other]]
		for r := range s.free {
			row := info.Data[(s.free*n+r)*info.Stride+at:]
			for c := range s.free {
				row[c] += x[r] * y[c]
			}
		}
	})
}

// subtractProducts takes the products of scores, expected over the posteriors, from the
// rows of the n-th item. It counts the people expected at each point by their answers to
// two items first: a product is that of two answers, whoever gave them.
func (s *scores) subtractProducts(info blas64.Symmetric, n, from, to int) {
	e, d, q := s.e, s.e.data, len(s.e.o.Grid.Points)
	after := e.in[n:]
	counts := make([]float64, 4*len(after)*q) // by own answer, other answer, other item, point
	row := func(own, other bool, c int) []float64 {
		at := c
		if other {
			at += len(after)
		}
		if own {
			at += 2 * len(after)
		}
		return counts[at*q : (at+1)*q]
	}
	s.pairs(n, from, to, func(p, own, other int) {
		first, last := int(e.reach[p-from][0]), int(e.reach[p-from][1])
		into := row(d.right[own], d.right[other], s.place[d.item[other]]-n)
		add(into[first:last], e.posterior[(p-from)*q+first:(p-from)*q+last])
	})
	for c, j := range after {
		for _, own := range [2]bool{false, true} {
			for _, other := range [2]bool{false, true} {
				x, y := of(s.table[e.in[n]], own), of(s.table[j], other)
				for k, people := range row(own, other, c) {
					for r := range s.free {
						into := info.Data[(s.free*n+r)*info.Stride+s.free*(n+c):]
						for t := range s.free {
							into[t] -= people * x[k][r] * y[k][t]
						}
					}
				}
			}
		}
	}
}

// covariances adds, over the people from..to who were given item i, the covariance of the
// item's score over their posterior.
func (s *scores) covariances(i, from, to int, into *[3]float64) {
	d, q := s.e.data, len(s.e.o.Grid.Points)
	low, high := d.within(i, from, to)
	for n := low; n < high; n++ {
		p := int(d.who[n])
		score, post := of(s.table[i], d.hit[n]), s.e.posterior[(p-from)*q:(p-from+1)*q]
		var a, b, aa, ab, bb float64
		for k := s.e.reach[p-from][0]; k < s.e.reach[p-from][1]; k++ {
			w, sa, sb := post[k], score[k][0], score[k][1]
			a, b = a+w*sa, b+w*sb
			aa, ab, bb = aa+w*sa*sa, ab+w*sa*sb, bb+w*sb*sb
		}
		w := d.weight[p]
		into[0] += aa - a*a/w
		into[1] += ab - a*b/w
		into[2] += bb - b*b/w
	}
}
