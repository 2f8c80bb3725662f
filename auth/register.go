package auth

import (
	"context"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/internal/fault"
)

const (
	// MaxRegistrations is the longest list that RegisterMany takes: some
	// seconds of work on a replica set.
	MaxRegistrations = 2000
	// registerWorkers is how many rows of a list are looked up or written at
	// once: enough to fill the batches of the store, few enough to leave it to
	// others.
	registerWorkers = 8
)

// Register adds a person, who has no password yet. Faults: Invalid
// "person.invalid" with the fields named, Conflict "person.email_taken".
func (s *Service) Register(ctx context.Context, r Registration) (Person, error) {
	r, faults := r.tidy(s.checkName)
	if len(faults) > 0 {
		return Person{}, fault.New(fault.Invalid, "person.invalid", "The person cannot be registered.").At(faults...)
	}
	return s.insert(ctx, r)
}

// insert adds the person that r, tidied and in order, describes.
func (s *Service) insert(ctx context.Context, r Registration) (Person, error) {
	now := s.now()
	id, err := newID(now, s.rand)
	if err != nil {
		return Person{}, err
	}
	p := r.person(id, now)
	if err := s.putNewPerson(ctx, p); err != nil {
		return Person{}, err
	}
	return p, nil
}

// RegisterMany adds a list of people, all or none, and returns them in the
// order of the list. A row that says of a registered person just what is stored
// is in order and adds nothing, so that a list whose answer was lost, or which
// was cut short by a failure of ours, is simply sent again.
//
// Faults: TooLarge "people.too_many" over MaxRegistrations, Invalid
// "people.invalid" with every faulty place as a JSON Pointer into the list
// ("/3/email"). When somebody registers one of the e-mails between the check
// and the write, that row is the fault "people.invalid" and the other rows stay.
func (s *Service) RegisterMany(ctx context.Context, rows []Registration) ([]Person, error) {
	tidied, people, err := s.checkMany(ctx, rows)
	if err != nil {
		return nil, err
	}

	late := make([][]fault.Field, len(rows))
	err = eachRow(ctx, len(rows), func(ctx context.Context, i int) (err error) {
		if people[i].ID != "" {
			return nil
		}
		if people[i], err = s.insert(ctx, tidied[i]); fault.Code(err) == "person.email_taken" {
			people[i], late[i], err = s.registered(ctx, i, tidied[i])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := rowFault(late); err != nil {
		return nil, err
	}
	return people, nil
}

// CheckMany says what RegisterMany would do with the list, and changes nothing: the
// people that are registered already, in the order of the list, with an empty Person
// for each row that would add one, or the same faults.
func (s *Service) CheckMany(ctx context.Context, rows []Registration) ([]Person, error) {
	_, people, err := s.checkMany(ctx, rows)
	return people, err
}

// checkMany returns the rows as they will be stored and the people among them that
// are registered already.
func (s *Service) checkMany(ctx context.Context, rows []Registration) ([]Registration, []Person, error) {
	if len(rows) > MaxRegistrations {
		return nil, nil, fault.New(fault.TooLarge, "people.too_many", "A list may have %d rows.", MaxRegistrations)
	}
	tidied, faults := s.tidyMany(rows)
	people := make([]Person, len(rows))
	err := eachRow(ctx, len(rows), func(ctx context.Context, i int) (err error) {
		if len(faults[i]) > 0 {
			return nil
		}
		people[i], faults[i], err = s.registered(ctx, i, tidied[i])
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return tidied, people, rowFault(faults)
}

// tidyMany tidies the rows and returns the faults of each, with repeated
// e-mails among them.
func (s *Service) tidyMany(rows []Registration) ([]Registration, [][]fault.Field) {
	tidied := make([]Registration, len(rows))
	faults := make([][]fault.Field, len(rows))
	first := map[string]int{} // the row in which an e-mail's key came first
	for i, row := range rows {
		var bad []fault.Field
		tidied[i], bad = row.tidy(s.checkName)
		for _, f := range bad {
			faults[i] = append(faults[i], atRow(i, f))
		}
		key, ok := NormalizeEmail(tidied[i].Email)
		if !ok {
			continue
		}
		if j, repeated := first[key]; repeated {
			faults[i] = append(faults[i], atRow(i, fault.Field{
				Path: "email", Message: "The list has this e-mail before, in row " + strconv.Itoa(j+1) + "."}))
			continue
		}
		first[key] = i
	}
	return tidied, faults
}

// registered returns the person whom row i describes when they are registered,
// an empty one when the e-mail is free, and a fault when somebody else has it.
func (s *Service) registered(ctx context.Context, i int, r Registration) (Person, []fault.Field, error) {
	p, err := s.PersonByEmail(ctx, r.Email)
	switch {
	case fault.Of(err) == fault.NotFound:
		return Person{}, nil, nil
	case err != nil:
		return Person{}, nil, err
	case !r.describes(p):
		return Person{}, []fault.Field{atRow(i, fault.Field{
			Path: "email", Message: "This e-mail is registered already, with other particulars."})}, nil
	}
	return p, nil, nil
}

// eachRow calls do for each row, several at a time, until one fails.
func eachRow(ctx context.Context, rows int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(registerWorkers)
	for i := range rows {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}

func atRow(i int, f fault.Field) fault.Field {
	f.Path = "/" + strconv.Itoa(i) + "/" + f.Path
	return f
}

// rowFault returns the fault for all faulty places, nil when there are none.
func rowFault(faults [][]fault.Field) error {
	places := slices.Concat(faults...)
	if len(places) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "people.invalid", "The list cannot be registered.").At(places...)
}
