package exam

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/internal/fault"
)

// ExtendOnce adds time to a running attempt unless it has had this order, and
// reports whether there was nothing to do.
func (a *Attempt) ExtendOnce(order, by, reason string, more time.Duration, now time.Time) (unchanged bool, err error) {
	if order != "" && slices.ContainsFunc(a.Extensions, func(x Extension) bool { return x.Order == order }) {
		return true, nil
	}
	if err := a.Extend(by, reason, more, now); err != nil {
		return false, err
	}
	a.Extensions[len(a.Extensions)-1].Order = order
	return false, nil
}

// reachPage is how many attempts of a sitting are looked at in one read.
const reachPage = 200

// Reached says what came of an order to a whole sitting.
type Reached struct {
	// Done counts the attempts that have what was ordered now, those that had it from
	// an earlier call with the same order among them.
	Done int
	// Over counts those whose time ended before the order reached them.
	Over int
}

// ExtendSitting adds time to every attempt of the sitting that runs, such as for an
// outage. Repeating the call with the same order completes one that was cut short
// and gives nobody the time twice. The attempts that start later are not touched.
func (s *Service) ExtendSitting(ctx context.Context, by, sitting, order, reason string, more time.Duration) (Reached, error) {
	if _, err := s.store.Sitting(ctx, sitting); err != nil {
		return Reached{}, err
	}
	return s.eachRunning(ctx, sitting, func(a *Attempt) (bool, error) { return a.ExtendOnce(order, by, reason, more, s.moment()) })
}

// reaching is how many attempts are changed at once: enough to fill the batches of the
// store, so that a hall of thousands is reached within a request.
const reaching = 32

// eachRunning applies a transition to every attempt of the sitting that runs. One that
// is over meanwhile is counted and passed by.
func (s *Service) eachRunning(ctx context.Context, sitting string, transition func(*Attempt) (unchanged bool, err error)) (Reached, error) {
	var out Reached
	var mu sync.Mutex
	for after := ""; ; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Sitting: sitting, State: Running}, after, reachPage)
		if err != nil {
			return out, err
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(reaching)
		for _, a := range all {
			after = a.ID
			g.Go(func() error {
				_, err := s.change(ctx, a.ID, transition)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					out.Done++
				case fault.Of(err) == fault.Conflict:
					out.Over++
				default:
					return err
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil || len(all) < reachPage {
			return out, err
		}
	}
}

// ExtendOnce adds time to one running attempt; see Attempt.ExtendOnce.
func (s *Service) ExtendOnce(ctx context.Context, by, id, order, reason string, more time.Duration) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) { return a.ExtendOnce(order, by, reason, more, s.moment()) })
}
