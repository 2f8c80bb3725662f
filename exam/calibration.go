package exam

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/internal/fault"
)

// Basis says what the difficulties of a plan's items rest on.
type Basis string

// The bases, the surest first.
const (
	// Calibrated: every item's parameters are estimated from answers.
	Calibrated Basis = "calibrated"
	// PartlyCalibrated: some are, the others are judged.
	PartlyCalibrated Basis = "partly_calibrated"
	// Judged: by the panel of a standard setting, or by the authors.
	Judged Basis = "judged"
)

// Calibration is what is known of the difficulty of items, at one moment. It is
// immutable and named by its content hash.
type Calibration struct {
	Schema int    `json:"schema"`
	Hash   string `json:"hash"`
	// Items by id. An item without an entry has its author's difficulty.
	Items map[string]ItemCalibration `json:"items"`
	// CreatedAt and CreatedBy are not hashed.
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
}

// ItemCalibration is one item's difficulty: estimated, or rated by a panel.
type ItemCalibration struct {
	// A, B and C are slope, difficulty and lower asymptote in the logistic metric
	// (D = 1), as "proba analyze" prints them, with their standard errors.
	A   float64 `json:"a,omitempty"`
	B   float64 `json:"b,omitempty"`
	C   float64 `json:"c,omitempty"`
	SEA float64 `json:"se_a,omitempty"`
	SEB float64 `json:"se_b,omitempty"`
	// N people answered it.
	N int `json:"n,omitempty"`
	// Rating is used when A is 0: the mean judgement of an Angoff panel of the
	// share of candidates at the cut who answer it right, between 0 and 1.
	Rating float64 `json:"rating,omitempty"`
}

// judgedSD is how far a judged chance at the cut is from the true one (standard
// deviation). Chances at the cut spread by about .195 over a bank, and experts'
// ratings correlate with them at about .6, which leaves .195·√(1 − .6²).
const judgedSD = .156

// difficulties are what the author's words mean in logits from the middle. They
// are equal steps: no more is known.
var difficulties = map[Difficulty]float64{Basic: -1, Applied: 0, Expert: 1}

// NewCalibration checks the entries and returns them under their hash. The fault
// "calibration.invalid" names every faulty item.
func NewCalibration(items map[string]ItemCalibration) (Calibration, error) {
	var faults []fault.Field
	for id, it := range items {
		finite := true
		for _, v := range []float64{it.A, it.B, it.C, it.SEA, it.SEB, it.Rating} {
			finite = finite && !math.IsNaN(v) && !math.IsInf(v, 0)
		}
		estimated := it.A > 0 && it.A <= 20 && math.Abs(it.B) <= 20 && it.C >= 0 && it.C < .9 && it.SEA >= 0 && it.SEB >= 0
		rated := it.A == 0 && it.Rating > 0 && it.Rating < 1
		if !finite || (!estimated && !rated) {
			faults = append(faults, fault.Field{Path: "/items/" + id, Message: "needs a slope above 0 with a difficulty between -20 and 20, or a rating between 0 and 1"})
		}
	}
	if len(items) == 0 {
		faults = append(faults, fault.Field{Path: "/items", Message: "names no item"})
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(a, b fault.Field) int {
			if a.Path < b.Path {
				return -1
			}
			return 1
		})
		return Calibration{}, fault.New(fault.Invalid, "calibration.invalid", "The calibration has %d faults.", len(faults)).At(faults...)
	}
	c := Calibration{Schema: 1, Items: items}
	h, err := contentHash(c)
	if err != nil {
		return Calibration{}, fmt.Errorf("hash of a calibration: %w", err)
	}
	c.Hash = h
	return c, nil
}

// difficulty is what is known of one item.
type difficulty struct {
	item irt.Item
	// sea and seb are standard errors, judged says that the chance at the cut is
	// off by judgedSD instead.
	sea, seb float64
	judged   bool
}

// difficultyOf returns the item's, the author's where calibration has none.
func (c *Calibration) difficultyOf(it *Item) difficulty {
	if c != nil {
		if known, ok := c.Items[it.ID]; ok {
			if known.A > 0 {
				return difficulty{item: irt.FromDifficulty(known.A, known.B, known.C), sea: known.SEA, seb: known.SEB}
			}
			// A candidate at ability 0 of the judges' scale has the rated chance.
			return difficulty{item: irt.Item{A: 1, D: math.Log(known.Rating / (1 - known.Rating))}, judged: true}
		}
	}
	return difficulty{item: irt.FromDifficulty(1, difficulties[it.Difficulty], 0), judged: true}
}

// variance is that of the chance at ability theta (delta method; the errors of
// slope and difficulty are taken as independent).
func (d difficulty) variance(theta float64) float64 {
	if d.judged {
		return judgedSD * judgedSD
	}
	p := irt.Item{A: d.item.A, D: d.item.D}.P(theta)
	slope := (1 - d.item.C) * p * (1 - p)
	byB, byA := slope*d.item.A*d.seb, slope*(theta-d.item.B())*d.sea
	return byA*byA + byB*byB
}
