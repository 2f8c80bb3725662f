package translog

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/fault"
)

// Checkpoint returns the latest signed checkpoint with its cosignatures.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	if err := l.Refused(); err != nil {
		return nil, err
	}
	s, err := l.Store.LatestCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	return s.bytes(), nil
}

func (s Signed) bytes() []byte { return []byte(s.Note + strings.Join(s.Cosignatures, "")) }

// Proof returns the proof that the latest checkpoint includes the entry. NotFound
// "log.entry_waiting" while no checkpoint does.
func (l *Log) Proof(ctx context.Context, key string) (Proof, error) {
	if err := l.Refused(); err != nil {
		return Proof{}, err
	}
	e, err := l.Store.EntryByKey(ctx, key)
	if err != nil {
		return Proof{}, err
	}
	proofs, err := l.Proofs(ctx, []Entry{e})
	if err != nil {
		return Proof{}, err
	}
	p, there := proofs[key]
	if !there {
		return Proof{}, fault.New(fault.NotFound, "log.entry_waiting", "The log will include this within seconds; ask again.")
	}
	return p, nil
}

// Proofs returns, by key, the proofs that the latest checkpoint includes the entries.
// Those that it does not include are left out. The tiles are read once for all of them.
func (l *Log) Proofs(ctx context.Context, entries []Entry) (map[string]Proof, error) {
	if err := l.Refused(); err != nil {
		return nil, err
	}
	proofs := make(map[string]Proof)
	s, err := l.Store.LatestCheckpoint(ctx)
	if fault.Of(err) == fault.NotFound {
		return proofs, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := l.trust.Open([]byte(s.Note))
	if err != nil {
		return nil, err
	}
	included := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Index == Waiting || e.Index >= c.Size })
	if len(included) == 0 {
		return proofs, nil
	}
	hashes := make(hashCache)
	for _, e := range included { // first which hashes are needed, then what they are
		if _, err := tlog.ProveRecord(c.Size, e.Index, hashes); err != nil {
			return nil, fmt.Errorf("prove entry %d: %w", e.Index, err)
		}
	}
	if err := hashes.fill(reader(ctx, l.Store, tlog.Tree{N: c.Size, Hash: c.Root})); err != nil {
		return nil, fmt.Errorf("read the log's tiles: %w", err)
	}
	for _, e := range included {
		p, err := tlog.ProveRecord(c.Size, e.Index, hashes)
		if err != nil {
			return nil, fmt.Errorf("prove entry %d: %w", e.Index, err)
		}
		proofs[e.Key] = Proof{Index: e.Index, Hashes: p, Checkpoint: s.bytes()}
	}
	return proofs, nil
}

// hashCache notes the hashes that it is asked for, and answers with nothing for those
// that are not filled in yet.
type hashCache map[int64]tlog.Hash

// ReadHashes implements tlog.HashReader.
func (c hashCache) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		all[i] = c[index]
		c[index] = all[i]
	}
	return all, nil
}

// fill reads what was asked for.
func (c hashCache) fill(from tlog.HashReader) error {
	indexes := slices.Sorted(maps.Keys(c))
	hashes, err := from.ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, index := range indexes {
		c[index] = hashes[i]
	}
	return nil
}

var tileMissing = fault.New(fault.NotFound, "log.tile_not_found", "The log has no such tile.")

// Tile returns the tile at a path below tile/ of C2SP tlog-tiles, such as
// 0/x001/067.p/5 or entries/000.
func (l *Log) Tile(ctx context.Context, path string) ([]byte, error) {
	t, entries, err := parseTilePath(path)
	if err != nil {
		return nil, err
	}
	name := tileName(t.L, t.N)
	if entries {
		name = bundleName(t.N)
	}
	stored, err := l.Store.LogTile(ctx, name)
	if err != nil {
		return nil, err
	}
	if stored.Width < t.W {
		return nil, tileMissing
	}
	if entries {
		return cutBundle(stored.Data, t.W)
	}
	return stored.Data[:t.W*tlog.HashSize], nil
}

// parseTilePath reads a path in the one way to write it.
func parseTilePath(path string) (t tlog.Tile, entries bool, err error) {
	level, rest, _ := strings.Cut(path, "/")
	if entries = level == "entries"; entries {
		level = "data"
	}
	t, err = tlog.ParseTilePath("tile/8/" + level + "/" + rest)
	if err != nil || t.H != tileHeight || (level == "data") != entries || (t.L == -1) != entries {
		return tlog.Tile{}, false, tileMissing
	}
	return t, entries, nil
}

