package irt

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Rasch is a Rasch model estimated by conditional maximum likelihood: given how
// many of their items a person answered, which ones they are says all that can be
// known of the items, whatever the distribution of ability (Andersen 1972).
type Rasch struct {
	// N people whose answers say something: neither all right nor all wrong.
	N int
	// LogLikelihood is the conditional one.
	LogLikelihood float64
	Items         []RaschItem
	Converged     bool
	Status        psychometrics.Status
	Reason        string
}

// RaschItem is one item; difficulties sum to 0 over the items that have one.
type RaschItem struct {
	ID             string
	N              int
	Difficulty, SE float64
	Status         psychometrics.Status
	Reason         string
}

// mostRaschWork bounds one Newton step: symmetric functions of a form of k items
// take k³ operations, for every different set of items that people were given.
const mostRaschWork = 2_000_000_000

// EstimateRasch fits the model by Newton's method. Items must be linked through
// people who answered several of them.
func EstimateRasch(m *responses.Matrix) *Rasch {
	r := &Rasch{Items: make([]RaschItem, len(m.Items())), Status: psychometrics.Fine}
	data := newAnswers(m)
	c := &conditional{data: data, place: make([]int, len(m.Items()))}
	for i, it := range m.Items() {
		r.Items[i] = RaschItem{ID: it.ID, Status: psychometrics.NotDefined, Reason: data.refused[i]}
		c.place[i] = -1
		for n := data.start[i]; n < data.start[i+1]; n++ {
			r.Items[i].N += int(data.weight[data.who[n]])
		}
		if data.refused[i] == "" {
			c.place[i] = len(c.in)
			c.in = append(c.in, i)
		}
	}
	c.forms()
	if why := c.unfit(); why != "" {
		r.Status, r.Reason = psychometrics.NotDefined, why
		for i := range r.Items {
			if r.Items[i].Reason == "" {
				r.Items[i].Reason = why
			}
		}
		return r
	}
	r.N = int(c.people)
	r.Converged = c.newton()
	if !r.Converged {
		r.Status, r.Reason = psychometrics.NotDefined, "the estimation did not settle: some items are right or wrong for everybody who tells them apart"
		return r
	}
	if r.N < leastPeople(OnePL, Prior{}) {
		r.Status, r.Reason = psychometrics.TooFew, fmt.Sprintf("this model needs %d people to be acted on", leastPeople(OnePL, Prior{}))
	}
	r.LogLikelihood = c.value
	for n, i := range c.in {
		r.Items[i].Difficulty, r.Items[i].SE = c.b[n], math.Sqrt(max(0, c.cov.At(n, n)))
		r.Items[i].Status, r.Items[i].Reason = psychometrics.Fine, ""
	}
	return r
}

// conditional is one estimation under way.
type conditional struct {
	data   *answers
	in     []int
	place  []int
	sets   []set
	people float64

	b     []float64
	value float64
	cov   *mat.SymDense
}

// set is one set of items with what people did on it.
type set struct {
	items  []int     // places
	counts []float64 // people by score
	right  []float64 // people who answered each item, of those with a score between
}

