package exam

// Arrangement is the order in which one slot is presented: presented position
// to authored index. Options serve choices, ordering steps and the choices of a
// matching item; Rows serve a matching item's rows.
type Arrangement struct {
	Options []int `json:"options,omitempty"`
	Rows    []int `json:"rows,omitempty"`
}

// shape says how much of an interaction can be arranged.
type shape struct {
	options int
	rows    int
	// fixed marks options that keep their authored place; nil when none does.
	fixed []bool
	// runs are the sizes of the runs of options that are shuffled each within itself; nil
	// when all options are one run.
	runs []int
}

// Slot is one place of a form: which item, counted for which cell, arranged how.
type Slot struct {
	Item ItemRef `json:"item"`
	// Cell is −1 for an item that is tried out, which is not scored.
	Cell        int         `json:"cell"`
	Arrangement Arrangement `json:"arrangement"`
}

// Form is what one learner gets. Release, Blueprint, Calibration, Algorithm, Seed,
// Seen and Levels are all that the draw depended on, so that Replay gives the
// same Slots again at any later time.
type Form struct {
	// Release and Blueprint are content hashes.
	Release   string `json:"release"`
	Blueprint string `json:"blueprint"`
	// Algorithm names the draw with its version.
	Algorithm string `json:"algorithm"`
	// Seed is 64 hex digits.
	Seed string `json:"seed"`
	// Seen counts how often this learner had an item before, for the items of
	// the draw's pools only.
	Seen map[string]int `json:"seen,omitempty"`
	// Calibration is the hash of what the items' difficulties rested on, "" for
	// their authors' judgement.
	Calibration string `json:"calibration,omitempty"`
	// Levels are the exposure counters that the draw looked at, half a byte for
	// each unit of the plan, in base64; "" when all were alike.
	Levels string `json:"levels,omitempty"`
	// Equivalence certifies how near the form is to every other; nil for forms
	// that were drawn uniformly.
	Equivalence *Equivalence `json:"equivalence,omitempty"`
	Slots       []Slot       `json:"slots"`
}

// Pretest reports whether the slot's item is tried out.
func (s *Slot) Pretest() bool { return s.Cell == pretestCell }

// View is what a learner may see of one slot before release. It has no member
// that could hold a key, a rationale, a score or an item's id.
type View struct {
	// Slot counts from 0.
	Slot int  `json:"slot"`
	Kind Kind `json:"kind"`
	// Stimulus is the id of the case text in FormView.Stimuli, "" for none.
	Stimulus string `json:"stimulus,omitempty"`
	Stem     string `json:"stem"`
	// Options are what can be ticked, ordered or matched, in presented order.
	Options []string `json:"options,omitempty"`
	// Rows are the prompts of a matching item.
	Rows []string `json:"rows,omitempty"`
	// Choose is how many options may be ticked at most, 0 for no limit.
	Choose int `json:"choose,omitempty"`
	// Unit stands behind the field of a numeric item.
	Unit string `json:"unit,omitempty"`
	// Integer says that a numeric item wants a whole number.
	Integer bool `json:"integer,omitempty"`
	// MaxCharacters is how long an essay may be; MinWords and MaxWords are how long it
	// should be, 0 for no limit.
	MaxCharacters int `json:"max_characters,omitempty"`
	MinWords      int `json:"min_words,omitempty"`
	MaxWords      int `json:"max_words,omitempty"`
	// Passage is the text of a cloze; [[1]] stands where the first of Gaps is.
	Passage string    `json:"passage,omitempty"`
	Gaps    []GapView `json:"gaps,omitempty"`
	// Image is the image of a hotspot, and Areas are where its options are on it.
	Image string  `json:"image,omitempty"`
	Areas []Shape `json:"areas,omitempty"`
}

// GapView is a gap as a learner sees it: to choose from options, or to type into.
type GapView struct {
	Options []string `json:"options,omitempty"`
	// Numeric says that a number is to be typed.
	Numeric bool `json:"numeric,omitempty"`
}

// StimulusView is a case text as a learner sees it. Its ID is local to the form.
type StimulusView struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// FormView is a form as a learner sees it in one language.
type FormView struct {
	Language string         `json:"language"`
	Stimuli  []StimulusView `json:"stimuli"`
	Slots    []View         `json:"slots"`
}
