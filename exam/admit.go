package exam

import (
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// MaxLate is how many late saves are kept with an attempt: enough to see what a
// learner still wanted to send, too few to fill a disk.
const MaxLate = 50

// Admit reports why s cannot be applied to the attempt at now, nil when it can.
// It looks at State, Writer, AcceptUntil, FinishedAt and Pauses only, so that a store may
// call it on a listing or put the same conditions into a conditional write: state is
// running, writer is equal, now is not after AcceptUntil or the clock stands. What was
// typed when a pause began, or without a line during one, is not lost.
func (a *Attempt) Admit(s Save, now time.Time) error {
	switch {
	case a.State == Voided:
		return fault.New(fault.Conflict, "attempt.voided", "This attempt was declared invalid; ask your administrator.")
	case a.State == Ready:
		return fault.New(fault.Conflict, "attempt.not_started", "This attempt has not been started.")
	case a.State == Running && a.Writer != s.Writer:
		return fault.New(fault.Conflict, "attempt.taken_over", "This attempt is being written on another device or in another tab; resume it here to go on.")
	case a.State == Running && a.TimeOver(now), a.State == Expired, a.State != Running && !a.FinishedAt.Before(a.AcceptUntil):
		return fault.New(fault.Conflict, "attempt.late", "The time was over at %s; this answer is kept but not scored.", a.Deadline.UTC().Format(time.RFC3339))
	case a.State != Running:
		return fault.New(fault.Conflict, "attempt.submitted", "This attempt was handed in at %s and takes no more answers.", a.FinishedAt.UTC().Format(time.RFC3339))
	case s.Seq > 0 && s.Seq <= a.SeqBase:
		return fault.New(fault.Conflict, "save.stale_sequence", "The writer before this one got to number %d: number your saves above it.", a.SeqBase)
	}
	return nil
}
