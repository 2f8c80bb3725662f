package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/servicetest"
)

// everyKind publishes an exam of one item of each kind, and returns the id of its
// sitting.
func (e *env) everyKind(t testing.TB, review exam.Review) string {
	t.Helper()
	text := func(s string) exam.Text { return exam.Text{"en": s, "uk": "укр " + s} }
	yes, shown := true, servicetest.Picture(t, drawn(t, 77))
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
		exam.Cloze:     threeGaps(),
		exam.Hotspot:   threeAreas(shown.Name),
	} {
		items = append(items, exam.Item{ID: "kind-" + strings.ReplaceAll(string(kind), "_", "-"), Kind: kind, Roles: []string{"judge"}, Topic: "law", Level: "apply",
			Difficulty: exam.Applied, Stem: text("Question of kind " + string(kind)), Rationale: text("Because of " + string(kind)), Interaction: interaction})
	}
	langs := []string{"en", "uk"}
	bank, err := exam.NewBank("kinds", text("Kinds"), langs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	bank.Bring([]exam.Medium{shown})
	if _, _, err := e.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	const id = "every-kind"
	draft := exam.Exam{ID: id, Programme: id, Title: text("Every kind"), Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: text("All")}}, Cells: []exam.Cell{{Section: "all", Count: len(items)}}},
		Policy:    exam.Policy{Languages: langs, TimeLimit: 1800, Attempts: 2, Review: review, Certificate: exam.CertificatePolicy{Issue: true}}}
	if _, _, err := e.Exams.CreateExam(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Exams.PublishExam(t.Context(), "test", id); err != nil {
		t.Fatal(err)
	}
	now := e.Clock.Now()
	if _, _, err := e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: id, Exam: id, Title: draft.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestEveryKindIsAnsweredByAForm answers an item of each kind without scripts, sees
// the answer again, and sees it beside the right one in the result.
func TestEveryKindIsAnsweredByAForm(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowKeys, When: exam.AtOnce})
	b, at := e.sits(t, sitting)
	id := strings.TrimPrefix(at, "/my/attempts/")
	for slot, key := range e.keys(t, id) {
		page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1))
		if r := b.post(t, at, filled(t, page.body, slot, key, strconv.Itoa(slot+1))); r.status != 200 {
			t.Fatalf("item %d: %d\n%s", slot+1, r.status, r.body)
		}
		again, _, _ := strings.Cut(b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body, `<details class="report">`)
		marks := strings.Count(again, " checked>") + strings.Count(again, " selected>")
		if want := len(key.Choices) + len(key.Pairs) + len(key.Order) + min(1, len(key.Gaps)); marks != want { // of the gaps, one is chosen
			t.Errorf("item %d shows %d marks of %d:\n%s", slot+1, marks, want, again)
		}
		for _, typed := range key.Gaps[min(1, len(key.Gaps)):] {
			if !strings.Contains(again, `value="`+typed+`"`) {
				t.Errorf("item %d does not show %q:\n%s", slot+1, typed, again)
			}
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
	if strings.Count(result.body, `<p class="passage">Перед <span class="filled"><small>1</small> <b>`) != 2 {
		t.Errorf("the result does not show the passage, filled and right:\n%s", result.body)
	}
	if !strings.Contains(result.body, "Правда") || strings.Count(result.body, "Правильна відповідь") != len(a.Form.Slots) {
		t.Errorf("the result:\n%s", result.body)
	}
}

// ownRoutes are the addresses of all that a learner may read.
func ownRoutes(t *testing.T, attempt, sitting string) (paths []string) {
	t.Helper()
	for _, r := range api.Rows() {
		if r.Method == "GET" && (strings.HasPrefix(r.Path, "/api/v1/me") || strings.HasPrefix(r.Path, "/my")) {
			paths = append(paths, strings.NewReplacer(":attempt", attempt, ":sitting", sitting, ":certificate", "AAAAAAAAAAAAAAAA").Replace(r.Path))
		}
	}
	if len(paths) < 10 {
		t.Fatalf("only %d routes found", len(paths))
	}
	return paths
}

