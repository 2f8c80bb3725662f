package api_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// sevenKinds publishes an exam of one item of each kind, with keys in the result, and
// returns the id of its sitting.
func (e *env) sevenKinds(t testing.TB) string {
	t.Helper()
	text := func(s string) exam.Text { return exam.Text{"en": s, "uk": "укр " + s} }
	yes := true
	options := []exam.Option{{Text: text("one"), Key: true}, {Text: text("two")}, {Text: text("three")}}
	both := []exam.Option{{Text: text("one"), Key: true}, {Text: text("two")}, {Text: text("three"), Key: true}}
	var items []exam.Item
	for kind, interaction := range map[exam.Kind]exam.Interaction{
		exam.Single:    &exam.SingleChoice{Options: options},
		exam.Multiple:  &exam.MultipleChoice{Options: both},
		exam.TrueFalse: &exam.TrueOrFalse{True: &yes},
		exam.Matching:  &exam.Match{Rows: []exam.Row{{Prompt: text("a"), Match: text("A")}, {Prompt: text("b"), Match: text("B")}}},
		exam.Ordering:  &exam.Order{Steps: []exam.Text{text("first"), text("second"), text("third")}},
		exam.Numeric:   &exam.Number{Value: "10", Integer: true},
		exam.ShortText: &exam.Words{Accepted: []exam.Text{text("answer")}},
	} {
		items = append(items, exam.Item{ID: "kind-" + strings.ReplaceAll(string(kind), "_", "-"), Kind: kind, Roles: []string{"judge"}, Topic: "law", Level: "apply",
			Difficulty: exam.Applied, Stem: text("Question of kind " + string(kind)), Interaction: interaction})
	}
	langs := []string{"en", "uk"}
	bank, err := exam.NewBank("kinds", text("Kinds"), langs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	const id = "seven-kinds"
	draft := exam.Exam{ID: id, Programme: id, Title: text("Seven kinds"), Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: text("All")}}, Cells: []exam.Cell{{Section: "all", Count: len(items)}}},
		Policy:    exam.Policy{Languages: langs, TimeLimit: 1800, Attempts: 1, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}}}
	if _, _, err := e.Exams.CreateExam(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Exams.PublishExam(t.Context(), "test", id); err != nil {
		t.Fatal(err)
	}
	now := e.clock.now()
	if _, _, err := e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: id, Exam: id, Title: draft.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestEveryKindIsAnsweredByAForm answers an item of each kind without scripts, sees
// the answer again, and sees it beside the right one in the result.
func TestEveryKindIsAnsweredByAForm(t *testing.T) {
	e := start(t)
	sitting := e.sevenKinds(t)
	b, u := e.signedIn(t)
	if _, err := e.Exams.Entitle(t.Context(), "test", sitting, u.id, 0); err != nil {
		t.Fatal(err)
	}
	at := b.post(t, "/my/sittings/"+sitting+"?lang=uk", url.Values{"language": {"uk"}}).path
	id := strings.TrimPrefix(at, "/my/attempts/")
	for slot, key := range e.keys(t, id) {
		page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1))
		if r := b.post(t, at, filled(t, page.body, slot, key, strconv.Itoa(slot+1))); r.status != 200 {
			t.Fatalf("item %d: %d\n%s", slot+1, r.status, r.body)
		}
		again, _, _ := strings.Cut(b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body, `<details class="report">`)
		marks := strings.Count(again, " checked>") + strings.Count(again, " selected>")
		if want := len(key.Choices) + len(key.Pairs) + len(key.Order); marks != want {
			t.Errorf("item %d shows %d marks of %d:\n%s", slot+1, marks, want, again)
		}
		if key.Text != "" && !strings.Contains(again, `value="`+key.Text+`"`) {
			t.Errorf("item %d does not show %q:\n%s", slot+1, key.Text, again)
		}
	}
	result := b.post(t, at+"/submit", nil)
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil || a.Result == nil || a.Result.Score != a.Result.Max {
		t.Errorf("all right, and the result is %+v, %v", a.Result, err)
	}
	if !strings.Contains(result.body, "Правда") || strings.Count(result.body, "Правильна відповідь") != len(a.Form.Slots) {
		t.Errorf("the result:\n%s", result.body)
	}
}
