package certs

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/proba-exam/proba/internal/fault"
)

// TemplateStore keeps revisions of templates, which never change.
type TemplateStore interface {
	// InsertTemplate stores a new revision. Conflict "template.exists" when its id and
	// revision are taken.
	InsertTemplate(ctx context.Context, t Template) error
	// Template returns a revision. NotFound "template.not_found".
	Template(ctx context.Context, id string, revision int) (Template, error)
	// Templates lists all revisions by ascending Key, from the first greater than
	// after, at most limit, without the pixels of their logos.
	Templates(ctx context.Context, after string, limit int) ([]Template, error)
}

// TemplateOf returns the revision that ref names, nil for "". "template.not_found".
func (s *Service) TemplateOf(ctx context.Context, ref string) (*Template, error) {
	if ref == "" {
		return nil, nil // the usual look is no template
	}
	id, revision, err := ParseTemplateRef(ref)
	if err != nil {
		return nil, err
	}
	t, err := s.Store.Template(ctx, id, revision)
	if err != nil {
		return nil, err
	}
	return &t, nil
}

// EachTemplate visits all revisions of all templates by Key, from the first after the
// key given, until visit says that it has seen enough.
func (s *Service) EachTemplate(ctx context.Context, after string, visit func(Template) (more bool)) error {
	for {
		all, err := s.Store.Templates(ctx, after, pageSize)
		if err != nil {
			return err
		}
		for _, t := range all {
			if !visit(t) {
				return nil
			}
			after = t.Key()
		}
		if len(all) < pageSize {
			return nil
		}
	}
}

// NewestTemplate is the number of the newest revision of a template, that of the given
// one if there is none after it.
func (s *Service) NewestTemplate(ctx context.Context, t Template) (revision int, err error) {
	revision = t.Revision
	err = s.EachTemplate(ctx, t.Key(), func(next Template) bool {
		if next.ID != t.ID {
			return false
		}
		revision = next.Revision
		return true
	})
	return revision, err
}

// SaveTemplate stores the next revision of a template after the one whose number it
// has: 0 for the first. What is the same as that revision is not stored again. Faults:
// "template.invalid" names the fields, "template.stale" says that there is a newer
// revision already.
func (s *Service) SaveTemplate(ctx context.Context, by string, t Template) (saved Template, created bool, err error) {
	t = t.normalised()
	if err := t.refuse(); err != nil {
		return Template{}, false, err
	}
	if t.Revision > 0 {
		last, err := s.Store.Template(ctx, t.ID, t.Revision)
		if err != nil {
			return Template{}, false, err
		}
		if sameTemplate(t, last) {
			return last, false, nil
		}
	}
	t.Schema, t.Revision, t.CreatedAt, t.CreatedBy = 1, t.Revision+1, s.moment(), by
	err = s.Store.InsertTemplate(ctx, t)
	if fault.Code(err) != "template.exists" {
		return t, err == nil, err
	}
	there, getErr := s.Store.Template(ctx, t.ID, t.Revision)
	if getErr != nil {
		return Template{}, false, getErr
	}
	if sameTemplate(t, there) { // the same was sent twice
		return there, false, nil
	}
	if t.Revision == 1 {
		return Template{}, false, fault.New(fault.Conflict, "template.exists", "Another template has this id; open that one, or take another id.")
	}
	return Template{}, false, fault.New(fault.Conflict, "template.stale", "Somebody has saved a newer revision of this template meanwhile; load it again.")
}

func (t *Template) refuse() error {
	faults, err := t.Check()
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "template.invalid", "The template has %d faults.", len(faults)).At(faults...)
	}
	return nil
}

// sameTemplate compares what an issuer writes.
func sameTemplate(a, b Template) bool {
	bare := func(t Template) Template {
		t = t.normalised()
		t.Schema, t.Revision, t.CreatedAt, t.CreatedBy = 0, 0, time.Time{}, ""
		return t
	}
	return reflect.DeepEqual(bare(a), bare(b))
}

// Sample is how a template looks in one language.
type Sample struct{ PDF, SVG []byte }

// SampleTemplate prints a template with a made-up holder. Nothing is signed or stored.
// Faults are those of SaveTemplate.
func (s *Service) SampleTemplate(t Template, lang string) (Sample, error) {
	t = t.normalised()
	if err := t.refuse(); err != nil {
		return Sample{}, err
	}
	w, score := wordsOf(lang), 8750
	award := Award{Name: w.sampleName, Title: w.sampleTitle, Language: lang, Score: &score, ValidDays: t.ValidDays}
	return s.sample(award, &t, newDrawing(lang))
}

// sample prints what a certificate of the award would look like.
func (s *Service) sample(award Award, t *Template, d *drawing) (Sample, error) {
	now := s.moment().Truncate(time.Second)
	c := Certificate{ID: sampleID, Statement: Statement{Name: norm.NFC.String(award.Name), Title: norm.NFC.String(award.Title), Language: award.Language,
		Issuer: s.issuer(award.Language), Score: award.Score, IssuedAt: now, ExpiresAt: expiry(now, award.ValidDays, t.zone(s.Zone))}}
	pdf, d, err := render(&c, Layout{PublicURL: s.PublicURL, Zone: s.Zone, Sample: true, Template: t}, d)
	if err != nil || d == nil {
		return Sample{PDF: pdf}, err
	}
	return Sample{PDF: pdf, SVG: d.end()}, nil
}

// CheckExam reports why certificates by a template could not carry the title of an exam.
// Ask before the first certificate is due. "template.not_found" when there is no such
// template.
func (s *Service) CheckExam(ctx context.Context, ref, lang, title string) error {
	if _, err := s.TemplateOf(ctx, ref); err != nil {
		return err
	}
	return CheckTitle(title)
}

// layout is what the certificate is printed by.
func (s *Service) layout(ctx context.Context, c *Certificate) (Layout, error) {
	t, err := s.TemplateOf(ctx, c.Template)
	if err != nil {
		return Layout{}, fmt.Errorf("template %s of a certificate: %w", c.Template, err)
	}
	return Layout{PublicURL: s.PublicURL, Zone: s.Zone, Template: t}, nil
}
