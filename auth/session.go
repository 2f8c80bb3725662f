package auth

import (
	"context"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Session is what a sign-in or a refresh gives to a client. Both tokens are
// bearer secrets.
type Session struct {
	Person Person

	AccessToken     string
	AccessExpiresAt time.Time

	// RefreshToken is good once, before RefreshExpiresAt.
	RefreshToken     string
	RefreshExpiresAt time.Time
}

// SignIn starts a session for the person with the e-mail and the password.
//
// For every reason to refuse there is one answer, Unauthenticated
// "sign_in.refused", after the same work: who guesses learns neither which
// e-mails exist nor which accounts are closed. Limiting the number of guesses
// is the caller's. "auth.busy" (Unavailable) means that ctx ended in the queue
// for hashing.
func (s *Service) SignIn(ctx context.Context, email, password string) (Session, error) {
	refused := fault.New(fault.Unauthenticated, "sign_in.refused",
		"The e-mail or the password is wrong, or the account is closed.")
	prepared, err := preparePassword(password)
	if err != nil {
		return Session{}, refused.Wrap(err)
	}
	var p Person // stays empty, with no hash, for an unknown e-mail
	if key, ok := NormalizeEmail(email); ok {
		if p, err = s.store.PersonByEmail(ctx, key); err != nil && fault.Of(err) != fault.NotFound {
			return Session{}, err
		}
	}
	match, outdated, err := s.passwords.check(ctx, p.PasswordHash, prepared)
	if err != nil {
		return Session{}, err
	}
	if !match || !s.admits(p) {
		return Session{}, refused
	}
	if outdated {
		p = s.rehash(ctx, p, prepared)
	}
	return s.startSession(ctx, p)
}

// admits reports whether p may have a session at all.
func (s *Service) admits(p Person) bool { return !p.Disabled && (s.allowDemo || !p.Demo) }

// rehash stores the password of p at today's cost and returns p as it then is.
// It is a courtesy to the next sign-in: when it fails or loses against another
// change, this sign-in goes on and the next one tries again.
func (s *Service) rehash(ctx context.Context, p Person, prepared string) Person {
	hash, err := s.passwords.hash(ctx, prepared)
	if err != nil {
		return p
	}
	rehashed := p
	rehashed.PasswordHash = hash
	if rehashed, err = s.putPerson(ctx, rehashed); err != nil {
		return p
	}
	return rehashed
}

// startSession stores a new family for p and returns its first tokens. A
// family whose answer was lost stays behind unused: nobody has its secret.
func (s *Service) startSession(ctx context.Context, p Person) (Session, error) {
	now := s.now()
	id, err := newID(now, s.rand)
	if err != nil {
		return Session{}, err
	}
	secret, hash, err := newSecret(s.rand)
	if err != nil {
		return Session{}, err
	}
	f := newFamily(id, p, hash, now)
	if err := s.store.InsertFamily(ctx, f); err != nil {
		return Session{}, err
	}
	return s.session(p, f, secret, now)
}

func (s *Service) session(p Person, f Family, secret string, now time.Time) (Session, error) {
	access, expires, err := s.access.issue(p, now)
	if err != nil {
		return Session{}, err
	}
	return Session{
		Person:      p,
		AccessToken: access, AccessExpiresAt: expires,
		RefreshToken: formatRefresh(f.ID, secret), RefreshExpiresAt: f.EndsAt(),
	}, nil
}

// Refresh exchanges a refresh token for the next pair, with the roles that the
// person has now. The token presented is spent by it; see Family for what
// happens when it comes again.
//
// All refusals are Unauthenticated: "refresh.invalid" (no such token),
// "refresh.expired", "refresh.revoked" (signed out, password changed, disabled,
// ended by reuse) and "refresh.reused", which the caller should put on record.
func (s *Service) Refresh(ctx context.Context, token string) (Session, error) {
	secret, next, err := newSecret(s.rand)
	if err != nil {
		return Session{}, err
	}
	for range maxRaces {
		f, p, presented, err := s.presented(ctx, token)
		if err != nil {
			return Session{}, err
		}
		now := s.now()
		if err := f.alive(p, now); err != nil {
			return Session{}, err
		}
		f, verdict := f.rotate(presented, next, s.grace, now)
		// An ended family is stored like a rotated one, before anybody hears of it.
		err = s.putFamily(ctx, f)
		switch {
		case fault.Code(err) == "family.stale":
			continue // somebody was faster: decide on what they left
		case err != nil:
			return Session{}, err
		case verdict != nil:
			return Session{}, verdict
		}
		return s.session(p, f, secret, now)
	}
	return Session{}, busy(nil)
}

// touch is how often the use of a page session is written down: often enough for
// FamilyIdle, seldom enough that a page costs no write.
const touch = 5 * time.Minute

// Recognise returns the principal of a refresh token without spending it. It is
// for pages, where the token is a cookie that no script can read and that comes
// with every request, from several tabs at once. Unlike an access token it stops
// to count at once when the person is disabled or signs out.
//
// All refusals are Unauthenticated, as those of Refresh.
func (s *Service) Recognise(ctx context.Context, token string) (Principal, error) {
	f, p, presented, err := s.presented(ctx, token)
	if err != nil {
		return Principal{}, err
	}
	now := s.now()
	if err := f.alive(p, now); err != nil {
		return Principal{}, err
	}
	if !equalHash(presented, f.Hash) {
		return Principal{}, fault.New(fault.Unauthenticated, "refresh.invalid", "This is not a refresh token of this service.")
	}
	if now.Sub(f.UsedAt) >= touch {
		f.UsedAt = now
		if err := s.putFamily(ctx, f); err != nil && fault.Code(err) != "family.stale" {
			return Principal{}, err
		}
	}
	return Principal{PersonID: p.ID, Roles: p.Roles}, nil
}

// presented finds the family of a refresh token, its person, and the hash of
// the secret. A person who may not have a session counts as revoked.
func (s *Service) presented(ctx context.Context, token string) (f Family, p Person, hash string, err error) {
	invalid := fault.New(fault.Unauthenticated, "refresh.invalid", "This is not a refresh token of this service.")
	id, hash, ok := parseRefresh(token)
	if !ok {
		return Family{}, Person{}, "", invalid
	}
	if f, err = s.store.Family(ctx, id); err == nil {
		p, err = s.store.Person(ctx, f.Person)
	}
	switch {
	case fault.Of(err) == fault.NotFound:
		return Family{}, Person{}, "", invalid.Wrap(err)
	case err != nil:
		return Family{}, Person{}, "", err
	case !s.admits(p):
		return Family{}, Person{}, "", fault.New(fault.Unauthenticated, "refresh.revoked",
			"This session has been ended. Sign in again.")
	}
	return f, p, hash, nil
}

// SignOut ends the family of the refresh token. Like RFC 7009 section 2.2 it is
// content with a token that is not known, or over already: what the client
// wants is the case. A spent token ends its family too.
func (s *Service) SignOut(ctx context.Context, token string) error {
	id, _, ok := parseRefresh(token)
	if !ok {
		return nil
	}
	for range maxRaces {
		f, err := s.store.Family(ctx, id)
		switch {
		case fault.Of(err) == fault.NotFound:
			return nil
		case err != nil:
			return err
		case !f.RevokedAt.IsZero():
			return nil
		}
		f.RevokedAt = s.now()
		if err = s.putFamily(ctx, f); fault.Code(err) != "family.stale" {
			return err
		}
	}
	return busy(nil)
}

// Authenticate returns the principal that a bearer access token proves, or
// Unauthenticated "token.expired" or "token.invalid". It reads no store: a
// person disabled a moment ago is still let through, for AccessLife at most.
func (s *Service) Authenticate(bearer string) (Principal, error) { return s.access.check(bearer) }

// retention is how long families and links are kept beyond their end, so that
// a link which comes late is told "too old" and not "unknown".
const retention = 7 * 24 * time.Hour

// DeleteExpired deletes families and links that ended more than a week ago, and
// returns how many. Call it now and then; calling it from several copies at
// once is harmless.
func (s *Service) DeleteExpired(ctx context.Context) (int, error) {
	return s.store.DeleteExpired(ctx, s.now().Add(-retention))
}
