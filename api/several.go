package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// severalPage is the form in which employers check many certificates at once.
type severalPage struct {
	view
	// Items is what was sent, a certificate a line.
	Items string
	Max   int
	Rows  []severalRow
}

// severalRow answers one line.
type severalRow struct {
	batchItem
	// Given is the line, shortened.
	Given string
	// Good says that it is in force as far as the issuer knows, and that no signature on it
	// is wrong.
	Good bool
	// Why is what was wrong, in words.
	Why string
}

func (s *server) severalForm(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "several", severalPage{view: s.view(c, "several"), Max: maxBatch})
}

// several answers a page with a row for each line.
func (s *server) several(c *fiber.Ctx) error {
	p := severalPage{view: s.view(c, "several"), Items: strings.TrimSpace(c.FormValue("items")), Max: maxBatch}
	var lines []string
	for line := range strings.Lines(p.Items) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 || len(lines) > maxBatch {
		p.Fault = p.T["severalCount"]
		return s.render(c, fiber.StatusUnprocessableEntity, "several", p)
	}
	for _, line := range lines {
		answer, err := s.verifyItem(c, line)
		if err != nil {
			return err
		}
		row := severalRow{batchItem: answer, Given: shortened(line), Good: answer.Problem == "" && answer.Record != nil && answer.Record.State == "valid"}
		if answer.Problem != "" {
			row.Why = p.term("several", answer.Problem)
		}
		p.Rows = append(p.Rows, row)
	}
	return s.render(c, fiber.StatusOK, "several", p)
}

// shortened keeps what a person recognises a line by.
func shortened(line string) string {
	const keep = 44 // an address with its number
	line, _, _ = strings.Cut(line, "#")
	if letters := []rune(line); len(letters) > keep {
		return string(letters[:keep]) + "…"
	}
	return line
}
