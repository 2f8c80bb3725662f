package authoring

import (
	"strings"

	"github.com/proba-exam/proba/internal/lookup"
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
	// Flag is one that the statistics raised, or AnyFlag.
	Flag string
	// Words are beginnings of words that the entry must all have; see Query.
	Words []string
}

// Query makes the words of a filter of what somebody typed.
func Query(typed string) []string { return lookup.First(lookup.Words(typed)) }

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
	return lookup.Words(b.String())
}

// Terms are the values that occur in the entries of a bank, for lists to choose from.
type Terms struct {
	Topics, Stages, Authors, Tags []string
	// Flags are those that the statistics raised.
	Flags []string
}
