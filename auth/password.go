package auth

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"github.com/proba-exam/proba/internal/fault"
)

// Limits of a password, in code points after normalisation. There are no rules
// about kinds of characters and no expiry: NIST SP 800-63B forbids both
// (revision 4, section 3.1.1.2).
const (
	// MinPassword is between the 8 that NIST asks for beside a second factor and
	// the 15 that its revision 4 asks for without one: learners have no second
	// factor, and lose long passwords.
	MinPassword = 10
	// MaxPassword bounds the work that a stranger can order; NIST asks for at
	// least 64.
	MaxPassword = 256
)

// minDistinct is the number of different characters below which a password is
// a repetition such as "abababababab".
const minDistinct = 4

// commonest holds the commonest passwords that are long enough to be
// admitted otherwise, one a line, folded to lower case.
//
//go:embed commonest.txt
var commonest string

// preparePassword returns the password as it is hashed: the OpaqueString
// profile of RFC 8265, which is NFC with every kind of space as U+0020, so that
// one password typed on two keyboards is one.
func preparePassword(password string) (string, error) {
	// Bytes bound the work of normalising before anything is counted.
	if len(password) > MaxPassword*utf8.UTFMax {
		return "", weakPassword("The password is too long: at most 256 characters.")
	}
	prepared, err := precis.OpaqueString.String(password)
	switch {
	case password == "":
		return "", weakPassword("Give a password.")
	case err != nil || !utf8.ValidString(password): // precis lets invalid bytes pass
		return "", weakPassword("The password has characters that cannot be typed reliably, such as control characters.").Wrap(err)
	case utf8.RuneCountInString(prepared) > MaxPassword:
		return "", weakPassword("The password is too long: at most 256 characters.")
	}
	return prepared, nil
}

// checkPassword returns the prepared password when p may choose it, and Invalid
// "password.weak" with the field "password" otherwise.
func checkPassword(p Person, password string) (string, error) {
	prepared, err := preparePassword(password)
	if err != nil {
		return "", err
	}
	if utf8.RuneCountInString(prepared) < MinPassword {
		return "", weakPassword("The password is too short: at least 10 characters. A few words are easier to keep in mind than signs.")
	}
	distinct := map[rune]bool{}
	for _, c := range prepared {
		distinct[c] = true
	}
	if len(distinct) < minDistinct {
		return "", weakPassword("The password repeats a few characters.")
	}
	folded := strings.ToLower(prepared)
	for own := range strings.SplitSeq(p.EmailKey+"\n"+strings.ToLower(p.Name), "\n") {
		local, _, _ := strings.Cut(own, "@")
		if folded == own || folded == local {
			return "", weakPassword("The password is your e-mail or your name.")
		}
	}
	for line := range strings.Lines(commonest) {
		if folded == strings.TrimSuffix(line, "\n") {
			return "", weakPassword("The password is among the commonest and is guessed first.")
		}
	}
	return prepared, nil
}

func weakPassword(message string) *fault.Fault {
	return fault.New(fault.Invalid, "password.weak", "This password cannot be used.").
		At(fault.Field{Path: "password", Message: message})
}
