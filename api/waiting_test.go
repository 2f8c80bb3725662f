package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/proctest"
)

// TestReviewersAreToldOfItems: the first page says how many items wait, of all banks.
func TestReviewersAreToldOfItems(t *testing.T) {
	e := start(t)
	desk, _ := e.atDesk(t, auth.Reviewer)
	wantPage(t, "nothing waits", desk.get(t, "/workbench"), 200, "Nothing waits for you now.")
	text, key := exam.Text{"uk": "Так?", "en": "Is it so?"}, true
	for _, bank := range []string{"bank-one", "bank-two"} {
		if _, err := e.Authoring.Create(t.Context(), "author", authoring.Copy{ID: bank, Title: text, Languages: []string{"uk", "en"}}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"item-1", "item-2", "item-3"} {
			content := exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: text, Interaction: &exam.TrueOrFalse{True: &key}}
			entry, err := e.Authoring.Write(t.Context(), "author", bank, "", content)
			if err == nil && id != "item-3" {
				_, err = e.Authoring.Submit(t.Context(), "author", bank, id, entry.Revision)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	wantPage(t, "four wait", desk.get(t, "/workbench"), 200, `<a href="/workbench/writing">items to review: <b>4</b></a>`)
	wantPage(t, "in Ukrainian", desk.get(t, "/workbench?lang=uk"), 200, "Чекає на вас", "завдань на схвалення: <b>4</b>")
	author, _ := e.atDesk(t, auth.Author)
	if r := author.get(t, "/workbench"); strings.Contains(r.body, "to review") {
		t.Errorf("who may not approve is told:\n%s", r.body)
	}
}

// TestEssaysWithoutMarkersAreTold: an exam whose essays nobody marks says so, as a draft
// and when it is published; the first page says what waits, and for whom.
func TestEssaysWithoutMarkersAreTold(t *testing.T) {
	e := start(t)
	id := e.essayExam(t)
	admin, _ := e.atDesk(t, auth.Administrator)
	author, _ := e.atDesk(t, auth.Author)
	one, first := e.atDesk(t, auth.Marker)
	_, second := e.atDesk(t, auth.Marker)
	at := "/workbench/exams/" + id
	wantPage(t, "no markers", admin.get(t, at), 200, `id="unmarked"`, "there will be no results", `<a href="`+at+`/marking">Name two markers`)
	wantPage(t, "for the author", author.get(t, at+"?lang=uk"), 200, "результатів не буде", "Попросіть адміністратора")
	for _, without := range []string{"/workbench/exams/" + sitting, "/workbench"} {
		if r := admin.get(t, without); strings.Contains(r.body, `id="unmarked"`) || strings.Contains(r.body, "no markers are named") {
			t.Errorf("%s warns:\n%s", without, text(r.body))
		}
	}
	b, learner := e.signedIn(t)
	e.writes(t, b, learner, id, "Обов’язок випливає зі статті 3.")
	proctest.WaitFor(t, "the response that nobody marks", func() bool {
		return strings.Contains(admin.get(t, "/workbench").body, `An essay: <a href="`+at+`/marking">no markers are named, and responses wait: <b>1</b></a>`)
	})
	wantPage(t, "nothing for who is not named", one.get(t, "/workbench"), 200, "Nothing waits for you now.")

	wantPage(t, "name them", admin.post(t, at+"/markers", url.Values{"marker": {first.id, second.id}}), 200)
	wantPage(t, "one to mark", one.get(t, "/workbench"), 200, `<a href="/workbench/marking">responses to mark: <b>1</b></a>`)
	for _, page := range []string{at, "/workbench"} {
		if r := admin.get(t, page); strings.Contains(r.body, `id="unmarked"`) || strings.Contains(r.body, "no markers are named") {
			t.Errorf("%s warns of markers that are named:\n%s", page, text(r.body))
		}
	}
	for n, marker := range []*user{first, second} {
		sheet, found, err := e.Exams.NextScript(t.Context(), marker.id, id)
		if err != nil || !found {
			t.Fatalf("nothing to mark: %v", err)
		}
		if _, err := e.Exams.MarkScript(t.Context(), marker.id, sheet.Script.ID, []int{3 * n, n}, ""); err != nil {
			t.Fatal(err)
		}
	}
	wantPage(t, "marked", one.get(t, "/workbench"), 200, "Nothing waits for you now.")
	wantPage(t, "to be decided", admin.get(t, "/workbench"), 200, "responses to decide about: <b>1</b>")
}
