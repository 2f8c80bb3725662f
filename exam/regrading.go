package exam

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/internal/fault"
)

const (
	// regradePage is how many attempts one step looks at: a second of work, so that
	// time-outs of learners never wait long for it.
	regradePage = 256
	// regradeWorkers is how many of them at once: enough for the embedded store to
	// commit their writes together.
	regradeWorkers = 16
	// maxLetterTries is how often a letter is given to the mail server, minutes apart.
	maxLetterTries = 8
)

// keying is what counts as right in the exam now, nil when nothing was corrected.
func (s *Service) keying(ctx context.Context, e *Exam) (*Keying, error) {
	if len(e.KeyChanges) == 0 {
		return nil, nil
	}
	return s.keyingOf(ctx, e.ID, len(e.KeyChanges), e.Corrections)
}

// keyingOf resolves corrections. Those of a number of an exam never change.
func (s *Service) keyingOf(ctx context.Context, exam string, change int, corrections []Correction) (*Keying, error) {
	return s.keyings.get(ctx, fmt.Sprintf("%s@%d", exam, change), func(ctx context.Context) (*Keying, error) {
		revisions, err := s.store.Revisions(ctx, revisionsOf(corrections))
		if err != nil {
			return nil, fmt.Errorf("corrected keys of exam %s: %w", exam, err)
		}
		return NewKeying(change, corrections, revisions)
	})
}

// RegradesDue lists regrades that somebody has to move on, most overdue first.
func (s *Service) RegradesDue(ctx context.Context, limit int) ([]Regrade, error) {
	return s.store.RegradesDue(ctx, s.moment(), limit)
}

// AdvanceRegrade takes one step of a regrade that is due: a page of its dry run, its
// beginning, a page of its work, or its end. Every step can be repeated, and several
// copies may take the same one at once. What is telling is moved on by LetterTold.
func (s *Service) AdvanceRegrade(ctx context.Context, id string) (Regrade, error) {
	g, err := s.store.Regrade(ctx, id)
	if err != nil {
		return Regrade{}, err
	}
	switch g.State {
	case RegradeChecking:
		return s.checkPage(ctx, g)
	case RegradeApproved:
		return s.beginRegrade(ctx, g)
	case RegradeApplying:
		return s.applyPage(ctx, g)
	case RegradeTelling:
		return s.endRegrade(ctx, g)
	}
	return g, nil
}

// PostponeRegrade makes it due later, because a step failed: twice as late each time.
func (s *Service) PostponeRegrade(ctx context.Context, id string) (Regrade, error) {
	return s.changeRegrade(ctx, id, func(g *Regrade) (bool, error) {
		if g.DueAt.IsZero() {
			return true, nil
		}
		g.DueAt = s.moment().Add(backoff(g.Failures))
		g.Failures++
		return false, nil
	})
}

// pageOf reads what follows the regrade's cursor.
func (s *Service) pageOf(ctx context.Context, g *Regrade) ([]Attempt, Exam, error) {
	e, err := s.store.Exam(ctx, g.Exam)
	if err != nil {
		return nil, e, err
	}
	all, err := s.store.Attempts(ctx, AttemptFilter{Exam: g.Exam}, g.Cursor, s.page)
	if err != nil {
		return nil, e, fmt.Errorf("attempts of exam %s: %w", g.Exam, err)
	}
	return all, e, nil
}

// visit has each attempt of a page looked at, several at once, and counts what comes of
// it.
func visit(ctx context.Context, all []Attempt, into *RegradeCounts, one func(ctx context.Context, id string) (a Attempt, c *RegradeChange, err error)) error {
	var mu sync.Mutex
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(regradeWorkers)
	for _, head := range all {
		work.Go(func() error {
			a, c, err := one(ctx, head.ID)
			if err != nil {
				return fmt.Errorf("attempt %s: %w", head.ID, err)
			}
			mu.Lock()
			defer mu.Unlock()
			into.add(a.Result != nil && a.State != Voided, c)
			return nil
		})
	}
	return work.Wait()
}

