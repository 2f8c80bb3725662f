package interchange

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is a single paragraph must say what it says to the reader of all markup.
func TestAParagraphIsReadLikeAnyMarkup(t *testing.T) {
	pieces := []string{"суд", "a", " ", "  ", "\n", "\t", "\u00a0", "\u200b", ">", "/", "\"", "'", "**", "*", "![x](y)", "&amp;", "<p>", "</p>", "<b>", "\r\n", "\n\n", "\x00", "![", "]("}
	rapid.Check(t, func(t *rapid.T) {
		source := "<p>"
		for _, piece := range rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces") {
			source += piece
		}
		source += "</p>"
		got, lost := fromHTML(source, nil)
		want, wanted := markup(source, nil)
		if diff := cmp.Diff(want, got); diff != "" || len(lost) != len(wanted) {
			t.Fatalf("%q: %s%v, want %v", source, diff, lost, wanted)
		}
	})
}
