package authoring

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// BeginApply has an import applied from now on, by the one who does it. What is applied
// stays as it is.
func (s *Service) BeginApply(ctx context.Context, bank, id string) (Import, error) {
	return s.changeImport(ctx, id, func(i Import) (Import, error) {
		switch {
		case i.Bank != bank || i.State == importDropped:
			return i, noImport()
		case !i.AppliedAt.IsZero():
			return i, nil
		case i.State == ImportReading || i.State == ImportFailed:
			return i, fault.New(fault.Conflict, "import.unread", "The file was not read to its end; check it again.")
		}
		now := s.moment()
		i.State, i.ToldAt, i.DueAt, i.Done, i.Total = ImportApplying, now, now.Add(abandoned), 0, len(i.Items)
		return i, nil
	})
}

// Apply takes an import in as drafts by the one who applies it. Each item is one write;
// where it breaks off, applying again does the rest. Applying twice does nothing more.
func (s *Service) Apply(ctx context.Context, by, bank, id string) (Applied, error) {
	i, err := s.BeginApply(ctx, bank, id)
	if err != nil {
		return Applied{}, err
	}
	if !i.AppliedAt.IsZero() {
		return Applied{Import: i, Stale: i.Stale}, nil
	}
	stale, err := s.apply(ctx, by, &i)
	if fault.Code(err) == "import.part_not_found" { // somebody else was faster, and tidied up
		if done, errToo := s.store.Import(ctx, id); errToo == nil && !done.AppliedAt.IsZero() {
			return Applied{Import: done, Stale: done.Stale}, s.dropParts(ctx, id) // what was told meanwhile
		}
	}
	if err != nil {
		return Applied{}, err
	}
	i, err = s.changeImport(ctx, id, func(i Import) (Import, error) {
		if i.AppliedAt.IsZero() {
			i.State, i.AppliedAt, i.Stale, i.Done = ImportApplied, s.moment(), stale, i.Total
			i.DueAt = i.AppliedAt.Add(lingering)
		}
		return i, nil
	})
	if err != nil {
		return Applied{}, err
	}
	return Applied{Import: i, Stale: i.Stale}, s.dropParts(ctx, id)
}

// apply takes in what an import holds: its images first, so that no text shows what is
// not there.
func (s *Service) apply(ctx context.Context, by string, i *Import) (stale []string, err error) {
	if err := s.takeMedia(ctx, i); err != nil {
		return nil, err
	}
	c, err := s.changeCopy(ctx, i.Bank, func(c Copy) (Copy, error) {
		c, err := c.take(i.Cases, by, i.At)
		if err != nil {
			return c, err
		}
		for _, name := range i.Media {
			if c, err = c.file(Filed{Name: name, File: i.File, By: by, At: i.At}); err != nil {
				return c, err
			}
		}
		return c, nil
	})
	if err != nil {
		return nil, err
	}
	return s.applyParts(ctx, by, &c, i)
}

// applyWorkers is how many parts are taken in at once: one waits for the store while others
// are made ready.
const applyWorkers = 3

// applyParts takes the items in. They do not depend on each other.
func (s *Service) applyParts(ctx context.Context, by string, c *Copy, i *Import) (stale []string, err error) {
	tell := s.progress(i.ID, true)
	changed := make([][]string, (len(i.Items)+batch-1)/batch)
	var mu sync.Mutex
	done := 0
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(applyWorkers)
	for n := range changed {
		work.Go(func() (err error) {
			start := n * batch
			refs := i.Items[start:min(start+batch, len(i.Items))]
			if changed[n], err = s.applyPart(ctx, by, c, i, refs, start); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += len(refs)
			return tell(ctx, done, len(i.Items))
		})
	}
	err = work.Wait()
	return slices.Concat(changed...), err
}

// applyPart takes some items of an import in, those from the one at start on.
func (s *Service) applyPart(ctx context.Context, by string, c *Copy, i *Import, refs []Incoming, start int) (staleIDs []string, err error) {
	revisions, err := s.importRevisions(ctx, i, refs, start)
	if err != nil {
		return nil, err
	}
	now := s.moment()
	var fresh []Entry
	for n, in := range refs {
		if in.New() {
			e, err := newEntry(Imported, c.ID, c.Languages, revisions[n], by, place(i.At, start+n), now)
			if err != nil {
				return nil, err
			}
			fresh = append(fresh, e)
			continue
		}
		_, err := s.change(ctx, c.ID, in.ID, func(e Entry) (Entry, error) {
			return e.rewrite(Imported, in.Seen, c.Languages, revisions[n], by, now)
		})
		switch {
		case fault.Of(err) == fault.Conflict:
			staleIDs = append(staleIDs, in.ID)
		case err != nil:
			return nil, err
		}
	}
	if len(fresh) == 0 {
		return staleIDs, nil
	}
	there, err := s.store.InsertItems(ctx, fresh)
	if err != nil {
		return nil, err
	}
	for _, id := range there { // from a time that broke off, or written by somebody else
		e, err := s.store.Item(ctx, c.ID, id)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(fresh, func(f Entry) bool { return f.ID == id && e.holds(f.Revision) }) {
			staleIDs = append(staleIDs, id)
		}
	}
	return staleIDs, nil
}

// holds reports whether the entry has or had the revision.
func (e *Entry) holds(revision string) bool {
	return slices.ContainsFunc(e.Events, func(ev Event) bool { return ev.Revision == revision })
}

// take adds the case texts that the copy does not have.
func (c Copy) take(cases []exam.Stimulus, by string, written time.Time) (Copy, error) {
	for _, st := range cases {
		if _, ok := c.Case(st.ID); ok {
			continue
		}
		if len(c.Cases) >= maxCases {
			return c, fault.New(fault.Invalid, "case.too_many", "A bank has %d case texts at most.", maxCases)
		}
		c.Cases = append(slices.Clip(c.Cases), Case{ID: st.ID, Text: st.Text, Author: by, WrittenAt: written})
	}
	return c, nil
}
