package api

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// pauseRoom stops everybody's clock.
func (w workbench) pauseRoom(c *fiber.Ctx) error {
	why, input := checkReason(c.FormValue("reason"))
	if input == nil {
		input = checkOrder(orderOf(c))
	}
	return w.roomAct(c, "paused", input, func(by, sitting string) error {
		_, err := w.Exams.PauseSitting(c.UserContext(), by, sitting, orderOf(c), why)
		return err
	})
}

// continueRoom gives everybody the time back.
func (w workbench) continueRoom(c *fiber.Ctx) error {
	return w.roomAct(c, "continued", nil, func(by, sitting string) error {
		_, err := w.Exams.ContinueSitting(c.UserContext(), by, sitting, orderOf(c))
		return err
	})
}

func (w workbench) pauseAttempt(c *fiber.Ctx) error {
	why, input := checkReason(c.FormValue("reason"))
	if input == nil {
		input = checkOrder(orderOf(c))
	}
	return w.act(c, "", "paused", func(by, id string) error {
		_, err := w.Exams.Pause(c.UserContext(), by, id, orderOf(c), why)
		return err
	}, input)
}

func (w workbench) continueAttempt(c *fiber.Ctx) error {
	return w.act(c, "", "continued", func(by, id string) error {
		_, err := w.Exams.Continue(c.UserContext(), by, id, orderOf(c))
		return err
	}, nil)
}

type codePage struct {
	deskView
	S    exam.Sitting
	Code exam.AccessCode
}

// Seen names the code that stands, so that a page that is loaded again makes no other one.
func (p codePage) Seen() string {
	if p.Code.MadeAt.IsZero() {
		return "0"
	}
	return strconv.FormatInt(p.Code.MadeAt.UnixMilli(), 10)
}

// codeRefresh is how often the page of the code fetches itself, in seconds: a code is
// taken for ten minutes after it was shown.
const codeRefresh = "20"

// code shows the code to the room, and no names, so that it can stand on the wall.
func (w workbench) code(c *fiber.Ctx) error {
	p := codePage{deskView: w.desk(c, "wAccCode")}
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), c.Params("sitting")); err != nil {
		return err
	}
	if p.Code, err = w.Exams.AccessCode(c.UserContext(), p.S.ID); err != nil {
		return err
	}
	if p.Code.Mode == exam.AccessRotating {
		c.Set("Refresh", codeRefresh)
	}
	return w.show(c, fiber.StatusOK, "code", p)
}

// renewCode makes a new code in place of the one that the form knew. A fixed one is shown in
// the answer, once: to load that again shows that there is one.
func (w workbench) renewCode(c *fiber.Ctx) error {
	sitting := c.Params("sitting")
	p := codePage{deskView: w.desk(c, "wAccCode")}
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), sitting); err != nil {
		return err
	}
	if p.Code, err = w.Exams.AccessCode(c.UserContext(), sitting); err != nil {
		return err
	}
	if c.FormValue("seen") != p.Seen() {
		return c.Redirect("/workbench/sittings/"+sitting+"/code", fiber.StatusSeeOther)
	}
	if err = w.record(c, "sittings/"+sitting, ""); err != nil {
		return err
	}
	if p.Code, err = w.Exams.RenewAccessCode(c.UserContext(), sitting); err != nil {
		return err
	}
	if p.Code.Mode == exam.AccessRotating {
		return done(c, "/workbench/sittings/"+sitting+"/code", "code")
	}
	return w.show(c, fiber.StatusOK, "code", p)
}
