package exam

import (
	"fmt"
	"time"
)

// Grade marks the responses to a form by the keys of the bank. Only the bank, the
// blueprint and the attempt's own documents count, so that the same attempt grades
// the same years later.
func (b *Bank) Grade(blueprint *Blueprint, f Form, responses map[int]Stored, now time.Time) (Result, error) {
	return b.GradeBy(nil, blueprint, &Attempt{Form: f, Responses: responses}, now)
}

// GradeBy grades an attempt after the corrections of the keying, with what people marked
// of it.
func (b *Bank) GradeBy(keys *Keying, blueprint *Blueprint, a *Attempt, now time.Time) (Result, error) {
	f := &a.Form
	r := Result{Marks: make([]Points, len(f.Slots)), GradedAt: now}
	if keys != nil {
		r.KeyChange = keys.change
	}
	bySection := make(map[string]*SectionResult, len(blueprint.Sections))
	r.Sections = make([]SectionResult, len(blueprint.Sections))
	for i, s := range blueprint.Sections {
		r.Sections[i].Section = s.ID
		bySection[s.ID] = &r.Sections[i]
	}
	for n, slot := range f.Slots {
		rev, err := b.find(slot.Item)
		if err != nil {
			return Result{}, fmt.Errorf("grade slot %d: %w", n, err)
		}
		if slot.Pretest() {
			continue // what it would have earned is for statistics, not for the learner
		}
		if slot.Cell < 0 || slot.Cell >= len(blueprint.Cells) {
			return Result{}, fmt.Errorf("grade slot %d: the blueprint has no cell %d", n, slot.Cell)
		}
		correction := keys.of(&slot)
		if correction.is(Drop) {
			continue
		}
		if correction.is(FullCredit) {
			r.Marks[n] = OnePoint
		} else {
			r.Marks[n] = a.mark(n, correction, rev)
		}
		r.Score += r.Marks[n]
		r.Max += OnePoint
		section := bySection[blueprint.Cells[slot.Cell].Section]
		section.Score += r.Marks[n]
		section.Max += OnePoint
	}
	r.Cut = f.cut(r.Max, blueprint)
	r.Passed = r.Max > 0 && r.Score >= r.Cut // of a form that was dropped whole nothing is known
	for _, g := range blueprint.Gates {
		gate := GateResult{Gate: g.ID}
		for _, id := range g.Sections {
			gate.Score += bySection[id].Score
			gate.Max += bySection[id].Max
		}
		gate.Minimum = least(gate.Max, g.Minimum)
		gate.Passed = gate.Score >= gate.Minimum
		r.Passed = r.Passed && gate.Passed
		r.Gates = append(r.Gates, gate)
	}
	return r, nil
}

// cut is the least score that passes the form, of which highest can still be reached.
// That of a panel's standard is the form's own; when items were dropped, it is the same
// share of what is left, rounded up to a whole point again.
func (f *Form) cut(highest Points, blueprint *Blueprint) Points {
	q := f.Equivalence
	if blueprint.Standard == nil || q == nil {
		return least(highest, blueprint.Cut)
	}
	share := q.Expected[1] / float64(blueprint.Length())
	return Points(cutOf(share*float64(highest)/float64(OnePoint))) * OnePoint
}

// least is the smallest score that is at least the given share of highest.
func least(highest Points, basisPoints int) Points {
	return (highest*Points(basisPoints) + fullBasisPoints - 1) / fullBasisPoints
}
