package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam/authoring"
)

// prospectPage is what a release would hold, against the last one.
type prospectPage struct {
	deskView
	C authoring.Copy
	P authoring.Prospect
	// Wrong are the faults that keep the release from being cut.
	Wrong []fieldFault
	By    string
}

// Same says that the release would be the last one again.
func (p prospectPage) Same() bool { return p.P.Same(p.C.Release) }

func (w workbench) prospect(c *fiber.Ctx) error { return w.showProspect(c, nil) }

func (w workbench) showProspect(c *fiber.Ctx, refused error) error {
	p := prospectPage{deskView: w.desk(c, "wReleaseBank")}
	var err error
	if p.C, p.P, err = w.Authoring.Prospect(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	status := fiber.StatusOK
	if refused != nil {
		if status, err = p.blame(c, refused); err != nil {
			return err
		}
		p.Faults = nil // they stand below
	}
	for _, f := range p.P.Faults {
		p.Wrong = append(p.Wrong, fieldFault{p.place(f.Path), p.said(f.Message)})
	}
	names, err := w.who(c, []string{p.C.ReleasedBy})
	if err != nil {
		return err
	}
	p.By = names[p.C.ReleasedBy]
	return w.show(c, status, "prospect", p)
}

// releaseBank cuts the release that the page showed.
func (w workbench) releaseBank(c *fiber.Ctx) error {
	by, held, err := w.writer(c)
	if err != nil {
		return err
	}
	hash := c.FormValue("hash")
	if err := w.record(c, "writing/"+held.ID, "release="+clipID(hash)); err != nil {
		return err
	}
	if _, err := w.Authoring.Release(c.UserContext(), by, held.ID, hash); err != nil {
		return w.showProspect(c, err)
	}
	return done(c, "/workbench/writing/"+held.ID+"/release", "released_bank")
}
