package api

import (
	"fmt"
	"html/template"
	"mime"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// staffMedia is where staff see the images of banks.
const staffMedia = "/workbench/media/"

// mediaPath makes addresses of the names of images, for the learner of an attempt.
func mediaPath(attempt string) func(string) string {
	return func(name string) string { return "/my/attempts/" + attempt + "/media/" + name }
}

// locate makes the images of a form those of the attempt: nobody else can fetch them.
func locate(v *exam.FormView, attempt string) {
	for i := range v.Stimuli {
		v.Stimuli[i].Text = exam.Rename(v.Stimuli[i].Text, mediaPath(attempt))
	}
	for i := range v.Slots {
		locateItem(&v.Slots[i], attempt)
	}
}

func locateItem(v *exam.View, attempt string) { v.Rename(mediaPath(attempt)) }

// panelPath makes addresses of the names of images, for the judges of a panel, who see no
// bank.
func panelPath(panel string) func(string) string {
	return func(name string) string { return "/workbench/panels/" + panel + "/media/" + name }
}

// located is the address of a learner's, a judge's or a marker's image. Texts of banks have bare names
// only.
var located = regexp.MustCompile(`^(/(?:my/attempts|workbench/panels|workbench/scripts)/[A-Za-z0-9-]+/media/)([0-9a-f]{64}-\d+x\d+\.[a-z]+)$`)

// imageTag shows an image with the size that its name tells, so that the page does not
// jump. What is no image of a bank is shown by its description.
func imageTag(m exam.Image) string {
	at, name := imageAddress(m.Name)
	alt := template.HTMLEscapeString(m.Alt)
	width, height, extension := exam.Size(name)
	if extension == "" {
		return "[" + alt + "]"
	}
	return fmt.Sprintf(`<img class="figure" src="%s%s" alt="%s" width="%d" height="%d" decoding="async">`, at, name, alt, width, height)
}

// imageAddress is the address of an image without its name, and the name.
func imageAddress(s string) (at, name string) {
	if parts := located.FindStringSubmatch(s); parts != nil {
		return parts[1], parts[2]
	}
	return staffMedia, s
}

// sendMedium sends an image. Whoever asks again is asked again who they are: the browser
// keeps the bytes, and not the right to see them.
func sendMedium(c *fiber.Ctx, m exam.Medium) error {
	_, _, extension := exam.Size(m.Name)
	tag := `"` + m.Name[:64] + `"`
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, mime.TypeByExtension("."+extension))
	return c.Send(m.Data)
}

// myMedium sends a learner an image of their own attempt.
func (s *server) myMedium(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	m, err := s.Exams.MediumOf(c.UserContext(), person, c.Params("attempt"), c.Params("medium"))
	if err != nil {
		return err
	}
	return sendMedium(c, m)
}

// medium sends staff an image of a bank.
func (w workbench) medium(c *fiber.Ctx) error {
	m, err := w.Exams.Medium(c.UserContext(), c.Params("medium"))
	if err != nil {
		return err
	}
	return sendMedium(c, m)
}

// panelMedium sends a judge an image of an item of their panel.
func (s *server) panelMedium(c *fiber.Ctx) error {
	judge, err := caller(c)
	if err != nil {
		return err
	}
	m, err := s.Exams.MediumOfPanel(c.UserContext(), judge, c.Params("panel"), c.Params("medium"))
	if err != nil {
		return err
	}
	return sendMedium(c, m)
}
