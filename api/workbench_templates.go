package api

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
)

// signatoryRows is how many people a template's form has room for.
const signatoryRows = 3

type templatesPage struct {
	deskView
	Rows []templateRow
	Next string
}

type templateRow struct {
	certs.Template
	// Newest says that no later revision is there.
	Newest bool
	Who    string
}

// templatesDesk lists all revisions.
func (w workbench) templatesDesk(c *fiber.Ctx) error {
	p := templatesPage{deskView: w.desk(c, "wTpTemplates")}
	all, err := w.Certs.Store.Templates(c.UserContext(), c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	names := make(map[string]string)
	for i, t := range all[:min(len(all), rowsShown)] {
		if names[t.CreatedBy] == "" {
			who, err := w.nameOf(c, t.CreatedBy)
			if err != nil {
				return err
			}
			names[t.CreatedBy] = who.Name
		}
		p.Rows = append(p.Rows, templateRow{t, i+1 == len(all) || all[i+1].ID != t.ID, names[t.CreatedBy]})
	}
	if len(all) > rowsShown {
		p.Next = all[rowsShown-1].Key()
	}
	return w.show(c, fiber.StatusOK, "templates", p)
}

type templatePage struct {
	deskView
	M   certs.Template
	New bool
	// Base is the newest revision, which the one that is saved comes after; Old says that
	// another one is shown.
	Base int
	Old  string
	// Logo is the image as the form sends it along.
	Logo    string
	Samples []templateSample
	Rows    []certs.Signatory
}

// templateSample is a sample in one language.
type templateSample struct {
	Lang string
	SVG  template.URL
}

// Langs are the languages of a template.
func (p templatePage) Langs() []string { return certs.TemplateLanguages() }

// templateDesk shows a revision, with its form to who may make another one.
func (w workbench) templateDesk(c *fiber.Ctx) error {
	t, err := w.templateOf(c)
	if err != nil {
		return err
	}
	p := templatePage{deskView: w.desk(c, "wTpTemplate"), M: t}
	if p.Base, err = w.Certs.NewestTemplate(c.UserContext(), t); err != nil {
		return err
	}
	if p.Base != t.Revision {
		words := p.T["wTpOldOnly"]
		if p.may(auth.TemplatesWrite) {
			words = p.T["wTpOld"]
		}
		p.Old = strings.NewReplacer("{1}", strconv.Itoa(t.Revision), "{2}", strconv.Itoa(p.Base), "{3}", strconv.Itoa(p.Base+1)).Replace(words)
	}
	return w.showTemplate(c, fiber.StatusOK, "template", p)
}

func (w workbench) newTemplate(c *fiber.Ctx) error {
	return w.showTemplate(c, fiber.StatusOK, "template", templatePage{deskView: w.desk(c, "wTpNew"), New: true})
}

// showTemplate draws the samples, unless the template has faults.
func (w workbench) showTemplate(c *fiber.Ctx, status int, name string, p templatePage) error {
	p.Base = cmp.Or(p.Base, p.M.Revision)
	p.Logo = base64.StdEncoding.EncodeToString(p.M.Logo.PNG)
	p.Rows = append(p.Rows, p.M.Signatories...)
	for len(p.Rows) < signatoryRows {
		p.Rows = append(p.Rows, certs.Signatory{})
	}
	if p.Fault == "" {
		drawn := p.M
		if drawn.ID == "" {
			drawn.ID = "new" // what it is called is not printed
		}
		for _, lang := range p.Langs() {
			sample, err := w.Certs.SampleTemplate(drawn, lang)
			if err != nil {
				if _, err = p.blame(c, err); err != nil {
					return err
				}
				p.Samples = nil
				break
			}
			p.Samples = append(p.Samples, templateSample{lang, template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(sample.SVG))}) // drawn by us, texts escaped
		}
	}
	return w.show(c, status, name, p)
}

// saveTemplateDesk stores the next revision.
func (w workbench) saveTemplateDesk(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	t, err := w.readTemplate(c)
	if err == nil {
		if err = w.record(c, "templates/"+t.ID, ""); err != nil {
			return err
		}
		var saved certs.Template
		if saved, _, err = w.Certs.SaveTemplate(c.UserContext(), by, t); err == nil {
			return done(c, "/workbench/templates/"+saved.Ref(), "templateSaved")
		}
	}
	p := templatePage{deskView: w.desk(c, "wTpTemplate"), M: t, New: t.Revision == 0}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showTemplate(c, status, "template", p)
}

