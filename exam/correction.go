package exam

import (
	"fmt"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// KeyPolicy says what is done about an item that was faulty when it was sat.
type KeyPolicy string

// The policies.
const (
	// NewKey marks by the new key alone.
	NewKey KeyPolicy = "new_key"
	// EitherKey marks by the key that counted until now and by the new one, and
	// gives the better of both.
	EitherKey KeyPolicy = "either_key"
	// FullCredit gives the whole point to everybody whose form has the item,
	// answered or not.
	FullCredit KeyPolicy = "full_credit"
	// Drop takes the item out of the score and out of what can be reached: the cut
	// is the same share of fewer points.
	Drop KeyPolicy = "drop"
)

// KeyPolicies lists the policies in the order in which they are offered.
func KeyPolicies() []KeyPolicy { return []KeyPolicy{NewKey, EitherKey, FullCredit, Drop} }

// needsKey reports whether the policy marks by a key.
func (p KeyPolicy) needsKey() bool { return p == NewKey || p == EitherKey }

// Correction says how an item of an exam is marked instead of by the key with which
// it was drawn. The last one for an item counts.
type Correction struct {
	Item   ItemRef   `json:"item"`
	Policy KeyPolicy `json:"policy"`
	// Keys are hashes of revisions of the same question whose keys count, the newest
	// last; the best mark stands. None for FullCredit and Drop.
	Keys []string `json:"keys,omitempty"`
}

// correct returns the corrections with c instead of an earlier one of its item.
func correct(all []Correction, c Correction) []Correction {
	all = slices.Clone(all)
	if i := correctionOf(all, c.Item.ID); i >= 0 {
		all[i] = c
		return all
	}
	return append(all, c)
}

func correctionOf(all []Correction, item string) int {
	return slices.IndexFunc(all, func(c Correction) bool { return c.Item.ID == item })
}

// Corrected is what was done about a faulty item of the exam, "" for nothing. Marks of
// an item that was dropped or granted to everybody say nothing of ability: statistics
// leave them out.
func (e *Exam) Corrected(item string) KeyPolicy {
	if i := correctionOf(e.Corrections, item); i >= 0 {
		return e.Corrections[i].Policy
	}
	return ""
}

// revisionsOf are the hashes of all revisions that the corrections name.
func revisionsOf(all []Correction) []string {
	var hashes []string
	for _, c := range all {
		hashes = append(append(hashes, c.Item.Revision), c.Keys...)
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// Keying is what counts as right in an exam after its corrections. The nil Keying
// stands for none. It is immutable.
type Keying struct {
	change int
	items  map[string]*keyed
}

// keyed is one corrected item.
type keyed struct {
	Correction
	keys []otherKey
}

// otherKey is a key of the same question, with the places of its parts.
type otherKey struct {
	item          *Item
	options, rows []int // place in it of each authored option and row
}

// NewKeying puts corrections and the revisions that they name together. change is
// the number of the exam's key change after which they are in force.
func NewKeying(change int, corrections []Correction, revisions []Revision) (*Keying, error) {
	byHash := make(map[string]*Item, len(revisions))
	for i := range revisions {
		byHash[revisions[i].Hash] = &revisions[i].Item
	}
	k := &Keying{change: change, items: make(map[string]*keyed, len(corrections))}
	for _, c := range corrections {
		entry := &keyed{Correction: c}
		for _, hash := range c.Keys {
			used, other := byHash[c.Item.Revision], byHash[hash]
			if used == nil || other == nil {
				return nil, fmt.Errorf("correction of item %s: revision %s or %s is not given", c.Item.ID, c.Item.Revision, hash)
			}
			key, err := sameQuestion(used, other)
			if err != nil {
				return nil, fmt.Errorf("correction of item %s: %w", c.Item.ID, err)
			}
			entry.keys = append(entry.keys, key)
		}
		k.items[c.Item.ID] = entry
	}
	return k, nil
}

// of is the correction of the slot's item, nil for none.
func (k *Keying) of(s *Slot) *keyed {
	if k == nil {
		return nil
	}
	if c := k.items[s.Item.ID]; c != nil && c.Item == s.Item {
		return c
	}
	return nil
}

// is reports whether the item is corrected by that policy.
func (c *keyed) is(p KeyPolicy) bool { return c != nil && c.Policy == p }

// mark is the credit for a response to an item that is neither dropped nor granted.
func (c *keyed) mark(rev *Revision, a Arrangement, r Response) Credit {
	if c == nil {
		return rev.Item.Interaction.mark(rev.Item.Rule(), a, r)
	}
	best := Credit(0)
	for _, key := range c.keys {
		best = max(best, key.item.Interaction.mark(key.item.Rule(), key.arrange(a), r))
	}
	return best
}

// rights are the right answers in presented positions, the newest key's first.
func (c *keyed) rights(rev *Revision, a Arrangement) []Response {
	if c == nil {
		return []Response{rev.Item.Interaction.key(a)}
	}
	var all []Response
	for _, key := range slices.Backward(c.keys) {
		all = append(all, key.item.Interaction.key(key.arrange(a)))
	}
	return all
}

// arrange turns the arrangement of the item as it was drawn into one of the other
// revision: what stood where stays there.
func (k *otherKey) arrange(a Arrangement) Arrangement {
	return Arrangement{Options: placed(k.options, a.Options), Rows: placed(k.rows, a.Rows)}
}

func placed(at, presented []int) []int {
	if at == nil {
		return presented
	}
	moved := make([]int, len(presented))
	for i, authored := range presented {
		moved[i] = at[authored]
	}
	return moved
}

// parted is a kind of item whose key is a choice among parts, or their order.
type parted interface {
	// parts are the texts that are arranged.
	parts() (options, rows []Text)
}

func optionTexts(options []Option) []Text {
	texts := make([]Text, len(options))
	for i, o := range options {
		texts[i] = o.Text
	}
	return texts
}

func (c *SingleChoice) parts() (options, rows []Text)   { return optionTexts(c.Options), nil }
func (c *MultipleChoice) parts() (options, rows []Text) { return optionTexts(c.Options), nil }
func (o *Order) parts() (options, rows []Text)          { return o.Steps, nil }

func (m *Match) parts() (options, rows []Text) {
	for _, row := range m.Rows {
		rows = append(rows, row.Prompt)
	}
	return m.choices(), rows
}

var errOtherQuestion = fault.New(fault.Invalid, "regrade.other_question", "This revision asks something else: stem, case or options differ. What people answered cannot be marked by it.")

var errNoOtherKey = fault.New(fault.Invalid, "regrade.kind", "Items of this kind cannot be given another key; give full credit or drop the item.")

// sameQuestion finds the parts of the item as it was asked in another revision of it.
// The fault "regrade.other_question" says that somebody who answered one did not
// answer the other.
func sameQuestion(asked, other *Item) (otherKey, error) {
	key := otherKey{item: other}
	if asked.Essay() != nil {
		return key, errNoOtherKey
	}
	if asked.ID != other.ID || asked.Kind != other.Kind || asked.Stimulus != other.Stimulus || !sameText(asked.Stem, other.Stem) {
		return key, errOtherQuestion
	}
	if a, ok := asked.Interaction.(*Number); ok && !sameText(a.Unit, other.Interaction.(*Number).Unit) {
		return key, errOtherQuestion
	}
	if a, ok := asked.Interaction.(*HotspotImage); ok && !a.sameImage(other.Interaction.(*HotspotImage)) {
		return key, errOtherQuestion
	}
	if a, ok := asked.Interaction.(*ClozeText); ok {
		if key.options, ok = a.places(other.Interaction.(*ClozeText)); !ok {
			return key, errOtherQuestion
		}
		return key, nil
	}
	shape := asked.Interaction.shape()
	if shape.options == 0 && shape.rows == 0 {
		return key, nil
	}
	a, ok := asked.Interaction.(parted)
	if !ok {
		return key, errNoOtherKey
	}
	options, rows := a.parts()
	otherOptions, otherRows := other.Interaction.(parted).parts()
	if key.options, ok = places(options, otherOptions); ok {
		key.rows, ok = places(rows, otherRows)
	}
	if !ok {
		return key, errOtherQuestion
	}
	return key, nil
}

// places finds each text among the others; ok is false unless both hold the same.
func places(texts, others []Text) (at []int, ok bool) {
	if len(texts) != len(others) {
		return nil, false
	}
	for _, t := range texts {
		i := slices.IndexFunc(others, func(o Text) bool { return sameText(t, o) })
		if i < 0 || slices.Contains(at, i) {
			return nil, false
		}
		at = append(at, i)
	}
	return at, true
}

func sameText(a, b Text) bool {
	if len(a) != len(b) {
		return false
	}
	for lang, s := range a {
		if b[lang] != s {
			return false
		}
	}
	return true
}
