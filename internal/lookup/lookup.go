// Package lookup says what counts as a word when names and texts are searched for, so that
// what somebody types finds what somebody else has written.
package lookup

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	folded := make([]byte, 0, len(text)+len(text)/8)
	for field := range strings.SplitSeq(text, " ") { // a space composes with nothing
		start := len(folded)
		var plain bool
		if folded, plain = appendPlain(folded, field); !plain {
			folded = append(folded[:start], fold(field)...)
		}
		folded = append(folded, ' ')
	}
	var all []string
	for word := range strings.SplitSeq(string(folded), " ") {
		if word != "" {
			all = append(all, word)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// fold brings a text into the form in which words are compared, a space between two words.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(apostrophes, r):
			return -1
		case unicode.IsLetter(r), unicode.IsNumber(r):
			return r
		}
		return ' '
	}, cases.Fold().String(norm.NFKC.String(text)))
}

// appendPlain appends what fold makes of a text of nothing but ASCII, Ukrainian letters and
// the punctuation that goes with them: most texts are, and it takes a fraction of the time. Of
// other texts it appends a part and reports false.
func appendPlain(to []byte, text string) (appended []byte, plain bool) {
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			to = append(to, byte(r))
		case 'A' <= r && r <= 'Z':
			to = append(to, byte(r)+'a'-'A')
		case r == '\'', r == '`', r == '’', r == '‘', r == 'ʼ':
		case r < utf8.RuneSelf, r == '«', r == '»', r == '–', r == '—', r == '“', r == '”', r == '„':
			to = append(to, ' ')
		case 'а' <= r && r <= 'џ', r == 'ґ':
			to = utf8.AppendRune(to, r)
		case 'А' <= r && r <= 'Я':
			to = utf8.AppendRune(to, r+'а'-'А')
		case 'Ѐ' <= r && r <= 'Џ':
			to = utf8.AppendRune(to, r+'ѐ'-'Ѐ')
		case r == 'Ґ':
			to = utf8.AppendRune(to, 'ґ')
		default:
			return to, false
		}
	}
	return to, true
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
