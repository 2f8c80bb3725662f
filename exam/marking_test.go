package exam

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/internal/fault"
)

// testRubric gives 0 to 10 points by two criteria, and tolerates two between markers.
func testRubric() Rubric {
	levels := func(points ...int) []RubricLevel {
		var all []RubricLevel
		for _, p := range points {
			all = append(all, RubricLevel{Points: p, Text: text("earns %d", p)})
		}
		return all
	}
	return Rubric{Tolerance: 2, Criteria: []Criterion{{Title: text("Law"), Levels: levels(0, 2, 6)}, {Title: text("Clarity"), Levels: levels(0, 1, 4)}}}
}

func testEssay() *Essay {
	return &Essay{MaxCharacters: 40, MinWords: 5, MaxWords: 10, Rubric: testRubric()}
}

func mark(marker string, levels ...int) ScriptMark {
	return ScriptMark{Marker: marker, At: testNow, Levels: levels}
}

// TestWhatMarksCount is scoring as a table: the stage after the marks, and the credit in
// ten-thousandths.
func TestWhatMarksCount(t *testing.T) {
	for name, c := range map[string]struct {
		entries []ScriptMark
		stage   ScriptStage
		credit  Credit
	}{
		"none":                          {nil, ScriptFirst, 0},
		"one alone":                     {[]ScriptMark{mark("a", 2, 2)}, ScriptSecond, 0},
		"two alike":                     {[]ScriptMark{mark("a", 2, 2), mark("b", 2, 2)}, ScriptMarked, 10_000},
		"two as far as is tolerated":    {[]ScriptMark{mark("a", 1, 0), mark("b", 0, 0)}, ScriptMarked, 1000},
		"the mean is rounded half up":   {[]ScriptMark{mark("a", 1, 1), mark("b", 1, 0)}, ScriptMarked, 2500},
		"two by one point more":         {[]ScriptMark{mark("a", 1, 1), mark("b", 0, 0)}, ScriptThird, 0},
		"the other way round":           {[]ScriptMark{mark("a", 0, 0), mark("b", 2, 0)}, ScriptThird, 0},
		"the third counts alone":        {[]ScriptMark{mark("a", 2, 2), mark("b", 0, 0), mark("c", 1, 1)}, ScriptMarked, 3000},
		"unlike levels of equal points": {[]ScriptMark{mark("a", 2, 0), mark("b", 1, 2)}, ScriptMarked, 6000},
	} {
		essay := testEssay()
		counted, stage := essay.Rubric.Counted(c.entries)
		if got := essay.credit(counted); stage != c.stage || got != c.credit {
			t.Errorf("%s: stage %s with %d, want %s with %d", name, stage, got, c.stage, c.credit)
		}
	}
}

