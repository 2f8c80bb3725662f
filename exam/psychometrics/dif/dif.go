// Package dif finds items that behave differently for two groups of people of
// equal ability (differential item functioning): an item that is harder for one
// language or region than ability explains.
//
// The reference group is what the focal group is compared with. People are
// matched by their number of right answers where all answered the same items,
// and by ability estimated without the studied item, in bins of equal size, where
// they did not.
//
// Mantel-Haenszel finds items that are harder throughout (Holland and Thayer
// 1988), with the standard error of Phillips and Holland (1987) and the letters
// of the Educational Testing Service (Zwick 2012); logistic regression also finds
// those that are harder only for some abilities (Swaminathan and Rogers 1990).
package dif

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Letter is ETS' class of an effect.
type Letter string

// The letters.
const (
	// A is negligible: |Δ| under 1, or not significant at 5 %.
	A Letter = "A"
	// B is between the others.
	B Letter = "B"
	// C is large: |Δ| 1.5 or more, and significantly more than 1.
	C Letter = "C"
)

// Limits of N below which nothing is acted on.
const (
	leastFocal = 100
	leastTotal = 400
)

// bins is how many groups of equal size people are matched in by ability.
const bins = 10

// Comparison says who is compared and how.
type Comparison struct {
	Reference, Focal string
	// Ability gives, for each cell of the matrix, the person's ability without
	// that item. nil matches by the number of right answers, which needs
	// complete data.
	Ability []float64
	// Purify leaves items that were found out of the matching score, again and
	// again until the same ones are found. It needs complete data.
	Purify bool
}

// Result is the comparison of one item.
type Result struct {
	Item string
	// ReferenceN and FocalN answered it.
	ReferenceN, FocalN int
	// Delta is −2.35·ln α: below 0 the item is harder for the focal group. Its
	// SE is 2.35 times that of ln α.
	Delta psychometrics.Estimate
	// Alpha is the common odds ratio.
	Alpha float64
	// ChiSquared with continuity correction, one degree of freedom, and its P.
	ChiSquared, P float64
	// Difference is the mean difference of the share right in the focal group
	// from that in the reference group, weighted by the focal group
	// (standardised P-DIF, Dorans and Kulick 1986).
	Difference float64
	// ETS is "" when there are too few people.
	ETS Letter
	// Uniform and NonUniform are likelihood-ratio tests by logistic regression,
	// one degree of freedom each.
	Uniform, NonUniform Test
}

// Test is one likelihood-ratio test.
type Test struct {
	Statistic, P float64
	Status       psychometrics.Status
	Reason       string
}

// purifications bounds the repetitions; a set of items that comes back ends them
// before.
const purifications = 20

// significant is the 5 % point of chi-squared with one degree of freedom.
const significant = 3.841458820694124

// Compare compares the two groups on every item.
func Compare(m *responses.Matrix, c Comparison) []Result {
	s := &study{m: m, c: c, side: sides(m, c)}
	results := s.all()
	if !c.Purify || c.Ability != nil || !m.SameScored() {
		return results
	}
	var history [][]bool
	for range purifications {
		found := make([]bool, len(results))
		for i, r := range results {
			found[i] = psychometrics.Below(significant, r.ChiSquared)
		}
		if slices.ContainsFunc(history, func(before []bool) bool { return slices.Equal(before, found) }) {
			break
		}
		history = append(history, found)
		s.out = found
		results = s.all()
	}
	return results
}

// side of a person: 0 reference, 1 focal, −1 neither.
func sides(m *responses.Matrix, c Comparison) []int {
	side := make([]int, len(m.People()))
	for p, person := range m.People() {
		switch person.Group {
		case c.Reference:
			side[p] = 0
		case c.Focal:
			side[p] = 1
		default:
			side[p] = -1
		}
	}
	return side
}

type study struct {
	m    *responses.Matrix
	c    Comparison
	side []int
	out  []bool // items left out of the matching score
}

// all studies every item, several at once: none looks at what was found of another.
func (s *study) all() []Result {
	results := make([]Result, len(s.m.Items()))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(results)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(results); i = int(next.Add(1)) - 1 {
				results[i] = s.item(i)
			}
		})
	}
	group.Wait()
	return results
}

// answer is one person's answer to the studied item.
type answer struct {
	right, focal bool
	weight       float64
	match        float64 // what people are matched by
	stratum      int
}

func (s *study) item(i int) Result {
	r := Result{Item: s.m.Items()[i].ID}
	why := ""
	answers := s.answers(i)
	for _, a := range answers {
		if a.focal {
			r.FocalN += int(a.weight)
		} else {
			r.ReferenceN += int(a.weight)
		}
	}
	n := r.ReferenceN + r.FocalN
	switch {
	case !s.m.Binary(i):
		why = "needs marks of 0 and 1"
	case s.c.Ability == nil && !s.m.SameScored():
		why = "people answered different items: match by ability"
	case r.ReferenceN == 0 || r.FocalN == 0:
		why = "one of the groups did not answer it"
	}
	if why == "" {
		why = r.mantelHaenszel(answers)
	}
	if why != "" {
		r.Delta = psychometrics.Undefined(n, why)
		r.Uniform, r.NonUniform = Test{Status: psychometrics.NotDefined, Reason: why}, Test{Status: psychometrics.NotDefined, Reason: why}
		return r
	}
	if r.FocalN < leastFocal || n < leastTotal {
		r.Delta.Status, r.Delta.Reason = psychometrics.TooFew, "needs 100 people in the focal group and 400 in all"
	} else {
		r.ETS = letter(r.Delta.Value, r.Delta.SE, r.ChiSquared)
	}
	r.Uniform, r.NonUniform = logistic(answers, r.Delta.Status)
	return r
}

