package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
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

// page guards a page of one's own: who has no session is sent to sign in.
func (s *server) page(p auth.Permission, handle func(*fiber.Ctx) error) func(*fiber.Ctx) error {
	return func(c *fiber.Ctx) error {
		err := s.recognise(c, p)
		if fault.Of(err) == fault.Unauthenticated {
			return c.Redirect("/sign-in", fiber.StatusSeeOther)
		}
		if err != nil {
			return err
		}
		return handle(c)
	}
}

// recognise finds who calls by the session cookie, and whether they may.
func (s *server) recognise(c *fiber.Ctx, p auth.Permission) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	principal, err := s.Auth.Recognise(c.UserContext(), c.Cookies(s.cookieName()))
	if err != nil {
		return err
	}
	if err := principal.Require(p); err != nil {
		return err
	}
	c.SetUserContext(auth.WithPrincipal(c.UserContext(), principal))
	return nil
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
	v.Fault = v.words(p.Code, p.Detail)
	return s.render(c, p.Status, "problem", problemPage{v, p.Request})
}

// words says a fault in the page's language where the catalogue has it.
func (v *view) words(code, otherwise string) string {
	if said, ok := v.T["fault_"+code]; ok {
		return said
	}
	return otherwise
}

// sameOrigin refuses forms that another site made the browser send.
func (s *server) sameOrigin(handle func(*fiber.Ctx) error) func(*fiber.Ctx) error {
	var protection http.CrossOriginProtection
	return func(c *fiber.Ctx) error {
		request := &http.Request{Method: c.Method(), URL: &url.URL{Path: c.Path()}, Host: string(c.Request().Host()),
			Header: http.Header{"Sec-Fetch-Site": {c.Get("Sec-Fetch-Site")}, "Origin": {c.Get(fiber.HeaderOrigin)}}}
		if err := protection.Check(request); err != nil {
			return fault.New(fault.Forbidden, "request.cross_origin", "This form was sent from another site.").Wrap(err)
		}
		return handle(c)
	}
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
		p.Fault = p.words(problem.Code, problem.Detail)
		return s.render(c, problem.Status, "signin", p)
	}
	s.setCookie(c, s.cookieName(), session.RefreshToken)
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
	return c.Redirect("/", fiber.StatusSeeOther)
}
