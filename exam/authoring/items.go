package authoring

import (
	"context"
	"fmt"
	"reflect"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Entry returns an item of a bank, whole. "item.not_found".
func (s *Service) Entry(ctx context.Context, bank, id string) (Entry, error) {
	return s.store.Item(ctx, bank, id)
}

// Entries lists a bank's by ascending id, without events and comments.
func (s *Service) Entries(ctx context.Context, f Filter, after string, limit int) ([]Entry, error) {
	return s.store.Items(ctx, f, after, limit)
}

// Count counts a bank's entries in each state.
func (s *Service) Count(ctx context.Context, bank string) (map[State]int, error) {
	return s.store.CountItems(ctx, bank)
}

// AwaitingReview counts the items of all banks that wait for a reviewer.
func (s *Service) AwaitingReview(ctx context.Context) (int, error) {
	return s.store.CountEverywhere(ctx, InReview)
}

// Terms lists what occurs in a bank.
func (s *Service) Terms(ctx context.Context, bank string) (Terms, error) {
	return s.store.ItemTerms(ctx, bank)
}

// Revision returns a revision that an entry has or had. "revision.not_found".
func (s *Service) Revision(ctx context.Context, e *Entry, hash string) (exam.Item, error) {
	if hash == e.Revision {
		return e.Content, nil
	}
	for _, ev := range e.Events {
		if ev.Revision == hash {
			revisions, err := s.revisions.Revisions(ctx, []string{hash})
			if err != nil {
				return exam.Item{}, err
			}
			return revisions[0].Item, nil
		}
	}
	return exam.Item{}, fault.New(fault.NotFound, "revision.not_found", "This item never had this revision.")
}

// Write stores what an author wrote of an item: a new one when seen is "" and the id is
// free, else a new revision of the one that the author saw as revision seen. "item.exists"
// when the id is taken, "item.changed" when somebody else wrote meanwhile, with a place for
// everything that they changed.
func (s *Service) Write(ctx context.Context, by, bank, seen string, content exam.Item) (Entry, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return Entry{}, err
	}
	if seen == "" {
		return s.create(ctx, by, &c, content)
	}
	if err := s.keep(ctx, content); err != nil {
		return Entry{}, err
	}
	e, err := s.change(ctx, bank, content.ID, func(e Entry) (Entry, error) {
		return e.Edit(seen, c.Languages, content, by, s.moment())
	})
	if fault.Code(err) == "item.changed" {
		return Entry{}, s.sayWhat(ctx, bank, content.ID, seen, err)
	}
	return e, err
}

// keep stores the content as a revision. One that no entry then takes does no harm.
func (s *Service) keep(ctx context.Context, content exam.Item) error {
	rev, err := exam.NewRevision(content)
	if err != nil {
		return err
	}
	if err := s.pin(ctx, content.Writing()...); err != nil {
		return err
	}
	if err := s.revisions.PutRevisions(ctx, []exam.Revision{rev}); err != nil {
		return fmt.Errorf("store a revision of %s: %w", content.ID, err)
	}
	return nil
}

func (s *Service) create(ctx context.Context, by string, c *Copy, content exam.Item) (Entry, error) {
	now := s.moment()
	e, err := NewEntry(c.ID, c.Languages, content, by, place(now, 0), now)
	if err != nil {
		return Entry{}, err
	}
	if err := s.keep(ctx, content); err != nil {
		return Entry{}, err
	}
	if _, err := s.store.InsertItems(ctx, []Entry{e}); err != nil {
		return Entry{}, fmt.Errorf("create item %s: %w", e.ID, err)
	}
	stored, err := s.store.Item(ctx, c.ID, e.ID)
	if err != nil {
		return Entry{}, err
	}
	if stored.Revision != e.Revision || stored.Author != by {
		return Entry{}, fault.New(fault.Conflict, "item.exists", "Another item of this bank has this id.").
			At(fault.Field{Path: "/id", Message: "is taken; choose another"})
	}
	return stored, nil
}

// sayWhat adds to the fault what changed since the revision that the author saw.
func (s *Service) sayWhat(ctx context.Context, bank, id, seen string, err error) error {
	e, getErr := s.store.Item(ctx, bank, id)
	if getErr != nil {
		return getErr
	}
	before, getErr := s.Revision(ctx, &e, seen)
	if getErr != nil {
		return err
	}
	changes, diffErr := Diff(before, e.Content)
	if diffErr != nil {
		return diffErr
	}
	f := stale()
	for _, c := range changes {
		f = f.At(fault.Field{Path: c.Path, Message: fmt.Sprintf("is now: %s", c.After)})
	}
	return f
}

// Submit sends a draft to review; see Entry.Submit.
func (s *Service) Submit(ctx context.Context, by, bank, id, seen string) (Entry, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return Entry{}, err
	}
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Submit(seen, &c, by, s.moment()) })
}

// Approve approves the revision under review; see Entry.Approve.
func (s *Service) Approve(ctx context.Context, by, bank, id, seen string) (Entry, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return Entry{}, err
	}
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Approve(seen, &c, by, s.moment()) })
}

// Return sends an entry back to its author; see Entry.Return.
func (s *Service) Return(ctx context.Context, by, bank, id, seen, reason string) (Entry, error) {
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Return(seen, reason, by, s.moment()) })
}

// Retire takes an entry out of later releases.
func (s *Service) Retire(ctx context.Context, by, bank, id, reason string) (Entry, error) {
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Retire(reason, by, s.moment()) })
}

// Restore makes a draft of a retired entry.
func (s *Service) Restore(ctx context.Context, by, bank, id, reason string) (Entry, error) {
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Restore(reason, by, s.moment()) })
}

// Comment adds a comment to an entry.
func (s *Service) Comment(ctx context.Context, by, bank, id, text string) (Entry, error) {
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Comment(text, by, s.moment()) })
}

// Tag adds and removes tags of an entry.
func (s *Service) Tag(ctx context.Context, bank, id string, add, remove []string) (Entry, error) {
	return s.change(ctx, bank, id, func(e Entry) (Entry, error) { return e.Tag(add, remove) })
}

// change loads the entry, applies the move and stores it, again from the start when
// somebody else was first: a comment does not make an author's work stale, another
// revision does, which the move itself says.
func (s *Service) change(ctx context.Context, bank, id string, move func(Entry) (Entry, error)) (Entry, error) {
	for range maxConflicts {
		e, err := s.store.Item(ctx, bank, id)
		if err != nil {
			return Entry{}, err
		}
		before := e
		if e, err = move(e); err != nil || reflect.DeepEqual(before, e) {
			return e, err
		}
		err = s.store.UpdateItem(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "item.stale" {
			return Entry{}, fmt.Errorf("change item %s: %w", id, err)
		}
	}
	return Entry{}, fault.New(fault.Unavailable, "item.busy", "This item is being changed by others; try again.")
}

// Seen is who has seen an entry's revisions: how many attempts, and the newest of them.
type Seen struct {
	Attempts int
	Newest   []Sighting
}

// Seen lists the attempts whose form holds a revision of the entry, the newest first.
func (s *Service) Seen(ctx context.Context, e *Entry, before string, limit int) (Seen, error) {
	var hashes []string
	for _, ev := range e.Revisions() {
		hashes = append(hashes, ev.Revision)
	}
	n, err := s.store.CountSightings(ctx, hashes)
	if err != nil || n == 0 {
		return Seen{}, err
	}
	newest, err := s.store.Sightings(ctx, hashes, before, limit)
	return Seen{n, newest}, err
}
