package exam

import (
	"context"
	"fmt"
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

// facts sums up how the panel's items were answered. Items whose marks a key change made
// meaningless have none.
func (s *Service) facts(ctx context.Context, p *Panel) ([]ItemFact, error) {
	e, err := s.store.Exam(ctx, p.Exam)
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
					if i, ok := place[slot.Item]; ok && !slot.Pretest() {
						sums[i] += a.Result.Marks[n]
						facts[i].N++
					}
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
