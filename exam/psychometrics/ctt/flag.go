package ctt

import (
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Flag is a reason to look at an item.
type Flag string

// The flags. Each says what to look for; none says that the item is bad.
const (
	// TooHard: hardly anybody answers it.
	TooHard Flag = "too_hard"
	// TooEasy: nearly everybody answers it.
	TooEasy Flag = "too_easy"
	// Negative: those who know more answer it less often.
	Negative Flag = "negative_discrimination"
	// WeakItem: it tells people apart less than other items do.
	WeakItem Flag = "weak_discrimination"
	// MisKey: a distractor behaves as the key should.
	MisKey Flag = "mis_key"
	// IdleDistractor: hardly anybody chooses one of the distractors.
	IdleDistractor Flag = "idle_distractor"
	// LuringDistractor: those who know more choose a distractor more often.
	LuringDistractor Flag = "luring_distractor"
)

// Advice says in plain words what to do about a flag.
func (f Flag) Advice() string {
	switch f {
	case TooHard:
		return "Check that the key is right and that the course teaches it."
	case TooEasy:
		return "Check that the stem does not give the answer away; keep it if everybody must know it."
	case Negative:
		return "Do not score it until somebody has checked the key and the wording."
	case WeakItem:
		return "Read it again for two possible answers or an unclear stem."
	case MisKey:
		return "Compare the key with the option that the best people chose; it is probably keyed wrongly."
	case IdleDistractor:
		return "Replace a distractor that hardly anybody believes."
	case LuringDistractor:
		return "Check whether that distractor can be defended as right."
	}
	return ""
}

// flags looks at an item. Where there are fewer people than MinimumN, nothing is
// remarked on: on few people everything looks odd.
func (t Thresholds) flags(it *Item, source responses.Item) []Flag {
	flags := []Flag{}
	if it.N < t.MinimumN || !it.Facility.Known() {
		return flags
	}
	add := func(f Flag, is bool) {
		if is {
			flags = append(flags, f)
		}
	}
	below := psychometrics.Below
	add(TooHard, below(it.Facility.Value, t.Hard))
	add(TooEasy, below(t.Easy, it.Facility.Value))
	if it.Rest.Known() {
		negative := below(it.Rest.Value, 0)
		add(Negative, negative)
		add(WeakItem, !negative && below(it.Rest.Value, t.Weak))
	}
	if source.Key == responses.NoOption || len(it.Options) < 2 {
		return flags
	}
	key := it.Options[source.Key]
	misKey, idle, luring := false, false, false
	for _, o := range it.Options {
		if o.Key {
			continue
		}
		idle = idle || below(o.Share, t.Unused)
		if o.Rest.Known() && o.N >= t.MinimumN {
			luring = luring || below(0, o.Rest.Low)
			// A distractor that the able prefer to the key, more surely than
			// chance: its interval lies above the key's.
			misKey = misKey || (key.Rest.Known() && below(0, o.Rest.Value) && below(key.Rest.High, o.Rest.Low))
		}
	}
	add(MisKey, misKey)
	add(LuringDistractor, luring && !misKey)
	add(IdleDistractor, idle)
	return flags
}
