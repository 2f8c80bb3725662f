package exam

import (
	"math/rand/v2"

	"github.com/proba-exam/proba/internal/fault"
)

// What authors need of an item before it can be put before a learner.

// IsID reports whether s can be the id of a bank, an item or a case text.
func IsID(s string) bool { return idPattern.MatchString(s) }

// Preview is the item as a learner may see it in language lang. Unlike what Bank.Show
// shows, the item may be unfinished. The order of options is the seed's; an ordering
// item is not shown solved.
func (it *Item) Preview(lang string, seed uint64) View {
	s := it.Interaction.shape()
	a := arrange(rand.New(rand.NewPCG(seed, 0)), s, it.Kind == Ordering && s.options > 1)
	v := View{Kind: it.Kind, Stimulus: it.Stimulus, Stem: it.Stem.In(lang)}
	it.Interaction.present(&v, a, lang)
	return v
}

// Writing returns every text of the item: stem, rationale and what its kind adds.
func (it *Item) Writing() []Text {
	return append([]Text{it.Stem, it.Rationale}, written(it.Interaction)...)
}

// Rules lists the scoring rules that fit the item's kind, the default first.
func (it *Item) Rules() []Rule { return it.Interaction.rules() }

// Check reports what keeps the case text from being shown in every language of langs.
func (s *Stimulus) Check(langs []string) []fault.Field {
	var faults []fault.Field
	if !IsID(s.ID) {
		faults = append(faults, fault.Field{Path: "/id", Message: "is not an id: use 3 to 64 small letters, digits and hyphens"})
	}
	return append(faults, s.Text.check("/text", langs, maxStimulus)...)
}

// CheckTitle reports what keeps the title of a bank from being shown in every language
// of langs.
func CheckTitle(title Text, langs []string) []fault.Field {
	return title.check("/title", langs, maxOption)
}
