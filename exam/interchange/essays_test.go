package interchange

import (
	"strings"
	"testing"
)

// TestHTMLRubricIsReadWholeOrNot: what would not all be read stays in the source, as notes.
func TestHTMLRubricIsReadWholeOrNot(t *testing.T) {
	list := func(terms string) string { return `before <dl class="rubric">` + terms + `</dl> behind` }
	const level = "<dd>1: x</dd>"
	for name, c := range map[string]struct {
		terms    string
		criteria int // 0: it is left in the source
	}{
		"one criterion":               {"<dt>Facts</dt>" + level, 1},
		"as many terms as are read":   {"<dt>Facts</dt>" + strings.Repeat(level, maxRubric-1), 1},
		"more terms":                  {"<dt>Facts</dt>" + strings.Repeat(level, maxRubric), 0},
		"a level before any criteria": {"<dd>0: none</dd><dt>Facts</dt>" + level, 0},
	} {
		rubric, rest := new(Import).Draft("", 0, "").HTMLRubric(list(c.terms))
		want := list(c.terms)
		if c.criteria > 0 {
			want = "before  behind"
		}
		if len(rubric.Criteria) != c.criteria || rest != want {
			t.Errorf("%s: %d criteria, want %d, and the rest %.60q", name, len(rubric.Criteria), c.criteria, rest)
		}
	}
}
