package csvfile

import (
	"fmt"
	"regexp"
	"unicode/utf8"
)

// separators are those that spreadsheets write; of equals the first is taken.
const separators = ",;\t"

// saidSeparator is the line by which Excel is told the separator of a file.
var saidSeparator = regexp.MustCompile(`^(?i:sep)=([^"\r\n])(?:\r?\n|\r?$)`)

// Separator returns what separates the cells of a table by how its text, in UTF-8, begins.
// Where the first line is "sep=" and a sign, it is that sign, and said is how many bytes the
// line has with its end: it is none of the table. Else it is comma, semicolon or tab, counted
// outside quotation marks on the first line that is not empty: of those that the next such
// line has as many of, else of all, the one that there is most of.
func Separator(start []byte) (separator rune, said int) {
	if m := saidSeparator.FindSubmatch(start); m != nil {
		if sign, _ := utf8.DecodeRune(m[1]); sign != utf8.RuneError && sign != 0 {
			return sign, len(m[0])
		}
	}
	names, rest := countLine(start)
	next, _ := countLine(rest)
	separator = ','
	most, agreed := 0, false
	for i, sign := range separators {
		agrees := names[i] > 0 && names[i] == next[i]
		if agrees && !agreed || agrees == agreed && names[i] > most {
			separator, most, agreed = sign, names[i], agrees
		}
	}
	return separator, 0
}

// countLine counts each of the separators outside quotation marks on the first line that is
// not empty, and returns what follows it.
func countLine(text []byte) (counts [len(separators)]int, rest []byte) {
	quoted, empty := false, true
	for at, sign := range text {
		switch {
		case sign == '"':
			quoted, empty = !quoted, false
		case quoted:
		case sign == '\n':
			if !empty {
				return counts, text[at+1:]
			}
		case sign != '\r':
			empty = false
		}
		for i := range separators {
			if !quoted && sign == separators[i] {
				counts[i]++
			}
		}
	}
	return counts, nil
}

// Named is a separator in words, in the plural.
func Named(separator rune) string {
	switch separator {
	case ',':
		return "commas"
	case ';':
		return "semicolons"
	case '\t':
		return "tabs"
	}
	return fmt.Sprintf("%q", separator)
}
