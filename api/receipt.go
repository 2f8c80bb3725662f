package api

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// receipt gives the learner a file to keep: for people first, then the statement
// that is signed.
func (s *server) receipt(c *fiber.Ctx) error {
	session, err := s.current(c)
	if err != nil {
		return err
	}
	a := session.Attempt
	r, err := exam.NewReceipt(&a, s.PublicURL)
	if err != nil {
		return err
	}
	key, err := s.Keys.Active()
	if err != nil {
		return fmt.Errorf("receipt: %w", err)
	}
	token, err := r.Sign(key.ID, key.Private)
	if err != nil {
		return err
	}
	e, err := s.Exams.Exam(c.UserContext(), a.Exam)
	if err != nil {
		return err
	}
	v := s.view(c, "receipt")
	text := strings.NewReplacer("{exam}", e.Title.In(v.Lang), "{attempt}", r.Attempt, "{time}", s.pages.moment(v.Lang, r.FinishedAt),
		"{answered}", fmt.Sprint(r.Answered), "{items}", fmt.Sprint(r.Items), "{digest}", r.Digest, "{keys}", s.PublicURL+"/.well-known/jwks.json", "{token}", token).Replace(v.T["receiptText"])
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="proba-receipt-`+a.ID+`.txt"`)
	return c.SendString(text)
}
