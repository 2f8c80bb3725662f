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

// Side is the group that a person is in.
type Side int8

// The sides.
const (
	// Neither is not compared.
	Neither Side = iota
	Reference
	Focal
)

// Sides are those of the people of the matrix by the names of their groups.
func Sides(m *responses.Matrix, reference, focal string) []Side {
	sides := make([]Side, len(m.People()))
	for p, person := range m.People() {
		switch person.Group {
		case reference:
			sides[p] = Reference
		case focal:
			sides[p] = Focal
		}
	}
	return sides
}

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

// Compare compares the two groups on every item.
func Compare(m *responses.Matrix, c Comparison) []Result {
	sides := Sides(m, c.Reference, c.Focal)
	if c.Ability != nil {
		return ByAbility(m, c.Ability, sides)[0]
	}
	s := &study{m: m}
	if c.Purify && m.SameScored() {
		s.purify(sides)
	}
	s.regress = true
	return s.compare(sides)[0]
}

// ByAbility compares several pairs of groups, people being matched by ability: that of
// the person of each cell without its item. Each of sides has the side of every person,
// and each of the results every item.
func ByAbility(m *responses.Matrix, ability []float64, sides ...[]Side) [][]Result {
	s := &study{m: m, ability: ability, regress: true}
	return s.compare(sides...)
}
