package translog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// proofHeader is the first line of a proof (C2SP tlog-proof).
const proofHeader = "c2sp.org/tlog-proof@v1"

// maxHashes is the longest inclusion proof: one hash for each level of a tree of
// 2^63 leaves.
const maxHashes = 63

var errProof = errors.New("this is not a proof of inclusion")

// Proof shows that a checkpoint includes an entry.
type Proof struct {
	Index      int64
	Hashes     tlog.RecordProof
	Checkpoint []byte
}

// Format writes the proof.
func (p Proof) Format() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nindex %d\n", proofHeader, p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintln(&b, h)
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return []byte(b.String())
}

// IsProof reports whether data begins as a proof does.
func IsProof(data []byte) bool { return strings.HasPrefix(string(data), proofHeader+"\n") }

// ParseProof reads a proof. The line of extra data, which nobody signs, is skipped.
func ParseProof(data []byte) (Proof, error) {
	if len(data) > maxCheckpoint+maxHashes*64 {
		return Proof{}, errProof
	}
	head, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != proofHeader {
		return Proof{}, errProof
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || len(lines)-1 > maxHashes {
		return Proof{}, errProof
	}
	number, found := strings.CutPrefix(lines[0], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || index < 0 || strconv.FormatInt(index, 10) != number {
		return Proof{}, errProof
	}
	p := Proof{Index: index, Checkpoint: []byte(signed)}
	for _, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != tlog.HashSize {
			return Proof{}, errProof
		}
		p.Hashes = append(p.Hashes, tlog.Hash(h))
	}
	return p, nil
}

// Verify returns the checkpoint that includes the entry at the proof's index.
func (p Proof) Verify(entry []byte, trust Trust) (Checkpoint, error) {
	c, err := trust.Open(p.Checkpoint)
	if err != nil {
		return Checkpoint{}, err
	}
	if p.Index >= c.Size {
		return Checkpoint{}, fmt.Errorf("index %d is outside a log of %d entries", p.Index, c.Size)
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(entry)); err != nil {
		return Checkpoint{}, fmt.Errorf("the log does not include this entry at index %d: %w", p.Index, err)
	}
	return c, nil
}

// ErrInconsistent means that two checkpoints cannot be of one log that only grew.
var ErrInconsistent = errors.New("the checkpoints contradict each other: the log was rewritten")

// Consistent reports whether the longer of two checkpoints is the shorter one
// grown. It reads the tiles of the longer one, which its root authenticates; nil
// tiles are enough for checkpoints of one size. An error other than
// ErrInconsistent means that it cannot be told.
func Consistent(ctx context.Context, a, b Checkpoint, tiles Tiles) error {
	if a.Origin != b.Origin {
		return fmt.Errorf("the checkpoints are of two logs, %s and %s", a.Origin, b.Origin)
	}
	if a.Size > b.Size {
		a, b = b, a
	}
	switch {
	case a.Size == b.Size && a.Root == b.Root:
		return nil
	case a.Size == b.Size:
		return ErrInconsistent
	case a.Size == 0:
		return nil
	case tiles == nil:
		return fmt.Errorf("checkpoints of %d and %d entries can be compared only with the tiles of the log", a.Size, b.Size)
	}
	root, err := tlog.TreeHash(a.Size, reader(ctx, tiles, tlog.Tree{N: b.Size, Hash: b.Root}))
	if err != nil {
		return fmt.Errorf("read the log's tiles: %w", err)
	}
	if root != a.Root {
		return ErrInconsistent
	}
	return nil
}
