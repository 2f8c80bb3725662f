package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
)

// blueprintTable is the comparison of a blueprint that is being written.
func (w workbench) blueprintTable() table {
	return table{byCookie, []route{
		{"POST", "/workbench/exam-comparison", "compareExamDesk", auth.ExamsWrite, maxBody, unlimited, w.compareExam},
	}}
}

// compareExam shows the form as it was sent beside what the bank holds for it, and stores
// nothing: a button does it, and the page's script after each change.
func (w workbench) compareExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wEditExam"), E: w.readExam(c)}
	if p.E.ID = c.FormValue("exam"); p.E.ID == "" {
		p.New, p.E.ID = true, strings.TrimSpace(c.FormValue("id"))
		p.Title = p.T["wNewExam"]
	}
	return w.showExam(c, fiber.StatusOK, "exam_form", p)
}
