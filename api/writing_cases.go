package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// caseRow is a case text with the items that share it.
type caseRow struct {
	authoring.Case
	Items []string
	// Text is what the fields hold: what was typed, when it was refused.
	Typed exam.Text
	Own   bool
}

// enemyRow is a pair of items that never share a form.
type enemyRow struct {
	A, B string
	// Missing says that the second is not in the bank.
	Missing bool
}

type casesPage struct {
	deskView
	C       authoring.Copy
	Cases   []caseRow
	Enemies []enemyRow
	// New is a new case text that was refused.
	New caseRow
}

func (w workbench) cases(c *fiber.Ctx) error { return w.showCases(c, nil) }

func (w workbench) showCases(c *fiber.Ctx, refused error) error {
	p := casesPage{deskView: w.desk(c, "wCases")}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	for _, k := range p.C.Cases {
		p.Cases = append(p.Cases, caseRow{Case: k, Typed: k.Text, Own: k.Author == by})
	}
	status := fiber.StatusOK
	if refused != nil {
		if status, err = p.blame(c, refused); err != nil {
			return err
		}
		typed := fields(c, &p.C, p.C.Languages).text("text")
		at := slices.IndexFunc(p.Cases, func(k caseRow) bool { return k.ID == c.FormValue("id") })
		if at >= 0 {
			p.Cases[at].Typed = typed
		} else {
			p.New = caseRow{Case: authoring.Case{ID: c.FormValue("id")}, Typed: typed}
		}
	}
	if err := w.fillCases(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "cases", p)
}

// fillCases looks through the items for those that share a case and for enemies.
func (w workbench) fillCases(c *fiber.Ctx, p *casesPage) error {
	held := make(map[string]bool)
	pairs := make(map[[2]string]bool)
	for after := ""; ; {
		part, err := w.Authoring.Entries(c.UserContext(), authoring.Filter{Bank: p.C.ID}, after, maxPage)
		if err != nil {
			return err
		}
		for _, e := range part {
			after = e.ID
			if e.State == authoring.Retired {
				continue
			}
			held[e.ID] = true
			if at := slices.IndexFunc(p.Cases, func(k caseRow) bool { return k.ID == e.Content.Stimulus }); at >= 0 {
				p.Cases[at].Items = append(p.Cases[at].Items, e.ID)
			}
			for _, enemy := range e.Content.Enemies {
				pairs[[2]string{min(e.ID, enemy), max(e.ID, enemy)}] = true
			}
		}
		if len(part) < maxPage {
			break
		}
	}
	for pair := range pairs {
		row := enemyRow{A: pair[0], B: pair[1], Missing: !held[pair[0]] || !held[pair[1]]}
		p.Enemies = append(p.Enemies, row)
	}
	slices.SortFunc(p.Enemies, func(a, b enemyRow) int { return strings.Compare(a.A+" "+a.B, b.A+" "+b.B) })
	return nil
}

// writeCase stores a case text.
func (w workbench) writeCase(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	id := strings.TrimSpace(c.FormValue("id"))
	if err := w.record(c, "writing/"+held.ID+"/cases", "case="+clipID(id)); err != nil {
		return err
	}
	f := fields(c, &held, held.Languages)
	var seen exam.Text
	if c.FormValue("known") != "" {
		seen = f.text("seen")
	}
	if _, err := w.Authoring.WriteCase(c.UserContext(), by, held.ID, id, seen, f.text("text")); err != nil {
		return w.showCases(c, err)
	}
	return done(c, "/workbench/writing/"+held.ID+"/cases", "saved")
}

// clipID keeps what a form calls an id short enough for the log.
func clipID(id string) string { return id[:min(len(id), 64)] }

// approveCase approves the text that is on the page.
func (w workbench) approveCase(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	if err := w.record(c, "writing/"+held.ID+"/cases", "case="+clipID(c.Params("case"))); err != nil {
		return err
	}
	if _, err := w.Authoring.ApproveCase(c.UserContext(), by, held.ID, c.Params("case"), fields(c, &held, held.Languages).text("seen")); err != nil {
		return w.showCases(c, err)
	}
	return done(c, "/workbench/writing/"+held.ID+"/cases", "approved")
}
