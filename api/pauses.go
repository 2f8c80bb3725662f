package api

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

type pauseOrder struct {
	// Order is the client's name for the pause, so that it can order it again when the
	// answer was lost.
	Order  string `json:"order"`
	Reason string `json:"reason"`
}

type continueOrder struct {
	// Order is that of the pause, "" for the one that stands.
	Order string `json:"order"`
}

// reachedView says whom an order to a whole room reached.
type reachedView struct {
	Done int `json:"done"`
	Over int `json:"over"`
}

func checkOrder(order string) error {
	if n := utf8.RuneCountInString(order); n < 1 || n > maxOrder {
		return fault.New(fault.Invalid, "pause.order", "The order needs a name of its own, so that it is carried out once.").
			At(fault.Field{Path: "/order", Message: fmt.Sprintf("must have 1 to %d characters; use a new UUID for each", maxOrder)})
	}
	return nil
}

// ordered reads an order to pause and notes it.
func (s *server) ordered(c *fiber.Ctx, object string) (in pauseOrder, by string, err error) {
	if err = decode(c, &in); err != nil {
		return in, "", err
	}
	if by, in.Reason, err = accountable(c, in.Reason); err != nil {
		return in, "", err
	}
	if err = checkOrder(in.Order); err != nil {
		return in, "", err
	}
	return in, by, s.record(c, object, "")
}

func (s *server) pauseSitting(c *fiber.Ctx) error {
	sitting := c.Params("sitting")
	in, by, err := s.ordered(c, "sittings/"+sitting)
	if err != nil {
		return err
	}
	out, err := s.Exams.PauseSitting(c.UserContext(), by, sitting, in.Order, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(reachedView(out))
}

func (s *server) pauseAttempt(c *fiber.Ctx) error {
	attempt := c.Params("attempt")
	in, by, err := s.ordered(c, "attempts/"+attempt)
	if err != nil {
		return err
	}
	a, err := s.Exams.Pause(c.UserContext(), by, attempt, in.Order, in.Reason)
	if err != nil {
		return err
	}
	return c.JSON(attemptFor(c)(a))
}

// goingOn reads an order to let the clock go on and notes it.
func (s *server) goingOn(c *fiber.Ctx, object string) (order, by string, err error) {
	var in continueOrder
	if err = decode(c, &in); err != nil {
		return "", "", err
	}
	if by, err = caller(c); err != nil {
		return "", "", err
	}
	return in.Order, by, s.record(c, object, "")
}

func (s *server) continueSitting(c *fiber.Ctx) error {
	sitting := c.Params("sitting")
	order, by, err := s.goingOn(c, "sittings/"+sitting)
	if err != nil {
		return err
	}
	out, err := s.Exams.ContinueSitting(c.UserContext(), by, sitting, order)
	if err != nil {
		return err
	}
	return c.JSON(reachedView(out))
}

func (s *server) continueAttempt(c *fiber.Ctx) error {
	attempt := c.Params("attempt")
	order, by, err := s.goingOn(c, "attempts/"+attempt)
	if err != nil {
		return err
	}
	a, err := s.Exams.Continue(c.UserContext(), by, attempt, order)
	if err != nil {
		return err
	}
	return c.JSON(attemptFor(c)(a))
}

type accessCodeView struct {
	Mode exam.AccessMode `json:"mode"`
	// Code is "" for a fixed one, but in the answer that makes it.
	Code       string    `json:"code"`
	Made       bool      `json:"made"`
	MadeAt     time.Time `json:"-"`
	Until      time.Time `json:"until,omitzero"`
	TakenUntil time.Time `json:"taken_until,omitzero"`
}

func (s *server) accessCode(c *fiber.Ctx) error {
	code, err := s.Exams.AccessCode(c.UserContext(), c.Params("sitting"))
	if err != nil {
		return err
	}
	return c.JSON(accessCodeView(code))
}

func (s *server) renewAccessCode(c *fiber.Ctx) error {
	sitting := c.Params("sitting")
	if err := s.record(c, "sittings/"+sitting, ""); err != nil {
		return err
	}
	code, err := s.Exams.RenewAccessCode(c.UserContext(), sitting)
	if err != nil {
		return err
	}
	return c.JSON(accessCodeView(code))
}
