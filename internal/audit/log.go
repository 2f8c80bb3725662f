package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// maxTries is how often an act looks for the end of the log. One copy of the
// service appends one entry at a time, so that each further try is due to another
// copy; a national service has a handful.
const maxTries = 64

// Log appends to the log. It is safe for concurrent use, also by several copies of
// the service on one store.
type Log struct {
	store Store
	now   func() time.Time
	turn  chan struct{} // holds one token: who has it appends
}

// New returns a log over the store.
func New(store Store, now func() time.Time) *Log {
	l := &Log{store: store, now: now, turn: make(chan struct{}, 1)}
	l.turn <- struct{}{}
	return l
}

// Append writes the act into the log and returns its entry. When it returns nil,
// the entry is on disk. "audit.busy" (Unavailable) means that other copies were
// faster all the time, or that ctx ended while waiting for its turn.
func (l *Log) Append(ctx context.Context, a Act) (Entry, error) {
	busy := fault.New(fault.Unavailable, "audit.busy", "Too many changes at once; nothing was done. Try again.")
	select {
	case <-l.turn:
	case <-ctx.Done():
		return Entry{}, busy.Wrap(ctx.Err())
	}
	defer func() { l.turn <- struct{}{} }()
	for range maxTries {
		last, err := l.store.LastEntry(ctx)
		if err != nil && fault.Of(err) != fault.NotFound {
			return Entry{}, err
		}
		e, err := follow(last, a, l.now())
		if err != nil {
			return Entry{}, err
		}
		err = l.store.AppendEntry(ctx, e)
		if err == nil || l.stored(ctx, e) {
			return e, nil
		}
		if fault.Code(err) != "audit.taken" {
			return Entry{}, fmt.Errorf("audit log: %w", err)
		}
	}
	return Entry{}, busy
}

// stored reports whether e is in the log after all: the answer to an append may be
// lost, and a driver may have repeated it. Two copies that log the same act in the
// same millisecond make one entry of it, which says no less.
func (l *Log) stored(ctx context.Context, e Entry) bool {
	found, err := l.store.Entry(ctx, e.Number)
	return err == nil && found.Hash == e.Hash
}

// Entries lists the log, newest first: see Store.
func (l *Log) Entries(ctx context.Context, f Filter, before int64, limit int) ([]Entry, error) {
	return l.store.Entries(ctx, f, before, limit)
}
