package dif

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// PurifiedByAbility compares the groups on every item of data in which people answered
// different items, and does so again and again with the items that were found left out
// of the abilities, until the same ones are found. Found are those of class B or C: where
// a bank has hundreds of items, a test at 5 % alone would leave out many that are
// as they should be.
//
// ability gives, for each cell of the matrix, the person's ability without that item and
// without those that are out. plain is the first comparison, purified the last one.
func PurifiedByAbility(m *responses.Matrix, reference, focal string, ability func(out []bool) []float64) (plain, purified []Result) {
	out := make([]bool, len(m.Items()))
	var history [][]bool
	for range purifications {
		purified = Compare(m, Comparison{Reference: reference, Focal: focal, Ability: ability(out)})
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
	return plain, purified
}