// storeStep stores a regrade after a step. A copy that was slower than another has
// done nothing: what it did to attempts is what the other did.
func (s *Service) storeStep(ctx context.Context, g Regrade) (Regrade, error) {
	g.Failures = 0
	err := s.store.UpdateRegrade(ctx, g)
	if fault.Code(err) == "regrade.stale_version" {
		return s.store.Regrade(ctx, g.ID)
	}
	g.Version++
	return g, err
}

// checkPage is a page of the dry run.
func (s *Service) checkPage(ctx context.Context, g Regrade) (Regrade, error) {
	all, e, err := s.pageOf(ctx, &g)
	if err != nil {
		return g, err
	}
	keys, err := s.proposed(ctx, &g)
	if err != nil {
		return g, err
	}
	err = visit(ctx, all, &g.Foreseen, func(ctx context.Context, id string) (Attempt, *RegradeChange, error) {
		a, err := s.store.Attempt(ctx, id)
		if err != nil {
			return a, nil, err
		}
		if err := s.regrade(ctx, &g, &e, keys, &a); err != nil {
			return a, nil, err
		}
		c := a.changeBy(&g, e.Policy)
		if c == nil {
			return a, nil, nil
		}
		c.AppliedAt = time.Time{} // it is only foreseen
		return a, c, s.putChange(ctx, *c)
	})
	if err != nil {
		return g, err
	}
	g.proceed(all, s.page, RegradeChecked, time.Time{}, s.moment())
	return s.storeStep(ctx, g)
}

// proceed moves the cursor over the page; after the last one, which is not whole, it goes to
// the next state, due at the time given.
func (g *Regrade) proceed(page []Attempt, whole int, next RegradeState, due, now time.Time) {
	if len(page) > 0 {
		g.Cursor = page[len(page)-1].ID
	}
	g.DueAt = now
	if len(page) < whole {
		g.State, g.Cursor, g.DueAt = next, "", due
	}
}

// proposed is the keying that the regrade would bring. It is not kept: another one may
// get the same number.
func (s *Service) proposed(ctx context.Context, g *Regrade) (*Keying, error) {
	revisions, err := s.store.Revisions(ctx, revisionsOf(g.InForce))
	if err != nil {
		return nil, fmt.Errorf("keys of regrade %s: %w", g.ID, err)
	}
	return NewKeying(g.Number, g.InForce, revisions)
}

// regrade holds one attempt against the keys, in memory.
func (s *Service) regrade(ctx context.Context, g *Regrade, e *Exam, keys *Keying, a *Attempt) error {
	var result *Result
	if a.State == Graded || a.State == Released {
		bank, err := s.Bank(ctx, a.Form.Release)
		if err != nil {
			return err
		}
		r, err := bank.GradeBy(keys, &e.Blueprint, a, s.moment())
		if err != nil {
			return err
		}
		result = &r
	}
	_, err := a.Regrade(g, result, e.Policy, s.moment())
	return err
}

// beginRegrade brings the new keys into force: whatever is graded from now on is marked
// by them. One regrade of an exam at a time; another one waits.
func (s *Service) beginRegrade(ctx context.Context, g Regrade) (Regrade, error) {
	e, err := s.store.Exam(ctx, g.Exam)
	if err != nil {
		return g, err
	}
	if e.Regrading != "" && e.Regrading != g.ID {
		g.DueAt = s.moment().Add(firstPostponement)
		return s.storeStep(ctx, g)
	}
	if e.Regrading == "" {
		if len(e.KeyChanges) != g.Number-1 {
			g.State, g.EndedAt, g.DueAt = RegradeRefused, s.moment(), time.Time{}
			return s.storeStep(ctx, g)
		}
		e.Regrading, e.Corrections = g.ID, g.InForce
		e.KeyChanges = append(e.KeyChanges[:len(e.KeyChanges):len(e.KeyChanges)], g.ID)
		if err := s.store.UpdateExam(ctx, e); err != nil {
			if fault.Code(err) == "exam.stale" {
				return g, nil // still due: the next step looks again
			}
			return g, fmt.Errorf("bring keys of exam %s into force: %w", e.ID, err)
		}
	}
	g.State, g.Cursor, g.DueAt = RegradeApplying, "", s.moment()
	return s.storeStep(ctx, g)
}

