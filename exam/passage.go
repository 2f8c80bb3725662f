package exam

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/proba-exam/proba/internal/fault"
)

// A passage is a text with gaps. [[2]] stands where the second gap of the item is: marks
// are numbers and not places, so that every language may put its words, and with them
// the gaps, in an order of its own.

// gapMark is a gap within a passage. A number has no leading zero, so that each gap has
// one spelling.
var gapMark = regexp.MustCompile(`\[\[([1-9][0-9]?)\]\]`)

// strayMark is what looks like a gap and is none.
var strayMark = regexp.MustCompile(`\[\[[^\[\]\n]*\]?\]?`)

// Stretch is a part of a passage: words and the gap behind them.
type Stretch struct {
	Words string
	// Gap counts from 0; it is -1 behind the last words.
	Gap int
}

// Stretches takes a passage apart at its gaps. The last stretch has none.
func Stretches(passage string) []Stretch {
	var all []Stretch
	at := 0
	for _, m := range gapMark.FindAllStringSubmatchIndex(passage, -1) {
		n, err := strconv.Atoi(passage[m[2]:m[3]])
		if err != nil { // two digits at most
			continue
		}
		all = append(all, Stretch{Words: passage[at:m[0]], Gap: n - 1})
		at = m[1]
	}
	return append(all, Stretch{Words: passage[at:], Gap: -1})
}

// GapsIn is the highest number of a gap that the text marks in any language, 0 for none.
func GapsIn(t Text) int {
	highest := 0
	for _, s := range t {
		for _, stretch := range Stretches(s) {
			highest = max(highest, stretch.Gap+1)
		}
	}
	return highest
}

// checkGaps reports the gaps that a passage lacks, marks twice or invents, of n in all.
func checkGaps(path, passage string, n int) []fault.Field {
	var faults []fault.Field
	add := func(format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	marked := make([]int, n)
	for _, s := range Stretches(passage) {
		if stray := strayMark.FindString(s.Words); stray != "" {
			add("%q is no gap; write the first gap as [[1]]", stray)
		}
		if s.Gap >= n {
			add("[[%d]] names a gap that is not described; there are %d", s.Gap+1, n)
		} else if s.Gap >= 0 {
			marked[s.Gap]++
		}
	}
	for i, times := range marked {
		switch {
		case times == 0:
			add("gap %d is nowhere in the text; write [[%d]] where it belongs", i+1, i+1)
		case times > 1:
			add("gap %d is in the text %d times; each gap is filled once", i+1, times)
		}
	}
	return faults
}
