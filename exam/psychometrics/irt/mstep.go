package irt

import "math"

// prior is the log density of the item's parameters, without constants. The
// common slope of 1PL has none.
func (o *Options) prior(it Item, guess float64) float64 {
	sum := 0.0
	if s := o.Prior.SlopeSD; s > 0 && o.Model != OnePL {
		if it.A <= 0 {
			return math.Inf(-1)
		}
		z := math.Log(it.A) / s
		sum -= z * z / 2
	}
	if s := o.Prior.DifficultySD; s > 0 {
		z := it.B() / s
		sum -= z * z / 2
	}
	if s := o.Prior.GuessSD; s > 0 && o.Model == ThreePL {
		z := (logit(it.C) - logit(guess)) / s
		sum -= z * z / 2
	}
	return sum
}

// maximise is the M step: the parameters that fit the expected counts best.
func (e *em) maximise() {
	if e.o.Model == OnePL {
		e.maximiseCommon()
		return
	}
	free := 2
	if e.o.Model == ThreePL {
		free = 3
	}
	each(len(e.in), func(n int) { e.maximiseItem(e.in[n], free) })
}

// newtonSteps bounds one item's M step. From the last step's parameters two or
// three are enough; what is left over, the next M step does.
const newtonSteps = 12

// maximiseItem climbs by Fisher scoring, halving steps that go down.
func (e *em) maximiseItem(i, free int) {
	guess := e.o.Guess(i)
	at := e.items[i]
	value := e.expectedLog(i, at) + e.o.prior(at, guess)
	for range newtonSteps {
		g, h := e.slopesOf(i, at, free)
		e.addPrior(at, guess, free, &g, &h)
		step, ok := solve(h, g, free)
		if !ok && free == 3 { // an asymptote at 0 says nothing any more: it stays
			step, ok = solve(h, g, 2)
		}
		if !ok {
			break
		}
		size := 1.0
		if most := max(math.Abs(step[0]), math.Abs(step[1]), math.Abs(step[2])); most > 1.5 {
			size = 1.5 / most
		}
		moved := false
		for range 12 {
			next := Item{A: at.A + size*step[0], D: at.D + size*step[1], C: at.C}
			if free == 3 {
				next.C = logistic(logit(at.C) + size*step[2])
			}
			reached := e.expectedLog(i, next) + e.o.prior(next, guess)
			if reached >= value {
				at, value, moved = next, reached, true
				break
			}
			size /= 2
		}
		if !moved || size*max(math.Abs(step[0]), math.Abs(step[1]), math.Abs(step[2])) < e.o.Tolerance/20 {
			break
		}
	}
	e.items[i] = at
}

// expectedLog is the expected log-likelihood of the answers to item i.
func (e *em) expectedLog(i int, it Item) float64 {
	q := len(e.o.Grid.Points)
	right, wrong := e.right[i*q:(i+1)*q], e.wrong[i*q:(i+1)*q]
	sum := 0.0
	for k, theta := range e.o.Grid.Points {
		if right[k]+wrong[k] == 0 {
			continue
		}
		z := it.A*theta + it.D
		tail := softplus(z)
		if it.C == 0 {
			sum += right[k]*(z-tail) - wrong[k]*tail
		} else {
			sum += right[k]*math.Log(it.P(theta)) + wrong[k]*(math.Log1p(-it.C)-tail)
		}
	}
	return sum
}

// slopesOf is the gradient of expectedLog by (a, d, logit c) and the expected
// information.
func (e *em) slopesOf(i int, it Item, free int) (g [3]float64, h [3][3]float64) {
	q := len(e.o.Grid.Points)
	right, wrong := e.right[i*q:(i+1)*q], e.wrong[i*q:(i+1)*q]
	for k, theta := range e.o.Grid.Points {
		all := right[k] + wrong[k]
		if all == 0 {
			continue
		}
		d, p := it.gradient(theta)
		pq := p * (1 - p)
		if pq < 1e-300 {
			continue
		}
		residual := (right[k] - all*p) / pq
		for r := range free {
			g[r] += residual * d[r]
			for c := range r + 1 {
				h[r][c] += all * d[r] * d[c] / pq
			}
		}
	}
	return g, h
}

