package reconcile

import (
	"context"
	"time"

	"github.com/proba-exam/proba/certs"
)

// follow has log and status lists follow what happens to certificates, until the
// context ends.
func (r *Reconciler) follow(ctx context.Context) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		// What stands in the way of the log stands there every second: said once.
		problem := ""
		if err := r.Certs.Settle(ctx); err != nil && ctx.Err() == nil {
			problem = err.Error()
		}
		if problem != "" && problem != said {
			r.Log.Error("log and status lists", "err", problem)
		}
		said = problem
		pause.Reset(certs.Gathering)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-r.changed:
		}
	}
}
