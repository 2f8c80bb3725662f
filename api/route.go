package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

// route is one line of a route table.
type route struct {
	method, path string
	// operation is the operationId of the contract.
	operation string
	// permission that the caller needs; "" for a public route.
	permission auth.Permission
	body       int
	pace       pace
	handle     func(*fiber.Ctx) error
}

// door is how the callers of a route table are recognised, and what is answered to
// those who are not.
type door int

const (
	// byToken is for the clients of the JSON interface: an access token, else a problem.
	byToken door = iota
	// byCookie is for browsers: a session cookie, else the page to sign in; no form of
	// another site.
	byCookie
	// byScript is for the scripts of our pages: as byCookie, but who has no session is
	// told so.
	byScript
)

// table is routes behind one door.
type table struct {
	door   door
	routes []route
}

// tables are all routes; a route is declared in one of them and nowhere else.
func (s *server) tables() []table {
	return []table{
		s.interfaceTable(),
		s.copiesTable(),
		s.mediaTable(),
		s.publicTable(),
		s.learnersTable(),
		s.scriptsTable(),
		s.regradesTable(),
		s.roomTable(),
		s.panelsTable(),
		s.statisticsTable(),
		s.bankStatisticsTable(),
		s.markingTable(),
		s.templatesTable(),
		workbench{s}.table(),
		workbench{s}.regradesTable(),
		workbench{s}.writingTable(),
		workbench{s}.roomTable(),
		workbench{s}.statisticsTable(),
		workbench{s}.bankStatisticsTable(),
		workbench{s}.blueprintTable(),
		workbench{s}.panelsTable(),
		workbench{s}.markingTable(),
		workbench{s}.certificatesTable(),
		workbench{s}.templatesTable(),
	}
}

// routes are those of all tables.
func (s *server) routes() (all []route) {
	for _, t := range s.tables() {
		all = slices.Concat(all, t.routes)
	}
	return all
}

// guard runs a route's checks before its handler.
func (s *server) guard(d door, r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(operationKey, r.operation)
		if err := s.rates.allowCall(r.operation, s.client(c), r.pace); err != nil {
			return err
		}
		if d != byToken {
			if err := ofOurSite(c); err != nil {
				return err
			}
		}
		if r.permission != "" {
			err := s.admit(c, d, r.permission)
			if d == byCookie && fault.Of(err) == fault.Unauthenticated {
				return c.Redirect("/sign-in", fiber.StatusSeeOther)
			}
			if err != nil {
				return err
			}
		}
		if err := s.checkBody(c, r.body); err != nil {
			return err
		}
		err := r.handle(c)
		s.settle(c, err)
		return err
	}
}

// crossOrigin refuses what another site made a browser send.
var crossOrigin http.CrossOriginProtection

func ofOurSite(c *fiber.Ctx) error {
	request := &http.Request{Method: c.Method(), URL: &url.URL{Path: c.Path()}, Host: string(c.Request().Host()),
		Header: http.Header{"Sec-Fetch-Site": {c.Get("Sec-Fetch-Site")}, "Origin": {c.Get(fiber.HeaderOrigin)}}}
	if err := crossOrigin.Check(request); err != nil {
		return fault.New(fault.Forbidden, "request.cross_origin", "This form was sent from another site.").Wrap(err)
	}
	return nil
}

// admit finds who calls, and whether they may.
func (s *server) admit(c *fiber.Ctx, d door, p auth.Permission) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	principal, err := s.principal(c, d)
	if err != nil {
		return err
	}
	if err := principal.Require(p); err != nil {
		return err
	}
	c.SetUserContext(auth.WithPrincipal(c.UserContext(), principal))
	return nil
}

func (s *server) principal(c *fiber.Ctx, d door) (auth.Principal, error) {
	if d == byToken {
		return s.bearer(c.Get(fiber.HeaderAuthorization))
	}
	return s.Auth.Recognise(c.UserContext(), c.Cookies(s.cookieName()))
}

func (s *server) checkBody(c *fiber.Ctx, limit int) error {
	if c.Get(fiber.HeaderContentEncoding) != "" {
		// Reading an inflated body would go past every limit.
		return fault.New(fault.Unsupported, "request.encoding", "Send the body without compression.")
	}
	if n := len(c.Request().Body()); n > limit {
		return fault.New(fault.TooLarge, "request.too_large", "The body has %d bytes; this operation takes %d.", n, limit)
	}
	return nil
}

// caller is the id of the person who calls of a guarded route.
func caller(c *fiber.Ctx) (string, error) {
	p, ok := auth.PrincipalFrom(c.UserContext())
	if !ok {
		return "", errors.New("a guarded route has no principal")
	}
	return p.PersonID, nil
}
