package authoring

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// maxMedia bounds the images of a bank; its document stays far below 16 MB.
	maxMedia = 5000
	// maxFileName bounds what a file was called, in characters.
	maxFileName = 100
	// shortName is how many digits of the hash authors see: two images of a bank never
	// begin alike by accident.
	shortName = 12
)

// Filed is an image in the working copy of a bank.
type Filed struct {
	Name string `json:"name"`
	// File is what it was called where it came from. Only staff see it.
	File string    `json:"file,omitempty"`
	By   string    `json:"by,omitempty"`
	At   time.Time `json:"at"`
}

// Short is the name as authors type it: the beginning of the hash, and the type.
func (f Filed) Short() string {
	_, _, extension := exam.Size(f.Name)
	return f.Name[:shortName] + "." + extension
}

// Abridge is a text of the bank with the short names of its images, for authors to edit;
// Long leads back.
func (c Copy) Abridge(text string) string {
	return exam.Rename(text, func(name string) string {
		for _, f := range c.Media {
			if f.Name == name {
				return f.Short()
			}
		}
		return name
	})
}

// Long turns what an author typed into the name of an image of the bank; what is none
// stays as it is, for the check to say so.
func (c *Copy) Long(typed string) string {
	if exam.IsMedium(typed) {
		return typed
	}
	for _, f := range c.Media {
		if f.Short() == typed {
			return f.Name
		}
	}
	return typed
}

// file adds images that the copy does not have.
func (c Copy) file(all ...Filed) (Copy, error) {
	for _, f := range all {
		if slices.ContainsFunc(c.Media, func(have Filed) bool { return have.Name == f.Name }) {
			continue
		}
		if len(c.Media) >= maxMedia {
			return c, fault.New(fault.Invalid, "media.too_many", "A bank has %d images at most.", maxMedia)
		}
		if r := []rune(strings.ToValidUTF8(f.File, "")); utf8.RuneCountInString(f.File) > maxFileName {
			f.File = string(r[:min(len(r), maxFileName)])
		}
		c.Media = append(slices.Clip(c.Media), f)
	}
	return c, nil
}

// AddMedium keeps an image for the texts of a bank. Adding it again changes nothing.
func (s *Service) AddMedium(ctx context.Context, by, bank, file string, m exam.Medium) (Copy, error) {
	if _, err := s.store.Copy(ctx, bank); err != nil {
		return Copy{}, err
	}
	if err := s.revisions.PutMedium(ctx, m); err != nil {
		return Copy{}, fmt.Errorf("store an image: %w", err)
	}
	now := s.moment()
	c, err := s.changeCopy(ctx, bank, func(c Copy) (Copy, error) {
		return c.file(Filed{Name: m.Name, File: file, By: by, At: now})
	})
	if err != nil {
		return c, err
	}
	// Whoever drops it from another bank may have looked before this one had it, and
	// dropped the content after it was stored above: see DropMedium.
	if err := s.revisions.PutMedium(ctx, m); err != nil {
		return Copy{}, fmt.Errorf("store an image: %w", err)
	}
	return c, nil
}

// DropMedium takes an image out of a bank whose texts do not show it: "media.used" when
// one does, "media.pinned" when one once did. An earlier revision, a release or an attempt
// may show it for ever, so it stays in the bank too, for whoever goes back to them. The
// content goes away unless another bank has it.
func (s *Service) DropMedium(ctx context.Context, bank, name string) (Copy, error) {
	used, err := s.MediaUsed(ctx, bank)
	if err != nil {
		return Copy{}, err
	}
	if ids := used[name]; len(ids) > 0 {
		return Copy{}, fault.New(fault.Conflict, "media.used", "This image is shown by %s; take it out there first.", strings.Join(ids[:min(len(ids), 5)], ", "))
	}
	if err := s.dropContent(ctx, bank, name); err != nil {
		return Copy{}, err
	}
	return s.changeCopy(ctx, bank, func(c Copy) (Copy, error) {
		c.Media = slices.DeleteFunc(slices.Clone(c.Media), func(f Filed) bool { return f.Name == name })
		if len(c.Media) == 0 {
			c.Media = nil
		}
		return c, nil
	})
}

// dropContent drops what no other bank has. It goes before the image leaves the bank: a
// text that is being stored meanwhile pins it, or is refused because it is gone. Another
// bank that takes the image meanwhile has it when it is looked for again, and gets the
// content back; one that takes it later stores the content itself.
func (s *Service) dropContent(ctx context.Context, bank, name string) error {
	held, err := s.heldElsewhere(ctx, bank, name)
	if err != nil || held {
		return err
	}
	m, err := s.revisions.Medium(ctx, name)
	if fault.Code(err) == "media.not_found" {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.revisions.DropMedium(ctx, name); err != nil {
		return err
	}
	if held, err = s.heldElsewhere(ctx, bank, name); err != nil || !held {
		return err
	}
	return s.revisions.PutMedium(ctx, m)
}

// heldElsewhere reports whether another bank has the image.
func (s *Service) heldElsewhere(ctx context.Context, bank, name string) (bool, error) {
	for after := ""; ; {
		part, err := s.store.Copies(ctx, after, batch)
		if err != nil {
			return false, err
		}
		for _, c := range part {
			after = c.ID
			if c.ID != bank && slices.ContainsFunc(c.Media, func(f Filed) bool { return f.Name == name }) {
				return true, nil
			}
		}
		if len(part) < batch {
			return false, nil
		}
	}
}

// MediaUsed lists, for each image that the bank's newest revisions and case texts show,
// the ids of those.
func (s *Service) MediaUsed(ctx context.Context, bank string) (map[string][]string, error) {
	c, err := s.store.Copy(ctx, bank)
	if err != nil {
		return nil, err
	}
	used := make(map[string][]string)
	for _, k := range c.Cases {
		for _, name := range exam.Media(k.Text, k.Approved) {
			used[name] = append(used[name], k.ID)
		}
	}
	for after := ""; ; {
		part, err := s.store.Items(ctx, Filter{Bank: bank}, after, batch)
		if err != nil {
			return nil, err
		}
		for _, e := range part {
			after = e.ID
			for _, name := range exam.Media(e.Content.Writing()...) {
				used[name] = append(used[name], e.ID)
			}
		}
		if len(part) < batch {
			return used, nil
		}
	}
}

// pin keeps the images of texts that are about to be stored. One that is not there is
// "item.invalid"; what is no name of an image is for the check to say.
func (s *Service) pin(ctx context.Context, texts ...exam.Text) error {
	names := slices.DeleteFunc(exam.Media(texts...), func(name string) bool { return !exam.IsMedium(name) })
	if len(names) == 0 {
		return nil
	}
	err := s.revisions.PinMedia(ctx, names)
	if fault.Code(err) == "media.not_found" {
		return noSuchImage()
	}
	return err
}

func noSuchImage() error {
	return fault.New(fault.Invalid, "item.invalid", "A text shows an image that this bank does not have; upload it first.")
}
