package doctor

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// scripts checks what people marked of an attempt: that each response has its script, that
// its stage follows from the marks, that nobody marked twice, and that the marks which
// count are those of the result.
func (e *examiner) scripts(ctx context.Context, a *exam.Attempt) error {
	if a.State == exam.Running || a.State == exam.Ready {
		return nil
	}
	all, err := e.store.Scripts(ctx, exam.ScriptFilter{Attempt: a.ID}, "", pageSize)
	if err != nil {
		return fmt.Errorf("scripts of attempt %s: %w", a.ID, err)
	}
	marked, open := make(map[int][]exam.RubricMark), 0
	for _, c := range all {
		counted, ok := e.script(a, &c)
		if !ok {
			continue
		}
		if c.Stage == exam.ScriptMarked {
			marked[c.Slot] = counted
		} else if c.Stage != exam.ScriptClosed {
			open++
		}
	}
	if a.State == exam.Marking {
		return e.waiting(ctx, a, all, open)
	}
	for slot, counted := range a.Marked {
		if !reflect.DeepEqual(marked[slot], counted) {
			e.find("attempt", a.ID, "the marks that count of slot %d are not those that people gave", slot)
		}
	}
	if a.State != exam.Voided && open > 0 {
		e.find("attempt", a.ID, "it has a result while %d of its responses are being marked", open)
	}
	return nil
}

// waiting checks that what people have yet to mark of the attempt is there for them, unless
// somebody is about to see to that.
func (e *examiner) waiting(ctx context.Context, a *exam.Attempt, all []exam.Script, open int) error {
	if !a.DueAt.IsZero() || slices.ContainsFunc(all, func(c exam.Script) bool { return !c.DueAt.IsZero() }) {
		return nil
	}
	if open == 0 {
		e.find("attempt", a.ID, "it waits for marks, and nobody has any of it to mark")
		return nil
	}
	x, err := e.store.Exam(ctx, a.Exam)
	if err != nil {
		return err
	}
	if len(x.KeyChanges) != len(e.exams[a.Exam].KeyChanges) {
		return nil // a key changed since this look began, and may have taken slots from people
	}
	keys, err := e.keying(ctx, a.Exam, len(x.KeyChanges))
	if fault.Of(err) == fault.Unavailable {
		return err
	}
	if err != nil {
		e.find("attempt", a.ID, "its keys cannot be found: %v", err)
		return nil
	}
	for _, slot := range e.plans[a.Exam].Bank().ForPeople(keys, a) {
		if !slices.ContainsFunc(all, func(c exam.Script) bool { return c.Slot == slot }) {
			e.find("attempt", a.ID, "it waits for marks, and nobody has slot %d to mark", slot)
		}
	}
	return nil
}

// script checks one by itself, and returns the marks of it that count.
func (e *examiner) script(a *exam.Attempt, c *exam.Script) (counted []exam.RubricMark, ok bool) {
	n := -1
	bank := e.plans[a.Exam].Bank()
	if c.Slot >= 0 && c.Slot < len(a.Form.Slots) && a.Form.Slots[c.Slot].Item == c.Item {
		n, _ = bank.Number(c.Item.ID)
	}
	if n < 0 || bank.Revision(n).Item.Essay() == nil {
		e.find("attempt", a.ID, "script %s is of no response that people mark", c.ID)
		return nil, false
	}
	rubric := &bank.Revision(n).Item.Essay().Rubric
	people := map[string]bool{a.Person: true}
	for _, m := range c.Entries {
		if people[m.Marker] || rubric.Check(m.Levels) != nil {
			e.find("attempt", a.ID, "script %s has a mark that cannot be", c.ID)
			return nil, false
		}
		people[m.Marker] = true
	}
	counted, stage := rubric.Counted(c.Entries)
	if stage != c.Stage && (c.Stage != exam.ScriptClosed || stage == exam.ScriptMarked) {
		e.find("attempt", a.ID, "script %s is %s with %d marks", c.ID, c.Stage, len(c.Entries))
		return nil, false
	}
	return counted, true
}
