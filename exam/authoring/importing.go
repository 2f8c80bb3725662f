package authoring

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Source is the content of a file, as interchange read it.
type Source struct {
	File, Format string
	// Found are the questions of the file, also those that Items does not hold.
	Found int
	// Items are those that can be taken in; Revisions, where the caller has them, are in
	// place of Items.
	Items     []exam.Item
	Revisions []exam.Revision
	Cases     []exam.Stimulus
	// Media are the images that came with the file.
	Media    []exam.Medium
	Problems []Problem
}

// hash makes revisions of the items.
func (src *Source) hash() error {
	for _, it := range src.Items {
		rev, err := exam.NewRevision(it)
		if err != nil {
			return err
		}
		src.Revisions = append(src.Revisions, rev)
	}
	src.Items = nil
	return nil
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
	if err := src.hash(); err != nil {
		return Import{}, err
	}
	f := filling{Import: i, src: &src, c: &c}
	f.Format, f.Found, f.Cases, f.Total = src.Format, src.Found, src.Cases, len(src.Revisions)
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

// keepWorkers is how many parts are kept at once: one waits for the store while another is
// encoded.
const keepWorkers = 2

// compareAll goes through the items of the file and keeps those that can be taken in.
func (s *Service) compareAll(ctx context.Context, f *filling) (err error) {
	work, inner := errgroup.WithContext(ctx)
	work.SetLimit(keepWorkers)
	defer func() {
		if wrong := work.Wait(); wrong != nil {
			err = wrong // what else failed did so because of it
		}
	}()
	tell := s.Progress(f.ID)
	kept := make([]exam.Item, 0, batch)
	keep := func() {
		items, start := kept, len(f.Items)-len(kept)
		kept = make([]exam.Item, 0, batch)
		work.Go(func() error { return s.keepItems(inner, f.ID, start, items) })
	}
	for n := range f.src.Revisions {
		f.compare(n, &kept)
		if len(kept) < batch {
			continue
		}
		keep()
		if err := tell(inner, n+1, f.Total); err != nil {
			return err
		}
	}
	keep()
	return nil
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

// compare notes what taking item n in would do.
func (f *filling) compare(n int, kept *[]exam.Item) {
	rev := &f.src.Revisions[n]
	it := &rev.Item
	refuse := func(code, message string) {
		f.Problems = append(f.Problems, Problem{File: f.src.File, Item: it.ID, Severity: "error", Code: code, Message: message})
	}
	e := f.held[it.ID]
	in := Incoming{ItemRef: exam.ItemRef{ID: it.ID, Revision: rev.Hash}, Seen: e.Revision}
	if e.State == Retired && !in.Same() {
		refuse("item.retired", "the item of this id is retired; restore it first")
		return
	}
	if len(f.missing) > 0 && slices.ContainsFunc(exam.Media(it.Writing()...), func(name string) bool { return f.missing[name] }) {
		refuse("media.not_found", "shows an image that is neither in the file nor in this bank; upload it first")
		return
	}
	f.Problems = append(f.Problems, f.c.losses(f.src.File, it, &e)...)
	f.Items = append(f.Items, in)
	*kept = append(*kept, *it)
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
	for n := range f.src.Revisions {
		if err := look(f.src.Revisions[n].Item.Writing()...); err != nil {
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
