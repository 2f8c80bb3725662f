package exam

import (
	"slices"
	"strconv"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// RegradeState is where a regrade stands.
//
//	checking → checked → approved → applying → telling → done
//	    └─────────┴→ withdrawn        └→ refused
//
// What is checking, approved, applying or telling is moved on by whoever calls
// AdvanceRegrade, page by page, any number at a time, also after a crash.
type RegradeState string

// The states of a regrade.
const (
	// RegradeChecking is a dry run under way.
	RegradeChecking RegradeState = "checking"
	// RegradeChecked waits for somebody to approve what the dry run found.
	RegradeChecked RegradeState = "checked"
	// RegradeApproved is to be applied, or waits for another regrade of its exam.
	RegradeApproved RegradeState = "approved"
	// RegradeApplying is changing results.
	RegradeApplying RegradeState = "applying"
	// RegradeTelling has changed all results and writes to the learners.
	RegradeTelling RegradeState = "telling"
	// RegradeDone is over.
	RegradeDone RegradeState = "done"
	// RegradeWithdrawn was given up before it changed anything.
	RegradeWithdrawn RegradeState = "withdrawn"
	// RegradeRefused was approved for keys that were no longer those in force.
	RegradeRefused RegradeState = "refused"
)

// Regrade is a key change of one exam: what is corrected, who ordered it, and how far
// it has come. It is one aggregate; what it means for each attempt is a RegradeChange
// beside it.
type Regrade struct {
	Schema  int          `json:"schema"`
	ID      string       `json:"id"`
	Version int64        `json:"version"`
	Exam    string       `json:"exam"`
	State   RegradeState `json:"state"`
	// Corrections are what it brings; InForce is all that counts after it, what earlier
	// ones brought included.
	Corrections []Correction `json:"corrections"`
	InForce     []Correction `json:"in_force"`
	// Harmless keeps the result of everybody who passed and would not any more.
	Harmless bool `json:"harmless"`
	// Reason is told to the learners whose result changes.
	Reason string `json:"reason"`
	// Number counts the key changes of the exam, this one included.
	Number int `json:"number"`

	ProposedBy string    `json:"proposed_by"`
	ProposedAt time.Time `json:"proposed_at"`
	// ApprovedFor is why, for the record; learners are told Reason.
	ApprovedBy  string    `json:"approved_by,omitempty"`
	ApprovedAt  time.Time `json:"approved_at,omitzero"`
	ApprovedFor string    `json:"approved_for,omitempty"`
	// EndedBy and EndedFor are of one that was withdrawn.
	EndedBy  string    `json:"ended_by,omitempty"`
	EndedAt  time.Time `json:"ended_at,omitzero"`
	EndedFor string    `json:"ended_for,omitempty"`

	// Cursor is the id of the last attempt that the present step has seen.
	Cursor string `json:"cursor,omitempty"`
	// Foreseen is what the dry run counted, Applied what was done.
	Foreseen RegradeCounts `json:"foreseen"`
	Applied  RegradeCounts `json:"applied"`

	// DueAt is when it has to be moved on, zero when it waits for people or is over.
	DueAt time.Time `json:"due_at,omitzero"`
	// Failures counts how often that failed since it last succeeded.
	Failures int `json:"failures,omitempty"`
}

// Foretold reports whether the dry run is over, so that Foreseen is what it found and not
// how far it has come. One that was withdrawn before that keeps the place where it stopped,
// or has seen nothing.
func (g *Regrade) Foretold() bool {
	switch g.State {
	case RegradeChecking:
		return false
	case RegradeWithdrawn:
		return g.Cursor == "" && g.Foreseen.Seen > 0
	}
	return true
}

// RegradeCounts are what a regrade means, in attempts.
type RegradeCounts struct {
	// Seen are all attempts of the exam, Graded those that have a result which stands.
	Seen   int `json:"seen"`
	Graded int `json:"graded"`
	// Changed have another result; Up and Down are those among them who now pass and
	// who do not any more. Kept would have gone down and keep their result.
	Changed int `json:"changed"`
	Up      int `json:"up"`
	Down    int `json:"down"`
	Kept    int `json:"kept"`
	// Issue, Replace and Revoke are what happens to certificates.
	Issue   int `json:"issue"`
	Replace int `json:"replace"`
	Revoke  int `json:"revoke"`
	// Letters are the learners who are told.
	Letters int `json:"letters"`
}

// add counts one attempt in; c is nil for one whose result stays.
func (n *RegradeCounts) add(graded bool, c *RegradeChange) {
	n.Seen++
	if graded {
		n.Graded++
	}
	if c == nil {
		return
	}
	if c.Turn == TurnKept {
		n.Kept++
		return
	}
	n.Changed++
	for _, row := range []struct {
		so    bool
		count *int
	}{{c.Turn == TurnUp, &n.Up}, {c.Turn == TurnDown, &n.Down}, {c.Certificate == "issue", &n.Issue}, {c.Certificate == "replace", &n.Replace},
		{c.Certificate == "revoke", &n.Revoke}, {c.Letter != LetterNone, &n.Letters}} {
		if row.so {
			*row.count++
		}
	}
}

// Turn says which way a result went.
type Turn string

// The turns.
const (
	// TurnUp now passes, TurnDown does not any more.
	TurnUp   Turn = "up"
	TurnDown Turn = "down"
	// TurnKept would have gone down; the regrade leaves such results alone.
	TurnKept Turn = "kept"
	// TurnNone has another score on the same side of the line.
	TurnNone Turn = "none"
)

// Turns lists them in the order of lists.
func Turns() []Turn { return []Turn{TurnUp, TurnDown, TurnKept, TurnNone} }

// LetterState says whether a learner was told.
type LetterState string

// The states of a letter.
const (
	LetterNone   LetterState = ""
	LetterDue    LetterState = "due"
	LetterSent   LetterState = "sent"
	LetterFailed LetterState = "failed"
)

// RegradeChange is what a regrade means for one attempt. The dry run writes it, and
// applying writes it again.
type RegradeChange struct {
	Schema  int    `json:"schema"`
	Regrade string `json:"regrade"`
	Attempt string `json:"attempt"`
	Version int64  `json:"version"`
	Sitting string `json:"sitting"`
	Person  string `json:"person"`
	Turn    Turn   `json:"turn"`
	Before  Mark   `json:"before"`
	After   Mark   `json:"after"`
	// Certificate is what happens to it: "issue", "replace", "revoke" or "".
	Certificate string      `json:"certificate,omitempty"`
	Letter      LetterState `json:"letter,omitempty"`
	Tries       int         `json:"tries,omitempty"`
	// AppliedAt is zero while this is only foreseen.
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// Mark is a result in short.
type Mark struct {
	Score  Points `json:"score"`
	Max    Points `json:"max"`
	Cut    Points `json:"cut"`
	Passed bool   `json:"passed"`
}

func markOf(r *Result) Mark { return Mark{r.Score, r.Max, r.Cut, r.Passed} }

// Regraded is one change of a result in an attempt's history.
type Regraded struct {
	Regrade string    `json:"regrade"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	Before  Result    `json:"before"`
	After   Result    `json:"after"`
	// Kept says that Before still stands.
	Kept bool `json:"kept,omitempty"`
	// Seen says that the learner could see Before.
	Seen        bool   `json:"seen,omitempty"`
	Certificate string `json:"certificate,omitempty"`
}

// The events of key changes.
const (
	regraded = "regraded"
	kept     = "result kept"
)

// Regrade holds the attempt against a key change: r is its result by the keys that are
// in force after it, nil for an attempt without one that stands. It returns false when
// that was done before. A certificate that has to follow becomes due.
func (a *Attempt) Regrade(g *Regrade, r *Result, p Policy, now time.Time) (changed bool, err error) {
	if a.KeyChange >= g.Number {
		return false, nil
	}
	if r == nil || a.Result == nil || a.Result.sameMarks(r) {
		a.KeyChange = g.Number
		if a.State == Marking { // of what is dropped or granted no mark is waited for
			a.DueAt = now
		}
		return true, nil
	}
	if a.Certificate == CertificateWithdrawDue && r.Passed {
		return false, fault.New(fault.Unavailable, "attempt.certificate_busy", "A certificate of this attempt is being withdrawn; try again in a moment.")
	}
	entry := Regraded{Regrade: g.ID, At: now, By: g.ApprovedBy, Reason: g.Reason, Before: *a.Result, After: *r, Seen: a.State == Released}
	a.KeyChange = g.Number
	if g.Harmless && a.Result.Passed && !r.Passed {
		entry.Kept = true
		a.Regraded = append(slices.Clone(a.Regraded), entry)
		a.note(now, kept, g.ApprovedBy, g.Reason)
		return true, nil
	}
	a.Result = r
	if a.State == Released && p.Certificate.Issue {
		entry.Certificate = a.certificateFollows(&entry.Before, p, now)
	}
	a.Regraded = append(slices.Clone(a.Regraded), entry)
	a.note(now, regraded, g.ApprovedBy, g.Reason)
	return true, nil
}

// certificateFollows makes due what the new result means for the certificate.
func (a *Attempt) certificateFollows(before *Result, p Policy, now time.Time) string {
	switch {
	case a.Result.Passed && a.Certificate == CertificateNone:
		a.Certificate, a.DueAt = CertificateDue, now
		return "issue"
	case a.Result.Passed && a.Certificate == CertificateWithdrawn:
		a.Award++
		a.Certificate, a.DueAt = CertificateDue, now
		return "issue"
	case a.Result.Passed && p.Certificate.ShowScore:
		a.Certificate, a.DueAt = CertificateReplaceDue, now
		return "replace"
	case !a.Result.Passed && before.Passed:
		a.Certificate, a.DueAt = CertificateWithdrawDue, now
		return "revoke"
	}
	return ""
}

// Replaced records that the certificate states the result of the key change.
func (a *Attempt) Replaced(id string, keyChange int, now time.Time) error {
	if a.Certificate != CertificateReplaceDue || a.Result.KeyChange != keyChange {
		return fault.New(fault.Conflict, "attempt.no_replacement_due", "No certificate with this result is due for this attempt.")
	}
	a.Certificate, a.CertificateID = CertificateIssued, id
	a.rest()
	a.note(now, replaced, "", "")
	return nil
}

// AwardKey names the certificate of the attempt to who issues it: another one after
// each that was withdrawn.
func (a *Attempt) AwardKey() string {
	if a.Award == 0 {
		return a.ID
	}
	return a.ID + "#" + strconv.Itoa(a.Award)
}

// corrected is the last change of a result that the learner had seen, nil for none.
func (a *Attempt) corrected() *Regraded {
	for _, r := range slices.Backward(a.Regraded) {
		if r.Seen && !r.Kept {
			return &r
		}
	}
	return nil
}

// changeBy is what the regrade did to the attempt, nil when it left the result as it
// was.
func (a *Attempt) changeBy(g *Regrade, p Policy) *RegradeChange {
	i := slices.IndexFunc(a.Regraded, func(r Regraded) bool { return r.Regrade == g.ID })
	if i < 0 {
		return nil
	}
	r := &a.Regraded[i]
	c := &RegradeChange{Schema: 1, Regrade: g.ID, Attempt: a.ID, Sitting: a.Sitting, Person: a.Person, Turn: turn(r), Before: markOf(&r.Before), After: markOf(&r.After),
		Certificate: r.Certificate, AppliedAt: r.At}
	if r.Seen && !r.Kept && (p.TellsScore() || r.Certificate != "") {
		c.Letter = LetterDue
	}
	return c
}

func turn(r *Regraded) Turn {
	switch {
	case r.Kept:
		return TurnKept
	case !r.Before.Passed && r.After.Passed:
		return TurnUp
	case r.Before.Passed && !r.After.Passed:
		return TurnDown
	}
	return TurnNone
}
