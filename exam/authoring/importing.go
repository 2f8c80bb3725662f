package authoring

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Source is the content of a file, as interchange read it.
type Source struct {
	File, Format string
	// Found are the questions of the file, also those that Items does not hold.
	Found int
	Items []exam.Item
	// Hashes are those of the items' revisions, where the caller has them.
	Hashes []string
	Cases  []exam.Stimulus
	// Media are the images that came with the file.
	Media    []exam.Medium
	Problems []Problem
}

// BeginImport registers a file that is about to be read.
func (s *Service) BeginImport(ctx context.Context, by, bank, file, format string) (Import, error) {
	if _, err := s.store.Copy(ctx, bank); err != nil {
		return Import{}, err
	}
	now := s.moment()
	i := Import{Schema: 2, Version: 1, ID: newID(), Bank: bank, By: by, At: now, State: ImportReading, ToldAt: now, AskedAt: now, DueAt: now.Add(abandoned), File: file, Format: format}
	return i, s.store.InsertImport(ctx, i)
}

// CheckImport compares what was read with the copy, and keeps it so that it can be
// applied. The copy does not change, and nothing stays of what is not applied.
func (s *Service) CheckImport(ctx context.Context, by, bank string, src Source) (Import, error) {
	i, err := s.BeginImport(ctx, by, bank, src.File, src.Format)
	if err != nil {
		return Import{}, err
	}
	return s.FillImport(ctx, i, src)
}

// FillImport is CheckImport for an import that was begun.
func (s *Service) FillImport(ctx context.Context, i Import, src Source) (Import, error) {
	c, err := s.store.Copy(ctx, i.Bank)
	if err != nil {
		return Import{}, err
	}
	f := filling{Import: i, src: &src, c: &c}
	f.Format, f.Found, f.Cases, f.Total = src.Format, src.Found, src.Cases, len(src.Items)
	f.Problems = slices.Clone(src.Problems)
	if f.missing, err = s.missingMedia(ctx, &f); err != nil {
		return Import{}, err
	}
	if f.held, err = s.heads(ctx, i.Bank); err != nil {
		return Import{}, err
	}
	if err := s.compareAll(ctx, &f); err != nil {
		return Import{}, err
	}
	f.conclude()
	for _, m := range src.Media {
		if err := s.store.PutImportPart(ctx, ImportPart{Import: i.ID, Name: mediumPart(m.Name), Data: m.Data}); err != nil {
			return Import{}, fmt.Errorf("keep an image of an import: %w", err)
		}
		f.Media = append(f.Media, m.Name)
	}
	return s.changeImport(ctx, i.ID, func(now Import) (Import, error) {
		if now.State != ImportReading {
			return now, now.stopped()
		}
		f.Import.Version, f.Import.AskedAt, f.Import.ToldAt, f.Import.State = now.Version, now.AskedAt, s.moment(), ImportChecked
		f.Import.Done = f.Total
		return f.Import, nil
	})
}

// compareAll goes through the items of the file and keeps those that can be taken in.
func (s *Service) compareAll(ctx context.Context, f *filling) error {
	tell := s.Progress(f.ID)
	var kept []exam.Item
	for n := range f.src.Items {
		if err := f.compare(n, &kept); err != nil {
			return err
		}
		if len(kept) < batch {
			continue
		}
		if err := s.keepItems(ctx, &f.Import, kept); err != nil {
			return err
		}
		kept = kept[:0]
		if err := tell(ctx, n+1, f.Total); err != nil {
			return err
		}
	}
	return s.keepItems(ctx, &f.Import, kept)
}

// filling is an import while it is compared with the copy.
type filling struct {
	Import
	src  *Source
	c    *Copy
	held map[string]head
	// missing are the images that texts show and nobody has.
	missing map[string]bool
}

// hash is that of the revision of item n.
func (f *filling) hash(n int) (string, error) {
	if f.src.Hashes != nil {
		return f.src.Hashes[n], nil
	}
	rev, err := exam.NewRevision(f.src.Items[n])
	return rev.Hash, err
}

// compare notes what taking item n in would do.
func (f *filling) compare(n int, kept *[]exam.Item) error {
	it := &f.src.Items[n]
	hash, err := f.hash(n)
	if err != nil {
		return err
	}
	refuse := func(code, message string) {
		f.Problems = append(f.Problems, Problem{File: f.src.File, Item: it.ID, Severity: "error", Code: code, Message: message})
	}
	e := f.held[it.ID]
	in := Incoming{ItemRef: exam.ItemRef{ID: it.ID, Revision: hash}, Seen: e.Revision}
	if e.State == Retired && !in.Same() {
		refuse("item.retired", "the item of this id is retired; restore it first")
		return nil
	}
	if len(f.missing) > 0 && slices.ContainsFunc(exam.Media(it.Writing()...), func(name string) bool { return f.missing[name] }) {
		refuse("media.not_found", "shows an image that is neither in the file nor in this bank; upload it first")
		return nil
	}
	f.Problems = append(f.Problems, f.c.losses(f.src.File, it, &e)...)
	f.Items = append(f.Items, in)
	*kept = append(*kept, *it)
	return nil
}

// conclude counts what was found.
func (f *filling) conclude() {
	for _, st := range f.src.Cases {
		if k, ok := f.c.Case(st.ID); ok && !sameText(k.Text, st.Text) {
			f.Problems = append(f.Problems, Problem{File: f.src.File, Item: st.ID, Severity: "warning", Code: "case.kept", Message: "the bank has another case text of this id, which stays as it is"})
		}
	}
	f.Refused = f.Found - len(f.Items)
	if n := len(f.Problems); n > maxProblems {
		// Errors first: they are what has to be mended.
		slices.SortStableFunc(f.Problems, func(a, b Problem) int { return rank(a.Severity) - rank(b.Severity) })
		f.Problems, f.Unlisted = f.Problems[:maxProblems], n-maxProblems
	}
}

