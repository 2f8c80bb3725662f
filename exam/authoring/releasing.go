package authoring

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// place orders items that are new in a copy behind those of the release that it was
// opened from, by the moment at which they came; n tells those of one moment apart.
func place(now time.Time, n int) int64 { return now.UnixMilli()*1_000_000 + int64(n) }

// Prospect is what a release of a copy would be.
type Prospect struct {
	// Bank is nil when the release could not be cut: Faults then says why.
	Bank   *exam.Bank
	Faults []fault.Field
	// Ahead are entries whose newest revision is not the approved one that the release
	// takes; Unapproved counts those that it does not take at all.
	Ahead      []string
	Unapproved int

	Added, Removed []string
	Changed        []string
	// Cases are case texts that are new, changed or gone.
	Cases []string
	// Order reports whether the items that stay stand in another order, and About
	// whether title or languages changed.
	Order, About bool
}

// Same reports whether the release would be the last one again.
func (p *Prospect) Same(last string) bool { return p.Bank != nil && p.Bank.Release.Hash == last }

// Prospect compares what a release would hold with the last one.
func (s *Service) Prospect(ctx context.Context, bank string) (Copy, Prospect, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return Copy{}, Prospect{}, err
	}
	var p Prospect
	if err := s.gather(ctx, &c, &p); err != nil {
		return c, p, err
	}
	if c.Release == "" || p.Bank == nil {
		if p.Bank != nil {
			for i := range p.Bank.Items() {
				p.Added = append(p.Added, p.Bank.Revision(i).Item.ID)
			}
		}
		return c, p, nil
	}
	last, err := s.exams.Bank(ctx, c.Release)
	if err != nil {
		return c, p, fmt.Errorf("last release of %s: %w", bank, err)
	}
	p.compare(last)
	return c, p, nil
}

// gather builds the bank of what is approved.
func (s *Service) gather(ctx context.Context, c *Copy, p *Prospect) error {
	var taken []Entry
	for after := ""; ; {
		part, err := s.store.Items(ctx, Filter{Bank: c.ID}, after, batch)
		if err != nil {
			return err
		}
		for _, e := range part {
			switch {
			case e.State == Retired:
			case e.Approved == "":
				p.Unapproved++
			default:
				if e.Approved != e.Revision {
					p.Ahead = append(p.Ahead, e.ID)
				}
				taken = append(taken, e)
			}
		}
		if len(part) < batch {
			break
		}
		after = part[batch-1].ID
	}
	slices.SortStableFunc(taken, func(a, b Entry) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID)) })
	items, err := s.approved(ctx, taken)
	if err != nil {
		return err
	}
	used := make(map[string]bool)
	for i := range items {
		used[items[i].Stimulus] = true
	}
	var stimuli []exam.Stimulus
	for _, k := range c.Cases {
		if used[k.ID] && len(k.Approved) > 0 {
			stimuli = append(stimuli, exam.Stimulus{ID: k.ID, Text: k.Approved})
		} else if used[k.ID] {
			p.Faults = append(p.Faults, fault.Field{Path: "/cases/" + k.ID, Message: "the case text is not approved yet"})
		}
	}
	built, err := exam.NewBank(c.ID, c.Title, c.Languages, stimuli, items)
	if err != nil {
		p.Faults = append(p.Faults, named(err, items)...)
	}
	if len(p.Faults) == 0 {
		p.Bank = built
	}
	return nil
}

// approved reads the approved revisions of the entries.
func (s *Service) approved(ctx context.Context, taken []Entry) ([]exam.Item, error) {
	items := make([]exam.Item, len(taken))
	var hashes []string
	var at []int
	for i, e := range taken {
		if items[i] = e.Content; e.Approved != e.Revision {
			hashes, at = append(hashes, e.Approved), append(at, i)
		}
	}
	if len(hashes) == 0 {
		return items, nil
	}
	revisions, err := s.revisions.Revisions(ctx, hashes)
	if err != nil {
		return nil, err
	}
	for n, i := range at {
		items[i] = revisions[n].Item
	}
	return items, nil
}

func (p *Prospect) compare(last *exam.Bank) {
	was := make(map[string]string)
	for _, ref := range last.Release.Items {
		was[ref.ID] = ref.Revision
	}
	is := make(map[string]bool)
	var order []string
	for _, ref := range p.Bank.Release.Items {
		is[ref.ID] = true
		switch before, known := was[ref.ID]; {
		case !known:
			p.Added = append(p.Added, ref.ID)
			continue
		case before != ref.Revision:
			p.Changed = append(p.Changed, ref.ID)
		}
		order = append(order, ref.ID)
	}
	var before []string
	for _, ref := range last.Release.Items {
		if is[ref.ID] {
			before = append(before, ref.ID)
		} else {
			p.Removed = append(p.Removed, ref.ID)
		}
	}
	p.Order = !slices.Equal(before, order)
	p.About = !sameText(last.Release.Title, p.Bank.Release.Title) || !slices.Equal(last.Release.Languages, p.Bank.Release.Languages)
	texts := make(map[string]exam.Text)
	for _, st := range last.Release.Stimuli {
		texts[st.ID] = st.Text
	}
	for _, st := range p.Bank.Release.Stimuli {
		if t, known := texts[st.ID]; !known || !sameText(t, st.Text) {
			p.Cases = append(p.Cases, st.ID)
		}
		delete(texts, st.ID)
	}
	for id := range texts {
		p.Cases = append(p.Cases, id)
	}
	slices.Sort(p.Cases)
}

// Release cuts a release of what is approved, on the condition that its hash is the one
// that the caller was shown: "release.changed" when something was approved or retired
// since. Cutting the same again changes nothing.
func (s *Service) Release(ctx context.Context, by, bank, hash string) (exam.Release, error) {
	c, p, err := s.Prospect(ctx, bank)
	if err != nil {
		return exam.Release{}, err
	}
	if p.Bank == nil {
		return exam.Release{}, fault.New(fault.Invalid, "release.invalid", "The bank cannot be released yet: %d faults.", len(p.Faults)).At(p.Faults...)
	}
	if p.Bank.Release.Hash != hash {
		return exam.Release{}, fault.New(fault.Conflict, "release.changed", "What is approved changed meanwhile; look at the release again.")
	}
	release, _, err := s.exams.ImportBank(ctx, by, p.Bank)
	if err != nil {
		return exam.Release{}, err
	}
	if c.Release == release.Hash {
		return release, nil
	}
	now := s.moment()
	_, err = s.changeCopy(ctx, bank, func(c Copy) (Copy, error) {
		c.Release, c.ReleasedAt, c.ReleasedBy = release.Hash, now, by
		return c, nil
	})
	return release, err
}
