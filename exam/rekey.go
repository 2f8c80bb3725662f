package exam

import (
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// Key is a right answer as staff give it: positions are those in which the item was
// written, counted from 0. One part is used, by kind of item.
type Key struct {
	// Choices are the right options of a single or multiple choice; of a true or
	// false item 0 is true, 1 false.
	Choices []int `json:"choices,omitempty"`
	// Order lists the steps of an ordering item in their right order.
	Order []int `json:"order,omitempty"`
	// Pairs gives for each row of a matching item its choice. Choices are the matches
	// of the rows, then the distractors.
	Pairs []int `json:"pairs,omitempty"`
	// Value and Tolerance are those of a numeric item.
	Value     string `json:"value,omitempty"`
	Tolerance string `json:"tolerance,omitempty"`
	// Accepted are the right answers of a short text.
	Accepted []Text `json:"accepted,omitempty"`
	// Gaps are the keys of a cloze, one for each gap.
	Gaps []Key `json:"gaps,omitempty"`
}

// Rekeyed returns the item with another key, and without its rationale, which gives
// reasons for the former one. langs are the languages of its bank.
func (it *Item) Rekeyed(k Key, langs []string) (Item, error) {
	out := *it
	out.Rationale = nil
	var faults []fault.Field
	switch c := it.Interaction.(type) {
	case *SingleChoice:
		out.Interaction, faults = &SingleChoice{Options: chosen(c.Options, k.Choices)}, misplaced("choices", k.Choices, len(c.Options))
	case *MultipleChoice:
		out.Interaction, faults = c.rekeyed(k), misplaced("choices", k.Choices, len(c.Options))
		if c.Choose > 0 && len(k.Choices) > c.Choose {
			faults = append(faults, fault.Field{Path: "/choices", Message: fmt.Sprintf("%d options are right, but people could tick at most %d", len(k.Choices), c.Choose)})
		}
	case *TrueOrFalse:
		isTrue := slices.Contains(k.Choices, 0)
		out.Interaction, faults = &TrueOrFalse{True: &isTrue}, misplaced("choices", k.Choices, 2)
		if len(k.Choices) != 1 {
			faults = append(faults, fault.Field{Path: "/choices", Message: "one of true and false is right"})
		}
	case *Match:
		out.Interaction, faults = c.rekeyed(k)
	case *Order:
		out.Interaction, faults = c.rekeyed(k)
	case *Number:
		next := *c
		next.Value, next.Tolerance = k.Value, k.Tolerance
		out.Interaction = &next
	case *Words:
		out.Interaction = &Words{Accepted: k.Accepted}
	case *HotspotImage:
		next := c.rekeyed(k)
		out.Interaction, faults = next, misplaced("choices", k.Choices, len(c.Areas))
		if c.Choose > 0 && len(k.Choices) > c.Choose {
			faults = append(faults, fault.Field{Path: "/choices", Message: fmt.Sprintf("%d options are right, but people could tick at most %d", len(k.Choices), c.Choose)})
		}
	case *ClozeText:
		out.Interaction, faults = c.rekeyed(k)
	default:
		return Item{}, errNoOtherKey
	}
	if len(faults) == 0 {
		faults = out.Interaction.check("", langs)
	}
	if len(faults) > 0 {
		return Item{}, fault.New(fault.Invalid, "regrade.key", "The new key does not fit the item.").At(faults...)
	}
	return out, nil
}

// chosen are the options with these as keys.
func chosen(options []Option, keys []int) []Option {
	out := slices.Clone(options)
	for i := range out {
		out[i].Key = slices.Contains(keys, i)
	}
	return out
}

// misplaced reports keys that are no positions below n, or named twice.
func misplaced(member string, keys []int, n int) []fault.Field {
	if f := positions(member, keys, n); f != nil {
		return []fault.Field{*f}
	}
	return nil
}

func (c *MultipleChoice) rekeyed(k Key) *MultipleChoice {
	out := &MultipleChoice{Options: chosen(c.Options, k.Choices)}
	if c.Choose == len(k.Choices) {
		out.Choose = c.Choose
	}
	return out
}

func (m *Match) rekeyed(k Key) (*Match, []fault.Field) {
	choices := m.choices()
	if len(k.Pairs) != len(m.Rows) {
		return nil, []fault.Field{{Path: "/pairs", Message: fmt.Sprintf("has %d entries for %d rows", len(k.Pairs), len(m.Rows))}}
	}
	if faults := misplaced("pairs", k.Pairs, len(choices)); faults != nil {
		return nil, faults
	}
	out := new(Match)
	for row, choice := range k.Pairs {
		out.Rows = append(out.Rows, Row{Prompt: m.Rows[row].Prompt, Match: choices[choice]})
	}
	for i, text := range choices {
		if !slices.Contains(k.Pairs, i) {
			out.Distractors = append(out.Distractors, text)
		}
	}
	return out, nil
}

func (o *Order) rekeyed(k Key) (*Order, []fault.Field) {
	if len(k.Order) != len(o.Steps) {
		return nil, []fault.Field{{Path: "/order", Message: fmt.Sprintf("has %d entries for %d steps; an order names every step once", len(k.Order), len(o.Steps))}}
	}
	if faults := misplaced("order", k.Order, len(o.Steps)); faults != nil {
		return nil, faults
	}
	out := new(Order)
	for _, step := range k.Order {
		out.Steps = append(out.Steps, o.Steps[step])
	}
	return out, nil
}
