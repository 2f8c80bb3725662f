package reconcile

import (
	"context"
	"time"
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
		}
	}
	return nil
}
