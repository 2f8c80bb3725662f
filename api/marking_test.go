package api_test

import (
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/proctest"
)

// essayExam publishes an exam of one essay and one choice, and returns its id, which is
// that of its sitting too.
func (e *env) essayExam(t testing.TB) string {
	t.Helper()
	text := func(s string) exam.Text { return exam.Text{"en": s, "uk": "укр " + s} }
	var levels []exam.RubricLevel
	for p := range 4 {
		levels = append(levels, exam.RubricLevel{Points: p, Text: text(fmt.Sprintf("level %d is reached", p))})
	}
	rubric := exam.Rubric{Tolerance: 1, Criteria: []exam.Criterion{{Title: text("Law"), Levels: levels}, {Title: text("Clarity"), Levels: levels[:2]}}}
	items := []exam.Item{
		{ID: "the-essay", Kind: exam.ExtendedText, Stem: text("Explain the duty."), Rationale: text("Because of article 3"), Interaction: &exam.Essay{MaxCharacters: 60, MinWords: 3, MaxWords: 9, Rubric: rubric}},
		{ID: "the-choice", Kind: exam.Single, Stem: text("Which?"), Interaction: &exam.SingleChoice{Options: []exam.Option{{Text: text("one"), Key: true}, {Text: text("two")}}}}}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty = []string{"judge"}, "law", "apply", exam.Applied
	}
	langs := []string{"en", "uk"}
	bank, err := exam.NewBank("essays", text("Essays"), langs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	const id = "essay-exam"
	draft := exam.Exam{ID: id, Programme: id, Title: text("An essay"), Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: text("All")}}, Cells: []exam.Cell{{Section: "all", Count: 2}}},
		Policy:    exam.Policy{Languages: langs, TimeLimit: 1800, Attempts: 2, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}}}
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

// writes has a new learner answer the essay by the form, with the line ends of a form,
// and hand in.
func (e *env) writes(t testing.TB, b *browser, u *user, sitting, typed string) (attempt string) {
	t.Helper()
	if _, err := e.Exams.Entitle(t.Context(), "test", sitting, u.id, 0); err != nil {
		t.Fatal(err)
	}
	at := b.post(t, "/my/sittings/"+sitting+"?lang=uk", url.Values{"language": {"uk"}}).path
	for slot := range 2 {
		page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body
		if !strings.Contains(page, `data-kind="extended_text"`) {
			continue
		}
		if !strings.Contains(page, "Обсяг: від 3 до 9 слів.") || !strings.Contains(page, `maxlength="60"`) {
			t.Errorf("the limits are not told:\n%s", page)
		}
		for _, row := range []struct {
			text   string
			status int
		}{{strings.Repeat("є", 61), 409}, {typed, 200}} {
			if r := b.post(t, at, filled(t, page, slot, exam.Response{Text: row.text}, strconv.Itoa(slot+1))); r.status != row.status {
				t.Fatalf("%q: %d\n%s", row.text, r.status, r.body)
			}
		}
		if again := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body; !strings.Contains(again, ">\n"+html.EscapeString(strings.ReplaceAll(typed, "\r\n", "\n"))+"</textarea>") {
			t.Errorf("the answer is not shown again:\n%s", again)
		}
	}
	b.post(t, at+"/submit", nil)
	return strings.TrimPrefix(at, "/my/attempts/")
}

// sheetOf is a response to mark, as far as the tests look.
type sheetOf struct {
	Script *struct{ Script, Response string }
}

