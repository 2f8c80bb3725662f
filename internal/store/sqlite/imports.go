package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/store"
)

func importDue(i *authoring.Import) any {
	if i.DueAt.IsZero() {
		return nil
	}
	return i.DueAt.UnixMilli()
}

// InsertImport implements authoring.Store.
func (s *Store) InsertImport(ctx context.Context, i authoring.Import) error {
	doc, err := encode(i)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.ImportTaken, "INSERT INTO imports (id, version, due_at, doc) VALUES (?, ?, ?, ?)", i.ID, i.Version, importDue(&i), doc)
}

// UpdateImport implements authoring.Store.
func (s *Store) UpdateImport(ctx context.Context, i authoring.Import) error {
	read := i.Version
	i.Version++
	doc, err := encode(i)
	if err != nil {
		return err
	}
	return s.replace(ctx, "imports", i.ID, store.ImportMissing, store.ImportStale,
		"UPDATE imports SET version = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?", i.Version, importDue(&i), doc, i.ID, read)
}

// Import implements authoring.Store.
func (s *Store) Import(ctx context.Context, id string) (authoring.Import, error) {
	return one[authoring.Import](ctx, s, store.ImportMissing, "SELECT doc FROM imports WHERE id = ?", id)
}

// ImportsDue implements authoring.Store.
func (s *Store) ImportsDue(ctx context.Context, now time.Time, limit int) ([]string, error) {
	stmt, err := s.query(ctx, "SELECT id FROM imports WHERE due_at <= ? ORDER BY due_at, id LIMIT ?")
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, now.UnixMilli(), limit)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, failed(ctx, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return ids, nil
}

// DropImport implements authoring.Store.
func (s *Store) DropImport(ctx context.Context, id string) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM imports WHERE id = ?", id)
		return err
	})
}

// PutImportPart implements authoring.Store.
func (s *Store) PutImportPart(ctx context.Context, p authoring.ImportPart) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO import_parts (import, name, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data", p.Import, p.Name, p.Data)
		return err
	})
}

// ImportPart implements authoring.Store.
func (s *Store) ImportPart(ctx context.Context, id, name string) (authoring.ImportPart, error) {
	p := authoring.ImportPart{Import: id, Name: name}
	stmt, err := s.query(ctx, "SELECT data FROM import_parts WHERE import = ? AND name = ?")
	if err != nil {
		return p, failed(ctx, err)
	}
	err = stmt.QueryRowContext(ctx, id, name).Scan(&p.Data)
	if errors.Is(err, sql.ErrNoRows) {
		return p, store.ImportPartMissing
	}
	if err != nil {
		return p, failed(ctx, err)
	}
	return p, nil
}

// DropImportParts implements authoring.Store.
func (s *Store) DropImportParts(ctx context.Context, id string) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("DELETE FROM import_parts WHERE import = ?", id)
		return err
	})
}
