package api

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/mail"
	"github.com/proba-exam/proba/internal/store/sqlite"
)

// post takes letters, except to whom it refuses.
type post struct {
	mu      sync.Mutex
	refuses func(m mail.Message) bool
	to      []string
}

func (p *post) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refuses != nil && p.refuses(m) {
		return errors.New("421 try again")
	}
	p.to = append(p.to, m.To)
	return nil
}

// taken are the addresses that letters went to since it was last asked, sorted.
func (p *post) taken() []string {
	to := p.to
	p.to = nil
	slices.Sort(to)
	return to
}

// announcing returns a server with people who have passwords and are entitled.
func announcing(t *testing.T) (*server, exam.Sitting, []enrolment) {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	store, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "proba.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	exams, err := exam.NewService(exam.Deps{Store: store, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	sitting := exam.Sitting{Schema: 1, ID: "lviv", Version: 1, Exam: "e", Opens: now, Closes: now.Add(time.Hour), CreatedAt: now}
	if err := store.InsertSitting(ctx, sitting); err != nil {
		t.Fatal(err)
	}
	var all []enrolment
	for i := range 4 {
		p := auth.Person{ID: fmt.Sprintf("p%d", i), Email: fmt.Sprintf("p%d@proba.test", i), Language: "en", PasswordHash: "x"}
		if _, err := exams.Entitle(ctx, "admin", sitting.ID, p.ID, 0); err != nil {
			t.Fatal(err)
		}
		all = append(all, enrolment{Person: p})
	}
	return &server{Deps: Deps{Exams: exams}, pages: pages}, sitting, all
}

func TestTheListSentAgainReachesWhoHadNoLetter(t *testing.T) {
	s, sitting, all := announcing(t)
	relay := &post{refuses: func(m mail.Message) bool { return m.To == "p1@proba.test" || m.To == "p2@proba.test" }}
	if err := s.announce(t.Context(), relay, all, sitting, nil); err == nil {
		t.Error("two letters were not sent, and nobody learns of it")
	}
	if got, want := relay.taken(), []string{"p0@proba.test", "p3@proba.test"}; !slices.Equal(got, want) {
		t.Errorf("at first to %v, want %v", got, want)
	}
	relay.refuses = nil
	for _, want := range [][]string{{"p1@proba.test", "p2@proba.test"}, nil} {
		if err := s.announce(t.Context(), relay, all, sitting, nil); err != nil {
			t.Error(err)
		}
		if got := relay.taken(); !slices.Equal(got, want) {
			t.Errorf("again to %v, want %v", got, want)
		}
	}
}

// TestTheServiceStopsInTheMiddleOfAList while a letter is on its way: that one and the
// rest are written when the list is sent again.
func TestTheServiceStopsInTheMiddleOfAList(t *testing.T) {
	s, sitting, all := announcing(t)
	ctx, stop := context.WithCancel(t.Context())
	relay := &post{refuses: func(m mail.Message) bool {
		if m.To == "p1@proba.test" {
			stop()
		}
		return ctx.Err() != nil
	}}
	if err := s.announce(ctx, relay, all, sitting, nil); err == nil {
		t.Error("no error from a list that was cut short")
	}
	if got, want := relay.taken(), []string{"p0@proba.test"}; !slices.Equal(got, want) {
		t.Errorf("before the stop to %v, want %v", got, want)
	}
	relay.refuses = nil
	if err := s.announce(t.Context(), relay, all, sitting, nil); err != nil {
		t.Error(err)
	}
	if got, want := relay.taken(), []string{"p1@proba.test", "p2@proba.test", "p3@proba.test"}; !slices.Equal(got, want) {
		t.Errorf("after it to %v, want %v", got, want)
	}
}

func TestOfTwoEqualListsAtOnceOneWrites(t *testing.T) {
	s, sitting, all := announcing(t)
	relay := &post{}
	var g errgroup.Group
	for range 2 {
		g.Go(func() error { return s.announce(t.Context(), relay, all, sitting, nil) })
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if got, want := relay.taken(), []string{"p0@proba.test", "p1@proba.test", "p2@proba.test", "p3@proba.test"}; !slices.Equal(got, want) {
		t.Errorf("letters to %v, want %v", got, want)
	}
}
