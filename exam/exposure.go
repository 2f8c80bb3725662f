package exam

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/internal/fault"
)

// Exposure counts how often an exam's items were drawn. Every copy of the service
// draws by its own memory and adds what it drew to the stored counts once in a
// while; a copy that dies takes at most its last second with it, which changes
// no form that was drawn and no balance that anybody could measure.
type Exposure struct {
	Schema  int    `json:"schema"`
	Exam    string `json:"exam"`
	Version int64  `json:"version"`
	// Forms drawn in all.
	Forms int64 `json:"forms"`
	// Used counts by item id, fading by .1 % a form, so that what was drawn
	// thousands of forms ago is forgotten.
	Used map[string]float64 `json:"used"`
}

// fading is what a count keeps when a form is drawn.
const fading = .999

// plus adds the uses of some forms.
func (e Exposure) plus(drawn int, uses map[string]int) Exposure {
	kept := math.Pow(fading, float64(drawn))
	used := make(map[string]float64, len(e.Used)+len(uses))
	for id, n := range e.Used {
		// A millionth of a use is nothing: items that left the bank disappear.
		if n *= kept; n > 1e-6 {
			used[id] = n
		}
	}
	for id, n := range uses {
		used[id] += float64(n)
	}
	e.Forms, e.Used = e.Forms+int64(drawn), used
	return e
}

// When a copy adds its counts to the stored ones. A room of people who start at
// once is balanced by the copy's own memory; other copies learn of it soon.
const (
	syncAfterForms = 64
	syncAfter      = time.Second
)

// ledger is one copy's memory of an exam's exposure.
type ledger struct {
	mu     sync.Mutex
	plan   *Plan
	used   *forms.Exposure
	drawn  int            // forms since the last sync
	uses   map[string]int // by item id, since the last sync
	synced time.Time
}

// draw draws a form by the exposure known here and counts it.
func (s *Service) draw(ctx context.Context, e *Exam, plan *Plan, seed Seed, seen map[string]int) (Form, error) {
	l := s.ledger(e, plan)
	l.mu.Lock()
	defer l.mu.Unlock()
	// A store that fails now keeps nobody from sitting: the form is drawn by what
	// is known, and what was counted is added next time.
	if now := s.moment(); l.used == nil || l.drawn >= syncAfterForms || now.Sub(l.synced) >= syncAfter {
		if err := s.sync(ctx, e.ID, l, now); err != nil && l.used == nil {
			l.used = plan.pool.NewExposure(nil)
		}
	}
	form, err := plan.Draw(seed, seen, l.used)
	if err != nil {
		return Form{}, err
	}
	l.drawn++
	units := make(map[int]bool)
	for _, slot := range form.Slots {
		l.uses[slot.Item.ID]++
		units[plan.unitOf[plan.bank.byID[slot.Item.ID]]] = true
	}
	for u := range units {
		l.used.Add([]int{u})
	}
	return form, nil
}

func (s *Service) ledger(e *Exam, plan *Plan) *ledger {
	s.ledgersMu.Lock()
	defer s.ledgersMu.Unlock()
	l, ok := s.ledgers.Get(e.ID)
	if !ok || l.plan != plan {
		l = &ledger{plan: plan, uses: make(map[string]int)}
		s.ledgers.Add(e.ID, l)
	}
	return l
}

// sync adds what was drawn here to the stored counts and takes over what others
// drew. The sum does not depend on who is first.
func (s *Service) sync(ctx context.Context, exam string, l *ledger, now time.Time) error {
	for range maxConflicts {
		stored, err := s.store.Exposure(ctx, exam)
		missing := fault.Of(err) == fault.NotFound
		if err != nil && !missing {
			return fmt.Errorf("read the exposure of exam %s: %w", exam, err)
		}
		if missing {
			stored = Exposure{Schema: 1, Exam: exam, Version: 1}
		}
		sum := stored
		if l.drawn > 0 {
			sum = stored.plus(l.drawn, l.uses)
			if missing {
				err = s.store.InsertExposure(ctx, sum)
			} else {
				err = s.store.UpdateExposure(ctx, sum)
			}
			if code := fault.Code(err); code == "exposure.stale" || code == "exposure.exists" {
				continue
			}
			if err != nil {
				return fmt.Errorf("store the exposure of exam %s: %w", exam, err)
			}
		}
		l.drawn, l.uses, l.synced = 0, make(map[string]int), now
		l.used = l.plan.exposure(sum)
		return nil
	}
	return fault.New(fault.Unavailable, "exposure.busy", "The exposure of this exam is being counted by others.")
}

// exposure turns counts by item into counts by unit: a testlet was drawn as often
// as its first item.
func (p *Plan) exposure(e Exposure) *forms.Exposure {
	used := make([]float64, len(p.units))
	for u, picks := range p.units {
		used[u] = e.Used[p.bank.items[picks[0].item].Item.ID]
	}
	return p.pool.NewExposure(used)
}
