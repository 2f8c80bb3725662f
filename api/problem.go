package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/internal/fault"
)

// problem is an RFC 9457 problem document. Type is "about:blank"; Code is the
// stable name that clients act on.
type problem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Code   string        `json:"code"`
	Detail string        `json:"detail"`
	Errors []fault.Field `json:"errors,omitempty"`
	// Request is the id under which the log has more.
	Request string `json:"request"`
}

// statuses maps every kind of fault to its HTTP status.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unsupported:     http.StatusUnsupportedMediaType,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// problemOf turns any error into what may be shown. An error that is not a fault
// keeps its words to itself.
func problemOf(err error) problem {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		status := statuses[f.Kind]
		return problem{Title: http.StatusText(status), Status: status, Code: f.Code, Detail: f.Message, Errors: f.Fields}
	}
	if e, ok := errors.AsType[*fiber.Error](err); ok { // the server's own: bad syntax, no route
		codes := map[int]string{404: "request.no_route", 405: "request.method", 408: "request.timeout", 413: "request.too_large", 431: "request.headers_too_large"}
		code := codes[e.Code]
		if code == "" {
			code = "request.malformed"
		}
		details := map[int]string{404: "There is nothing at this address; /docs lists what there is.", 405: "This address does not take this method; /docs lists which ones do what."}
		return problem{Title: http.StatusText(e.Code), Status: e.Code, Code: code, Detail: cmp.Or(details[e.Code], http.StatusText(e.Code)+".")}
	}
	return problem{Title: "Internal Server Error", Status: 500, Code: "internal", Detail: "Something went wrong on our side; it was logged."}
}

// sendProblem is the app's error handler: a problem document, or a page for who
// reads pages.
func (s *server) sendProblem(c *fiber.Ctx, err error) error {
	secure(c)
	p := problemOf(err)
	p.Type, p.Request = "about:blank", requestID(c)
	if p.Status >= 500 {
		s.Log.Error("request failed", "request", p.Request, "err", err)
	}
	if p.Status == http.StatusUnauthorized {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="proba"`)
	}
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, "2")
	}
	if forPeople(c) {
		if pageErr := s.sendProblemPage(c, p); pageErr == nil {
			return nil
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(p.Status).Send(body)
}
