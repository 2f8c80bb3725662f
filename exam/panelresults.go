package exam

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

const (
	// factAttempts is how many attempts real difficulty is taken from: enough for some
	// hundred answers an item, and read in a second or two.
	factAttempts = 3000
	// scoreAttempts is how many results the compromises look at.
	scoreAttempts = 20_000
)

// ByKeyNow reports whether the real difficulty of item i was counted by the key that counts
// in the panel's exam now.
func (p *Panel) ByKeyNow(e *Exam, i int) bool {
	now, then := correctionOf(e.Corrections, p.Items[i].ID), correctionOf(p.Corrections, p.Items[i].ID)
	if now < 0 || then < 0 {
		return now == then
	}
	return e.Corrections[now].Policy == p.Corrections[then].Policy && slices.Equal(e.Corrections[now].Keys, p.Corrections[then].Keys)
}

// counted are facts with the corrections by which they were counted, nil for none that are
// newer than the panel's.
type counted struct {
	facts       []ItemFact
	corrections []Correction
}

func (c *counted) into(p *Panel) {
	if c != nil {
		p.Facts, p.Corrections = c.facts, c.corrections
	}
}

// recount counts the panel's facts when there are none, and again when a key of its items
// was changed since: judges see them beside the key that counts now. may says first whether
// the panel is in a state for what they are wanted for: thousands of attempts may be read.
func (s *Service) recount(ctx context.Context, id string, may func(*Panel) error) (*counted, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := may(&p); err != nil {
		return nil, err
	}
	e, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return nil, err
	}
	current := p.Facts != nil
	for i := range p.Items {
		current = current && p.ByKeyNow(&e, i)
	}
	if current {
		return nil, nil
	}
	c := new(counted)
	for _, correction := range e.Corrections {
		if slices.ContainsFunc(p.Items, func(ref ItemRef) bool { return ref.ID == correction.Item.ID }) {
			c.corrections = append(c.corrections, correction)
		}
	}
	c.facts, err = s.facts(ctx, &p, &e)
	return c, err
}

// facts sums up how the panel's items were answered, by the keys that count in its exam: a
// result that a key change left alone is of the former one. Items whose marks a key change
// made meaningless have none.
func (s *Service) facts(ctx context.Context, p *Panel, e *Exam) ([]ItemFact, error) {
	keys, err := s.keying(ctx, e)
	if err != nil {
		return nil, err
	}
	bank, err := s.Bank(ctx, p.Release)
	if err != nil {
		return nil, err
	}
	place := make(map[ItemRef]int, len(p.Items))
	for i, ref := range p.Items {
		if policy := e.Corrected(ref.ID); policy != Drop && policy != FullCredit {
			place[ref] = i
		}
	}
	sums, facts := make([]Points, len(p.Items)), make([]ItemFact, len(p.Items))
	var mu sync.Mutex
	for after, seen := "", 0; seen < factAttempts; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Exam: p.Exam}, after, regradePage)
		if err != nil {
			return nil, err
		}
		work, ctx := errgroup.WithContext(ctx)
		work.SetLimit(regradeWorkers)
		for _, head := range all {
			after = head.ID
			if head.Result == nil || head.State == Voided {
				continue
			}
			seen++
			work.Go(func() error {
				a, err := s.store.Attempt(ctx, head.ID)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				for n, slot := range a.Form.Slots {
					i, ok := place[slot.Item]
					if !ok || slot.Pretest() {
						continue
					}
					mark := a.Result.Marks[n]
					if correction := keys.of(&slot); correction != nil {
						rev, err := bank.find(slot.Item)
						if err != nil {
							return err
						}
						mark = a.mark(n, correction, rev)
					}
					sums[i] += mark
					facts[i].N++
				}
				return nil
			})
		}
		if err := work.Wait(); err != nil {
			return nil, fmt.Errorf("real difficulty: %w", err)
		}
		if len(all) < regradePage {
			break
		}
	}
	for i := range facts {
		if facts[i].N > 0 {
			facts[i].P = float64(sums[i]) / float64(OnePoint) / float64(facts[i].N)
		}
	}
	return facts, nil
}

// scores are results of the exam in percent, rounded down.
func (s *Service) scores(ctx context.Context, exam string) ([]int, error) {
	var scores []int
	for after := ""; len(scores) < scoreAttempts; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Exam: exam}, after, regradePage)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			after = a.ID
			if a.Result != nil && a.State != Voided && a.Result.Max > 0 {
				scores = append(scores, a.Result.BasisPoints()/100)
			}
		}
		if len(all) < regradePage {
			break
		}
	}
	return scores, nil
}
