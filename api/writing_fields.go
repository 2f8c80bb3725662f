package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

// writtenIn are the languages of the editor: the bank's, and those that the item has beside
// them, so that no text goes away unseen.
func writtenIn(c *authoring.Copy, it *exam.Item) []string {
	langs := slices.Clone(c.Languages)
	var more []string
	for _, t := range it.Writing() {
		for lang := range t {
			if lang != "" && !slices.Contains(langs, lang) && !slices.Contains(more, lang) {
				more = append(more, lang)
			}
		}
	}
	slices.Sort(more)
	return append(langs, more...)
}

// newSheet makes the fields of an item. Its Interaction is nil when it is new.
func newSheet(words map[string]string, c *authoring.Copy, it *exam.Item) *editorSheet {
	s := &editorSheet{words: words, langs: writtenIn(c, it), abridge: c.Abridge}
	g := s.group("/stem", "wStem", "wEditStemHint")
	g.row(s.texts(areaField, "/stem", s.word("wStem"), it.Stem)...)
	if editor, ok := editorOf(it.Kind); ok {
		editor.show(s, it.Interaction)
	}
	g = s.group("/rationale", "wRationale", "wEditRationaleHint")
	g.row(s.texts(areaField, "/rationale", s.word("wRationale"), it.Rationale)...)
	s.properties(c, it)
	s.references(it)
	return s
}

// properties are what items are chosen by.
func (s *editorSheet) properties(c *authoring.Copy, it *exam.Item) {
	g := s.group("/topic", "wProperties", "")
	cases := make([]string, len(c.Cases))
	for i, k := range c.Cases {
		cases[i] = k.ID
	}
	if it.Stimulus != "" && !slices.Contains(cases, it.Stimulus) {
		cases = append(cases, it.Stimulus)
	}
	g.row(editorField{Name: "/topic", Type: lineField, Label: s.word("wTopic"), Value: it.Topic, List: "topics"},
		editorField{Name: "/stage", Type: lineField, Label: s.word("wStage"), Value: it.Stage, List: "stages"},
		editorField{Name: "/roles", Type: lineField, Label: s.word("wRolesList"), Value: strings.Join(it.Roles, ", ")})
	g.row(editorField{Name: "/level", Type: selectField, Label: s.word("wLevel"), Value: it.Level, Choices: exam.Levels(), Words: "level"},
		editorField{Name: "/difficulty", Type: selectField, Label: s.word("wDifficulty"), Value: string(it.Difficulty), Choices: difficulties(), Words: "difficulty"},
		editorField{Name: "/scoring", Type: selectField, Label: s.word("wScoring"), Value: string(it.Scoring), Choices: rulesOf(it), Words: "rule"})
	g.row(editorField{Name: "/stimulus", Type: selectField, Label: s.word("case"), Value: it.Stimulus, Choices: cases},
		editorField{Name: "/enemies", Type: lineField, Label: s.word("wEnemiesList"), Value: strings.Join(it.Enemies, ", ")},
		editorField{Name: "/pretest", Type: tickField, Label: s.word("wPretest"), Value: "1", Checked: it.Pretest})
}

func difficulties() []string {
	return []string{string(exam.Basic), string(exam.Applied), string(exam.Expert)}
}

// rulesOf are the scoring rules that fit the kind.
func rulesOf(it *exam.Item) []string {
	if it.Interaction == nil {
		return nil
	}
	var rules []string
	for _, r := range it.Rules() {
		rules = append(rules, string(r))
	}
	return rules
}

func (s *editorSheet) references(it *exam.Item) {
	const path = "/references"
	g := s.group(path, "wReferences", "wEditReferencesHint")
	g.counted(path)
	for n := range len(it.References) + spare {
		var r exam.Reference
		if n < len(it.References) {
			r = it.References[n]
		}
		at := fmt.Sprintf("%s/%d", path, n)
		g.row(editorField{Name: at + "/fact", Type: lineField, Label: fmt.Sprintf("%s %d", s.word("wFact"), n+1), Value: r.Fact},
			editorField{Name: at + "/source", Type: lineField, Label: fmt.Sprintf("%s %d", s.word("wSource"), n+1), Value: r.Source})
	}
}

// readItem reads the fields over base: what has no field stays as it is there.
func readItem(f itemFields, base exam.Item) exam.Item {
	it := base
	it.Stem, it.Rationale = f.text("/stem"), f.text("/rationale")
	if len(it.Rationale) == 0 {
		it.Rationale = nil
	}
	if editor, ok := editorOf(it.Kind); ok {
		it.Interaction = editor.read(f)
	}
	it.Topic, it.Stage, it.Level = f.line("/topic"), f.line("/stage"), f.line("/level")
	it.Roles, it.Enemies = splitList(f.line("/roles")), splitList(f.line("/enemies"))
	it.Difficulty, it.Scoring = exam.Difficulty(f.line("/difficulty")), exam.Rule(f.line("/scoring"))
	it.Stimulus, it.Pretest = f.line("/stimulus"), f.value("/pretest") != ""
	it.References = nil
	f.rows("/references", func(_ int, at string) {
		if r := (exam.Reference{Fact: f.line(at + "/fact"), Source: f.line(at + "/source")}); r != (exam.Reference{}) {
			it.References = append(it.References, r)
		}
	})
	return it
}

// splitList splits a list that people type.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",; \n\t", r) })
}

// blame puts each fault beside its field, or at the head of its group; what belongs to
// neither comes back.
func (s *editorSheet) blame(faults []fault.Field, say func(string) string) (left []fault.Field) {
	for _, f := range faults {
		if !s.blameField(f, say) && !s.blameGroup(f, say) {
			left = append(left, f)
		}
	}
	return left
}

func (s *editorSheet) blameField(f fault.Field, say func(string) string) bool {
	for g := range s.Groups {
		for r := range s.Groups[g].Rows {
			for i := range s.Groups[g].Rows[r].Fields {
				field := &s.Groups[g].Rows[r].Fields[i]
				// A list such as the roles is one field for all of its elements.
				if field.Name == f.Path || field.Type == lineField && field.Lang == "" && strings.HasPrefix(f.Path, field.Name+"/") {
					field.Faults = append(field.Faults, say(f.Message))
					return true
				}
			}
		}
	}
	return false
}

func (s *editorSheet) blameGroup(f fault.Field, say func(string) string) bool {
	var nearest *editorGroup // a group may stand within another's place
	for i := range s.Groups {
		g := &s.Groups[i]
		if (f.Path == g.Path || strings.HasPrefix(f.Path, g.Path+"/")) && (nearest == nil || len(g.Path) > len(nearest.Path)) {
			nearest = g
		}
	}
	if nearest == nil {
		return false
	}
	nearest.Faults = append(nearest.Faults, say(f.Message))
	return true
}
