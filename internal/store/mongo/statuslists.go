package mongo

import (
	"context"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/store"
)

// PutStatusList implements certs.Store.
func (s *Store) PutStatusList(ctx context.Context, l certs.StatusList) error {
	if l.Version == 1 {
		return insert(ctx, s, statusLists, l.ID(), l, store.StatusListStale)
	}
	return replace(ctx, s, statusLists, l.ID(), l.Version-1, l, store.StatusListStale, store.StatusListStale, nil)
}

// StatusList implements certs.Store.
func (s *Store) StatusList(ctx context.Context, id string) (certs.StatusList, error) {
	return one[certs.StatusList](ctx, s, statusLists, byKey(id), store.StatusListMissing)
}

// StatusLists implements certs.Store.
func (s *Store) StatusLists(ctx context.Context, after string, limit int) ([]certs.StatusList, error) {
	return many[certs.StatusList](ctx, s, statusLists, page{by: "_id", after: after, limit: limit})
}