// forms groups people by the items that they were given.
func (c *conditional) forms() {
	at := make(map[string]int)
	for p := range c.data.people {
		from, to := c.data.first[p], c.data.first[p+1]
		key, items := make([]byte, 0, 4*(to-from)), make([]int, 0, to-from)
		score := 0
		for n := from; n < to; n++ {
			i := c.place[c.data.item[n]]
			items = append(items, i)
			key = append(key, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
			if c.data.right[n] {
				score++
			}
		}
		if score == 0 || score == len(items) {
			continue
		}
		n, ok := at[string(key)]
		if !ok {
			n = len(c.sets)
			at[string(key)] = n
			c.sets = append(c.sets, set{items: items, counts: make([]float64, len(items)+1), right: make([]float64, len(items))})
		}
		w := c.data.weight[p]
		c.people += w
		c.sets[n].counts[score] += w
		for j := from; j < to; j++ {
			if c.data.right[j] {
				c.sets[n].right[j-from] += w
			}
		}
	}
	slices.SortStableFunc(c.sets, func(a, b set) int { return slices.Compare(a.items, b.items) })
}

// unfit says why the model cannot be estimated.
func (c *conditional) unfit() string {
	if len(c.in) < 2 {
		return "a model needs two items at least"
	}
	if len(c.sets) == 0 {
		return "nobody has both right and wrong answers"
	}
	work := 0
	group := make([]int, len(c.in)) // union-find
	for i := range group {
		group[i] = i
	}
	root := func(i int) int {
		for group[i] != i {
			group[i] = group[group[i]]
			i = group[i]
		}
		return i
	}
	for _, s := range c.sets {
		k := len(s.items)
		work += k * k * k
		for _, i := range s.items[1:] {
			group[root(i)] = root(s.items[0])
		}
	}
	if work > mostRaschWork {
		return "too many different forms for conditional estimation; use marginal estimation"
	}
	for i := range group {
		if root(i) != root(0) {
			return "some items are not linked to the others by anybody who answered both"
		}
	}
	return ""
}

// newton climbs until the gradient is as flat as numbers allow.
func (c *conditional) newton() bool {
	k := len(c.in)
	c.b = make([]float64, k)
	gradient, info := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
	c.value = c.evaluate(c.b, gradient, info)
	for range 200 {
		// The information is flat along the sum of difficulties: a ridge there
		// keeps the sum at 0. It is as steep as the rest, which would otherwise
		// cancel when it is taken off again.
		ridged := mat.NewSymDense(k, nil)
		for i := range k {
			for j := i; j < k; j++ {
				ridged.SetSym(i, j, info.At(i, j)+c.people)
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(ridged) {
			return false
		}
		var step mat.VecDense
		if chol.SolveVecTo(&step, gradient) != nil {
			return false
		}
		size := min(1, 2/mat.Norm(&step, math.Inf(1)))
		next, moved := make([]float64, k), false
		for range 30 {
			for i := range k {
				next[i] = c.b[i] + size*step.AtVec(i)
			}
			g, h := mat.NewVecDense(k, nil), mat.NewSymDense(k, nil)
			if value := c.evaluate(next, g, h); value >= c.value-1e-12*math.Abs(c.value) {
				c.b, c.value, gradient, info, moved = next, value, g, h, true
				break
			}
			size /= 2
		}
		if mat.Norm(gradient, math.Inf(1)) < 1e-9*max(1, c.people/1000) {
			var inverse mat.SymDense
			if chol.InverseTo(&inverse) != nil {
				return false
			}
			c.cov = mat.NewSymDense(k, nil)
			for i := range k {
				for j := i; j < k; j++ {
					c.cov.SetSym(i, j, inverse.At(i, j)-1/(c.people*float64(k*k)))
				}
			}
			return slices.Max(c.b) < 2*bound
		}
		if !moved || slices.Max(c.b)-slices.Min(c.b) > 4*bound {
			return false
		}
	}
	return false
}

// evaluate returns the conditional log-likelihood at difficulties b with its
// gradient and information.
func (c *conditional) evaluate(b []float64, gradient *mat.VecDense, info *mat.SymDense) float64 {
	value := 0.0
	for _, s := range c.sets {
		k := len(s.items)
		easy := make([]float64, k)
		for j, i := range s.items {
			easy[j] = math.Exp(-b[i])
			value -= s.right[j] * b[i]
			gradient.SetVec(i, gradient.AtVec(i)-s.right[j])
		}
		whole := symmetric(easy, -1, -1)
		without := make([][]float64, k)
		for j := range k {
			without[j] = symmetric(easy, j, -1)
		}
		p := make([][]float64, k) // chance of item j given the score
		for j := range k {
			p[j] = make([]float64, k+1)
			for r := 1; r < k; r++ {
				p[j][r] = easy[j] * without[j][r-1] / whole[r]
			}
		}
		for r := 1; r < k; r++ {
			if s.counts[r] > 0 {
				value -= s.counts[r] * math.Log(whole[r])
			}
		}
		for j := range k {
			for r := 1; r < k; r++ {
				gradient.SetVec(s.items[j], gradient.AtVec(s.items[j])+s.counts[r]*p[j][r])
			}
			for l := j; l < k; l++ {
				sum := 0.0
				var both []float64
				if l != j {
					both = symmetric(easy, j, l)
				}
				for r := 1; r < k; r++ {
					joint := p[j][r]
					if l != j {
						joint = 0
						if r >= 2 {
							joint = easy[j] * easy[l] * both[r-2] / whole[r]
						}
					}
					sum += s.counts[r] * (joint - p[j][r]*p[l][r])
				}
				info.SetSym(s.items[j], s.items[l], info.At(s.items[j], s.items[l])+sum)
			}
		}
	}
	return value
}

// symmetric are the elementary symmetric functions of all numbers but two, by
// the summation algorithm, which loses no digits.
func symmetric(numbers []float64, but, andBut int) []float64 {
	g := make([]float64, len(numbers)+1)
	g[0] = 1
	n := 0
	for j, e := range numbers {
		if j == but || j == andBut {
			continue
		}
		n++
		for r := n; r > 0; r-- {
			g[r] += e * g[r-1]
		}
	}
	return g
}

// Item returns the parameters of item i with slope 1.
func (r *Rasch) Item(i int) Item { return FromDifficulty(1, r.Items[i].Difficulty, 0) }

// RaschFit says how well one item's answers follow the model.
type RaschFit struct {
	ID string
	// Infit weights squared residuals by information, Outfit does not; both are
	// 1 on average under the model (Wright and Masters 1982).
	Infit, Outfit psychometrics.Estimate
}

// Fit computes infit and outfit at maximum likelihood abilities, people without
// one left out. It needs no complete data.
func (r *Rasch) Fit(m *responses.Matrix) []RaschFit {
	fits := make([]RaschFit, len(r.Items))
	type sums struct{ z2, n, weighted, variance float64 }
	all := make([]sums, len(r.Items))
	for p := range m.People() {
		var answers []Answer
		for _, c := range m.Of(p) {
			if r.Items[c.Item].Status != psychometrics.NotDefined {
				answers = append(answers, Answer{r.Item(int(c.Item)), c.Mark > 0})
			}
		}
		s := ML(answers)
		if !s.Defined {
			continue
		}
		w := float64(m.People()[p].Count)
		for _, c := range m.Of(p) {
			if r.Items[c.Item].Status == psychometrics.NotDefined {
				continue
			}
			q := r.Item(int(c.Item)).P(s.Theta)
			x := 0.0
			if c.Mark > 0 {
				x = 1
			}
			v, into := q*(1-q), &all[c.Item]
			into.z2 += w * (x - q) * (x - q) / v
			into.n += w
			into.weighted += w * (x - q) * (x - q)
			into.variance += w * v
		}
	}
	for i, it := range r.Items {
		none := psychometrics.Undefined(it.N, it.Reason)
		fits[i] = RaschFit{ID: it.ID, Infit: none, Outfit: none}
		if s := all[i]; it.Status != psychometrics.NotDefined && s.n > 0 {
			least := leastPeople(OnePL, Prior{})
			fits[i].Infit = psychometrics.Of(s.weighted/s.variance, int(s.n), least)
			fits[i].Outfit = psychometrics.Of(s.z2/s.n, int(s.n), least)
		}
	}
	return fits
}