// TestMarkingByPrograms has two people mark an essay, each alone and blind, a third decide,
// and the learner see it; at every step it holds what nobody may see.
func TestMarkingByPrograms(t *testing.T) {
	e := start(t)
	id := e.essayExam(t)
	admin, first, second, outsider := e.person(t, auth.Administrator), e.person(t, auth.Marker), e.person(t, auth.Marker), e.person(t, auth.Marker)
	at := "/api/v1/exams/" + id
	admin.want(t, "a marker without the role", "PUT", at+"/markers", map[string]any{"markers": []string{first.id, admin.id}}, 422, "marking.marker")
	admin.want(t, "one alone", "PUT", at+"/markers", map[string]any{"markers": []string{first.id}}, 422, "marking.markers")
	admin.want(t, "two", "PUT", at+"/markers", map[string]any{"markers": []string{first.id, second.id}}, 200, "")

	b, learner := e.signedIn(t)
	attempt := e.writes(t, b, learner, id, "Обов’язок випливає\r\nзі статті 3.")
	waiting := b.get(t, "/my/attempts/"+attempt+"/result?lang=uk").body + b.get(t, "/my?lang=uk").body + string(learner.do(t, "GET", "/api/v1/me/attempts/"+attempt+"/outcome", nil).body)
	if strings.Count(waiting, "Ваші відповіді перевіряють.") != 2 || !strings.Contains(waiting, "ми напишемо вам листа") || !strings.Contains(waiting, `"state":"marking"`) {
		t.Errorf("while it is marked the learner is told:\n%s", waiting)
	}
	for _, never := range []string{"is reached", "article 3", `"rubric"`, `"points"`, "the-essay"} {
		if strings.Contains(waiting, never) {
			t.Errorf("while it is marked the learner is told %q", never)
		}
	}

	next := func(u *user) (s sheetOf) {
		proctest.WaitFor(t, "something to mark", func() bool {
			u.do(t, "POST", "/api/v1/me/marking/"+id+"/next", nil).into(t, &s)
			return s.Script != nil
		})
		return s
	}
	outsider.want(t, "who is not named", "POST", "/api/v1/me/marking/"+id+"/next", nil, 404, "exam.not_found")
	mine := next(first)
	if mine.Script.Response != "Обов’язок випливає\nзі статті 3." {
		t.Errorf("the response is %q", mine.Script.Response)
	}
	script := "/api/v1/me/scripts/" + mine.Script.Script
	for _, other := range []*user{second, outsider} {
		other.want(t, "what others have in hand", "GET", script, nil, 404, "script.not_found")
		other.want(t, "marking what others have in hand", "POST", script+"/mark", map[string]any{"levels": []int{3, 1}}, 404, "script.not_found")
	}
	for _, path := range []string{"/api/v1/attempts/" + attempt + "/result", at + "/marking", at + "/disputes", "/api/v1/disputes/" + mine.Script.Script, "/api/v1/attempts", "/api/v1/banks/releases"} {
		first.want(t, "a marker reads "+path, "GET", path, nil, 403, "")
	}
	first.want(t, "half a mark", "POST", script+"/mark", map[string]any{"levels": []int{3}}, 422, "script.invalid")
	for range 2 {
		first.want(t, "a mark, and again", "POST", script+"/mark", map[string]any{"levels": []int{3, 1}, "note": "добре"}, 200, "")
	}
	first.want(t, "another mark", "POST", script+"/mark", map[string]any{"levels": []int{0, 1}}, 409, "script.marked")
	first.want(t, "what I have marked", "GET", script, nil, 404, "script.not_found")

	if theirs := next(second); theirs.Script.Script != mine.Script.Script {
		t.Fatal("the second marker is given something else")
	}
	blind := string(second.do(t, "GET", script, nil).body)
	blind += string(second.do(t, "POST", script+"/mark", map[string]any{"levels": []int{1, 0}}).body)
	for _, never := range []string{learner.id, learner.email, "Перевірена", attempt, first.id, "добре", `"stage"`, `"entries"`, `"marks"`, "barred"} {
		if strings.Contains(blind, never) {
			t.Errorf("a marker is told %q:\n%s", never, blind)
		}
	}
	dispute := "/api/v1/disputes/" + mine.Script.Script
	if r := admin.do(t, "GET", dispute, nil); strings.Count(string(r.body), `"levels":[`) < 4 || strings.Contains(string(r.body), first.id) || strings.Contains(string(r.body), learner.id) {
		t.Errorf("who decides sees %s", r.body)
	}
	for range 2 {
		admin.want(t, "decide, and again", "POST", dispute, map[string]any{"levels": []int{2, 1}}, 200, "")
	}
	proctest.WaitFor(t, "the result", func() bool {
		a, err := e.Exams.Attempt(t.Context(), attempt)
		return err == nil && a.State == exam.Released && a.Letter == exam.LetterSent
	})
	result := b.get(t, "/my/attempts/"+attempt+"/result?lang=uk").body
	if strings.Count(result, `class="reached"`) != 2 || !strings.Contains(result, "укр level 2 is reached") || !strings.Contains(result, "0,75") {
		t.Errorf("the result:\n%s", result)
	}
	learner.want(t, "the outcome", "GET", "/api/v1/me/attempts/"+attempt+"/outcome", nil, 200, "")
	if r := admin.do(t, "GET", at+"/marking", nil); !strings.Contains(string(r.body), `"pairs":1`) || !strings.Contains(string(r.body), `"marked":1`) {
		t.Errorf("progress: %s", r.body)
	}
	entries, err := e.audit(t).Entries(t.Context(), audit.Filter{Object: "scripts/" + mine.Script.Script}, 0, 50)
	if err != nil || len(entries) < 4 {
		t.Errorf("%d entries of the log tell of it, %v", len(entries), err)
	}
}

