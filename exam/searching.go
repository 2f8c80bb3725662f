package exam

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Says reports whether want stands in anything that the item says in any language:
// stem, options, right answers, rationale, id and references. Case does not count.
func (it *Item) Says(want string) bool {
	if contains(it.ID, want) || says(it.Stem, want) || says(it.Rationale, want) {
		return true
	}
	for _, r := range it.References {
		if contains(r.Source, want) || contains(r.Fact, want) {
			return true
		}
	}
	for _, t := range written(it.Interaction) {
		if says(t, want) {
			return true
		}
	}
	return false
}

func says(t Text, want string) bool {
	for _, s := range t {
		if contains(s, want) {
			return true
		}
	}
	return false
}

// contains is strings.Contains without regard to case. It changes no text, since a
// search goes through some hundred megabytes: it looks for the first letter in both
// cases and compares from there. Letters whose cases have different lengths in UTF-8,
// which Ukrainian and English do not have, are found as they are written only.
func contains(s, want string) bool {
	first, _ := utf8.DecodeRuneInString(want)
	if want == "" || first == utf8.RuneError {
		return strings.Contains(s, want)
	}
	cases := []rune{first, unicode.ToLower(first), unicode.ToUpper(first)}
	slices.Sort(cases)
	for _, letter := range slices.Compact(cases) {
		for rest := s; ; {
			i := strings.IndexRune(rest, letter)
			if i < 0 || i+len(want) > len(rest) {
				break
			}
			if strings.EqualFold(rest[i:i+len(want)], want) {
				return true
			}
			rest = rest[i+utf8.RuneLen(letter):]
		}
	}
	return false
}

// written are the texts that a kind of item adds to its stem.
func written(i Interaction) []Text {
	var all []Text
	options := func(list []Option) {
		for _, o := range list {
			all = append(all, o.Text)
		}
	}
	switch c := i.(type) {
	case *SingleChoice:
		options(c.Options)
	case *MultipleChoice:
		options(c.Options)
	case *Match:
		all = c.choices()
		for _, row := range c.Rows {
			all = append(all, row.Prompt)
		}
	case *Order:
		all = c.Steps
	case *Number:
		all = []Text{c.Unit, {"": c.Value}}
	case *Words:
		all = c.Accepted
	case *HotspotImage:
		all = append(optionTexts(c.choice().Options), c.Image)
	case *ClozeText:
		all = c.texts()
	case *Essay:
		all = c.Rubric.texts()
	}
	return all
}
