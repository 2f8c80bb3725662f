package certs

import (
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

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
	// Score in basis points, nil when it is not stated.
	Score    *int      `json:"score,omitempty"`
	IssuedAt time.Time `json:"issued_at"`
	// ExpiresAt is zero for a certificate that does not expire.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}

// lastDay is the last day of validity. ExpiresAt is the instant after it.
func (s *Statement) lastDay(zone *time.Location) time.Time {
	return s.ExpiresAt.Add(-time.Second).In(zone)
}

// Event is one change of state.
type Event struct {
	At     time.Time `json:"at"`
	State  State     `json:"state"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// StateAt is the state as a verifier has to see it at now.
func (c *Certificate) StateAt(now time.Time) State {
	if c.State == Valid && !c.Statement.ExpiresAt.IsZero() && !now.Before(c.Statement.ExpiresAt) {
		return Expired
	}
	return c.State
}

// revoke makes the certificate worthless for good.
func (c *Certificate) revoke(by, reason string, now time.Time) error {
	if c.State == Superseded {
		return fault.New(fault.Conflict, "certificate.superseded", "This certificate was replaced by %s; revoke that one.", c.SupersededBy.Printed())
	}
	c.State = Revoked
	c.Events = append(slices.Clone(c.Events), Event{At: now, State: Revoked, By: by, Reason: reason})
	return nil
}
