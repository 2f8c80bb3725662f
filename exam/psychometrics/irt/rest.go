package irt

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

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
