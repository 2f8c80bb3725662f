package authoring

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Filter narrows a listing of entries; an empty member does not narrow.
type Filter struct {
	Bank  string
	State State
	Topic string
	Kind  string
	Stage string
	Level string
	// Language is one in which the entry is complete.
	Language string
	Author   string
	Tag      string
	// Words are beginnings of words that the entry must all have; see Words.
	Words []string
}

// maxWords bounds a query: nobody types more, and each costs a look-up.
const maxWords = 8

// Query makes the words of a filter of what somebody typed.
func Query(typed string) []string {
	words := Words(typed)
	return words[:min(len(words), maxWords)]
}

// Words are those of a text, each once, as they are searched for: without regard to
// case and apostrophes, which Ukrainian keyboards type in five ways.
func Words(text string) []string {
	text = cases.Fold().String(norm.NFKC.String(text))
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("'’ʼ`´ʹ‘", r):
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return r
		}
		return ' '
	}, text)
	words := strings.Fields(text)
	slices.Sort(words)
	return slices.Compact(words)
}

// Words are those by which the entry is found: of everything that the newest revision
// says in any language, its id, its references and tags.
func (e *Entry) Words() []string {
	var b strings.Builder
	say := func(s string) { b.WriteString(s + "\n") }
	say(e.ID)
	for _, t := range e.Content.Writing() {
		for _, s := range t {
			say(s)
		}
	}
	for _, r := range e.Content.References {
		say(r.Fact)
		say(r.Source)
	}
	for _, t := range e.Tags {
		say(t)
	}
	return Words(b.String())
}

// Terms are the values that occur in the entries of a bank, for lists to choose from.
type Terms struct {
	Topics, Stages, Authors, Tags []string
}
