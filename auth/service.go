package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Config is what a Service needs. Fields without "may be" are required.
type Config struct {
	Store Store
	// Issuer is the public URL of the service, such as "https://exams.example".
	// It is the issuer and the audience of access tokens: copies of the service
	// behind one address share it, and tokens of another address are refused.
	Issuer string
	Keys   Keys
	// Passwords hashes and checks passwords; see NewPasswords.
	Passwords *Passwords
	// Now is the clock. Any time zone; the service works in UTC milliseconds.
	Now func() time.Time
	// Rand is a cryptographic source that is safe for concurrent use.
	Rand io.Reader

	// CheckName may be nil. It returns an error for a name that a certificate
	// cannot print. The message is shown to the person who registers.
	CheckName func(name string) error
	// Grace is how long a spent refresh token may come again when the answer
	// was lost: 0 (the default: never) to MaxGrace. See invariant 3.
	Grace time.Duration
	// AllowDemo lets demo accounts in. Their passwords are published, so a
	// service in production leaves it false.
	AllowDemo bool
}

// Service decides who gets in, and keeps people. It is safe for concurrent use;
// any number of copies may share one store and one set of keys.
type Service struct {
	store     Store
	access    *accessTokens
	passwords *Passwords
	clock     func() time.Time
	rand      io.Reader
	checkName func(string) error
	grace     time.Duration
	allowDemo bool
}

// New returns a Service, or an error that names what is missing or out of range.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Passwords == nil || c.Now == nil || c.Rand == nil {
		return nil, errors.New("auth: Store, Passwords, Now and Rand are required")
	}
	if c.Grace < 0 || c.Grace > MaxGrace {
		return nil, fmt.Errorf("auth: grace %v is outside 0 to %v", c.Grace, MaxGrace)
	}
	access, err := newAccessTokens(c.Issuer, c.Keys, c.Now, c.Rand)
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return &Service{
		store: c.Store, access: access, passwords: c.Passwords, clock: c.Now, rand: c.Rand,
		checkName: c.CheckName, grace: c.Grace, allowDemo: c.AllowDemo,
	}, nil
}

// now returns the time as it is stored.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// maxRaces is how often a change is decided anew because another one came in
// between. Each round means that somebody else got on; more than a few at one
// document is an attack or a fault of ours.
const maxRaces = 16

func busy(cause error) error {
	return fault.New(fault.Unavailable, "auth.busy", "Too many changes at once. Try again in a moment.").Wrap(cause)
}

// The put functions settle a write whose answer was lost: when the store
// returns an error, they read back, and when exactly what was to be written is
// there, the write was applied and that is the end of it. A stale version may
// also be the echo of one's own write that a driver repeated. A secret makes a
// match with another's write impossible; without one (two administrators give
// the same roles in the same millisecond) the match is what both asked for.

// putNewPerson inserts p.
func (s *Service) putNewPerson(ctx context.Context, p Person) error {
	err := s.store.InsertPerson(ctx, p)
	if err == nil {
		return nil
	}
	if stored, readErr := s.store.Person(ctx, p.ID); readErr == nil && sameDocument(stored, p) {
		return nil
	}
	return err
}

// putPerson updates p and returns it with the version that it then has.
func (s *Service) putPerson(ctx context.Context, p Person) (Person, error) {
	err := s.store.UpdatePerson(ctx, p)
	p.Version++
	if err == nil {
		return p, nil
	}
	if stored, readErr := s.store.Person(ctx, p.ID); readErr == nil && sameDocument(stored, p) {
		return p, nil
	}
	return Person{}, err
}

// putFamily updates f.
func (s *Service) putFamily(ctx context.Context, f Family) error {
	err := s.store.UpdateFamily(ctx, f)
	f.Version++
	if err == nil {
		return nil
	}
	if stored, readErr := s.store.Family(ctx, f.ID); readErr == nil && sameDocument(stored, f) {
		return nil
	}
	return err
}

// sameDocument reports whether two documents are equal as stored.
func sameDocument[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// changePerson applies change to the newest state of the person and stores it,
// again when another change came in between. change must only depend on its
// argument; its error ends the attempt and is returned.
func (s *Service) changePerson(ctx context.Context, id string, change func(*Person) error) (Person, error) {
	var err error
	for range maxRaces {
		var p Person
		if p, err = s.store.Person(ctx, id); err != nil {
			return Person{}, err
		}
		if err = change(&p); err != nil {
			return Person{}, err
		}
		p.Schema, p.UpdatedAt = PersonSchema, s.now()
		if p, err = s.putPerson(ctx, p); err == nil || fault.Code(err) != "person.stale" {
			return p, err
		}
	}
	return Person{}, busy(err)
}
