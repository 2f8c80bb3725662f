package sqlite

import (
	"context"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutRevisions implements exam.BankStore.
func (s *Store) PutRevisions(ctx context.Context, revisions []exam.Revision) error {
	docs := make([]string, len(revisions))
	for i, rev := range revisions {
		doc, err := encode(rev)
		if err != nil {
			return err
		}
		docs[i] = doc
	}
	return s.do(ctx, func(t *tx) error {
		for i, rev := range revisions {
			if _, err := t.exec("INSERT INTO revisions (hash, doc) VALUES (?, ?) ON CONFLICT DO NOTHING", rev.Hash, docs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Revisions implements exam.BankStore, in one query: the hashes travel as a JSON
// array, which the table-valued json_each turns into rows.
func (s *Store) Revisions(ctx context.Context, hashes []string) ([]exam.Revision, error) {
	wanted, err := encode(hashes)
	if err != nil {
		return nil, err
	}
	revisions, err := many[exam.Revision](ctx, s, "SELECT doc FROM json_each(?) AS wanted JOIN revisions ON hash = wanted.value ORDER BY wanted.key", wanted)
	if err == nil && len(revisions) != len(hashes) {
		return nil, store.RevisionMissing
	}
	return revisions, err
}

// PutRelease implements exam.BankStore.
func (s *Store) PutRelease(ctx context.Context, release exam.Release) error {
	doc, err := encode(release)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO releases (hash, doc) VALUES (?, ?) ON CONFLICT DO NOTHING", release.Hash, doc)
		return err
	})
}

// Release implements exam.BankStore.
func (s *Store) Release(ctx context.Context, hash string) (exam.Release, error) {
	return one[exam.Release](ctx, s, store.ReleaseMissing, "SELECT doc FROM releases WHERE hash = ?", hash)
}

// Releases implements exam.BankStore.
func (s *Store) Releases(ctx context.Context, after string, limit int) ([]exam.Release, error) {
	return many[exam.Release](ctx, s, "SELECT json_remove(doc, '$.items', '$.stimuli') FROM releases WHERE hash > ? ORDER BY hash LIMIT ?", after, limit)
}
