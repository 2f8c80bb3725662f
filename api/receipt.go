package api

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/keyring"
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

type receiptBrought struct {
	Receipt string `json:"receipt"`
}

type receiptChecked struct {
	exam.Receipt
	// Matches says that the service still holds exactly these answers.
	Matches bool `json:"matches"`
}

// checkReceipt tells staff whether a receipt was signed here and what it says.
func (s *server) checkReceipt(c *fiber.Ctx) error {
	var in receiptBrought
	if err := decode(c, &in); err != nil {
		return err
	}
	r, matches, err := s.Exams.CheckReceipt(c.UserContext(), in.Receipt, s.receiptKey)
	if err != nil {
		return err
	}
	return c.JSON(receiptChecked{r, matches})
}

// receiptKey is the issuer's key of the id; what a revoked key signed does not count.
func (s *server) receiptKey(id string) ed25519.PublicKey {
	for _, k := range s.Keys.Keys() {
		if public, ok := k.Public.(ed25519.PublicKey); ok && k.ID == id && k.State != keyring.Revoked {
			return public
		}
	}
	return nil
}
