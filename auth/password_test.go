package auth

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/fault"
)

func TestCheckPassword(t *testing.T) {
	p := Person{EmailKey: "oleksandra.k@example.org", Name: "Олександра Коваленко"}
	rows := []struct {
		name, password string
		ok             bool
	}{
		{"words", "чотири коні та місяць", true},
		{"ten characters", "кінь-місяц", true},
		{"ten characters of the alphabet beyond", "𝒜𝒷𝒸𝒹𝑒𝒻𝑔𝒽𝒾𝒿", true},
		{"256 characters", strings.Repeat("abcd", 64), true},
		{"no signs or digits needed", "justsomeletters", true},

		{"empty", "", false},
		{"nine characters", "кінь-міся", false},
		{"nine with a combining accent", norm.NFD.String("кінь-йся1"), false},
		{"257 characters", strings.Repeat("abcd", 64) + "e", false},
		{"far too long", strings.Repeat("x", 1<<20), false},
		{"not UTF-8", "enough to get in\xff", false},
		{"control character", "enough to\nget in", false},
		{"repetition", "abcabcabcabcabc", false},
		{"commonest", "Password123", false},
		{"commonest, Ukrainian", "Слава Україні!", false},
		{"own e-mail", "Oleksandra.K@example.org", false},
		{"own local part", "oleksandra.k", false},
		{"own name", "олександра коваленко", false},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			_, err := checkPassword(p, row.password)
			if row.ok != (err == nil) {
				t.Fatalf("got %v", err)
			}
			if err != nil && (fault.Of(err) != fault.Invalid || fault.Code(err) != "password.weak") {
				t.Errorf("got %v, want password.weak", err)
			}
			if err != nil && row.password != "" && strings.Contains(err.Error(), row.password) {
				t.Error("the fault repeats the password")
			}
		})
	}
}

// One password typed on two keyboards, composed or not, is hashed as one.
func TestPreparedPasswordDoesNotDependOnComposition(t *testing.T) {
	letters := []rune("abcйїґєéöñÅ 漢字\u00a0\u3000'’")
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringOfN(rapid.SampledFrom(letters), 1, 40, -1).Draw(t, "password")
		composed, err1 := preparePassword(norm.NFC.String(password))
		decomposed, err2 := preparePassword(norm.NFD.String(password))
		if err1 != nil || err2 != nil || composed != decomposed {
			t.Fatalf("%q, %v and %q, %v", composed, err1, decomposed, err2)
		}
	})
}

// An entry that another rule refuses already, or that no password can equal,
// only costs time.
func TestCommonestIsInOrder(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonest, "\n"), "\n")
	if !slices.IsSorted(lines) || len(slices.Compact(slices.Clone(lines))) != len(lines) {
		t.Error("not sorted, or with repetitions")
	}
	for _, line := range lines {
		prepared, err := preparePassword(line)
		if err != nil || strings.ToLower(prepared) != line || utf8.RuneCountInString(line) < MinPassword {
			t.Errorf("%q can never match: %v", line, err)
		}
	}
}
