package irt

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// OgiveItem is an item of the normal ogive model: P(θ) = Φ(aθ + d).
type OgiveItem struct {
	ID string `json:"id"`
	// A and D are slope and intercept, in the normal metric.
	A float64 `json:"a"`
	D float64 `json:"d"`
	// Loading and Threshold are the same as factor analysis writes them: the correlation
	// a/√(1 + a²) of the normal variable behind the answer with ability, and the point
	// −d/√(1 + a²) beyond which that variable is a right answer.
	Loading   float64              `json:"loading"`
	Threshold float64              `json:"threshold"`
	Status    psychometrics.Status `json:"status"`
	Reason    string               `json:"reason,omitempty"`
}

// OgiveFit is an estimated normal ogive model.
type OgiveFit struct {
	N, Parameters int
	LogLikelihood float64
	Items         []OgiveItem
	Steps         int
	// G2 is the likelihood ratio of the response patterns, as Fit.LikelihoodRatio has it.
	G2     FitTest
	Status psychometrics.Status
	Reason string
}

// ogive is an estimation of the normal ogive under way.
type ogive struct {
	data  *answers
	grid  Grid
	in    []int
	items []Item // A and D alone
	// right and all are expected counts by item and point.
	right, all    [][]float64
	logLikelihood float64
}

// EstimateOgive fits the normal ogive with a slope for each item (Bock and Lieberman 1970)
// by marginal maximum likelihood (Bock and Aitkin 1981), without priors. It is the model
// of factor analysis of right and wrong answers; the service itself uses logistic
// models, which differ from it by less than answers can tell. tolerance ends it as
// in Options; 0 is 1e-4.
func EstimateOgive(m *responses.Matrix, grid Grid, tolerance float64) *OgiveFit {
	if grid.Points == nil {
		grid = Operational()
	}
	if tolerance == 0 {
		tolerance = 1e-4
	}
	e := &ogive{data: newAnswers(m), grid: grid, items: make([]Item, len(m.Items()))}
	f := &OgiveFit{N: m.Count(), Items: make([]OgiveItem, len(m.Items()))}
	e.start()
	settled := false
	switch {
	case len(e.in) == 0:
		f.Reason = "no item has both right and wrong answers and no other marks"
	case len(e.in) < 2:
		f.Reason = "a model needs two items at least"
	default:
		if f.Steps, settled = e.run(tolerance); !settled {
			f.Reason = fmt.Sprintf("the estimation did not settle in %d steps", f.Steps)
		}
	}
	f.fill(m, e, settled)
	return f
}

func (f *OgiveFit) fill(m *responses.Matrix, e *ogive, settled bool) {
	f.Status = psychometrics.Fine
	if !settled {
		f.Status = psychometrics.NotDefined
	} else if least := leastPeople(TwoPL, Prior{}); f.N < least {
		f.Status, f.Reason = psychometrics.TooFew, fmt.Sprintf("this model needs %d people to be acted on", least)
	}
	f.G2 = noFit(f.N, "needs complete data of at most 12 items")
	all := settled
	for i, it := range m.Items() {
		row := OgiveItem{ID: it.ID, Status: psychometrics.NotDefined, Reason: e.data.refused[i]}
		switch at := e.items[i]; {
		case row.Reason != "":
		case !settled:
			row.Reason = f.Reason
		case math.Abs(at.A) > steepest:
			row.Reason = "the data do not bound its slope"
		default:
			root := math.Hypot(1, at.A)
			row.A, row.D, row.Loading, row.Threshold, row.Status = at.A, at.D, at.A/root, -at.D/root, psychometrics.Fine
		}
		f.Items[i] = row
		all = all && row.Status == psychometrics.Fine
	}
	if settled {
		f.LogLikelihood, f.Parameters = e.logLikelihood, 2*len(e.in)
	}
	if all && m.Complete() && len(f.Items) <= mostForPatterns {
		f.G2 = f.patterns(m)
	}
}

// patterns is G² of what people answered against the likelihood of the model.
func (f *OgiveFit) patterns(m *responses.Matrix) FitTest {
	counts := make(map[int]float64)
	for p, person := range m.People() {
		pattern := 0
		for _, c := range m.Of(p) {
			if c.Mark > 0 {
				pattern |= 1 << c.Item
			}
		}
		counts[pattern] += float64(person.Count)
	}
	saturated := 0.0
	for pattern := range 1 << len(f.Items) { // in order, so that the sum is the same each time
		if n := counts[pattern]; n > 0 {
			saturated += n * math.Log(n/float64(f.N))
		}
	}
	return fitTest(2*(saturated-f.LogLikelihood), 1<<len(f.Items)-1-f.Parameters, f.N)
}

