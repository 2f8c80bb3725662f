package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/proba-exam/proba/exam"
)

// TallyAttempts implements exam.AttemptStore.
func (s *Store) TallyAttempts(ctx context.Context, sitting string) (exam.Tally, error) {
	all, err := s.TallySittings(ctx, []string{sitting})
	return all[sitting], err
}

// TallySittings implements exam.AttemptStore. Scores are summed here, by group of
// equal ones: FerretDB sums no field of a nested document.
func (s *Store) TallySittings(ctx context.Context, sittings []string) (map[string]exam.Tally, error) {
	if len(sittings) == 0 {
		return nil, nil
	}
	by := bson.D{{Key: "sitting", Value: "$head.sitting"}, {Key: "state", Value: "$head.state"}, {Key: "passed", Value: "$head.result.passed"}, {Key: "score", Value: "$head.result.score"}, {Key: "max", Value: "$head.result.max"}}
	cursor, err := s.db.Collection(attempts).Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: bson.D{{Key: "head.sitting", Value: bson.D{{Key: "$in", Value: sittings}}}}}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: by}, {Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}}}}},
	})
	if err != nil {
		return nil, failed(ctx, err)
	}
	var groups []struct {
		ID struct {
			Sitting string      `bson:"sitting"`
			State   exam.State  `bson:"state"`
			Passed  *bool       `bson:"passed"`
			Score   exam.Points `bson:"score"`
			Max     exam.Points `bson:"max"`
		} `bson:"_id"`
		N int `bson:"n"`
	}
	if err := cursor.All(ctx, &groups); err != nil {
		return nil, failed(ctx, err)
	}
	all := make(map[string]exam.Tally)
	for _, g := range groups {
		t := all[g.ID.Sitting]
		graded := g.ID.Passed != nil // no result, no member
		t.Add(g.ID.State, g.N, graded, graded && *g.ID.Passed, g.ID.Score*exam.Points(g.N), g.ID.Max*exam.Points(g.N))
		all[g.ID.Sitting] = t
	}
	return all, nil
}
