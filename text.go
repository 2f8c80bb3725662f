package openbadge

import (
	"maps"
	"slices"
)

// Text is the same text in one or more languages, by language tag (BCP 47, in
// lower case: canonicalisation loses the case, and implementations differ on
// when).
type Text map[string]string

// In returns the text in the language, or else in the first one that there is
// by alphabet of tags, "" when the text is empty.
func (t Text) In(language string) string {
	if text, ok := t[language]; ok {
		return text
	}
	for _, other := range slices.Sorted(maps.Keys(t)) {
		return t[other]
	}
	return ""
}

// unstated is the language of a document that does not say (BCP 47, "und").
const unstated = "und"

// languageValue is a text with its language (Verifiable Credentials Data Model
// 2.0, section 11.1).
type languageValue struct {
	Value    string `json:"@value"`
	Language string `json:"@language"`
}

// wire is the text as it stands in a document: a plain string when it is in one
// language only, as the JSON Schema of Open Badges 3.0 wants it, and otherwise
// one value a language, the document's own language first.
func (t Text) wire(language string) any {
	if len(t) < 2 {
		return t.In(language)
	}
	values := make([]languageValue, 0, len(t))
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		value := languageValue{Value: t[tag], Language: tag}
		if tag == language {
			values = slices.Insert(values, 0, value)
		} else {
			values = append(values, value)
		}
	}
	return values
}

// problem says what is wrong with the text in a document of the language, ""
// when nothing is.
func (t Text) problem(language string) string {
	if len(t) == 0 {
		return "is missing"
	}
	for tag, text := range t {
		if text == "" {
			return "is empty in language " + tag
		}
		if !languageTag.MatchString(tag) {
			return "has the language tag " + tag + ", which is not one in lower case"
		}
		if len(t) == 1 && tag != language {
			return "is in language " + tag + " only, but the credential is in " + language
		}
	}
	return ""
}
