package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// changeRow is what a regrade means for somebody.
type changeRow struct {
	exam.RegradeChange
	Name string
}

// correctedItem is an item that a regrade corrects, as it counts then.
type correctedItem struct {
	exam.Correction
	Item  exam.Item
	Sides []shownItem
}

type regradePage struct {
	deskView
	G     exam.Regrade
	E     exam.Exam
	Items []correctedItem
	// Moving says that it goes on by itself.
	Moving bool
	Turn   exam.Turn
	Turns  []exam.Turn
	Rows   []changeRow
	Next   string
	By     map[string]string
	Reason string // as it was sent
	// Failed are letters that could not be sent.
	Failed []changeRow
}

// Counts are those of what was done, or of what was foreseen before that.
func (p regradePage) Counts() exam.RegradeCounts {
	if p.After() {
		return p.G.Applied
	}
	return p.G.Foreseen
}

// After reports whether results are being changed or have been.
func (p regradePage) After() bool {
	return slices.Contains([]exam.RegradeState{exam.RegradeApplying, exam.RegradeTelling, exam.RegradeDone}, p.G.State)
}

// Foretold reports whether there is a result of the dry run to show, rather than zeros that
// read as one.
func (p regradePage) Foretold() bool { return p.G.Foretold() }

// CountOf is how many results went that way.
func (p regradePage) CountOf(turn exam.Turn) int {
	n := p.Counts()
	switch turn {
	case exam.TurnUp:
		return n.Up
	case exam.TurnDown:
		return n.Down
	case exam.TurnKept:
		return n.Kept
	}
	return n.Changed - n.Up - n.Down
}

func (w workbench) regrade(c *fiber.Ctx) error {
	return w.showRegrade(c, fiber.StatusOK, regradePage{deskView: w.desk(c, "wRgRegrade")})
}

func (w workbench) showRegrade(c *fiber.Ctx, status int, p regradePage) error {
	var err error
	if p.G, err = w.Exams.Regrade(c.UserContext(), c.Params("regrade")); err != nil {
		return err
	}
	if p.E, err = w.Exams.Exam(c.UserContext(), p.G.Exam); err != nil {
		return err
	}
	p.Moving = !p.G.DueAt.IsZero()
	if err := w.fillCorrected(c, &p); err != nil {
		return err
	}
	p.By = make(map[string]string)
	for _, id := range []string{p.G.ProposedBy, p.G.ApprovedBy, p.G.EndedBy} {
		if id == "" || p.By[id] != "" {
			continue
		}
		who, err := w.nameOf(c, id)
		if err != nil {
			return err
		}
		p.By[id] = who.Name
	}
	if err := w.fillChanges(c, &p); err != nil {
		return err
	}
	name := "regrade"
	if c.Query("part") == "1" {
		name = "regrade_part"
	}
	return w.show(c, status, name, p)
}

func (w workbench) fillCorrected(c *fiber.Ctx, p *regradePage) error {
	for _, correction := range p.G.Corrections {
		k, err := w.Exams.Corrected(c.UserContext(), p.E, correction)
		if err != nil {
			return err
		}
		item := correctedItem{Correction: correction, Item: k.Bank.Revision(k.Number).Item}
		if item.Sides, err = w.sidesOf(k, k.Keys); err != nil {
			return err
		}
		p.Items = append(p.Items, item)
	}
	return nil
}

// fillChanges lists who is concerned, to who may see people's results.
func (w workbench) fillChanges(c *fiber.Ctx, p *regradePage) error {
	if !p.G.Foretold() {
		return nil
	}
	for _, turn := range exam.Turns() {
		if p.CountOf(turn) > 0 {
			p.Turns = append(p.Turns, turn)
		}
	}
	if !p.may(auth.ResultsRead) || len(p.Turns) == 0 {
		return nil
	}
	if p.Turn = exam.Turn(c.Query("turn")); !slices.Contains(p.Turns, p.Turn) {
		p.Turn = p.Turns[0]
	}
	rows, err := w.changeRows(c, exam.RegradeFilter{Regrade: p.G.ID, Turn: p.Turn}, c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		p.Next = rows[rowsShown-1].Attempt
	}
	p.Rows = rows
	p.Failed, err = w.changeRows(c, exam.RegradeFilter{Regrade: p.G.ID, Letter: exam.LetterFailed}, "", rowsShown)
	return err
}

func (w workbench) changeRows(c *fiber.Ctx, f exam.RegradeFilter, after string, limit int) ([]changeRow, error) {
	all, err := w.Exams.RegradeChanges(c.UserContext(), f, after, limit)
	if err != nil {
		return nil, err
	}
	people, err := w.named(c, ids(all, func(r exam.RegradeChange) string { return r.Person }))
	if err != nil {
		return nil, err
	}
	rows := make([]changeRow, len(all))
	for i, r := range all {
		rows[i] = changeRow{r, people[i].Name}
	}
	return rows, nil
}

// decideRegrade reads a reason and decides on the regrade of the path.
func (w workbench) decideRegrade(c *fiber.Ctx, what string, decide func(by, id, why string) error) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("regrade")
	why, err := checkReason(c.FormValue("reason"))
	if err == nil {
		if err = w.record(c, "regrades/"+id, ""); err != nil {
			return err
		}
		err = decide(by, id, why)
	}
	if err == nil {
		w.Wake()
		return done(c, "/workbench/regrades/"+id, what)
	}
	p := regradePage{deskView: w.desk(c, "wRgRegrade"), Reason: c.FormValue("reason")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showRegrade(c, status, p)
}

func (w workbench) approveRegrade(c *fiber.Ctx) error {
	return w.decideRegrade(c, "regradeApproved", func(by, id, why string) error {
		_, err := w.Exams.ApproveRegrade(c.UserContext(), by, id, why)
		return err
	})
}

func (w workbench) withdrawRegrade(c *fiber.Ctx) error {
	return w.decideRegrade(c, "regradeWithdrawn", func(by, id, why string) error {
		_, err := w.Exams.WithdrawRegrade(c.UserContext(), by, id, why)
		return err
	})
}
