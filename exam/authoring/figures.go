package authoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// AnyFlag, as a Filter's Flag, finds the entries that have any.
const AnyFlag = "any"

// Figures are what the statistics say of an entry, for lists: of the newest exam that asked
// it of enough people, the figures that were computed last. They are no part of a revision
// and no step of an entry's life.
type Figures struct {
	Exam string `json:"exam"`
	// PublishedAt is when the exam was, and ComputedAt when the figures were.
	PublishedAt time.Time `json:"published_at"`
	ComputedAt  time.Time `json:"computed_at"`
	// Revision is the one that was asked, which may be older than the entry's.
	Revision string `json:"revision"`
	// N answers.
	N int `json:"n"`
	// Flags are reasons to look at the item, as package statistics names them.
	Flags []string `json:"flags,omitempty"`
}

// Terms are the values of Filter.Flag by which the figures are found.
func (f *Figures) Terms() []string {
	if f == nil || len(f.Flags) == 0 {
		return nil
	}
	return append(slices.Clone(f.Flags), AnyFlag)
}

// Of reports whether the figures are of the revision, rather than of an older wording.
func (f *Figures) Of(revision string) bool { return f != nil && f.Revision == revision }

// newer reports whether f takes the place of the other figures: those of an exam that was
// published later, or of the same one computed later.
func (f *Figures) newer(than *Figures) bool {
	switch {
	case than == nil:
		return true
	case f.Exam == than.Exam:
		return f.ComputedAt.After(than.ComputedAt)
	}
	return f.PublishedAt.After(than.PublishedAt)
}

// Note keeps figures, by the ids of items, with the entries of a bank, and returns how many
// took them. Entries with newer ones stay as they are; a bank without a working copy and
// items that it does not hold are passed over.
func (s *Service) Note(ctx context.Context, bank string, known map[string]Figures) (took int, err error) {
	for _, id := range slices.Sorted(maps.Keys(known)) {
		f := known[id]
		e, err := s.store.Item(ctx, bank, id)
		switch {
		case fault.Of(err) == fault.NotFound:
			continue
		case err != nil:
			return took, err
		case !f.newer(e.Figures):
			continue
		}
		_, err = s.change(ctx, bank, id, func(e Entry) (Entry, error) {
			if f.newer(e.Figures) {
				e.Figures = &f
			}
			return e, nil
		})
		if err != nil {
			return took, err
		}
		took++
	}
	return took, nil
}
