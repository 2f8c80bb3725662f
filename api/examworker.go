package api

import (
	"encoding/json"
	"fmt"

	"github.com/gofiber/fiber/v2"
)

// keptCookie marks for whom a browser keeps the page of a running exam. Scripts set and
// read it; it is no secret of the service, and goes with the session of the browser.
const keptCookie = "proba-kept"

// forgetKept takes the mark back: whoever signs in or out next to it, what was kept is
// not brought back any more.
func (s *server) forgetKept(c *fiber.Ctx) {
	c.Cookie(&fiber.Cookie{Name: keptCookie, Path: "/", MaxAge: -1, Secure: s.secureCookies(), SameSite: fiber.CookieSameSiteLaxMode})
}

// examWorker serves the script that brings a running exam back while the line or the
// server is away. The page that it makes has the headers of every page.
func (s *server) examWorker(c *fiber.Ctx) error {
	source, err := files.ReadFile("web/exam-worker.js")
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	headers, err := json.Marshal(securityHeaders)
	if err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.SendString(fmt.Sprintf("const HEADERS = %s;\n%s", headers, source))
}
