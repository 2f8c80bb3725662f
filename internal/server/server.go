// Package server puts Proba together: store, keys, services, reconciler and the
// HTTP interface, from a configuration. It is what "proba serve", "proba demo"
// and the end-to-end tests run.
package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
	"github.com/proba-exam/proba/internal/mail"
	"github.com/proba-exam/proba/internal/reconcile"
)

// stopTimeout is how long requests under way may take to end.
const stopTimeout = 20 * time.Second

// Server is a service that is put together and, after Listen, running.
type Server struct {
	Config config.Config
	Exams  *exam.Service
	Certs  *certs.Service
	Auth   *auth.Service
	// Authoring is where banks are written.
	Authoring *authoring.Service
	// Statistics is the analysis of what was answered.
	Statistics *statistics.Service
	Issuer     *keyring.Ring
	// LogKeys are the transparency log's, Log the log itself.
	LogKeys *keyring.Ring
	Log     *translog.Log

	store    Store
	worker   *reconcile.Reconciler
	outbox   *mail.Outbox
	app      *fiber.App
	ops      *http.Server
	listener net.Listener
	metrics  *metrics
	log      *slog.Logger
	now      func() time.Time
	ready    atomic.Bool
	base     context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Open puts the service together. It makes store and keys when there are none.
func Open(ctx context.Context, c config.Config, now func() time.Time, log *slog.Logger) (*Server, error) {
	s := &Server{Config: c, log: log, now: now}
	s.base, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx); err != nil {
		s.cancel()
		if s.store != nil {
			err = errors.Join(err, s.store.Close())
		}
		return nil, err
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) (err error) {
	c := s.Config
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fmt.Errorf("time zone: %w", err)
	}
	if s.Issuer, err = s.issuerKeys(c.IssuerKeys, IssuerKeysPath(c.Data)); err != nil {
		return fmt.Errorf("issuer keys: %w", err)
	}
	tokenKeys, err := s.keys(c.TokenKeys, filepath.Join(c.Data, "keys", "token.json"))
	if err != nil {
		return fmt.Errorf("token keys: %w", err)
	}
	if s.store, err = OpenStore(ctx, c.Store, c.Data, false); err != nil {
		return err
	}
	if s.Exams, err = exam.NewService(exam.Deps{Store: s.store, Now: s.now, Printable: s.printable}); err != nil {
		return err
	}
	s.Statistics = statistics.NewService(statistics.Deps{Store: s.store, Exams: s.Exams, Follow: s.note, Now: s.now})
	s.Authoring = authoring.NewService(authoring.Deps{Store: s.store, Revisions: s.store, Exams: s.Exams, Figures: s.figures, Now: s.now})
	if s.Log, err = s.openLog(ctx); err != nil {
		return err
	}
	if s.Certs, err = certs.NewService(certs.Deps{Store: s.store, Keys: s.Issuer, Log: s.Log, Now: s.now, PublicURL: c.PublicURL, Zone: zone,
		Issuer: map[string]string{"uk": c.IssuerUK, "en": c.IssuerEN}}); err != nil {
		return err
	}
	if err := s.Certs.LogKeys(ctx, s.Issuer, s.LogKeys); err != nil {
		return fmt.Errorf("log the keys: %w", err)
	}
	if s.Auth, err = s.people(tokenKeys); err != nil {
		return err
	}
	s.worker = reconcile.New(s.Exams, s.Certs, s.Auth, s.log)
	s.worker.Statistics, s.worker.Authoring = s.Statistics, s.Authoring
	s.metrics = newMetrics()
	proxies, err := c.TrustedProxies()
	if err != nil {
		return err
	}
	if c.Env == config.Production && len(proxies) == 0 && strings.HasPrefix(c.PublicURL, "https://") {
		// TLS ends in front of us, so that every client has the proxy's address.
		s.log.Warn("no trusted proxies are set although the public URL is https: all clients share one rate limit; set PROBA_TRUSTED_PROXIES to the proxy's network")
	}
	if err := s.openMail(zone); err != nil {
		return err
	}
	s.app, err = api.New(s.base, api.Deps{Exams: s.Exams, Authoring: s.Authoring, Statistics: s.Statistics, Certs: s.Certs, Auth: s.Auth, Audit: audit.New(s.store, s.now), Keys: s.Issuer, Translog: s.Log, Wake: s.worker.Wake, Post: s.outbox.Post,
		Log: s.log, Now: s.now, Go: s.running.Go, PublicURL: c.PublicURL, Proxies: proxies, Observe: s.metrics.observe})
	return err
}

// printable reports why certificates could not carry the title of an exam.
func (s *Server) printable(ctx context.Context, template, lang, title string) error {
	return s.Certs.CheckExam(ctx, template, lang, title)
}