// start takes slopes of .6, which is 1 in the logistic metric, and the intercepts that
// give each item's share of right answers.
func (e *ogive) start() {
	points := len(e.grid.Points)
	e.right, e.all = make([][]float64, len(e.items)), make([][]float64, len(e.items))
	for i := range e.items {
		if e.data.refused[i] != "" {
			continue
		}
		e.in = append(e.in, i)
		e.right[i], e.all[i] = make([]float64, points), make([]float64, points)
		right, all := 0.0, 0.0
		for n := e.data.start[i]; n < e.data.start[i+1]; n++ {
			w := e.data.weight[e.data.who[n]]
			all += w
			if e.data.hit[n] {
				right += w
			}
		}
		const slope = .6
		e.items[i] = Item{A: slope, D: math.Hypot(1, slope) * distuv.UnitNormal.Quantile(min(max(right/all, .02), .98))}
	}
}

// expect is the E step.
func (e *ogive) expect() {
	points := len(e.grid.Points)
	hit, miss := make([][]float64, len(e.items)), make([][]float64, len(e.items))
	for _, i := range e.in {
		clear(e.right[i])
		clear(e.all[i])
		hit[i], miss[i] = make([]float64, points), make([]float64, points)
		for q, theta := range e.grid.Points {
			z := e.items[i].A*theta + e.items[i].D
			hit[i][q], miss[i][q] = math.Log(phi(z)), math.Log(phi(-z))
		}
	}
	e.logLikelihood = 0
	post := make([]float64, points)
	for p := range e.data.people {
		for q, w := range e.grid.Weights {
			post[q] = math.Log(w)
		}
		from, to := e.data.first[p], e.data.first[p+1]
		for n := from; n < to; n++ {
			if i := e.data.item[n]; e.data.right[n] {
				add(post, hit[i])
			} else {
				add(post, miss[i])
			}
		}
		top, sum := math.Inf(-1), 0.0
		for _, v := range post {
			top = max(top, v)
		}
		for q, v := range post {
			post[q] = math.Exp(v - top)
			sum += post[q]
		}
		w := e.data.weight[p]
		e.logLikelihood += w * (top + math.Log(sum))
		for q := range post {
			post[q] *= w / sum
		}
		for n := from; n < to; n++ {
			i := e.data.item[n]
			add(e.all[i], post)
			if e.data.right[n] {
				add(e.right[i], post)
			}
		}
	}
}

// phi is the normal distribution, kept from 0 so that its logarithm is a number.
func phi(z float64) float64 { return max(distuv.UnitNormal.CDF(z), math.SmallestNonzeroFloat64) }

// maximise is the M step: some steps of Fisher scoring of each probit regression.
func (e *ogive) maximise() {
	const steps = 4
	for _, i := range e.in {
		it := &e.items[i]
		for range steps {
			var g [3]float64
			var h [3][3]float64
			for q, theta := range e.grid.Points {
				z := it.A*theta + it.D
				p, rest, density := phi(z), phi(-z), distuv.UnitNormal.Prob(z)
				if p*rest < 1e-300 {
					continue
				}
				// Right less expected answers, written so that it keeps its digits where p is near 1.
				residual := (e.right[i][q]*rest - (e.all[i][q]-e.right[i][q])*p) * density / (p * rest)
				weight := e.all[i][q] * density * density / (p * rest)
				g[0], g[1] = g[0]+residual*theta, g[1]+residual
				h[0][0], h[1][0], h[1][1] = h[0][0]+weight*theta*theta, h[1][0]+weight*theta, h[1][1]+weight
			}
			step, ok := solve(h, g, 2)
			if !ok {
				break
			}
			size := min(1, 1/max(1, math.Abs(step[0]), math.Abs(step[1]))) // at most 1 a step
			it.A, it.D = it.A+size*step[0], it.D+size*step[1]
			if max(math.Abs(step[0]), math.Abs(step[1])) < 1e-12 {
				break
			}
		}
	}
}

func (e *ogive) vector() []float64 {
	v := make([]float64, 0, 2*len(e.in))
	for _, i := range e.in {
		v = append(v, e.items[i].A, e.items[i].D)
	}
	return v
}

func (e *ogive) set(v []float64) {
	for n, i := range e.in {
		e.items[i].A, e.items[i].D = v[2*n], v[2*n+1]
	}
}

// run repeats EM steps until none moves a parameter, jumping ahead as em.run does.
func (e *ogive) run(tolerance float64) (steps int, settled bool) {
	const most = 2000
	step := func() []float64 {
		e.expect()
		e.maximise()
		steps++
		return e.vector()
	}
	for steps < most {
		v0 := e.vector()
		v1 := step()
		if distance(v0, v1) < tolerance {
			e.expect()
			return steps, true
		}
		v2 := step()
		e.expect()
		reached := e.logLikelihood
		jump := ahead(v0, v1, v2)
		if jump == nil || !sane(jump) {
			continue
		}
		e.set(jump)
		if e.expect(); !(e.logLikelihood >= reached) {
			e.set(v2)
		}
	}
	e.expect()
	return steps, false
}

// sane reports whether parameters can be tried.
func sane(v []float64) bool {
	for n := 0; n < len(v); n += 2 {
		if !(math.Abs(v[n]) <= 2*steepest) || !(math.Abs(v[n+1]) <= 60) {
			return false
		}
	}
	return true
}
