package authoring

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// maxConflicts is how often a compare-and-set is tried again. Two authors and a
	// reviewer at one item need three.
	maxConflicts = 16
	// batch is how many entries are read or stored at a time.
	batch = 500
	// MaxChosen bounds what one order does with many entries: a page of a list.
	MaxChosen = 200
)

// Service is the writing of banks: it decides with the pure functions of this package
// and keeps what it decided in a Store. It is safe for concurrent use, also by several
// processes on one store.
type Service struct {
	store     Store
	revisions exam.BankStore
	exams     *exam.Service
	figures   func(ctx context.Context, bank string) (map[string]Figures, error)
	now       func() time.Time
}

// Deps is what a Service needs.
type Deps struct {
	Store Store
	// Revisions keeps what is written, beside the releases.
	Revisions exam.BankStore
	// Exams takes releases in and opens them.
	Exams *exam.Service
	// Figures are what the statistics say of the items of a bank, by their ids; nil where
	// there are no statistics.
	Figures func(ctx context.Context, bank string) (map[string]Figures, error)
	Now     func() time.Time
}

// NewService returns a service over the store.
func NewService(d Deps) *Service {
	return &Service{store: d.Store, revisions: d.Revisions, exams: d.Exams, figures: d.Figures, now: d.Now}
}

// moment is the clock as everything is stored: UTC, whole milliseconds.
func (s *Service) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Create makes the copy of a new bank. Making the same again changes nothing; another
// bank under a taken id is "copy.exists".
func (s *Service) Create(ctx context.Context, by string, c Copy) (Copy, error) {
	if faults := c.Check(); len(faults) > 0 {
		return Copy{}, fault.New(fault.Invalid, "copy.invalid", "The bank has %d faults.", len(faults)).At(faults...)
	}
	c = Copy{Schema: 1, Version: 1, ID: c.ID, Title: c.Title, Languages: c.Languages, CreatedAt: s.moment(), CreatedBy: by}
	err := s.store.InsertCopy(ctx, c)
	if fault.Code(err) != "copy.exists" {
		return c, err
	}
	stored, getErr := s.store.Copy(ctx, c.ID)
	switch {
	case getErr != nil:
		return Copy{}, getErr
	case stored.CreatedBy != by || !sameText(stored.Title, c.Title) || !slices.Equal(stored.Languages, c.Languages):
		return Copy{}, err
	}
	return stored, nil
}

// Edit replaces title and languages of the copy whose stored version is c.Version. A
// language that is added makes items incomplete, which their checks then say.
func (s *Service) Edit(ctx context.Context, c Copy) (Copy, error) {
	stored, err := s.store.Copy(ctx, c.ID)
	if err != nil {
		return Copy{}, err
	}
	if faults := c.Check(); len(faults) > 0 {
		return Copy{}, fault.New(fault.Invalid, "copy.invalid", "The bank has %d faults.", len(faults)).At(faults...)
	}
	stored.Version, stored.Title, stored.Languages = c.Version, c.Title, c.Languages
	if err := s.store.UpdateCopy(ctx, stored); err != nil {
		return Copy{}, err
	}
	stored.Version++
	return stored, nil
}

// Copy returns a working copy. "copy.not_found".
func (s *Service) Copy(ctx context.Context, bank string) (Copy, error) {
	return s.store.Copy(ctx, bank)
}

// Copies lists them by ascending id, without case texts.
func (s *Service) Copies(ctx context.Context, after string, limit int) ([]Copy, error) {
	return s.store.Copies(ctx, after, limit)
}

// WriteCase stores a case text; see Copy.WriteCase.
func (s *Service) WriteCase(ctx context.Context, by, bank, id string, seen, text exam.Text) (Copy, error) {
	if err := s.pin(ctx, text); err != nil {
		return Copy{}, err
	}
	return s.changeCopy(ctx, bank, func(c Copy) (Copy, error) { return c.WriteCase(id, seen, text, by, s.moment()) })
}

