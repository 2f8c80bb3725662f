package certs

import (
	"cmp"
	"context"
	"reflect"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// Restate makes the certificate of an award state the award's result: it issues one
// when there is none, leaves one that states it already, and otherwise replaces it by
// one that does and ends when the old one would have. A revoked one stays as it is, and so
// does one that has expired: its successor would be born expired.
// Repeating it changes nothing. The fault "certificate.suspended" says to end the
// suspension first.
func (s *Service) Restate(ctx context.Context, by string, award Award, code ReasonCode) (Certificate, error) {
	if _, err := s.Issue(ctx, award); err != nil {
		return Certificate{}, err
	}
	for range maxTries {
		old, err := s.Current(ctx, award.Attempt)
		if err != nil {
			return Certificate{}, err
		}
		if now := old.StateAt(s.moment()); now == Revoked || now == Expired || old.Statement.states(award) {
			return old, nil
		}
		next, err := s.Store.CertificateByAttempt(ctx, reissued(old.Attempt))
		if fault.Of(err) == fault.NotFound {
			next, err = s.restated(ctx, by, old, award, coded(code))
		}
		if err != nil {
			return Certificate{}, err
		}
		// One that was there may be another correction that was cut off, with an older
		// result: it takes its place, and is then replaced in turn.
		if err := s.supersede(ctx, next); err != nil {
			return Certificate{}, err
		}
	}
	return Certificate{}, fault.New(fault.Unavailable, "certificate.busy", "This certificate is being changed by others; try again.")
}

// states reports whether the statement is of the award's result.
func (s *Statement) states(a Award) bool {
	if a.Score == nil {
		return s.Score == nil
	}
	return reflect.DeepEqual(s.Score, a.Score) && reflect.DeepEqual(s.Cut, a.Cut) && reflect.DeepEqual(s.Sections, a.Sections)
}

// restated issues the successor of a certificate, with the award's result.
func (s *Service) restated(ctx context.Context, by string, old Certificate, award Award, why reason) (Certificate, error) {
	if _, err := (&Certificate{State: old.State}).transition(Superseded, by, why, s.moment()); err != nil {
		return Certificate{}, err
	}
	statement := old.Statement
	statement.Score, statement.Cut, statement.Sections = award.Score, award.Cut, award.Sections
	return s.issue(ctx, draft{attempt: reissued(old.Attempt), person: old.Person, statement: statement, template: old.Template, shortTitle: cmp.Or(norm.NFC.String(award.ShortTitle), old.shortTitle()), supersedes: old.ID, by: by, why: why, until: old.Statement.ExpiresAt})
}
