package exam

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// ImportBank stores a checked bank as a release. Importing the same content
// again changes nothing and returns the first release. created tells which.
func (s *Service) ImportBank(ctx context.Context, by string, b *Bank) (release Release, created bool, err error) {
	release, err = s.store.Release(ctx, b.Release.Hash)
	if err == nil || fault.Of(err) != fault.NotFound {
		return release, false, err
	}
	if err := s.keepMedia(ctx, b); err != nil {
		return Release{}, false, err
	}
	if err := s.store.PutRevisions(ctx, b.items); err != nil {
		return Release{}, false, fmt.Errorf("store revisions: %w", err)
	}
	release = b.Release
	release.CreatedAt, release.CreatedBy = s.moment(), by
	if err := s.store.PutRelease(ctx, release); err != nil {
		return Release{}, false, fmt.Errorf("store release: %w", err)
	}
	return release, true, nil
}

// Releases lists them by ascending hash, without items.
func (s *Service) Releases(ctx context.Context, after string, limit int) ([]Release, error) {
	return s.store.Releases(ctx, after, limit)
}

// CreateExam stores a draft. Repeating the call with the same content returns
// the stored draft; another exam under a taken id is "exam.exists".
func (s *Service) CreateExam(ctx context.Context, e Exam) (stored Exam, created bool, err error) {
	if faults := e.Check(); len(faults) > 0 {
		return Exam{}, false, fault.New(fault.Invalid, "exam.invalid", "The exam has %d faults.", len(faults)).At(faults...)
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return Exam{}, false, err
	}
	for i, lang := range e.Policy.Languages {
		if _, ok := bank.Release.Title[lang]; !ok {
			return Exam{}, false, fault.New(fault.Invalid, "exam.invalid", "The exam has a fault.").
				At(fault.Field{Path: fmt.Sprintf("/policy/languages/%d", i), Message: fmt.Sprintf("the bank has no language %q", lang)})
		}
	}
	e.Schema, e.Version, e.State, e.CreatedAt = 1, 1, ExamDraft, s.moment()
	e.PublishedAt, e.PublishedBy, e.Feasibility = time.Time{}, "", Feasibility{}
	e.Corrections, e.KeyChanges, e.Regrading, e.Markers = nil, nil, "", nil
	err = s.store.InsertExam(ctx, e)
	if fault.Code(err) != "exam.exists" {
		return e, err == nil, err
	}
	stored, getErr := s.store.Exam(ctx, e.ID)
	if getErr != nil {
		return Exam{}, false, getErr
	}
	same, hashErr := sameDefinition(stored, e)
	switch {
	case hashErr != nil:
		return Exam{}, false, hashErr
	case !same:
		return Exam{}, false, err
	}
	return stored, false, nil
}

// sameDefinition compares what an author writes of an exam, by its content: a list
// that is empty is the same as one that is left out.
func sameDefinition(a, b Exam) (bool, error) {
	x, err := definitionHash(a)
	if err != nil {
		return false, err
	}
	y, err := definitionHash(b)
	return x == y, err
}

func definitionHash(e Exam) (string, error) {
	return contentHash(Exam{ID: e.ID, Title: e.Title, Programme: e.Programme, Release: e.Release, Blueprint: e.Blueprint, Policy: e.Policy})
}

