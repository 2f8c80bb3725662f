package api

import (
	"cmp"
	"mime"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/fault"
)

// maxFileName bounds what a program says that a file is called, in characters.
const maxFileName = 100

// mediaTable is the operations on the images of working copies, for programs.
func (s *server) mediaTable() table {
	at := copiesPath + ":bank/media"
	return table{byToken, []route{
		{"GET", at, "listMedia", auth.BanksRead, 0, unlimited, s.listMedia},
		{"POST", at, "addMedium", auth.BanksWrite, picture.MaxSource, unlimited, s.addMedium},
		{"GET", at + "/:medium", "getMedium", auth.BanksRead, 0, unlimited, s.getMedium},
		{"POST", at + "/:medium/delete", "dropMedium", auth.BanksWrite, maxBody, unlimited, s.dropMedium},
	}}
}

// mediumView is an image of a bank for programs. Texts name it by Name.
type mediumView struct {
	Name   string    `json:"name"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	File   string    `json:"file"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	// UsedBy are the items and case texts that show it.
	UsedBy []string `json:"used_by"`
}

func showMedium(f authoring.Filed, used map[string][]string) mediumView {
	v := mediumView{Name: f.Name, File: f.File, By: f.By, At: f.At, UsedBy: append([]string{}, used[f.Name]...)}
	v.Width, v.Height, _ = exam.Size(f.Name)
	return v
}

func (s *server) listMedia(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	held, err := s.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	used, err := s.Authoring.MediaUsed(c.UserContext(), held.ID)
	if err != nil {
		return err
	}
	all := slices.SortedFunc(slices.Values(held.Media), func(a, b authoring.Filed) int { return cmp.Compare(a.Name, b.Name) })
	all = slices.DeleteFunc(all, func(f authoring.Filed) bool { return f.Name <= after })
	return c.JSON(page(all[:min(len(all), limit+1)], limit, func(f authoring.Filed) string { return f.Name }, func(f authoring.Filed) mediumView { return showMedium(f, used) }))
}

// addMedium keeps the image that is the body. What it is called is the parameter file.
func (s *server) addMedium(c *fiber.Ctx) error {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || !strings.HasPrefix(media, "image/") && media != fiber.MIMEOctetStream {
		return fault.New(fault.Unsupported, "request.media_type", "Send the image itself as the body, as image/png or such.")
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	file := c.Query("file")
	if !utf8.ValidString(file) || utf8.RuneCountInString(file) > maxFileName || strings.ContainsFunc(file, func(r rune) bool { return r < ' ' }) {
		return fault.New(fault.Invalid, "request.parameter", "A query parameter is out of range.").At(fault.Field{Path: "file", Message: "must be one line of at most 100 characters"})
	}
	held, err := s.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	if err := s.record(c, "writing/"+held.ID+"/media", "file="+clipID(file)); err != nil {
		return err
	}
	m, err := picture.Clean(c.Body())
	if err != nil {
		return err
	}
	changed, err := s.Authoring.AddMedium(c.UserContext(), by, held.ID, file, m)
	if err != nil {
		return err
	}
	f, _ := filed(&changed, m.Name)
	_, known := filed(&held, m.Name)
	return created(c, !known, showMedium(f, nil))
}

// filed is an image of a working copy.
func filed(c *authoring.Copy, name string) (authoring.Filed, bool) {
	n := slices.IndexFunc(c.Media, func(f authoring.Filed) bool { return f.Name == name })
	if n < 0 {
		return authoring.Filed{}, false
	}
	return c.Media[n], true
}

// ownMedium is the working copy of the path, when it has the image of the path.
func (s *server) ownMedium(c *fiber.Ctx) (authoring.Copy, error) {
	held, err := s.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return held, err
	}
	if _, ok := filed(&held, c.Params("medium")); !ok {
		return held, fault.New(fault.NotFound, "media.not_found", "There is no such image.")
	}
	return held, nil
}

func (s *server) getMedium(c *fiber.Ctx) error {
	if _, err := s.ownMedium(c); err != nil {
		return err
	}
	m, err := s.Exams.Medium(c.UserContext(), c.Params("medium"))
	if err != nil {
		return err
	}
	return sendMedium(c, m)
}

func (s *server) dropMedium(c *fiber.Ctx) error {
	held, err := s.ownMedium(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "writing/"+held.ID+"/media", "image="+c.Params("medium")[:12]); err != nil {
		return err
	}
	if _, err := s.Authoring.DropMedium(c.UserContext(), held.ID, c.Params("medium")); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
