package certs

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

const (
	// statusListSize is the length of a published status list in bits (Bitstring
	// Status List section 3.1: at least 131,072).
	statusListSize = 131_072
	// perStatusList is how many places of a list are given away. At half full,
	// drawing a free place at random takes two tries on average.
	perStatusList = statusListSize / 2
	// maxTries bounds drawing a place and compare-and-set: at half full, 64
	// draws in a row are taken with probability 2^-64.
	maxTries = 64
)

// Award is what a certificate is issued for.
type Award struct {
	// Attempt identifies the award: one attempt, one certificate.
	Attempt  string
	Person   string
	Name     string
	Title    string
	Language string
	Role     string
	// Score in basis points, nil when the certificate does not state it.
	Score *int
	// ValidDays until it expires, 0 for never. It is valid through the whole of
	// its last day in the issuer's zone.
	ValidDays int
}

// Service issues, revokes and shows certificates. It is safe for concurrent use,
// also by several processes on one store.
type Service struct{ Deps }

// Deps is what a Service needs.
type Deps struct {
	Store Store
	Keys  *keyring.Ring
	Now   func() time.Time
	// Rand is where ids come from; crypto/rand when nil.
	Rand io.Reader
	// Issuer is the name on the certificate, by language.
	Issuer map[string]string
	// PublicURL is where certificates can be verified.
	PublicURL string
	// Zone in which dates are printed and days end.
	Zone *time.Location
}

// NewService returns a service.
func NewService(d Deps) *Service {
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
	return &Service{d}
}

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// Issue returns the certificate of the award, and makes it if there is none.
// Two calls at once, or a call after a crash in the middle of another, give one
// certificate.
func (s *Service) Issue(ctx context.Context, award Award) (Certificate, error) {
	existing, err := s.Store.CertificateByAttempt(ctx, award.Attempt)
	if err == nil || fault.Of(err) != fault.NotFound {
		return existing, err
	}
	serial, err := s.Store.NextStatusSerial(ctx)
	if err != nil {
		return Certificate{}, fmt.Errorf("place in the status list: %w", err)
	}
	for range maxTries {
		c, err := s.build(award, int(serial/perStatusList))
		if err != nil {
			return Certificate{}, err
		}
		err = s.Store.InsertCertificate(ctx, c)
		if fault.Code(err) != "certificate.exists" {
			return c, err
		}
		// The attempt, the id or the place is taken: the first is an answer,
		// the others are drawn again.
		existing, err = s.Store.CertificateByAttempt(ctx, award.Attempt)
		if err == nil || fault.Of(err) != fault.NotFound {
			return existing, err
		}
	}
	return Certificate{}, fault.New(fault.Unavailable, "certificate.busy", "No free place in the status list was found; try again.")
}

func (s *Service) build(award Award, list int) (Certificate, error) {
	key, err := s.Keys.Active()
	if err != nil {
		return Certificate{}, fmt.Errorf("issuing key: %w", err)
	}
	id, err := NewID(s.Rand)
	if err != nil {
		return Certificate{}, err
	}
	var draw [4]byte
	if _, err := io.ReadFull(s.Rand, draw[:]); err != nil {
		return Certificate{}, fmt.Errorf("draw a place in the status list: %w", err)
	}
	now := s.moment().Truncate(time.Second) // the payload holds whole seconds
	c := Certificate{
		Schema: 1, ID: id, Version: 1, Attempt: award.Attempt, Person: award.Person, Key: key.Serial, State: Valid,
		StatusList: list, StatusIndex: int(binary.BigEndian.Uint32(draw[:]) % statusListSize),
		Statement: Statement{Name: norm.NFC.String(award.Name), Title: norm.NFC.String(award.Title), Language: award.Language, Role: award.Role,
			Issuer: s.issuer(award.Language), Score: award.Score, IssuedAt: now, ExpiresAt: s.expiry(now, award.ValidDays)},
		Events: []Event{{At: now, State: Valid}},
	}
	if err := c.Statement.checkPrintable(); err != nil {
		return Certificate{}, err
	}
	c.Payload, err = s.payload(&c, key)
	return c, err
}