// gradient is P by (a, d, logit c), and P.
func (it Item) gradient(theta float64) (d [3]float64, p float64) {
	s := logistic(it.A*theta + it.D)
	slope := (1 - it.C) * s * (1 - s)
	return [3]float64{slope * theta, slope, it.C * (1 - it.C) * (1 - s)}, it.C + (1-it.C)*s
}

// addPrior adds the gradient and a positive stand-in for the information of the
// prior. The common slope of 1PL has none.
func (e *em) addPrior(it Item, guess float64, free int, g *[3]float64, h *[3][3]float64) {
	if s := e.o.Prior.SlopeSD; s > 0 && e.o.Model != OnePL {
		g[0] -= math.Log(it.A) / (it.A * s * s)
		h[0][0] += 1 / (it.A * it.A * s * s)
	}
	if s := e.o.Prior.DifficultySD; s > 0 && it.A != 0 {
		// b = −d/a: db/da = d/a², db/dd = −1/a.
		b, da, dd := it.B(), it.D/(it.A*it.A), -1/it.A
		g[0] -= b * da / (s * s)
		g[1] -= b * dd / (s * s)
		h[0][0] += da * da / (s * s)
		h[1][0] += da * dd / (s * s)
		h[1][1] += dd * dd / (s * s)
	}
	if s := e.o.Prior.GuessSD; s > 0 && free == 3 {
		g[2] -= (logit(it.C) - logit(guess)) / (s * s)
		h[2][2] += 1 / (s * s)
	}
}

// solve returns h⁻¹g by Cholesky; h holds its lower triangle.
func solve(h [3][3]float64, g [3]float64, n int) (x [3]float64, ok bool) {
	var l [3][3]float64
	for r := range n {
		for c := range r + 1 {
			sum := h[r][c]
			for k := range c {
				sum -= l[r][k] * l[c][k]
			}
			if r == c {
				if !(sum > 1e-7) {
					return x, false
				}
				l[r][r] = math.Sqrt(sum)
			} else {
				l[r][c] = sum / l[c][c]
			}
		}
	}
	for r := range n {
		sum := g[r]
		for k := range r {
			sum -= l[r][k] * x[k]
		}
		x[r] = sum / l[r][r]
	}
	for r := n - 1; r >= 0; r-- {
		sum := x[r]
		for k := r + 1; k < n; k++ {
			sum -= l[k][r] * x[k]
		}
		x[r] = sum / l[r][r]
	}
	return x, true
}

// maximiseCommon is the M step of 1PL: Newton steps for one slope and all
// intercepts. The information is an arrow, so that the slope is solved for
// first.
func (e *em) maximiseCommon() {
	type sums struct{ ga, gd, haa, had, hdd float64 }
	all := make([]sums, len(e.in))
	for range newtonSteps {
		each(len(e.in), func(n int) {
			i := e.in[n]
			g, h := e.slopesOf(i, e.items[i], 2)
			// The prior of b pulls at the slope too: b is −d/a.
			e.addPrior(e.items[i], e.o.Guess(i), 2, &g, &h)
			all[n] = sums{g[0], g[1], h[0][0], h[1][0], h[1][1]}
		})
		ga, haa := 0.0, 0.0
		for _, s := range all {
			if s.hdd <= 0 {
				continue
			}
			ga += s.ga - s.had*s.gd/s.hdd
			haa += s.haa - s.had*s.had/s.hdd
		}
		if !(haa > 0) {
			return
		}
		// A fresh start may overshoot; half a unit a step cannot.
		da := min(max(ga/haa, -.5), .5)
		moved := math.Abs(da)
		for n, i := range e.in {
			it := &e.items[i]
			it.A += da
			if all[n].hdd > 0 {
				dd := min(max((all[n].gd-all[n].had*da)/all[n].hdd, -1.5), 1.5)
				it.D += dd
				moved = max(moved, math.Abs(dd))
			}
		}
		if moved < e.o.Tolerance/20 {
			return
		}
	}
}
