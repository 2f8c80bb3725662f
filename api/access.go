package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// typingCode is how often one learner may try a code of a room: who mistypes has it
// right within five, and who guesses gets through some five hundred of a million codes
// in a window of four hours.
var typingCode = pace{perSecond: 1.0 / 30, burst: 5}

// startByCode starts or resumes the attempt at the sitting of the path, at the pace of
// who tries codes. Without a code nothing is tried and nothing counted.
func (s *server) startByCode(c *fiber.Ctx, person, lang, code string) (exam.Session, error) {
	sitting := c.Params("sitting")
	if code != "" && !s.rates.allow("access "+person+" "+sitting, typingCode) {
		return exam.Session{}, fault.New(fault.TooMany, "access.too_many", "Too many codes were tried; wait a minute.")
	}
	leave, err := s.starting.enter(c.UserContext())
	if err != nil {
		return exam.Session{}, err
	}
	defer leave()
	return s.Exams.StartByCode(c.UserContext(), person, sitting, lang, code)
}
