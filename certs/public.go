package certs

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/proba-exam/proba/certs/translog"
)

// Public is what anybody may know who has the id of a certificate: no full name
// and no score. These are on the paper, and in its signed payload.
type Public struct {
	ID    ID
	State State
	Since time.Time
	// Reason is what was stated when it was suspended, revoked or superseded; it is
	// public as written, and "" in the other states. ReasonCode is its code, when the
	// service stated it by itself.
	Reason     string
	ReasonCode ReasonCode
	Name       string // masked
	Title      string
	Language   string
	Role       string
	Issuer     string
	IssuedAt   time.Time
	ExpiresAt  time.Time
	// SupersededBy is the certificate that replaced this one, Supersedes the one
	// that this one replaced; "" for none.
	Supersedes, SupersededBy ID
	// LogIndex is where the log has its issue, nil until it has.
	LogIndex *int64
	// LoggedAt is when the log signed the first checkpoint that includes it, zero
	// when that is not known. DatedApart says that this is more than a day from
	// the date of issue: it may have been dated back.
	LoggedAt   time.Time
	DatedApart bool
	CheckedAt  time.Time
}

// MaxLogDelay is how far the date of issue and the time at which the log, or a
// witness, saw a certificate may lie apart before a verifier is told. Seconds are
// usual; a service that was down over night still stays below it.
const MaxLogDelay = 24 * time.Hour

// FarFromIssue reports whether a certificate was seen too far from its date of issue.
func FarFromIssue(issued, seen time.Time) bool { return seen.Sub(issued).Abs() > MaxLogDelay }

// loggedAt is when the log signed the first proof of the certificate.
func (s *Service) loggedAt(c *Certificate) time.Time {
	if s.Log == nil || c.Proof == nil {
		return time.Time{}
	}
	p, err := translog.ParseProof(c.Proof)
	if err != nil {
		return time.Time{}
	}
	signed, err := s.Log.Trust().Open(p.Checkpoint)
	if err != nil {
		return time.Time{} // signed with a key that is revoked now
	}
	return signed.At
}

// Lookup returns the public view of a certificate.
func (s *Service) Lookup(ctx context.Context, id ID) (Public, error) {
	c, err := s.Store.Certificate(ctx, id)
	if err != nil {
		return Public{}, err
	}
	now, last := s.moment(), c.Events[len(c.Events)-1]
	p := Public{ID: c.ID, State: c.StateAt(now), Since: last.At, Reason: last.Reason, ReasonCode: last.Coded(), Name: masked(c.Statement.Name), Title: c.Statement.Title,
		Language: c.Statement.Language, Role: c.Statement.Role, Issuer: c.Statement.Issuer, IssuedAt: c.Statement.IssuedAt,
		ExpiresAt: c.Statement.ExpiresAt, Supersedes: c.Supersedes, SupersededBy: c.SupersededBy, LogIndex: c.Events[0].Index, CheckedAt: now}
	p.LoggedAt = s.loggedAt(&c)
	p.DatedApart = !p.LoggedAt.IsZero() && FarFromIssue(p.IssuedAt, p.LoggedAt)
	switch p.State {
	case Valid:
		p.Reason, p.ReasonCode = "", "" // why a suspension ended, or a new one was made, is not the public's
	case Expired:
		p.Since, p.Reason, p.ReasonCode = c.Statement.ExpiresAt, "", "" // the date is the reason; what it was before is not the public's
	}
	return p, nil
}

// masked keeps the first letter of each word: enough to compare with a paper in
// hand, too little to look people up.
func masked(name string) string {
	words := strings.FieldsFunc(name, unicode.IsSpace)
	for i, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		words[i] = string(first) + "***"
	}
	return strings.Join(words, " ")
}
