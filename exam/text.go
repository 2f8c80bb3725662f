package exam

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// Text is one piece of writing in one or more languages: BCP 47 tag to plain
// text. Paragraphs are separated by an empty line, **two asterisks** mark
// emphasis and ![a description](name) is an image; there is no other markup.
type Text map[string]string

// In returns the text in language lang, or in the alphabetically first language
// that it has, or "".
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	for _, tag := range slices.Sorted(maps.Keys(t)) {
		return t[tag]
	}
	return ""
}

// check reports what keeps t from being shown in every language of langs.
// limit is the longest allowed text in characters.
func (t Text) check(path string, langs []string, limit int) []fault.Field {
	var faults []fault.Field
	images := -1
	for _, lang := range langs {
		s := t[lang]
		shown := s
		if strings.Contains(s, "![") {
			shown = Described(s)
			faults = append(faults, checkImages(path+"/"+lang, s)...)
		}
		if n := len(Images(s)); images < 0 {
			images = n
		} else if n != images && strings.TrimSpace(s) != "" {
			faults = append(faults, fault.Field{Path: path + "/" + lang, Message: fmt.Sprintf("has %d images, and another language %d; everybody needs to see the same", n, images)})
		}
		switch {
		case strings.TrimSpace(s) == "":
			faults = append(faults, fault.Field{Path: path + "/" + lang, Message: "the text in this language is missing; write it or take the language out of the bank"})
		case !utf8.ValidString(s):
			faults = append(faults, fault.Field{Path: path + "/" + lang, Message: "is not valid UTF-8"})
		case len(shown) > limit && utf8.RuneCountInString(shown) > limit:
			faults = append(faults, fault.Field{Path: path + "/" + lang, Message: fmt.Sprintf("has %d characters, %d are allowed", utf8.RuneCountInString(shown), limit)})
		}
	}
	var foreign []string
	for lang := range t {
		if !slices.Contains(langs, lang) {
			foreign = append(foreign, lang)
		}
	}
	slices.Sort(foreign)
	for _, lang := range foreign {
		faults = append(faults, fault.Field{Path: path + "/" + lang, Message: "this language is not among the languages of the bank"})
	}
	return faults
}

// checkTitle is check for what staff read too, in languages in which nobody sits the exam:
// it may have more than langs.
func (t Text) checkTitle(path string, langs []string) []fault.Field {
	all := slices.Clone(langs)
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		if !slices.Contains(all, lang) {
			all = append(all, lang)
		}
	}
	return t.check(path, all, maxOption)
}
