package statistics

import (
	"context"
	"fmt"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Noted is what the statistics of an exam say of one revision of an item: figures and
// flags, which a list of a bank shows beside it.
type Noted struct {
	// Exam whose answers these are, and when that was computed.
	Exam       string
	ComputedAt time.Time
	Line
}

// Noted returns what is known of the items of a release, by their ids; items that nobody
// answered, or too few, are not in it. Exams over other releases count where they asked
// the very same revision: what an older wording did says nothing of this one. Of several
// exams the one with the most answers speaks for an item. "release.not_found".
func (s *Service) Noted(ctx context.Context, release string) (map[string]Noted, error) {
	bank, err := s.exams.Bank(ctx, release)
	if err != nil {
		return nil, err
	}
	known := make(map[string]Noted)
	for after := ""; ; {
		all, err := s.exams.Exams(ctx, after, page)
		if err != nil {
			return nil, fmt.Errorf("exams of release %s: %w", release, err)
		}
		for i := range all {
			after = all[i].ID
			if err := s.note(ctx, bank, &all[i], known); err != nil {
				return nil, err
			}
		}
		if len(all) < page {
			return known, nil
		}
	}
}

// note adds what one exam says of the items of the bank.
func (s *Service) note(ctx context.Context, bank *exam.Bank, e *exam.Exam, known map[string]Noted) error {
	if e.State == exam.ExamDraft {
		return nil
	}
	r, err := s.Result(ctx, e.ID)
	if fault.Of(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	asked := bank
	if e.Release != bank.Release.Hash {
		if asked, err = s.exams.Bank(ctx, e.Release); err != nil {
			return err
		}
	}
	for _, line := range r.Items {
		if line.N > known[line.Item].N && sameRevision(bank, asked, line.Item) {
			known[line.Item] = Noted{Exam: e.ID, ComputedAt: r.ComputedAt, Line: line}
		}
	}
	return nil
}

// sameRevision reports whether both banks hold the item, worded alike.
func sameRevision(a, b *exam.Bank, item string) bool {
	n, held := a.Number(item)
	m, asked := b.Number(item)
	return held && asked && a.Revision(n).Hash == b.Revision(m).Hash
}
