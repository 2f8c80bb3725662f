package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
)

// TestImagesByPrograms adds images to a bank, has an item show one, and deletes what
// nothing shows.
func TestImagesByPrograms(t *testing.T) {
	e := start(t)
	author, reader := e.person(t, auth.Author), e.person(t, auth.Auditor)
	const copies = "/api/v1/working-copies/"
	at := copies + "pictures/media"
	ok := func(what string, r reply, status int, code string) reply {
		t.Helper()
		if r.status != status || r.code() != code {
			t.Fatalf("%s: %d %s, want %d %s\n%s", what, r.status, r.code(), status, code, r.body)
		}
		return r
	}
	for _, bank := range []string{"pictures", "others"} {
		ok("create", author.do(t, "POST", strings.TrimSuffix(copies, "/"), map[string]any{"id": bank, "title": exam.Text{"uk": "Банк"}, "languages": []string{"uk"}}), 201, "")
	}
	asPNG := http.Header{"Content-Type": {"image/png"}}
	send := func(u *user, path string, data []byte) reply { return u.raw(t, "POST", path, asPNG, data) }
	ok("to no bank", send(author, copies+"none/media", drawn(t, 1)), 404, "copy.not_found")
	ok("as JSON", author.do(t, "POST", at, map[string]string{}), 415, "request.media_type")
	ok("a page", send(author, at, []byte("<html>")), 422, "media.type")
	ok("by who only reads", send(reader, at, drawn(t, 1)), 403, "permission.denied")
	var shown, spare struct {
		Name, File    string
		Width, Height int
		UsedBy        []string `json:"used_by"`
	}
	ok("add", send(author, at+"?file=answer.png", drawn(t, 200)), 201, "").into(t, &shown)
	ok("add it again", send(author, at+"?file=answer.png", drawn(t, 200)), 200, "")
	ok("another, which is long", send(author, at, append(drawn(t, 9), bytes.Repeat([]byte("x"), 2<<20)...)), 201, "").into(t, &spare)
	if m, err := picture.Clean(drawn(t, 200)); err != nil || shown.Name != m.Name || shown.File != "answer.png" || shown.Width != 8 || shown.Height != 4 {
		t.Errorf("added %+v, %v", shown, err)
	}
	yes := true
	it := exam.Item{ID: "item-one", Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "law", Level: "apply", Difficulty: exam.Basic, Stem: exam.Text{"uk": "Так? ![Схема](" + shown.Name + ")"}, Interaction: &exam.TrueOrFalse{True: &yes}}
	ok("show it", author.do(t, "PUT", copies+"pictures/items/item-one", map[string]any{"content": it}), 200, "")
	var list struct {
		Items []struct {
			Name   string
			UsedBy []string `json:"used_by"`
		}
		Next string
	}
	seen := map[string]int{}
	for after := ""; ; after = list.Next {
		ok("list", reader.do(t, "GET", at+"?limit=1&after="+after, nil), 200, "").into(t, &list)
		for _, m := range list.Items {
			seen[m.Name] += 1 + len(m.UsedBy)
		}
		if list.Next == "" {
			break
		}
	}
	if len(seen) != 2 || seen[shown.Name] != 2 || seen[spare.Name] != 1 {
		t.Errorf("listed %v", seen)
	}
	r := ok("get", reader.do(t, "GET", at+"/"+shown.Name, nil), 200, "")
	if strings.Contains(string(r.body), "the key is") {
		t.Error("the image has what does not show")
	}
	ok("through another bank", reader.do(t, "GET", copies+"others/media/"+shown.Name, nil), 404, "media.not_found")
	ok("delete through another bank", author.do(t, "POST", copies+"others/media/"+spare.Name+"/delete", nil), 404, "media.not_found")
	ok("delete what is shown", author.do(t, "POST", at+"/"+shown.Name+"/delete", nil), 409, "media.used")
	ok("delete by who only reads", reader.do(t, "POST", at+"/"+spare.Name+"/delete", nil), 403, "permission.denied")
	ok("delete", author.do(t, "POST", at+"/"+spare.Name+"/delete", nil), 204, "")
	ok("it is gone", reader.do(t, "GET", at+"/"+spare.Name, nil), 404, "media.not_found")
	done := e.takenDown(t, author)
	if !done["addMedium"] || !done["dropMedium"] {
		t.Errorf("taken down: %v", done)
	}
}
