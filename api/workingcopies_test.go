package api_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// TestABankByPrograms scripts what the pages do: a bank, items by import and one by one,
// approval by another person, a release.
func TestABankByPrograms(t *testing.T) {
	e := start(t)
	author, both, reader := e.person(t, auth.Author), e.person(t, auth.Author, auth.Reviewer), e.person(t, auth.Auditor)
	const at = "/api/v1/working-copies"
	ok := func(what string, r reply, status int, code string) reply {
		t.Helper()
		if r.status != status || r.code() != code {
			t.Fatalf("%s: %d %s, want %d %s\n%s", what, r.status, r.code(), status, code, r.body)
		}
		return r
	}
	ok("a bank without a language", author.do(t, "POST", at, map[string]any{"id": "by-program", "title": exam.Text{}, "languages": []string{}}), 422, "copy.invalid")
	draft := map[string]any{"id": "by-program", "title": exam.Text{"uk": "Банк"}, "languages": []string{"uk"}}
	ok("create", author.do(t, "POST", at, draft), 201, "")
	ok("repeat", author.do(t, "POST", at, draft), 201, "")
	ok("the same id by another", both.do(t, "POST", at, draft), 409, "copy.exists")
	yes := true
	item := func(id, stem string) exam.Item {
		return exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"uk": stem}, Interaction: &exam.TrueOrFalse{True: &yes}}
	}
	one := at + "/by-program/items/item-one"
	ok("another id than the path", author.do(t, "PUT", one, map[string]any{"content": item("item-two", "Так?")}), 422, "item.renamed")
	var written struct {
		Revision, State, Author string
		Faults                  []struct{ Path string }
	}
	ok("write unfinished", author.do(t, "PUT", one, map[string]any{"content": item("item-one", "")}), 200, "").into(t, &written)
	if len(written.Faults) != 1 || written.Faults[0].Path != "/stem/uk" || written.Author != author.id {
		t.Errorf("written %+v", written)
	}
	ok("submit unfinished", author.do(t, "POST", one+"/submit", map[string]string{"seen": written.Revision}), 422, "item.invalid")
	ok("write over what was not seen", author.do(t, "PUT", one, map[string]any{"seen": "x", "content": item("item-one", "Ні?")}), 409, "item.changed")
	ok("finish", author.do(t, "PUT", one, map[string]any{"seen": written.Revision, "content": item("item-one", "Так?")}), 200, "").into(t, &written)
	seen := map[string]string{"seen": written.Revision}
	ok("approve a draft", both.do(t, "POST", one+"/approve", seen), 409, "item.state")
	ok("submit", author.do(t, "POST", one+"/submit", seen), 200, "")
	ok("return without a reason", both.do(t, "POST", one+"/return", seen), 422, "item.reason")
	ok("approve", both.do(t, "POST", one+"/approve", seen), 200, "")

	batch := map[string]any{"items": []exam.Item{item("item-one", "Так?"), item("item-two", "Інше?"), item("item-two", "Двічі?")}}
	var report struct {
		Added, Same, Refused int
		Applied              bool
	}
	ok("see what an import would do", author.do(t, "POST", at+"/by-program/import", batch), 200, "").into(t, &report)
	if report.Added != 1 || report.Same != 1 || report.Refused != 1 || report.Applied {
		t.Errorf("dry run %+v", report)
	}
	ok("nothing was taken in", author.do(t, "GET", at+"/by-program/items/item-two", nil), 404, "item.not_found")
	batch["apply"] = true
	ok("import", author.do(t, "POST", at+"/by-program/import", batch), 200, "").into(t, &report)
	two := at + "/by-program/items/item-two"
	ok("it is there", reader.do(t, "GET", two, nil), 200, "").into(t, &written)

	// With both roles, nobody approves what they wrote.
	ok("write as both", both.do(t, "PUT", two, map[string]any{"seen": written.Revision, "content": item("item-two", "Моє?")}), 200, "").into(t, &written)
	seen = map[string]string{"seen": written.Revision}
	ok("submit as both", both.do(t, "POST", two+"/submit", seen), 200, "")
	ok("approve one's own", both.do(t, "POST", two+"/approve", seen), 403, "item.own")

	var found struct{ Items []struct{ ID string } }
	ok("search", reader.do(t, "GET", at+"/by-program/items?q=%D0%BC%D0%BE&state=in_review", nil), 200, "").into(t, &found)
	if len(found.Items) != 1 || found.Items[0].ID != "item-two" {
		t.Errorf("found %+v", found)
	}
	ok("the list", reader.do(t, "GET", at, nil), 200, "")
	ok("one", reader.do(t, "GET", at+"/by-program", nil), 200, "")
	var prospect struct {
		Hash       string
		Added      []string
		Unapproved int
	}
	ok("prospect", reader.do(t, "GET", at+"/by-program/release", nil), 200, "").into(t, &prospect)
	if !slices.Equal(prospect.Added, []string{"item-one"}) || prospect.Unapproved != 1 {
		t.Errorf("prospect %+v", prospect)
	}
	ok("release something else", author.do(t, "POST", at+"/by-program/release", map[string]string{"hash": "x"}), 409, "release.changed")
	for range 2 {
		ok("release", author.do(t, "POST", at+"/by-program/release", map[string]string{"hash": prospect.Hash}), 200, "")
	}
	ok("open what has a copy", author.do(t, "POST", at, map[string]string{"release": prospect.Hash}), 409, "copy.exists")
	ok("retire", author.do(t, "POST", two+"/retire", map[string]string{"reason": "out of date"}), 200, "")
	ok("restore", author.do(t, "POST", two+"/restore", map[string]string{"reason": "in date"}), 200, "")

	// What the statistics say stands beside the items, and finds them.
	if took, err := e.Authoring.Note(t.Context(), "by-program", map[string]authoring.Figures{"item-two": {Exam: "some-exam", Revision: "older", N: 44, Flags: []string{"too_hard"}}}); took != 1 || err != nil {
		t.Fatal(took, err)
	}
	var noted struct {
		Items []struct {
			ID      string
			Figures *struct {
				Exam, Revision string
				N              int
				Flags          []string
			}
		}
	}
	ok("search by flag", reader.do(t, "GET", at+"/by-program/items?flag=too_hard", nil), 200, "").into(t, &noted)
	if len(noted.Items) != 1 || noted.Items[0].ID != "item-two" || noted.Items[0].Figures == nil || noted.Items[0].Figures.N != 44 || !slices.Equal(noted.Items[0].Figures.Flags, []string{"too_hard"}) {
		t.Errorf("by flag %+v", noted)
	}
	desk, _ := e.atDesk(t, auth.Author)
	const list = "/workbench/writing/by-program"
	wantPage(t, "the list", desk.get(t, list+"?lang=en"), 200, "item-one", "very hard</a>", "answers: 44, of an earlier wording", "anything that stands out")
	if page := desk.get(t, list+"?flag=any").body; strings.Contains(page, "/items/item-one") || !strings.Contains(page, "/items/item-two") {
		t.Error("the list is not narrowed to what stands out")
	}

	// A long import is read for who may write, and for nobody else.
	long := []byte(`{"items":[],"stimuli":[{"id":"long","text":{"uk":"` + strings.Repeat("а", 1<<20) + `"}}]}`)
	asJSON := http.Header{"Content-Type": {"application/json"}}
	if r := author.raw(t, "POST", at+"/by-program/import", asJSON, long); r.status != 200 {
		t.Errorf("a long import: %d %s", r.status, r.code())
	}
	for _, path := range []string{at + "/by-program/import", "/workbench/writing/by-program/import"} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", e.base+path, bytes.NewReader(long))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+reader.token)
		if res, err := http.DefaultClient.Do(req); err == nil { // else the connection was closed while it was sent
			res.Body.Close()
			if res.StatusCode != 413 {
				t.Errorf("a long body of a reader to %s: %d", path, res.StatusCode)
			}
		}
	}
}
