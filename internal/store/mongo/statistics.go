package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/store"
)

// InsertJob implements statistics.Store.
func (s *Store) InsertJob(ctx context.Context, j statistics.Job) error {
	return insert(ctx, s, statisticsJobs, j.Exam, j, store.StatisticsTaken)
}

// UpdateJob implements statistics.Store.
func (s *Store) UpdateJob(ctx context.Context, j statistics.Job) error {
	read := j.Version
	j.Version++
	return replace(ctx, s, statisticsJobs, j.Exam, read, j, store.StatisticsMissing, store.StatisticsStale, nil)
}

// Job implements statistics.Store.
func (s *Store) Job(ctx context.Context, exam string) (statistics.Job, error) {
	return one[statistics.Job](ctx, s, statisticsJobs, byKey(exam), store.StatisticsMissing)
}

// JobsDue implements statistics.Store.
func (s *Store) JobsDue(ctx context.Context, now time.Time, limit int) ([]statistics.Job, error) {
	var docs []keyed[statistics.Job]
	filter := bson.D{{Key: "due_at", Value: bson.D{{Key: "$lte", Value: instant(now)}}}}
	if err := s.find(ctx, statisticsJobs, filter, bson.D{{Key: "due_at", Value: 1}, {Key: "_id", Value: 1}}, limit, nil, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]statistics.Job, len(docs))
	for i := range docs {
		all[i] = docs[i].Value
	}
	return all, nil
}

// partKey is unambiguous: the id of an exam has no slash.
func partKey(exam, name string) string { return exam + "/" + name }

// PutPart implements statistics.Store. The upsert of a part that a later run has stored
// matches nothing and meets its key, which is how it is known.
func (s *Store) PutPart(ctx context.Context, p statistics.Part) error {
	key := partKey(p.Exam, p.Name)
	filter := append(byKey(key), bson.E{Key: "run", Value: bson.D{{Key: "$lte", Value: p.Run}}})
	for range 2 { // two first ones at once: one of them replaces the other
		_, err := s.db.Collection(statisticsParts).ReplaceOne(ctx, filter, keyed[statistics.Part]{Key: key, Value: p}, options.Replace().SetUpsert(true))
		if mongo.IsDuplicateKeyError(err) {
			continue
		}
		if err != nil {
			return failed(ctx, err)
		}
		return nil
	}
	return nil
}

// Part implements statistics.Store.
func (s *Store) Part(ctx context.Context, exam, name string) (statistics.Part, error) {
	return one[statistics.Part](ctx, s, statisticsParts, byKey(partKey(exam, name)), store.StatisticsPartMissing)
}
