package statistics

import (
	"time"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Letter is a class of differences between groups.
type Letter = dif.Letter

// Letters are the classes, the largest differences first.
func Letters() []Letter { return []Letter{dif.C, dif.B, dif.A} }

// BankResult is the analysis of the items of a release over all exams that asked them,
// also exams over other releases where they asked the very same revision.
type BankResult struct {
	Schema      int       `json:"schema"`
	Run         int       `json:"run"`
	Release     string    `json:"release"`
	Fingerprint string    `json:"fingerprint"`
	ComputedAt  time.Time `json:"computed_at"`
	// Exams that asked items of the release, the one that most people sat first.
	Exams []BankExam `json:"exams"`
	// People and Responses of the exams that counted. Who sat several exams counts in
	// each of them.
	People    int `json:"people"`
	Responses int `json:"responses"`
	// Enough is false below LeastPeople; then there is nothing more.
	Enough bool `json:"enough"`

	Model       irt.Model            `json:"model"`
	ModelStatus psychometrics.Status `json:"model_status"`
	ModelReason string               `json:"model_reason,omitempty"`
	// Compared says which groups were, by role, language and region.
	Compared []Compared `json:"compared,omitempty"`
	Items    []BankLine `json:"items,omitempty"`
}

// BankExam is an exam that asked items of the release.
type BankExam struct {
	Exam string `json:"exam"`
	Role string `json:"role"`
	// People whose attempts count. Of exams with fewer than LeastPeople no answer is in
	// any figure: set against the others they would show.
	People int  `json:"people"`
	Counts bool `json:"counts"`
}

// BankLine is an item of a bank over all exams.
type BankLine struct {
	Line
	// Exams that asked it, of those that count.
	Exams int `json:"exams"`
	// Exposure is the share of the people of these exams who were asked it.
	Exposure float64 `json:"exposure"`
	// Role is the worst class of its differences between roles, "" when none was compared.
	Role dif.Letter `json:"role_dif"`
}

// BankItemResult is the analysis of one item of a bank.
type BankItemResult struct {
	Schema     int       `json:"schema"`
	Run        int       `json:"run"`
	Release    string    `json:"release"`
	ComputedAt time.Time `json:"computed_at"`
	BankLine
	// Curve is on the scale of all exams together.
	Curve irt.ItemFit    `json:"curve"`
	Asked []Asked        `json:"asked"`
	DIF   []BankCompared `json:"dif,omitempty"`
}

// Asked is an item in one exam.
type Asked struct {
	BankExam
	N        int     `json:"n"`
	Exposure float64 `json:"exposure"`
	// Facility, and Rest: the correlation with ability on the scale of all exams, without
	// the item.
	Facility psychometrics.Estimate `json:"facility"`
	Rest     psychometrics.Estimate `json:"rest"`
	// Flags are those of the exam's own statistics, none where it has none.
	Flags []ctt.Flag `json:"flags"`
}

// BankCompared is an item in two groups, matched by ability without the item, and again
// with all items left out of ability that differ.
type BankCompared struct {
	Compared
	ReferenceN int                    `json:"reference_n"`
	FocalN     int                    `json:"focal_n"`
	Plain      psychometrics.Estimate `json:"delta_plain"`
	Delta      psychometrics.Estimate `json:"delta"`
	P          float64                `json:"p"`
	// Crossing is the chance of as much difference by ability; see Comparison.
	Crossing float64    `json:"p_nonuniform"`
	ETS      dif.Letter `json:"ets"`
}
