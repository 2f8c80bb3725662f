package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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

// untelling bounds taking back that one person was told: a write by key, within the time
// that a stopping service has.
const untelling = 5 * time.Second

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
	if len(written) > 0 && !s.Post(func(ctx context.Context, out mail.Sender) error { return s.announce(ctx, out, written, sitting, title) }) {
		return tooManyLetters()
	}
	return nil
}

// announce sends the letters. Whose list was cut short, because the outbox was full, the
// relay failed or this process ended, sends it again and reaches who had no letter.
func (s *server) announce(ctx context.Context, out mail.Sender, all []enrolment, sitting exam.Sitting, title exam.Text) error {
	var last error // the failures have one cause mostly
	unsent := 0
	for _, e := range all {
		err := ctx.Err() // who is left when the time is up is not recorded as told
		if err == nil {
			err = s.announceTo(ctx, out, e, sitting, title)
		}
		if err != nil {
			last = err
			unsent++
		}
	}
	if last != nil {
		return fmt.Errorf("%d of %d letters to sitting %s: %w", unsent, len(all), sitting.ID, last)
	}
	return nil
}

// announceTo records that the person is told right before their letter is sent, so that
// of two equal lists at once one writes, and takes that back when it was not sent. A
// process that is killed between the two leaves this one person told without a letter. An
// invitation is sent in any case, since each has a link of its own.
func (s *server) announceTo(ctx context.Context, out mail.Sender, e enrolment, sitting exam.Sitting, title exam.Text) error {
	first, failed := s.Exams.TellEntitled(ctx, sitting.ID, e.Person.ID)
	if !first && e.Link == "" {
		return failed
	}
	err := out.Send(ctx, s.invitation(e.Person, e.Link, sitting, title))
	if err != nil && first {
		// The service may be stopping: that must not leave them told.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), untelling)
		defer cancel()
		err = errors.Join(err, s.Exams.UntellEntitled(ctx, sitting.ID, e.Person.ID))
	}
	return errors.Join(failed, err)
}

func registrations(rows []learnerRow) []auth.Registration {
	all := make([]auth.Registration, len(rows))
	for i, l := range rows {
		all[i] = auth.Registration{Email: l.Email, Name: l.Name, Language: l.Language, Region: l.Region, Organisation: l.Organisation, Roles: []auth.Role{auth.Learner}}
	}
	return all
}