// Calibrate gives a draft what is known of its items' difficulty. Giving the same
// again changes nothing. The fault "exam.published" says that the exam's forms are
// drawn already: publish another exam, so that everybody in one is treated alike.
func (s *Service) Calibrate(ctx context.Context, by, id string, items map[string]ItemCalibration) (Exam, error) {
	c, err := NewCalibration(items)
	if err != nil {
		return Exam{}, err
	}
	c.CreatedAt, c.CreatedBy = s.moment(), by
	for range maxConflicts {
		e, err := s.store.Exam(ctx, id)
		if err != nil || e.Calibration == c.Hash {
			return e, err
		}
		if e.State != ExamDraft {
			return Exam{}, fault.New(fault.Conflict, "exam.published", "This exam is published; its forms are drawn by what was known then.")
		}
		if err := s.store.PutCalibration(ctx, c); err != nil {
			return Exam{}, fmt.Errorf("store the calibration: %w", err)
		}
		e.Calibration = c.Hash
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("calibrate exam %s: %w", id, err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// checkTitle reports why certificates could not carry the exam's title.
func (s *Service) checkTitle(ctx context.Context, e *Exam) error {
	if !e.Policy.Certificate.Issue {
		return nil
	}
	for _, lang := range e.Policy.Languages {
		err := s.printable(ctx, e.Policy.Certificate.Template, lang, e.Title.In(lang))
		if fault.Code(err) == "template.not_found" {
			return fault.New(fault.Invalid, "exam.template", "There is no such certificate template.").Wrap(err).
				At(fault.Field{Path: "/policy/certificate/template", Message: "there is no such certificate template"})
		}
		if err != nil {
			return fault.New(fault.Invalid, "exam.title", "Certificates cannot carry the title of this exam.").Wrap(err).
				At(fault.Field{Path: "/title/" + lang, Message: err.Error()})
		}
	}
	return nil
}

// PublishExam proves the blueprint feasible over the release and opens the exam.
// Publishing a published exam changes nothing.
func (s *Service) PublishExam(ctx context.Context, by, id string) (Exam, error) {
	for range maxConflicts {
		e, err := s.store.Exam(ctx, id)
		if err != nil || e.State == ExamPublished {
			return e, err
		}
		if e.State != ExamDraft {
			return Exam{}, fault.New(fault.Conflict, "exam.retired", "A retired exam cannot be published again.")
		}
		if err := s.checkTitle(ctx, &e); err != nil {
			return Exam{}, err
		}
		if err := s.checkStandard(ctx, &e); err != nil {
			return Exam{}, err
		}
		plan, err := s.plan(ctx, &e)
		if err != nil {
			return Exam{}, err
		}
		if e.Feasibility, err = plan.Feasibility(); err != nil {
			return Exam{}, err
		}
		e.State, e.PublishedAt, e.PublishedBy = ExamPublished, s.moment(), by
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("publish exam %s: %w", id, err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// Exam returns it. "exam.not_found".
func (s *Service) Exam(ctx context.Context, id string) (Exam, error) { return s.store.Exam(ctx, id) }

// Exams lists them by ascending id.
func (s *Service) Exams(ctx context.Context, after string, limit int) ([]Exam, error) {
	return s.store.Exams(ctx, after, limit)
}

// CreateSitting stores a sitting of an existing exam. Repeating the call with
// the same content returns the stored one.
func (s *Service) CreateSitting(ctx context.Context, sitting Sitting) (stored Sitting, created bool, err error) {
	e, err := s.store.Exam(ctx, sitting.Exam)
	if err != nil {
		return Sitting{}, false, err
	}
	sitting.Opens = sitting.Opens.UTC().Truncate(time.Millisecond)
	sitting.Closes = sitting.Closes.UTC().Truncate(time.Millisecond)
	if faults := sitting.Check(e.Policy.Languages); len(faults) > 0 {
		return Sitting{}, false, fault.New(fault.Invalid, "sitting.invalid", "The sitting has %d faults.", len(faults)).At(faults...)
	}
	sitting.Schema, sitting.Version, sitting.CreatedAt, sitting.Pauses = 1, 1, s.moment(), nil
	err = s.store.InsertSitting(ctx, sitting)
	if err == nil {
		return sitting, true, s.ensureAccessKey(ctx, &sitting)
	}
	if fault.Code(err) != "sitting.exists" {
		return sitting, false, err
	}
	stored, getErr := s.store.Sitting(ctx, sitting.ID)
	if getErr != nil {
		return Sitting{}, false, getErr
	}
	same := stored.Exam == sitting.Exam && stored.Region == sitting.Region && stored.Organisation == sitting.Organisation && stored.Cohort == sitting.Cohort && reflect.DeepEqual(stored.Title, sitting.Title) && stored.AccessCode == sitting.AccessCode &&
		stored.Opens.Equal(sitting.Opens) && stored.Closes.Equal(sitting.Closes)
	if !same {
		return Sitting{}, false, err
	}
	return stored, false, s.ensureAccessKey(ctx, &stored)
}

// EditSitting replaces title, groups, window and the wish for a code of a sitting whose
// stored version is sitting.Version, the one that was read; its exam stays. Attempts that
// run keep their deadlines. Faults: "sitting.invalid", "sitting.stale", "sitting.not_found".
func (s *Service) EditSitting(ctx context.Context, sitting Sitting) (Sitting, error) {
	stored, err := s.store.Sitting(ctx, sitting.ID)
	if err != nil {
		return Sitting{}, err
	}
	e, err := s.store.Exam(ctx, stored.Exam)
	if err != nil {
		return Sitting{}, err
	}
	stored.Version = sitting.Version
	stored.Title, stored.Region, stored.Organisation, stored.Cohort = sitting.Title, sitting.Region, sitting.Organisation, sitting.Cohort
	stored.AccessCode = sitting.AccessCode
	stored.Opens, stored.Closes = sitting.Opens.UTC().Truncate(time.Millisecond), sitting.Closes.UTC().Truncate(time.Millisecond)
	if faults := stored.Check(e.Policy.Languages); len(faults) > 0 {
		return Sitting{}, fault.New(fault.Invalid, "sitting.invalid", "The sitting has %d faults.", len(faults)).At(faults...)
	}
	if err := s.store.UpdateSitting(ctx, stored); err != nil {
		return Sitting{}, err
	}
	stored.Version++
	return stored, s.ensureAccessKey(ctx, &stored)
}

// Sitting returns it. "sitting.not_found".
func (s *Service) Sitting(ctx context.Context, id string) (Sitting, error) {
	return s.store.Sitting(ctx, id)
}

// Sittings lists them by ascending id.
func (s *Service) Sittings(ctx context.Context, after string, limit int) ([]Sitting, error) {
	return s.store.Sittings(ctx, SittingFilter{}, after, limit)
}

// FindSittings is Sittings, of those that fit the filter.
func (s *Service) FindSittings(ctx context.Context, f SittingFilter, after string, limit int) ([]Sitting, error) {
	return s.store.Sittings(ctx, f, after, limit)
}

// Attempts lists attempts without forms and responses, by ascending id.
func (s *Service) Attempts(ctx context.Context, f AttemptFilter, after string, limit int) ([]Attempt, error) {
	return s.store.Attempts(ctx, f, after, limit)
}

// Attempt returns the whole attempt. "attempt.not_found".
func (s *Service) Attempt(ctx context.Context, id string) (Attempt, error) {
	return s.store.Attempt(ctx, id)
}

// Void declares an attempt invalid. Voiding a void attempt changes nothing.
func (s *Service) Void(ctx context.Context, by, id, reason string) (Attempt, error) {
	a, err := s.change(ctx, id, func(a *Attempt) (bool, error) {
		if a.State == Voided {
			return true, nil
		}
		return false, a.Void(by, reason, s.moment())
	})
	if err != nil || a.count(awaited) == 0 {
		return a, err
	}
	return s.Advance(ctx, id) // now, or when it is due if this is cut short
}

// Release lets the learner see a graded attempt, whatever the policy's moment.
func (s *Service) Release(ctx context.Context, by, id string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		if a.State == Released {
			return true, nil
		}
		e, err := s.store.Exam(ctx, a.Exam)
		if err != nil {
			return false, err
		}
		return false, a.Release(e.Policy, by, s.moment())
	})
}

// Due lists attempts that somebody has to move on, most overdue first.
func (s *Service) Due(ctx context.Context, limit int) ([]Attempt, error) {
	return s.store.Due(ctx, s.moment(), limit)
}

// Advance moves a due attempt on as far as this package can: an overrun one is handed in
// and graded, what people mark is given to them, and taken back from them when the attempt
// was voided, a graded one is released. It returns the attempt as it then stands; what is
// still due is its certificate.
func (s *Service) Advance(ctx context.Context, id string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		now := s.moment()
		switch {
		case a.State == Running && a.Pause() != nil && !now.Before(a.DueAt):
			if err := s.endForgotten(ctx, a.Sitting, a.Pause().Order, now); err != nil {
				return false, err
			}
			return a.Continue("", "", now), nil
		case a.State == Running && a.TimeOver(now):
			return false, s.expire(ctx, a, now)
		case a.State == Marking && !a.DueAt.IsZero() && !now.Before(a.DueAt):
			return false, s.gather(ctx, a, now)
		case a.State == Voided && a.Certificate != CertificateWithdrawDue && !a.DueAt.IsZero() && !now.Before(a.DueAt):
			if err := s.closeScripts(ctx, a); err != nil {
				return false, err
			}
			a.DueAt = time.Time{}
			return false, nil
		case a.State == Graded && !a.ReleaseAt.IsZero() && !now.Before(a.ReleaseAt):
			e, err := s.store.Exam(ctx, a.Exam)
			if err != nil {
				return false, err
			}
			return false, a.Release(e.Policy, "", now)
		}
		return true, nil
	})
}

// Postpone makes a due attempt due later, because moving it on failed: what fails
// must not keep the others waiting.
func (s *Service) Postpone(ctx context.Context, id string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) { return !a.Postpone(s.moment()), nil })
}

// Certified records that the certificate due for the attempt was issued.
func (s *Service) Certified(ctx context.Context, id, certificate string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		return false, a.Certified(certificate, s.moment())
	})
}

// Withdrawn records that the certificate due for withdrawal was revoked.
func (s *Service) Withdrawn(ctx context.Context, id, certificate string) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		return false, a.Withdrawn(certificate, s.moment())
	})
}
