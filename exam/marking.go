package exam

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// ScriptStage says what a script waits for.
//
//	first → second → marked
//	           └→ third ┘
//	any but marked → closed
//
// A script is marked by two people. Where they differ by more than the rubric tolerates,
// a third person's mark counts alone.
type ScriptStage string

// The stages of a script.
const (
	// ScriptFirst has no mark.
	ScriptFirst ScriptStage = "first"
	// ScriptSecond has one.
	ScriptSecond ScriptStage = "second"
	// ScriptThird has two that differ too much, and waits for somebody to decide.
	ScriptThird ScriptStage = "third"
	// ScriptMarked has all its marks.
	ScriptMarked ScriptStage = "marked"
	// ScriptClosed needs no mark any more: its attempt was voided, or its item dropped or
	// granted to everybody.
	ScriptClosed ScriptStage = "closed"
)

// ScriptStages lists them in the order of lists.
func ScriptStages() []ScriptStage {
	return []ScriptStage{ScriptFirst, ScriptSecond, ScriptThird, ScriptMarked, ScriptClosed}
}

// Script is one response that people mark. It is one aggregate beside its attempt, so that
// many people mark at once; what counts is copied to the attempt with its result.
type Script struct {
	Schema int `json:"schema"`
	// ID is random: it tells who marks nothing of the attempt, nor which scripts are of one
	// learner.
	ID      string      `json:"id"`
	Version int64       `json:"version"`
	Exam    string      `json:"exam"`
	Attempt string      `json:"attempt"`
	Slot    int         `json:"slot"`
	Item    ItemRef     `json:"item"`
	Stage   ScriptStage `json:"stage"`
	// Holder is who has it in hand, until HeldUntil: nobody else is given it meanwhile.
	Holder    string    `json:"holder,omitempty"`
	HeldUntil time.Time `json:"held_until,omitzero"`
	// Barred are given it no more: the learner, who has marked it, and who declined it.
	Barred []string `json:"barred"`
	// Entries are the marks, oldest first. They are only ever added.
	Entries   []ScriptMark `json:"entries,omitempty"`
	CreatedAt time.Time    `json:"created_at"`
	// DueAt is when somebody has to see to its attempt, since it has all its marks; zero
	// when nobody has to. Failures counts how often that failed.
	DueAt    time.Time `json:"due_at,omitzero"`
	Failures int       `json:"failures,omitempty"`
	// Declined says who did not want to mark it, and why.
	Declined []Event `json:"declined,omitempty"`
}

// ScriptMark is what one person says of a script.
type ScriptMark struct {
	Marker string    `json:"marker"`
	At     time.Time `json:"at"`
	// Levels are numbers of the levels of the rubric's criteria, in their order, from 0.
	Levels []int `json:"levels"`
	// Note is for who decides and for the record; no learner sees it.
	Note string `json:"note,omitempty"`
}

// RubricMark is a mark that counts: the levels of the rubric's criteria.
type RubricMark struct {
	Levels []int `json:"levels"`
}

const (
	// holdTime is how long a script is kept for who was given it: longer than an answer of
	// four pages takes, and short enough that what was left lying comes to others the same
	// day.
	holdTime = time.Hour
	// maxNote bounds a note, in characters.
	maxNote = 1000
	// maxDeclined bounds the record of who declined.
	maxDeclined = 20
)

// hold gives the script to somebody to mark.
func (s *Script) hold(by string, now time.Time) {
	s.Holder, s.HeldUntil = by, now.Add(holdTime)
}

// free reports whether the script can be given to the person now.
func (s *Script) free(by string, now time.Time) bool {
	return (s.Stage == ScriptFirst || s.Stage == ScriptSecond) && !slices.Contains(s.Barred, by) && (s.Holder == by || !now.Before(s.HeldUntil))
}

// given reports whether the person has it in hand, has marked it or has declined it.
func (s *Script) given(to string) bool {
	return s.Holder == to || s.of(to) != nil || slices.ContainsFunc(s.Declined, func(e Event) bool { return e.By == to })
}

// of returns the mark that the person gave.
func (s *Script) of(marker string) *ScriptMark {
	i := slices.IndexFunc(s.Entries, func(m ScriptMark) bool { return m.Marker == marker })
	if i < 0 {
		return nil
	}
	return &s.Entries[i]
}

// seenBy returns the script as a marker may see it: with their own mark, and nothing of what
// others gave or why they declined, since the second mark is worth something only while it
// does not know the first.
func (s Script) seenBy(marker string) Script {
	own := s.of(marker)
	s.Entries, s.Declined, s.Barred = nil, nil, nil
	if own != nil {
		s.Entries = []ScriptMark{*own}
	}
	return s
}

// same reports whether two marks say the same, so that a mark can be sent again.
func (m *ScriptMark) same(o *ScriptMark) bool {
	return slices.Equal(m.Levels, o.Levels) && m.Note == o.Note
}

// Counted are the marks that count of a script with these entries, by the rubric, and
// the stage that it is in.
func (r *Rubric) Counted(entries []ScriptMark) (counted []RubricMark, stage ScriptStage) {
	switch len(entries) {
	case 0:
		return nil, ScriptFirst
	case 1:
		return nil, ScriptSecond
	case 2:
		if d := r.Total(entries[0].Levels) - r.Total(entries[1].Levels); max(d, -d) > r.Tolerance {
			return nil, ScriptThird
		}
		return []RubricMark{{entries[0].Levels}, {entries[1].Levels}}, ScriptMarked
	}
	return []RubricMark{{entries[2].Levels}}, ScriptMarked
}

