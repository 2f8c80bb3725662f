package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/store"
)

// insert stores a new row; conflict is the answer when a unique key is taken.
func (s *Store) insert(ctx context.Context, conflict *fault.Fault, query string, args ...any) error {
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(query, args...)
		if taken(err) {
			return conflict
		}
		return err
	})
}

// replace runs an UPDATE that holds the expected version in its condition. When
// it matches nothing, the answer is missing or stale, by whether a row with the
// key is there.
func (s *Store) replace(ctx context.Context, table string, key any, missing, stale *fault.Fault, query string, args ...any) error {
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec(query, args...)
		if err != nil || changed == 1 {
			return err
		}
		return absent(t, table, key, missing, stale)
	})
}

// absent says why a conditional update matched no row.
func absent(t *tx, table string, key any, missing, stale *fault.Fault) error {
	var one int
	err := t.row("SELECT 1 FROM "+table+" WHERE id = ?", []any{key}, &one)
	if errors.Is(err, sql.ErrNoRows) {
		return missing
	}
	if err != nil {
		return err
	}
	return stale
}

// one reads a single document.
func one[T any](ctx context.Context, s *Store, missing *fault.Fault, query string, args ...any) (T, error) {
	var v T
	stmt, err := s.query(ctx, query)
	if err != nil {
		return v, failed(ctx, err)
	}
	var doc []byte
	err = stmt.QueryRowContext(ctx, args...).Scan(&doc)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return v, missing
	case err != nil:
		return v, failed(ctx, err)
	}
	if err := json.Unmarshal(doc, &v); err != nil {
		return v, fmt.Errorf("stored document: %w", err)
	}
	return v, nil
}

// many reads documents in the order of the query.
func many[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	stmt, err := s.query(ctx, query)
	if err != nil {
		return nil, failed(ctx, err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return nil, failed(ctx, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var v T
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return nil, failed(ctx, err)
		}
		if err := json.Unmarshal(doc, &v); err != nil {
			return nil, fmt.Errorf("stored document: %w", err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(ctx, err)
	}
	return all, nil
}

// failed tells a wait that was given up from a failure of the file.
func failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return store.Unavailable(err)
	}
	return fmt.Errorf("read the store: %w", err)
}

func encode(v any) (string, error) {
	doc, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode a document: %w", err)
	}
	return string(doc), nil
}

// encodeAll encodes each of them.
func encodeAll[T any](all []T) ([]string, error) {
	docs := make([]string, len(all))
	for i, v := range all {
		var err error
		if docs[i], err = encode(v); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// millis is how instants are stored in columns; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
