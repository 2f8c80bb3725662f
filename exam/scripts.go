package exam

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// scriptPage is how many scripts are listed at a time.
const scriptPage = 200

// maxMarkers bounds who marks one exam.
const maxMarkers = 200

// SetMarkers names the people who mark the exam, instead of those who were named before;
// what they have marked stays. The caller has made sure that they may mark. Faults:
// "marking.markers", "exam.not_found".
func (s *Service) SetMarkers(ctx context.Context, id string, markers []string) (Exam, error) {
	markers = slices.Compact(slices.Sorted(slices.Values(markers)))
	if n := len(markers); n == 1 || n > maxMarkers {
		return Exam{}, fault.New(fault.Invalid, "marking.markers", "Every response is marked by two people: name two at least, or nobody.").
			At(fault.Field{Path: "/markers", Message: fmt.Sprintf("names %d people; 2 to %d mark an exam", n, maxMarkers)})
	}
	for range maxConflicts {
		e, err := s.store.Exam(ctx, id)
		if err != nil || slices.Equal(e.Markers, markers) {
			return e, err
		}
		e.Markers = markers
		err = s.store.UpdateExam(ctx, e)
		if err == nil {
			e.Version++
			return e, nil
		}
		if fault.Code(err) != "exam.stale" {
			return Exam{}, fmt.Errorf("name markers of exam %s: %w", id, err)
		}
	}
	return Exam{}, fault.New(fault.Unavailable, "exam.busy", "This exam is being changed by others; try again.")
}

// MarkingFor lists the exams that the person marks, by ascending id.
func (s *Service) MarkingFor(ctx context.Context, marker string) ([]Exam, error) {
	var mine []Exam
	for after := ""; ; {
		page, err := s.store.Exams(ctx, after, scriptPage)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if after = e.ID; slices.Contains(e.Markers, marker) {
				mine = append(mine, e)
			}
		}
		if len(page) < scriptPage {
			return mine, nil
		}
	}
}

// MarkingSheet is a script as it is marked: the question, the rubric and the answer. It says
// nothing of who wrote it, of the rest of the attempt, or of other marks, except to who
// decides between them.
type MarkingSheet struct {
	Script Script
	Exam   Exam
	Item   Item
	// Lang is the language of the attempt.
	Lang     string
	View     View
	Stimulus string
	Text     string
}

// markedBy returns the exam if the person marks it. To anybody else it is not there.
func (s *Service) markedBy(ctx context.Context, marker, id string) (Exam, error) {
	e, err := s.store.Exam(ctx, id)
	if err == nil && !slices.Contains(e.Markers, marker) {
		err = fault.New(fault.NotFound, "exam.not_found", "There is no such exam.")
	}
	return e, err
}

// NextScript gives the marker a response to mark: the one in hand, else one that somebody
// else has marked, else a new one. found is false when nothing waits. Faults:
// "exam.not_found" for an exam that the person does not mark.
func (s *Service) NextScript(ctx context.Context, marker, id string) (sheet MarkingSheet, found bool, err error) {
	e, err := s.markedBy(ctx, marker, id)
	if err != nil {
		return MarkingSheet{}, false, err
	}
	for _, f := range []ScriptFilter{{Exam: e.ID, Holder: marker}, {Exam: e.ID, Stage: ScriptSecond, NotBarred: marker}, {Exam: e.ID, Stage: ScriptFirst, NotBarred: marker}} {
		for after := ""; ; {
			page, err := s.store.Scripts(ctx, f, after, scriptPage)
			if err != nil {
				return MarkingSheet{}, false, err
			}
			for _, script := range page {
				after = script.ID
				if !script.free(marker, s.moment()) {
					continue
				}
				if sheet, found, err = s.give(ctx, marker, &e, script.ID); found || err != nil {
					return sheet, found, err
				}
			}
			if len(page) < scriptPage {
				break
			}
		}
	}
	return MarkingSheet{}, false, nil
}

// give puts the script into the marker's hands, unless somebody else was faster or it
// needs no mark any more.
func (s *Service) give(ctx context.Context, marker string, e *Exam, id string) (sheet MarkingSheet, found bool, err error) {
	script, err := s.changeScript(ctx, id, func(c *Script) (bool, error) {
		now := s.moment()
		if !c.free(marker, now) {
			return true, nil
		}
		c.hold(marker, now)
		return false, nil
	})
	if err != nil || script.Holder != marker || !script.free(marker, s.moment()) {
		return MarkingSheet{}, false, err
	}
	a, err := s.store.Attempt(ctx, script.Attempt)
	if err != nil {
		return MarkingSheet{}, false, err
	}
	needed, err := s.forPeople(ctx, e, &a)
	if err != nil {
		return MarkingSheet{}, false, err
	}
	if a.State != Marking || !slices.Contains(needed, script.Slot) {
		return MarkingSheet{}, false, s.closeScript(ctx, script.ID)
	}
	sheet, err = s.sheetOf(ctx, script.seenBy(marker), e, &a)
	return sheet, err == nil, err
}

