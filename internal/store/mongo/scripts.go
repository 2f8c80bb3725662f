package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

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

// CountScripts implements exam.ScriptStore.
func (s *Store) CountScripts(ctx context.Context, exams []string, stages []exam.ScriptStage, notBarred string, limit int) (map[string]int, error) {
	counts := make(map[string]int)
	if len(exams) == 0 || len(stages) == 0 { // a nil list is null, which $in refuses
		return counts, nil
	}
	filter := bson.D{{Key: "exam", Value: bson.D{{Key: "$in", Value: exams}}}, {Key: "stage", Value: bson.D{{Key: "$in", Value: stages}}}}
	if notBarred != "" {
		filter = append(filter, bson.E{Key: "barred", Value: bson.D{{Key: "$ne", Value: notBarred}}})
	}
	cursor, err := s.db.Collection(scripts).Find(ctx, filter, options.Find().SetLimit(int64(limit)).SetProjection(bson.D{{Key: "exam", Value: 1}}))
	if err != nil {
		return nil, failed(ctx, err)
	}
	var found []struct {
		Exam string `bson:"exam"`
	}
	if err := cursor.All(ctx, &found); err != nil {
		return nil, failed(ctx, err)
	}
	for _, f := range found {
		counts[f.Exam]++
	}
	return counts, nil
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
