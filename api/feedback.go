package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

type reportPage struct {
	view
	Attempt string
	Running bool
	Survey  bool
}

// report takes a problem with an item from its form; the page's script sends it too
// and reads the status alone.
func (s *server) report(c *fiber.Ctx) error {
	session, err := s.current(c)
	if err != nil {
		return err
	}
	slot, err := strconv.Atoi(c.FormValue("slot"))
	if err != nil {
		return fault.New(fault.Invalid, "feedback.invalid", "This form names no item of the exam.")
	}
	a := session.Attempt
	if err := s.Exams.Report(c.UserContext(), a.Person, a.ID, slot, exam.Reason(c.FormValue("reason")), c.FormValue("text")); err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "reported", reportPage{view: s.view(c, "reported"), Attempt: a.ID, Running: !over(session)})
}

// survey takes the survey after an exam.
func (s *server) survey(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	mark := func(name string) int {
		n, err := strconv.Atoi(c.FormValue(name))
		if err != nil {
			return 0 // left out
		}
		return n
	}
	id := c.Params("attempt")
	err = s.Exams.AnswerSurvey(c.UserContext(), person, id, exam.Survey{Clear: mark("clear"), Fair: mark("fair"), Technical: mark("technical"), Comment: c.FormValue("comment")})
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "reported", reportPage{view: s.view(c, "thanks"), Attempt: id, Survey: true})
}

// said is what one learner said of an exam, without the learner.
type said struct {
	Survey  *exam.Survey `json:"survey,omitempty"`
	Reports []reported   `json:"reports"`
}

type reported struct {
	At       time.Time   `json:"at"`
	Item     string      `json:"item"`
	Revision string      `json:"revision"`
	Language string      `json:"language"`
	Reason   exam.Reason `json:"reason"`
	Text     string      `json:"text,omitempty"`
}

// feedback lists for authors what learners said of an exam.
func (s *server) feedback(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.FeedbackOn(c.UserContext(), c.Params("exam"), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(f exam.Feedback) string { return f.Attempt }, func(f exam.Feedback) said {
		v := said{Survey: f.Survey, Reports: []reported{}}
		for _, r := range f.Reports {
			v.Reports = append(v.Reports, reported{At: r.At, Item: r.Item.ID, Revision: r.Item.Revision, Language: r.Lang, Reason: r.Reason, Text: r.Text})
		}
		return v
	}))
}