// forPeople is Bank.ForPeople by the keys that count now.
func (s *Service) forPeople(ctx context.Context, e *Exam, a *Attempt) ([]int, error) {
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return nil, err
	}
	keys, err := s.keying(ctx, e)
	if err != nil {
		return nil, err
	}
	return bank.ForPeople(keys, a), nil
}

func (s *Service) sheetOf(ctx context.Context, script Script, e *Exam, a *Attempt) (MarkingSheet, error) {
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return MarkingSheet{}, err
	}
	rev, err := bank.find(script.Item)
	if err != nil {
		return MarkingSheet{}, err
	}
	shown, err := bank.Show(bank.byID[script.Item.ID], a.Lang)
	if err != nil {
		return MarkingSheet{}, err
	}
	return MarkingSheet{Script: script, Exam: *e, Item: rev.Item, Lang: a.Lang, View: shown.View, Stimulus: shown.Stimulus, Text: a.Responses[script.Slot].Response.Text}, nil
}

// HeldScript returns what the marker has in hand. "script.not_found" for anything else,
// whether it is there or not.
func (s *Service) HeldScript(ctx context.Context, marker, id string) (MarkingSheet, error) {
	sheet, err := s.SentScript(ctx, marker, id)
	if err == nil && sheet.Script.Holder != marker {
		err = noScript()
	}
	if err != nil {
		return MarkingSheet{}, err
	}
	return sheet, nil
}

func noScript() error {
	return fault.New(fault.NotFound, "script.not_found", "You have no such response to mark.")
}

// SentScript returns a script whose form the marker may send: the one in hand, or one that
// they have marked or declined, when the form is sent again. "script.not_found" for anything
// else.
func (s *Service) SentScript(ctx context.Context, marker, id string) (MarkingSheet, error) {
	script, e, err := s.inHand(ctx, marker, id)
	if err != nil {
		return MarkingSheet{}, err
	}
	a, err := s.store.Attempt(ctx, script.Attempt)
	if err != nil {
		return MarkingSheet{}, err
	}
	return s.sheetOf(ctx, script.seenBy(marker), &e, &a)
}

// inHand returns a script that the marker was given: held now, marked or declined.
func (s *Service) inHand(ctx context.Context, marker, id string) (Script, Exam, error) {
	script, err := s.store.Script(ctx, id)
	if err != nil {
		return Script{}, Exam{}, err
	}
	e, err := s.markedBy(ctx, marker, script.Exam)
	if fault.Of(err) == fault.NotFound || err == nil && !script.given(marker) {
		return Script{}, Exam{}, noScript()
	}
	return script, e, err
}

// MarkScript stores the marker's mark, for good. When it returns nil, the mark is on disk;
// sending it again changes nothing. Faults: "script.not_found", "script.not_held",
// "script.marked" for a mark that was given and is another one, "script.invalid".
func (s *Service) MarkScript(ctx context.Context, marker, id string, levels []int, note string) (Script, error) {
	if _, _, err := s.inHand(ctx, marker, id); err != nil {
		return Script{}, err
	}
	return s.markScript(ctx, id, (*Script).Mark, ScriptMark{Marker: marker, Levels: levels, Note: note})
}

// Adjudicate stores the mark that counts where two differ too much. Faults:
// "script.not_found", "script.settled", "script.own", "script.invalid".
func (s *Service) Adjudicate(ctx context.Context, by, id string, levels []int, note string) (Script, error) {
	return s.markScript(ctx, id, (*Script).Adjudicate, ScriptMark{Marker: by, Levels: levels, Note: note})
}

func (s *Service) markScript(ctx context.Context, id string, add func(*Script, *Rubric, ScriptMark) (bool, error), m ScriptMark) (Script, error) {
	m.Note = strings.TrimSpace(m.Note)
	return s.changeScript(ctx, id, func(c *Script) (bool, error) {
		rubric, err := s.rubricOf(ctx, c)
		if err != nil {
			return false, err
		}
		m.At = s.moment()
		return add(c, rubric, m)
	})
}