// TestNothingIsToldBetweenGradingAndRelease is the time in which there is a result,
// and the learner may not know it: every address that a learner may read is read by
// token and by cookie, and handing in, starting and resuming are tried again.
func TestNothingIsToldBetweenGradingAndRelease(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowKeys, When: exam.ByHand})
	b, u := e.signedIn(t)
	if _, err := e.Exams.Entitle(t.Context(), "test", sitting, u.id, 0); err != nil {
		t.Fatal(err)
	}
	var s session
	u.do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "uk"}).into(t, &s)
	save := exam.Save{Writer: s.Writer, Seq: 1}
	for slot, key := range e.keys(t, s.Attempt.ID) {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	u.do(t, "PUT", s.path("responses"), save)
	told := map[string]string{}
	for range 2 {
		told["submit"] += string(u.do(t, "POST", s.path("submit"), map[string]string{"writer": s.Writer}).body)
	}
	if a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID); err != nil || a.State != exam.Graded || !a.Result.Passed {
		t.Fatalf("the attempt is %s, %v; want graded and passed", a.State, err)
	}
	told["resume"] = string(u.do(t, "POST", s.path("resume"), map[string]string{"language": "en"}).body)
	told["save"] = string(u.do(t, "PUT", s.path("responses"), save).body)
	for _, path := range ownRoutes(t, s.Attempt.ID, sitting) {
		if strings.HasPrefix(path, "/api/") {
			told[path] = string(u.do(t, "GET", path, nil).body)
		} else {
			told[path] = b.get(t, path+"?lang=uk").body + b.get(t, path+"?lang=en").body
		}
	}
	for where, body := range told {
		for _, secret := range []string{`"passed"`, `"marks"`, `"points"`, `"score"`, `"key"`, `"due"`, "ecause of", "kind-single", "Іспит складено", "You passed", "Правильна відповідь", "100 %"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s tells %q: %.300s", where, secret, body)
			}
		}
	}
}

// TestAProgramWritesNumbersClearly: what can be read in two ways is refused where a program
// sends it, with its place, and nothing of the save is stored; the page may send it, since
// somebody is still typing.
func TestAProgramWritesNumbersClearly(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowNothing, When: exam.AtOnce})
	u := e.person(t, auth.Learner)
	if _, err := e.Exams.Entitle(t.Context(), "test", sitting, u.id, 0); err != nil {
		t.Fatal(err)
	}
	s, slot := u.startIn(t, sitting), 0
	for s.Form.Slots[slot].Kind != string(exam.Numeric) {
		slot++
	}
	save := exam.Save{Writer: s.Writer, Seq: 1, Responses: []exam.SlotResponse{{Slot: slot, Response: exam.Response{Text: "1,125"}}}}
	r := u.do(t, "PUT", s.path("responses"), save)
	if r.status != 422 || r.code() != "save.invalid" || !strings.Contains(string(r.body), "/responses/0/response/text") {
		t.Errorf("1,125: %d %s", r.status, r.body)
	}
	if a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID); err != nil || !a.Responses[slot].Response.Empty() {
		t.Errorf("1,125 was stored: %v", err)
	}
	for _, clear := range []string{"1,1250", "1125", ""} {
		save.Seq, save.Responses[0].Response.Text = save.Seq+1, clear
		if r := u.do(t, "PUT", s.path("responses"), save); r.status != 200 {
			t.Errorf("%q: %d %s", clear, r.status, r.body)
		}
	}
	u.want(t, "an attempt of nobody", "PUT", "/api/v1/me/attempts/nobody/responses", save, 404, "attempt.not_found")
}

// TestANumberOfTwoReadingsIsAskedFor types into the form what is no number, or two.
func TestANumberOfTwoReadingsIsAskedFor(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowNothing, When: exam.AtOnce})
	b, at := e.sits(t, sitting)
	for slot := range e.keys(t, strings.TrimPrefix(at, "/my/attempts/")) {
		page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body
		if !strings.Contains(page, `data-kind="numeric"`) {
			continue
		}
		for _, row := range []struct {
			typed  string
			status int
			says   string
		}{{"1,000", 409, "прочитати двояко"}, {"десять", 409, "не прочитати як число"}, {" 1 000 ", 200, "Завдання"}, {"", 200, "Завдання"}} {
			if r := b.post(t, at, filled(t, page, slot, exam.Response{Text: row.typed}, strconv.Itoa(slot+1))); r.status != row.status || !strings.Contains(r.body, row.says) {
				t.Errorf("%q: %d, want %d and %q\n%s", row.typed, r.status, row.status, row.says, r.body)
			}
			page = b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body
		}
		return
	}
	t.Fatal("no numeric item")
}
