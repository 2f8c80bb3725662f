package statistics

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// stages is how many parts the computing has, for its progress: the model, what is
// computed with it, and storing.
const stages = 2 + parts

// analyse computes a result, those of its items, whose answers are alike and who answered
// too fast to have read. It is pure. step hears that a part of stages is done, and again
// while a long one goes on.
func analyse(e *exam.Exam, b *exam.Bank, keys *exam.Keying, s *sample, step func(done int)) (Result, []ItemResult, Similar, Effort) {
	r := Result{Schema: 1, Exam: e.ID, Release: e.Release, KeyChanges: len(e.KeyChanges)}
	if len(s.people) < LeastPeople {
		const few = "fewer people than this statistic needs"
		return r, nil, Similar{Schema: 1, Status: psychometrics.NotDefined, Reason: few}, noEffort(few)
	}
	r.Enough = true
	everybody := func(int) bool { return true }
	r.All, r.Languages, r.Regions = s.group("", everybody), s.groups(s.lang), s.groups(s.region)
	m := s.matrix(b, keys)
	step(0)
	fit := estimate(m, step)
	step(1)
	found := s.find(m, fit, func(done int) { step(1 + done) })
	r.Model, r.ModelStatus, r.ModelReason = fit.Model, fit.Status, fit.Reason
	r.Reliability = fit.Reliability(m.SameScored()).Empirical
	r.Alpha, r.SEM = found.classical.Alpha, found.classical.SEM
	items := make([]ItemResult, len(m.Items()))
	for i, c := range found.classical.Items {
		it := ItemResult{Schema: 1, Exam: e.ID, Release: e.Release, SD: c.SD, Omitted: c.Omitted, NotReached: c.NotReached, Options: c.Options, Curve: fit.Items[i], Observed: found.observed[i]}
		it.Line = Line{Item: c.ID, N: c.N, Pretest: m.Items()[i].Unscored, Facility: c.Facility, Rest: c.Rest, Flags: c.Flags}
		items[i] = it
	}
	r.Compared = found.compared
	noteDIF(found.compared, found.differences, items)
	r.test(e, m, s, fit, items)
	r.beyond(m, fit, found, items)
	effort := r.pace(m, s, found.pace, items)
	for i := range items {
		r.Items = append(r.Items, items[i].Line)
	}
	return r, items, found.similar, effort
}

// estimate fits the model that so many people allow, with weak priors: items of a bank
// that few had are held near what is usual.
func estimate(m *responses.Matrix, step func(int)) *irt.Fit {
	o := irt.Options{Model: irt.TwoPL, Prior: irt.Weak, Progress: func(int, float64) { step(0) }}
	if m.Count() < leastForSlopes {
		o.Model = irt.OnePL
	}
	return irt.Estimate(m, o)
}

// compare looks for items that behave differently by language, and by region.
func compare(m *responses.Matrix, s *sample, rest []float64) ([]Compared, [][]dif.Result) {
	if rest == nil {
		return nil, nil
	}
	compared := append(withLargest("language", s.lang), withOthers("region", s.region)...)
	sides := make([][]dif.Side, len(compared))
	for n, c := range compared {
		sides[n] = c.sides(s.lang)
		if c.By == "region" {
			sides[n] = c.sides(s.region)
		}
	}
	return compared, dif.ByAbility(m, rest, sides...)
}

// withLargest compares every group that is large enough with the largest.
func withLargest(by string, names []string) []Compared {
	var all []Compared
	groups := large(names)
	for _, focal := range groups[min(1, len(groups)):] {
		all = append(all, Compared{By: by, Reference: groups[0], Focal: focal})
	}
	return all
}

// withOthers compares some groups that are large enough with everybody else.
func withOthers(by string, names []string) []Compared {
	var all []Compared
	for _, focal := range first(large(names), comparedRegions) {
		if len(names)-count(names, focal) >= leastForDIF {
			all = append(all, Compared{By: by, Focal: focal})
		}
	}
	return all
}

// sides are those of people by the names of their groups.
func (c *Compared) sides(names []string) []dif.Side {
	sides := make([]dif.Side, len(names))
	for p, name := range names {
		switch {
		case name == c.Focal:
			sides[p] = dif.Focal
		case name == c.Reference || c.Reference == "":
			sides[p] = dif.Reference
		}
	}
	return sides
}

