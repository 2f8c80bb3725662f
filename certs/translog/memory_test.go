package translog_test

import (
	"context"
	"slices"
	"sync"

	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/store"
)

// memory is a store for benchmarks, so that they measure the tree and not a disk.
// Tests of behaviour run on a real store.
type memory struct {
	mu      sync.Mutex
	entries map[string]translog.Entry
	waiting []string
	head    translog.Head
	tiles   map[string]translog.Tile
	signed  []translog.Signed
}

func newMemory() *memory {
	return &memory{entries: make(map[string]translog.Entry), tiles: make(map[string]translog.Tile)}
}

func (m *memory) EnqueueEntries(_ context.Context, all []translog.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range all {
		if _, ok := m.entries[e.Key]; !ok {
			m.entries[e.Key] = e
			m.waiting = append(m.waiting, e.Key)
		}
	}
	return nil
}

func (m *memory) WaitingEntries(_ context.Context, limit int) ([]translog.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []translog.Entry
	for _, key := range m.waiting[:min(limit, len(m.waiting))] {
		all = append(all, m.entries[key])
	}
	return all, nil
}

func (m *memory) EntryByKey(_ context.Context, key string) (translog.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok {
		return e, store.EntryMissing
	}
	return e, nil
}

func (m *memory) EntriesByKey(ctx context.Context, keys []string) (all []translog.Entry, err error) {
	for _, key := range keys {
		if e, err := m.EntryByKey(ctx, key); err == nil {
			all = append(all, e)
		}
	}
	return all, nil
}

func (m *memory) PlaceEntries(_ context.Context, placed []translog.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range placed {
		if m.entries[e.Key].Index == translog.Waiting {
			m.waiting = slices.Delete(m.waiting, 0, 1) // they are placed in the order in which they wait
		}
		m.entries[e.Key] = e
	}
	return nil
}

func (m *memory) LogHead(context.Context) (translog.Head, error) {
	if m.head.Version == 0 {
		return m.head, store.LogMissing
	}
	return m.head, nil
}

func (m *memory) AdvanceLog(_ context.Context, h translog.Head) error {
	if h.Version != m.head.Version+1 {
		return store.LogStale
	}
	m.head = h
	return nil
}

func (m *memory) WidenTiles(_ context.Context, all []translog.Tile) error {
	for _, t := range all {
		if m.tiles[t.Name].Width < t.Width {
			m.tiles[t.Name] = t
		}
	}
	return nil
}

func (m *memory) LogTile(_ context.Context, name string) (translog.Tile, error) {
	t, ok := m.tiles[name]
	if !ok {
		return t, store.TileMissing
	}
	return t, nil
}

func (m *memory) InsertCheckpoint(_ context.Context, s translog.Signed) error {
	m.signed = append(m.signed, s)
	return nil
}

func (m *memory) LatestCheckpoint(context.Context) (translog.Signed, error) {
	if len(m.signed) == 0 {
		return translog.Signed{}, store.CheckpointMissing
	}
	return m.signed[len(m.signed)-1], nil
}

func (m *memory) CheckpointOf(context.Context, int64) (translog.Signed, error) {
	return translog.Signed{}, store.CheckpointMissing
}

func (m *memory) UpdateCheckpoint(context.Context, translog.Signed) error {
	return store.CheckpointStale
}
