package auth_test

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/auth"
)

func TestNormalizeEmail(t *testing.T) {
	for email, want := range map[string]string{
		"olena@example.org":       "olena@example.org",
		" Olena+X@Example.ORG\n":  "olena+x@example.org",
		"O'Neill@localhost":       "o'neill@localhost",
		"ОЛЕНА@приклад.укр":       "олена@приклад.укр",
		"И\u0306жак@example.org":  "йжак@example.org",
		"stra\u00dfe@example.org": "strasse@example.org",

		"":                       "",
		"olena":                  "",
		"@example.org":           "",
		"olena@":                 "",
		"a@b@example.org":        "",
		"Olena <o@example.org>":  "",
		"<o@example.org>":        "",
		"o@example.org (Olena)":  "",
		"a@example.org, b@x.org": "",
		`"o l"@example.org`:      "",
		"o@[127.0.0.1]":          "",
		"o l@example.org":        "",
		"o@example.org\nBcc: x":  "",
		"\xff@example.org":       "",
	} {
		if got, ok := auth.NormalizeEmail(email); got != want || ok != (want != "") {
			t.Errorf("NormalizeEmail(%q) = %q, %v, want %q", email, got, ok, want)
		}
	}
}

// Invariant 1: the key does not depend on letter case or composition.
func TestEmailKeyIgnoresCaseAndComposition(t *testing.T) {
	letters := []rune("abzKſςσΣßéÉїЇйЙґőŐåÅ019.-_+")
	rapid.Check(t, func(t *rapid.T) {
		email := rapid.StringOfN(rapid.SampledFrom(letters), 1, 20, -1).Draw(t, "local") + "@example.org"
		key, ok := auth.NormalizeEmail(email)
		if !ok {
			t.Skip("dots in the wrong place")
		}
		for name, variant := range map[string]string{
			"key itself": key,
			"composed":   norm.NFC.String(email),
			"decomposed": norm.NFD.String(email),
			"upper":      strings.ToUpper(email),
			"other case": strings.Map(unicode.SimpleFold, email),
		} {
			if got, ok := auth.NormalizeEmail(variant); got != key || !ok {
				t.Fatalf("%s: %q has the key %q, %q has %q", name, email, key, variant, got)
			}
		}
	})
}

func FuzzNormalizeEmail(f *testing.F) {
	f.Add("Olena@Example.org")
	f.Add("\"a b\"@x")
	f.Add("ﬁ@\u0130.example")
	f.Fuzz(func(t *testing.T, email string) {
		key, ok := auth.NormalizeEmail(email)
		if ok && (strings.Count(key, "@") != 1 || strings.ContainsAny(key, " \t\r\n<>,") || strings.TrimSpace(key) != key) {
			t.Errorf("%q has the key %q", email, key)
		}
	})
}
