package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// attempt is the stored layout. What stands beside the head is zero in it.
type attempt struct {
	ID        string              `bson:"_id"`
	Version   int64               `bson:"version"`
	Seq       int64               `bson:"seq"`
	SavedAt   time.Time           `bson:"saved_at"`
	HeardAt   time.Time           `bson:"heard_at"`
	Head      exam.Attempt        `bson:"head"`
	Form      exam.Form           `bson:"form"`
	Responses map[int]exam.Stored `bson:"responses"`
	Late      []exam.LateSave     `bson:"late"`
}

// beside names the fields that a listing leaves out.
var beside = []string{"form", "responses", "late"}

func head(a exam.Attempt) exam.Attempt {
	a.Version, a.Seq, a.SavedAt, a.HeardAt = 0, 0, time.Time{}, time.Time{}
	a.Form, a.Responses, a.Late = exam.Form{}, nil, nil
	return a
}

// whole puts the parts together again.
func (d *attempt) whole() exam.Attempt {
	a := d.Head
	a.Version, a.Seq, a.SavedAt, a.HeardAt = d.Version, d.Seq, d.SavedAt, d.HeardAt
	a.Form = d.Form
	if len(d.Responses) > 0 {
		a.Responses = d.Responses
	}
	if len(d.Late) > 0 {
		a.Late = d.Late
	}
	return a
}

// InsertAttempt implements exam.AttemptStore.
func (s *Store) InsertAttempt(ctx context.Context, a exam.Attempt) error {
	doc := attempt{ID: a.ID, Version: a.Version, Seq: a.Seq, SavedAt: a.SavedAt, HeardAt: a.HeardAt, Head: head(a), Form: a.Form,
		// Not null: the fields under them are set one by one.
		Responses: map[int]exam.Stored{}, Late: []exam.LateSave{}}
	return insertDocument(ctx, s, attempts, doc, store.AttemptTaken)
}

// Attempt implements exam.AttemptStore.
func (s *Store) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	doc, err := oneDocument[attempt](ctx, s, attempts, byKey(id), store.AttemptMissing)
	if err != nil {
		return exam.Attempt{}, err
	}
	return doc.whole(), nil
}

// Attempts implements exam.AttemptStore.
func (s *Store) Attempts(ctx context.Context, f exam.AttemptFilter, after string, limit int) ([]exam.Attempt, error) {
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}}
	for _, by := range []struct{ field, value string }{{"exam", f.Exam}, {"sitting", f.Sitting}, {"person", f.Person}, {"state", string(f.State)}} {
		if by.value != "" {
			filter = append(filter, bson.E{Key: "head." + by.field, Value: by.value})
		}
	}
	return s.heads(ctx, filter, bson.D{{Key: "_id", Value: 1}}, limit)
}

// Due implements exam.AttemptStore.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]exam.Attempt, error) {
	filter := bson.D{{Key: "head.due_at", Value: bson.D{{Key: "$lte", Value: instant(now)}}}}
	return s.heads(ctx, filter, bson.D{{Key: "head.due_at", Value: 1}, {Key: "_id", Value: 1}}, limit)
}

func (s *Store) heads(ctx context.Context, filter, sort bson.D, limit int) ([]exam.Attempt, error) {
	var docs []attempt
	if err := s.find(ctx, attempts, filter, sort, limit, beside, &docs); err != nil || len(docs) == 0 {
		return nil, err
	}
	all := make([]exam.Attempt, len(docs))
	for i := range docs {
		all[i] = docs[i].whole()
	}
	return all, nil
}

// Heard implements exam.AttemptStore.
func (s *Store) Heard(ctx context.Context, id string, now time.Time) error {
	matched, err := s.change(ctx, attempts, byKey(id), bson.D{{Key: "$set", Value: bson.D{{Key: "heard_at", Value: instant(now)}}}})
	if err == nil && !matched {
		return store.AttemptMissing
	}
	return err
}

// UpdateAttempt implements exam.AttemptStore.
func (s *Store) UpdateAttempt(ctx context.Context, a exam.Attempt) error {
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "head", Value: head(a)}, {Key: "version", Value: a.Version + 1}, {Key: "seq", Value: a.Seq}, {Key: "saved_at", Value: instant(a.SavedAt)}}}}
	matched, err := s.change(ctx, attempts, append(byKey(a.ID), bson.E{Key: "version", Value: a.Version}), update)
	if err != nil || matched {
		return err
	}
	return absent(ctx, s, attempts, a.ID, store.AttemptMissing, store.AttemptStale)
}
