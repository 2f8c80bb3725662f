package exam

import (
	"context"
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// Bring gives the bank images that its texts show, for ImportBank to keep.
func (b *Bank) Bring(media []Medium) { b.media = append(b.media, media...) }

// Brought lists the images that came with the bank. One that was opened from a store has
// none: they are there.
func (b *Bank) Brought() []Medium { return b.media }

// Media lists the names of all images that the bank shows.
func (b *Bank) Media() []string {
	var texts []Text
	for _, st := range b.Release.Stimuli {
		texts = append(texts, st.Text)
	}
	for i := range b.items {
		texts = append(texts, b.items[i].Item.Writing()...)
	}
	return Media(texts...)
}

// keepMedia stores the images that came with the bank, and pins all that it shows.
func (s *Service) keepMedia(ctx context.Context, b *Bank) error {
	for _, m := range b.media {
		if err := s.store.PutMedium(ctx, m); err != nil {
			return fmt.Errorf("store an image: %w", err)
		}
	}
	err := s.store.PinMedia(ctx, b.Media())
	if fault.Code(err) == "media.not_found" {
		return fault.New(fault.Invalid, "bank.media", "The bank shows an image that did not come with it.").Wrap(err)
	}
	return err
}

// Medium returns an image to staff. "media.not_found".
func (s *Service) Medium(ctx context.Context, name string) (Medium, error) {
	if !IsMedium(name) {
		return Medium{}, noMedium()
	}
	return s.store.Medium(ctx, name)
}

// MediumOf returns an image to the learner whose attempt shows it: while the attempt
// runs, what the form presents; afterwards what the review policy lets them see. Any
// other image is "media.not_found", whether it is stored or not.
func (s *Service) MediumOf(ctx context.Context, person, attempt, name string) (Medium, error) {
	session, err := s.Current(ctx, person, attempt)
	if err != nil {
		return Medium{}, err
	}
	var shown []string
	if session.Attempt.State == Running {
		shown = session.View.Media()
	} else if shown, err = s.reviewed(ctx, person, attempt); err != nil {
		return Medium{}, err
	}
	if !slices.Contains(shown, name) {
		return Medium{}, noMedium()
	}
	return s.store.Medium(ctx, name)
}

// MediumOfPanel returns an image to a judge whose panel rates an item that shows it, in
// any language. Any other image is "media.not_found", whether it is stored or not.
func (s *Service) MediumOfPanel(ctx context.Context, judge, panel, name string) (Medium, error) {
	seat, err := s.Seat(ctx, judge, panel)
	if err != nil {
		return Medium{}, err
	}
	for i := range seat.Panel.Items {
		for _, lang := range seat.Exam.Policy.Languages {
			shown, err := seat.Show(i, lang)
			if err != nil {
				return Medium{}, err
			}
			if slices.Contains(append(shown.View.Media(), Media(Text{"": shown.Stimulus})...), name) {
				return s.store.Medium(ctx, name)
			}
		}
	}
	return Medium{}, noMedium()
}

func noMedium() error { return fault.New(fault.NotFound, "media.not_found", "There is no such image.") }

// reviewed lists the images of what a learner may see of a finished attempt.
func (s *Service) reviewed(ctx context.Context, person, attempt string) ([]string, error) {
	o, err := s.Outcome(ctx, person, attempt, "")
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range o.Answers {
		names = append(names, o.Answers[i].View.Media()...)
		names = append(names, Media(Text{"": o.Answers[i].Rationale})...)
	}
	return names, nil
}

// Media lists the images that the form presents.
func (v *FormView) Media() []string {
	var names []string
	for _, st := range v.Stimuli {
		names = append(names, Media(Text{"": st.Text})...)
	}
	for i := range v.Slots {
		names = append(names, v.Slots[i].Media()...)
	}
	return names
}

// Rename gives the images that the item shows other names, such as addresses.
func (v *View) Rename(name func(string) string) {
	v.Stem, v.Passage, v.Image = Rename(v.Stem, name), Rename(v.Passage, name), Rename(v.Image, name)
	v.Options, v.Rows = slices.Clone(v.Options), slices.Clone(v.Rows)
	for i := range v.Options {
		v.Options[i] = Rename(v.Options[i], name)
	}
	for i := range v.Rows {
		v.Rows[i] = Rename(v.Rows[i], name)
	}
}
