package irt

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// em is one estimation under way.
type em struct {
	data  *answers
	o     Options
	items []Item
	in    []int // items that have parameters

	right, wrong  []float64 // expected counts by item and point
	logs          []float64 // log P of a wrong and a right answer by item and point
	logW          []float64
	posterior     []float64 // of the people of a block by point
	reach         [][2]int32
	logLikelihood float64
}

// negligible is the share of a person's posterior below which a point is left
// out of the counts: 1e-16 is what the last digit of a sum cannot show.
const negligible = 1e-16

// start takes slopes of 1 and the intercepts that give each item's facility.
func (e *em) start(m *responses.Matrix) {
	n := len(m.Items())
	q := len(e.o.Grid.Points)
	e.items = make([]Item, n)
	for i := range n {
		if e.data.refused[i] != "" {
			continue
		}
		e.in = append(e.in, i)
		hits, all := 0.0, 0.0
		for j := e.data.start[i]; j < e.data.start[i+1]; j++ {
			w := e.data.weight[e.data.who[j]]
			all += w
			if e.data.hit[j] {
				hits += w
			}
		}
		c := e.o.Guess(i)
		p := min(max((hits/all-c)/(1-c), .02), .98)
		e.items[i] = Item{A: 1, D: 1.2 * math.Log(p/(1-p)), C: c}
	}
	e.right, e.wrong = make([]float64, n*q), make([]float64, n*q)
	e.logs = make([]float64, 2*n*q)
	e.logW = make([]float64, q)
	for k, w := range e.o.Grid.Weights {
		e.logW[k] = math.Log(w)
	}
	people := min(block, e.data.people)
	e.posterior, e.reach = make([]float64, people*q), make([][2]int32, people)
}

// free is the number of free parameters.
func (e *em) free() int {
	switch e.o.Model {
	case OnePL:
		return len(e.in) + 1
	case ThreePL:
		return 3 * len(e.in)
	}
	return 2 * len(e.in)
}

// tabulate computes log P at every point.
func (e *em) tabulate() {
	q := len(e.o.Grid.Points)
	each(len(e.in), func(n int) {
		i := e.in[n]
		it := e.items[i]
		wrong, right := e.logs[2*i*q:(2*i+1)*q], e.logs[(2*i+1)*q:(2*i+2)*q]
		for k, theta := range e.o.Grid.Points {
			z := it.A*theta + it.D
			// log(1−P) and log P without cancellation at the ends.
			tail := softplus(z)
			wrong[k] = math.Log1p(-it.C) - tail
			if it.C == 0 {
				right[k] = z - tail
			} else {
				right[k] = math.Log(it.P(theta))
			}
		}
	})
}

// softplus is log(1+e^z).
func softplus(z float64) float64 {
	if z > 0 {
		return z + math.Log1p(math.Exp(-z))
	}
	return math.Log1p(math.Exp(z))
}

// expect is the E step: expected counts of right and wrong answers by item and
// point, and the log-likelihood, for the present parameters.
func (e *em) expect() {
	q := len(e.o.Grid.Points)
	e.tabulate()
	clear(e.right)
	clear(e.wrong)
	e.logLikelihood = 0
	logs := make([]float64, min(block, e.data.people))
	for from := 0; from < e.data.people; from += block {
		to := min(from+block, e.data.people)
		spread(to-from, func(a, b int) {
			for p := from + a; p < from+b; p++ {
				logs[p-from] = e.person(p, e.posterior[(p-from)*q:(p-from+1)*q], &e.reach[p-from])
			}
		})
		for p := range to - from { // in order: sums are the same on every machine
			e.logLikelihood += e.data.weight[from+p] * logs[p]
		}
		each(len(e.in), func(n int) { e.count(e.in[n], from, to) })
	}
}

// person computes the posterior of person p, times their weight, and returns
// their log-likelihood.
func (e *em) person(p int, post []float64, reach *[2]int32) float64 {
	q := len(post)
	copy(post, e.logW)
	for n := e.data.first[p]; n < e.data.first[p+1]; n++ {
		row := 2 * int(e.data.item[n])
		if e.data.right[n] {
			row++
		}
		add(post, e.logs[row*q:(row+1)*q])
	}
	top := post[0]
	for _, v := range post[1:] {
		top = max(top, v)
	}
	sum := 0.0
	for k, v := range post {
		if v -= top; v < -40 { // e^−40 is 4e-18
			post[k] = 0
			continue
		}
		post[k] = math.Exp(v)
		sum += post[k]
	}
	scale := e.data.weight[p] / sum
	first, last := q, 0
	for k := range post {
		if post[k] > negligible*sum {
			first, last = min(first, k), k+1
		}
		post[k] *= scale
	}
	*reach = [2]int32{int32(first), int32(last)}
	return top + math.Log(sum)
}

// add adds b to a, four at a time: it is where the time goes.
func add(a, b []float64) {
	b = b[:len(a)]
	k := 0
	for ; k+4 <= len(a); k += 4 {
		x, y := a[k:k+4:k+4], b[k:k+4:k+4]
		x[0] += y[0]
		x[1] += y[1]
		x[2] += y[2]
		x[3] += y[3]
	}
	for ; k < len(a); k++ {
		a[k] += b[k]
	}
}

// count adds the posteriors of the people from..to of the block to item i.
func (e *em) count(i, from, to int) {
	q := len(e.o.Grid.Points)
	right, wrong := e.right[i*q:(i+1)*q], e.wrong[i*q:(i+1)*q]
	low, high := e.data.within(i, from, to)
	for n := low; n < high; n++ {
		p := int(e.data.who[n]) - from
		into := wrong
		if e.data.hit[n] {
			into = right
		}
		first, last := e.reach[p][0], e.reach[p][1]
		add(into[first:last], e.posterior[p*q+int(first):p*q+int(last)])
	}
}

// step is one EM step from the present parameters. It returns by how much it
// moved a parameter at most.
func (e *em) step() float64 {
	e.expect()
	before := e.vector(nil)
	e.maximise()
	return distance(before, e.vector(nil))
}

func distance(a, b []float64) float64 {
	d := 0.0
	for n := range a {
		d = max(d, math.Abs(a[n]-b[n]))
	}
	return d
}

// vector writes the free parameters one after the other.
func (e *em) vector(into []float64) []float64 {
	into = into[:0]
	if e.o.Model == OnePL {
		into = append(into, e.items[e.in[0]].A)
	}
	for _, i := range e.in {
		it := e.items[i]
		switch e.o.Model {
		case OnePL:
			into = append(into, it.D)
		case ThreePL:
			into = append(into, it.A, it.D, logit(it.C))
		default:
			into = append(into, it.A, it.D)
		}
	}
	return into
}

// set is the reverse of vector.
func (e *em) set(v []float64) {
	for n, i := range e.in {
		it := &e.items[i]
		switch e.o.Model {
		case OnePL:
			it.A, it.D = v[0], v[n+1]
		case ThreePL:
			it.A, it.D, it.C = v[3*n], v[3*n+1], logistic(v[3*n+2])
		default:
			it.A, it.D = v[2*n], v[2*n+1]
		}
	}
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
