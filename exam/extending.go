package exam

import (
	"context"
	"slices"
	"time"

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

// extendPage is how many attempts of a sitting are looked at in one read.
const extendPage = 200

// Extended says what came of extending a whole sitting.
type Extended struct {
	// Done counts the attempts that have the time now, those that had it from an
	// earlier call with the same order among them.
	Done int
	// Over counts those whose time ended before the order reached them.
	Over int
}

// ExtendSitting adds time to every attempt of the sitting that runs, such as for an
// outage. Repeating the call with the same order completes one that was cut short
// and gives nobody the time twice. The attempts that start later are not touched.
func (s *Service) ExtendSitting(ctx context.Context, by, sitting, order, reason string, more time.Duration) (Extended, error) {
	var out Extended
	if _, err := s.store.Sitting(ctx, sitting); err != nil {
		return out, err
	}
	for after := ""; ; {
		all, err := s.store.Attempts(ctx, AttemptFilter{Sitting: sitting, State: Running}, after, extendPage)
		if err != nil {
			return out, err
		}
		for _, a := range all {
			after = a.ID
			_, err := s.change(ctx, a.ID, func(a *Attempt) (bool, error) { return a.ExtendOnce(order, by, reason, more, s.moment()) })
			switch {
			case err == nil:
				out.Done++
			case fault.Of(err) == fault.Conflict:
				out.Over++
			default:
				return out, err
			}
		}
		if len(all) < extendPage {
			return out, nil
		}
	}
}

// ExtendOnce adds time to one running attempt; see Attempt.ExtendOnce.
func (s *Service) ExtendOnce(ctx context.Context, by, id, order, reason string, more time.Duration) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) { return a.ExtendOnce(order, by, reason, more, s.moment()) })
}
