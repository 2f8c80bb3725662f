package server

import (
	"context"

	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
)

// figures are what the statistics say of the items of a bank.
func (s *Server) figures(ctx context.Context, bank string) (map[string]authoring.Figures, error) {
	latest, err := s.Statistics.LatestIn(ctx, bank)
	return shown(latest), err
}

// note keeps what the statistics of an exam say with the items of the working copy that it
// asked.
func (s *Server) note(ctx context.Context, exam string) error {
	bank, latest, err := s.Statistics.LatestOf(ctx, exam)
	if err != nil {
		return err
	}
	_, err = s.Authoring.Note(ctx, bank, shown(latest))
	return err
}

// shown are the figures that authors see in their lists.
func shown(latest map[string]statistics.Latest) map[string]authoring.Figures {
	all := make(map[string]authoring.Figures, len(latest))
	for id, l := range latest {
		f := authoring.Figures{Exam: l.Exam, PublishedAt: l.PublishedAt, ComputedAt: l.ComputedAt, Revision: l.Revision, N: l.N}
		for _, flag := range l.Flags {
			f.Flags = append(f.Flags, string(flag))
		}
		all[id] = f
	}
	return all
}