// applyPage is a page of the work. Attempts without a result are touched too: one that
// is handed in at this moment by a copy that read the old keys has then been changed
// under it, and is graded again.
func (s *Service) applyPage(ctx context.Context, g Regrade) (Regrade, error) {
	all, e, err := s.pageOf(ctx, &g)
	if err != nil {
		return g, err
	}
	keys, err := s.keyingOf(ctx, g.Exam, g.Number, g.InForce)
	if err != nil {
		return g, err
	}
	err = visit(ctx, all, &g.Applied, func(ctx context.Context, id string) (Attempt, *RegradeChange, error) {
		a, err := s.change(ctx, id, func(a *Attempt) (bool, error) {
			if a.KeyChange >= g.Number {
				return true, nil
			}
			return false, s.regrade(ctx, &g, &e, keys, a)
		})
		if err != nil {
			return a, nil, err
		}
		c := a.changeBy(&g, e.Policy)
		if c == nil {
			return a, nil, nil
		}
		return a, c, s.putChange(ctx, *c)
	})
	if err != nil {
		return g, err
	}
	now := s.moment()
	if len(all) < s.page {
		if err := s.endBatch(ctx, &g); err != nil {
			return g, err
		}
	}
	g.proceed(all, s.page, RegradeTelling, now, now)
	return s.storeStep(ctx, g)
}

// endBatch lets the next regrade of the exam begin.
func (s *Service) endBatch(ctx context.Context, g *Regrade) error {
	for range maxConflicts {
		e, err := s.store.Exam(ctx, g.Exam)
		if err != nil || e.Regrading != g.ID {
			return err
		}
		e.Regrading = ""
		if err = s.store.UpdateExam(ctx, e); fault.Code(err) != "exam.stale" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// putChange stores what the regrade means for an attempt. What was applied stays: its
// letter may be sent.
func (s *Service) putChange(ctx context.Context, c RegradeChange) error {
	for range maxConflicts {
		stored, err := s.store.RegradeChange(ctx, c.Regrade, c.Attempt)
		if err != nil && fault.Of(err) != fault.NotFound {
			return err
		}
		if !stored.AppliedAt.IsZero() {
			return nil
		}
		c.Version = stored.Version
		if err = s.store.PutRegradeChange(ctx, c); fault.Code(err) != "regrade_change.stale" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "regrade.busy", "This key change is being worked on by others; try again.")
}

// LettersDue lists the changes of a regrade whose learners have to be told.
func (s *Service) LettersDue(ctx context.Context, regrade string, limit int) ([]RegradeChange, error) {
	return s.store.RegradeChanges(ctx, RegradeFilter{Regrade: regrade, Letter: LetterDue}, "", limit)
}

// LetterTold records that a learner was told, or that it failed once more: after some
// tries the letter is given up, and the report says so. A crash between sending and
// recording sends the letter twice, never not at all.
func (s *Service) LetterTold(ctx context.Context, c RegradeChange, failed bool) error {
	c.Tries++
	switch {
	case !failed:
		c.Letter = LetterSent
	case c.Tries >= maxLetterTries:
		c.Letter = LetterFailed
	}
	if err := s.store.PutRegradeChange(ctx, c); err != nil && fault.Code(err) != "regrade_change.stale" {
		return fmt.Errorf("letter of attempt %s: %w", c.Attempt, err)
	}
	return nil
}

// endRegrade ends it when everybody was told.
func (s *Service) endRegrade(ctx context.Context, g Regrade) (Regrade, error) {
	waiting, err := s.LettersDue(ctx, g.ID, 1)
	if err != nil || len(waiting) > 0 {
		return g, err
	}
	g.State, g.EndedAt, g.DueAt = RegradeDone, s.moment(), time.Time{}
	return s.storeStep(ctx, g)
}

// Replaced records that the certificate of the attempt states the result of the key
// change.
func (s *Service) Replaced(ctx context.Context, id, certificate string, keyChange int) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		return false, a.Replaced(certificate, keyChange, s.moment())
	})
}
