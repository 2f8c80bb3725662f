package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertRegrade implements exam.RegradeStore.
func (s *Store) InsertRegrade(ctx context.Context, g exam.Regrade) error {
	return insert(ctx, s, regrades, g.ID, g, store.RegradeTaken)
}

// UpdateRegrade implements exam.RegradeStore.
func (s *Store) UpdateRegrade(ctx context.Context, g exam.Regrade) error {
	read := g.Version
	g.Version++
	return replace(ctx, s, regrades, g.ID, read, g, store.RegradeMissing, store.RegradeStale, nil)
}

// Regrade implements exam.RegradeStore.
func (s *Store) Regrade(ctx context.Context, id string) (exam.Regrade, error) {
	return one[exam.Regrade](ctx, s, regrades, byKey(id), store.RegradeMissing)
}

// RegradesOf implements exam.RegradeStore.
func (s *Store) RegradesOf(ctx context.Context, examID, after string, limit int) ([]exam.Regrade, error) {
	return many[exam.Regrade](ctx, s, regrades, page{filter: bson.D{{Key: "exam", Value: examID}}, by: "_id", after: after, limit: limit})
}

// RegradesDue implements exam.RegradeStore.
func (s *Store) RegradesDue(ctx context.Context, now time.Time, limit int) ([]exam.Regrade, error) {
	var docs []keyed[exam.Regrade]
	filter := bson.D{{Key: "due_at", Value: bson.D{{Key: "$lte", Value: instant(now)}}}}
	if err := s.find(ctx, regrades, filter, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, limit, nil, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]exam.Regrade, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// changeKey is unambiguous: an id has no slash.
func changeKey(regrade, attempt string) string { return regrade + "/" + attempt }

// PutRegradeChange implements exam.RegradeStore.
func (s *Store) PutRegradeChange(ctx context.Context, c exam.RegradeChange) error {
	read := c.Version
	c.Version++
	key := changeKey(c.Regrade, c.Attempt)
	if read == 0 {
		return insert(ctx, s, regradeRows, key, c, store.RegradeChangeStale)
	}
	return replace(ctx, s, regradeRows, key, read, c, store.RegradeChangeStale, store.RegradeChangeStale, nil)
}

// RegradeChange implements exam.RegradeStore.
func (s *Store) RegradeChange(ctx context.Context, regrade, attempt string) (exam.RegradeChange, error) {
	return one[exam.RegradeChange](ctx, s, regradeRows, byKey(changeKey(regrade, attempt)), store.RegradeChangeMissing)
}

// RegradeChanges implements exam.RegradeStore.
func (s *Store) RegradeChanges(ctx context.Context, f exam.RegradeFilter, after string, limit int) ([]exam.RegradeChange, error) {
	filter := bson.D{{Key: "regrade", Value: f.Regrade}}
	for _, by := range []struct{ field, value string }{{"turn", string(f.Turn)}, {"letter", string(f.Letter)}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: by.field, Value: by.value})
		}
	}
	return many[exam.RegradeChange](ctx, s, regradeRows, page{filter: filter, by: "attempt", after: after, limit: limit})
}
