package api

import (
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
)

// markingStories are the pages of marking: an empty list too, a script that waits for its
// mark, and one about which somebody has to decide.
func markingStories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	rubric := exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{{Title: text, Levels: []exam.RubricLevel{{Points: 0, Text: text}, {Points: 3, Text: text}}}}}
	it := exam.Item{ID: "essay-1", Kind: exam.ExtendedText, Stem: text, Rationale: text, Interaction: &exam.Essay{MaxCharacters: 100, MinWords: 5, MaxWords: 20, Rubric: rubric}}
	e := exam.Exam{ID: "police", Title: text, State: exam.ExamPublished, Markers: []string{"p1"}}
	sheet := exam.MarkingSheet{Script: exam.Script{ID: "abcdefghijklmnopqrstuvwxyz", Item: exam.ItemRef{ID: "essay-1"}, Entries: []exam.ScriptMark{{Marker: "p1", Levels: []int{0}, Note: "Ні <i>"}, {Marker: "p2", Levels: []int{1}}}},
		Exam: e, Item: it, Lang: "uk", View: exam.View{Kind: it.Kind, Stem: "**Напишіть**", MaxCharacters: 100, MinWords: 5, MaxWords: 20}, Stimulus: "A case", Text: "Рядок <b>\nдругий"}
	page := scriptPage{deskView: v, Action: "/workbench/disputes/s1", Note: "Бо <i>"}
	workbench{&server{pages: p}}.fillScript(&page, sheet, []int{1})
	fine, few := psychometrics.Of(.8, 40, 30), psychometrics.Of(.5, 3, 30)
	progress := exam.MarkingProgress{Exam: e, Stages: map[exam.ScriptStage]int{exam.ScriptFirst: 3, exam.ScriptMarked: 40},
		Items: []exam.ItemAgreement{{Item: exam.ItemRef{ID: "essay-1"}, Pairs: 40, Max: 3, Tolerance: 1, Exact: fine, Within: fine, Kappa: few}, {Item: exam.ItemRef{ID: "essay-2"}, Pairs: 1, Max: 3, Exact: few, Within: few, Kappa: psychometrics.Undefined(1, "everybody has the same mark")}}}
	return map[string]any{
		"marking":      markingPage{deskView: v, Rows: []markingRow{{"police", "Назва <b>", 200, true}, {"judge", "Назва", 0, false}}},
		"script":       page,
		"exam_marking": examMarkingPage{deskView: v, P: progress, Stages: exam.ScriptStages(), Essays: true, Markers: []markerRow{{auth.Person{ID: "p1", Name: "Олена <i>", Email: "o@proba.test"}, 12, true}, {auth.Person{ID: "p2", Name: "Петро"}, 0, false}}, Disputes: []exam.Script{sheet.Script}},
	}
}
