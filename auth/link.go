package auth

import (
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// LinkSchema is the version of the stored form of a Link that this code writes.
const LinkSchema = 1

// Purpose says why a link was made.
type Purpose string

// The purposes.
const (
	// Invitation lets a newly registered person set the first password.
	Invitation Purpose = "invitation"
	// Reset lets a person who cannot sign in set another password.
	Reset Purpose = "reset"
	// Bootstrap lets the operator of a new store become its administrator.
	Bootstrap Purpose = "bootstrap"
)

// Link is a one-time link: one stored document.
type Link struct {
	// Hash is the hex SHA-256 of the link's secret and the document's key.
	Hash    string  `json:"hash"`
	Schema  int     `json:"schema"`  // LinkSchema at the time of writing
	Version int64   `json:"version"` // 1 when inserted, 2 when consumed
	Purpose Purpose `json:"purpose"`
	Person  string  `json:"person"` // the Person's ID
	Epoch   int64   `json:"epoch"`  // the Person's Epoch when the link was made

	CreatedAt time.Time `json:"created_at"` // UTC, to the millisecond
	ExpiresAt time.Time `json:"expires_at"` // not usable at or after this time
	// UsedAt is when it was consumed, zero before.
	UsedAt time.Time `json:"used_at,omitzero"`
}

// How long links are good.
const (
	// InvitationLife leaves people who are on leave time to return.
	InvitationLife = 7 * 24 * time.Hour
	// ResetLife is short, since the person is at the keyboard and asked for it.
	ResetLife = time.Hour
	// BootstrapLife bounds how long a link in a terminal's or a log's history
	// is of use; a restart prints another.
	BootstrapLife = 24 * time.Hour
)

// life returns how long a link of the purpose is good, and false when there is
// no such purpose.
func (p Purpose) life() (time.Duration, bool) {
	switch p {
	case Invitation:
		return InvitationLife, true
	case Reset:
		return ResetLife, true
	case Bootstrap:
		return BootstrapLife, true
	}
	return 0, false
}

// usable returns nil when the link may set the password of p now. The epoch
// makes that a question to p's document alone: whatever set p's password, this
// link or another, has voided it by the same write.
func (l Link) usable(p Person, now time.Time) error {
	switch {
	case !l.UsedAt.IsZero() || l.Person != p.ID || l.Epoch != p.Epoch:
		return fault.New(fault.Conflict, "link.spent",
			"This link has been used or replaced. Ask for another one if you cannot sign in.")
	case !now.Before(l.ExpiresAt):
		return fault.New(fault.Conflict, "link.expired", "This link is too old. Ask for another one.")
	}
	return nil
}
