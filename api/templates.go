package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/fault"
)

// templateInput is what programs send of a certificate template.
type templateInput struct {
	ID string `json:"id"`
	// Revision that it was made from, 0 for a new template.
	Revision    int                           `json:"revision"`
	Texts       map[string]certs.TemplateText `json:"texts"`
	Signatories []certs.Signatory             `json:"signatories"`
	// Logo is a PNG or SVG file, in base64.
	Logo      []byte `json:"logo"`
	ValidDays int    `json:"valid_days"`
	Zone      string `json:"zone"`
}

func (in templateInput) template() (certs.Template, error) {
	t := certs.Template{ID: in.ID, Revision: in.Revision, Texts: in.Texts, Signatories: in.Signatories, ValidDays: in.ValidDays, Zone: in.Zone}
	var err error
	if len(in.Logo) > 0 {
		t.Logo, err = certs.ReadLogo(in.Logo)
	}
	return t, err
}

// saveTemplate stores the next revision of a template.
func (s *server) saveTemplate(c *fiber.Ctx) error {
	var in templateInput
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	t, err := in.template()
	if err != nil {
		return err
	}
	if err := s.record(c, "templates/"+t.ID, ""); err != nil {
		return err
	}
	saved, isNew, err := s.Certs.SaveTemplate(c.UserContext(), by, t)
	if err != nil {
		return err
	}
	return created(c, isNew, saved)
}

// previewTemplate prints a sample of a template that need not be stored.
func (s *server) previewTemplate(c *fiber.Ctx) error {
	var in templateInput
	if err := decode(c, &in); err != nil {
		return err
	}
	t, err := in.template()
	if err != nil {
		return err
	}
	return s.sendSample(c, t, c.Query("language", "uk"))
}

// sendSample sends a sample as PDF.
func (s *server) sendSample(c *fiber.Ctx, t certs.Template, lang string) error {
	if lang != "uk" && lang != "en" {
		return fault.New(fault.Invalid, "request.parameter", "A query parameter is out of range.").At(fault.Field{Path: "language", Message: "must be uk or en"})
	}
	sample, err := s.Certs.SampleTemplate(t, lang)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="sample.pdf"`)
	return c.Send(sample.PDF)
}

// templates lists all revisions, without the pixels of their logos.
func (s *server) templates(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Certs.Store.Templates(c.UserContext(), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(t certs.Template) string { return t.Key() }, func(t certs.Template) certs.Template { return t }))
}

func (s *server) template(c *fiber.Ctx) error {
	t, err := s.templateOf(c)
	if err != nil {
		return err
	}
	return c.JSON(t)
}

// templateOf is the revision that the path names.
func (s *server) templateOf(c *fiber.Ctx) (certs.Template, error) {
	id, revision, err := certs.ParseTemplateRef(c.Params("template") + "/" + c.Params("revision"))
	if err != nil {
		return certs.Template{}, err
	}
	return s.Certs.Store.Template(c.UserContext(), id, revision)
}

// templateRefs names all revisions, newest of each template first, for choosing one.
func (s *server) templateRefs(c *fiber.Ctx) ([]string, error) {
	var refs []string
	id, from := "", 0 // the template whose revisions come, and where its first stands
	err := s.Certs.EachTemplate(c.UserContext(), "", func(t certs.Template) bool {
		if t.ID != id {
			id, from = t.ID, len(refs)
		}
		refs = slices.Insert(refs, from, t.Ref())
		return true
	})
	return refs, err
}
