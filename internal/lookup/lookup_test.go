package lookup_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

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

// The way for plain texts must find the same words as the way for all of them: what was
// indexed by one is looked up by the other.
func TestPlainTextsAreReadLikeAnyOther(t *testing.T) {
	pieces := []rune("aZ09 \n\t.,'`’‘ʼ«»–—“”„…№ёйїієґҐЇЄЁЂџѝбяАЯß´\u0301\u0306\u00a0\u00adéＡﬁ²३\x00\x7f\ufffd")
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(t, "text"))
		want := strings.Fields(lookup.Fold(text))
		slices.Sort(want)
		if got := lookup.Words(text); !slices.Equal(got, slices.Compact(want)) {
			t.Fatalf("%q has the words %q, want %q", text, got, want)
		}
	})
}

func BenchmarkWords(b *testing.B) {
	text := strings.Repeat("Протягом якого строку слідчий суддя розглядає **клопотання** про тимчасовий доступ до речей і документів? ", 5)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		lookup.Words(text)
	}
}
