package translog

import (
	"context"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is the tree's state: the only thing that is compared and set. It carries
// the batch that made it, so that whoever finds it can write down what is missing.
type Head struct {
	// Version counts the changes from 1.
	Version int64 `json:"version"`
	// First and FirstRoot are the tree before the batch.
	First     int64  `json:"first"`
	FirstRoot []byte `json:"first_root"`
	// Size and Root are the tree with the batch.
	Size int64  `json:"size"`
	Root []byte `json:"root"`
	// Batch are the entries First to Size-1.
	Batch []Entry `json:"batch"`
}

func (h *Head) tree() tlog.Tree { return tlog.Tree{N: h.Size, Hash: tlog.Hash(h.Root)} }

func (h *Head) firstTree() tlog.Tree { return tlog.Tree{N: h.First, Hash: tlog.Hash(h.FirstRoot)} }

// Tile is a stored part of the tree: hashes, or a bundle of entries.
type Tile struct {
	// Name is LEVEL/N, or entries/N.
	Name string
	// Width is how many hashes or entries it holds, 1 to 256. A wider tile
	// begins with the narrower one.
	Width int
	Data  []byte
}

// Signed is a checkpoint as it is stored.
type Signed struct {
	Size    int64 `json:"size"`
	Version int64 `json:"version"`
	// Note is the checkpoint with the log's signature.
	Note string `json:"note"`
	// Cosignatures are lines of witnesses, to be put below Note.
	Cosignatures []string  `json:"cosignatures,omitempty"`
	SignedAt     time.Time `json:"signed_at"`
}

// Store keeps a log. A nil error from a writing method means that the change is on
// disk; every method may be repeated.
type Store interface {
	// EnqueueEntries stores waiting entries, each unless one with its key is stored.
	EnqueueEntries(ctx context.Context, all []Entry) error
	// WaitingEntries lists those without index by time and key, at most limit.
	WaitingEntries(ctx context.Context, limit int) ([]Entry, error)
	// EntryByKey returns an entry. NotFound "log.entry_not_found".
	EntryByKey(ctx context.Context, key string) (Entry, error)
	// EntriesByKey returns those of the keys that are stored, in any order.
	EntriesByKey(ctx context.Context, keys []string) ([]Entry, error)
	// PlaceEntries stores the indexes of entries.
	PlaceEntries(ctx context.Context, placed []Entry) error

	// LogHead returns the head. NotFound "log.not_found" for a store without log.
	LogHead(ctx context.Context) (Head, error)
	// AdvanceLog stores the head if the stored one has the version before its
	// own; version 1 is the first. Conflict "log.stale" otherwise.
	AdvanceLog(ctx context.Context, h Head) error

	// WidenTiles stores tiles, each unless one with its name is as wide or wider.
	WidenTiles(ctx context.Context, all []Tile) error
	// LogTile returns a tile by name. NotFound "log.tile_not_found".
	LogTile(ctx context.Context, name string) (Tile, error)

	// InsertCheckpoint stores a checkpoint, unless one of its size is stored.
	InsertCheckpoint(ctx context.Context, s Signed) error
	// LatestCheckpoint returns the one of the greatest size. NotFound
	// "log.checkpoint_not_found".
	LatestCheckpoint(ctx context.Context) (Signed, error)
	// CheckpointOf returns the one of a size. NotFound as above.
	CheckpointOf(ctx context.Context, size int64) (Signed, error)
	// UpdateCheckpoint replaces the one whose stored version is s.Version and
	// counts the version up. Conflict "log.checkpoint_stale".
	UpdateCheckpoint(ctx context.Context, s Signed) error
}
