package auth

import (
	"context"

	"github.com/proba-exam/proba/internal/fault"
)

// CreateLink makes a one-time link for the person and returns its token, which
// the caller sends by a channel that is the person's own and keeps nowhere.
// Older links stay good until one of them is redeemed. NotFound
// "person.not_found"; Conflict "person.disabled"; Invalid "link.purpose".
func (s *Service) CreateLink(ctx context.Context, person string, purpose Purpose) (token string, link Link, err error) {
	life, ok := purpose.life()
	if !ok {
		return "", Link{}, fault.New(fault.Invalid, "link.purpose", "There is no link of the kind %q.", string(purpose))
	}
	p, err := s.store.Person(ctx, person)
	if err != nil {
		return "", Link{}, err
	}
	if !s.admits(p) {
		return "", Link{}, fault.New(fault.Conflict, "person.disabled", "The account is closed.")
	}
	token, hash, err := newSecret(s.rand)
	if err != nil {
		return "", Link{}, err
	}
	now := s.now()
	link = Link{
		Hash: hash, Schema: LinkSchema, Version: 1,
		Purpose: purpose, Person: p.ID, Epoch: p.Epoch,
		CreatedAt: now, ExpiresAt: now.Add(life),
	}
	if err := s.store.InsertLink(ctx, link); err != nil {
		return "", Link{}, err
	}
	return token, link, nil
}

// RedeemLink sets the password of the person for whom the link was made, and
// ends all their sessions and links. Faults: NotFound "link.not_found",
// Conflict "link.spent" and "link.expired", Invalid "password.weak", after
// which the link is still good.
func (s *Service) RedeemLink(ctx context.Context, token, password string) (Person, error) {
	hash, ok := hashSecret(token)
	if !ok {
		return Person{}, fault.New(fault.NotFound, "link.not_found", "There is no such link.")
	}
	link, err := s.store.Link(ctx, hash)
	if err != nil {
		return Person{}, err
	}
	p, err := s.setPassword(ctx, link.Person, password, func(p Person) error { return link.usable(p, s.now()) })
	if err != nil {
		return Person{}, err
	}
	// The new epoch has voided the link by the same write that set the password.
	// This only dates it in the store, so its failure changes nothing.
	_, _ = s.store.ConsumeLink(ctx, hash, s.now())
	return p, nil
}

// ChangePassword sets another password for a person who knows the present one,
// and ends all their sessions and links. Faults: Forbidden "password.wrong",
// Invalid "password.weak", NotFound "person.not_found".
func (s *Service) ChangePassword(ctx context.Context, person, present, password string) (Person, error) {
	wrong := fault.New(fault.Forbidden, "password.wrong", "The present password is wrong.")
	p, err := s.store.Person(ctx, person)
	if err != nil {
		return Person{}, err
	}
	prepared, err := preparePassword(present)
	if err != nil {
		return Person{}, wrong.Wrap(err)
	}
	match, _, err := s.passwords.check(ctx, p.PasswordHash, prepared)
	switch {
	case err != nil:
		return Person{}, err
	case !match || !s.admits(p):
		return Person{}, wrong
	}
	return s.setPassword(ctx, person, password, func(now Person) error {
		if now.Epoch != p.Epoch {
			return wrong
		}
		return nil
	})
}

// SetPassword sets the password of a person without asking anything: for the
// command line and for demo accounts. It ends all their sessions and links.
// Faults: Invalid "password.weak", NotFound "person.not_found".
func (s *Service) SetPassword(ctx context.Context, person, password string) (Person, error) {
	return s.setPassword(ctx, person, password, func(Person) error { return nil })
}

// setPassword sets the password, if may returns nil for the person at the
// moment of the write, and raises the epoch: one write that decides everything.
func (s *Service) setPassword(ctx context.Context, person, password string, may func(Person) error) (Person, error) {
	p, err := s.store.Person(ctx, person)
	if err != nil {
		return Person{}, err
	}
	if err := may(p); err != nil {
		return Person{}, err
	}
	prepared, err := checkPassword(p, password)
	if err != nil {
		return Person{}, err
	}
	hash, err := s.passwords.hash(ctx, prepared)
	if err != nil {
		return Person{}, err
	}
	p, err = s.changePerson(ctx, person, func(p *Person) error {
		if err := may(*p); err != nil {
			return err
		}
		p.PasswordHash = hash
		p.Epoch++
		return nil
	})
	if err != nil {
		return Person{}, err
	}
	s.markRevoked(ctx, p.ID)
	return p, nil
}

// markRevoked dates the end of the person's families in the store. The epoch
// has ended them already, so its failure changes nothing.
func (s *Service) markRevoked(ctx context.Context, person string) {
	_, _ = s.store.RevokeFamiliesOf(ctx, person, s.now())
}
