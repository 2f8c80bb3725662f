package api

import (
	"context"
	"fmt"

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
// password, "" for who has one; it is told here and by letter, and never again.
type enrolment struct {
	Person    auth.Person
	ExtraTime int
	Link      string
}

// enrol makes the people, entitles them to the sitting of the path and invites those
// who have no password. Sending the same list again completes what was cut short.
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
	if err != nil || p.PasswordHash != "" {
		return enrolment{Person: p, ExtraTime: en.ExtraTime}, err
	}
	token, _, err := s.Auth.CreateLink(ctx, p.ID, auth.Invitation)
	return enrolment{p, en.ExtraTime, EnterURL(s.PublicURL, token)}, err
}

// invite posts the letters with the links to the sitting of the exam.
func (s *server) invite(all []enrolment, sitting exam.Sitting, title exam.Text) error {
	var letters []mail.Message
	for _, e := range all {
		if e.Link != "" {
			letters = append(letters, s.invitation(e.Person, e.Link, sitting, title))
		}
	}
	if len(letters) > 0 && !s.Post(func(context.Context) ([]mail.Message, error) { return letters, nil }) {
		return tooManyLetters()
	}
	return nil
}

func registrations(rows []learnerRow) []auth.Registration {
	all := make([]auth.Registration, len(rows))
	for i, l := range rows {
		all[i] = auth.Registration{Email: l.Email, Name: l.Name, Language: l.Language, Region: l.Region, Organisation: l.Organisation, Roles: []auth.Role{auth.Learner}}
	}
	return all
}
