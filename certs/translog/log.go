package translog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/keyring"
)

// maxBatch bounds a batch, and with it the head document: 256 entries are some
// 50 kB, and end at most one tile.
const maxBatch = 256

// Config is what a log needs.
type Config struct {
	Store Store
	// Origin names a new log in its checkpoints: its address without scheme. A
	// log that has signed keeps its name, wherever it moves.
	Origin string
	// Keys are the log's. The active one signs; the others, unless revoked,
	// still verify older checkpoints.
	Keys *keyring.Ring
	// Witnesses are the verifier keys of those whose cosignatures are kept.
	Witnesses []string
	Now       func() time.Time
	// Remembered is the last checkpoint that this process, or the one before it
	// on this machine, signed; nil for none. It is the only thing that notices a
	// store that was put back to an older state.
	Remembered []byte
	// Remember keeps a checkpoint where a restored store does not take it along;
	// nil keeps it in memory only.
	Remember func(checkpoint []byte) error
}

// Log adds entries and signs checkpoints. It is safe for concurrent use, also by
// several processes on one store.
type Log struct {
	Config
	signer note.Signer
	timer  timeSigner
	trust  Trust
	keys   []string
	// memory opens what was signed before, also by keys that are revoked now.
	memory Trust
	// refused is why nothing is signed, nil when it is.
	refused atomic.Pointer[fault.Fault]

	mu sync.Mutex
	// last is the latest checkpoint that was signed or seen; Size 0 for none.
	last Checkpoint
	// completed is the version of the last head that was written down whole.
	completed int64
}

// Open opens the log, recomputes its root from the stored hashes and compares it
// with every checkpoint that is remembered. A log that does not stand up to that
// is returned all the same, for what it holds can be looked at; it signs nothing,
// and Refused says why. The error is a failure of reading.
func Open(ctx context.Context, c Config) (*Log, error) {
	l, err := OpenReadOnly(ctx, c)
	if err != nil {
		return nil, err
	}
	return l, l.examine(ctx)
}

// OpenReadOnly opens the log to look at it beside those who write it. It examines
// nothing; Round is not to be called.
func OpenReadOnly(ctx context.Context, c Config) (*Log, error) {
	l := &Log{Config: c}
	if err := l.keepName(ctx); err != nil {
		return nil, err
	}
	active, err := c.Keys.Active()
	if err != nil {
		return nil, fmt.Errorf("log key: %w", err)
	}
	if l.signer, err = noteSigner(l.Origin, active); err != nil {
		return nil, err
	}
	if l.timer, err = newTimeSigner(l.Origin, active); err != nil {
		return nil, err
	}
	var ever, times []string
	for _, k := range c.Keys.Keys() {
		if k.Algorithm != keyring.EdDSA {
			continue
		}
		key, err := VerifierKey(l.Origin, k)
		if err != nil {
			return nil, err
		}
		ever = append(ever, key)
		if k.State != keyring.Revoked {
			l.keys = append(l.keys, key)
			if key, err = timeKey(l.Origin, k); err != nil {
				return nil, err
			}
			times = append(times, key)
		}
	}
	l.keys = append(append(l.keys, times...), c.Witnesses...)
	if l.trust, err = NewTrust(l.keys); err != nil {
		return nil, err
	}
	if l.memory, err = NewTrust(ever); err != nil {
		return nil, err
	}
	return l, nil
}

// VerifierKeys are the keys that verify this log: its own, those by which it says
// when it signed, then its witnesses'.
func (l *Log) VerifierKeys() []string { return l.keys }

// Trust is VerifierKeys, read.
func (l *Log) Trust() Trust { return l.trust }

// Refused says why the log signs nothing, nil when it does sign.
func (l *Log) Refused() error {
	if why := l.refused.Load(); why != nil {
		return why
	}
	return nil
}

func emptyHead() Head {
	root, _ := tlog.TreeHash(0, nil) // the hash of nothing needs no reader
	return Head{FirstRoot: root[:], Root: root[:]}
}

