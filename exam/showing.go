package exam

import (
	"crypto/sha256"
	"math/rand/v2"
)

// Shown is one item of a bank as staff see it: as a learner would, in the authored
// order, with the key.
type Shown struct {
	View View
	// Stimulus is the case text, "" for an item that stands alone.
	Stimulus string
	Key      Response
	// Also are other answers that count as right, and Correction what was done about a
	// faulty item, "" for nothing. Of one that was dropped or granted there is no key.
	Also       []Response
	Correction KeyPolicy
	// Rubric is what an essay is marked with, nil for other kinds.
	Rubric *Rubric
}

// Show presents the item at number i of the release in language lang.
func (b *Bank) Show(i int, lang string) (Shown, error) {
	s := b.items[i].Item.Interaction.shape()
	return b.show(i, lang, Arrangement{Rows: identity(s.rows), Options: identity(s.options)})
}

// ShowBy presents it with the keys that count after the corrections of the keying.
func (b *Bank) ShowBy(keys *Keying, i int, lang string) (Shown, error) {
	shown, err := b.Show(i, lang)
	rev := &b.items[i]
	correction := keys.of(&Slot{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}})
	if err != nil || correction == nil {
		return shown, err
	}
	shape := rev.Item.Interaction.shape()
	rights := correction.rights(rev, Arrangement{Rows: identity(shape.rows), Options: identity(shape.options)})
	shown.Correction, shown.Key = correction.Policy, Response{}
	if len(rights) > 0 {
		shown.Key, shown.Also = rights[0], rights[1:]
	}
	return shown, nil
}

// ShowKeyless presents it as one learner might see it, in an order that follows from seed
// and without the key: the authored order of steps and pairs would give it away.
func (b *Bank) ShowKeyless(i int, lang, seed string) (Shown, error) {
	it := &b.items[i].Item
	s := it.Interaction.shape()
	rng := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(seed))))
	shown, err := b.show(i, lang, arrange(rng, s, it.Kind == Ordering && s.options > 1))
	shown.Key, shown.Rubric = Response{}, nil
	return shown, err
}

func (b *Bank) show(i int, lang string, order Arrangement) (Shown, error) {
	rev := &b.items[i]
	form := Form{Slots: []Slot{{Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}, Arrangement: order}}}
	view, err := b.Present(form, lang)
	if err != nil {
		return Shown{}, err
	}
	keys, err := b.Keys(form)
	if err != nil {
		return Shown{}, err
	}
	shown := Shown{View: view.Slots[0], Key: keys[0]}
	if essay := rev.Item.Essay(); essay != nil {
		shown.Rubric = &essay.Rubric
	}
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
