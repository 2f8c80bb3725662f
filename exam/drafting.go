package exam

import (
	"context"
	"errors"
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// EditExam replaces what an author writes of a draft, on the condition that its
// stored version is e.Version, the one that the author saw. A draft may be unfit for
// publishing; PublishExam and CheckExam say so. Faults: "exam.invalid", "exam.stale",
// "exam.published" when it is no draft any more, "exam.not_found".
func (s *Service) EditExam(ctx context.Context, e Exam) (Exam, error) {
	stored, err := s.store.Exam(ctx, e.ID)
	if err != nil {
		return Exam{}, err
	}
	if stored.State != ExamDraft {
		return Exam{}, fault.New(fault.Conflict, "exam.published", "A published exam cannot be edited: people have sat it. Make another one from it.")
	}
	if faults := e.Check(); len(faults) > 0 {
		return Exam{}, fault.New(fault.Invalid, "exam.invalid", "The exam has %d faults.", len(faults)).At(faults...)
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return Exam{}, err
	}
	for i, lang := range e.Policy.Languages {
		if _, ok := bank.Release.Title[lang]; !ok {
			return Exam{}, fault.New(fault.Invalid, "exam.invalid", "The exam has a fault.").
				At(fault.Field{Path: fmt.Sprintf("/policy/languages/%d", i), Message: fmt.Sprintf("the bank has no language %q", lang)})
		}
	}
	stored.Version = e.Version
	if e.Blueprint.Standard == nil && e.Release == stored.Release && e.Blueprint.Cut == stored.Blueprint.Cut {
		e.Blueprint.Standard = stored.Blueprint.Standard // whoever gives another cut or release leaves the panel's
	}
	stored.Title, stored.Programme, stored.Release = e.Title, e.Programme, e.Release
	stored.Blueprint, stored.Policy = e.Blueprint, e.Policy
	if err := s.store.UpdateExam(ctx, stored); err != nil {
		return Exam{}, err
	}
	stored.Version++
	return stored, nil
}

// CheckExam says what publishing would prove of the exam as it stands, or why it
// could not be published: "blueprint.unfit", "blueprint.infeasible".
func (s *Service) CheckExam(ctx context.Context, id string) (Feasibility, error) {
	e, err := s.store.Exam(ctx, id)
	if err != nil {
		return Feasibility{}, err
	}
	p, err := s.plan(ctx, &e)
	if err != nil {
		return Feasibility{}, err
	}
	return p.Feasibility()
}

// RetireExam closes a published exam: what runs goes on, nothing new is started.
// Retiring a retired exam changes nothing. "exam.draft" for one that was never open.
func (s *Service) RetireExam(ctx context.Context, id string) (Exam, error) {
	for range maxConflicts {
		e, err := s.store.Exam(ctx, id)
		if err != nil || e.State == ExamRetired {
			return e, err
		}
		if e.State == ExamDraft {
			return Exam{}, fault.New(fault.Conflict, "exam.draft", "A draft was never open; there is nothing to retire.")
		}
		e.State = ExamRetired
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("retire exam %s: %w", id, err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// Sheet is a form for the eyes of staff: as a learner sees it in one language, with
// the keys.
type Sheet struct {
	Form Form
	View FormView
	// Keys are what is right now, the newest of each slot; empty for an item of which
	// nobody says that any more. Corrected is what was done about faulty items.
	Keys      []Response
	Corrected []KeyPolicy
	Bank      *Bank
}

// Preview draws the form that the seed stands for, for nobody, and stores nothing.
func (s *Service) Preview(ctx context.Context, id string, seed Seed, lang string) (Sheet, error) {
	e, err := s.store.Exam(ctx, id)
	if err != nil {
		return Sheet{}, err
	}
	p, err := s.plan(ctx, &e)
	if err != nil {
		return Sheet{}, err
	}
	form, err := p.Assemble(seed, nil)
	if err != nil {
		return Sheet{}, err
	}
	return s.newSheet(ctx, &e, p.bank, form, lang)
}

func (s *Service) newSheet(ctx context.Context, e *Exam, bank *Bank, form Form, lang string) (Sheet, error) {
	view, err := bank.Present(form, lang)
	if err != nil {
		return Sheet{}, err
	}
	keys, err := s.keying(ctx, e)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Form: form, View: view, Keys: make([]Response, len(form.Slots)), Corrected: make([]KeyPolicy, len(form.Slots)), Bank: bank}
	for n, slot := range form.Slots {
		rev, err := bank.find(slot.Item)
		if err != nil {
			return Sheet{}, err
		}
		correction := keys.of(&slot)
		if correction != nil {
			sheet.Corrected[n] = correction.Policy
		}
		if rights := correction.rights(rev, slot.Arrangement); len(rights) > 0 {
			sheet.Keys[n] = rights[0]
		}
	}
	return sheet, nil
}

// Replay is a learner's attempt with its form, and what came of drawing the form
// again from its seed.
type Replay struct {
	Attempt Attempt
	Exam    Exam
	Sheet   Sheet
	// Differs is why the form cannot be drawn again as it is, nil when it can.
	Differs error
}

// Replay shows a learner's form, draws it again and compares. lang is that of the
// attempt when "".
func (s *Service) Replay(ctx context.Context, id, lang string) (Replay, error) {
	a, err := s.store.Attempt(ctx, id)
	if err != nil {
		return Replay{}, err
	}
	e, err := s.store.Exam(ctx, a.Exam)
	if err != nil {
		return Replay{}, err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return Replay{}, err
	}
	if lang == "" {
		lang = a.Lang
	}
	sheet, err := s.newSheet(ctx, &e, bank, a.Form, lang)
	if err != nil {
		return Replay{}, err
	}
	r := Replay{Attempt: a, Exam: e, Sheet: sheet}
	p, err := s.plan(ctx, &e)
	if err != nil {
		r.Differs = errors.New("its exam's blueprint does not fit its bank release any more")
		return r, nil
	}
	r.Differs = p.Replay(a.Form)
	return r, nil
}