// ApproveCase approves a case text; see Copy.ApproveCase.
func (s *Service) ApproveCase(ctx context.Context, by, bank, id string, seen exam.Text) (Copy, error) {
	return s.changeCopy(ctx, bank, func(c Copy) (Copy, error) { return c.ApproveCase(id, seen, by, s.moment()) })
}

// changeCopy loads the copy, applies the change and stores it, again from the start
// when somebody else was first.
func (s *Service) changeCopy(ctx context.Context, bank string, change func(Copy) (Copy, error)) (Copy, error) {
	for range maxConflicts {
		c, err := s.store.Copy(ctx, bank)
		if err != nil {
			return Copy{}, err
		}
		before := c
		if c, err = change(c); err != nil || reflect.DeepEqual(before, c) {
			return c, err
		}
		err = s.store.UpdateCopy(ctx, c)
		if err == nil {
			c.Version++
			return c, nil
		}
		if fault.Code(err) != "copy.stale" {
			return Copy{}, fmt.Errorf("change bank %s: %w", bank, err)
		}
	}
	return Copy{}, fault.New(fault.Unavailable, "copy.busy", "This bank is being changed by others; try again.")
}

// Open makes a working copy of a release, so that it can be edited. Its items are
// approved as they are. A bank that has a copy already is "copy.exists": opening would
// undo what was written there. An opening that broke off can be repeated.
func (s *Service) Open(ctx context.Context, by, release string) (Copy, error) {
	bank, err := s.exams.Bank(ctx, release)
	if err != nil {
		return Copy{}, err
	}
	r, now := bank.Release, s.moment()
	c := Copy{Schema: 1, Version: 1, ID: r.Bank, Title: r.Title, Languages: r.Languages, Release: r.Hash, CreatedAt: now, CreatedBy: by}
	for _, st := range r.Stimuli {
		c.Cases = append(c.Cases, Case{ID: st.ID, Text: st.Text, Approved: st.Text, ApprovedBy: by, ApprovedAt: now})
	}
	for _, name := range bank.Media() {
		c.Media = append(c.Media, Filed{Name: name, At: now})
	}
	// First whether there is a copy: its entries must stay as they are. The copy itself
	// comes last, so that one that can be seen is whole.
	if _, err := s.store.Copy(ctx, r.Bank); fault.Of(err) != fault.NotFound {
		if err == nil {
			err = fault.New(fault.Conflict, "copy.exists", "This bank has a working copy already.")
		}
		return Copy{}, err
	}
	entries := make([]Entry, bank.Items())
	for i := range entries {
		rev := bank.Revision(i)
		e := Entry{Schema: 1, Version: 1, Bank: r.Bank, ID: rev.Item.ID, State: Approved, Place: int64(i), Revision: rev.Hash, Content: rev.Item, WrittenAt: r.CreatedAt,
			Approved: rev.Hash, ApprovedBy: by, ApprovedAt: now, Languages: complete(&rev.Item, r.Languages)}
		if entries[i], err = e.note(Opened, by, "", now); err != nil {
			return Copy{}, err
		}
	}
	if err := s.withFigures(ctx, r.Bank, entries); err != nil {
		return Copy{}, err
	}
	for part := range slices.Chunk(entries, batch) {
		if _, err := s.store.InsertItems(ctx, part); err != nil {
			return Copy{}, fmt.Errorf("open release %s: %w", release, err)
		}
	}
	if err := s.store.InsertCopy(ctx, c); err != nil {
		return Copy{}, err
	}
	return c, nil
}

// withFigures gives the entries of a bank that is being opened what is known of them.
func (s *Service) withFigures(ctx context.Context, bank string, entries []Entry) error {
	if s.figures == nil {
		return nil
	}
	known, err := s.figures(ctx, bank)
	if err != nil {
		return fmt.Errorf("figures of bank %s: %w", bank, err)
	}
	for i := range entries {
		if f, ok := known[entries[i].ID]; ok {
			entries[i].Figures = &f
		}
	}
	return nil
}

// newID is for what nobody has to type.
func newID() string { return rand.Text() }
