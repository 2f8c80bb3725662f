package api

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// maxUploads is how many long bodies are held at once. Each costs its own
	// length, and several times that while it is decoded.
	maxUploads = 2
	// uploadTimeout is for sending maxImport at 5 Mbit/s.
	uploadTimeout = 2 * time.Minute
)

// uploads are the long bodies that are being read or worked on. The server reads
// a whole body before any handler runs, so that who may send a long one is decided
// on the header alone.
//
// A request is known by the address of its header, which is the same from
// HeaderReceived to the answer. A connection that breaks ends without an answer:
// its place is free again when the time of an upload is over, or when the server
// uses the header for another request.
type uploads struct {
	mu    sync.Mutex
	known map[*fasthttp.RequestHeader]upload
}

// mediaQuery is the end of the address that takes an image, with what it is called.
var mediaQuery = regexp.MustCompile(`/media(\?[^/]*)?$`)

type upload struct {
	// until is when the request is over at the latest.
	until time.Time
	// refused says that it found no place.
	refused bool
}

// take gives the request a place, and reports whether there was one.
func (u *uploads) take(h *fasthttp.RequestHeader, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	held := 0
	for other, its := range u.known {
		switch {
		case now.After(its.until):
			delete(u.known, other)
		case !its.refused:
			held++
		}
	}
	refused := held >= maxUploads
	u.known[h] = upload{until: now.Add(uploadTimeout + budget), refused: refused}
	return !refused
}

// done forgets the request, and reports whether it had found no place.
func (u *uploads) done(h *fasthttp.RequestHeader) (refused bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	refused = u.known[h].refused
	delete(u.known, h)
	return refused
}

// bodyLimit lets the server read a long body for the operations that take one, from a
// caller who may use them.
func (s *server) bodyLimit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	s.uploads.done(h)
	if !h.IsPost() || (h.ContentLength() >= 0 && h.ContentLength() <= maxBody) || !s.mayUpload(h) || !s.uploads.take(h, s.Now()) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: maxImport, ReadTimeout: uploadTimeout}
}

// mayUpload reports whether the operation takes a long body from this caller.
func (s *server) mayUpload(h *fasthttp.RequestHeader) bool {
	switch path := string(h.RequestURI()); {
	case path == importPath:
		principal, err := s.bearer(string(h.Peek(fiber.HeaderAuthorization)))
		return err == nil && principal.Can(auth.BanksImport)
	case strings.HasPrefix(path, copiesPath) && (strings.HasSuffix(path, "/import") || mediaQuery.MatchString(path)):
		principal, err := s.bearer(string(h.Peek(fiber.HeaderAuthorization)))
		return err == nil && principal.Can(auth.BanksWrite)
	case strings.HasPrefix(path, "/workbench/writing/") && (strings.HasSuffix(path, "/import") || strings.HasSuffix(path, "/media")):
		ctx, cancel := context.WithTimeout(s.base, budget)
		defer cancel()
		principal, err := s.Auth.Recognise(ctx, string(h.Cookie(s.cookieName())))
		return err == nil && principal.Can(auth.BanksWrite)
	}
	return false
}

// whileReading is the server's error handler for requests that reach no route.
func (s *server) whileReading(c *fiber.Ctx, err error) error {
	if s.uploads.done(&c.Request().Header) {
		err = fault.New(fault.Unavailable, "upload.busy", "Other long uploads are under way; nothing was stored. Send it again in a moment.").Wrap(err)
	}
	return s.sendProblem(c, err)
}

// bearer is the principal of an Authorization header.
func (s *server) bearer(header string) (auth.Principal, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return auth.Principal{}, fault.New(fault.Unauthenticated, "token.missing", "Sign in, and send the access token as a Bearer token.")
	}
	return s.Auth.Authenticate(token)
}
