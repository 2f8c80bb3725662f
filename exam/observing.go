package exam

import (
	"context"
	"fmt"
)

// NoOption is the option of an answer that chose none, and of an item whose answers are
// no single choice.
const NoOption = -1

// Observation is what became of one slot of an attempt, for statistics.
type Observation struct {
	// Slot of the form.
	Slot int
	// Item is the number in the bank.
	Item int
	Mark Credit
	// Option is the chosen one in the order in which the item was written, true before
	// false, or NoOption.
	Option int
	// Answered says that something was answered; Reached that this slot or a later one
	// was.
	Answered, Reached bool
}

// Observe marks the slots of the attempt by the keys that count now, those of items that
// are tried out too. Items that were dropped or granted are left out: their marks say
// nothing of ability.
func (b *Bank) Observe(keys *Keying, a *Attempt) ([]Observation, error) {
	last := -1
	for n := range a.Form.Slots {
		if !a.Responses[n].Response.Empty() {
			last = n
		}
	}
	all := make([]Observation, 0, len(a.Form.Slots))
	for n, slot := range a.Form.Slots {
		rev, err := b.find(slot.Item)
		if err != nil {
			return nil, fmt.Errorf("observe slot %d: %w", n, err)
		}
		correction := keys.of(&slot)
		if correction.is(Drop) || correction.is(FullCredit) {
			continue
		}
		response := a.Responses[n].Response
		o := Observation{Slot: n, Item: b.byID[slot.Item.ID], Option: NoOption, Answered: !response.Empty(), Reached: n <= last}
		if o.Answered {
			o.Mark = a.mark(n, correction, rev)
			o.Option = rev.Item.chosen(slot.Arrangement, response)
		}
		all = append(all, o)
	}
	return all, nil
}

// chosen is the one option that the response chose, in the order of the item.
func (it *Item) chosen(a Arrangement, r Response) int {
	if len(r.Choices) != 1 {
		return NoOption
	}
	switch in := it.Interaction.(type) {
	case *HotspotImage:
		if in.Choose == 1 {
			return a.Options[r.Choices[0]]
		}
	case *SingleChoice:
		return a.Options[r.Choices[0]]
	case *TrueOrFalse:
		return r.Choices[0]
	}
	return NoOption
}

// Choices says how many options item i has of which one is chosen, 0 for other kinds,
// and which is right by the keys that count now.
func (b *Bank) Choices(keys *Keying, i int) (options, key int) {
	rev := &b.items[i]
	var a Arrangement
	switch c := rev.Item.Interaction.(type) {
	case *SingleChoice:
		options = len(c.Options)
		a.Options = identity(options) // as it was written
	case *HotspotImage:
		if c.Choose != 1 {
			return 0, NoOption
		}
		options = len(c.Areas)
		a.Options = identity(options)
	case *TrueOrFalse:
		options = 2
	default:
		return 0, NoOption
	}
	correction := keys.of(&Slot{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}})
	if right := correction.rights(rev, a); len(right) > 0 && len(right[0].Choices) == 1 {
		return options, right[0].Choices[0]
	}
	return options, NoOption
}

// Keying is what counts as right in the exam now, nil when nothing was corrected.
func (s *Service) Keying(ctx context.Context, e *Exam) (*Keying, error) { return s.keying(ctx, e) }