// Mark adds a mark by who has the script in hand. Sending the same mark again changes
// nothing, and another one of the same person is refused.
func (s *Script) Mark(r *Rubric, m ScriptMark) (unchanged bool, err error) {
	if before := s.of(m.Marker); before != nil {
		if before.same(&m) {
			return true, nil
		}
		return false, fault.New(fault.Conflict, "script.marked", "You have marked this response; a mark is not changed.")
	}
	if s.Holder != m.Marker || s.Stage != ScriptFirst && s.Stage != ScriptSecond {
		return false, fault.New(fault.Conflict, "script.not_held", "This response went to somebody else meanwhile; take the next one.")
	}
	return false, s.add(r, m)
}

// Adjudicate adds the mark that counts where two differ too much, by a third person.
func (s *Script) Adjudicate(r *Rubric, m ScriptMark) (unchanged bool, err error) {
	if before := s.of(m.Marker); before != nil {
		if len(s.Entries) == 3 && s.Entries[2].Marker == m.Marker && before.same(&m) {
			return true, nil
		}
		return false, fault.New(fault.Forbidden, "script.own", "You have marked this response; somebody else has to decide.")
	}
	if s.Stage != ScriptThird {
		return false, fault.New(fault.Conflict, "script.settled", "Nothing is to be decided about this response.")
	}
	if slices.Contains(s.Barred, m.Marker) {
		return false, fault.New(fault.Forbidden, "script.own", "You wrote this response, or declined to mark it; somebody else has to decide.")
	}
	return false, s.add(r, m)
}

func (s *Script) add(r *Rubric, m ScriptMark) error {
	faults := r.Check(m.Levels)
	m.Note = strings.TrimSpace(m.Note)
	if n := utf8.RuneCountInString(m.Note); n > maxNote || !utf8.ValidString(m.Note) {
		faults = append(faults, fault.Field{Path: "/note", Message: fmt.Sprintf("has %d characters, %d are allowed", n, maxNote)})
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "script.invalid", "The mark has %d faults; nothing was stored.", len(faults)).At(faults...)
	}
	s.Entries = append(slices.Clone(s.Entries), m)
	s.Barred = append(slices.Clone(s.Barred), m.Marker)
	s.Holder, s.HeldUntil = "", time.Time{}
	if _, s.Stage = r.Counted(s.Entries); s.Stage == ScriptMarked {
		s.DueAt = m.At
	}
	return nil
}

// decline gives the script back for good: who declines it is not given it again.
func (s *Script) decline(by, why string, now time.Time) (unchanged bool, err error) {
	if s.of(by) == nil && slices.Contains(s.Barred, by) {
		return true, nil
	}
	if s.Holder != by || s.Stage != ScriptFirst && s.Stage != ScriptSecond {
		return false, fault.New(fault.Conflict, "script.not_held", "This response went to somebody else meanwhile; take the next one.")
	}
	if len(s.Declined) == maxDeclined {
		return false, fault.New(fault.Conflict, "script.declined", "Too many have declined this response; ask an administrator.")
	}
	s.Holder, s.HeldUntil = "", time.Time{}
	s.Barred = append(slices.Clone(s.Barred), by)
	s.Declined = append(slices.Clone(s.Declined), Event{At: now, What: "declined", By: by, Reason: why})
	return false, nil
}

// mark is the credit for the response to a slot whose item is neither dropped nor
// granted: by a key, or by the people who marked it.
func (a *Attempt) mark(slot int, c *keyed, rev *Revision) Credit {
	r := a.Responses[slot].Response
	if r.Empty() {
		return 0
	}
	if essay := rev.Item.Essay(); essay != nil {
		return essay.credit(a.Marked[slot])
	}
	return c.mark(rev, a.Form.Slots[slot].Arrangement, r)
}

// ForPeople lists the slots of the attempt that people have to mark: what is blank earns
// nothing without them, and what is dropped or granted needs none.
func (b *Bank) ForPeople(keys *Keying, a *Attempt) []int {
	var slots []int
	for n := range a.Form.Slots {
		slot := &a.Form.Slots[n]
		rev, err := b.find(slot.Item)
		if err != nil || rev.Item.Essay() == nil || strings.TrimSpace(a.Responses[n].Response.Text) == "" {
			continue // grading reports what the bank does not hold
		}
		if c := keys.of(slot); c.is(Drop) || c.is(FullCredit) {
			continue
		}
		slots = append(slots, n)
	}
	return slots
}

// tooManyEssays reports the cells that could bring more essays into a form than an
// attempt has room for.
func (p *Plan) tooManyEssays() []fault.Field {
	essays := make([]int, len(p.blueprint.Cells))
	for i := range p.bank.items {
		if cell := p.essayCell(&p.bank.items[i].Item); cell >= 0 {
			essays[cell]++
		}
	}
	sum := 0
	for c, n := range essays {
		if sum += min(n, p.blueprint.Cells[c].Count); sum > maxEssays {
			return []fault.Field{{Path: fmt.Sprintf("/blueprint/cells/%d/count", c), Message: fmt.Sprintf("a form could hold %d essays, %d are allowed; name the kinds of the cell", sum, maxEssays)}}
		}
	}
	return nil
}

// essayCell is the cell that asks for the item if people mark it, -1 otherwise.
func (p *Plan) essayCell(it *Item) int {
	if it.Essay() == nil || it.Pretest || !slices.Contains(it.Roles, p.blueprint.Role) {
		return -1
	}
	cell, _ := p.cellsOf(it)
	return cell
}

// AsksEssays reports whether a form by the blueprint can hold something that people mark.
func (b *Bank) AsksEssays(blueprint Blueprint) bool {
	p := &Plan{bank: b, blueprint: blueprint}
	return slices.ContainsFunc(b.items, func(r Revision) bool { return p.essayCell(&r.Item) >= 0 })
}
