package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/language"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

//go:embed web openapi.yaml
var files embed.FS

// pages are the templates, the words in each language and the assets under
// names that change with their content.
type pages struct {
	templates *template.Template
	workbench *template.Template
	words     map[string]map[string]string
	assets    map[string]asset  // by hashed name
	hashed    map[string]string // plain name to hashed name
	contract  *contract
	zone      *time.Location
}

var (
	pageLanguages = []string{"uk", "en"}
	matcher       = language.NewMatcher([]language.Tag{language.Ukrainian, language.English})
)

func loadPages(zone *time.Location) (*pages, error) {
	p := &pages{zone: zone, words: make(map[string]map[string]string), assets: make(map[string]asset), hashed: make(map[string]string)}
	for _, lang := range pageLanguages {
		data, err := files.ReadFile("web/" + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("words: %w", err)
		}
		words := make(map[string]string)
		if err := json.Unmarshal(data, &words); err != nil {
			return nil, fmt.Errorf("words in %s: %w", lang, err)
		}
		p.words[lang] = words
	}
	if err := p.loadAssets(); err != nil {
		return nil, err
	}
	var err error
	if p.contract, err = loadContract(); err != nil {
		return nil, err
	}
	web, err := fs.Sub(files, "web")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	p.templates, err = template.New("").Funcs(template.FuncMap{
		"asset": func(name string) string { return p.hashed[name] },
		"prose": prose,
		"zone":  zone.String,
		// scriptWords are what a script says.
		"scriptWords": scriptWords,
		"add":         func(a, b int) int { return a + b },
		"decimal":     written,
		// hundredths writes basis points as percent.
		"hundredths": func(lang string, basisPoints int) string { return decimal(lang, float64(basisPoints)/100) },
		"places":     figure,
		"option":     option,
		// pair gives a part of a page its page.
		"pair":    func(page, of any) map[string]any { return map[string]any{"Page": page, "Of": of} },
		"printed": func(id certs.ID) string { return id.Printed() },
		"date":    func(lang string, t time.Time) string { return certs.Date(lang, t.In(zone)) },
		"lastDay": func(lang string, t time.Time) string { return certs.Date(lang, t.Add(-time.Second).In(zone)) },
		"minute":  p.minute,
		"moment":  p.moment,
		"letter":  letterOf,
		"brief":   brief,
		"plain":   plainWords,
		"reasons": exam.Reasons,
		"marks":   func() []int { return []int{1, 2, 3, 4, 5} },
	}).ParseFS(web, "*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return p, p.loadWorkbench(web, zone)
}

// view is what every page needs; a page's own data are embedded beside it.
type view struct {
	Lang  string
	Other string
	Title string
	T     map[string]string
	Fault string
}

// view chooses the language: the query's, else the best of the browser's.
func (s *server) view(c *fiber.Ctx, title string) view {
	lang := c.Query("lang")
	if _, ok := s.pages.words[lang]; !ok {
		_, n := language.MatchStrings(matcher, c.Get(fiber.HeaderAcceptLanguage))
		lang = pageLanguages[n]
	}
	other := pageLanguages[0]
	if lang == other {
		other = pageLanguages[1]
	}
	t := s.pages.words[lang]
	return view{Lang: lang, Other: other, Title: t[title], T: t}
}

// render writes a page whole or not at all. The buffer is the response's own, which is used
// again: a page of a whole exam would be 250 kB of garbage otherwise.
func (s *server) render(c *fiber.Ctx, status int, name string, data any) error {
	c.Response().ResetBody()
	if err := s.pages.templates.ExecuteTemplate(c.Response().BodyWriter(), name+".html", data); err != nil {
		c.Response().ResetBody()
		return fmt.Errorf("page %s: %w", name, err)
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, "Accept-Language")
	c.Status(status)
	return nil
}

func (s *server) home(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "home", s.view(c, "home"))
}

type formPage struct {
	view
	Code string
}

// verifyForm asks for a code, or goes to the page of the one that was typed.
func (s *server) verifyForm(c *fiber.Ctx) error {
	p := formPage{view: s.view(c, "check"), Code: c.Query("code")}
	if p.Code == "" {
		return s.renderForm(c, fiber.StatusOK, p)
	}
	id, err := certs.ParseID(p.Code)
	if err != nil {
		p.Fault = p.T["codeMalformed"]
		return s.renderForm(c, fiber.StatusUnprocessableEntity, p)
	}
	return c.Redirect("/v/"+string(id)+"?lang="+p.Lang, fiber.StatusSeeOther)
}

// renderForm writes the page with which certificates are looked for, also by camera.
func (s *server) renderForm(c *fiber.Ctx, status int, p formPage) error {
	c.Set("Permissions-Policy", withCamera)
	return s.render(c, status, "form", p)
}

type verifyPage struct {
	view
	C        verification
	CertLang string
}

func (s *server) verifyPage(c *fiber.Ctx) error {
	v := s.view(c, "check")
	id, err := certs.ParseID(c.Params("certificate"))
	if err != nil {
		v.Fault = v.T["codeMalformed"]
		return s.renderForm(c, fiber.StatusUnprocessableEntity, formPage{v, c.Params("certificate")})
	}
	public, err := s.Certs.Lookup(c.UserContext(), id)
	if fault.Of(err) == fault.NotFound {
		v.Fault = v.T["codeUnknown"]
		return s.renderForm(c, fiber.StatusNotFound, formPage{v, id.Printed()})
	}
	if err != nil {
		return err
	}
	shown := showVerification(public)
	if shown.ReasonCode != "" {
		shown.Reason = v.term("why", string(shown.ReasonCode))
	}
	return s.render(c, fiber.StatusOK, "verify", verifyPage{v, shown, public.Language})
}

type enterPage struct {
	view
	Token string
	// FromLink says that the code is a good one, so that only the password is asked again.
	FromLink bool
	// Done is the e-mail address of who can sign in now.
	Done string
}

func (s *server) enterForm(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "enter", enterPage{view: s.view(c, "enter")})
}

// enter redeems a one-time link from the page. It needs no protection against
// forged requests: whoever has the token may set the password.
func (s *server) enter(c *fiber.Ctx) error {
	p := enterPage{view: s.view(c, "enter"), Token: c.FormValue("token")}
	person, err := s.Auth.RedeemLink(c.UserContext(), p.Token, c.FormValue("password"))
	if err != nil {
		problem := problemOf(err)
		if problem.Status >= fiber.StatusInternalServerError {
			return err
		}
		p.Fault, p.FromLink = p.told(problem), problem.Code == "password.weak"
		return s.render(c, problem.Status, "enter", p)
	}
	s.guesses.entered(person.Email, s.client(c))
	p.Token, p.Done = "", person.Email
	return s.render(c, fiber.StatusOK, "enter", p)
}

type docsPage struct {
	view
	Contract   *contract
	Operations []operation
	Schemas    []schema
}

func (s *server) contractPage(c *fiber.Ctx) error {
	v := s.view(c, "docs")
	v.Lang, v.Other = "en", "" // the contract is written in English
	return s.render(c, fiber.StatusOK, "docs", docsPage{v, s.pages.contract, s.pages.contract.operations(), s.pages.contract.schemas()})
}

func (s *server) contract(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	return c.Send(s.pages.contract.text)
}