// noteDIF adds what was found to the items.
func noteDIF(compared []Compared, found [][]dif.Result, items []ItemResult) {
	for n, c := range compared {
		for i, d := range found[n] {
			crossing := 1.0
			if d.NonUniform.Status != psychometrics.NotDefined {
				crossing = d.NonUniform.P
			}
			items[i].DIF = append(items[i].DIF, Comparison{c, d.ReferenceN, d.FocalN, d.Delta, d.P, crossing, d.ETS})
			if d.ETS == dif.C && !slices.Contains(items[i].Flags, DIF) {
				items[i].Flags = append(items[i].Flags, DIF)
			}
		}
	}
}

func first[T any](all []T, n int) []T { return all[:min(n, len(all))] }

func count(names []string, want string) int {
	n := 0
	for _, name := range names {
		if name == want {
			n++
		}
	}
	return n
}

// large are the names with people enough to be compared, the largest first.
func large(names []string) []string {
	size := make(map[string]int)
	for _, name := range names {
		size[name]++
	}
	var all []string
	for name, n := range size {
		if name != "" && n >= leastForDIF {
			all = append(all, name)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
	return all
}

// test adds what is known of whole forms.
func (r *Result) test(e *exam.Exam, m *responses.Matrix, s *sample, fit *irt.Fit, items []ItemResult) {
	r.Drawn, r.Estimated = spread(s.drawn), spread(nil)
	if fit.Status == psychometrics.NotDefined {
		r.Cut = psychometrics.Undefined(m.Count(), fit.Reason)
		return
	}
	f := newForms(m, s, fit, items)
	theta, ok := f.cut(float64(e.Blueprint.Cut) / 10_000)
	if !ok {
		r.Cut = psychometrics.Undefined(m.Count(), "no ability gives the cut score")
	} else {
		r.Cut = psychometrics.Of(theta, m.Count(), LeastPeople)
		if info := f.at(theta).Information; info > 0 {
			r.Cut = r.Cut.WithSE(1 / math.Sqrt(info))
		}
		r.Estimated = spread(f.expected(theta))
	}
	r.decide(e, f, fit)
	for n := -40; n <= 40; n++ {
		r.Curve = append(r.Curve, f.at(float64(n)/10))
	}
}

// forms are those that were sat, as one mean form and each by itself.
type forms struct {
	m      *responses.Matrix
	items  []irt.Item
	usable []bool
	mean   []float64 // facility, which stands for an item without a curve
	asked  []float64 // how often in a form, scored
	slots  float64
}

func newForms(m *responses.Matrix, s *sample, fit *irt.Fit, items []ItemResult) *forms {
	f := &forms{m: m, mean: make([]float64, len(items)), asked: make([]float64, len(items))}
	f.items, f.usable = fit.Usable()
	for i := range items {
		f.mean[i] = items[i].Facility.Value
		if !items[i].Pretest {
			f.asked[i] = float64(items[i].N) / float64(m.Count())
		}
		f.slots += f.asked[i]
	}
	return f
}

func (f *forms) chance(i int, theta float64) float64 {
	if f.usable[i] {
		return f.items[i].P(theta)
	}
	return f.mean[i]
}

// at is the mean form at an ability.
func (f *forms) at(theta float64) TestPoint {
	p := TestPoint{Theta: theta}
	for i, asked := range f.asked {
		p.Expected += asked * f.chance(i, theta) / max(f.slots, 1e-9)
		if f.usable[i] && asked > 0 {
			p.Information += asked * f.items[i].Information(theta)
		}
	}
	return p
}

// cut is the ability at which the mean form lets expect the share.
func (f *forms) cut(share float64) (theta float64, ok bool) {
	low, high := -6.0, 6.0
	if f.at(low).Expected > share || f.at(high).Expected < share {
		return 0, false
	}
	for range 60 {
		if theta = (low + high) / 2; f.at(theta).Expected < share {
			low = theta
		} else {
			high = theta
		}
	}
	return theta, true
}

// expected is for each form the share of points that it lets a candidate of this ability
// expect.
func (f *forms) expected(theta float64) []float64 {
	chances := make([]float64, len(f.items))
	for i := range chances {
		chances[i] = f.chance(i, theta)
	}
	all := make([]float64, 0, len(f.m.People()))
	for p := range f.m.People() {
		sum, n := 0.0, 0
		for _, c := range f.m.Of(p) {
			if f.asked[c.Item] > 0 {
				sum, n = sum+chances[c.Item], n+1
			}
		}
		if n > 0 {
			all = append(all, sum/float64(n))
		}
	}
	return all
}

func itemPart(id string) string { return fmt.Sprintf("item/%s", id) }
