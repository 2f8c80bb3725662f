package exam

import (
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Every method in this file is one transition of the state machine: it changes
// the attempt in memory and appends an event, or returns a fault and changes
// nothing. The caller stores the outcome with one compare-and-set.

func (a *Attempt) note(now time.Time, what, by, reason string) {
	a.Failures = 0
	a.Events = append(slices.Clone(a.Events), Event{At: now, What: what, By: by, Reason: reason})
}

// The events that only an attempt has that was passed.
const (
	certified = "certified"
	withdrawn = "certificate withdrawn"
	replaced  = "certificate replaced"
)

// TellsResult reports whether who sees the event knows something of the result.
func (e Event) TellsResult() bool {
	return slices.Contains([]string{certified, withdrawn, replaced, regraded, kept}, e.What)
}

// Begin starts the clock of a ready attempt. extraTime is in percent of the
// policy's limit.
func (a *Attempt) Begin(p Policy, extraTime int, writer string, now time.Time) error {
	if a.State != Ready {
		return fault.New(fault.Conflict, "attempt.started", "This attempt has been started already.")
	}
	limit := time.Duration(p.TimeLimit) * time.Second * time.Duration(100+extraTime) / 100
	a.State, a.Writer, a.StartedAt = Running, writer, now
	a.setDeadline(now.Add(limit), time.Duration(p.Grace)*time.Second)
	a.note(now, "started", a.Person, "")
	return nil
}

func (a *Attempt) setDeadline(deadline time.Time, grace time.Duration) {
	a.Deadline, a.AcceptUntil = deadline, deadline.Add(grace)
	if a.Pause() == nil {
		a.DueAt = a.AcceptUntil
	}
}

const (
	// resumed is what happened when a device took the attempt over.
	resumed = "resumed"
	// maxResumedNoted bounds how many of these the history holds: who loads the
	// page a thousand times must not make the attempt's document long.
	maxResumedNoted = 100
)

// count is how often something happened.
func (a *Attempt) count(what string) int {
	n := 0
	for _, e := range a.Events {
		if e.What == what {
			n++
		}
	}
	return n
}

// TakeOver gives the attempt to another writer; the former one is refused from
// then on.
func (a *Attempt) TakeOver(writer string, now time.Time) error {
	if err := a.mustRun(now); err != nil {
		return err
	}
	a.Writer, a.SeqBase = writer, a.Seq
	if a.count(resumed) < maxResumedNoted {
		a.note(now, resumed, a.Person, "")
	}
	return nil
}

// mustRun reports why the attempt takes no commands of a running one.
func (a *Attempt) mustRun(now time.Time) error {
	if a.State == Ready {
		return fault.New(fault.Conflict, "attempt.not_started", "This attempt has not been started.")
	}
	return a.Admit(Save{Writer: a.Writer}, now)
}

// MaxExtension bounds one extension: who needs more than a day more needs
// another attempt.
const MaxExtension = 24 * time.Hour

// Extend adds time to a running attempt.
func (a *Attempt) Extend(by, reason string, more time.Duration, now time.Time) error {
	if more < time.Second || more > MaxExtension {
		return fault.New(fault.Invalid, "extension.invalid", "An extension is 1 second to 24 hours.").
			At(fault.Field{Path: "/seconds", Message: "must be 1 to 86400"})
	}
	if err := a.mustRun(now); err != nil {
		return err
	}
	a.setDeadline(a.Deadline.Add(more), a.AcceptUntil.Sub(a.Deadline))
	a.Extensions = append(slices.Clone(a.Extensions), Extension{At: now, Seconds: int(more / time.Second), By: by, Reason: reason})
	a.note(now, "extended", by, reason)
	return nil
}

// HandIn ends a running attempt at the learner's wish.
func (a *Attempt) HandIn(writer string, now time.Time) error {
	if err := a.Admit(Save{Writer: writer}, now); err != nil {
		return err
	}
	if err := a.mustNotStand(); err != nil {
		return err
	}
	a.State, a.FinishedAt, a.DueAt = Submitted, now, now
	a.note(now, "submitted", a.Person, "")
	return nil
}

// Expire ends a running attempt whose grace is over. What is stored counts.
func (a *Attempt) Expire(now time.Time) error {
	if a.State != Running || !a.TimeOver(now) {
		return fault.New(fault.Conflict, "attempt.not_due", "This attempt has time left.")
	}
	a.State, a.FinishedAt, a.DueAt = Expired, a.AcceptUntil, now
	a.note(now, "expired", "", "")
	return nil
}

// AwaitMarks has a submitted or expired attempt wait for people to mark it. It is due, so
// that somebody gives them what there is to mark.
func (a *Attempt) AwaitMarks(now time.Time) error {
	if a.State != Submitted && a.State != Expired {
		return fault.New(fault.Conflict, "attempt.not_finished", "Only a finished attempt can be marked.")
	}
	a.State, a.DueAt = Marking, now
	a.note(now, awaited, "", "")
	return nil
}

// awaited is what an attempt notes that people mark.
const awaited = "waits for marks"

// Finish records the result of a submitted, expired or marked attempt, and releases it
// when the review policy says "at once". closes is when the sitting closes.
func (a *Attempt) Finish(r Result, p Policy, closes, now time.Time) error {
	if a.State != Submitted && a.State != Expired && a.State != Marking {
		return fault.New(fault.Conflict, "attempt.not_finished", "Only a finished attempt can be graded, and only once.")
	}
	a.State, a.Result, a.DueAt = Graded, &r, time.Time{}
	a.note(now, "graded", "", "")
	switch p.Review.When {
	case AtOnce:
		return a.Release(p, "", now)
	case AfterWindow:
		at := closes
		if p.Review.revealsItems() {
			at = closes.Add(p.longest())
		}
		a.ReleaseAt, a.DueAt = at, at
	}
	return nil
}

// Release lets the learner see the result, and makes the certificate due when
// one was earned. by is "" when the policy's moment has come.
func (a *Attempt) Release(p Policy, by string, now time.Time) error {
	if a.State != Graded {
		return fault.New(fault.Conflict, "attempt.not_graded", "Only a graded attempt can be released, and only once.")
	}
	a.State, a.ReleaseAt, a.DueAt = Released, now, time.Time{}
	if a.Result.Passed && p.Certificate.Issue {
		a.Certificate, a.DueAt = CertificateDue, now
	}
	if a.count(awaited) > 0 && (p.TellsScore() || a.Certificate == CertificateDue) {
		a.Letter, a.DueAt = LetterDue, now
	}
	a.note(now, "released", by, "")
	return nil
}

// Void declares the attempt invalid for good. A certificate that was issued, or
// may be under way, becomes due for withdrawal; an attempt that people mark is due, so that
// somebody takes its scripts back.
func (a *Attempt) Void(by, reason string, now time.Time) error {
	if a.State == Voided {
		return fault.New(fault.Conflict, "attempt.voided", "This attempt is void already.")
	}
	if a.Pause() != nil {
		a.Pauses = ended(a.Pauses, now)
	}
	marking := a.State == Marking
	a.State, a.DueAt = Voided, time.Time{}
	if marking { // its scripts are still with the markers
		a.DueAt = now
	}
	if a.Letter == LetterDue {
		a.Letter = LetterNone
	}
	if a.FinishedAt.IsZero() {
		a.FinishedAt = now
	}
	if a.Certificate != CertificateNone && a.Certificate != CertificateWithdrawn {
		a.Certificate, a.DueAt = CertificateWithdrawDue, now
	}
	a.note(now, "voided", by, reason)
	return nil
}

// Certified records that the due certificate exists under the given id.
func (a *Attempt) Certified(id string, now time.Time) error {
	if a.Certificate != CertificateDue {
		return fault.New(fault.Conflict, "attempt.no_certificate_due", "No certificate is due for this attempt.")
	}
	a.Certificate, a.CertificateID = CertificateIssued, id
	a.rest()
	a.note(now, certified, "", "")
	return nil
}

// rest has nothing more to be done now, but a letter that is due.
func (a *Attempt) rest() {
	if a.Letter != LetterDue {
		a.DueAt = time.Time{}
	}
}

// Told records that the learner was told of the result, or that it failed once more: after
// some tries the letter is given up. It reports whether a letter was due.
func (a *Attempt) Told(failed bool) bool {
	if a.Letter != LetterDue {
		return false
	}
	a.LetterTries++
	switch {
	case !failed:
		a.Letter = LetterSent
	case a.LetterTries >= maxLetterTries:
		a.Letter = LetterFailed
	default:
		return true
	}
	if a.Certificate != CertificateDue && a.Certificate != CertificateWithdrawDue && a.Certificate != CertificateReplaceDue {
		a.DueAt = time.Time{}
	}
	return true
}

// Withdrawn records that the certificate of an attempt that was voided, or is no longer
// passed, is revoked.
func (a *Attempt) Withdrawn(id string, now time.Time) error {
	if a.Certificate != CertificateWithdrawDue {
		return fault.New(fault.Conflict, "attempt.no_withdrawal_due", "No certificate of this attempt is due for withdrawal.")
	}
	a.Certificate, a.CertificateID = CertificateWithdrawn, id
	a.rest()
	a.note(now, withdrawn, "", "")
	return nil
}

// postponements bound the wait after a failure: the first is as short as the
// reconciler's interval, the longest lets an operator see within the hour that
// what was mended works.
const (
	firstPostponement = time.Second
	maxPostponement   = 10 * time.Minute
)

// Postpone makes a due attempt due later, because moving it on failed: twice as
// late each time. It reports whether the attempt was due.
func (a *Attempt) Postpone(now time.Time) bool {
	if a.DueAt.IsZero() || now.Before(a.DueAt) {
		return false
	}
	a.DueAt = now.Add(backoff(a.Failures))
	a.Failures++
	return true
}

// backoff is the wait after so many failures in a row and one more.
func backoff(failures int) time.Duration {
	if failures >= 20 { // beyond, the shift would overflow
		return maxPostponement
	}
	return min(maxPostponement, firstPostponement<<failures)
}