func (s *Service) rubricOf(ctx context.Context, c *Script) (*Rubric, error) {
	e, err := s.store.Exam(ctx, c.Exam)
	if err != nil {
		return nil, err
	}
	bank, err := s.Bank(ctx, e.Release)
	if err != nil {
		return nil, err
	}
	rev, err := bank.find(c.Item)
	if err != nil {
		return nil, err
	}
	essay := rev.Item.Essay()
	if essay == nil {
		return nil, fmt.Errorf("script %s: item %s is no essay", c.ID, c.Item.ID)
	}
	return &essay.Rubric, nil
}

// DeclineScript gives a script back for good, since the marker knows who wrote it, or
// cannot read it. Faults: "script.not_found", "script.not_held", "script.declined".
func (s *Service) DeclineScript(ctx context.Context, marker, id, why string) error {
	if _, _, err := s.inHand(ctx, marker, id); err != nil {
		return err
	}
	_, err := s.changeScript(ctx, id, func(c *Script) (bool, error) { return c.decline(marker, why, s.moment()) })
	return err
}

// Disputes lists the scripts of an exam about which somebody has to decide, by ascending id.
func (s *Service) Disputes(ctx context.Context, exam, after string, limit int) ([]Script, error) {
	return s.store.Scripts(ctx, ScriptFilter{Exam: exam, Stage: ScriptThird}, after, limit)
}

// Dispute returns a script about which somebody has to decide. "script.not_found" for any
// other.
func (s *Service) Dispute(ctx context.Context, id string) (MarkingSheet, error) {
	return s.SentDispute(ctx, "", id)
}

// SentDispute is Dispute for who sends a decision, and also returns what they have decided,
// when the form is sent again.
func (s *Service) SentDispute(ctx context.Context, by, id string) (MarkingSheet, error) {
	script, err := s.store.Script(ctx, id)
	if err == nil && script.Stage != ScriptThird && !(len(script.Entries) == 3 && script.Entries[2].Marker == by) {
		err = noScript()
	}
	if err != nil {
		return MarkingSheet{}, err
	}
	e, err := s.store.Exam(ctx, script.Exam)
	if err != nil {
		return MarkingSheet{}, err
	}
	a, err := s.store.Attempt(ctx, script.Attempt)
	if err != nil {
		return MarkingSheet{}, err
	}
	return s.sheetOf(ctx, script, &e, &a)
}

// changeScript loads the script, applies the transition and stores it, again from the start
// when somebody else was faster. The transition returns true when there is nothing to store.
func (s *Service) changeScript(ctx context.Context, id string, transition func(*Script) (unchanged bool, err error)) (Script, error) {
	for range maxConflicts {
		c, err := s.store.Script(ctx, id)
		if err != nil {
			return Script{}, err
		}
		unchanged, err := transition(&c)
		if err != nil || unchanged {
			return c, err
		}
		err = s.store.UpdateScript(ctx, c)
		if err == nil {
			c.Version++
			return c, nil
		}
		if fault.Code(err) != "script.stale" {
			return Script{}, fmt.Errorf("store script %s: %w", id, err)
		}
	}
	return Script{}, fault.New(fault.Unavailable, "script.busy", "This response is being marked by others; try again.")
}

func (s *Service) closeScript(ctx context.Context, id string) error {
	_, err := s.changeScript(ctx, id, func(c *Script) (bool, error) {
		if c.Stage == ScriptMarked || c.Stage == ScriptClosed {
			return true, nil
		}
		c.Stage, c.Holder, c.HeldUntil = ScriptClosed, "", time.Time{}
		return false, nil
	})
	return err
}

// WaitingFor counts what waits for the marker, as far as a page goes; more says that there
// is more than that.
func (s *Service) WaitingFor(ctx context.Context, marker, exam string) (n int, more bool, err error) {
	now := s.moment()
	for _, stage := range []ScriptStage{ScriptSecond, ScriptFirst} {
		page, err := s.store.Scripts(ctx, ScriptFilter{Exam: exam, Stage: stage, NotBarred: marker}, "", scriptPage)
		if err != nil {
			return 0, false, err
		}
		for _, c := range page {
			if c.free(marker, now) {
				n++
			}
		}
		more = more || len(page) == scriptPage
	}
	return n, more, nil
}

// MediumOfScript returns an image to the marker who has a question in hand that shows it.
// Any other image is "media.not_found", whether it is stored or not.
func (s *Service) MediumOfScript(ctx context.Context, marker, script, name string) (Medium, error) {
	sheet, err := s.HeldScript(ctx, marker, script)
	if err != nil {
		return Medium{}, err
	}
	if !slices.Contains(append(sheet.View.Media(), Media(Text{"": sheet.Stimulus}, sheet.Item.Rationale)...), name) {
		return Medium{}, noMedium()
	}
	return s.store.Medium(ctx, name)
}
