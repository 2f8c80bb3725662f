package statistics

import (
	"context"
	"fmt"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Latest is what the statistics of an exam say of an item, and of which of its revisions.
type Latest struct {
	Noted
	// PublishedAt is when the exam was.
	PublishedAt time.Time
	Revision    string
}

// LatestOf returns what the newest run says of the items of an exam, by their ids, and the
// bank that they are of. Items that too few people answered are not in it, and nothing is
// before the first run. "exam.not_found".
func (s *Service) LatestOf(ctx context.Context, id string) (bank string, latest map[string]Latest, err error) {
	e, err := s.exams.Exam(ctx, id)
	if err != nil {
		return "", nil, err
	}
	return s.latest(ctx, &e)
}

func (s *Service) latest(ctx context.Context, e *exam.Exam) (bank string, latest map[string]Latest, err error) {
	held, err := s.exams.Bank(ctx, e.Release)
	if err != nil {
		return "", nil, err
	}
	r, err := s.Result(ctx, e.ID)
	if fault.Of(err) == fault.NotFound {
		return held.Release.Bank, nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	latest = make(map[string]Latest)
	for _, line := range r.Items {
		n, asked := held.Number(line.Item)
		if !asked || line.N < LeastPeople {
			continue
		}
		latest[line.Item] = Latest{Noted{Exam: e.ID, ComputedAt: r.ComputedAt, Line: line}, e.PublishedAt, held.Revision(n).Hash}
	}
	return held.Release.Bank, latest, nil
}

// LatestIn returns, for each item of a bank, what the exam says that was published last
// among those that asked it of enough people.
func (s *Service) LatestIn(ctx context.Context, bank string) (map[string]Latest, error) {
	known := make(map[string]Latest)
	for after := ""; ; {
		all, err := s.exams.Exams(ctx, after, page)
		if err != nil {
			return nil, fmt.Errorf("exams of bank %s: %w", bank, err)
		}
		for i := range all {
			after = all[i].ID
			if all[i].State == exam.ExamDraft {
				continue
			}
			of, latest, err := s.latest(ctx, &all[i])
			if err != nil {
				return nil, err
			}
			for id, l := range latest {
				if former, there := known[id]; of == bank && (!there || l.PublishedAt.After(former.PublishedAt)) {
					known[id] = l
				}
			}
		}
		if len(all) < page {
			return known, nil
		}
	}
}
