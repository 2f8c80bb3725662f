package exam

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// PanelState is where a panel stands.
//
//	rating → discussing → concluded → signed
//	  ↑          ↓            ↓
//	  └──────────┴────────────┘ another round
type PanelState string

// The states of a panel.
const (
	// PanelRating has a round open: judges rate, each alone.
	PanelRating PanelState = "rating"
	// PanelDiscussing shows judges the spread of the round, real difficulty and keys.
	PanelDiscussing PanelState = "discussing"
	// PanelConcluded has its last round behind it and a report.
	PanelConcluded PanelState = "concluded"
	// PanelSigned has a cut that somebody has signed; it is final.
	PanelSigned PanelState = "signed"
)

// Bounds of a panel.
const (
	minJudges = 2
	maxJudges = 40
	// maxRated is how many items one judge can rate with care in two days.
	maxRated = 400
	// MaxJudged is how many people judges who know them may judge.
	MaxJudged = 2000
)

// NotRated stands for an item without a rating.
const NotRated = -1

// Panel is a standard setting for one exam: people who say of its items what share of
// candidates just at the line answers them. What each judge says is a Ballot; when a
// round is closed, what was handed in is copied here and no longer changes.
type Panel struct {
	Schema  int    `json:"schema"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Exam    string `json:"exam"`
	// Release and Role are what the exam drew from when the panel was called; the exam may
	// be a draft and change.
	Release string     `json:"release"`
	Role    string     `json:"role"`
	State   PanelState `json:"state"`
	// Round counts from 1.
	Round  int       `json:"round"`
	Items  []ItemRef `json:"items"`
	Judges []string  `json:"judges"`
	// Closed are the rounds that are over, oldest first.
	Closed []ClosedRound `json:"closed,omitempty"`
	// Votes are what was handed in in the last of them.
	Votes []Vote `json:"votes,omitempty"`
	// Facts are how the items were really answered, in the order of Items, as it was
	// known when the first round was closed, or at a later step before which a key of
	// the items was changed. Corrections are those of the items by which they were
	// counted.
	Facts       []ItemFact   `json:"facts,omitempty"`
	Corrections []Correction `json:"corrections,omitempty"`
	// People were judged by who knows them.
	People  []PersonJudged `json:"people,omitempty"`
	Outcome *PanelOutcome  `json:"outcome,omitempty"`
	// Decision is what was signed.
	Decision  *Decision `json:"decision,omitempty"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	// Events are its history, oldest first.
	Events []Event `json:"events"`
}

// ClosedRound sums up a round: how many handed in, and the mean and the standard
// deviation of their own cuts, as shares of the points of the rated items.
type ClosedRound struct {
	Round  int       `json:"round"`
	Judges int       `json:"judges"`
	Mean   float64   `json:"mean"`
	SD     float64   `json:"sd"`
	At     time.Time `json:"at"`
}

// Vote is what one judge handed in.
type Vote struct {
	Judge string `json:"judge"`
	// Ratings are in percent, in the order of the panel's items.
	Ratings    []int       `json:"ratings"`
	Compromise *Compromise `json:"compromise,omitempty"`
}

// Compromise is what a judge thinks of the whole exam, in percent: the right cut and the
// share of candidates whom they expect to pass (Beuk), and the lowest and highest cut and
// share of failures that they would accept (Hofstee).
type Compromise struct {
	Cut     int `json:"cut"`
	Pass    int `json:"pass"`
	CutMin  int `json:"cut_min"`
	CutMax  int `json:"cut_max"`
	FailMin int `json:"fail_min"`
	FailMax int `json:"fail_max"`
}

// ItemFact is how an item was answered: the mean share of the point over N attempts.
type ItemFact struct {
	N int     `json:"n"`
	P float64 `json:"p"`
}

// Grade is what somebody who knows a candidate says of them.
type Grade string

// The grades.
const (
	Below      Grade = "below"      // certainly not good enough
	Borderline Grade = "borderline" // on the line
	Above      Grade = "above"      // certainly good enough
)

// PersonJudged is one candidate with the share of points that they reached.
type PersonJudged struct {
	Person  string  `json:"person"`
	Attempt string  `json:"attempt"`
	Grade   Grade   `json:"grade"`
	Share   float64 `json:"share"`
}

// Ballot is what one judge of a panel says, round by round. The last round may be
// unfinished.
type Ballot struct {
	Schema  int           `json:"schema"`
	Panel   string        `json:"panel"`
	Judge   string        `json:"judge"`
	Version int64         `json:"version"`
	Rounds  []BallotRound `json:"rounds"`
}

// BallotRound is a round of a ballot.
type BallotRound struct {
	Ratings    []int       `json:"ratings"`
	Compromise *Compromise `json:"compromise,omitempty"`
	Done       bool        `json:"done"`
	At         time.Time   `json:"at"`
}

// Decision is a cut that was signed.
type Decision struct {
	Method string `json:"method"`
	// Cut is the share of points over the whole bank, in basis points; Theta the
	// ability at which it is expected, with its standard error. Theta is on the scale
	// of Calibration, "" for that of the authors' judgement.
	Cut         int       `json:"cut"`
	Theta       float64   `json:"theta"`
	SE          float64   `json:"se"`
	Calibration string    `json:"calibration,omitempty"`
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	Reason      string    `json:"reason"`
}

func (p *Panel) note(now time.Time, what, by, reason string) {
	p.Events = append(slices.Clone(p.Events), Event{At: now, What: what, By: by, Reason: reason})
}

