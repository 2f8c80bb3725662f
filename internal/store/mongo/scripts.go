package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// InsertScript implements exam.ScriptStore.
func (s *Store) InsertScript(ctx context.Context, c exam.Script) error {
	return insert(ctx, s, scripts, c.ID, c, store.ScriptTaken)
}

// UpdateScript implements exam.ScriptStore.
func (s *Store) UpdateScript(ctx context.Context, c exam.Script) error {
	read := c.Version
	c.Version++
	return replace(ctx, s, scripts, c.ID, read, c, store.ScriptMissing, store.ScriptStale, nil)
}

// Script implements exam.ScriptStore.
func (s *Store) Script(ctx context.Context, id string) (exam.Script, error) {
	return one[exam.Script](ctx, s, scripts, byKey(id), store.ScriptMissing)
}

// Scripts implements exam.ScriptStore.
func (s *Store) Scripts(ctx context.Context, f exam.ScriptFilter, after string, limit int) ([]exam.Script, error) {
	var filter bson.D
	for _, by := range []struct{ field, value string }{{"exam", f.Exam}, {"attempt", f.Attempt}, {"stage", string(f.Stage)}, {"holder", f.Holder}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: by.field, Value: by.value})
		}
	}
	if f.NotBarred != "" {
		filter = append(filter, bson.E{Key: "barred", Value: bson.D{{Key: "$ne", Value: f.NotBarred}}})
	}
	return many[exam.Script](ctx, s, scripts, page{filter: filter, by: "_id", after: after, limit: limit})
}

// ScriptsDue implements exam.ScriptStore.
func (s *Store) ScriptsDue(ctx context.Context, now time.Time, limit int) ([]exam.Script, error) {
	var docs []keyed[exam.Script]
	filter := bson.D{{Key: "due_at", Value: bson.D{{Key: "$lte", Value: instant(now)}}}}
	if err := s.find(ctx, scripts, filter, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, limit, nil, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]exam.Script, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}