// MailPath is where letters lie when no mail server is set.
func MailPath(data string) string { return filepath.Join(data, "mail") }

func (s *Server) openMail(zone *time.Location) error {
	folder := MailPath(s.Config.Data)
	sender, err := mail.Open(s.Config.Mail, s.Config.MailFrom, folder, s.now)
	if err != nil {
		return fmt.Errorf("PROBA_MAIL: %w", err)
	}
	if s.Config.Mail == "" {
		s.log.Info("letters are written to a folder; set PROBA_MAIL to send them", "folder", folder)
	}
	s.outbox = mail.NewOutbox(sender, s.log, time.After)
	letters, err := api.NewLetters(s.Config.PublicURL, zone)
	if err != nil {
		return err
	}
	s.worker.Tell = func(ctx context.Context, g exam.Regrade, c exam.RegradeChange) error {
		return s.tell(ctx, sender, letters, g, c)
	}
	s.worker.TellResult = func(ctx context.Context, a exam.Attempt) error { return s.tellResult(ctx, sender, letters, a) }
	return nil
}

// tell writes to a learner whose result was corrected. Who is no longer there needs no
// letter.
func (s *Server) tell(ctx context.Context, sender mail.Sender, letters *api.Letters, g exam.Regrade, c exam.RegradeChange) error {
	person, err := s.Auth.Person(ctx, c.Person)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("learner: %w", err)
	}
	e, err := s.Exams.Exam(ctx, g.Exam)
	if err != nil {
		return fmt.Errorf("exam: %w", err)
	}
	return sender.Send(ctx, letters.Corrected(person, e, g, c))
}

// tellResult writes to a learner that a result is there, as tell does.
func (s *Server) tellResult(ctx context.Context, sender mail.Sender, letters *api.Letters, a exam.Attempt) error {
	person, err := s.Auth.Person(ctx, a.Person)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("learner: %w", err)
	}
	e, err := s.Exams.Exam(ctx, a.Exam)
	if err != nil {
		return fmt.Errorf("exam: %w", err)
	}
	return sender.Send(ctx, letters.Result(person, e, a))
}

func (s *Server) people(ring *keyring.Ring) (*auth.Service, error) {
	keys, err := tokens(ring)
	if err != nil {
		return nil, err
	}
	passwords, err := auth.NewPasswords(auth.DefaultArgon(), runtime.GOMAXPROCS(0), rand.Reader)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Config{Store: s.store, Issuer: s.Config.PublicURL, Keys: keys, Passwords: passwords, Now: s.now, Rand: rand.Reader,
		CheckName: certs.NameCheck(s.Config.PublicURL), AllowDemo: s.Config.Env != config.Production})
}

// Store is where everything is kept, for who examines it.
func (s *Server) Store() Store { return s.store }

// Listen starts serving and returns the address. Close ends it.
func (s *Server) Listen() (address string, err error) {
	listener, err := net.Listen("tcp", s.Config.Addr)
	if err != nil {
		return "", fmt.Errorf("listen: %w", err)
	}
	if s.Config.OpsAddr != "" {
		opsListener, err := net.Listen("tcp", s.Config.OpsAddr)
		if err != nil {
			return "", errors.Join(fmt.Errorf("listen for operations: %w", err), listener.Close())
		}
		s.ops = &http.Server{Handler: s.opsHandler(), ReadHeaderTimeout: 5 * time.Second}
		s.running.Go(func() {
			if err := s.ops.Serve(opsListener); !errors.Is(err, http.ErrServerClosed) {
				s.log.Error("operations listener", "err", err)
			}
		})
	}
	s.listener = listener
	s.running.Go(func() {
		if err := s.app.Listener(listener); err != nil {
			s.log.Error("listener", "err", err)
		}
	})
	s.running.Go(func() { s.worker.Run(s.base) })
	s.running.Go(func() { s.outbox.Run(s.base) })
	s.ready.Store(true)
	return listener.Addr().String(), nil
}

// Close stops gracefully: not ready first, then no new requests, then the ones
// under way, then the store.
func (s *Server) Close() error {
	s.ready.Store(false)
	time.Sleep(s.Config.Drain)
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	err := s.app.ShutdownWithContext(ctx)
	// Whoever is stopped before serving has begun would serve for ever: the shutdown knows
	// of no listener yet.
	if s.listener != nil {
		_ = s.listener.Close() // mostly closed already
	}
	s.cancel()
	if s.ops != nil {
		err = errors.Join(err, s.ops.Shutdown(ctx))
	}
	s.running.Wait()
	return errors.Join(err, s.store.Close())
}
