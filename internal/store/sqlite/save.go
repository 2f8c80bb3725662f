package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

const upsertResponse = `INSERT INTO responses (attempt, slot, seq, at, worked, doc) VALUES (?, ?, ?, ?, ?, ?)
	ON CONFLICT DO UPDATE SET seq = excluded.seq, at = excluded.at, worked = excluded.worked, doc = excluded.doc WHERE excluded.seq > responses.seq`

// SaveResponses implements exam.AttemptStore: three statements for a save of
// one response. Everything that needs no store is prepared before it queues.
func (s *Store) SaveResponses(ctx context.Context, id string, save exam.Save, slots int, now time.Time) (exam.Ack, error) {
	docs := make([]string, len(save.Responses))
	hashes := make([]exam.Leaf, len(save.Responses))
	for i, r := range save.Responses {
		doc, err := encode(r.Response)
		if err != nil {
			return exam.Ack{}, err
		}
		docs[i], hashes[i] = doc, r.Response.Leaf()
	}
	var ack exam.Ack
	leaves := make([]exam.Leaf, slots)
	err := s.do(ctx, func(t *tx) error {
		var state exam.State
		var writer string
		var acceptUntil, deadline, pausedAt, base int64
		var stored []byte
		err := t.row("SELECT state, writer, accept_until, deadline, paused_at, seq, seq_base, leaves FROM attempts WHERE id = ?", []any{id},
			&state, &writer, &acceptUntil, &deadline, &pausedAt, &ack.Seq, &base, &stored)
		if errors.Is(err, sql.ErrNoRows) {
			return store.AttemptMissing
		}
		if err != nil {
			return err
		}
		if state != exam.Running || writer != save.Writer || (now.UnixMilli() > acceptUntil && pausedAt == 0) || save.Seq <= base {
			return refusal(t, id, save, now)
		}
		for i, r := range save.Responses {
			changed, err := t.exec(upsertResponse, id, r.Slot, save.Seq, now.UnixMilli(), r.WorkedMS, docs[i])
			if err != nil {
				return err
			}
			if changed == 1 {
				copy(stored[r.Slot*len(exam.Leaf{}):], hashes[i][:])
			}
		}
		for i := range leaves {
			copy(leaves[i][:], stored[i*len(exam.Leaf{}):])
		}
		ack.Seq = max(ack.Seq, save.Seq)
		ack.Deadline, ack.AcceptUntil, ack.PausedAt = instant(deadline), instant(acceptUntil), instant(pausedAt)
		_, err = t.exec("UPDATE attempts SET version = version + 1, seq = ?, saved_at = ?, leaves = ? WHERE id = ?", ack.Seq, now.UnixMilli(), stored, id)
		return err
	})
	if err != nil {
		return exam.Ack{}, err
	}
	ack.Digest = exam.Digest(leaves)
	return ack, nil
}

// refusal asks the domain why the save cannot be applied.
func refusal(t *tx, id string, save exam.Save, now time.Time) error {
	stmt, err := t.prepared("SELECT " + headColumns + " FROM attempts WHERE id = ?")
	if err != nil {
		return err
	}
	a, err := scanHead(stmt.QueryRow(id))
	if err != nil {
		return err
	}
	if err := a.Admit(save, now); err != nil {
		return err
	}
	return fmt.Errorf("attempt %s: its columns refuse a save that its document admits", id)
}

// Heard implements exam.AttemptStore.
func (s *Store) Heard(ctx context.Context, id string, now time.Time) error {
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec("UPDATE attempts SET heard_at = ? WHERE id = ?", now.UnixMilli(), id)
		if err == nil && changed == 0 {
			return store.AttemptMissing
		}
		return err
	})
}

// KeepLate implements exam.AttemptStore.
func (s *Store) KeepLate(ctx context.Context, id string, l exam.LateSave) error {
	doc, err := encode(l)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO late (attempt, writer, seq, at, doc)
			SELECT ?1, ?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM late WHERE attempt = ?1) < ?6 ON CONFLICT DO NOTHING`,
			id, l.Save.Writer, l.Save.Seq, l.At.UnixMilli(), doc, exam.MaxLate)
		return err
	})
}
