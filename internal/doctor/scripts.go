package doctor

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/proba-exam/proba/exam"
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
		if a.DueAt.IsZero() && open == 0 && !slices.ContainsFunc(all, func(c exam.Script) bool { return !c.DueAt.IsZero() }) {
			e.find("attempt", a.ID, "it waits for marks, and nobody has any of it to mark")
		}
		return nil
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
