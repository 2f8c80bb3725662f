package exam

import (
	"context"
	"fmt"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Pause stops the clock of one running attempt; see Attempt.PauseOnce.
func (s *Service) Pause(ctx context.Context, by, id, order, reason string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) { return a.PauseOnce(order, by, reason, s.moment()) })
}

// Continue lets the clock of one attempt go on; see Attempt.Continue. Who was paused
// alone before the room was goes on with the room.
func (s *Service) Continue(ctx context.Context, by, id, order string) (Attempt, error) {
	a, err := s.change(ctx, id, func(a *Attempt) (bool, error) { return a.Continue(order, by, s.moment()), nil })
	if err != nil || a.State != Running {
		return a, err
	}
	return s.stopIfPaused(ctx, a)
}

// PauseSitting stops the clock of everybody who runs, and lets nobody start until
// ContinueSitting. The sitting is marked first, so that who starts in this moment is
// either refused, or found here, or sees the mark and stops by itself. Repeating the
// call with the same order completes one that was cut short; an order whose pause is
// over does nothing. "sitting.paused" when another pause stands.
func (s *Service) PauseSitting(ctx context.Context, by, sitting, order, reason string) (Reached, error) {
	now := s.moment()
	held, err := s.changeSitting(ctx, sitting, func(held *Sitting) (bool, error) {
		p := held.Pause()
		switch {
		case ordered(held.Pauses, order):
			return true, nil
		case p != nil:
			return false, sittingPaused()
		}
		held.Pauses = append(held.Pauses, Pause{Order: order, At: now, By: by, Reason: reason})
		return false, nil
	})
	if p := held.Pause(); err != nil || p == nil || p.Order != order {
		return Reached{}, err
	}
	out, err := s.eachRunning(ctx, sitting, func(a *Attempt) (bool, error) { return a.PauseOnce(order, by, reason, s.moment()) })
	if err != nil {
		return out, err
	}
	// Somebody may have ended the pause before the last was stopped.
	if over, err := s.pauseIsOver(ctx, sitting, order); err != nil || !over {
		return out, err
	}
	_, err = s.eachRunning(ctx, sitting, func(a *Attempt) (bool, error) { return a.Continue(order, by, s.moment()), nil })
	return out, err
}

// pauseIsOver reports whether the sitting's pause by this order has ended.
func (s *Service) pauseIsOver(ctx context.Context, sitting, order string) (bool, error) {
	held, err := s.store.Sitting(ctx, sitting)
	p := held.Pause()
	return err == nil && (p == nil || p.Order != order), err
}

// ContinueSitting gives back to everybody the time of the sitting's pause and lets the
// others start. Attempts that were paused for themselves stay so. The mark goes after
// all: a call that was cut short leaves the sitting paused, and is repeated. Who was
// stopped while it went round is met by a second round; who is stopped after that sees
// that the mark is gone. order is that of the pause, "" for the one that stands; one
// that is over changes nothing.
func (s *Service) ContinueSitting(ctx context.Context, by, sitting, order string) (Reached, error) {
	held, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		return Reached{}, err
	}
	p := held.Pause()
	if p == nil || order != "" && p.Order != order {
		return Reached{}, nil
	}
	order = p.Order
	out, err := s.eachRunning(ctx, sitting, func(a *Attempt) (bool, error) { return a.Continue(order, by, s.moment()), nil })
	if err != nil {
		return out, err
	}
	_, err = s.changeSitting(ctx, sitting, func(held *Sitting) (bool, error) {
		if p := held.Pause(); p == nil || p.Order != order {
			return true, nil
		}
		held.Pauses = ended(held.Pauses, s.moment())
		return false, nil
	})
	if err != nil {
		return out, err
	}
	_, err = s.eachRunning(ctx, sitting, func(a *Attempt) (bool, error) { return a.Continue(order, by, s.moment()), nil })
	return out, err
}

// endForgotten ends the pause of a sitting that nobody has ended for MaxPause, so that a room
// whose attempts go on is not closed to those who have not started.
func (s *Service) endForgotten(ctx context.Context, sitting, order string, now time.Time) error {
	_, err := s.changeSitting(ctx, sitting, func(held *Sitting) (bool, error) {
		p := held.Pause()
		if p == nil || p.Order != order || now.Sub(p.At) < MaxPause {
			return true, nil
		}
		held.Pauses = ended(held.Pauses, now)
		return false, nil
	})
	return err
}

func sittingPaused() error {
	return fault.New(fault.Conflict, "sitting.paused", "This sitting is paused; wait until it goes on.")
}

// stopIfPaused stops an attempt that began while its sitting was being paused.
func (s *Service) stopIfPaused(ctx context.Context, a Attempt) (Attempt, error) {
	held, err := s.store.Sitting(ctx, a.Sitting)
	if err != nil {
		return a, err
	}
	p := held.Pause()
	if p == nil {
		return a, nil
	}
	stopped, err := s.Pause(ctx, p.By, a.ID, p.Order, p.Reason)
	if err != nil {
		return a, fmt.Errorf("pause an attempt that just began: %w", err)
	}
	if over, err := s.pauseIsOver(ctx, a.Sitting, p.Order); err != nil || !over {
		return stopped, err
	}
	return s.change(ctx, a.ID, func(a *Attempt) (bool, error) { return a.Continue(p.Order, p.By, s.moment()), nil })
}

// changeSitting loads the sitting, applies the change and stores it, again from the
// start when somebody else was faster.
func (s *Service) changeSitting(ctx context.Context, id string, change func(*Sitting) (unchanged bool, err error)) (Sitting, error) {
	for range maxConflicts {
		held, err := s.store.Sitting(ctx, id)
		if err != nil {
			return Sitting{}, err
		}
		unchanged, err := change(&held)
		if err != nil || unchanged {
			return held, err
		}
		err = s.store.UpdateSitting(ctx, held)
		if err == nil {
			held.Version++
			return held, nil
		}
		if fault.Code(err) != "sitting.stale" {
			return Sitting{}, fmt.Errorf("store sitting %s: %w", id, err)
		}
	}
	return Sitting{}, fault.New(fault.Unavailable, "sitting.busy", "This sitting is being changed by others; try again.")
}

// heardEvery is how often it is written down that a device was heard: the pages ask
// for the time every half minute.
const heardEvery = 20 * time.Second

// hear notes that the learner's device was heard, unless that is known: who has just begun or
// saved was. It decides nothing, so that a failure keeps nobody from the exam.
func (s *Service) hear(ctx context.Context, a *Attempt, now time.Time) {
	last, _ := s.heard.Get(a.ID)
	for _, at := range []time.Time{last, a.StartedAt, a.SavedAt, a.HeardAt} {
		if now.Sub(at) < heardEvery {
			return
		}
	}
	if s.store.Heard(ctx, a.ID, now) == nil {
		s.heard.Add(a.ID, now)
	}
}
