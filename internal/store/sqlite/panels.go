package sqlite

import (
	"context"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertPanel implements exam.PanelStore.
func (s *Store) InsertPanel(ctx context.Context, p exam.Panel) error {
	doc, err := encode(p)
	if err != nil {
		return err
	}
	return s.insert(ctx, store.PanelTaken, "INSERT INTO panels (id, version, exam, doc) VALUES (?, ?, ?, ?)", p.ID, p.Version, p.Exam, doc)
}

// UpdatePanel implements exam.PanelStore.
func (s *Store) UpdatePanel(ctx context.Context, p exam.Panel) error {
	read := p.Version
	p.Version++
	doc, err := encode(p)
	if err != nil {
		return err
	}
	return s.replace(ctx, "panels", p.ID, store.PanelMissing, store.PanelStale, "UPDATE panels SET version = ?, doc = ? WHERE id = ? AND version = ?", p.Version, doc, p.ID, read)
}

// Panel implements exam.PanelStore.
func (s *Store) Panel(ctx context.Context, id string) (exam.Panel, error) {
	return one[exam.Panel](ctx, s, store.PanelMissing, "SELECT doc FROM panels WHERE id = ?", id)
}

// PanelsOf implements exam.PanelStore.
func (s *Store) PanelsOf(ctx context.Context, examID, after string, limit int) ([]exam.Panel, error) {
	return many[exam.Panel](ctx, s, "SELECT doc FROM panels WHERE exam = ? AND id > ? ORDER BY id LIMIT ?", examID, after, limit)
}

// PutBallot implements exam.PanelStore.
func (s *Store) PutBallot(ctx context.Context, b exam.Ballot) error {
	read := b.Version
	b.Version++
	doc, err := encode(b)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec(`INSERT INTO ballots (panel, judge, version, doc) SELECT ?1, ?2, ?3, ?4 WHERE ?5 = 0 OR EXISTS (SELECT 1 FROM ballots WHERE panel = ?1 AND judge = ?2)
			ON CONFLICT DO UPDATE SET version = excluded.version, doc = excluded.doc WHERE ballots.version = ?5`, b.Panel, b.Judge, b.Version, doc, read)
		if err == nil && changed == 0 {
			return store.BallotStale
		}
		return err
	})
}

// Ballot implements exam.PanelStore.
func (s *Store) Ballot(ctx context.Context, panel, judge string) (exam.Ballot, error) {
	return one[exam.Ballot](ctx, s, store.BallotMissing, "SELECT doc FROM ballots WHERE panel = ? AND judge = ?", panel, judge)
}

// BallotsIn implements exam.PanelStore.
func (s *Store) BallotsIn(ctx context.Context, panel, after string, limit int) ([]exam.Ballot, error) {
	return many[exam.Ballot](ctx, s, "SELECT doc FROM ballots WHERE panel = ? AND judge > ? ORDER BY judge LIMIT ?", panel, after, limit)
}

// BallotsOf implements exam.PanelStore.
func (s *Store) BallotsOf(ctx context.Context, judge, after string, limit int) ([]exam.Ballot, error) {
	return many[exam.Ballot](ctx, s, "SELECT doc FROM ballots WHERE judge = ? AND panel > ? ORDER BY panel LIMIT ?", judge, after, limit)
}