// TestMarkingByPages marks by forms: the list, the rubric, a response that is declined, the
// next one, and what is left undone.
func TestMarkingByPages(t *testing.T) {
	e := start(t)
	id := e.essayExam(t)
	admin, _ := e.atDesk(t, auth.Administrator)
	one, first := e.atDesk(t, auth.Marker)
	two, second := e.atDesk(t, auth.Marker)
	wantPage(t, "nobody is named", admin.get(t, "/workbench/exams/"+id+"/marking"), 200, "Agreement", "There is nothing here yet")
	wantPage(t, "not named yet", one.get(t, "/workbench/marking"), 200, "You are not named")
	wantPage(t, "one alone", admin.post(t, "/workbench/exams/"+id+"/markers", url.Values{"marker": {first.id}}), 422, "name two at least")
	wantPage(t, "two", admin.post(t, "/workbench/exams/"+id+"/markers", url.Values{"marker": {first.id, second.id}}), 200, "The markers were named")
	b, learner := e.signedIn(t)
	e.writes(t, b, learner, id, "Рядок <b>\r\nі ще один.")
	var page pageReply
	proctest.WaitFor(t, "something to mark", func() bool {
		page = one.post(t, "/workbench/marking/"+id+"/next", nil)
		return strings.HasPrefix(page.path, "/workbench/scripts/")
	})
	wantPage(t, "the response", page, 200, "Рядок &lt;b&gt;\nі ще один.", "Explain the duty.", "Because of article 3", "level 2 is reached", "Words in the response: 5")
	for _, never := range []string{"Перевірена", learner.id, learner.email, "What the two gave"} {
		if strings.Contains(strings.ReplaceAll(page.body, "/sign-out", ""), never) {
			t.Errorf("the page tells %q", never)
		}
	}
	wantPage(t, "no level", one.post(t, page.path, url.Values{"level_0": {"1"}, "note": {"written"}}), 422, "Choose a level", "written")
	wantPage(t, "declined without a reason", one.post(t, page.path+"/decline", url.Values{}), 422, "reason")
	wantPage(t, "a mark", one.post(t, page.path, url.Values{"level_0": {"3"}, "level_1": {"1"}, "note": {"a weak start"}}), 200, "Nothing else is to be marked")
	wantPage(t, "the same mark again", one.post(t, page.path, url.Values{"level_0": {"3"}, "level_1": {"1"}, "note": {"a weak start"}}), 200, "Nothing else is to be marked")
	wantPage(t, "another mark", one.post(t, page.path, url.Values{"level_0": {"2"}, "level_1": {"1"}}), 409)
	wantPage(t, "what I have marked", one.get(t, page.path), 404)
	wantPage(t, "another's page", two.get(t, page.path), 404)
	theirs := two.post(t, "/workbench/marking/"+id+"/next", nil)
	wantPage(t, "the same response", theirs, 200, "Рядок", "Give these points", "I cannot mark this response")
	for _, never := range []string{"What the two gave", "Law — 3", "a weak start", ">Decide<", " checked"} {
		if strings.Contains(theirs.body, never) {
			t.Errorf("who marks second reads %q: what the first one gave", never)
		}
	}
	wantPage(t, "far apart", two.post(t, theirs.path, url.Values{"level_0": {"0"}, "level_1": {"0"}}), 200, "Nothing else is to be marked")
	script := strings.TrimPrefix(theirs.path, "/workbench/scripts/")
	wantPage(t, "to be decided", admin.get(t, "/workbench/exams/"+id+"/marking"), 200, "To be decided", "/workbench/disputes/"+script)
	if after := admin.get(t, "/workbench/exams/"+id+"/marking?after="+script); strings.Contains(after.body, "/workbench/disputes/") {
		t.Error("the page after the only dispute shows it again")
	}
	wantPage(t, "both marks", admin.get(t, "/workbench/disputes/"+script), 200, "What the two gave", "Law — 3", "Law — 0")
	wantPage(t, "no level", admin.post(t, "/workbench/disputes/"+script, url.Values{}), 422, "Choose a level")
	wantPage(t, "decided", admin.post(t, "/workbench/disputes/"+script, url.Values{"level_0": {"3"}, "level_1": {"1"}, "note": {"as the first"}}), 200, "The decision was stored", "marked")
	wantPage(t, "decided, and sent again", admin.post(t, "/workbench/disputes/"+script, url.Values{"level_0": {"3"}, "level_1": {"1"}, "note": {"as the first"}}), 200, "The decision was stored")
	wantPage(t, "decided otherwise", admin.post(t, "/workbench/disputes/"+script, url.Values{"level_0": {"2"}, "level_1": {"1"}}), 403)
	wantPage(t, "decided already", admin.get(t, "/workbench/disputes/"+script), 404)
}
