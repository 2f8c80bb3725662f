package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutFeedback implements exam.FeedbackStore.
func (s *Store) PutFeedback(ctx context.Context, f exam.Feedback) error {
	read := f.Version
	f.Version++
	if read == 0 {
		return insert(ctx, s, feedback, f.Attempt, f, store.FeedbackStale)
	}
	return replace(ctx, s, feedback, f.Attempt, read, f, store.FeedbackStale, store.FeedbackStale, nil)
}

// Feedback implements exam.FeedbackStore.
func (s *Store) Feedback(ctx context.Context, attempt string) (exam.Feedback, error) {
	return one[exam.Feedback](ctx, s, feedback, byKey(attempt), store.FeedbackMissing)
}

// FeedbackOn implements exam.FeedbackStore.
func (s *Store) FeedbackOn(ctx context.Context, examID, after string, limit int) ([]exam.Feedback, error) {
	return many[exam.Feedback](ctx, s, feedback, page{filter: bson.D{{Key: "exam", Value: examID}}, by: "_id", after: after, limit: limit})
}
