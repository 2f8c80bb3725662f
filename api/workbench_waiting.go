package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// waitingRow is work that waits for who looks.
type waitingRow struct {
	// Path is where it is done, What what it is, and Of of which exam, "" for any.
	Path, What, Of string
	N              int
	// Many says that there may be more.
	Many bool
}

// waiting lists the work that waits for the roles of who looks. Each kind is one query,
// beside one through the exams for who marks or runs the marking.
func (w workbench) waiting(c *fiber.Ctx, by string, p *deskHome) error {
	ctx := c.UserContext()
	add := func(path, what, of string, n, bound int) {
		if n > 0 {
			p.Waiting = append(p.Waiting, waitingRow{path, p.T[what], of, n, n == bound})
		}
	}
	if p.may(auth.BanksApprove) {
		n, err := w.Authoring.AwaitingReview(ctx)
		if err != nil {
			return err
		}
		add("/workbench/writing", "wWtReview", "", n, 0)
	}
	if p.may(auth.MarkingMark) {
		n, err := w.Exams.MarkingWaits(ctx, by)
		if err != nil {
			return err
		}
		add("/workbench/marking", "wWtMark", "", n, exam.MaxWaiting)
	}
	if p.may(auth.MarkingRun) {
		held, err := w.Exams.HeldUpMarking(ctx)
		if err != nil {
			return err
		}
		for _, h := range held[:min(len(held), rowsShown)] {
			path, title := "/workbench/exams/"+h.Exam.ID+"/marking", h.Exam.Title.In(p.Lang)
			add(path, "wWtDecide", title, h.Disputes, exam.MaxWaiting)
			add(path, "wWtUnnamed", title, h.Unnamed, exam.MaxWaiting)
		}
	}
	p.Awaits = len(p.Waiting) > 0 || p.may(auth.BanksApprove) || p.may(auth.MarkingMark)
	return nil
}
