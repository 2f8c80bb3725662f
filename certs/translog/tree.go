package translog

import (
	"context"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/fault"
)

// Tiles of C2SP tlog-tiles have height 8.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
)

// Tiles reads a tree. A tile of a tree that is shorter now than the stored one is
// the beginning of the stored tile.
type Tiles interface {
	// LogTile returns a tile by name. NotFound when there is none.
	LogTile(ctx context.Context, name string) (Tile, error)
}

// reader reads the hashes of a tree through its tiles and checks them against the
// root: a store cannot slip in others.
func reader(ctx context.Context, tiles Tiles, tree tlog.Tree) tlog.HashReader {
	if tree.N == 0 {
		return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			if len(indexes) > 0 {
				return nil, fmt.Errorf("an empty tree has no hashes")
			}
			return nil, nil
		})
	}
	return tlog.TileHashReader(tree, &tileReader{ctx, tiles})
}

// tileReader implements tlog.TileReader for one call.
type tileReader struct {
	ctx   context.Context
	tiles Tiles
}

func (*tileReader) Height() int { return tileHeight }

func (r *tileReader) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(wanted))
	for i, t := range wanted {
		stored, err := r.tiles.LogTile(r.ctx, tileName(t.L, t.N))
		if err != nil {
			return nil, fmt.Errorf("tile %d/%d: %w", t.L, t.N, err)
		}
		if stored.Width < t.W || len(stored.Data) < t.W*tlog.HashSize {
			return nil, fault.New(fault.NotFound, "log.tile_not_found", "The log has no such tile.")
		}
		all[i] = stored.Data[:t.W*tlog.HashSize]
	}
	return all, nil
}

func (*tileReader) SaveTiles([]tlog.Tile, [][]byte) {}

func tileName(level int, n int64) string { return fmt.Sprintf("%d/%d", level, n) }

func bundleName(n int64) string { return fmt.Sprintf("entries/%d", n) }

// grow computes what the entries add to a tree: the hashes by stored index, on top
// of base, and the new root.
func grow(base tlog.HashReader, from int64, entries []Entry) (tlog.HashReader, tlog.Hash, error) {
	added := make(map[int64]tlog.Hash)
	both := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		all := make([]tlog.Hash, len(indexes))
		var old []int64
		var at []int
		for i, index := range indexes {
			if h, ok := added[index]; ok {
				all[i] = h
				continue
			}
			old, at = append(old, index), append(at, i)
		}
		if len(old) == 0 {
			return all, nil
		}
		hashes, err := base.ReadHashes(old)
		if err != nil {
			return nil, err
		}
		for j, h := range hashes {
			all[at[j]] = h
		}
		return all, nil
	})
	for i, e := range entries {
		n := from + int64(i)
		hashes, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(e.Data), both)
		if err != nil {
			return nil, tlog.Hash{}, fmt.Errorf("add entry %d: %w", n, err)
		}
		first := tlog.StoredHashIndex(0, n)
		for j, h := range hashes {
			added[first+int64(j)] = h
		}
	}
	root, err := tlog.TreeHash(from+int64(len(entries)), both)
	if err != nil {
		return nil, tlog.Hash{}, fmt.Errorf("root: %w", err)
	}
	return both, root, nil
}

// appendEntry adds an entry to a bundle: its length in two bytes, then itself.
func appendEntry(bundle, entry []byte) []byte {
	return append(binary.BigEndian.AppendUint16(bundle, uint16(len(entry))), entry...)
}

// splitBundle reads the entries of a bundle.
func splitBundle(bundle []byte) ([][]byte, error) {
	var all [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 {
			return nil, fmt.Errorf("the bundle ends within a length")
		}
		n := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+n {
			return nil, fmt.Errorf("the bundle ends within an entry")
		}
		all = append(all, bundle[2:2+n])
		bundle = bundle[2+n:]
	}
	if len(all) > tileWidth {
		return nil, fmt.Errorf("the bundle has %d entries, at most %d", len(all), tileWidth)
	}
	return all, nil
}

// cutBundle is the first width entries of a bundle.
func cutBundle(bundle []byte, width int) ([]byte, error) {
	entries, err := splitBundle(bundle)
	if err != nil {
		return nil, err
	}
	if len(entries) < width {
		return nil, fault.New(fault.NotFound, "log.tile_not_found", "The log has no such tile.")
	}
	length := 0
	for _, e := range entries[:width] {
		length += 2 + len(e)
	}
	return bundle[:length], nil
}

// rootFromTiles recomputes the root from the stored leaf hashes alone.
func rootFromTiles(ctx context.Context, tiles Tiles, size int64) (tlog.Hash, error) {
	return rollUp(size, func(n int64, width int) ([]tlog.Hash, error) {
		t, err := tiles.LogTile(ctx, tileName(0, n))
		if err != nil {
			return nil, fmt.Errorf("tile 0/%d: %w", n, err)
		}
		if len(t.Data) < width*tlog.HashSize {
			return nil, fmt.Errorf("tile 0/%d holds %d hashes, the tree needs %d", n, len(t.Data)/tlog.HashSize, width)
		}
		hashes := make([]tlog.Hash, width)
		for i := range hashes {
			hashes[i] = tlog.Hash(t.Data[i*tlog.HashSize:])
		}
		return hashes, nil
	})
}

// rollUp folds leaf hashes, given 256 at a time, into the root of their tree
// (RFC 6962 section 2.1).
func rollUp(size int64, leaves func(n int64, width int) ([]tlog.Hash, error)) (tlog.Hash, error) {
	type subtree struct {
		leaves int64
		hash   tlog.Hash
	}
	var stack []subtree // of complete subtrees, from the left, ever smaller
	for n := int64(0); n*tileWidth < size; n++ {
		hashes, err := leaves(n, int(min(tileWidth, size-n*tileWidth)))
		if err != nil {
			return tlog.Hash{}, err
		}
		for _, h := range hashes {
			top := subtree{1, h}
			for len(stack) > 0 && stack[len(stack)-1].leaves == top.leaves {
				top = subtree{2 * top.leaves, tlog.NodeHash(stack[len(stack)-1].hash, top.hash)}
				stack = stack[:len(stack)-1]
			}
			stack = append(stack, top)
		}
	}
	if len(stack) == 0 {
		return tlog.TreeHash(0, nil)
	}
	root := stack[len(stack)-1].hash
	for i := len(stack) - 2; i >= 0; i-- {
		root = tlog.NodeHash(stack[i].hash, root)
	}
	return root, nil
}
