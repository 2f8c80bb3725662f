package api

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// attemptView is an attempt as staff see it in a listing: no answers. Who has a
// certificate has passed: that is for those who may read results.
type attemptView struct {
	ID         string     `json:"id"`
	Exam       string     `json:"exam"`
	Sitting    string     `json:"sitting"`
	Person     string     `json:"person"`
	Number     int        `json:"number"`
	State      exam.State `json:"state"`
	StartedAt  time.Time  `json:"started_at"`
	Deadline   time.Time  `json:"deadline"`
	SavedAt    time.Time  `json:"saved_at,omitzero"`
	FinishedAt time.Time  `json:"finished_at,omitzero"`
	// HeardAt is when the learner's device was last heard, and PausedAt when the clock
	// stopped that stands now.
	HeardAt     time.Time              `json:"heard_at,omitzero"`
	PausedAt    time.Time              `json:"paused_at,omitzero"`
	Certificate *exam.CertificateState `json:"certificate,omitempty"`
	Events      []exam.Event           `json:"events"`
}

// attemptFor returns what shows the caller of the request an attempt.
func attemptFor(c *fiber.Ctx) func(exam.Attempt) attemptView {
	principal, _ := auth.PrincipalFrom(c.UserContext())
	results := principal.Can(auth.ResultsRead)
	return func(a exam.Attempt) attemptView {
		v := attemptView{ID: a.ID, Exam: a.Exam, Sitting: a.Sitting, Person: a.Person, Number: a.Number, State: a.State, StartedAt: a.StartedAt,
			Deadline: a.Deadline, SavedAt: a.SavedAt, FinishedAt: a.FinishedAt, HeardAt: heardAt(a), PausedAt: a.PausedAt(), Events: a.Events}
		if results {
			v.Certificate = &a.Certificate
		} else {
			v.Events = slices.DeleteFunc(slices.Clone(a.Events), exam.Event.TellsResult)
		}
		return v
	}
}

func (s *server) attempts(c *fiber.Ctx) error {
	return s.listAttempts(c, func(all []exam.Attempt, limit int) error {
		return c.JSON(page(all, limit, idOf, attemptFor(c)))
	})
}

// results lists attempts with what they scored; result is null of one that is not
// graded.
func (s *server) results(c *fiber.Ctx) error {
	show := attemptFor(c)
	return s.listAttempts(c, func(all []exam.Attempt, limit int) error {
		return c.JSON(page(all, limit, idOf, func(a exam.Attempt) resultView {
			return resultView{show(a), showResult(a.Result), showRegraded(a.Regraded)}
		}))
	})
}

func idOf(a exam.Attempt) string { return a.ID }

// listAttempts reads one more than a page of the attempts that the query asks for.
func (s *server) listAttempts(c *fiber.Ctx, send func(all []exam.Attempt, limit int) error) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	f := exam.AttemptFilter{Exam: c.Query("exam"), Sitting: c.Query("sitting"), Person: c.Query("person"), State: exam.State(c.Query("state"))}
	all, err := s.Exams.Attempts(c.UserContext(), f, after, limit+1)
	if err != nil {
		return err
	}
	return send(all, limit)
}

type resultView struct {
	Attempt attemptView `json:"attempt"`
	Result  *result     `json:"result"`
	// Regraded are the results that corrected keys put in the place of others.
	Regraded []regradedView `json:"regraded,omitempty"`
}

func (s *server) result(c *fiber.Ctx) error {
	a, err := s.Exams.Attempt(c.UserContext(), c.Params("attempt"))
	if err != nil {
		return err
	}
	return c.JSON(resultView{Attempt: attemptFor(c)(a), Result: showResult(a.Result), Regraded: showRegraded(a.Regraded)})
}

// Bounds of a reason: it stands in the record for good.
const (
	minReason = 3
	maxReason = 500
)

// reasoned reads the body of an act that needs a reason.
func (s *server) reasoned(c *fiber.Ctx) (by, why string, err error) {
	var in reason
	if err := decode(c, &in); err != nil {
		return "", "", err
	}
	return accountable(c, in.Reason)
}

// accountable is who calls, with the reason that they gave for it.
func accountable(c *fiber.Ctx, reason string) (by, why string, err error) {
	if by, err = caller(c); err != nil {
		return "", "", err
	}
	why, err = checkReason(reason)
	return by, why, err
}

func checkReason(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < minReason || n > maxReason {
		return "", fault.New(fault.Invalid, "request.reason", "This act needs a reason, which stays on record.").
			At(fault.Field{Path: "/reason", Message: fmt.Sprintf("must have %d to %d characters", minReason, maxReason)})
	}
	return s, nil
}

func (s *server) void(c *fiber.Ctx) error {
	by, why, err := s.reasoned(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "attempts/"+c.Params("attempt"), ""); err != nil {
		return err
	}
	a, err := s.Exams.Void(c.UserContext(), by, c.Params("attempt"), why)
	if err != nil {
		return err
	}
	s.Wake()
	return c.JSON(attemptFor(c)(a))
}

type extension struct {
	// Order is the client's name for what it orders, so that it can order it again
	// when the answer was lost.
	Order   string `json:"order"`
	Seconds int    `json:"seconds"`
	Reason  string `json:"reason"`
}

// maxOrder has room for a UUID with a prefix.
const maxOrder = 64

func (s *server) extend(c *fiber.Ctx) error {
	var in extension
	if err := decode(c, &in); err != nil {
		return err
	}
	by, why, err := accountable(c, in.Reason)
	if err != nil {
		return err
	}
	if n := utf8.RuneCountInString(in.Order); n < 1 || n > maxOrder {
		return fault.New(fault.Invalid, "extension.order", "An extension needs a name of its own, so that it is given once.").
			At(fault.Field{Path: "/order", Message: fmt.Sprintf("must have 1 to %d characters; use a new UUID for each extension", maxOrder)})
	}
	// Beyond what an extension may have on either side, one is as wrong as the other,
	// and none overflows a duration.
	more := time.Duration(max(0, min(in.Seconds, 2*int(exam.MaxExtension/time.Second)))) * time.Second
	if err := s.record(c, "attempts/"+c.Params("attempt"), fmt.Sprintf("seconds=%d", in.Seconds)); err != nil {
		return err
	}
	a, err := s.Exams.ExtendOnce(c.UserContext(), by, c.Params("attempt"), in.Order, why, more)
	if err != nil {
		return err
	}
	return c.JSON(attemptFor(c)(a))
}

func (s *server) release(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "attempts/"+c.Params("attempt"), ""); err != nil {
		return err
	}
	a, err := s.Exams.Release(c.UserContext(), by, c.Params("attempt"))
	if err != nil {
		return err
	}
	s.Wake()
	return c.JSON(attemptFor(c)(a))
}
