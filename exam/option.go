package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// Option is one thing that can be ticked.
type Option struct {
	Text Text `json:"text"`
	// Key marks a right option.
	Key bool `json:"key,omitempty"`
	// Fixed keeps the option in its authored place when the others are
	// shuffled ("none of these" stays last).
	Fixed bool `json:"fixed,omitempty"`
}

func checkOptions(options []Option, path string, langs []string) []fault.Field {
	var faults []fault.Field
	if n := len(options); n < 2 || n > maxOptions {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf("there are %d options; 2 to %d are allowed", n, maxOptions)})
	}
	texts := make([]Text, len(options))
	for i, o := range options {
		texts[i] = o.Text
	}
	return append(faults, checkTexts(texts, path, "/text", langs)...)
}

// checkTexts checks texts that stand beside each other and must differ.
func checkTexts(texts []Text, path, member string, langs []string) []fault.Field {
	var faults []fault.Field
	for i, text := range texts {
		found := text.check("", langs, maxOption)
		for j := range i {
			for _, lang := range langs {
				if text[lang] != "" && text[lang] == texts[j][lang] {
					found = append(found, fault.Field{Path: "/" + lang, Message: fmt.Sprintf("says the same as number %d", j+1)})
				}
			}
		}
		for _, f := range found {
			f.Path = fmt.Sprintf("%s/%d%s%s", path, i, member, f.Path)
			faults = append(faults, f)
		}
	}
	return faults
}

func countKeys(options []Option) int {
	n := 0
	for _, o := range options {
		if o.Key {
			n++
		}
	}
	return n
}

func optionShape(options []Option) shape {
	s := shape{options: len(options)}
	for i, o := range options {
		if o.Fixed {
			if s.fixed == nil {
				s.fixed = make([]bool, len(options))
			}
			s.fixed[i] = true
		}
	}
	return s
}

func presentOptions(options []Option, a Arrangement, lang string) []string {
	shown := make([]string, len(options))
	for pos, authored := range a.Options {
		shown[pos] = options[authored].Text.In(lang)
	}
	return shown
}

func keyPositions(options []Option, a Arrangement) []int {
	var keys []int
	for pos, authored := range a.Options {
		if options[authored].Key {
			keys = append(keys, pos)
		}
	}
	return keys
}
