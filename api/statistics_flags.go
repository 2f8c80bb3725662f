package api

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
)

// linesShown bounds the table of items; the whole of it is in its file.
const linesShown = 100

// flagOrder has what harms people's results first, and what merely wastes an option last.
var flagOrder = []ctt.Flag{ctt.MisKey, ctt.Negative, ctt.LuringDistractor, statistics.DIF, statistics.Easier, statistics.Harder,
	statistics.Misfit, statistics.Rushed, ctt.TooHard, ctt.TooEasy, ctt.WeakItem, ctt.IdleDistractor}

// byUrgency orders flags by what to look at first.
func byUrgency(a, b ctt.Flag) int { return slices.Index(flagOrder, a) - slices.Index(flagOrder, b) }

// urgent reports whether somebody should look before the item is asked again.
func urgent(flags []ctt.Flag) bool {
	return slices.ContainsFunc(flags, func(flag ctt.Flag) bool {
		return flag == ctt.Negative || flag == ctt.MisKey || flag == ctt.LuringDistractor || flag == statistics.DIF || flag == statistics.Easier
	})
}

// urgency orders items: first those that somebody should look at.
func urgency(it statistics.Line) int {
	switch {
	case urgent(it.Flags):
		return 2
	case len(it.Flags) > 0:
		return 1
	}
	return 0
}

// sifted is the list of items of a report, as the page's filter leaves it.
type sifted[T any] struct {
	// Lines are the first of those that the filter leaves, Found is how many it leaves.
	Lines []T
	Found int
	// Flag narrows to items that have it, "" for all.
	Flag ctt.Flag
	// Flags are those that occur on any item, with their numbers.
	Flags []flagCount
}

type flagCount struct {
	Flag ctt.Flag
	N    int
}

// sift fills in the list from all items. line is what every report says of an item; keep,
// nil for every item, is what the page asks for beside the flag.
func (s *sifted[T]) sift(all []T, line func(*T) *statistics.Line, keep func(*T) bool) {
	counts := make(map[ctt.Flag]int)
	for n := range all {
		flags := line(&all[n]).Flags
		for _, flag := range flags {
			counts[flag]++
		}
		if (s.Flag == "" || slices.Contains(flags, s.Flag)) && (keep == nil || keep(&all[n])) {
			s.Lines = append(s.Lines, all[n])
		}
	}
	s.Found = len(s.Lines)
	slices.SortStableFunc(s.Lines, func(a, b T) int { return urgency(*line(&b)) - urgency(*line(&a)) })
	s.Lines = first(s.Lines, linesShown)
	for _, flag := range flagOrder {
		if counts[flag] > 0 {
			s.Flags = append(s.Flags, flagCount{flag, counts[flag]})
		}
	}
}

// Advice is what to do about a flag.
func (p deskView) Advice(flag ctt.Flag) string { return p.term("stadvice", string(flag)) }

// Urgent are the flags of an item, the one to look at first in front.
func (p deskView) Urgent(flags []ctt.Flag) []ctt.Flag {
	return slices.SortedFunc(slices.Values(flags), byUrgency)
}
