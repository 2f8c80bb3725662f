package forensic

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Wrong says how usual it is that a suspect gave so many of another person's wrong answers,
// for somebody with as many wrong answers as the suspect. It needs no model, but choices,
// and that everybody had the same items.
//
// Each index is the chance of as many matches or more. K takes the mean of the people with
// exactly as many wrong answers for its binomial distribution (Holland 1996); K1 and K2 a
// straight line and a parabola through the means of all such groups (Sotaridona and Meijer
// 2002); S1 a log-linear line and the Poisson distribution, and S2 counts right answers in
// common too, the more the fewer people give them (Sotaridona and Meijer 2003). Everybody
// counts in their group, the two as well, which makes the figures careful.
type Wrong struct {
	// SourceWrong answers of the other person, Matches of them given by the suspect;
	// Weighted adds the weights of right answers in common.
	SourceWrong, Matches int
	Weighted             float64
	K, K1, K2, S1, S2    float64
	Status               psychometrics.Status
	Reason               string
}

// leastWrong is how many wrong answers of the other person say anything.
const leastWrong = 5

// leastGroups is how many groups a parabola goes through at the least.
const leastGroups = 4

// group are the people with one number of wrong answers.
type group struct {
	people, matches float64
	// right is how many of them share each right answer of the source.
	right []float64
	// weighted is their mean of weights of right answers in common.
	weighted float64
}

// CompareWrong compares the suspect with the other person, by their places in the matrix.
func CompareWrong(m *responses.Matrix, suspect, other int) Wrong {
	refuse := func(why string) Wrong { return Wrong{Status: psychometrics.NotDefined, Reason: why} }
	if !m.Complete() {
		return refuse("people answered different items")
	}
	options := 0
	for i, it := range m.Items() {
		if len(it.Options) < 2 || it.Key < 0 || !m.Binary(i) {
			return refuse("needs choices with a key")
		}
		options = max(options, len(it.Options))
	}
	source := m.Of(other)
	w := Wrong{SourceWrong: wrongOf(source), Status: psychometrics.Fine}
	if w.SourceWrong < leastWrong {
		return refuse("the other person has too few wrong answers")
	}
	groups := groupsOf(m, source)
	weigh(groups, 1/float64(options))
	own := m.Of(suspect)
	number := wrongOf(own)
	w.Matches = matches(own, source)
	w.Weighted = float64(w.Matches)
	weights := groups[number].weights(1 / float64(options))
	for i := range own {
		if own[i].Mark > 0 && source[i].Mark > 0 {
			w.Weighted += weights[i]
		}
	}
	w.fill(groups, number, len(own))
	return w
}

// fill computes the indices.
func (w *Wrong) fill(groups []group, number, items int) {
	ws := float64(w.SourceWrong)
	var q, share, log, wrong, both []float64
	for r, g := range groups {
		if g.people > 0 {
			q, share = append(q, float64(r)/float64(items)), append(share, g.matches/g.people/ws)
			wrong, log, both = append(wrong, float64(r)), append(log, g.matches/g.people), append(both, g.matches/g.people+g.weighted)
		}
	}
	at := float64(number) / float64(items)
	binomial := func(p float64) float64 {
		p = min(max(p, .001), .999)
		return distuv.Binomial{N: ws, P: p}.Survival(float64(w.Matches) - .5)
	}
	g := groups[number]
	w.K = binomial(g.matches / g.people / ws)
	w.K1, w.K2, w.S1, w.S2 = 1, 1, 1, 1
	if len(q) < leastGroups {
		w.Status, w.Reason = psychometrics.TooFew, "too few groups of people with the same number of wrong answers"
		return
	}
	w.K1, w.K2 = binomial(polynomial(q, share, 1, at)), binomial(polynomial(q, share, 2, at))
	poisson := func(mean, count float64) float64 {
		return distuv.Poisson{Lambda: max(mean, 1e-9)}.Survival(math.Floor(count+psychometrics.Slack) - .5)
	}
	w.S1 = poisson(min(loglinear(wrong, log, float64(number)), ws), float64(w.Matches))
	w.S2 = poisson(min(loglinear(wrong, both, float64(number)), float64(items)), w.Weighted)
}

func wrongOf(cells []responses.Cell) int {
	n := 0
	for _, c := range cells {
		if c.Mark <= 0 {
			n++
		}
	}
	return n
}

// matches are wrong answers of the source that somebody gave. To leave the same item empty
// is no match.
func matches(own, source []responses.Cell) int {
	n := 0
	for i, c := range source {
		if c.Mark <= 0 && c.Option != responses.NoOption && own[i].Option == c.Option {
			n++
		}
	}
	return n
}

func groupsOf(m *responses.Matrix, source []responses.Cell) []group {
	groups := make([]group, len(source)+1)
	for p, person := range m.People() {
		own, weight := m.Of(p), float64(person.Count)
		g := &groups[wrongOf(own)]
		if g.right == nil {
			g.right = make([]float64, len(source))
		}
		g.people += weight
		g.matches += weight * float64(matches(own, source))
		for i := range own {
			if own[i].Mark > 0 && source[i].Mark > 0 {
				g.right[i] += weight
			}
		}
	}
	return groups
}

// weights of right answers in common with the source: 1 for one that nobody of the group
// gives, next to nothing for one that all give. guess is the chance of a blind guess.
func (g *group) weights(guess float64) []float64 {
	all := make([]float64, len(g.right))
	for i, n := range g.right {
		all[i] = math.Pow((1+guess)/(1-guess)*math.E, -(1+guess)/guess*n/g.people)
	}
	return all
}

func weigh(groups []group, guess float64) {
	for n := range groups {
		g := &groups[n]
		for i, w := range g.weights(guess) {
			g.weighted += w * g.right[i] / g.people
		}
	}
}

// polynomial is the least-squares curve of the degree through the points, at x.
func polynomial(xs, ys []float64, degree int, x float64) float64 {
	a, b := mat.NewDense(len(xs), degree+1, nil), mat.NewVecDense(len(ys), ys)
	for i, v := range xs {
		for d := range degree + 1 {
			a.Set(i, d, math.Pow(v, float64(d)))
		}
	}
	var coefficients mat.VecDense
	if coefficients.SolveVec(a, b) != nil {
		return 1 // says nothing
	}
	sum := 0.0
	for d := range degree + 1 {
		sum += coefficients.AtVec(d) * math.Pow(x, float64(d))
	}
	return sum
}

// loglinear is the Poisson regression ln y = a + b·x, at x.
func loglinear(xs, ys []float64, x float64) float64 {
	mean := 0.0
	for _, y := range ys {
		mean += y / float64(len(ys))
	}
	if mean <= 0 {
		return 0
	}
	a, b := math.Log(mean), 0.0
	for range 100 {
		var ga, gb, haa, hab, hbb float64
		for i, v := range xs {
			mu := math.Exp(min(a+b*v, 50))
			ga, gb = ga+ys[i]-mu, gb+(ys[i]-mu)*v
			haa, hab, hbb = haa+mu, hab+mu*v, hbb+mu*v*v
		}
		det := haa*hbb - hab*hab
		if det <= 0 {
			break
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		a, b = a+da, b+db
		if math.Abs(da)+math.Abs(db) < 1e-12 {
			break
		}
	}
	return math.Exp(min(a+b*x, 50))
}
