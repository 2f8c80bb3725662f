package moodlexml

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/interchange"
)

// TestHiddenSigns holds writing and reading of answers to each other.
func TestHiddenSigns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sign := rapid.SampledFrom([]string{"~", "#", "}", "{", "=", "%50%", `\`, "&", "&amp;", "&#39;", "<", `"`, "a", " ", "{1:SA:=", "ї"})
		var want []string
		var source strings.Builder
		for i := range rapid.IntRange(1, 4).Draw(t, "answers") {
			words := "x" + strings.Join(rapid.SliceOfN(sign, 0, 6).Draw(t, "signs"), "")
			want = append(want, words)
			if i > 0 {
				source.WriteByte('~')
			}
			source.WriteString("=" + hider.Replace(words))
		}
		passage, gaps := parseCloze("a {3:SA:" + source.String() + "} b")
		if passage != "a "+interchange.GapMark(1)+" b" || len(gaps) != 1 || gaps[0].weight != 3 || len(gaps[0].answers) != len(want) {
			t.Fatalf("%q, %+v", passage, gaps)
		}
		for i, a := range gaps[0].answers {
			if a.text != want[i] || a.fraction != 1 || a.feedback != "" {
				t.Errorf("answer %d is %+v, want %q", i, a, want[i])
			}
		}
	})
}

// FuzzCloze: what is no gap stays as it is, and what was taken out is within bounds.
func FuzzCloze(f *testing.F) {
	f.Add("a {1:SA:=b~%50%c#d} e {:MC:=f~g}")
	f.Add(`{:NM:=1:0.5~*#\}}{x}`)
	f.Add("{1:SA:=a&}&amp;}#}~}")
	f.Fuzz(func(t *testing.T, source string) {
		source = strings.ReplaceAll(strings.ReplaceAll(source, "\ufdd8", ""), "\ufdd9", "")
		passage, gaps := parseCloze(source)
		rest := source
		for n := range gaps {
			before, behind, marked := strings.Cut(passage, interchange.GapMark(n+1))
			if n > 0 {
				before = "}" + before
			}
			at := strings.Index(rest, before+"{")
			if !marked || at < 0 || n == 0 && at > 0 {
				t.Fatalf("gap %d is marked behind %q in %q", n+1, before, source)
			}
			passage, rest = behind, rest[at+len(before):]
		}
		if len(gaps) == 0 && passage != source || !strings.HasSuffix(rest, passage) {
			t.Errorf("%q ends with %q", source, passage)
		}
		for _, g := range gaps {
			if g.kind == "" || len(g.answers) > interchange.MaxAnswers+1 {
				t.Errorf("a gap %+v", g)
			}
		}
	})
}
