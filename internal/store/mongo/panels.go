package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertPanel implements exam.PanelStore.
func (s *Store) InsertPanel(ctx context.Context, p exam.Panel) error {
	return insert(ctx, s, panels, p.ID, p, store.PanelTaken)
}

// UpdatePanel implements exam.PanelStore.
func (s *Store) UpdatePanel(ctx context.Context, p exam.Panel) error {
	read := p.Version
	p.Version++
	return replace(ctx, s, panels, p.ID, read, p, store.PanelMissing, store.PanelStale, nil)
}

// Panel implements exam.PanelStore.
func (s *Store) Panel(ctx context.Context, id string) (exam.Panel, error) {
	return one[exam.Panel](ctx, s, panels, byKey(id), store.PanelMissing)
}

// PanelsOf implements exam.PanelStore.
func (s *Store) PanelsOf(ctx context.Context, examID, after string, limit int) ([]exam.Panel, error) {
	return many[exam.Panel](ctx, s, panels, page{filter: bson.D{{Key: "exam", Value: examID}}, by: "_id", after: after, limit: limit})
}

// ballotKey is unambiguous: an id has no slash.
func ballotKey(panel, judge string) string { return panel + "/" + judge }

// PutBallot implements exam.PanelStore.
func (s *Store) PutBallot(ctx context.Context, b exam.Ballot) error {
	read := b.Version
	b.Version++
	key := ballotKey(b.Panel, b.Judge)
	if read == 0 {
		return insert(ctx, s, ballots, key, b, store.BallotStale)
	}
	return replace(ctx, s, ballots, key, read, b, store.BallotStale, store.BallotStale, nil)
}

// Ballot implements exam.PanelStore.
func (s *Store) Ballot(ctx context.Context, panel, judge string) (exam.Ballot, error) {
	return one[exam.Ballot](ctx, s, ballots, byKey(ballotKey(panel, judge)), store.BallotMissing)
}

// BallotsIn implements exam.PanelStore.
func (s *Store) BallotsIn(ctx context.Context, panel, after string, limit int) ([]exam.Ballot, error) {
	return many[exam.Ballot](ctx, s, ballots, page{filter: bson.D{{Key: "panel", Value: panel}}, by: "judge", after: after, limit: limit})
}

// BallotsOf implements exam.PanelStore.
func (s *Store) BallotsOf(ctx context.Context, judge, after string, limit int) ([]exam.Ballot, error) {
	return many[exam.Ballot](ctx, s, ballots, page{filter: bson.D{{Key: "judge", Value: judge}}, by: "panel", after: after, limit: limit})
}
