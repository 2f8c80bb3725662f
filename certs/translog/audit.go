package translog

import (
	"bytes"
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/fault"
)

// Audit recomputes a log from its entries: every leaf hash, the root, the latest
// checkpoint. visit is told every entry in order. Findings are what is not as it
// should be; the error is a failure of reading.
func Audit(ctx context.Context, s Store, trust Trust, visit func(index int64, data []byte)) (size int64, findings []string, err error) {
	find := func(format string, args ...any) { findings = append(findings, fmt.Sprintf(format, args...)) }
	head, err := s.LogHead(ctx)
	if fault.Of(err) == fault.NotFound {
		head, err = emptyHead(), nil
	}
	if err != nil {
		return 0, nil, fmt.Errorf("head of the log: %w", err)
	}
	seen := make(map[string]int64)
	root, err := rollUp(head.Size, func(n int64, width int) ([]tlog.Hash, error) {
		entries, err := bundle(ctx, s, n, width)
		if err != nil {
			return nil, err
		}
		hashes := make([]tlog.Hash, width)
		for i, data := range entries {
			index := n*tileWidth + int64(i)
			if first, twice := seen[string(data)]; twice {
				find("entry %d repeats entry %d", index, first)
			}
			seen[string(data)] = index
			hashes[i] = tlog.RecordHash(data)
			visit(index, data)
		}
		return hashes, nil
	})
	if fault.Of(err) == fault.Unavailable {
		return head.Size, findings, err
	}
	if err != nil {
		find("%v", err)
		return head.Size, findings, nil
	}
	if !bytes.Equal(root[:], head.Root) {
		find("the entries have the root %s, the head says %s", root, tlog.Hash(head.Root))
	}
	if fromTiles, err := rootFromTiles(ctx, s, head.Size); err != nil || fromTiles != root {
		find("the stored hashes have the root %s, the entries %s: %v", fromTiles, root, err)
	}
	latest, err := s.LatestCheckpoint(ctx)
	if err != nil && fault.Of(err) != fault.NotFound {
		return head.Size, findings, fmt.Errorf("latest checkpoint: %w", err)
	}
	if err == nil && !trust.Empty() {
		l := &Log{Config: Config{Store: s}}
		c, err := trust.Open([]byte(latest.Note))
		if err == nil {
			err = l.follows(ctx, head, c)
		}
		if err != nil {
			find("checkpoint of %d entries: %v", latest.Size, err)
		}
	}
	return head.Size, findings, nil
}

// Find returns the index of the entry in the log of the checkpoint, or -1. It reads
// the whole log; what it finds is checked against the checkpoint's root.
func Find(ctx context.Context, tiles Tiles, c Checkpoint, data []byte) (int64, error) {
	for n := int64(0); n*tileWidth < c.Size; n++ {
		entries, err := bundle(ctx, tiles, n, int(min(tileWidth, c.Size-n*tileWidth)))
		if err != nil {
			return -1, err
		}
		for i, entry := range entries {
			if !bytes.Equal(entry, data) {
				continue
			}
			index := n*tileWidth + int64(i)
			hashes, err := reader(ctx, tiles, tlog.Tree{N: c.Size, Hash: c.Root}).ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
			if err != nil {
				return -1, fmt.Errorf("entry %d: %w", index, err)
			}
			if hashes[0] != tlog.RecordHash(data) {
				return -1, fmt.Errorf("entry %d is not what the log signed", index)
			}
			return index, nil
		}
	}
	return -1, nil
}

// bundle reads the entries of bundle n, of which the tree needs width.
func bundle(ctx context.Context, s Tiles, n int64, width int) ([][]byte, error) {
	stored, err := s.LogTile(ctx, bundleName(n))
	if err != nil {
		return nil, fmt.Errorf("bundle %d: %w", n, err)
	}
	entries, err := splitBundle(stored.Data)
	if err != nil {
		return nil, fmt.Errorf("bundle %d: %w", n, err)
	}
	if len(entries) < width {
		return nil, fmt.Errorf("bundle %d holds %d entries, the tree needs %d", n, len(entries), width)
	}
	return entries[:width], nil
}