// previewTemplateDesk shows what the form would print: as a whole page, as the part of
// it that changes, or as PDF.
func (w workbench) previewTemplateDesk(c *fiber.Ctx) error {
	name := "template"
	if c.Query("part") != "" {
		name = "template_part"
	}
	t, err := w.readTemplate(c)
	p := templatePage{deskView: w.desk(c, "wTpTemplate"), M: t, New: t.Revision == 0}
	if err == nil {
		if lang := c.Query("pdf"); lang != "" {
			if t.ID == "" {
				t.ID = "new"
			}
			err = w.sendSample(c, t, lang)
			if err == nil {
				return nil
			}
		}
	}
	if err != nil {
		if _, err = p.blame(c, err); err != nil {
			return err
		}
	}
	return w.showTemplate(c, fiber.StatusOK, name, p)
}

// readTemplate reads the form. A row of a signatory that is left empty is left out.
func (w workbench) readTemplate(c *fiber.Ctx) (certs.Template, error) {
	t := certs.Template{ID: strings.TrimSpace(c.FormValue("id")), Revision: numberOf(c, "revision"), ValidDays: numberOf(c, "valid_days"), Zone: c.FormValue("zone"), Texts: make(map[string]certs.TemplateText)}
	for _, lang := range certs.TemplateLanguages() {
		at := "/texts/" + lang
		t.Texts[lang] = certs.TemplateText{Heading: c.FormValue(at + "/heading"), Lead: c.FormValue(at + "/lead"), Body: c.FormValue(at + "/body"), Note: c.FormValue(at + "/note")}
	}
	for i := range signatoryRows {
		s, some := certs.Signatory{Name: make(map[string]string), Function: make(map[string]string)}, false
		for _, lang := range certs.TemplateLanguages() {
			s.Name[lang], s.Function[lang] = c.FormValue(fmt.Sprintf("/signatories/%d/name/%s", i, lang)), c.FormValue(fmt.Sprintf("/signatories/%d/function/%s", i, lang))
			some = some || strings.TrimSpace(s.Name[lang]+s.Function[lang]) != ""
		}
		if some {
			t.Signatories = append(t.Signatories, s)
		}
	}
	logo, err := sentLogo(c)
	if err != nil || len(logo) == 0 {
		return t, err
	}
	t.Logo, err = certs.ReadLogo(logo)
	return t, err
}

// sentLogo is the file that was chosen, else the image that the page had.
func sentLogo(c *fiber.Ctx) ([]byte, error) {
	if c.FormValue("no_logo") != "" {
		return nil, nil
	}
	if header, err := c.FormFile("logo_file"); err == nil && header.Size > 0 {
		f, err := header.Open()
		if err != nil {
			return nil, fmt.Errorf("open the sent logo: %w", err)
		}
		data, err := io.ReadAll(io.LimitReader(f, maxBody))
		return data, errors.Join(err, f.Close())
	}
	data, err := base64.StdEncoding.DecodeString(c.FormValue("logo"))
	if err != nil {
		return []byte("damaged"), nil // which is no image, and is said so
	}
	return data, nil
}

// templatesTable is the pages of certificate templates.
func (w workbench) templatesTable() table {
	return table{byCookie, []route{
		{"GET", "/workbench/templates", "templatesDesk", auth.CertificatesRead, 0, unlimited, w.templatesDesk},
		{"POST", "/workbench/templates", "saveTemplateDesk", auth.TemplatesWrite, maxBody, unlimited, w.saveTemplateDesk},
		{"GET", "/workbench/new-template", "newTemplateDesk", auth.TemplatesWrite, 0, unlimited, w.newTemplate},
		{"POST", "/workbench/templates/preview", "previewTemplateDesk", auth.TemplatesWrite, maxBody, unlimited, w.previewTemplateDesk},
		{"GET", "/workbench/templates/:template/:revision", "templateDesk", auth.CertificatesRead, 0, unlimited, w.templateDesk},
	}}
}

// templatesTable is what programs call.
func (s *server) templatesTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/certificate-templates", "listTemplates", auth.CertificatesRead, 0, unlimited, s.templates},
		{"POST", "/api/v1/certificate-templates", "saveTemplate", auth.TemplatesWrite, maxBody, unlimited, s.saveTemplate},
		{"POST", "/api/v1/certificate-templates/preview", "previewTemplate", auth.TemplatesWrite, maxBody, unlimited, s.previewTemplate},
		{"GET", "/api/v1/certificate-templates/:template/:revision", "getTemplate", auth.CertificatesRead, 0, unlimited, s.template},
	}}
}
