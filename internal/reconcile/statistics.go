package reconcile

import (
	"context"
	"time"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
)

// looking is how often somebody looks for statistics to compute when nobody wakes them:
// another copy of the service may have been asked, or may have died over it.
const looking = 5 * time.Second

// compute has statistics computed until the context ends.
func (r *Reconciler) compute(ctx context.Context) {
	if r.Statistics == nil {
		return
	}
	ticker := time.NewTicker(looking)
	defer ticker.Stop()
	for {
		if err := r.Compute(ctx); err != nil && ctx.Err() == nil {
			r.Log.Error("statistics", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-r.wakeful:
		}
	}
}

// Compute does the statistics that are due. One that fails is due again later.
func (r *Reconciler) Compute(ctx context.Context) error {
	due, err := r.Statistics.Due(ctx, batch)
	if err != nil {
		return err
	}
	for _, j := range due {
		if err := r.Statistics.Run(ctx, j); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.Log.Error("statistics", "exam", j.Exam, "failures", j.Failures+1, "err", err)
			continue
		}
		if err := r.note(ctx, j.Exam); err != nil {
			// Not again before the next run: lists of items then lack figures that the
			// pages of statistics have.
			r.Log.Error("figures of items", "exam", j.Exam, "err", err)
		}
	}
	return nil
}

// note keeps what a run found with the items of the working copy that were asked.
func (r *Reconciler) note(ctx context.Context, exam string) error {
	if r.Authoring == nil {
		return nil
	}
	bank, latest, err := r.Statistics.LatestOf(ctx, exam)
	if err != nil {
		return err
	}
	_, err = r.Authoring.Note(ctx, bank, Figures(latest))
	return err
}

// Figures are what authors see of statistics in their lists.
func Figures(latest map[string]statistics.Latest) map[string]authoring.Figures {
	all := make(map[string]authoring.Figures, len(latest))
	for id, l := range latest {
		f := authoring.Figures{Exam: l.Exam, PublishedAt: l.PublishedAt, ComputedAt: l.ComputedAt, Revision: l.Revision, N: l.N}
		for _, flag := range l.Flags {
			f.Flags = append(f.Flags, string(flag))
		}
		all[id] = f
	}
	return all
}
