package sqlite

import (
	"context"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

func regradeDue(g *exam.Regrade) any {
	if g.DueAt.IsZero() {
		return nil
	}
	return g.DueAt.UnixMilli()
}

// InsertRegrade implements exam.RegradeStore.
func (s *Store) InsertRegrade(ctx context.Context, g exam.Regrade) error {
	doc, err := encode(g)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.RegradeTaken, "INSERT INTO regrades (id, version, exam, due_at, doc) VALUES (?, ?, ?, ?, ?)", g.ID, g.Version, g.Exam, regradeDue(&g), doc)
}

// UpdateRegrade implements exam.RegradeStore.
func (s *Store) UpdateRegrade(ctx context.Context, g exam.Regrade) error {
	read := g.Version
	g.Version++
	doc, err := encode(g)
	if err != nil {
		return err
	}
	return s.replace(ctx, "regrades", g.ID, store.RegradeMissing, store.RegradeStale,
		"UPDATE regrades SET version = ?, due_at = ?, doc = ? WHERE id = ? AND version = ?", g.Version, regradeDue(&g), doc, g.ID, read)
}

// Regrade implements exam.RegradeStore.
func (s *Store) Regrade(ctx context.Context, id string) (exam.Regrade, error) {
	return one[exam.Regrade](ctx, s, store.RegradeMissing, "SELECT doc FROM regrades WHERE id = ?", id)
}

// RegradesOf implements exam.RegradeStore.
func (s *Store) RegradesOf(ctx context.Context, examID, after string, limit int) ([]exam.Regrade, error) {
	return many[exam.Regrade](ctx, s, "SELECT doc FROM regrades WHERE exam = ? AND id > ? ORDER BY id LIMIT ?", examID, after, limit)
}

// RegradesDue implements exam.RegradeStore.
func (s *Store) RegradesDue(ctx context.Context, now time.Time, limit int) ([]exam.Regrade, error) {
	return many[exam.Regrade](ctx, s, "SELECT doc FROM regrades WHERE due_at <= ? ORDER BY due_at, id LIMIT ?", now.UnixMilli(), limit)
}

// PutRegradeChange implements exam.RegradeStore.
func (s *Store) PutRegradeChange(ctx context.Context, c exam.RegradeChange) error {
	read := c.Version
	c.Version++
	doc, err := encode(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec(`INSERT INTO regrade_changes (regrade, attempt, version, turn, letter, doc) SELECT ?1, ?2, ?3, ?4, ?5, ?6
			WHERE ?7 = 0 OR EXISTS (SELECT 1 FROM regrade_changes WHERE regrade = ?1 AND attempt = ?2)
			ON CONFLICT DO UPDATE SET version = excluded.version, turn = excluded.turn, letter = excluded.letter, doc = excluded.doc WHERE regrade_changes.version = ?7`,
			c.Regrade, c.Attempt, c.Version, string(c.Turn), string(c.Letter), doc, read)
		if err == nil && changed == 0 {
			return store.RegradeChangeStale
		}
		return err
	})
}

// RegradeChange implements exam.RegradeStore.
func (s *Store) RegradeChange(ctx context.Context, regrade, attempt string) (exam.RegradeChange, error) {
	return one[exam.RegradeChange](ctx, s, store.RegradeChangeMissing, "SELECT doc FROM regrade_changes WHERE regrade = ? AND attempt = ?", regrade, attempt)
}

// RegradeChanges implements exam.RegradeStore.
func (s *Store) RegradeChanges(ctx context.Context, f exam.RegradeFilter, after string, limit int) ([]exam.RegradeChange, error) {
	where, args := []string{"regrade = ?", "attempt > ?"}, []any{f.Regrade, after}
	for _, by := range []struct{ column, value string }{{"turn", string(f.Turn)}, {"letter", string(f.Letter)}} {
		if by.value != "" {
			where, args = append(where, by.column+" = ?"), append(args, by.value)
		}
	}
	return many[exam.RegradeChange](ctx, s, "SELECT doc FROM regrade_changes WHERE "+strings.Join(where, " AND ")+" ORDER BY attempt LIMIT ?", append(args, limit)...)
}
