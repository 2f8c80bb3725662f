package lookup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/lookup"
)

func TestWhatIsTypedFindsWhatIsWritten(t *testing.T) {
	for typed, written := range map[string]string{
		"гудзь юл": "Юлія Ґудзь", "ҐУДЗЬ": "Юлія Гудзь", "солов'яненко": "Солов’яненко Анатолій", "соловʼян": "Солов'яненко", "левицьк": "Іван Нечуй-Левицький",
		"їжак": "Марко І\u0308жакевич", "мüll": "Jürgen Мüller",
	} {
		for _, w := range lookup.Name(typed) {
			if !slices.ContainsFunc(lookup.Name(written), func(s string) bool { return strings.HasPrefix(s, w) }) {
				t.Errorf("%q does not find %q: %q in %q", typed, written, w, lookup.Name(written))
			}
		}
	}
	if got := lookup.Words("Суд, суд — і СУД!"); !slices.Equal(got, []string{"суд", "і"}) {
		t.Errorf("each word once: %q", got)
	}
	if got := lookup.First(lookup.Words("a b c d e f g h i j")); len(got) != 8 {
		t.Errorf("%d words of a search", len(got))
	}
	if slices.Equal(lookup.Words("ґанок"), lookup.Words("ганок")) {
		t.Error("in a text, ґ and г make different words")
	}
}
