package translog

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/proba-exam/proba/internal/fault"
)

// What a log must not contradict, and what it does when it would.

// examine sets Refused.
func (l *Log) examine(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	remembered, err := l.remembered(ctx)
	if err != nil {
		return err
	}
	head, err := l.Store.LogHead(ctx)
	if fault.Of(err) == fault.NotFound {
		head, err = emptyHead(), nil
	}
	if err != nil {
		return fmt.Errorf("head of the log: %w", err)
	}
	if err := l.complete(ctx, head, false); err != nil {
		return l.refuse(err)
	}
	root, err := rootFromTiles(ctx, l.Store, head.Size)
	if err != nil {
		return l.refuse(err)
	}
	if !bytes.Equal(root[:], head.Root) {
		return l.refuse(fmt.Errorf("the root of the stored hashes is %s, the head says %s", root, tlog.Hash(head.Root)))
	}
	for _, c := range remembered {
		if err := l.follows(ctx, head, c); err != nil {
			return l.refuse(err)
		}
		if c.Size > l.last.Size {
			l.last = c
		}
	}
	return nil
}

// refuse keeps why nothing is signed; a passing failure of the store is no reason.
func (l *Log) refuse(why error) error {
	if fault.Of(why) == fault.Unavailable {
		return why
	}
	l.refused.Store(fault.New(fault.Unavailable, "log.refused", "The transparency log does not agree with what it signed before, and signs nothing until that is explained.").Wrap(why))
	return nil
}

// remembered are the checkpoints that the log must not contradict.
func (l *Log) remembered(ctx context.Context) ([]Checkpoint, error) {
	var notes [][]byte
	stored, err := l.Store.LatestCheckpoint(ctx)
	switch {
	case err == nil:
		notes = append(notes, []byte(stored.Note))
	case fault.Of(err) != fault.NotFound:
		return nil, fmt.Errorf("latest checkpoint: %w", err)
	}
	if l.Remembered != nil {
		notes = append(notes, l.Remembered)
	}
	var all []Checkpoint
	for _, signed := range notes {
		c, err := l.memory.Open(signed)
		if err != nil {
			return nil, fmt.Errorf("remembered checkpoint: %w", err)
		}
		all = append(all, c)
	}
	return all, nil
}

// follows reports why the head does not continue the checkpoint.
func (l *Log) follows(ctx context.Context, head Head, c Checkpoint) error {
	if head.Size < c.Size {
		return fmt.Errorf("the log has %d entries and signed %d before", head.Size, c.Size)
	}
	tree := head.tree()
	return Consistent(ctx, c, Checkpoint{Origin: c.Origin, Size: tree.N, Root: tree.Hash}, l.Store)
}

// keepName takes the name from what was signed before. Whoever changes it there
// only makes the signature fail.
func (l *Log) keepName(ctx context.Context) error {
	signed := string(l.Remembered)
	if signed == "" {
		stored, err := l.Store.LatestCheckpoint(ctx)
		if err != nil && fault.Of(err) != fault.NotFound {
			return fmt.Errorf("latest checkpoint: %w", err)
		}
		signed = stored.Note
	}
	if name, _, found := strings.Cut(signed, "\n"); found {
		l.Origin = name
	}
	return nil
}