// Add queues entries, in one write; Round puts them into the tree. Adding them again
// changes nothing.
func (l *Log) Add(ctx context.Context, all ...Entry) error {
	for _, e := range all {
		if len(e.Data) > maxEntry {
			return fmt.Errorf("an entry of %d bytes, at most %d", len(e.Data), maxEntry)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if err := l.Store.EnqueueEntries(ctx, all); err != nil {
		return fmt.Errorf("queue log entries: %w", err)
	}
	return nil
}

// Round puts what waits into the tree, batch by batch, and signs. It returns how
// many entries it placed. Any number of copies may call it at once.
func (l *Log) Round(ctx context.Context) (placed int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.Refused(); err != nil {
		return 0, err
	}
	for {
		head, err := l.Store.LogHead(ctx)
		if fault.Of(err) == fault.NotFound {
			head, err = emptyHead(), nil
		}
		if err != nil {
			return placed, fmt.Errorf("head of the log: %w", err)
		}
		if head.Size < l.last.Size {
			err := fmt.Errorf("the log has %d entries and signed %d before", head.Size, l.last.Size)
			return placed, errors.Join(l.refuse(err), l.Refused())
		}
		if err := l.complete(ctx, head, true); err != nil {
			return placed, err
		}
		waiting, err := l.Store.WaitingEntries(ctx, maxBatch)
		if err != nil || len(waiting) == 0 {
			return placed, err
		}
		next, err := l.extended(ctx, head, waiting)
		if err != nil {
			return placed, err
		}
		err = l.Store.AdvanceLog(ctx, next)
		switch {
		case fault.Code(err) == "log.stale": // another copy was faster: look again
		case err != nil:
			return placed, fmt.Errorf("advance the log: %w", err)
		default:
			placed += len(waiting)
		}
	}
}

// extended is the head with one more batch. What waits cannot be in the tree
// already: the head's own batch was written down before the waiting ones were
// read, and any later batch makes this head stale.
func (l *Log) extended(ctx context.Context, head Head, waiting []Entry) (Head, error) {
	batch := make([]Entry, len(waiting))
	for i, e := range waiting {
		e.Index = head.Size + int64(i)
		batch[i] = e
	}
	_, root, err := grow(reader(ctx, l.Store, head.tree()), head.Size, batch)
	if err != nil {
		return Head{}, fmt.Errorf("grow the log: %w", err)
	}
	return Head{Version: head.Version + 1, First: head.Size, FirstRoot: head.Root, Size: head.Size + int64(len(batch)), Root: root[:], Batch: batch}, nil
}

// complete writes down what the head promises: tiles, entries, indexes, and then
// the checkpoint. Every step can be repeated, by any copy.
func (l *Log) complete(ctx context.Context, head Head, sign bool) error {
	if head.Size == 0 || (sign && head.Version == l.completed) {
		return nil
	}
	hashes, root, err := grow(reader(ctx, l.Store, head.firstTree()), head.First, head.Batch)
	if err != nil {
		return fmt.Errorf("complete the log: %w", err)
	}
	if !bytes.Equal(root[:], head.Root) {
		return fmt.Errorf("the last batch gives the root %s, the head says %s", root, tlog.Hash(head.Root))
	}
	if err := l.writeTiles(ctx, head, hashes); err != nil {
		return err
	}
	if err := l.Store.PlaceEntries(ctx, head.Batch); err != nil {
		return fmt.Errorf("place log entries: %w", err)
	}
	if !sign {
		return nil
	}
	if err := l.sign(ctx, head); err != nil {
		return err
	}
	l.completed = head.Version
	return nil
}

// writeTiles stores what the batch adds to tiles and bundles, in one write.
func (l *Log) writeTiles(ctx context.Context, head Head, hashes tlog.HashReader) error {
	var wider []Tile
	for _, t := range tlog.NewTiles(tileHeight, head.First, head.Size) {
		data, err := tlog.ReadTileData(t, hashes)
		if err != nil {
			return fmt.Errorf("tile %d/%d: %w", t.L, t.N, err)
		}
		wider = append(wider, Tile{Name: tileName(t.L, t.N), Width: t.W, Data: data})
	}
	for n := head.First / tileWidth; n*tileWidth < head.Size; n++ {
		bundle, err := l.bundleBefore(ctx, n, head.First)
		if err != nil {
			return err
		}
		end := min(head.Size, (n+1)*tileWidth)
		for i := max(head.First, n*tileWidth); i < end; i++ {
			bundle = appendEntry(bundle, head.Batch[i-head.First].Data)
		}
		wider = append(wider, Tile{Name: bundleName(n), Width: int(end - n*tileWidth), Data: bundle})
	}
	if err := l.Store.WidenTiles(ctx, wider); err != nil {
		return fmt.Errorf("store tiles: %w", err)
	}
	return nil
}

// bundleBefore is the bundle as far as the tree of the given size filled it.
func (l *Log) bundleBefore(ctx context.Context, n, size int64) ([]byte, error) {
	width := int(size - n*tileWidth)
	if width <= 0 {
		return nil, nil
	}
	stored, err := l.Store.LogTile(ctx, bundleName(n))
	if err != nil {
		return nil, fmt.Errorf("bundle %d: %w", n, err)
	}
	bundle, err := cutBundle(stored.Data, width)
	return bytes.Clone(bundle), err
}

// sign signs the head, unless it contradicts what was signed before.
func (l *Log) sign(ctx context.Context, head Head) error {
	if err := l.follows(ctx, head, Checkpoint{Origin: l.Origin, Size: l.last.Size, Root: l.last.Root}); err != nil {
		return errors.Join(l.refuse(err), l.Refused())
	}
	tree := head.tree()
	now := l.Now().UTC().Truncate(time.Millisecond)
	c := Checkpoint{Origin: l.Origin, Size: tree.N, Root: tree.Hash, At: now}
	timer := l.timer
	timer.at = now
	signed, err := note.Sign(&note.Note{Text: c.text()}, l.signer, timer)
	if err != nil {
		return fmt.Errorf("sign checkpoint: %w", err)
	}
	if err := l.Store.InsertCheckpoint(ctx, Signed{Size: c.Size, Version: 1, Note: string(signed), SignedAt: now}); err != nil {
		return fmt.Errorf("store checkpoint: %w", err)
	}
	l.last = c
	if l.Remember != nil {
		if err := l.Remember(signed); err != nil {
			return fmt.Errorf("remember checkpoint: %w", err)
		}
	}
	return nil
}
