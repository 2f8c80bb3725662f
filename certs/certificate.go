package certs

import "time"

// State is what a certificate is worth.
type State string

// The states. Expired is never stored: it follows from ExpiresAt and the clock.
const (
	Valid      State = "valid"
	Suspended  State = "suspended"
	Revoked    State = "revoked"
	Superseded State = "superseded"
	Expired    State = "expired"
)

// States are all of them.
func States() []State { return []State{Valid, Expired, Suspended, Revoked, Superseded} }

// Certificate is the record of one certificate.
type Certificate struct {
	Schema  int    `json:"schema"`
	ID      ID     `json:"id"`
	Version int64  `json:"version"`
	Attempt string `json:"attempt"`
	Person  string `json:"person"`

	// Statement is what was certified; it never changes.
	Statement Statement `json:"statement"`
	// Payload is the tagged COSE_Sign1 over the statement's claims.
	Payload []byte `json:"payload"`
	// Credential is the Open Badges 3.0 credential with an embedded proof, JWT
	// the same as VC-JWT, nil when the issuer has no key for it.
	Credential []byte `json:"credential"`
	JWT        []byte `json:"jwt,omitempty"`
	// Proof shows that the first checkpoint that could include the certificate
	// does; nil until there is one.
	Proof []byte `json:"proof,omitempty"`
	// ShortTitle stands in the QR code when the title makes it too dense, also in that of a
	// certificate that replaces this one.
	ShortTitle string `json:"short_title,omitempty"`
	// Template is the revision that it is printed by, "" for the usual look.
	Template string `json:"template,omitempty"`
	// Key is the serial of the key that signed.
	Key uint16 `json:"key"`
	// StatusList and StatusIndex are its place in the published status lists.
	StatusList  int `json:"status_list"`
	StatusIndex int `json:"status_index"`

	State State `json:"state"`
	// Supersedes and SupersededBy link the two sides of a reissue.
	Supersedes   ID `json:"supersedes,omitempty"`
	SupersededBy ID `json:"superseded_by,omitempty"`
	// Events are the changes of State, oldest first.
	Events []Event `json:"events"`
	// Unlogged says that what happened is not in the log and the status lists
	// yet. It is set by the write that changes the state, so that no crash can
	// lose it.
	Unlogged bool `json:"unlogged"`
}

// Statement is what a certificate says, as it was at the time of issuing.
type Statement struct {
	// Name is the holder's, in NFC, any script that the certificate's font has.
	Name string `json:"name"`
	// Title is of the exam, in Language.
	Title    string `json:"title"`
	Language string `json:"language"`
	Role     string `json:"role"`
	Issuer   string `json:"issuer"`
	// Exam names what was passed, the same for all who passed it.
	Exam string `json:"exam,omitempty"`
	// Score in basis points, nil when it is not stated; Cut is the least that
	// passes, and Sections the parts.
	Score    *int      `json:"score,omitempty"`
	Cut      *int      `json:"cut,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	IssuedAt time.Time `json:"issued_at"`
	// ExpiresAt is zero for a certificate that does not expire.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// lastDay is the last day of validity. ExpiresAt is the instant after it.
func (s *Statement) lastDay(zone *time.Location) time.Time {
	return s.ExpiresAt.Add(-time.Second).In(zone)
}

// Section is the score on one part of the exam.
type Section struct {
	Name string `json:"name"`
	// Score in basis points; Required is the least that passes, nil for none.
	Score    int  `json:"score"`
	Required *int `json:"required,omitempty"`
}

// Event is one change of state.
type Event struct {
	At     time.Time `json:"at"`
	State  State     `json:"state"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
	// Code of the reason, "" for one that somebody wrote.
	Code ReasonCode `json:"code,omitempty"`
	// Index is its place in the log, nil until it has one.
	Index *int64 `json:"index,omitempty"`
}

// StateAt is the state as a verifier has to see it at now.
func (c *Certificate) StateAt(now time.Time) State {
	if c.State == Valid && !c.Statement.ExpiresAt.IsZero() && !now.Before(c.Statement.ExpiresAt) {
		return Expired
	}
	return c.State
}