// missingMedia are the images that texts of the file show and that neither it nor the
// store has.
func (s *Service) missingMedia(ctx context.Context, f *filling) (map[string]bool, error) {
	there := make(map[string]bool)
	for _, m := range f.src.Media {
		there[m.Name] = true
	}
	for _, m := range f.c.Media {
		there[m.Name] = true
	}
	missing := make(map[string]bool)
	look := func(texts ...exam.Text) error {
		for _, name := range exam.Media(texts...) {
			if there[name] || missing[name] || !exam.IsMedium(name) {
				continue
			}
			_, err := s.revisions.Medium(ctx, name)
			switch {
			case err == nil:
				there[name] = true
			case fault.Of(err) == fault.NotFound:
				missing[name] = true
			default:
				return err
			}
		}
		return nil
	}
	for n := range f.src.Items {
		if err := look(f.src.Items[n].Writing()...); err != nil {
			return nil, err
		}
	}
	for _, st := range f.src.Cases {
		if err := look(st.Text); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(exam.Media(st.Text), func(name string) bool { return missing[name] }) {
			return nil, noSuchImage()
		}
	}
	return missing, nil
}

func rank(severity string) int { return slices.Index([]string{"error", "warning", "note"}, severity) }

// head is what an import needs of an entry.
type head struct {
	Revision  string
	State     State
	Languages []string
}

func (s *Service) heads(ctx context.Context, bank string) (map[string]head, error) {
	held := make(map[string]head)
	for after := ""; ; {
		part, err := s.store.Items(ctx, Filter{Bank: bank}, after, batch)
		if err != nil {
			return nil, err
		}
		for _, e := range part {
			held[e.ID] = head{e.Revision, e.State, e.Languages}
		}
		if len(part) < batch {
			return held, nil
		}
		after = part[batch-1].ID
	}
}

// losses are what taking the item in would cost.
func (c *Copy) losses(file string, it *exam.Item, held *head) []Problem {
	var rows []Problem
	say := func(code, format string, args ...any) {
		rows = append(rows, Problem{File: file, Item: it.ID, Severity: "warning", Code: code, Message: fmt.Sprintf(format, args...)})
	}
	for lang := range it.Stem {
		if !slices.Contains(c.Languages, lang) {
			say("lang.foreign", "is in %q, which is not a language of this bank; it stays a draft until this is mended", lang)
		}
	}
	for _, lang := range held.Languages {
		if it.Stem[lang] == "" {
			say("lang.lost", "the bank has this item in %q too; the new revision will lack it", lang)
		}
	}
	return rows
}

// Import returns an import that was checked. "import.not_found".
func (s *Service) Import(ctx context.Context, id string) (Import, error) {
	return s.store.Import(ctx, id)
}

// Applied says what became of an import.
type Applied struct {
	Import Import
	// Stale are items that somebody changed since the file was checked; they are as they
	// were. Check the file again to take them in.
	Stale []string
}

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
			return Applied{Import: done, Stale: done.Stale}, nil
		}
	}
	if err != nil {
		return Applied{}, err
	}
	i, err = s.changeImport(ctx, id, func(i Import) (Import, error) {
		if i.AppliedAt.IsZero() {
			i.State, i.AppliedAt, i.Stale, i.Done = ImportApplied, s.moment(), stale, i.Total
			i.DueAt = i.AppliedAt // for what is in its parts
		}
		return i, nil
	})
	if err != nil {
		return Applied{}, err
	}
	return Applied{Import: i, Stale: i.Stale}, s.tidyImport(ctx, i)
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
	tell := s.progress(i.ID, true)
	next := s.fetch(ctx, i, 0)
	defer func() { <-next }()
	for start := 0; start < len(i.Items); start += batch {
		part := <-next
		next = s.fetch(ctx, i, start+batch)
		if part.err != nil {
			return nil, part.err
		}
		changed, err := s.applyPart(ctx, by, &c, i, part)
		if err != nil {
			return nil, err
		}
		stale = append(stale, changed...)
		if err := tell(ctx, start+len(part.refs), len(i.Items)); err != nil {
			return nil, err
		}
	}
	return stale, nil
}

// fetched are some items of an import whose revisions are stored.
type fetched struct {
	start     int
	refs      []Incoming
	revisions []exam.Revision
	err       error
}

// fetch stores the revisions of the next items of an import, from the one at start on,
// beside what else is done.
func (s *Service) fetch(ctx context.Context, i *Import, start int) <-chan fetched {
	done := make(chan fetched, 1)
	if start >= len(i.Items) {
		close(done)
		return done
	}
	go func() {
		f := fetched{start: start, refs: i.Items[start:min(start+batch, len(i.Items))]}
		f.revisions, f.err = s.importRevisions(ctx, i, f.refs, start)
		done <- f
	}()
	return done
}

// applyPart takes some items of an import in.
func (s *Service) applyPart(ctx context.Context, by string, c *Copy, i *Import, part fetched) (staleIDs []string, err error) {
	now := s.moment()
	var fresh []Entry
	for n, in := range part.refs {
		if in.New() {
			e, err := NewEntry(c.ID, c.Languages, part.revisions[n].Item, by, place(i.At, part.start+n), now)
			if err != nil {
				return nil, err
			}
			e.Events[0].What = Imported
			fresh = append(fresh, e)
			continue
		}
		_, err := s.change(ctx, c.ID, in.ID, func(e Entry) (Entry, error) {
			return e.rewrite(Imported, in.Seen, c.Languages, part.revisions[n].Item, by, now)
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
