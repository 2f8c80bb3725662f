package bench

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/server"
)

const (
	// hall is a national sitting: all of them press Start within the span.
	hall = 2000
	span = time.Second
	// hallItems is the length of their exam, the longest that ships.
	hallItems = 60
	// hallSaves is how many answers each then saves, two in a second.
	hallSaves = 3
	// weighing is the wait between two looks at the memory of the service.
	weighing = 200 * time.Millisecond
)

// rush has the hall press Start, and then answer, before a service of its own process.
func (serve Serve) rush(ctx context.Context, dir string, effort time.Duration) (figures []Figure, err error) {
	size := hall
	if effort < time.Second {
		size = hall / 20 // to see that it works
	}
	sitters := make([]sitter, size)
	sitting, err := fillHall(ctx, dir, sitters)
	if err != nil {
		return nil, fmt.Errorf("fill the hall: %w", err)
	}
	p, err := serve.run(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	browsers := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: size}, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer browsers.CloseIdleConnections()
	starts, err := p.watch(ctx, func() all {
		return everybody(size, span, func(n int) error { return sitters[n].press(ctx, browsers, p.base, sitting) })
	})
	if err != nil {
		return nil, err
	}
	saves, err := p.watch(ctx, func() (saves all) {
		saves.served = size
		for seq := range int64(hallSaves) {
			saves.add(everybody(size, 2*span, func(n int) error { return sitters[n].save(ctx, browsers, p.base, seq+1) }))
		}
		return saves
	})
	if err != nil || ctx.Err() != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	begun := make([]time.Duration, size)
	for n, s := range sitters {
		begun[n] = s.begun
	}
	return hallFigures(size, begun, starts, saves), nil
}

func hallFigures(size int, begun []time.Duration, starts, saves watched) []Figure {
	name := func(what string) string { return fmt.Sprintf("start rush of %d: %s", size, what) }
	memory := func(what, of string) string { return fmt.Sprintf("memory of the server %s, %s", what, of) }
	running := fmt.Sprintf("at %d running attempts", size)
	const megabyte = 1 << 20
	return []Figure{
		{Name: name("served"), Value: float64(starts.served), Limit: float64(size), AtLeast: true, Note: starts.why()},
		{Name: name("until the attempt runs, median"), Value: percentile(begun, 50).Seconds(), Unit: "s"},
		{Name: name("until the attempt runs, 99th percentile"), Value: percentile(begun, 99).Seconds(), Unit: "s", Limit: 2},
		{Name: name("until the exam is on the page, median"), Value: percentile(starts.waits, 50).Seconds(), Unit: "s"},
		{Name: name("until the exam is on the page, 99th percentile"), Value: percentile(starts.waits, 99).Seconds(), Unit: "s", Limit: 2},
		{Name: name("processor of the server, each"), Value: millis(starts.processor / time.Duration(size)), Unit: "ms"},
		{Name: name("who then save three answers"), Value: float64(saves.served), Limit: float64(size), AtLeast: true, Note: saves.why()},
		{Name: memory("in the rush", "resident"), Value: starts.most.resident / megabyte, Unit: "MB"},
		{Name: memory("in the rush", "heap of Go"), Value: starts.most.heap / megabyte, Unit: "MB"},
		{Name: memory(running, "resident"), Value: saves.most.resident / megabyte, Unit: "MB", Limit: 150},
		{Name: memory(running, "heap of Go"), Value: saves.most.heap / megabyte, Unit: "MB"},
	}
}

// watched is what came of it, and what the service took meanwhile.
type watched struct {
	all
	most      gauge
	processor time.Duration
}

// watch looks at the service before, while and after something is done.
func (p *process) watch(ctx context.Context, do func() all) (w watched, err error) {
	before, err := p.gauge(ctx)
	if err != nil {
		return w, err
	}
	most := p.weigh(ctx)
	w.all = do()
	if w.most, err = most(); err != nil {
		return w, err
	}
	w.processor = w.most.processor - before.processor
	return w, nil
}

// weigh looks at the service's memory now and then, until the returned function is asked
// for the most that it took.
func (p *process) weigh(ctx context.Context) func() (gauge, error) {
	watching, stop := context.WithCancel(ctx)
	var peak gauge
	var failed error
	done := make(chan struct{})
	look := func() {
		g, err := p.gauge(ctx)
		peak = gauge{max(peak.resident, g.resident), max(peak.heap, g.heap), max(peak.processor, g.processor)}
		failed = errors.Join(failed, err)
	}
	go func() {
		defer close(done)
		for beat := time.NewTicker(weighing); ; {
			select {
			case <-beat.C:
				look()
			case <-watching.Done():
				beat.Stop()
				return
			}
		}
	}()
	return func() (gauge, error) {
		stop()
		<-done
		look()
		return peak, failed
	}
}

// fillHall makes a store in which everybody may sit the longest exam, and is signed in.
func fillHall(ctx context.Context, dir string, sitters []sitter) (sitting string, err error) {
	s, err := open(ctx, dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.Prepare(ctx); err != nil {
		return "", err
	}
	if sitting, err = longest(ctx, s); err != nil {
		return "", err
	}
	doors, err := cheapDoors(s)
	if err != nil {
		return "", err
	}
	const password = "a hall full of learners"
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(64)
	for n := range sitters {
		group.Go(func() error {
			p, err := doors.Register(ctx, auth.Registration{Email: fmt.Sprintf("learner-%d@proba.example", n), Name: fmt.Sprintf("Учасниця Номер %d", n), Language: "uk", Roles: []auth.Role{auth.Learner}})
			if err == nil {
				_, err = doors.SetPassword(ctx, p.ID, password)
			}
			if err == nil {
				_, err = s.Exams.Entitle(ctx, "bench", sitting, p.ID, 0)
			}
			var session auth.Session
			if err == nil {
				session, err = doors.SignIn(ctx, p.Email, password)
			}
			sitters[n].cookie = "proba=" + session.RefreshToken
			return err
		})
	}
	return sitting, group.Wait()
}

// longest is the sitting of the shipped exam with 60 items.
func longest(ctx context.Context, s *server.Server) (string, error) {
	exams, err := s.Exams.Exams(ctx, "", 10)
	if err != nil {
		return "", err
	}
	for _, e := range exams {
		if e.Blueprint.Length() == hallItems {
			return e.ID, nil // its sample sitting has the same
		}
	}
	return "", fmt.Errorf("no exam that ships has %d items", hallItems)
}

// cheapDoors lets people in over the store of the service at next to no cost: hashing 2,000
// passwords as the service does would take two minutes, and is not what is measured.
func cheapDoors(s *server.Server) (*auth.Service, error) {
	passwords, err := auth.NewPasswords(auth.Argon{Memory: 8, Time: 1, Threads: 1}, 2, rand.Reader)
	if err != nil {
		return nil, err
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	return auth.New(auth.Config{Store: s.Store(), Issuer: s.Config.PublicURL, Keys: auth.Keys{SigningID: "bench", Signing: private}, Passwords: passwords, Now: time.Now, Rand: rand.Reader})
}
