package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutMedium implements exam.BankStore.
func (s *Store) PutMedium(ctx context.Context, m exam.Medium) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO media (name, pinned, data) VALUES (?, 0, ?) ON CONFLICT DO NOTHING", m.Name, m.Data)
		return err
	})
}

// Medium implements exam.BankStore.
func (s *Store) Medium(ctx context.Context, name string) (exam.Medium, error) {
	stmt, err := s.query(ctx, "SELECT data FROM media WHERE name = ?")
	if err != nil {
		return exam.Medium{}, failed(ctx, err)
	}
	m := exam.Medium{Name: name}
	err = stmt.QueryRowContext(ctx, name).Scan(&m.Data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return exam.Medium{}, store.MediumMissing
	case err != nil:
		return exam.Medium{}, failed(ctx, err)
	}
	return m, nil
}

// PinMedia implements exam.BankStore, in one transaction.
func (s *Store) PinMedia(ctx context.Context, names []string) error {
	return s.do(ctx, func(t *tx) error {
		for _, name := range names {
			n, err := t.exec("UPDATE media SET pinned = 1 WHERE name = ?", name)
			if err != nil {
				return err
			}
			if n == 0 {
				return store.MediumMissing
			}
		}
		return nil
	})
}

// DropMedium implements exam.BankStore.
func (s *Store) DropMedium(ctx context.Context, name string) error {
	return s.do(ctx, func(t *tx) error {
		n, err := t.exec("DELETE FROM media WHERE name = ? AND pinned = 0", name)
		if err != nil || n > 0 {
			return err
		}
		var one int
		err = t.row("SELECT 1 FROM media WHERE name = ?", []any{name}, &one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return store.MediumPinned
	})
}
