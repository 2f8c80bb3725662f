package exam

import (
	"context"
	"fmt"
)

// MaxWaiting is how far waiting scripts are counted: whoever has that many to mark needs no
// larger number, and the first page stays quick.
const MaxWaiting = 1000

// toMark are the stages in which a script waits for a marker.
var toMark = []ScriptStage{ScriptFirst, ScriptSecond}

// MarkingWaits counts the scripts that the person could mark, up to MaxWaiting. Those that
// somebody has in hand just now count too: they may come back.
func (s *Service) MarkingWaits(ctx context.Context, marker string) (int, error) {
	mine, err := s.MarkingFor(ctx, marker)
	if err != nil {
		return 0, err
	}
	var ids []string
	for _, e := range mine {
		ids = append(ids, e.ID)
	}
	counts, err := s.store.CountScripts(ctx, ids, toMark, marker, MaxWaiting)
	if err != nil {
		return 0, fmt.Errorf("count what waits for a marker: %w", err)
	}
	n := 0
	for _, of := range counts {
		n += of
	}
	return n, nil
}

// HeldUp is an exam whose results wait for who runs the marking.
type HeldUp struct {
	Exam Exam
	// Disputes are the scripts about which somebody has to decide, Unnamed those that
	// nobody is named to mark.
	Disputes, Unnamed int
}

// HeldUpMarking lists the exams whose results wait for who runs the marking, by ascending
// id. Each kind of script is counted up to MaxWaiting in all.
func (s *Service) HeldUpMarking(ctx context.Context) ([]HeldUp, error) {
	var all []Exam
	var ids, unnamed []string
	for after := ""; ; {
		page, err := s.store.Exams(ctx, after, scriptPage)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			after, ids = e.ID, append(ids, e.ID)
			if len(e.Markers) == 0 {
				unnamed = append(unnamed, e.ID)
			}
		}
		if all = append(all, page...); len(page) < scriptPage {
			break
		}
	}
	disputes, err := s.store.CountScripts(ctx, ids, []ScriptStage{ScriptThird}, "", MaxWaiting)
	if err != nil {
		return nil, fmt.Errorf("count disputes: %w", err)
	}
	nobodys, err := s.store.CountScripts(ctx, unnamed, toMark, "", MaxWaiting)
	if err != nil {
		return nil, fmt.Errorf("count scripts without markers: %w", err)
	}
	var held []HeldUp
	for _, e := range all {
		if h := (HeldUp{e, disputes[e.ID], nobodys[e.ID]}); h.Disputes+h.Unnamed > 0 {
			held = append(held, h)
		}
	}
	return held, nil
}
