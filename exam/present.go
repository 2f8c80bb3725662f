package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// Present returns the form as a learner sees it in language lang.
func (b *Bank) Present(f Form, lang string) (FormView, error) {
	view := FormView{Language: lang, Stimuli: []StimulusView{}, Slots: make([]View, len(f.Slots))}
	local := make(map[string]string) // stimulus id in the bank to id in the form
	for n, slot := range f.Slots {
		rev, err := b.find(slot.Item)
		if err != nil {
			return FormView{}, err
		}
		it := &rev.Item
		v := View{Slot: n, Kind: it.Kind, Stem: it.Stem.In(lang)}
		if it.Stimulus != "" {
			id, shown := local[it.Stimulus]
			if !shown {
				id = fmt.Sprintf("s%d", len(local)+1)
				local[it.Stimulus] = id
				text := b.Release.Stimuli[b.stimuli[it.Stimulus]].Text.In(lang)
				view.Stimuli = append(view.Stimuli, StimulusView{ID: id, Text: text})
			}
			v.Stimulus = id
		}
		it.Interaction.present(&v, slot.Arrangement, lang)
		view.Slots[n] = v
	}
	return view, nil
}

// sheet is what is needed to read the responses to one form: the items in the
// form's order. It points into the bank and is small enough to be cached.
type sheet struct {
	person string
	items  []*Item
}

func (b *Bank) sheet(person string, f Form) (*sheet, error) {
	s := &sheet{person: person, items: make([]*Item, len(f.Slots))}
	for n, slot := range f.Slots {
		rev, err := b.find(slot.Item)
		if err != nil {
			return nil, err
		}
		s.items[n] = &rev.Item
	}
	return s, nil
}

// accept reports every response of the save that cannot answer its slot.
func (s *sheet) accept(save Save) error {
	var faults []fault.Field
	answered := make([]bool, len(s.items))
	if save.Seq < 1 {
		faults = append(faults, fault.Field{Path: "/seq", Message: "must be 1 or more, and grow with every save"})
	}
	if n := len(save.Responses); n < 1 || n > len(s.items) {
		faults = append(faults, fault.Field{Path: "/responses", Message: fmt.Sprintf("has %d entries; a save carries 1 to %d", n, len(s.items))})
	}
	for i, r := range save.Responses {
		path := fmt.Sprintf("/responses/%d", i)
		if r.Slot < 0 || r.Slot >= len(s.items) || answered[r.Slot] {
			faults = append(faults, fault.Field{Path: path + "/slot", Message: fmt.Sprintf("%d is not a slot from 0 to %d, or is answered twice", r.Slot, len(s.items)-1)})
			continue
		}
		answered[r.Slot] = true
		if f := s.items[r.Slot].Interaction.accept(r.Response); f != nil {
			faults = append(faults, fault.Field{Path: path + "/response" + f.Path, Message: f.Message})
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "save.invalid", "The save does not fit the form; nothing of it was stored.").At(faults...)
	}
	return nil
}
