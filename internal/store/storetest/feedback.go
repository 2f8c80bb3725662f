package storetest

import (
	"slices"
	"sync"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

func feedback(t *testing.T, s Store) {
	ctx := t.Context()
	f := exam.Feedback{Schema: 1, Attempt: id(), Exam: id(), Reports: []exam.Report{{At: now, Slot: 2, Item: exam.ItemRef{ID: "item", Revision: "r"}, Lang: "uk", Reason: exam.Unclear, Text: "Що означає «негайно»?"}}}
	_, err := s.Feedback(ctx, f.Attempt)
	wantCode(t, "nothing said", err, "feedback.not_found")
	f.Version = 1
	wantCode(t, "a change of nothing", s.PutFeedback(ctx, f), "feedback.stale")
	f.Version = 0
	must(t, s.PutFeedback(ctx, f))
	wantCode(t, "a second first", s.PutFeedback(ctx, f), "feedback.stale")
	f.Version, f.Survey = 1, &exam.Survey{At: now, Clear: 4, Comment: "Дякую"}
	must(t, s.PutFeedback(ctx, f))
	wantCode(t, "an old version", s.PutFeedback(ctx, f), "feedback.stale")
	got, err := s.Feedback(ctx, f.Attempt)
	must(t, err)
	f.Version = 2
	same(t, "feedback", got, f)

	// Of many that read the same version one wins.
	var racing sync.WaitGroup
	wins := make(chan bool, racers)
	for range racers {
		racing.Go(func() {
			err := s.PutFeedback(ctx, f)
			if err != nil && fault.Code(err) != "feedback.stale" {
				t.Error(err)
			}
			wins <- err == nil
		})
	}
	racing.Wait()
	close(wins)
	n := 0
	for win := range wins {
		if win {
			n++
		}
	}
	same(t, "winners", n, 1)

	want := []string{f.Attempt}
	for range 4 {
		other := exam.Feedback{Schema: 1, Attempt: id(), Exam: f.Exam}
		must(t, s.PutFeedback(ctx, other))
		want = append(want, other.Attempt)
	}
	must(t, s.PutFeedback(ctx, exam.Feedback{Schema: 1, Attempt: id(), Exam: id()}))
	slices.Sort(want)
	var seen []string
	for after := ""; ; {
		page, err := s.FeedbackOn(ctx, f.Exam, after, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, one := range page {
			seen, after = append(seen, one.Attempt), one.Attempt
		}
	}
	same(t, "paged feedback", seen, want)
}
