package certs

import (
	"context"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// errExpired is of what makes no sense any more: an expired certificate is worthless
// already, and one that replaced it would be born expired.
var errExpired = fault.New(fault.Conflict, "certificate.expired", "This certificate has expired, and one issued anew would end on the same day. It can only be revoked.")

// Suspend makes a certificate worthless until it is resumed. One that has expired is
// "certificate.expired".
func (s *Service) Suspend(ctx context.Context, by string, id ID, reason string) (Certificate, error) {
	return s.change(ctx, id, func(c *Certificate) (bool, error) {
		if c.StateAt(s.moment()) == Expired {
			return false, errExpired
		}
		return c.transition(Suspended, by, written(reason), s.moment())
	})
}

// Resume ends a suspension.
func (s *Service) Resume(ctx context.Context, by string, id ID, reason string) (Certificate, error) {
	return s.change(ctx, id, func(c *Certificate) (bool, error) { return c.transition(Valid, by, written(reason), s.moment()) })
}

// Revoke makes a certificate worthless for good, also one that has expired: who relied on
// it while it lasted has to learn of it. Repeating any of these changes nothing.
func (s *Service) Revoke(ctx context.Context, by string, id ID, reason string) (Certificate, error) {
	return s.revoke(ctx, by, id, written(reason))
}

// Withdraw is Revoke for a reason that the service states.
func (s *Service) Withdraw(ctx context.Context, by string, id ID, code ReasonCode) (Certificate, error) {
	return s.revoke(ctx, by, id, coded(code))
}

func (s *Service) revoke(ctx context.Context, by string, id ID, why reason) (Certificate, error) {
	return s.change(ctx, id, func(c *Certificate) (bool, error) { return c.transition(Revoked, by, why, s.moment()) })
}

// change is compare-and-set of one certificate.
func (s *Service) change(ctx context.Context, id ID, apply func(*Certificate) (bool, error)) (Certificate, error) {
	for range maxTries {
		c, err := s.Store.Certificate(ctx, id)
		if err != nil {
			return Certificate{}, err
		}
		changed, err := apply(&c)
		if err != nil || !changed {
			return c, err
		}
		err = s.Store.UpdateCertificate(ctx, c)
		if err == nil {
			c.Version++
			return c, nil
		}
		if fault.Code(err) != "certificate.stale" {
			return Certificate{}, fmt.Errorf("change certificate: %w", err)
		}
	}
	return Certificate{}, fault.New(fault.Unavailable, "certificate.busy", "This certificate is being changed by others; try again.")
}

// Reissue replaces a valid certificate by one with the name corrected, which ends
// when the old one would have. One that has expired is "certificate.expired". Each of the two names the other. The new one is
// stored first: whatever crashes between, Settle finds it and ends the old one.
func (s *Service) Reissue(ctx context.Context, by string, id ID, name, reason string) (Certificate, error) {
	old, err := s.Store.Certificate(ctx, id)
	if err != nil {
		return Certificate{}, err
	}
	if name = norm.NFC.String(name); name == "" {
		return Certificate{}, fault.New(fault.Invalid, "certificate.no_name", "Give the name as it should be.")
	}
	if err := NameCheck(s.PublicURL)(name); err != nil {
		return Certificate{}, err
	}
	existing, err := s.Store.CertificateByAttempt(ctx, reissued(old.Attempt))
	if err == nil && existing.Statement.Name == name {
		return existing, s.supersede(ctx, existing)
	}
	if err == nil || old.State == Superseded {
		return Certificate{}, errSuperseded
	}
	if fault.Of(err) != fault.NotFound {
		return Certificate{}, err
	}
	if old.StateAt(s.moment()) == Expired {
		return Certificate{}, errExpired
	}
	why := written(reason)
	if _, err := (&Certificate{State: old.State}).transition(Superseded, by, why, s.moment()); err != nil {
		return Certificate{}, err
	}
	statement := old.Statement
	statement.Name = name
	next, err := s.issue(ctx, draft{attempt: reissued(old.Attempt), person: old.Person, statement: statement, shortTitle: old.shortTitle(), template: old.Template, supersedes: old.ID, by: by, why: why, until: old.Statement.ExpiresAt})
	if err != nil {
		return Certificate{}, err
	}
	if next.Statement.Name != name { // another reissue was faster
		return Certificate{}, errSuperseded
	}
	return next, s.supersede(ctx, next)
}

// shortTitle is what stands in the code instead of the title where that is too long. It is
// in the signed payload of certificates of before it was kept.
func (c *Certificate) shortTitle() string {
	if c.ShortTitle != "" {
		return c.ShortTitle
	}
	claims, _, _, err := parsePayload(c.Payload)
	if err != nil || claims.Title == c.Statement.Title {
		return ""
	}
	return claims.Title
}

// reissued is the key of the certificate that replaces the one of an attempt.
func reissued(attempt string) string { return attempt + "+" }

// supersede ends the certificate that next replaces. One that was revoked or
// suspended meanwhile stays what it is, and the new one is revoked: it must not
// give back what was taken away.
func (s *Service) supersede(ctx context.Context, next Certificate) error {
	first := next.Events[0]
	_, err := s.change(ctx, next.Supersedes, func(c *Certificate) (bool, error) {
		changed, err := c.transition(Superseded, first.By, reason{first.Reason, first.Code}, s.moment())
		c.SupersededBy = next.ID
		return changed, err
	})
	if fault.Of(err) == fault.Conflict {
		_, revokeErr := s.Withdraw(ctx, first.By, next.ID, PredecessorWithdrawn)
		if revokeErr != nil {
			return revokeErr
		}
	}
	return err
}

// Current is the certificate of an attempt, after any reissues.
func (s *Service) Current(ctx context.Context, attempt string) (Certificate, error) {
	c, err := s.Store.CertificateByAttempt(ctx, attempt)
	for err == nil && c.SupersededBy != "" {
		c, err = s.Store.Certificate(ctx, c.SupersededBy)
	}
	return c, err
}
