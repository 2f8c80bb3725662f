package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/picture"
)

// maxMediaForm is an image file with the rest of its form.
const maxMediaForm = picture.MaxSource + 64<<10

// mediumRow is an image of a bank with the items and case texts that show it.
type mediumRow struct {
	authoring.Filed
	Used []string
}

type mediaPage struct {
	deskView
	C    authoring.Copy
	Rows []mediumRow
}

// media lists the images of a bank, the newest first.
func (w workbench) media(c *fiber.Ctx) error { return w.showMedia(c, nil) }

func (w workbench) showMedia(c *fiber.Ctx, refused error) error {
	p := mediaPage{deskView: w.desk(c, "wMedia")}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	status := fiber.StatusOK
	if refused != nil {
		if status, err = p.blame(c, refused); err != nil {
			return err
		}
	}
	used, err := w.Authoring.MediaUsed(c.UserContext(), p.C.ID)
	if err != nil {
		return err
	}
	for n := len(p.C.Media) - 1; n >= 0; n-- {
		p.Rows = append(p.Rows, mediumRow{p.C.Media[n], used[p.C.Media[n].Name]})
	}
	return w.show(c, status, "media", p)
}

// addMedium keeps an image that was sent, cleaned of all that does not show.
func (w workbench) addMedium(c *fiber.Ctx) error {
	by, held, err := w.writer(c)
	if err != nil {
		return err
	}
	name, data, err := sentFile(c)
	if err != nil {
		return w.showMedia(c, err)
	}
	if err := w.record(c, "writing/"+held.ID+"/media", "file="+clipID(name)); err != nil {
		return err
	}
	m, err := picture.Clean(data)
	if err == nil {
		_, err = w.Authoring.AddMedium(c.UserContext(), by, held.ID, name, m)
	}
	if err != nil {
		return w.showMedia(c, err)
	}
	return done(c, "/workbench/writing/"+held.ID+"/media", "uploaded")
}

// writer is who asks, and the working copy of the path.
func (w workbench) writer(c *fiber.Ctx) (by string, held authoring.Copy, err error) {
	if by, err = caller(c); err == nil {
		held, err = w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	}
	return by, held, err
}

// dropMedium takes an image out that nothing shows.
func (w workbench) dropMedium(c *fiber.Ctx) error {
	held, err := w.ownMedium(c)
	if err != nil {
		return err
	}
	if err := w.record(c, "writing/"+held.ID+"/media", "image="+c.Params("medium")[:12]); err != nil {
		return err
	}
	if _, err := w.Authoring.DropMedium(c.UserContext(), held.ID, c.Params("medium")); err != nil {
		return w.showMedia(c, err)
	}
	return done(c, "/workbench/writing/"+held.ID+"/media", "deleted")
}
