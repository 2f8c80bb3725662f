package exam

import (
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Pause is a stretch in which the clock of an attempt stands still, such as an outage,
// or in which a sitting lets nobody start.
type Pause struct {
	// Order names what was ordered: the same order pauses once.
	Order string    `json:"order"`
	At    time.Time `json:"at"`
	// Until is when the clock went on, zero while it stands.
	Until  time.Time `json:"until,omitzero"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// MaxPause is how long a pause stands that nobody ends: then the clock goes on by
// itself, so that no forgotten attempt stays open for ever. A hall that has no power
// in the evening may go on next week.
const MaxPause = 7 * 24 * time.Hour

// lasting is the pause at the end of the list if it has not ended, else nil.
func lasting(all []Pause) *Pause {
	if n := len(all); n > 0 && all[n-1].Until.IsZero() {
		return &all[n-1]
	}
	return nil
}

// ordered reports whether the list holds the order, also when that pause is over.
func ordered(all []Pause, order string) bool {
	return slices.ContainsFunc(all, func(p Pause) bool { return p.Order == order })
}

// ended is the list with its last pause over at now.
func ended(all []Pause, now time.Time) []Pause {
	all = slices.Clone(all)
	all[len(all)-1].Until = now
	return all
}

// Pause is the pause in which the attempt's clock stands, nil while it runs.
func (a *Attempt) Pause() *Pause { return lasting(a.Pauses) }

// PausedAt is when the clock stopped, zero while it runs.
func (a *Attempt) PausedAt() time.Time {
	if p := a.Pause(); p != nil {
		return p.At
	}
	return time.Time{}
}

// TimeOver reports whether the grace of a running attempt is over. No time passes in
// a pause.
func (a *Attempt) TimeOver(now time.Time) bool {
	return a.Pause() == nil && now.After(a.AcceptUntil)
}

// Left is what is left of the time until the deadline, not less than nothing.
func (a *Attempt) Left(now time.Time) time.Duration {
	if p := a.Pause(); p != nil {
		now = p.At
	}
	return max(0, a.Deadline.Sub(now))
}

// The events of a pause.
const (
	paused    = "paused"
	continued = "continued"
)

// PauseOnce stops the clock of a running attempt unless it has had this order or
// stands already, and reports whether there was nothing to do. Answers under way are
// still stored and scored; handing in waits for the end of the pause.
func (a *Attempt) PauseOnce(order, by, reason string, now time.Time) (unchanged bool, err error) {
	if a.Pause() != nil || ordered(a.Pauses, order) {
		return true, nil
	}
	if err := a.mustRun(now); err != nil {
		return false, err
	}
	a.Pauses = append(slices.Clone(a.Pauses), Pause{Order: order, At: now, By: by, Reason: reason})
	a.DueAt = now.Add(MaxPause)
	a.note(now, paused, by, reason)
	return false, nil
}

// Continue lets the clock go on that the order stopped, any that stands when order is
// "", and gives back the time that it stood. It reports whether there was nothing to do.
func (a *Attempt) Continue(order, by string, now time.Time) (unchanged bool) {
	p := a.Pause()
	if p == nil || order != "" && p.Order != order {
		return true
	}
	stood := max(0, now.Sub(p.At))
	a.Pauses = ended(a.Pauses, now)
	a.setDeadline(a.Deadline.Add(stood), a.AcceptUntil.Sub(a.Deadline))
	a.note(now, continued, by, "")
	return false
}

// mustNotStand reports that an attempt in a pause cannot be handed in. A device that
// had no line counted the time down by itself, and would end what has time left.
func (a *Attempt) mustNotStand() error {
	if a.Pause() == nil {
		return nil
	}
	return fault.New(fault.Conflict, "attempt.paused", "The exam is paused and no time passes; hand in when it goes on.")
}

// Pause is the pause in which nobody can start in this sitting, nil when there is none.
func (s Sitting) Pause() *Pause { return lasting(s.Pauses) }
