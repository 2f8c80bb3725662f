package auth

import (
	"context"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/lookup"
)

// maxPage is the longest page of People: some 300 kB of documents.
const maxPage = 500

// Person returns a person, or NotFound "person.not_found".
func (s *Service) Person(ctx context.Context, id string) (Person, error) {
	return s.store.Person(ctx, id)
}

// PeopleWith returns the people with the ids, each once and in any order; there is none for
// an id that nobody has.
func (s *Service) PeopleWith(ctx context.Context, ids []string) ([]Person, error) {
	return s.store.PeopleWith(ctx, ids)
}

// PersonByEmail returns the person with the e-mail in any spelling that
// NormalizeEmail makes the same, or NotFound "person.not_found".
func (s *Service) PersonByEmail(ctx context.Context, email string) (Person, error) {
	key, ok := NormalizeEmail(email)
	if !ok {
		return Person{}, fault.New(fault.NotFound, "person.not_found", "There is no such person.")
	}
	return s.store.PersonByEmail(ctx, key)
}

// People returns the people after the given id, "" for the first page, by
// ascending id, which is the order of registration. limit is brought into 1 to
// 500. An empty page is the end.
func (s *Service) People(ctx context.Context, after string, limit int) ([]Person, error) {
	return s.store.People(ctx, after, min(max(limit, 1), maxPage))
}

// FindPeople is People for those whose name has words that begin with what was typed, in
// any order. What holds no letter or digit finds nobody.
func (s *Service) FindPeople(ctx context.Context, typed, after string, limit int) ([]Person, error) {
	sought := lookup.First(lookup.Name(typed))
	if len(sought) == 0 {
		return nil, nil
	}
	return s.store.FindPeople(ctx, sought, after, min(max(limit, 1), maxPage))
}

// Rename corrects a person's name, which is judged as at registration. Certificates that
// were issued keep the former one. Faults: Invalid "person.name_invalid", NotFound
// "person.not_found".
func (s *Service) Rename(ctx context.Context, person, name string) (Person, error) {
	name, problem := tidyLine(name, maxName)
	if problem == "" {
		problem = nameProblem(name, s.checkName)
	}
	if problem != "" {
		return Person{}, fault.New(fault.Invalid, "person.name_invalid", "The person cannot have this name.").
			At(fault.Field{Path: "name", Message: problem})
	}
	return s.changePerson(ctx, person, func(p *Person) error {
		p.Name = name
		return nil
	})
}

// SetRoles gives the person exactly these roles. Running sessions have them
// from their next refresh. Faults: Invalid "person.invalid", NotFound
// "person.not_found".
func (s *Service) SetRoles(ctx context.Context, person string, roles []Role) (Person, error) {
	known, unknown := sortRoles(roles)
	if len(known) == 0 || len(unknown) > 0 {
		return Person{}, fault.New(fault.Invalid, "person.invalid", "These roles cannot be given.").
			At(fault.Field{Path: "roles", Message: "Give at least one role of " + listRoles() + "."})
	}
	return s.changePerson(ctx, person, func(p *Person) error {
		p.Roles = known
		return nil
	})
}

// Disable closes an account: its sessions and links end, and no new ones begin.
// Disabling twice is harmless. NotFound "person.not_found".
func (s *Service) Disable(ctx context.Context, person string) (Person, error) {
	p, err := s.changePerson(ctx, person, func(p *Person) error {
		p.Disabled = true
		p.Epoch++
		return nil
	})
	if err != nil {
		return Person{}, err
	}
	s.markRevoked(ctx, p.ID)
	return p, nil
}

// Enable opens a disabled account. The password is as before; sessions and
// links that were ended stay so. NotFound "person.not_found".
func (s *Service) Enable(ctx context.Context, person string) (Person, error) {
	return s.changePerson(ctx, person, func(p *Person) error {
		p.Disabled = false
		return nil
	})
}

// EnsureAdministrator makes sure that somebody can administer a new store. In a
// store without people it registers an administrator, without password, and
// returns the token of a link to set one. It does so again at the next start
// when that link was not redeemed. In every other store it does nothing and
// returns "". Copies that start at once all get a link; the first one redeemed
// voids the others. Call it before anything else registers people.
func (s *Service) EnsureAdministrator(ctx context.Context, email, name, language string) (token string, err error) {
	anybody, err := s.store.People(ctx, "", 1)
	if err != nil {
		return "", err
	}
	if len(anybody) == 0 {
		_, err := s.Register(ctx, Registration{Email: email, Name: name, Language: language, Roles: []Role{Administrator}})
		if err != nil && fault.Code(err) != "person.email_taken" { // taken: another copy was faster
			return "", err
		}
	}
	p, err := s.PersonByEmail(ctx, email)
	switch {
	case fault.Of(err) == fault.NotFound:
		return "", nil
	case err != nil:
		return "", err
	}
	if p.PasswordHash != "" || p.Disabled || !(Principal{Roles: p.Roles}).Can(PeopleWrite) {
		return "", nil
	}
	token, _, err = s.CreateLink(ctx, p.ID, Bootstrap)
	return token, err
}
