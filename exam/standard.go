package exam

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// SignPanel makes the cut of one method the standard, for good. Whoever called the panel
// together or sat on it does not sign. Faults: "panel.own", "panel.state", "panel.method"
// for one without a cut.
func (s *Service) SignPanel(ctx context.Context, by, id, method, why string) (Panel, error) {
	return s.changePanel(ctx, id, func(p *Panel) error { return p.sign(by, method, why, s.moment()) })
}

func (p *Panel) sign(by, method, why string, now time.Time) error {
	if by == p.CreatedBy || slices.Contains(p.Judges, by) {
		return fault.New(fault.Forbidden, "panel.own", "You called this panel together or sat on it; somebody else has to sign.")
	}
	if err := p.must(PanelConcluded); err != nil {
		return err
	}
	m := p.Outcome.Methods[method]
	if !m.Cut.Known() || !m.Theta.Known() {
		return fault.New(fault.Invalid, "panel.method", "This method has given no cut.").At(fault.Field{Path: "/method", Message: "has given no cut"})
	}
	// A share between two basis points counts as the higher, as points of a form do.
	cut := min(fullBasisPoints, max(1, int(math.Ceil(m.Cut.Value*fullBasisPoints-1e-6))))
	p.Decision = &Decision{Method: method, Cut: cut, Theta: m.Theta.Value, SE: m.Theta.SE, Calibration: p.Outcome.Calibration, By: by, At: now, Reason: why}
	p.State = PanelSigned
	p.note(now, "signed", by, why)
	return nil
}

// DraftByStandard makes a new draft of the panel's exam, as it is now, with the standard.
// Repeating the call returns the draft. Faults: those of CreateExam and AdoptStandard.
func (s *Service) DraftByStandard(ctx context.Context, id, exam string) (Exam, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Exam{}, err
	}
	if err := p.must(PanelSigned); err != nil {
		return Exam{}, err
	}
	from, err := s.store.Exam(ctx, p.Exam)
	if err != nil {
		return Exam{}, err
	}
	draft := Exam{ID: exam, Title: from.Title, Programme: from.Programme, Release: p.Release, Blueprint: from.Blueprint, Policy: from.Policy}
	draft.Blueprint.Cut, draft.Blueprint.Standard = p.Decision.Cut, p.Decision.standard(p.ID)
	if _, _, err := s.CreateExam(ctx, draft); err != nil {
		return Exam{}, err
	}
	return s.AdoptStandard(ctx, id, exam)
}

func (d *Decision) standard(panel string) *Standard {
	return &Standard{Panel: panel, Theta: d.Theta, SE: d.SE}
}

// AdoptStandard gives a draft exam the standard of a signed panel. The draft has to draw
// from the same release for the same role, on the same calibration: an ability means
// something on one scale only. Faults: "panel.state", "panel.unfit", "exam.published".
func (s *Service) AdoptStandard(ctx context.Context, id, exam string) (Exam, error) {
	p, err := s.store.Panel(ctx, id)
	if err != nil {
		return Exam{}, err
	}
	if err := p.must(PanelSigned); err != nil {
		return Exam{}, err
	}
	for range maxConflicts {
		e, err := s.store.Exam(ctx, exam)
		if err != nil {
			return Exam{}, err
		}
		if e.State != ExamDraft {
			return Exam{}, fault.New(fault.Conflict, "exam.published", "A published exam cannot be edited: people have sat it. Make another one from it.")
		}
		if e.Calibration != "" && e.Calibration != p.Decision.Calibration || e.Release != p.Release || e.Blueprint.Role != p.Role {
			return Exam{}, fault.New(fault.Conflict, "panel.unfit", "This draft draws from another release, for another role or by another calibration than the panel's exam.")
		}
		e.Blueprint.Standard = p.Decision.standard(p.ID)
		e.Blueprint.Cut, e.Calibration = p.Decision.Cut, p.Decision.Calibration
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("adopt the standard: %w", err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// checkStandard reports why the exam's standard is not that of a signed panel.
func (s *Service) checkStandard(ctx context.Context, e *Exam) error {
	st := e.Blueprint.Standard
	if st == nil {
		return nil
	}
	p, err := s.store.Panel(ctx, st.Panel)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	if err != nil || p.State != PanelSigned || *st != *p.Decision.standard(p.ID) || e.Blueprint.Cut != p.Decision.Cut ||
		e.Calibration != p.Decision.Calibration || e.Release != p.Release || e.Blueprint.Role != p.Role {
		return fault.New(fault.Invalid, "exam.standard", "The standard of this exam is not the one that its panel has signed.").
			At(fault.Field{Path: "/blueprint/standard", Message: "is not what the panel has signed, or rests on another release, role or calibration"})
	}
	return nil
}
