package api

import (
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

// writingStories are the pages on which banks are written.
func writingStories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	hash := strings.Repeat("a", 64)
	c := authoring.Copy{ID: "bank", Version: 2, Title: text, Languages: []string{"uk", "en"}, Release: hash, ReleasedAt: storyTime, ReleasedBy: "p1",
		Cases: []authoring.Case{{ID: "case-1", Text: text, Approved: text}, {ID: "case-2", Text: text, Author: "p1"}, {ID: "case-3", Text: text, Author: "p2"}}}
	row := copyRow{c, map[authoring.State]int{authoring.Draft: 2, authoring.Retired: 1}}
	fresh := row
	fresh.Release = ""
	names := map[string]string{"p1": "Олена <i>", "p2": "Марко"}
	e := authoring.Entry{Bank: "bank", ID: "core-1", State: authoring.InReview, Revision: hash, Author: "p1", WrittenAt: storyTime, Approved: strings.Repeat("b", 64), ApprovedBy: "p2", ApprovedAt: storyTime, Languages: []string{"uk"}, Tags: []string{"важке"},
		Content: exam.Item{ID: "core-1", Kind: exam.Single, Topic: "t1", Stage: "pre-trial", Level: "apply", Difficulty: exam.Basic, Stimulus: "case-1", Enemies: []string{"core-2"}, Roles: []string{"police"}, References: []exam.Reference{{Fact: "F1", Source: "Law <b>"}}, Stem: text,
			Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: text, Key: true}, {Text: text, Fixed: true}}}},
		Figures:  &authoring.Figures{Exam: "exam", Revision: strings.Repeat("b", 64), N: 40, Flags: []string{"too_hard", "dif"}},
		Events:   []authoring.Event{{At: storyTime, By: "p2", What: authoring.Created, Revision: strings.Repeat("b", 64)}, {At: storyTime, By: "p1", What: authoring.Edited, Revision: hash}, {At: storyTime, By: "p2", What: authoring.Returned, Revision: hash, Reason: "bad <b>"}},
		Comments: []authoring.Comment{{At: storyTime, By: "p2", Text: "Чому <b>?", Revision: "old"}, {At: storyTime, By: "p1", Text: "Тому", Revision: hash}}}
	wrong := []fieldFault{{"stem", "missing"}}
	changes := []differenceRow{{"stem", []authoring.Part{{Text: "a "}, {Text: "<b>", Removed: true}, {Text: "<i>", Added: true}}}}
	w := workbench{&server{pages: p}}
	editor := editorPage{deskView: v, C: c, Item: e.Content, Seen: hash, Left: wrong, Doubts: wrong, Theirs: wrong, Terms: authoring.Terms{Topics: []string{"t1"}, Stages: []string{"s1"}}, Sides: w.sides(&v, &c, &e.Content), Setup: &setup{Words: liveWords(v.T)}}
	sheet := newSheet(v.T, &c, &e.Content)
	sheet.blame([]fault.Field{{Path: "/stem/uk", Message: "wrong"}, {Path: "/interaction/options", Message: "wrong"}, {Path: "/roles/0", Message: "wrong"}}, v.said)
	editor.Groups = sheet.Groups
	imported := &authoring.Import{ID: "i", Bank: "bank", File: "a<b>.gift", Format: "gift", Found: 3, Refused: 1, Items: []authoring.Incoming{{}}, Unlisted: 2, Problems: []authoring.Problem{{File: "a<b>.gift", Line: 3, Item: "x", Severity: "error", Code: "c", Message: "m <b>"}, {Severity: "note"}}}
	bank, err := exam.NewBank("bank", text, []string{"uk", "en"}, nil, []exam.Item{{ID: "core-9", Kind: exam.Single, Topic: "t1", Level: "apply", Difficulty: exam.Basic, Roles: []string{"police"}, Stem: text,
		Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: exam.Text{"uk": "а", "en": "a"}, Key: true}, {Text: exam.Text{"uk": "б", "en": "b"}}}}}})
	if err != nil {
		panic(err) // canned data
	}
	return map[string]any{
		"copies":       copiesPage{v, []copyRow{row, fresh}, authoring.States(), "x"},
		"copy_form":    copyForm{v, c, false, "uk, en"},
		"writing":      writingPage{deskView: v, Row: row, States: authoring.States(), Filter: authoring.Filter{State: authoring.Draft}, Terms: authoring.Terms{Topics: []string{"t1"}, Stages: []string{"s"}, Authors: []string{"p1"}, Tags: []string{"t"}, Flags: []string{"dif"}}, Asked: true, Kinds: []string{"single"}, Levels: exam.Levels(), Names: names, Rows: []authoring.Entry{e}, Next: "x", Outcome: &bulkOutcome{1, wrong}},
		"kinds":        editorPage{deskView: v, C: c, Kinds: []exam.Kind{exam.Single}},
		"editor":       editor,
		"preview_part": editor,
		"entry":        entryPage{deskView: v, C: c, E: e, Sides: editor.Sides, Left: wrong, Doubts: wrong, Changes: changes, Revisions: e.Revisions(), Events: e.Events, Names: names, Seen: 3, Typed: map[string]string{"comment": "typed"}},
		"changes":      changesPage{v, c, e, e.Revisions(), names, "", hash, changes},
		"seen":         seenPage{v, c, e, authoring.Seen{Attempts: 1, Newest: []authoring.Sighting{{Attempt: "a1", Exam: "e", Sitting: "s", Person: "p1", State: exam.Running, StartedAt: storyTime}}}, names, "x"},
		"cases":        casesPage{v, c, []caseRow{{c.Cases[0], []string{"core-1"}, text, false}, {c.Cases[1], nil, text, true}, {c.Cases[2], nil, text, false}}, []enemyRow{{"a", "b", false}, {"a", "c", true}}, caseRow{Typed: text}},
		"media":        mediaPage{v, c, []mediumRow{{authoring.Filed{Name: hash + "-4x3.png", File: "a <b>.png", At: storyTime}, []string{"core-1"}}, {authoring.Filed{Name: strings.Repeat("b", 64) + "-4x3.jpg", At: storyTime}, nil}}},
		"prospect":     prospectPage{v, c, authoring.Prospect{Bank: bank, Ahead: []string{"core-1"}, Unapproved: 2, Added: []string{"x"}, Removed: []string{"y"}, Changed: []string{"z"}, Cases: []string{"case-1"}, Order: true, About: true}, wrong, "Олена"},
		"import":       importPage{deskView: v, C: c, I: imported, Added: 1, Stale: []string{"core-1"}, CanApply: true},
		"import_part":  importPage{deskView: v, C: c, I: &authoring.Import{ID: "i", Bank: "bank", File: "a<b>.gift", State: authoring.ImportApplying, Done: 500, Total: 20_000}, Moving: true},
	}
}
