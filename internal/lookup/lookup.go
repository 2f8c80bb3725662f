// Package lookup says what counts as a word when names and texts are searched for, so that
// what somebody types finds what somebody else has written.
package lookup

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// most bounds a search: nobody types more, and each word costs a look-up.
const most = 8

// apostrophes are what keyboards type within Ukrainian words.
const apostrophes = "'’ʼ`´ʹ‘"

// Words are the words of a text, each once and in order: letters and digits, without regard
// to case and apostrophes.
func Words(text string) []string {
	text = cases.Fold().String(norm.NFKC.String(text))
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(apostrophes, r):
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return r
		}
		return ' '
	}, text)
	all := strings.Fields(text)
	slices.Sort(all)
	return slices.Compact(all)
}

// Name are the words of a person's name. Ґ counts as Г, since people write such names
// in both ways.
func Name(name string) []string {
	return Words(strings.Map(func(r rune) rune {
		switch r {
		case 'ґ':
			return 'г'
		case 'Ґ':
			return 'Г'
		}
		return r
	}, norm.NFC.String(name)))
}

// First are the words of a search, as many as are looked up.
func First(all []string) []string { return all[:min(len(all), most)] }
