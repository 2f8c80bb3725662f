package exam

import (
	"time"
)

// State is where an attempt stands. See the state machine in doc.go.
type State string

// The states of an attempt.
const (
	// Ready is a drawn form whose clock does not run yet.
	Ready State = "ready"
	// Running takes saves until the deadline and its grace.
	Running State = "running"
	// Submitted was handed in by the learner.
	Submitted State = "submitted"
	// Expired ran out of time.
	Expired State = "expired"
	// Marking waits for people to mark what no key can.
	Marking State = "marking"
	// Graded has a result that the learner may not see yet.
	Graded State = "graded"
	// Released has a result that the learner may see as the policy allows.
	Released State = "released"
	// Voided was declared invalid by an administrator; it is final.
	Voided State = "voided"
)

// CertificateState says what the certificate of an attempt waits for. Package
// exam only states it; who issues and revokes is somebody else.
type CertificateState string

// The certificate states of an attempt.
const (
	CertificateNone        CertificateState = ""
	CertificateDue         CertificateState = "due"
	CertificateIssued      CertificateState = "issued"
	CertificateWithdrawDue CertificateState = "withdraw_due"
	// CertificateReplaceDue is one that states a result which has changed.
	CertificateReplaceDue CertificateState = "replace_due"
	CertificateWithdrawn  CertificateState = "withdrawn"
)

// Attempt is one learner's go at one exam. It is one aggregate: everything that
// decides about it is in here, and every change is one conditional write.
type Attempt struct {
	Schema  int    `json:"schema"`
	ID      string `json:"id"`
	Version int64  `json:"version"`

	Exam    string `json:"exam"`
	Sitting string `json:"sitting"`
	Person  string `json:"person"`
	// Number counts this person's attempts at this exam from 1.
	Number int    `json:"number"`
	State  State  `json:"state"`
	Lang   string `json:"lang"`

	// Writer is the token of the device that may save; a device that resumes
	// gets a new one, and the old one is told on its next save.
	Writer string `json:"writer"`
	// Seq is the highest sequence number applied.
	Seq int64 `json:"seq"`
	// SeqBase is what Seq was when Writer took over. Writer numbers its saves above
	// it: a slot keeps the answer with the highest number, whoever wrote it.
	SeqBase int64 `json:"seq_base"`

	CreatedAt time.Time `json:"created_at"`
	StartedAt time.Time `json:"started_at,omitzero"`
	// Deadline is when the clock ends; fixed at the start and moved only by an
	// Extension and by the end of a Pause.
	Deadline time.Time `json:"deadline,omitzero"`
	// AcceptUntil is the deadline plus the grace for answers under way.
	AcceptUntil time.Time   `json:"accept_until,omitzero"`
	SavedAt     time.Time   `json:"saved_at,omitzero"`
	FinishedAt  time.Time   `json:"finished_at,omitzero"`
	ReleaseAt   time.Time   `json:"release_at,omitzero"`
	Extensions  []Extension `json:"extensions,omitempty"`
	// Pauses are the stretches in which the clock stood, oldest first; the last one may
	// not be over.
	Pauses []Pause `json:"pauses,omitempty"`
	// HeardAt is when the learner's device was last heard without saving, to within
	// half a minute. It decides nothing.
	HeardAt time.Time `json:"heard_at,omitzero"`

	// Marked are the marks that count of the responses that people mark, by slot. It is
	// written with the result.
	Marked map[int][]RubricMark `json:"marked,omitempty"`

	Result *Result `json:"result,omitempty"`
	// KeyChange is the number of the exam's newest key change that this attempt has
	// been held against, whether it changed anything or not.
	KeyChange int `json:"key_change,omitempty"`
	// Regraded are the results that key changes put in the place of others, oldest
	// first.
	Regraded []Regraded `json:"regraded,omitempty"`

	Certificate   CertificateState `json:"certificate,omitempty"`
	CertificateID string           `json:"certificate_id,omitempty"`
	// Award counts the certificates that were withdrawn before the present one, since
	// a corrected key took the pass away and another gave it back.
	Award int `json:"award,omitempty"`

	// Letter says whether the learner was told that the result of an attempt that people
	// marked is there, and LetterTries how often that failed.
	Letter      LetterState `json:"letter,omitempty"`
	LetterTries int         `json:"letter_tries,omitempty"`

	// DueAt is when somebody has to move this attempt on (hand it in, release
	// it, see to its certificate); zero when nobody has to.
	DueAt time.Time `json:"due_at,omitzero"`

	// Failures counts how often moving on failed since it last succeeded.
	Failures int `json:"failures,omitempty"`

	// Events is the attempt's history, oldest first.
	Events []Event `json:"events"`

	// Form never changes after creation. Responses and Late change by saving
	// only. A listing leaves all three out.
	Form      Form           `json:"form"`
	Responses map[int]Stored `json:"responses,omitempty"`
	Late      []LateSave     `json:"late,omitempty"`
}

// Event is one step of an attempt's history.
type Event struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// Extension is time added to a running attempt, or credited for an outage.
type Extension struct {
	// Order names what was ordered: the same order is given to an attempt once.
	// "" for orders without a name, which count each time.
	Order   string    `json:"order,omitempty"`
	At      time.Time `json:"at"`
	Seconds int       `json:"seconds"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
}

// Stored is the newest applied response to one slot.
type Stored struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Response Response  `json:"response"`
	// WorkedMS is what SlotResponse.WorkedMS told, 0 in documents from before it could;
	// Attempt.Worked says what of it is to be believed.
	WorkedMS int64 `json:"worked_ms,omitempty"`
}

// SlotResponse is a response with the slot that it answers.
type SlotResponse struct {
	Slot     int      `json:"slot"`
	Response Response `json:"response"`
	// WorkedMS is for how many milliseconds the item has been on the learner's screen
	// while the exam's clock ran, all looks at it together, as the device counted it; 0
	// when it does not say. It decides nothing of the answer.
	WorkedMS int64 `json:"worked_ms,omitempty"`
}

// Save is one message of the save protocol.
type Save struct {
	// Writer is the token got at start or resume.
	Writer string `json:"writer"`
	// Seq is greater than that of every earlier save of the attempt: a writer that
	// resumes goes on from the number that it got with its token.
	Seq       int64          `json:"seq"`
	Responses []SlotResponse `json:"responses"`
}

// LateSave is a save that came after the grace: kept as evidence, not scored.
type LateSave struct {
	At   time.Time `json:"at"`
	Save Save      `json:"save"`
}

// Ack answers a save. It covers that save only: a client with several saves
// under way waits for each.
type Ack struct {
	// Seq is the highest sequence number applied to the attempt.
	Seq int64
	// Digest is over all stored responses after the save, see Digest.
	Digest [32]byte
	// Deadline and AcceptUntil are as in Attempt, after all extensions.
	Deadline    time.Time
	AcceptUntil time.Time
	// PausedAt is as Attempt.PausedAt.
	PausedAt time.Time
}
