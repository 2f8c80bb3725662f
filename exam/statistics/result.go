package statistics

import (
	"time"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

const (
	// algorithm is the number of what is computed; a result of another one is
	// computed anew.
	algorithm = 4
	// reading is the number of how attempts are read into extracts: those of another one
	// are read again.
	reading = 2
	// LeastPeople is below which nothing is said: on few people everything looks odd.
	LeastPeople = 30
	// LeastGroup is the size of the smallest group that is named, so that nobody can
	// be told from a mean.
	LeastGroup = 10
	// leastForSlopes is how many people it takes to estimate a slope for each item;
	// below it all items share one (de Ayala 2009 asks for some hundreds for 2PL).
	leastForSlopes = 200
	// leastForDIF is how many people a group has that is compared with others (Zieky
	// 1993 asks for 100 in the smaller one at the least).
	leastForDIF = 100
	// leastForDecisions is how many people a consistency of decisions is acted on from.
	leastForDecisions = 100
	// comparedRegions bounds the work: the largest ones are compared with the rest.
	comparedRegions = 6
	// bins is how many parts a distribution of scores has.
	bins = 20
	// observedBins is how many groups of ability an item's curve is held against.
	observedBins = 10
)

// Counts says which attempts a result rests on.
type Counts struct {
	// Read attempts, of which Counted are what is analysed.
	Read    int `json:"read"`
	Counted int `json:"counted"`
	// Voided, unfinished and repeated ones are not.
	Voided     int `json:"voided"`
	Unfinished int `json:"unfinished"`
	Retakes    int `json:"retakes"`
	// Responses of the counted ones, without items dropped or granted.
	Responses int `json:"responses"`
}

// Result is the analysis of an exam.
type Result struct {
	Schema int    `json:"schema"`
	Run    int    `json:"run"`
	Exam   string `json:"exam"`
	// Release and KeyChanges are the items and the keys that it rests on, and
	// Fingerprint is over these and every attempt that counted, with its version, its
	// sitting and the region of that.
	Release     string    `json:"release"`
	KeyChanges  int       `json:"key_changes"`
	Fingerprint string    `json:"fingerprint"`
	ComputedAt  time.Time `json:"computed_at"`
	Counts      Counts    `json:"counts"`
	// Enough is false below LeastPeople; then there is nothing more.
	Enough bool `json:"enough"`

	// All has everybody; the others are named groups, the rest together as "".
	All       Group   `json:"all"`
	Languages []Group `json:"languages,omitempty"`
	Regions   []Group `json:"regions,omitempty"`

	// Alpha and SEM are defined where everybody had the same items.
	Alpha       psychometrics.Estimate `json:"alpha"`
	SEM         psychometrics.Estimate `json:"sem"`
	Model       irt.Model              `json:"model"`
	ModelStatus psychometrics.Status   `json:"model_status"`
	ModelReason string                 `json:"model_reason,omitempty"`
	Reliability psychometrics.Estimate `json:"reliability"`
	// Cut is the ability of a candidate whose expected share of points is the cut
	// score, over all items as often as they were asked.
	Cut psychometrics.Estimate `json:"cut"`
	// Curve is the information of a form, in the mean over all forms that were sat.
	Curve []TestPoint `json:"curve,omitempty"`
	// Drawn and Estimated are the spread of the forms that were sat: the score that a
	// candidate at the cut may expect, as a share of the maximum, by what was known
	// when they were drawn and by what the responses say.
	Drawn     Spread `json:"drawn"`
	Estimated Spread `json:"estimated"`

	// Decisions says how sure pass and fail are, nil without a model.
	Decisions *Decisions `json:"decisions,omitempty"`
	// Dependence is the mean of Q3 over all pairs of items, Pairs those far above it.
	Dependence psychometrics.Estimate `json:"dependence"`
	Pairs      []Pair                 `json:"pairs,omitempty"`
	// Unusual counts people, and names none.
	Unusual Unusual `json:"unusual"`

	// Times says how fast people answered, nil where too few sat to say anything.
	Times *Times `json:"times,omitempty"`

	Items []Line `json:"items,omitempty"`
	// DIF says who was compared.
	Compared []Compared `json:"compared,omitempty"`
}

// Group is the scores of some people, as shares of what they could reach.
type Group struct {
	Name string                 `json:"name"`
	N    int                    `json:"n"`
	Mean psychometrics.Estimate `json:"mean"`
	SD   psychometrics.Estimate `json:"sd"`
	Pass psychometrics.Estimate `json:"pass"`
	// Bins counts people by score, in parts of 5 %; who has everything is in the last.
	Bins []int `json:"bins"`
}

// TestPoint is a form at one ability.
type TestPoint struct {
	Theta       float64 `json:"theta"`
	Information float64 `json:"information"`
	// Expected share of points.
	Expected float64 `json:"expected"`
}

// Spread is how much forms differ.
type Spread struct {
	N    int                    `json:"n"`
	Mean float64                `json:"mean"`
	SD   psychometrics.Estimate `json:"sd"`
	Min  float64                `json:"min"`
	Max  float64                `json:"max"`
	// Values are at most 2,000 of them, for a picture.
	Values []float64 `json:"values,omitempty"`
}

// Line is an item in the table of an exam.
type Line struct {
	Item    string `json:"item"`
	N       int    `json:"n"`
	Pretest bool   `json:"pretest,omitempty"`
	// Facility is the mean share of the point; Rest the correlation with the score on
	// the other items, or with ability without the item.
	Facility psychometrics.Estimate `json:"facility"`
	Rest     psychometrics.Estimate `json:"rest"`
	Flags    []ctt.Flag             `json:"flags"`
}

// DIF is the flag of an item that is clearly harder for one of two groups than ability
// explains. It is beside those of package ctt.
const DIF ctt.Flag = "dif"

// ItemResult is the analysis of one item.
type ItemResult struct {
	Schema     int       `json:"schema"`
	Run        int       `json:"run"`
	Exam       string    `json:"exam"`
	Release    string    `json:"release"`
	ComputedAt time.Time `json:"computed_at"`
	Line
	SD         psychometrics.Estimate `json:"sd"`
	Omitted    float64                `json:"omitted"`
	NotReached float64                `json:"not_reached"`
	// Options are those of a choice of one, in the order of the item; none for other
	// kinds.
	Options []ctt.Option `json:"options,omitempty"`
	// Curve are the parameters, and Observed the shares right by ability.
	Curve    irt.ItemFit    `json:"curve"`
	Observed []irt.Observed `json:"observed,omitempty"`
	DIF      []Comparison   `json:"dif,omitempty"`
	// Fit tests the curve, nil without one; Drift follows it over months, nil when all
	// sat in one.
	Fit   *Fit   `json:"fit,omitempty"`
	Drift *Drift `json:"drift,omitempty"`
	// Time is how fast it was answered.
	Time *ItemTime `json:"time,omitempty"`
}

// Compared is two groups whose items were compared.
type Compared struct {
	By        string `json:"by"` // "language" or "region"
	Reference string `json:"reference"`
	Focal     string `json:"focal"`
}

// Comparison is an item in two groups.
type Comparison struct {
	Compared
	ReferenceN int                    `json:"reference_n"`
	FocalN     int                    `json:"focal_n"`
	Delta      psychometrics.Estimate `json:"delta"`
	P          float64                `json:"p"`
	// Crossing is the chance of as much difference by ability, by logistic regression:
	// small where the item is harder for one group at some abilities only. 1 when it
	// cannot be told.
	Crossing float64    `json:"p_nonuniform"`
	ETS      dif.Letter `json:"ets"`
}
