package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
)

type ownCertificate struct {
	ID        certs.ID    `json:"id"`
	State     certs.State `json:"state"`
	Name      string      `json:"name"`
	Title     string      `json:"title"`
	IssuedAt  time.Time   `json:"issued_at"`
	ExpiresAt time.Time   `json:"expires_at,omitzero"`
	Attempt   string      `json:"attempt"`
	// URL is what the QR code holds.
	URL string `json:"url"`
}

func (s *server) myCertificates(c *fiber.Ctx) error {
	id, err := caller(c)
	if err != nil {
		return err
	}
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Certs.Of(c.UserContext(), id, certs.ID(after), limit+1)
	if err != nil {
		return err
	}
	now := s.Now()
	return c.JSON(page(all, limit, func(c certs.Certificate) string { return string(c.ID) }, func(c certs.Certificate) ownCertificate {
		return ownCertificate{ID: c.ID, State: c.StateAt(now), Name: c.Statement.Name, Title: c.Statement.Title, IssuedAt: c.Statement.IssuedAt,
			ExpiresAt: c.Statement.ExpiresAt, Attempt: c.Attempt, URL: s.Certs.URL(&c)}
	}))
}

// owned is the certificate of the path, which must be the caller's.
func (s *server) owned(c *fiber.Ctx) (certs.Certificate, error) {
	person, err := caller(c)
	if err != nil {
		return certs.Certificate{}, err
	}
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return certs.Certificate{}, err
	}
	return s.Certs.Owned(c.UserContext(), person, id)
}

func (s *server) certificatePDF(c *fiber.Ctx) error {
	certificate, err := s.owned(c)
	if err != nil {
		return err
	}
	pdf, err := s.Certs.PDF(c.UserContext(), &certificate)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="certificate-`+string(certificate.ID)+`.pdf"`)
	return c.Send(pdf)
}

// verification is the public view of a certificate: no full name, no score.
type verification struct {
	ID     certs.ID    `json:"id"`
	State  certs.State `json:"state"`
	Since  time.Time   `json:"since"`
	Reason string      `json:"reason,omitempty"`
	// ReasonCode is of a reason that the service stated by itself.
	ReasonCode   certs.ReasonCode `json:"reason_code,omitempty"`
	Name         string           `json:"name"`
	Title        string           `json:"title"`
	Role         string           `json:"role"`
	Issuer       string           `json:"issuer"`
	IssuedAt     time.Time        `json:"issued_at"`
	ExpiresAt    time.Time        `json:"expires_at,omitzero"`
	Supersedes   certs.ID         `json:"supersedes,omitempty"`
	SupersededBy certs.ID         `json:"superseded_by,omitempty"`
	// LogIndex is where the transparency log has its issue.
	LogIndex *int64 `json:"log_index,omitempty"`
	// LoggedAt is when the log first signed that it has it; DatedApart says that the
	// date of issue is more than a day from that.
	LoggedAt   time.Time `json:"logged_at,omitzero"`
	DatedApart bool      `json:"dated_apart,omitempty"`
	CheckedAt  time.Time `json:"checked_at"`
}

func showVerification(p certs.Public) verification {
	return verification{ID: p.ID, State: p.State, Since: p.Since, Reason: p.Reason, ReasonCode: p.ReasonCode, Name: p.Name, Title: p.Title, Role: p.Role, Issuer: p.Issuer,
		IssuedAt: p.IssuedAt, ExpiresAt: p.ExpiresAt, Supersedes: p.Supersedes, SupersededBy: p.SupersededBy, LogIndex: p.LogIndex, LoggedAt: p.LoggedAt, DatedApart: p.DatedApart,
		CheckedAt: p.CheckedAt}
}

func (s *server) verify(c *fiber.Ctx) error {
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		return err
	}
	p, err := s.Certs.Lookup(c.UserContext(), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(showVerification(p))
}

type reason struct {
	Reason string `json:"reason"`
}
