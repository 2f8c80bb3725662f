package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/mail"
)

// Limits of a request.
const (
	// maxBody is enough for a save of every slot of the longest form.
	maxBody = 1 << 20
	// maxImport is enough for a bank of 25,000 items.
	maxImport = 64 << 20
	// budget is how long a request may take before the store gives up on it.
	budget = 10 * time.Second
	// readTimeout is for a learner on a bad line to send a body.
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 2 * time.Minute
	readBuffer   = 16 << 10
)

// Deps is what the interface stands on.
type Deps struct {
	Exams *exam.Service
	// Authoring is where banks are written.
	Authoring *authoring.Service
	// Statistics is the analysis of what was answered.
	Statistics *statistics.Service
	Certs      *certs.Service
	Auth       *auth.Service
	// Audit takes down what staff order.
	Audit *audit.Log
	// Keys are the issuer's, for the public key set.
	Keys *keyring.Ring
	// Translog is the transparency log.
	Translog *translog.Log
	// Wake tells the reconciler that there is work.
	Wake func()
	// Post has letters written and sent in the background; false says that too many
	// are waiting.
	Post func(mail.Job) bool
	Log  *slog.Logger
	Now  func() time.Time
	// Go runs what goes on when its request is over, and is waited for when the service
	// stops; nil waits for nothing.
	Go func(func())
	// PublicURL is where the service is reached from outside.
	PublicURL string
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// Observe is told of every request: operation, status and how long it took.
	Observe func(operation string, status int, took time.Duration)
}

type server struct {
	Deps
	base  context.Context
	pages *pages
	rates *limiters

	guesses *guesses
	uploads uploads
	// readings has a place for each file that is being read.
	readings chan struct{}
	// starting and rendering are the turnstiles of a hall that presses Start.
	starting, rendering turnstile
}

// New builds the app. Requests end when base does.
func New(base context.Context, d Deps) (*fiber.App, error) {
	pages, err := loadPages(d.Certs.Zone)
	if err != nil {
		return nil, err
	}
	rates, err := newLimiters(d.Now, knownClients)
	if err != nil {
		return nil, err
	}
	guesses, err := newGuesses(d.Now)
	if err != nil {
		return nil, err
	}
	s := &server{Deps: d, base: base, pages: pages, rates: rates, guesses: guesses, uploads: uploads{known: make(map[*fasthttp.RequestHeader]upload)}, readings: make(chan struct{}, maxReadings),
		starting: newTurnstile(startsACore), rendering: newTurnstile(examPagesACore)}
	app := fiber.New(fiber.Config{
		AppName: "proba", DisableStartupMessage: true, Immutable: true, CaseSensitive: true, StrictRouting: true,
		BodyLimit: maxBody, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, ReadBufferSize: readBuffer,
		// A connection that waits for its learner's next request keeps no buffers: one alone
		// would hold on to the last page.
		ReduceMemoryUsage: true,
		ErrorHandler:      s.whileReading,
	})
	app.Server().HeaderReceived = s.bodyLimit
	app.Use(s.frame)
	for _, t := range s.tables() {
		for _, r := range t.routes {
			app.Add(r.method, r.path, s.guard(t.door, r))
			if r.method == fiber.MethodGet { // RFC 9110, 9.1: every server of GET answers HEAD
				app.Add(fiber.MethodHead, r.path, s.guard(t.door, r))
			}
		}
	}
	return app, nil
}

type contextKey int

const (
	requestKey contextKey = iota
	operationKey
	actKey     // what was recorded in the audit log
	refusalKey // the code of the fault that a page shows
)

// frame wraps every request: no panic gets out, every answer has the security
// headers and a request id, and one line goes to the log.
func (s *server) frame(c *fiber.Ctx) (err error) {
	began := s.Now()
	c.Locals(requestKey, rand.Text()[:16])
	ctx, cancel := context.WithTimeout(s.base, budget)
	defer cancel()
	c.SetUserContext(ctx)
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", "request", requestID(c), "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = s.sendProblem(c, fmt.Errorf("panic: %v", r))
		}
		s.uploads.done(&c.Request().Header)
		s.finish(c, began)
	}()
	secure(c)
	if err := c.Next(); err != nil {
		return s.sendProblem(c, err)
	}
	return nil
}

func (s *server) finish(c *fiber.Ctx, began time.Time) {
	operation, _ := c.Locals(operationKey).(string)
	took := s.Now().Sub(began)
	if s.Observe != nil {
		s.Observe(operation, c.Response().StatusCode(), took)
	}
	// No path: it holds ids. The operation and the request id are enough to
	// find what happened, and say nothing of anybody.
	s.Log.Info("request", "request", requestID(c), "operation", operation, "method", c.Method(),
		"status", c.Response().StatusCode(), "ms", took.Milliseconds(), "bytes", len(c.Response().Body()))
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestKey).(string)
	return id
}

// secure sets the headers that every answer has. The referrer stays with us, and
// is not left out: a browser that sends none puts "Origin: null" on a form, which
// is also what a form of a stranger may have. No address holds a secret that a
// referrer could tell: those of one-time links stand behind the #.
func secure(c *fiber.Ctx) {
	c.Set("X-Request-Id", requestID(c))
	for name, value := range securityHeaders {
		c.Set(name, value)
	}
}

var securityHeaders = map[string]string{
	"X-Content-Type-Options":    "nosniff",
	"Referrer-Policy":           "same-origin",
	"X-Frame-Options":           "DENY",
	"Strict-Transport-Security": "max-age=31536000",
	"Content-Security-Policy":   "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	"Permissions-Policy":        "camera=(), microphone=(), geolocation=(), display-capture=()",
}

// withCamera is the Permissions-Policy of the one page that has a use for it.
const withCamera = "camera=(self), microphone=(), geolocation=(), display-capture=()"

// client is the address that a rate is counted for: the last one in
// X-Forwarded-For that is not one of our proxies. Of an IPv6 address it is the
// network of 64 bits, which is what one customer of a provider has at least
// (RFC 6177).
func (s *server) client(c *fiber.Ctx) string {
	peer, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return "unknown"
	}
	// Several lines of the header are one list (RFC 9110 section 5.3): a proxy may
	// add its own line below the one that the client sent.
	lines := c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)
	hops := strings.Split(string(bytes.Join(lines, []byte(","))), ",")
	for i := len(hops) - 1; i >= 0 && s.trusted(peer.Unmap()); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		peer = next
	}
	if peer = peer.Unmap(); peer.Is4() {
		return peer.String()
	}
	network, err := peer.WithZone("").Prefix(64)
	if err != nil {
		return peer.String()
	}
	return network.String()
}

func (s *server) trusted(a netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
