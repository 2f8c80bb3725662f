package exam

// Shown is one item of a bank as staff see it: as a learner would, in the authored
// order, with the key.
type Shown struct {
	View View
	// Stimulus is the case text, "" for an item that stands alone.
	Stimulus string
	Key      Response
}

// Show presents the item at number i of the release in language lang.
func (b *Bank) Show(i int, lang string) (Shown, error) {
	rev := &b.items[i]
	s := rev.Item.Interaction.shape()
	form := Form{Slots: []Slot{{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}, Arrangement: Arrangement{Rows: identity(s.rows), Options: identity(s.options)}}}}
	view, err := b.Present(form, lang)
	if err != nil {
		return Shown{}, err
	}
	keys, err := b.Keys(form)
	if err != nil {
		return Shown{}, err
	}
	shown := Shown{View: view.Slots[0], Key: keys[0]}
	if len(view.Stimuli) > 0 {
		shown.Stimulus = view.Stimuli[0].Text
	}
	return shown, nil
}

// Number returns the number of the item in the release, and false when it holds none
// with this id.
func (b *Bank) Number(item string) (int, bool) {
	i, ok := b.byID[item]
	return i, ok
}
