package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/proba-exam/proba/exam"
)

const (
	// letters is how many learners are told in one step: a slow mail server then keeps
	// nobody waiting for longer than some seconds.
	letters = 8
	// patience is how many steps in a row may fail whole before that is held against
	// the letters: a mail server that is away for an hour is no fault of theirs.
	patience = 14
)

// Regrade takes one step of each regrade that is due, and returns how many it took. One
// that fails is due again later.
func (r *Reconciler) Regrade(ctx context.Context) (steps int, err error) {
	due, err := r.Exams.RegradesDue(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("list regrades: %w", err)
	}
	for _, g := range due {
		if err := r.stepRegrade(ctx, g); err != nil {
			if ctx.Err() != nil {
				return steps, ctx.Err()
			}
			r.Log.Error("regrade", "regrade", g.ID, "state", g.State, "failures", g.Failures+1, "err", err)
			if _, err := r.Exams.PostponeRegrade(ctx, g.ID); err != nil {
				r.Log.Error("postpone", "regrade", g.ID, "err", err)
			}
			continue
		}
		steps++
	}
	return steps, nil
}

func (r *Reconciler) stepRegrade(ctx context.Context, g exam.Regrade) error {
	if g.State == exam.RegradeTelling {
		return r.tell(ctx, g)
	}
	_, err := r.Exams.AdvanceRegrade(ctx, g.ID)
	return err
}

// tell writes to some learners whose results were changed, and ends the regrade when
// nobody is left.
func (r *Reconciler) tell(ctx context.Context, g exam.Regrade) error {
	waiting, err := r.Exams.LettersDue(ctx, g.ID, letters)
	if err != nil {
		return fmt.Errorf("letters: %w", err)
	}
	if len(waiting) == 0 {
		_, err := r.Exams.AdvanceRegrade(ctx, g.ID)
		return err
	}
	if r.Tell == nil {
		return errors.New("there is no way to write letters")
	}
	var failure error
	var unsent []exam.RegradeChange
	for _, c := range waiting {
		if err := r.Tell(ctx, g, c); err != nil {
			failure, unsent = fmt.Errorf("letter of attempt %s: %w", c.Attempt, err), append(unsent, c)
			continue
		}
		if err := r.Exams.LetterTold(ctx, c, false); err != nil {
			return err
		}
	}
	if len(unsent) == len(waiting) && g.Failures < patience {
		return failure
	}
	for _, c := range unsent {
		if err := r.Exams.LetterTold(ctx, c, true); err != nil {
			return err
		}
	}
	return failure
}
