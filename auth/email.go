package auth

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxEmail is the longest address that SMTP carries, in octets: a path of 256
// (RFC 5321 section 4.5.3.1.3) less its angle brackets.
const maxEmail = 254

// NormalizeEmail returns the key under which an e-mail address is unique, and
// false when the text is not a plain address of the form local@domain. Two
// addresses have one key exactly when they are canonical caseless matches
// (Unicode Standard section 3.13, definition D145): mail systems may tell the
// case of the local part apart, people do not.
func NormalizeEmail(email string) (key string, ok bool) {
	email = strings.TrimSpace(email)
	if len(email) > maxEmail || !utf8.ValidString(email) {
		return "", false
	}
	// A domain literal, a quoted local part, a comment or a display name is
	// legal in a message and a trap in a form.
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || strings.ContainsAny(email, "[]\"\\ ") {
		return "", false
	}
	return norm.NFC.String(cases.Fold().String(norm.NFD.String(email))), true
}
