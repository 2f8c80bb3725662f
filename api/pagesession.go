package api

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// cookieName is that of the session cookie. The prefix makes a browser take it
// only with Secure, for this host alone (RFC 6265bis section 4.1.3.2); over plain
// http, in development, it could not be set.
func (s *server) cookieName() string {
	if s.secureCookies() {
		return "__Host-proba"
	}
	return "proba"
}

func (s *server) secureCookies() bool { return strings.HasPrefix(s.PublicURL, "https://") }

// setCookie keeps a value in the browser, away from scripts, until it is closed.
func (s *server) setCookie(c *fiber.Ctx, name, value string) {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.secureCookies(), SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true}
	if value == "" {
		cookie.SessionOnly, cookie.MaxAge = false, -1
	}
	c.Cookie(cookie)
}

type problemPage struct {
	view
	Request string
}

// forPeople reports whether the answer is read by a person in a browser.
func forPeople(c *fiber.Ctx) bool {
	return strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML) && !strings.HasPrefix(c.Path(), "/api/")
}

// sendProblemPage shows a problem to a person.
func (s *server) sendProblemPage(c *fiber.Ctx, p problem) error {
	if atWorkbench(c) {
		return workbench{s}.sendProblem(c, p)
	}
	v := s.view(c, "problem")
	v.Fault = v.told(p)
	return s.render(c, p.Status, "problem", problemPage{v, p.Request})
}

// words says a fault in the page's language where the catalogue has it.
func (v *view) words(code, otherwise string) string {
	if said, ok := v.T["fault_"+code]; ok {
		return said
	}
	return otherwise
}

// told says a problem to a learner in the language of the page: by its code where the
// catalogue has it, else by its status, which says less. In English the problem's own
// words say more than the status does.
func (v *view) told(p problem) string {
	otherwise := p.Detail
	if v.Lang != "en" {
		if said, ok := v.T[fmt.Sprintf("fault_status_%d", p.Status)]; ok {
			otherwise = said
		}
	}
	return v.words(p.Code, otherwise)
}

type signInPage struct {
	view
	Email string
}

func (s *server) signInForm(c *fiber.Ctx) error {
	return s.render(c, fiber.StatusOK, "signin", signInPage{view: s.view(c, "signIn")})
}

func (s *server) signInPage(c *fiber.Ctx) error {
	p := signInPage{view: s.view(c, "signIn"), Email: c.FormValue("email")}
	session, err := s.tryPassword(c, p.Email, c.FormValue("password"))
	if err != nil {
		problem := problemOf(err)
		if problem.Status >= fiber.StatusInternalServerError {
			return err
		}
		p.Fault = p.told(problem)
		return s.render(c, problem.Status, "signin", p)
	}
	s.setCookie(c, s.cookieName(), session.RefreshToken)
	s.forgetKept(c)
	if isStaff(session.Person.Roles) {
		return c.Redirect(workbenchPath+"?lang="+p.Lang, fiber.StatusSeeOther)
	}
	return c.Redirect("/my?lang="+p.Lang, fiber.StatusSeeOther)
}

func (s *server) signOutPage(c *fiber.Ctx) error {
	if err := s.Auth.SignOut(c.UserContext(), c.Cookies(s.cookieName())); err != nil {
		return err
	}
	s.setCookie(c, s.cookieName(), "")
	s.forgetKept(c)
	return c.Redirect("/", fiber.StatusSeeOther)
}
