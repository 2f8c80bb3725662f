package exam

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/proba-exam/proba/internal/fault"
)

// Sizes of the caches. Everything in them is immutable or known to be of its second,
// so that several copies of the service may each hold their own.
const (
	// cachedPlans: a plan of 1,000 items holds about 3 MB; a service runs a
	// handful of exams at a time.
	cachedPlans = 32
	// cachedSheets: one is about 1 kB; a national sitting has some thousands of
	// learners at a time.
	cachedSheets = 8192
)

// maxConflicts is how often a compare-and-set is tried again. Two devices and
// an administrator acting on one attempt in the same millisecond need three.
const maxConflicts = 16

// Service is the examining itself: it decides with the pure functions of this
// package and keeps what it decided in a Store. It is safe for concurrent use,
// also by several processes on one store.
type Service struct {
	store Store
	now   func() time.Time
	rand  io.Reader

	printable func(ctx context.Context, template, lang, title string) error

	plans  *cache[*Plan]   // by id of the exam, which no longer changes
	banks  *cache[*Bank]   // by release hash
	sheets *cache[*sheet]  // by attempt id
	listed *cache[subject] // by id of the sitting and the second in which it was read
	heard  *lru.Cache[string, time.Time]

	keyings *cache[*Keying] // by exam and number of its key change
	page    int             // regradePage, fewer in tests

	ledgersMu sync.Mutex
	ledgers   *lru.Cache[string, *ledger] // by exam id
}

// Deps is what a Service needs. All members are required but Rand.
type Deps struct {
	Store Store
	// Now is the server's clock, the only one that counts.
	Now func() time.Time
	// Rand is where seeds, ids and writer tokens come from; crypto/rand when nil.
	Rand io.Reader
	// Printable reports why a certificate cannot carry the title of an exam; nil
	// takes every title.
	Printable func(ctx context.Context, template, lang, title string) error
}

// NewService returns a service over the store.
func NewService(d Deps) (*Service, error) {
	if d.Rand == nil {
		d.Rand = rand.Reader
	}
	if d.Printable == nil {
		d.Printable = func(context.Context, string, string, string) error { return nil }
	}
	plans, err := newCache[*Plan](cachedPlans)
	if err != nil {
		return nil, err
	}
	banks, err := newCache[*Bank](cachedPlans)
	if err != nil {
		return nil, err
	}
	sheets, err := newCache[*sheet](cachedSheets)
	if err != nil {
		return nil, err
	}
	listed, err := newCache[subject](cachedPlans)
	if err != nil {
		return nil, err
	}
	keyings, err := newCache[*Keying](cachedPlans)
	if err != nil {
		return nil, err
	}
	heard, err := lru.New[string, time.Time](cachedSheets)
	if err != nil {
		return nil, fmt.Errorf("cache of who was heard: %w", err)
	}
	ledgers, err := lru.New[string, *ledger](cachedPlans)
	if err != nil {
		return nil, fmt.Errorf("cache of exposure: %w", err)
	}
	return &Service{store: d.Store, now: d.Now, rand: d.Rand, printable: d.Printable, plans: plans, banks: banks, sheets: sheets, listed: listed, heard: heard, keyings: keyings, page: regradePage, ledgers: ledgers}, nil
}

// moment is the clock as everything is stored: UTC, whole milliseconds.
func (s *Service) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

func (s *Service) newID() (string, error) {
	id, err := uuid.NewV7FromReader(s.rand)
	if err != nil {
		return "", fmt.Errorf("new id: %w", err)
	}
	return id.String(), nil
}

// Bank returns the release with its content. "release.not_found".
func (s *Service) Bank(ctx context.Context, hash string) (*Bank, error) {
	return s.banks.get(ctx, hash, func(ctx context.Context) (*Bank, error) {
		release, err := s.store.Release(ctx, hash)
		if err != nil {
			return nil, err
		}
		hashes := make([]string, len(release.Items))
		for i, ref := range release.Items {
			hashes[i] = ref.Revision
		}
		revisions, err := s.store.Revisions(ctx, hashes)
		if err != nil {
			return nil, fmt.Errorf("open release %s: %w", hash, err)
		}
		return OpenBank(release, revisions)
	})
}

// plan returns the compiled blueprint of an exam. Only a published exam's plan
// is kept, since a draft's blueprint may still change.
func (s *Service) plan(ctx context.Context, e *Exam) (*Plan, error) {
	compile := func(ctx context.Context) (*Plan, error) {
		bank, err := s.Bank(ctx, e.Release)
		if err != nil {
			return nil, err
		}
		var calibration *Calibration
		if e.Calibration != "" {
			known, err := s.store.Calibration(ctx, e.Calibration)
			if err != nil {
				return nil, fmt.Errorf("calibration of exam %s: %w", e.ID, err)
			}
			calibration = &known
		}
		return NewCalibratedPlan(bank, e.Blueprint, calibration)
	}
	if e.State == ExamDraft {
		return compile(ctx)
	}
	return s.plans.get(ctx, e.ID, compile)
}

// change loads the attempt, applies the transition and stores it, again from
// the start when somebody else was faster. The transition returns true when
// there is nothing to store.
func (s *Service) change(ctx context.Context, id string, transition func(*Attempt) (unchanged bool, err error)) (Attempt, error) {
	for range maxConflicts {
		a, err := s.store.Attempt(ctx, id)
		if err != nil {
			return Attempt{}, err
		}
		unchanged, err := transition(&a)
		if err != nil || unchanged {
			return a, err
		}
		err = s.store.UpdateAttempt(ctx, a)
		if err == nil {
			a.Version++
			return a, nil
		}
		if fault.Code(err) != "attempt.stale" {
			return Attempt{}, fmt.Errorf("store attempt %s: %w", id, err)
		}
	}
	return Attempt{}, fault.New(fault.Unavailable, "attempt.busy", "This attempt is being changed by others; try again.")
}
