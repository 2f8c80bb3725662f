package irt

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Andersen tests whether items are equally difficult for people with low and with high
// scores, as the Rasch model says they are: twice the sum of the groups' conditional
// log-likelihoods less that of all (Andersen 1973). People are divided at their mean
// score. It needs complete data, and in both groups every item right for some and wrong
// for others. whole is the model of m.
func (whole *Rasch) Andersen(m *responses.Matrix) FitTest {
	n := m.Count()
	switch {
	case !m.Complete():
		return noFit(n, incomplete)
	case whole.LogLikelihood == 0 || !whole.Converged:
		return noFit(n, whole.Reason)
	}
	scores, mean := make([]float64, len(m.People())), 0.0
	for p, person := range m.People() {
		for _, c := range m.Of(p) {
			scores[p] += c.Mark
		}
		mean += float64(person.Count) * scores[p] / float64(n)
	}
	statistic, df := -whole.LogLikelihood, -estimated(whole)+1
	for _, upper := range []bool{false, true} {
		part := EstimateRasch(chosen(m, func(p int) bool { return (scores[p] > mean) == upper }))
		if !part.Converged || estimated(part) != estimated(whole) {
			return noFit(n, "in one half of the people an item is right for all or for none")
		}
		statistic += part.LogLikelihood
		df += estimated(part) - 1
	}
	return fitTest(2*statistic, df, n)
}

// estimated is how many items have a difficulty.
func estimated(r *Rasch) int {
	n := 0
	for _, it := range r.Items {
		if it.Reason == "" {
			n++
		}
	}
	return n
}

// chosen is the part of the table with some of the people.
func chosen(m *responses.Matrix, is func(p int) bool) *responses.Matrix {
	var people []responses.Person
	var cells []responses.Cell
	for p, person := range m.People() {
		if !is(p) {
			continue
		}
		own := slices.Clone(m.Of(p))
		for n := range own {
			own[n].Person = int32(len(people))
		}
		people, cells = append(people, person), append(cells, own...)
	}
	return responses.New(m.Items(), people, cells)
}
