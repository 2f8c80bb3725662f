package exam_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam"
)

// TestEveryTextOfEveryItemIsFound takes the texts from the JSON of each shipped item, so
// that a kind whose texts are forgotten shows.
func TestEveryTextOfEveryItemIsFound(t *testing.T) {
	r := newRoom(t, nil)
	kinds := map[exam.Kind]bool{}
	for i := range r.bank.Items() {
		it := r.bank.Revision(i).Item
		kinds[it.Kind] = true
		data, err := json.Marshal(it.Interaction)
		must(t, err)
		var tree any
		must(t, json.Unmarshal(data, &tree))
		walk(tree, func(text string) {
			if !it.Says(strings.ToUpper(text)) {
				t.Errorf("item %s does not say %q", it.ID, text)
			}
		})
		for _, text := range []string{it.ID, it.Stem["uk"], it.Rationale["en"]} {
			if !it.Says(strings.ToUpper(text)) {
				t.Errorf("item %s does not say %q", it.ID, text)
			}
		}
		if it.Says("no item of any bank says this") {
			t.Errorf("item %s says what none says", it.ID)
		}
	}
	if len(kinds) < 5 {
		t.Errorf("only %d kinds were looked at: %v", len(kinds), kinds)
	}
}

// walk visits every text under the members of a language, and the value of a number.
func walk(tree any, visit func(string)) {
	switch v := tree.(type) {
	case map[string]any:
		for key, inner := range v {
			if s, ok := inner.(string); ok && (key == "uk" || key == "en" || key == "value") {
				visit(s)
			}
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

// TestCaseDoesNotCount holds that a piece of a text is found in whatever case it is typed,
// and that nothing else is.
func TestCaseDoesNotCount(t *testing.T) {
	letters := []rune("абґєіїйАБҐЄІЇЙxyzXYZ ’'-.12")
	rapid.Check(t, func(r *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 30).Draw(r, "text"))
		want := string(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 3).Draw(r, "want"))
		it := exam.Item{ID: "1", Stem: exam.Text{"uk": text}, Interaction: &exam.Words{}}
		expected := strings.Contains(strings.ToLower(text), strings.ToLower(want)) || want == "1"
		for _, typed := range []string{want, strings.ToUpper(want), strings.ToLower(want)} {
			if it.Says(typed) != expected {
				r.Fatalf("%q in %q: %v", typed, text, !expected)
			}
		}
	})
}

// FuzzSays holds that searching never fails, and finds every text in itself.
func FuzzSays(f *testing.F) {
	f.Add("Стем", "ЕМ")
	f.Add("ǅ\xff", "ǆ")
	f.Add("K", "k")
	f.Fuzz(func(t *testing.T, stem, want string) {
		it := exam.Item{ID: "item", Stem: exam.Text{"uk": stem}, Interaction: &exam.Words{}}
		if !it.Says(stem) {
			t.Errorf("the stem %q is not found", stem)
		}
		if strings.Contains(stem, want) && !it.Says(want) {
			t.Errorf("%q is not found in %q", want, stem)
		}
	})
}