// payload signs the statement. When the QR code would get too dense to be read
// from a worn print, the title is left out and the verifier shows the server's.
func (s *Service) payload(c *Certificate, key keyring.Key) ([]byte, error) {
	claims := Claims{ID: c.ID, Key: key.Serial, Name: c.Statement.Name, Title: c.Statement.Title, Score: c.Statement.Score,
		Status: c.StatusIndex, IssuedAt: c.Statement.IssuedAt, ExpiresAt: c.Statement.ExpiresAt}
	for _, title := range []string{c.Statement.Title, ""} {
		claims.Title = title
		payload, err := claims.sign(key.Private)
		if err != nil {
			return nil, fmt.Errorf("sign certificate: %w", err)
		}
		q, err := symbol(URL(s.PublicURL, c.ID, payload))
		if err == nil && q.VersionNumber <= maxQRVersion {
			return payload, nil
		}
	}
	return nil, fault.New(fault.Invalid, "certificate.name_too_long", "The name is too long for the QR code of a certificate.")
}

func (s *Service) issuer(lang string) string {
	if name, ok := s.Issuer[lang]; ok {
		return name
	}
	return s.Issuer["en"]
}

// expiry is the first instant after the last day of validity.
func (s *Service) expiry(issued time.Time, days int) time.Time {
	if days == 0 {
		return time.Time{}
	}
	day := issued.In(s.Zone)
	return time.Date(day.Year(), day.Month(), day.Day()+days+1, 0, 0, 0, 0, s.Zone).UTC()
}

// Revoke makes a certificate worthless for good. Revoking a revoked one changes
// nothing.
func (s *Service) Revoke(ctx context.Context, by string, id ID, reason string) (Certificate, error) {
	for range maxTries {
		c, err := s.Store.Certificate(ctx, id)
		if err != nil || c.State == Revoked {
			return c, err
		}
		if err := c.revoke(by, reason, s.moment()); err != nil {
			return Certificate{}, err
		}
		err = s.Store.UpdateCertificate(ctx, c)
		if err == nil {
			c.Version++
			return c, nil
		}
		if fault.Code(err) != "certificate.stale" {
			return Certificate{}, fmt.Errorf("revoke certificate: %w", err)
		}
	}
	return Certificate{}, fault.New(fault.Unavailable, "certificate.busy", "This certificate is being changed by others; try again.")
}

// Of lists a person's certificates.
func (s *Service) Of(ctx context.Context, person string, after ID, limit int) ([]Certificate, error) {
	return s.Store.CertificatesOf(ctx, person, after, limit)
}

// Owned returns a certificate to its holder. Another person's is not found.
func (s *Service) Owned(ctx context.Context, person string, id ID) (Certificate, error) {
	c, err := s.Store.Certificate(ctx, id)
	if err == nil && c.Person != person {
		return Certificate{}, fault.New(fault.NotFound, "certificate.not_found", "There is no such certificate.")
	}
	return c, err
}

// PDF prints a certificate.
func (s *Service) PDF(c *Certificate) ([]byte, error) {
	return PDF(c, Layout{PublicURL: s.PublicURL, Zone: s.Zone})
}

// URL is the address in the certificate's QR code.
func (s *Service) URL(c *Certificate) string { return URL(s.PublicURL, c.ID, c.Payload) }

// Public is what anybody may know who has the id of a certificate: no full name
// and no score. These are on the paper, and in its signed payload.
type Public struct {
	ID        ID
	State     State
	Since     time.Time
	Reason    string
	Name      string // masked
	Title     string
	Language  string
	Role      string
	Issuer    string
	IssuedAt  time.Time
	ExpiresAt time.Time
	// SupersededBy is the certificate that replaced this one, "" for none.
	SupersededBy ID
	CheckedAt    time.Time
}

// Lookup returns the public view of a certificate.
func (s *Service) Lookup(ctx context.Context, id ID) (Public, error) {
	c, err := s.Store.Certificate(ctx, id)
	if err != nil {
		return Public{}, err
	}
	now, last := s.moment(), c.Events[len(c.Events)-1]
	p := Public{ID: c.ID, State: c.StateAt(now), Since: last.At, Reason: last.Reason, Name: masked(c.Statement.Name), Title: c.Statement.Title,
		Language: c.Statement.Language, Role: c.Statement.Role, Issuer: c.Statement.Issuer, IssuedAt: c.Statement.IssuedAt,
		ExpiresAt: c.Statement.ExpiresAt, SupersededBy: c.SupersededBy, CheckedAt: now}
	if p.State == Expired {
		p.Since = c.Statement.ExpiresAt
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
