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
	Cases []exam.Stimulus
	// Media are the images that came with the file.
	Media    []exam.Medium
	Problems []Problem
}

// CheckImport compares what was read with the copy, and keeps it so that it can be
// applied. The copy does not change.
func (s *Service) CheckImport(ctx context.Context, by, bank string, src Source) (Import, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return Import{}, err
	}
	i := Import{Schema: 1, Version: 1, ID: newID(), Bank: bank, By: by, At: s.moment(), File: src.File, Format: src.Format, Found: src.Found, Cases: src.Cases}
	i.Problems = slices.Clone(src.Problems)
	revisions := make([]exam.Revision, len(src.Items))
	for n := range src.Items {
		if revisions[n], err = exam.NewRevision(src.Items[n]); err != nil {
			return Import{}, err
		}
	}
	held, err := s.heads(ctx, bank)
	if err != nil {
		return Import{}, err
	}
	for n := range src.Items {
		it, e := &src.Items[n], held[src.Items[n].ID]
		in := Incoming{ItemRef: exam.ItemRef{ID: it.ID, Revision: revisions[n].Hash}, Seen: e.Revision}
		if e.State == Retired && !in.Same() {
			i.Problems = append(i.Problems, Problem{File: src.File, Item: it.ID, Severity: "error", Code: "item.retired", Message: "the item of this id is retired; restore it first"})
			continue
		}
		i.Problems = append(i.Problems, c.losses(src.File, it, &e)...)
		i.Items = append(i.Items, in)
	}
	for _, st := range src.Cases {
		if k, ok := c.Case(st.ID); ok && !sameText(k.Text, st.Text) {
			i.Problems = append(i.Problems, Problem{File: src.File, Item: st.ID, Severity: "warning", Code: "case.kept", Message: "the bank has another case text of this id, which stays as it is"})
		}
	}
	i.Refused = i.Found - len(i.Items)
	if n := len(i.Problems); n > maxProblems {
		// Errors first: they are what has to be mended.
		slices.SortStableFunc(i.Problems, func(a, b Problem) int { return rank(a.Severity) - rank(b.Severity) })
		i.Problems, i.Unlisted = i.Problems[:maxProblems], n-maxProblems
	}
	if err := s.takeMedia(ctx, &i, &src); err != nil {
		return Import{}, err
	}
	if err := s.revisions.PutRevisions(ctx, revisions); err != nil {
		return Import{}, fmt.Errorf("keep an import: %w", err)
	}
	return i, s.store.InsertImport(ctx, i)
}

// takeMedia keeps the images of a file, and pins those that its texts show.
func (s *Service) takeMedia(ctx context.Context, i *Import, src *Source) error {
	for _, m := range src.Media {
		if err := s.revisions.PutMedium(ctx, m); err != nil {
			return fmt.Errorf("keep an image: %w", err)
		}
		i.Media = append(i.Media, m.Name)
	}
	var texts []exam.Text
	for n := range src.Items {
		texts = append(texts, src.Items[n].Writing()...)
	}
	for _, st := range src.Cases {
		texts = append(texts, st.Text)
	}
	return s.pin(ctx, texts...)
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

// Apply takes an import in as drafts by the one who applies it. Each item is one write;
// where it breaks off, applying again does the rest. Applying twice does nothing more.
func (s *Service) Apply(ctx context.Context, by, bank, id string) (Applied, error) {
	i, err := s.store.Import(ctx, id)
	if err != nil {
		return Applied{}, err
	}
	if i.Bank != bank {
		return Applied{}, fault.New(fault.NotFound, "import.not_found", "There is no such import.")
	}
	if !i.AppliedAt.IsZero() {
		return Applied{Import: i}, nil
	}
	c, err := s.changeCopy(ctx, bank, func(c Copy) (Copy, error) {
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
		return Applied{}, err
	}
	a := Applied{Import: i}
	for start := 0; start < len(i.Items); start += batch {
		part := i.Items[start:min(start+batch, len(i.Items))]
		stale, err := s.applyPart(ctx, by, &c, &i, part, start)
		if err != nil {
			return Applied{}, err
		}
		a.Stale = append(a.Stale, stale...)
	}
	a.Import.AppliedAt = s.moment()
	err = s.store.UpdateImport(ctx, a.Import)
	if fault.Code(err) == "import.stale" { // somebody else pressed the button too
		err = nil
	}
	return a, err
}

// applyPart takes some items of an import in.
func (s *Service) applyPart(ctx context.Context, by string, c *Copy, i *Import, part []Incoming, start int) (staleIDs []string, err error) {
	hashes := make([]string, len(part))
	for n, in := range part {
		hashes[n] = in.Revision
	}
	revisions, err := s.revisions.Revisions(ctx, hashes)
	if err != nil {
		return nil, err
	}
	now := s.moment()
	var fresh []Entry
	for n, in := range part {
		if in.New() {
			e, err := NewEntry(c.ID, c.Languages, revisions[n].Item, by, place(i.At, start+n), now)
			if err != nil {
				return nil, err
			}
			e.Events[0].What = Imported
			fresh = append(fresh, e)
			continue
		}
		_, err := s.change(ctx, c.ID, in.ID, func(e Entry) (Entry, error) {
			return e.rewrite(Imported, in.Seen, c.Languages, revisions[n].Item, by, now)
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
