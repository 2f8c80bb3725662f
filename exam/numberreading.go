package exam

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"github.com/proba-exam/proba/internal/fault"
)

// A typed number is read alike in every language, since people type on the keyboard of
// one language while they read another: a comma or a dot marks the fraction, and what
// groups thousands is told by its place. What two people would read differently, such
// as 1,000 or 1.250, is not read at all: the learner is asked to write it otherwise.
var (
	plainNumber  = regexp.MustCompile(`^([0-9]{0,15})(?:[.,]([0-9]{1,9}))?$`)
	bySpaces     = regexp.MustCompile(`^[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}(?:[.,][0-9]{1,9})?$`)
	byCommas     = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,4}|(?:,[0-9]{3}){1,4}\.[0-9]{1,9})$`)
	byDots       = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,4}|(?:\.[0-9]{3}){1,4},[0-9]{1,9})$`)
	readTwoWays  = regexp.MustCompile(`^[1-9][0-9]{0,2}[.,][0-9]{3}$`)
	anySpace     = regexp.MustCompile(`[\p{Z}\t\x{200B}-\x{200F}\x{2060}\x{FEFF}]+`)
	spacedMinus  = regexp.MustCompile(`^([+-]) `)
	errNoNumber  = fault.New(fault.Invalid, "answer.number", "This is not a number: write digits only, with a comma or a dot before the fraction.")
	errAmbiguous = fault.New(fault.Invalid, "answer.number_two_ways", "This can be read as thousands and as a fraction: write thousands without a sign (1000), or add a zero to the fraction (1.0000).")
)

// ReadNumber returns the typed number as plain digits with a dot: "-1000.5". The rule
// is also in web/answers.js, which says on the page how an answer is read;
// testdata/numbers.json holds both to it. "answer.number", "answer.number_two_ways".
func ReadNumber(typed string) (string, error) {
	s := strings.TrimSpace(anySpace.ReplaceAllString(typed, " "))
	s = strings.NewReplacer("−", "-", "–", "-").Replace(s) // minus sign and en dash, as phones type them
	s = spacedMinus.ReplaceAllString(s, "$1")
	sign, s := "", s
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		sign, s = strings.TrimSuffix(s[:1], "+"), s[1:]
	}
	switch {
	case readTwoWays.MatchString(s):
		return "", errAmbiguous
	case bySpaces.MatchString(s):
		s = strings.NewReplacer(" ", "", ",", ".").Replace(s)
	case byCommas.MatchString(s):
		s = strings.ReplaceAll(s, ",", "")
	case byDots.MatchString(s):
		s = strings.NewReplacer(".", "", ",", ".").Replace(s)
	case strings.ContainsFunc(s, unicode.IsDigit) && plainNumber.MatchString(s):
		s = strings.ReplaceAll(s, ",", ".")
		if strings.HasPrefix(s, ".") {
			s = "0" + s
		}
	default:
		return "", errNoNumber
	}
	return sign + s, nil
}

// readRat is the value of a typed number; ok is false when it cannot be read.
func readRat(typed string) (value *big.Rat, ok bool) {
	plain, err := ReadNumber(typed)
	if err != nil {
		return nil, false
	}
	return new(big.Rat).SetString(plain)
}
