package certs

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/proba-exam/proba/certs/badge"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// Service issues, revokes and shows certificates. It is safe for concurrent use,
// also by several processes on one store.
type Service struct {
	Deps
	// did identifies the issuer.
	did string
	// looked is when the age of the status lists was looked at.
	looked  atomic.Int64
	serials serials
	// signing bounds how many certificates are signed at a time to the processors that
	// there are. More at once would not be faster, and would starve the log of time.
	signing chan struct{}
}

// Deps is what a Service needs.
type Deps struct {
	Store Store
	Keys  *keyring.Ring
	// Log records what happens to certificates and keys; nil for none.
	Log *translog.Log
	Now func() time.Time
	// Rand is where ids come from; crypto/rand when nil.
	Rand io.Reader
	// Issuer is the name on the certificate, by language.
	Issuer map[string]string
	// PublicURL is where certificates can be verified.
	PublicURL string
	// Zone in which dates are printed and days end.
	Zone *time.Location
	// Aligned are the places in frameworks that a role's certificates name.
	Aligned map[string][]badge.Alignment
}

// NewService returns a service. PublicURL has to have a host.
func NewService(d Deps) (*Service, error) {
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
	did, err := keyring.DID(d.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	return &Service{Deps: d, did: did, signing: make(chan struct{}, runtime.GOMAXPROCS(0))}, nil
}

// DID identifies the issuer.
func (s *Service) DID() string { return s.did }

func (s *Service) moment() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

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

// Record returns a certificate in full, for who may see other people's.
func (s *Service) Record(ctx context.Context, id ID) (Certificate, error) {
	return s.Store.Certificate(ctx, id)
}

// Find lists certificates that fit the filter.
func (s *Service) Find(ctx context.Context, f Filter, after ID, limit int) ([]Certificate, error) {
	return s.Store.FindCertificates(ctx, f, after, limit)
}

// PDF prints a certificate, by the template that it was issued by.
func (s *Service) PDF(ctx context.Context, c *Certificate) ([]byte, error) {
	l, err := s.layout(ctx, c)
	if err != nil {
		return nil, err
	}
	return PDF(c, l)
}

// URL is the address in the certificate's QR code.
func (s *Service) URL(c *Certificate) string { return URL(s.PublicURL, c.ID, c.Payload) }