// TilePath is where a log of C2SP tlog-tiles keeps a tile, below its address.
func TilePath(t Tile) (string, error) {
	level, number, _ := strings.Cut(t.Name, "/")
	var n int64
	tile := tlog.Tile{H: tileHeight, L: -1, W: t.Width}
	if _, err := fmt.Sscan(number, &n); err != nil {
		return "", fmt.Errorf("tile name %q: %w", t.Name, err)
	}
	tile.N = n
	if level != "entries" {
		if _, err := fmt.Sscan(level, &tile.L); err != nil {
			return "", fmt.Errorf("tile name %q: %w", t.Name, err)
		}
	}
	path := strings.TrimPrefix(tile.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1), nil
}

// AllTiles visits every tile of the tree of the size, as wide as that tree needs
// them: what a copy of the log consists of.
func AllTiles(ctx context.Context, tiles Tiles, size int64, visit func(Tile) error) error {
	for _, t := range tlog.NewTiles(tileHeight, 0, size) {
		stored, err := tiles.LogTile(ctx, tileName(t.L, t.N))
		if err != nil {
			return fmt.Errorf("tile %d/%d: %w", t.L, t.N, err)
		}
		if stored.Width < t.W {
			return tileMissing
		}
		if err := visit(Tile{Name: stored.Name, Width: t.W, Data: stored.Data[:t.W*tlog.HashSize]}); err != nil {
			return err
		}
	}
	for n := int64(0); n*tileWidth < size; n++ {
		stored, err := tiles.LogTile(ctx, bundleName(n))
		if err != nil {
			return fmt.Errorf("bundle %d: %w", n, err)
		}
		width := int(min(tileWidth, size-n*tileWidth))
		data, err := cutBundle(stored.Data, width)
		if err != nil {
			return err
		}
		if err := visit(Tile{Name: stored.Name, Width: width, Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// maxCosignatures bounds a checkpoint: each witness has one line.
const maxCosignatures = 32

// Cosign keeps what witnesses have added to a checkpoint of this log. signed is
// the checkpoint with at least one cosignature of a witness that is known.
func (l *Log) Cosign(ctx context.Context, signed []byte) error {
	c, err := l.trust.Open(signed)
	if err != nil {
		return fault.New(fault.Invalid, "log.cosignature", "This is not a checkpoint of this log, or a signature on it is wrong.").Wrap(err)
	}
	if len(c.Cosigned) == 0 {
		return fault.New(fault.Invalid, "log.unknown_witness", "No witness that this log knows has cosigned this checkpoint.")
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers(l.trust, c.Origin)...))
	if err != nil {
		return fmt.Errorf("cosignature: %w", err)
	}
	for range maxCosignatures {
		s, err := l.Store.CheckpointOf(ctx, c.Size)
		if err != nil {
			return err
		}
		ours, err := l.trust.Open([]byte(s.Note))
		if err != nil || ours.Root != c.Root {
			return fault.New(fault.Conflict, "log.other_checkpoint", "This log signed another checkpoint of this size. Keep both: they prove that it was rewritten.").Wrap(err)
		}
		if !s.merge(opened.Sigs) {
			return nil
		}
		if err = l.Store.UpdateCheckpoint(ctx, s); fault.Code(err) != "log.checkpoint_stale" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "log.busy", "This checkpoint is being cosigned by others; try again.")
}

// verifiers are the witnesses of a log.
func verifiers(t Trust, log string) []note.Verifier {
	var all []note.Verifier
	for _, w := range t.witnesses {
		if w.Name() != log {
			all = append(all, w)
		}
	}
	return all
}

// merge adds the signatures' lines, one for each witness, and reports whether
// there was a new one.
func (s *Signed) merge(signatures []note.Signature) bool {
	grew := false
	for _, signature := range signatures {
		line := fmt.Sprintf("— %s %s\n", signature.Name, signature.Base64)
		known := false
		for _, have := range s.Cosignatures {
			known = known || strings.HasPrefix(have, "— "+signature.Name+" ")
		}
		if !known && len(s.Cosignatures) < maxCosignatures {
			s.Cosignatures, grew = append(s.Cosignatures, line), true
		}
	}
	return grew
}
