package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/mail"
)

// enrolling is how many people are entitled and invited at once: enough to fill the
// batches of the store, so that the longest list is done within a request.
const enrolling = 32

// enrolment is a learner who was just registered for a sitting. Link sets the first
// password, "" for who has one; it is told here and by letter, and never again. Told says
// that a letter about the sitting was written to them before.
type enrolment struct {
	Person    auth.Person
	ExtraTime int
	Link      string
	Told      bool
}

// enrol makes the people, entitles them to the sitting of the path and writes to them:
// who has no password gets a link to set one. Sending the same list again completes what was cut short.
func (s *server) enrol(c *fiber.Ctx, rows []learnerRow) ([]enrolment, error) {
	by, err := caller(c)
	if err != nil {
		return nil, err
	}
	ctx, sitting := c.UserContext(), c.Params("sitting")
	held, err := s.Exams.Sitting(ctx, sitting)
	if err != nil {
		return nil, err
	}
	of, err := s.Exams.Exam(ctx, held.Exam)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if r.ExtraTime < 0 || r.ExtraTime > exam.MaxExtraTime {
			return nil, fault.New(fault.Invalid, "people.invalid", "The list has a fault; nobody was registered.").
				At(fault.Field{Path: fmt.Sprintf("/%d/extra_time", i), Message: fmt.Sprintf("must be 0 to %d percent", exam.MaxExtraTime)})
		}
	}
	if err := s.record(c, "sittings/"+sitting, fmt.Sprintf("learners=%d", len(rows))); err != nil {
		return nil, err
	}
	people, err := s.Auth.RegisterMany(ctx, registrations(rows))
	if err != nil {
		return nil, err
	}
	all := make([]enrolment, len(people))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(enrolling)
	for i, p := range people {
		g.Go(func() (err error) {
			all[i], err = s.entitle(ctx, by, sitting, p, rows[i].ExtraTime)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return all, s.invite(all, held, of.Title)
}

func (s *server) entitle(ctx context.Context, by, sitting string, p auth.Person, extraTime int) (enrolment, error) {
	en, err := s.Exams.Entitle(ctx, by, sitting, p.ID, extraTime)
	e := enrolment{Person: p, ExtraTime: en.ExtraTime, Told: !en.ToldAt.IsZero()}
	if err != nil || p.PasswordHash != "" {
		return e, err
	}
	token, _, err := s.Auth.CreateLink(ctx, p.ID, auth.Invitation)
	e.Link = s.enterLink(p, token)
	return e, err
}

// invite posts the letters to the sitting of the exam: with the link to who has no
// password, and once to who has one, as long as the sitting can be begun.
func (s *server) invite(all []enrolment, sitting exam.Sitting, title exam.Text) error {
	over := !s.Now().Before(sitting.Closes)
	written := slices.DeleteFunc(slices.Clone(all), func(e enrolment) bool {
		return e.Link == "" && (e.Told || e.Person.Disabled || over)
	})
	if len(written) > 0 && !s.Post(func(ctx context.Context) ([]mail.Message, error) { return s.announce(ctx, written, sitting, title) }) {
		return tooManyLetters()
	}
	return nil
}

// announce writes the letters and records whom it wrote to. That is done only now: who
// sends a list again because the outbox was full, or this process ended, finds nobody
// told; and of two equal lists at once one writes. An invitation is written in any
// case, since each has a link of its own.
func (s *server) announce(ctx context.Context, all []enrolment, sitting exam.Sitting, title exam.Text) ([]mail.Message, error) {
	var letters []mail.Message
	var failed error // the last of them: they have one cause
	for _, e := range all {
		first, err := s.Exams.TellEntitled(ctx, sitting.ID, e.Person.ID)
		if err != nil {
			failed = err
		}
		if first || e.Link != "" {
			letters = append(letters, s.invitation(e.Person, e.Link, sitting, title))
		}
	}
	return letters, failed
}

func registrations(rows []learnerRow) []auth.Registration {
	all := make([]auth.Registration, len(rows))
	for i, l := range rows {
		all[i] = auth.Registration{Email: l.Email, Name: l.Name, Language: l.Language, Region: l.Region, Organisation: l.Organisation, Roles: []auth.Role{auth.Learner}}
	}
	return all
}
