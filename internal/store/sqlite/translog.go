package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/store"
)

// EnqueueEntries implements translog.Store.
func (s *Store) EnqueueEntries(ctx context.Context, all []translog.Entry) error {
	docs, err := encodeAll(all)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		for i, e := range all {
			if _, err := t.exec("INSERT INTO log_entries (key, queued_at, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", e.Key, millis(e.QueuedAt), docs[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// WaitingEntries implements translog.Store.
func (s *Store) WaitingEntries(ctx context.Context, limit int) ([]translog.Entry, error) {
	return many[translog.Entry](ctx, s, "SELECT doc FROM log_entries WHERE place IS NULL ORDER BY queued_at, key LIMIT ?", limit)
}

// EntryByKey implements translog.Store.
func (s *Store) EntryByKey(ctx context.Context, key string) (translog.Entry, error) {
	return one[translog.Entry](ctx, s, store.EntryMissing, "SELECT doc FROM log_entries WHERE key = ?", key)
}

// EntriesByKey implements translog.Store.
func (s *Store) EntriesByKey(ctx context.Context, keys []string) ([]translog.Entry, error) {
	list, err := encode(keys)
	if err != nil {
		return nil, err
	}
	return many[translog.Entry](ctx, s, "SELECT doc FROM log_entries WHERE key IN (SELECT value FROM json_each(?))", list)
}

// PlaceEntries implements translog.Store.
func (s *Store) PlaceEntries(ctx context.Context, placed []translog.Entry) error {
	docs, err := encodeAll(placed)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		for i, e := range placed {
			if _, err := t.exec("UPDATE log_entries SET place = ?, doc = ? WHERE key = ?", e.Index, docs[i], e.Key); err != nil {
				return err
			}
		}
		return nil
	})
}

// LogHead implements translog.Store.
func (s *Store) LogHead(ctx context.Context) (translog.Head, error) {
	return one[translog.Head](ctx, s, store.LogMissing, "SELECT doc FROM log_head")
}

// AdvanceLog implements translog.Store.
func (s *Store) AdvanceLog(ctx context.Context, h translog.Head) error {
	doc, err := encode(h)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		query, args := "UPDATE log_head SET version = ?, doc = ? WHERE version = ?", []any{h.Version, doc, h.Version - 1}
		if h.Version == 1 {
			query, args = "INSERT INTO log_head (id, version, doc) VALUES (1, ?, ?) ON CONFLICT DO NOTHING", []any{h.Version, doc}
		}
		changed, err := t.exec(query, args...)
		if err == nil && changed == 0 {
			return store.LogStale
		}
		return err
	})
}

// WidenTiles implements translog.Store.
func (s *Store) WidenTiles(ctx context.Context, all []translog.Tile) error {
	return s.do(ctx, func(t *tx) error {
		for _, tile := range all {
			if _, err := t.exec(`INSERT INTO log_tiles (name, width, data) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET width = excluded.width, data = excluded.data WHERE excluded.width > width`, tile.Name, tile.Width, tile.Data); err != nil {
				return err
			}
		}
		return nil
	})
}

// LogTile implements translog.Store.
func (s *Store) LogTile(ctx context.Context, name string) (translog.Tile, error) {
	tile := translog.Tile{Name: name}
	stmt, err := s.query(ctx, "SELECT width, data FROM log_tiles WHERE name = ?")
	if err != nil {
		return tile, failed(ctx, err)
	}
	err = stmt.QueryRowContext(ctx, name).Scan(&tile.Width, &tile.Data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return tile, store.TileMissing
	case err != nil:
		return tile, failed(ctx, err)
	}
	return tile, nil
}

// InsertCheckpoint implements translog.Store.
func (s *Store) InsertCheckpoint(ctx context.Context, c translog.Signed) error {
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec("INSERT INTO log_checkpoints (id, version, doc) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", c.Size, c.Version, doc)
		return err
	})
}

// LatestCheckpoint implements translog.Store.
func (s *Store) LatestCheckpoint(ctx context.Context) (translog.Signed, error) {
	return one[translog.Signed](ctx, s, store.CheckpointMissing, "SELECT doc FROM log_checkpoints ORDER BY id DESC LIMIT 1")
}

// CheckpointOf implements translog.Store.
func (s *Store) CheckpointOf(ctx context.Context, size int64) (translog.Signed, error) {
	return one[translog.Signed](ctx, s, store.CheckpointMissing, "SELECT doc FROM log_checkpoints WHERE id = ?", size)
}

// UpdateCheckpoint implements translog.Store.
func (s *Store) UpdateCheckpoint(ctx context.Context, c translog.Signed) error {
	read := c.Version
	c.Version++
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.replace(ctx, "log_checkpoints", c.Size, store.CheckpointMissing, store.CheckpointStale,
		"UPDATE log_checkpoints SET version = ?, doc = ? WHERE id = ? AND version = ?", c.Version, doc, c.Size, read)
}
