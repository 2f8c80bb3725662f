package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// calibrationDraft is what is known of the difficulty of items, by item id.
type calibrationDraft struct {
	Items map[string]exam.ItemCalibration `json:"items"`
}

// calibrate gives a draft its items' difficulties.
func (s *server) calibrate(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	var draft calibrationDraft
	if err := decode(c, &draft); err != nil {
		return err
	}
	e, err := s.Exams.Calibrate(c.UserContext(), by, c.Params("exam"), draft.Items)
	if err != nil {
		return err
	}
	return c.JSON(e)
}
