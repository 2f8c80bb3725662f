package dif

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// purifications bounds the repetitions; a set of items that comes back ends them
// before.
const purifications = 20

// purify leaves items that differ out of the totals, again and again until the same ones
// are found.
func (s *study) purify(sides []Side) {
	var history [][]bool
	for range purifications {
		found := make([]bool, len(s.m.Items()))
		for i, r := range s.compare(sides)[0] {
			found[i] = psychometrics.Below(significant, r.ChiSquared)
		}
		if slices.ContainsFunc(history, func(before []bool) bool { return slices.Equal(before, found) }) {
			return
		}
		history = append(history, found)
		s.out = found
	}
}

// PurifiedByAbility compares the groups on every item of data in which people answered
// different items, and does so again and again with the items that were found left out
// of the abilities, until the same ones are found. Found are those of class B or C: where
// a bank has hundreds of items, a test at 5 % alone would leave out many that are
// as they should be.
//
// ability gives, for each cell of the matrix, the person's ability without that item and
// without those that are out. plain is the first comparison, without tests by regression,
// purified the last one.
func PurifiedByAbility(m *responses.Matrix, sides []Side, ability func(out []bool) []float64) (plain, purified []Result) {
	s := &study{m: m}
	out := make([]bool, len(m.Items()))
	var history [][]bool
	for range purifications {
		s.ability = ability(out)
		purified = s.compare(sides)[0]
		if plain == nil {
			plain = purified
		}
		history = append(history, out)
		out = make([]bool, len(m.Items()))
		for i, r := range purified {
			out[i] = r.ETS == B || r.ETS == C
		}
		if slices.ContainsFunc(history, func(before []bool) bool { return slices.Equal(before, out) }) {
			break
		}
	}
	s.regress = true
	return plain, s.compare(sides)[0]
}
