package sqlite

import (
	"context"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/store"
)

// PutFeedback implements exam.FeedbackStore.
func (s *Store) PutFeedback(ctx context.Context, f exam.Feedback) error {
	read := f.Version
	f.Version++
	doc, err := encode(f)
	if err != nil {
		return err
	}
	return s.do(ctx, func(t *tx) error {
		changed, err := t.exec(`INSERT INTO feedback (attempt, version, exam, doc) SELECT ?1, ?2, ?3, ?4 WHERE ?5 = 0 OR EXISTS (SELECT 1 FROM feedback WHERE attempt = ?1)
			ON CONFLICT DO UPDATE SET version = excluded.version, doc = excluded.doc WHERE feedback.version = ?5`, f.Attempt, f.Version, f.Exam, doc, read)
		if err == nil && changed == 0 {
			return store.FeedbackStale
		}
		return err
	})
}

// Feedback implements exam.FeedbackStore.
func (s *Store) Feedback(ctx context.Context, attempt string) (exam.Feedback, error) {
	return one[exam.Feedback](ctx, s, store.FeedbackMissing, "SELECT doc FROM feedback WHERE attempt = ?", attempt)
}

// FeedbackOn implements exam.FeedbackStore.
func (s *Store) FeedbackOn(ctx context.Context, examID, after string, limit int) ([]exam.Feedback, error) {
	return many[exam.Feedback](ctx, s, "SELECT doc FROM feedback WHERE exam = ? AND attempt > ? ORDER BY attempt LIMIT ?", examID, after, limit)
}