// TestEveryActOnAScript is the stages as a table: each act by somebody who holds it, who
// has marked it, who wrote it, and a stranger.
func TestEveryActOnAScript(t *testing.T) {
	build := func(stage ScriptStage) *Script {
		rubric := testRubric()
		s := &Script{ID: "s", Stage: ScriptFirst, Barred: []string{"learner"}}
		give := func(m ScriptMark) {
			s.hold(m.Marker, testNow)
			if _, err := s.Mark(&rubric, m); err != nil {
				t.Fatal(err)
			}
		}
		switch stage {
		case ScriptSecond:
			give(mark("first", 2, 2))
		case ScriptThird:
			give(mark("first", 2, 2))
			give(mark("second", 0, 0))
		case ScriptMarked:
			give(mark("first", 2, 2))
			give(mark("second", 2, 2))
		case ScriptClosed:
			s.Stage = ScriptClosed
		}
		if s.Stage != stage {
			t.Fatalf("built %s, want %s", s.Stage, stage)
		}
		s.hold("holder", testNow)
		return s
	}
	rubric := testRubric()
	acts := map[string]func(*Script, string) (bool, error){
		"mark":       func(s *Script, by string) (bool, error) { return s.Mark(&rubric, mark(by, 1, 1)) },
		"adjudicate": func(s *Script, by string) (bool, error) { return s.Adjudicate(&rubric, mark(by, 1, 1)) },
		"decline":    func(s *Script, by string) (bool, error) { return s.decline(by, "why", testNow) },
	}
	stages := []ScriptStage{ScriptFirst, ScriptSecond, ScriptThird, ScriptMarked, ScriptClosed}
	for _, row := range []struct {
		act, by string
		want    []string
	}{
		{"mark", "holder", []string{"second", "third", "script.not_held", "script.not_held", "script.not_held"}},
		{"mark", "stranger", []string{"script.not_held", "script.not_held", "script.not_held", "script.not_held", "script.not_held"}},
		{"mark", "first", []string{"script.not_held", "script.marked", "script.marked", "script.marked", "script.not_held"}},
		{"adjudicate", "stranger", []string{"script.settled", "script.settled", "marked", "script.settled", "script.settled"}},
		{"adjudicate", "first", []string{"script.settled", "script.own", "script.own", "script.own", "script.settled"}},
		{"adjudicate", "learner", []string{"script.settled", "script.settled", "script.own", "script.settled", "script.settled"}},
		{"decline", "holder", []string{"first", "second", "script.not_held", "script.not_held", "script.not_held"}},
		{"decline", "stranger", []string{"script.not_held", "script.not_held", "script.not_held", "script.not_held", "script.not_held"}},
	} {
		for i, stage := range stages {
			s := build(stage)
			n := len(s.Entries)
			_, err := acts[row.act](s, row.by)
			got := string(s.Stage)
			if err != nil {
				got = fault.Code(err)
			}
			if got != row.want[i] {
				t.Errorf("%s by the %s in stage %s gives %s, want %s", row.act, row.by, stage, got, row.want[i])
			}
			if err != nil && len(s.Entries) != n {
				t.Errorf("%s by the %s in stage %s was refused and changed the marks", row.act, row.by, stage)
			}
		}
	}
}

// TestMarksAreOnlyEverAdded does anything to a script in any order.
func TestMarksAreOnlyEverAdded(t *testing.T) {
	rubric := testRubric()
	people := []string{"a", "b", "c", "learner"}
	rapid.Check(t, func(t *rapid.T) {
		s, now := &Script{Stage: ScriptFirst, Barred: []string{"learner"}}, testNow
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "minutes")) * time.Minute)
			by := rapid.SampledFrom(people).Draw(t, "by")
			before := slices.Clone(s.Entries)
			m := ScriptMark{Marker: by, At: now, Levels: []int{rapid.IntRange(-1, 3).Draw(t, "law"), rapid.IntRange(0, 2).Draw(t, "clarity")}}
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				if s.free(by, now) {
					s.hold(by, now)
				}
			case 1:
				_, _ = s.Mark(&rubric, m)
			case 2:
				_, _ = s.Adjudicate(&rubric, m)
			case 3:
				_, _ = s.decline(by, "why", now)
			}
			if len(s.Entries) < len(before) || !slices.EqualFunc(s.Entries[:len(before)], before, func(a, b ScriptMark) bool { return a.Marker == b.Marker && a.same(&b) }) {
				t.Fatalf("marks were changed from %v to %v", before, s.Entries)
			}
			seen := map[string]bool{"learner": true}
			for _, e := range s.Entries {
				if seen[e.Marker] {
					t.Fatalf("%s marked twice, or wrote it: %v", e.Marker, s.Entries)
				}
				seen[e.Marker] = true
			}
			if _, stage := rubric.Counted(s.Entries); stage != s.Stage || (stage == ScriptMarked) != !s.DueAt.IsZero() {
				t.Fatalf("with %v it is %s, due %v", s.Entries, s.Stage, s.DueAt)
			}
		}
	})
}

func TestEssaysThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		text, path string
	}{
		"as long as is allowed": {strings.Repeat("є", 40), ""},
		"one character more":    {strings.Repeat("є", 41), "/text"},
		"lines and tabs":        {"a\n\tb\n", ""},
		"control characters":    {"a\x00b", "/text"},
		"line separator":        {"a\u2028b", "/text"},
		"broken UTF-8":          {"\xff", "/text"},
		"a carriage return":     {"a\r\nb", "/text"},
	} {
		f := testEssay().accept(Response{Text: c.text})
		if path := ""; f != nil && f.Path != c.path || f == nil && c.path != path {
			t.Errorf("%s: %v, want a fault at %q", name, f, c.path)
		}
		if tidy := TidyEssay(c.text); len(tidy) < 80 && testEssay().accept(Response{Text: tidy}) != nil && name != "one character more" {
			t.Errorf("%s: tidied it is %q, and refused", name, tidy)
		}
	}
	if f := testEssay().accept(Response{Choices: []int{1}}); f == nil || f.Path != "/choices" {
		t.Errorf("ticked: %v", f)
	}
}

func TestRubricFaultsNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Essay)
		path   string
	}{
		"no length":            {func(e *Essay) { e.MaxCharacters = 0 }, "/max_characters"},
		"too long":             {func(e *Essay) { e.MaxCharacters = maxEssay + 1 }, "/max_characters"},
		"words the wrong way":  {func(e *Essay) { e.MinWords = 11 }, "/max_words"},
		"no criteria":          {func(e *Essay) { e.Rubric.Criteria, e.Rubric.Tolerance = nil, 0 }, "/rubric/criteria"},
		"one level":            {func(e *Essay) { e.Rubric.Criteria[1].Levels = e.Rubric.Criteria[1].Levels[:1] }, "/rubric/criteria/1/levels"},
		"the lowest is not 0":  {func(e *Essay) { e.Rubric.Criteria[0].Levels[0].Points = 1 }, "/rubric/criteria/0/levels/0/points"},
		"levels fall":          {func(e *Essay) { e.Rubric.Criteria[0].Levels[2].Points = 1 }, "/rubric/criteria/0/levels/2/points"},
		"a level says nothing": {func(e *Essay) { e.Rubric.Criteria[0].Levels[1].Text = nil }, "/rubric/criteria/0/levels/1/text/uk"},
		"equal titles":         {func(e *Essay) { e.Rubric.Criteria[1].Title = text("Law") }, "/rubric/criteria/1/title/en"},
		"everything tolerated": {func(e *Essay) { e.Rubric.Tolerance = 10 }, "/rubric/tolerance"},
		"an image": {func(e *Essay) {
			e.Rubric.Criteria[0].Levels[0].Text["en"] = "![a car](" + strings.Repeat("a", 64) + "-1x1.png)"
		}, "/rubric/criteria"},
		"nothing is the matter": {func(*Essay) {}, ""},
	} {
		e := testEssay()
		c.change(e)
		var paths []string
		for _, f := range e.check("", testLangs) {
			paths = append(paths, f.Path)
		}
		if c.path == "" && len(paths) > 0 || c.path != "" && !slices.Contains(paths, c.path) {
			t.Errorf("%s: faults at %v, want one at %q", name, paths, c.path)
		}
	}
	tried := Item{ID: "essay-1", Kind: ExtendedText, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: Applied, Stem: text("Write."), Interaction: testEssay(), Pretest: true}
	if faults := tried.Check(testLangs); len(faults) != 1 || faults[0].Path != "/pretest" {
		t.Errorf("an essay that is tried out: %v", faults)
	}
}

// TestAFormHoldsFewEssays is a bank of which a form could draw more than an attempt has
// room for.
func TestAFormHoldsFewEssays(t *testing.T) {
	var items []Item
	for n := range maxEssays + 1 {
		items = append(items, Item{ID: "essay-" + string(rune('a'+n)), Kind: ExtendedText, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: Applied, Stem: text("Write of %d.", n), Interaction: testEssay()})
	}
	bank, err := NewBank("essays", text("Essays"), testLangs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	for count, want := range map[int]string{maxEssays: "", maxEssays + 1: "blueprint.unfit"} {
		_, err := NewPlan(bank, Blueprint{Role: "judge", Cut: 5000, Sections: []Section{{ID: "all", Title: text("All")}}, Cells: []Cell{{Section: "all", Count: count}}})
		if fault.Code(err) != want {
			t.Errorf("%d essays: %v, want %q", count, err, want)
		}
	}
}
