package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/proba-exam/proba/exam"
)

// Collect grades the attempts whose last response was marked, and returns how many scripts
// it saw to. One that fails is due again later.
func (r *Reconciler) Collect(ctx context.Context) (steps int, err error) {
	due, err := r.Exams.ScriptsDue(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("list scripts: %w", err)
	}
	for _, c := range due {
		if _, err := r.Exams.CollectScript(ctx, c.ID); err != nil {
			if ctx.Err() != nil {
				return steps, ctx.Err()
			}
			r.Log.Error("collect", "script", c.ID, "failures", c.Failures+1, "err", err)
			if _, err := r.Exams.PostponeScript(ctx, c.ID); err != nil {
				r.Log.Error("postpone", "script", c.ID, "err", err)
			}
			continue
		}
		steps++
	}
	return steps, nil
}

// announce writes to the learner that the result of an attempt that people marked is there.
// A crash between sending and recording sends the letter twice, never not at all.
func (r *Reconciler) announce(ctx context.Context, a exam.Attempt) error {
	if r.TellResult == nil {
		return errors.New("there is no way to write letters")
	}
	sent := r.TellResult(ctx, a)
	if _, err := r.Exams.ResultTold(ctx, a.ID, sent != nil); err != nil {
		return fmt.Errorf("record the letter: %w", err)
	}
	if sent != nil {
		return fmt.Errorf("letter: %w", sent)
	}
	return nil
}
