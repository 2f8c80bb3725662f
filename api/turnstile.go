package api

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/proba-exam/proba/internal/fault"
)

// When a hall presses Start, 2,000 requests come in a second. Served all at once they would
// all be late, and the memory of all would be needed at once. Who opens an exam waits for
// those who came before, and for nobody else: answers are saved beside them.
const (
	// startsACore are enough for the store to commit many starts together.
	startsACore = 32
	// examPagesACore: but for reading the attempt, the page of a whole exam takes nothing but
	// the processor. If more attempts were read at a time, starts would wait for them.
	examPagesACore = 2
)

// turnstile lets some through at a time, in the order in which they came.
type turnstile struct{ places *semaphore.Weighted }

func newTurnstile(aCore int) turnstile {
	return turnstile{semaphore.NewWeighted(int64(aCore * runtime.GOMAXPROCS(0)))}
}

// enter waits for a place until the request has no time left. "attempt.busy".
func (t turnstile) enter(ctx context.Context) (leave func(), err error) {
	if err := t.places.Acquire(ctx, 1); err != nil {
		return nil, fault.New(fault.Unavailable, "attempt.busy", "Very many are opening their exam at this moment; try again.").Wrap(err)
	}
	return func() { t.places.Release(1) }, nil
}
