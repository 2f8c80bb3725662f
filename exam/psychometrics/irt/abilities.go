package irt

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// scoredOf are the answers of person p to usable items that count.
func (f *Fit) scoredOf(p int) []Answer {
	d := f.answers
	all := make([]Answer, 0, d.first[p+1]-d.first[p])
	for n := d.first[p]; n < d.first[p+1]; n++ {
		if it := &f.Items[d.item[n]]; it.Status != psychometrics.NotDefined && !d.unscored[d.item[n]] {
			all = append(all, Answer{it.Item, d.right[n]})
		}
	}
	return all
}

// Abilities are the EAPs of all people by the items that count, in the order of the
// matrix. Who answered no usable item has Defined false.
func (f *Fit) Abilities() []Score {
	all, t := make([]Score, f.answers.people), f.chances()
	spread(len(all), func(from, to int) {
		post := make([]float64, t.points)
		for p := from; p < to; p++ {
			if f.posterior(t, p, f.counts, post) {
				mean, sd := moments(post, f.Grid)
				all[p] = Score{Theta: mean, SE: sd, Defined: true}
			}
		}
	})
	return all
}

// RestAbilities gives for each cell of the matrix the EAP of its person without that item:
// what stands for the rest score where people answered different items. An item that is
// tried out is in nobody's ability to begin with. Cells of items without parameters get the
// person's EAP. m is the matrix that the model was estimated from.
func (f *Fit) RestAbilities(m *responses.Matrix) []float64 {
	rest := make([]float64, len(m.Cells()))
	whole := f.Abilities()
	for n, c := range m.Cells() {
		rest[n] = whole[c.Person].Theta
	}
	f.without(f.chances(), func(cell int, _ int32, post []float64) { rest[cell], _ = moments(post, f.Grid) })
	return rest
}

// RestAbilitiesWithout is RestAbilities with some more items in nobody's ability: those of
// which out says so, by their place in the matrix.
func (f *Fit) RestAbilitiesWithout(m *responses.Matrix, out []bool) []float64 {
	data := *f.answers
	data.unscored = slices.Clone(data.unscored)
	for i, left := range out {
		data.unscored[i] = data.unscored[i] || left
	}
	fit := *f
	fit.answers = &data
	return fit.RestAbilities(m)
}

// RestChances gives for each cell of the matrix the chance of a right answer that
// its person's other answers let expect; 0 for items without parameters.
func (f *Fit) RestChances(m *responses.Matrix) []float64 {
	expected, t := make([]float64, len(m.Cells())), f.chances()
	f.without(t, func(cell int, item int32, post []float64) {
		for k, p := range t.p[item][1] {
			expected[cell] += post[k] * p
		}
	})
	return expected
}

// without visits every answer with the posterior of its person without it.
func (f *Fit) without(t *chances, visit func(cell int, item int32, post []float64)) {
	d := f.answers
	spread(d.people, func(from, to int) {
		post, without := make([]float64, t.points), make([]float64, t.points)
		for p := from; p < to; p++ {
			f.posterior(t, p, f.counts, post)
			cell, _ := d.m.Range(p)
			for n := d.first[p]; n < d.first[p+1]; n++ {
				item := d.item[n]
				for d.m.Cells()[cell].Item != item { // items that can have no parameters
					cell++
				}
				if f.Items[item].Status == psychometrics.NotDefined {
					continue
				}
				if d.unscored[item] {
					visit(cell, item, post)
					continue
				}
				total := 0.0
				for k, p := range of(t.p[item], d.right[n]) {
					without[k] = post[k] / max(p, 1e-300)
					total += without[k]
				}
				for k := range without {
					without[k] /= total
				}
				visit(cell, item, without)
			}
		}
	})
}
