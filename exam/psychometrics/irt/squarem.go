package irt

import "math"

// run repeats EM steps until they move nothing, jumping ahead by SQUAREM
// (Varadhan and Roland 2008, scheme S3) where that does not lower the
// likelihood.
func (e *em) run() (steps int, converged bool) {
	var v0, v1, v2 []float64
	for steps < e.o.MaxSteps {
		v0 = e.vector(v0)
		moved := e.step()
		steps++
		e.tell(steps, moved)
		if moved < e.o.Tolerance {
			e.expect() // the likelihood at the final parameters
			return steps, true
		}
		v1 = e.vector(v1)
		if e.step() < e.o.Tolerance {
			e.expect()
			return steps + 1, true
		}
		steps++
		reached := e.objective() // at v1
		v2 = e.vector(v2)
		jump := ahead(v0, v1, v2)
		if jump == nil || !e.sound(jump) {
			continue
		}
		e.set(jump)
		e.expect()
		if e.objective() < reached || math.IsNaN(e.logLikelihood) {
			e.set(v2)
			continue
		}
		e.maximise() // the counts at the jump are there: a whole step
		steps++
	}
	e.expect()
	return steps, false
}

func (e *em) tell(step int, moved float64) {
	if e.o.Progress != nil {
		e.o.Progress(step, moved)
	}
}

// ahead is where the two last steps point to, nil when they point nowhere.
func ahead(v0, v1, v2 []float64) []float64 {
	rr, vv := 0.0, 0.0
	for n := range v0 {
		r := v1[n] - v0[n]
		v := v2[n] - v1[n] - r
		rr, vv = rr+r*r, vv+v*v
	}
	if vv == 0 {
		return nil
	}
	alpha := -math.Sqrt(rr / vv)
	if alpha > -1 {
		return nil
	}
	jump := make([]float64, len(v0))
	for n := range v0 {
		r := v1[n] - v0[n]
		v := v2[n] - v1[n] - r
		jump[n] = v0[n] - 2*alpha*r + alpha*alpha*v
	}
	return jump
}

// sound reports whether the parameters can be tried.
func (e *em) sound(v []float64) bool {
	kept := e.vector(nil)
	defer e.set(kept)
	e.set(v)
	for _, i := range e.in {
		it := e.items[i]
		if math.Abs(it.A) > 2*steepest || math.Abs(it.D) > 60 || (e.o.Prior.SlopeSD > 0 && it.A <= 0) || it.C > .95 {
			return false
		}
	}
	return true
}

// objective is what is maximised: log-likelihood plus the log of the prior.
func (e *em) objective() float64 {
	sum := e.logLikelihood
	for _, i := range e.in {
		sum += e.o.prior(e.items[i], e.o.Guess(i))
	}
	return sum
}
