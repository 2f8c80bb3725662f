package auth

import (
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// FamilySchema is the version of the stored form of a Family that this code
// writes.
const FamilySchema = 1

// How long a family is good.
const (
	// FamilyLife is a long working day: a sitting with its preparation never
	// asks twice for the password, and the next day always does.
	FamilyLife = 12 * time.Hour
	// FamilyIdle outlasts a break or a power cut (a client at work refreshes
	// every few minutes) and ends what was left open on a shared machine.
	FamilyIdle = 2 * time.Hour
	// MaxGrace is the longest grace that can be configured. Amazon Cognito and
	// Okta have the same bound.
	MaxGrace = time.Minute
)

// Family is the refresh tokens that descend from one sign-in: one stored
// document, rewritten at each use.
type Family struct {
	ID      string `json:"id"`      // UUID version 7, lower case
	Schema  int    `json:"schema"`  // FamilySchema at the time of writing
	Version int64  `json:"version"` // 1 when inserted, one more with each update

	Person string `json:"person"` // the Person's ID
	Epoch  int64  `json:"epoch"`  // the Person's Epoch at sign-in

	// Hash is the hex SHA-256 of the secret of the one token that is good now;
	// PreviousHash that of the newest spent one, "" before the first rotation.
	Hash         string `json:"hash"`
	PreviousHash string `json:"previous_hash,omitempty"`

	CreatedAt time.Time `json:"created_at"` // UTC, to the millisecond
	UsedAt    time.Time `json:"used_at"`    // sign-in or the newest rotation
	// RotatedAt is when PreviousHash was spent, zero before that.
	RotatedAt time.Time `json:"rotated_at,omitzero"`
	// ExpiresAt is the end of the family whatever its use.
	ExpiresAt time.Time `json:"expires_at"`
	// RevokedAt is when the family was ended early, zero when it was not.
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// EndsAt returns when the family dies if it is not used again.
func (f Family) EndsAt() time.Time {
	if idle := f.UsedAt.Add(FamilyIdle); idle.Before(f.ExpiresAt) {
		return idle
	}
	return f.ExpiresAt
}

// newFamily returns the family of a sign-in of p, whose first secret has the
// given hash.
func newFamily(id string, p Person, hash string, now time.Time) Family {
	return Family{
		ID: id, Schema: FamilySchema, Version: 1,
		Person: p.ID, Epoch: p.Epoch, Hash: hash,
		CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(FamilyLife),
	}
}

// alive returns nil when the family's tokens may still be used by p: neither
// its time is over, nor has it been ended, nor has p's epoch moved on.
func (f Family) alive(p Person, now time.Time) error {
	switch {
	case !f.RevokedAt.IsZero() || f.Person != p.ID || f.Epoch != p.Epoch:
		return fault.New(fault.Unauthenticated, "refresh.revoked", "This session has been ended. Sign in again.")
	case !now.Before(f.EndsAt()):
		return fault.New(fault.Unauthenticated, "refresh.expired", "This session is over. Sign in again.")
	}
	return nil
}

// rotate decides what the presentation of a secret does to a family that is
// alive. presented is the hash of the secret presented, next that of the fresh
// one that would succeed it.
//
// The rule is that of RFC 9700 section 4.14.2: every use replaces the token,
// and a token that comes a second time shows that two parties hold the family;
// which of them is the thief cannot be told, so the family ends for both. Then
// the fault is "refresh.reused", and the family returned is the ended one, to
// be stored. Since spent secrets are not kept, every wrong secret counts as a
// spent one: the family's id is as secret as its tokens and stands nowhere else.
//
// With a grace above zero a client that lost the answer is not locked out: the
// newest spent token may come again while its successor has not been used, for
// that long after it was first spent. It then gets another successor in place
// of the one that was lost, so that at most one is ever good. Auth0 ("reuse
// interval"), Okta and Cognito ("grace period") and Ory Hydra do the like; the
// price is that a thief has the same time, and is noticed only when the owner's
// successor is presented. Clients with several tabs must refresh in one of
// them, with grace or without.
func (f Family) rotate(presented, next string, grace time.Duration, now time.Time) (Family, error) {
	lost := f.PreviousHash != "" && equalHash(presented, f.PreviousHash) && now.Before(f.RotatedAt.Add(grace))
	switch {
	case equalHash(presented, f.Hash):
		f.PreviousHash, f.RotatedAt = f.Hash, now
		f.Hash, f.UsedAt = next, now
		return f, nil
	case lost: // the grace still counts from the first use
		f.Hash, f.UsedAt = next, now
		return f, nil
	}
	f.RevokedAt = now
	return f, fault.New(fault.Unauthenticated, "refresh.reused",
		"This refresh token was used before. To be safe, the session has been ended: sign in again.")
}
