package exam

import (
	"slices"
	"time"
)

// Points are marks in ten-thousandths of a point, so that sums are exact and
// the same on every machine. Every item of a form is worth one point.
type Points int64

// OnePoint is what one item is worth.
const OnePoint Points = 10_000

// Credit is the share of an item that an answer earns, 0 to OnePoint.
type Credit = Points

// Result is what grading found. It is computed from the form, the responses and
// the bank alone, so that doctor can compute it again.
type Result struct {
	Score Points `json:"score"`
	Max   Points `json:"max"`
	// Cut is the least score that passes.
	Cut      Points          `json:"cut"`
	Passed   bool            `json:"passed"`
	Sections []SectionResult `json:"sections"`
	Gates    []GateResult    `json:"gates,omitempty"`
	// Marks are the points of each slot in the form's order.
	Marks    []Points  `json:"marks"`
	GradedAt time.Time `json:"graded_at"`
	// KeyChange is the number of the exam's key change whose keys were marked by, 0
	// for those with which the items were drawn.
	KeyChange int `json:"key_change,omitempty"`
}

// sameMarks reports whether two results say the same of a learner.
func (r *Result) sameMarks(o *Result) bool {
	return slices.Equal(r.Marks, o.Marks) && r.Max == o.Max && r.Passed == o.Passed
}

// SectionResult is the score on one section.
type SectionResult struct {
	Section string `json:"section"`
	Score   Points `json:"score"`
	Max     Points `json:"max"`
}

// GateResult is the score on one gate's sections against its minimum.
type GateResult struct {
	Gate    string `json:"gate"`
	Score   Points `json:"score"`
	Max     Points `json:"max"`
	Minimum Points `json:"minimum"`
	Passed  bool   `json:"passed"`
}

// BasisPoints is score as a share of max, rounded down.
func (r *Result) BasisPoints() int {
	if r.Max == 0 {
		return 0
	}
	return int(r.Score * fullBasisPoints / r.Max)
}
