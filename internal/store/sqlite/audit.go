package sqlite

import (
	"context"
	"math"

	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/store"
)

// AppendEntry implements audit.Store.
func (s *Store) AppendEntry(ctx context.Context, e audit.Entry) error {
	doc, err := encode(e)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.AuditTaken, "INSERT INTO audit (number, at, actor, action, object, doc) VALUES (?, ?, ?, ?, ?, ?)",
		e.Number, millis(e.At), e.Actor, e.Action, e.Object, doc)
}

// Entry implements audit.Store.
func (s *Store) Entry(ctx context.Context, number int64) (audit.Entry, error) {
	return one[audit.Entry](ctx, s, store.AuditMissing, "SELECT doc FROM audit WHERE number = ?", number)
}

// LastEntry implements audit.Store.
func (s *Store) LastEntry(ctx context.Context) (audit.Entry, error) {
	return one[audit.Entry](ctx, s, store.AuditMissing, "SELECT doc FROM audit ORDER BY number DESC LIMIT 1")
}

// Entries implements audit.Store.
func (s *Store) Entries(ctx context.Context, f audit.Filter, before int64, limit int) ([]audit.Entry, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	query, args := "SELECT doc FROM audit WHERE number < ?", []any{before}
	for _, by := range []struct{ condition, value string }{{" AND actor = ?", f.Actor}, {" AND action = ?", f.Action}, {" AND object = ?", f.Object}} {
		if by.value != "" {
			query, args = query+by.condition, append(args, by.value)
		}
	}
	if !f.From.IsZero() {
		query, args = query+" AND at >= ?", append(args, millis(f.From))
	}
	if !f.Until.IsZero() {
		query, args = query+" AND at < ?", append(args, millis(f.Until))
	}
	return many[audit.Entry](ctx, s, query+" ORDER BY number DESC LIMIT ?", append(args, limit)...)
}