// letter is ETS' rule.
func letter(delta, se, chi2 float64) Letter {
	size := math.Abs(delta)
	switch {
	case psychometrics.Below(size, 1) || psychometrics.Below(chi2, significant):
		return A
	case !psychometrics.Below(size, 1.5) && psychometrics.Below(1.645, (size-1)/se):
		return C
	}
	return B
}

// answers to item i with what people are matched by: the number of right answers
// with the studied item, or the ability without it.
func (s *study) answers(i int) []answer {
	at := s.m.To(i)
	answers := make([]answer, 0, len(at))
	for _, n := range at {
		c := s.m.Cells()[n]
		if s.side[c.Person] < 0 {
			continue
		}
		a := answer{right: c.Mark > 0, focal: s.side[c.Person] == 1, weight: float64(s.m.People()[c.Person].Count)}
		if s.c.Ability != nil {
			a.match = s.c.Ability[n]
		} else {
			for _, other := range s.m.Of(int(c.Person)) {
				if int(other.Item) == i || !s.m.Items()[other.Item].Unscored && (s.out == nil || !s.out[other.Item]) {
					a.match += other.Mark
				}
			}
		}
		a.match = psychometrics.Snap(a.match)
		answers = append(answers, a)
	}
	s.stratify(answers)
	return answers
}

// stratify numbers the strata: one a score, or bins of equal size by ability.
// People of one ability are in one bin, that of their middle rank, so that the
// order of people decides nothing.
func (s *study) stratify(answers []answer) {
	slices.SortStableFunc(answers, func(a, b answer) int { return cmp.Compare(a.match, b.match) })
	total, before := 0.0, 0.0
	for _, a := range answers {
		total += a.weight
	}
	stratum := 0
	for from := 0; from < len(answers); stratum++ {
		to, tied := from, 0.0
		for to < len(answers) && answers[to].match == answers[from].match {
			tied += answers[to].weight
			to++
		}
		if s.c.Ability != nil {
			stratum = min(bins-1, int((before+tied/2)/total*bins))
		}
		for n := from; n < to; n++ {
			answers[n].stratum = stratum
		}
		before += tied
		from = to
	}
}

// mantelHaenszel fills in the odds ratio and its test; it returns why there is
// none.
func (r *Result) mantelHaenszel(answers []answer) string {
	type table struct{ a, b, c, d float64 } // reference right and wrong, focal right and wrong
	tables := make([]table, answers[len(answers)-1].stratum+1)
	for _, x := range answers {
		t := &tables[x.stratum]
		switch {
		case !x.focal && x.right:
			t.a += x.weight
		case !x.focal:
			t.b += x.weight
		case x.right:
			t.c += x.weight
		default:
			t.d += x.weight
		}
	}
	var over, under, observed, expected, variance float64
	var ps, cross, qs float64 // of the variance of ln α
	var difference, focal float64
	for _, t := range tables {
		reference, foc, right, wrong := t.a+t.b, t.c+t.d, t.a+t.c, t.b+t.d
		n := reference + foc
		if reference == 0 || foc == 0 {
			continue
		}
		difference += foc * (t.c/foc - t.a/reference)
		focal += foc
		if n < 2 || right == 0 || wrong == 0 {
			continue
		}
		rr, ss := t.a*t.d/n, t.b*t.c/n
		over, under = over+rr, under+ss
		observed += t.a
		expected += reference * right / n
		variance += reference * foc * right * wrong / (n * n * (n - 1))
		p, q := (t.a+t.d)/n, (t.b+t.c)/n
		ps, cross, qs = ps+p*rr, cross+p*ss+q*rr, qs+q*ss
	}
	if over <= 0 || under <= 0 || variance <= 0 {
		return "no score has people of both groups with right and with wrong answers"
	}
	r.Alpha = over / under
	// The correction for continuity takes off, it never adds.
	gap := math.Abs(observed - expected)
	r.ChiSquared = min(gap*gap, (gap-.5)*(gap-.5)) / variance
	r.P = distuv.ChiSquared{K: 1}.Survival(r.ChiSquared)
	varLog := ps/(2*over*over) + cross/(2*over*under) + qs/(2*under*under)
	r.Delta = psychometrics.Of(-2.35*math.Log(r.Alpha), r.ReferenceN+r.FocalN, 0).WithSE(2.35 * math.Sqrt(varLog))
	r.Difference = difference / focal
	return ""
}