func (p *Panel) must(want PanelState) error {
	if p.State != want {
		return fault.New(fault.Conflict, "panel.state", "The panel is %s; this is done when it is %s.", p.State, want)
	}
	return nil
}

// open reports that another round than this one is rated, or none.
func (p *Panel) open(round int) error {
	if p.State != PanelRating || round != p.Round {
		return fault.New(fault.Conflict, "panel.round", "This round is not open.")
	}
	return nil
}

// Rate puts a judge's ratings into the ballot. done hands them in, after which this round
// is over for the judge; every item has then to be rated.
func (b *Ballot) Rate(p *Panel, round int, r BallotRound, now time.Time) error {
	if err := p.open(round); err != nil {
		return err
	}
	if n := len(b.Rounds); n == round && b.Rounds[n-1].Done {
		return fault.New(fault.Conflict, "ballot.done", "You have handed in this round.")
	}
	var faults []fault.Field
	if len(r.Ratings) != len(p.Items) {
		faults = append(faults, fault.Field{Path: "/ratings", Message: fmt.Sprintf("has %d entries for %d items", len(r.Ratings), len(p.Items))})
	}
	for i, v := range r.Ratings {
		if v < NotRated || v > 100 || r.Done && v == NotRated {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/ratings/%d", i), Message: "must be 0 to 100 percent"})
		}
	}
	if c := r.Compromise; c != nil {
		faults = append(faults, c.check()...)
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "ballot.invalid", "The ratings have %d faults.", len(faults)).At(faults...)
	}
	r.At = now
	b.Rounds = slices.Clone(b.Rounds)
	for len(b.Rounds) < round { // one who missed a round has not handed it in
		b.Rounds = append(b.Rounds, BallotRound{})
	}
	b.Rounds[round-1] = r
	return nil
}

func (c *Compromise) check() []fault.Field {
	var faults []fault.Field
	for _, f := range []struct {
		path string
		v    int
	}{{"cut", c.Cut}, {"pass", c.Pass}, {"cut_min", c.CutMin}, {"cut_max", c.CutMax}, {"fail_min", c.FailMin}, {"fail_max", c.FailMax}} {
		if f.v < 0 || f.v > 100 {
			faults = append(faults, fault.Field{Path: "/whole/" + f.path, Message: "must be 0 to 100 percent"})
		}
	}
	if c.CutMin >= c.CutMax || c.FailMin > c.FailMax {
		faults = append(faults, fault.Field{Path: "/whole", Message: "the lowest must be below the highest"})
	}
	return faults
}

// vote is what the ballot says for a round, false when it was not handed in.
func (b *Ballot) vote(round int) (Vote, bool) {
	if len(b.Rounds) < round || !b.Rounds[round-1].Done {
		return Vote{}, false
	}
	r := b.Rounds[round-1]
	return Vote{Judge: b.Judge, Ratings: r.Ratings, Compromise: r.Compromise}, true
}

// CloseRound ends a round with what was handed in.
func (p *Panel) CloseRound(by string, ballots []Ballot, now time.Time) error {
	if err := p.must(PanelRating); err != nil {
		return err
	}
	var votes []Vote
	for _, b := range ballots {
		if v, ok := b.vote(p.Round); ok {
			votes = append(votes, v)
		}
	}
	if len(votes) < minJudges {
		return fault.New(fault.Conflict, "panel.judges", "%d judges have handed in; a round needs %d.", len(votes), minJudges)
	}
	slices.SortFunc(votes, func(a, b Vote) int { return slices.Index(p.Judges, a.Judge) - slices.Index(p.Judges, b.Judge) })
	p.State, p.Votes = PanelDiscussing, votes
	p.Closed = append(slices.Clone(p.Closed), p.sumUp(now))
	p.note(now, "round closed", by, fmt.Sprint(p.Round))
	return nil
}

// Share is the judge's own cut: the mean of the ratings, 0 to 1.
func (v *Vote) Share() float64 {
	sum := 0
	for _, r := range v.Ratings {
		sum += r
	}
	return float64(sum) / 100 / float64(max(1, len(v.Ratings)))
}

func (p *Panel) sumUp(now time.Time) ClosedRound {
	c := ClosedRound{Round: p.Round, Judges: len(p.Votes), At: now}
	for i := range p.Votes {
		c.Mean += p.Votes[i].Share() / float64(c.Judges)
	}
	for i := range p.Votes {
		d := p.Votes[i].Share() - c.Mean
		c.SD += d * d / float64(c.Judges-1) // a closed round has two votes at least
	}
	c.SD = math.Sqrt(c.SD)
	return c
}

// mayReopen reports that no round can be opened.
func (p *Panel) mayReopen() error {
	if p.State == PanelConcluded {
		return nil
	}
	return p.must(PanelDiscussing)
}

// OpenRound has the judges rate once more. What was concluded is dropped.
func (p *Panel) OpenRound(by string, now time.Time) error {
	if err := p.mayReopen(); err != nil {
		return err
	}
	p.State, p.Outcome = PanelRating, nil
	p.Round++
	p.note(now, "round opened", by, fmt.Sprint(p.Round))
	return nil
}

// Spread is what a round said of one item, in percent.
type Spread struct {
	Mean     float64
	Min, Max int
}

// Spread is that of item i over the votes.
func (p *Panel) Spread(i int) Spread {
	s := Spread{Min: 100}
	for _, v := range p.Votes {
		s.Mean += float64(v.Ratings[i]) / float64(len(p.Votes))
		s.Min, s.Max = min(s.Min, v.Ratings[i]), max(s.Max, v.Ratings[i])
	}
	return s
}
