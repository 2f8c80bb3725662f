package sqlite

import (
	"context"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// PutStatusList implements certs.Store.
func (s *Store) PutStatusList(ctx context.Context, l certs.StatusList) error {
	doc, err := encode(l)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		query, args := "UPDATE status_lists SET version = ?, doc = ? WHERE id = ? AND version = ?", []any{l.Version, doc, l.ID(), l.Version - 1}
		if l.Version == 1 {
			query, args = "INSERT INTO status_lists (id, version, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", []any{l.ID(), l.Version, doc}
		}
		changed, err := t.exec(query, args...)
		if err == nil && changed == 0 {
			return store.StatusListStale
		}
		return err
	})
}

// StatusList implements certs.Store.
func (s *Store) StatusList(ctx context.Context, id string) (certs.StatusList, error) {
	return one[certs.StatusList](ctx, s, store.StatusListMissing, "SELECT doc FROM status_lists WHERE id = ?", id)
}

// StatusLists implements certs.Store.
func (s *Store) StatusLists(ctx context.Context, after string, limit int) ([]certs.StatusList, error) {
	return many[certs.StatusList](ctx, s, "SELECT doc FROM status_lists WHERE id > ? ORDER BY id LIMIT ?", after, limit)
}
