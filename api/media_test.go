package api_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/picture"
	"github.com/proba-exam/proba/internal/servicetest"
)

// drawn is a small image with a secret in a part that does not show.
func drawn(t testing.TB, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 8, 4))
	m.SetGray(1, 1, color.Gray{Y: shade})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), "the key is A"...)
}

// TestImagesOfABank uploads an image, shows it in an item, and deletes it only when
// nothing shows it.
func TestImagesOfABank(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	made := b.post(t, "/workbench/writing", url.Values{"id": {"pictures"}, "languages": {"uk, en"}, "title_uk": {"Банк"}, "title_en": {"Bank"}})
	wantPage(t, "create a bank", made, 200)
	at := "/workbench/writing/pictures"
	wantPage(t, "no image", b.sendFile(t, at+"/media", "x.png", []byte("<svg onload='x'/>"), nil), 422, "SVG drawings are not taken")
	wantPage(t, "upload", b.sendFile(t, at+"/media", "answer-is-yes.png", drawn(t, 200), nil), 200, "The image is there", "Shown by no text")
	m, err := picture.Clean(drawn(t, 200))
	if err != nil {
		t.Fatal(err)
	}
	if got := b.get(t, "/workbench/media/"+m.Name); got.status != 200 || got.body != string(m.Data) || strings.Contains(got.body, "the key is") {
		t.Errorf("the stored image: %d, %d bytes", got.status, len(got.body))
	}
	form := sentBy(t, b.get(t, at+"/new-item?kind=true_false").body, "editor")
	short := m.Name[:12] + ".png"
	form.Set("/stem/uk", "Що це?\n\n![Схема]("+short+")")
	form.Set("/stem/en", "What is it?\n\n![]("+short+")")
	wantPage(t, "preview", b.post(t, at+"/preview", form), 200, "an image has no description")
	form.Set("/stem/en", "What is it?\n\n![A scheme]("+short+")")
	for field, value := range map[string]string{"/topic": "evidence", "/roles": "police", "/interaction/true": "true"} {
		form.Set(field, value)
	}
	saved := b.post(t, at+"/items", form)
	wantPage(t, "save", saved, 200, "Saved.")
	if !strings.Contains(saved.body, `<img class="figure" src="/workbench/media/`+m.Name+`" alt="A scheme" width="8" height="4"`) {
		t.Error("the item does not show its image")
	}
	edit := b.get(t, at+"/items/"+form.Get("id")+"/edit").body
	if !strings.Contains(edit, "![Схема]("+short+")") {
		t.Error("the editor does not show the short name")
	}
	for _, format := range []string{"proba", "moodle-xml", "gift", "qti30", "csv", "xlsx"} {
		file := b.post(t, at+"/export", url.Values{"format": {format}})
		if file.status != 200 || strings.Contains(file.body, "answer-is") {
			t.Fatalf("export as %s: %d, or it says what the file was called", format, file.status)
		}
		bank := "copy-" + strings.TrimSuffix(format, "30")
		b.post(t, "/workbench/writing", url.Values{"id": {bank}, "languages": {"uk, en"}, "title_uk": {"Копія"}, "title_en": {"A copy"}})
		report := b.sendFile(t, "/workbench/writing/"+bank+"/import", "a.x", []byte(file.body), url.Values{"format": {strings.TrimSuffix(format, "30")}})
		wantPage(t, "read it back from "+format, b.post(t, report.path, nil), 200, "taken in as drafts")
		if media := b.get(t, "/workbench/writing/"+bank+"/media").body; !strings.Contains(media, m.Name) || !strings.Contains(media, form.Get("id")) {
			t.Errorf("the image did not come through %s", format)
		}
	}
	wantPage(t, "delete what is shown", b.post(t, at+"/media/"+m.Name+"/delete", nil), 409, "This image is shown by "+form.Get("id"))
	wantPage(t, "another", b.sendFile(t, at+"/media", "spare.png", drawn(t, 9), nil), 200)
	spare, err := picture.Clean(drawn(t, 9))
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, "delete the spare", b.post(t, at+"/media/"+spare.Name+"/delete", nil), 200, "was deleted")
	if got := b.get(t, "/workbench/media/"+spare.Name); got.status != 404 {
		t.Errorf("a deleted image: %d", got.status)
	}
}

// illustrate holds an exam each of whose items shows one image, and another in its
// rationale, and a sitting of it for the learners.
func (e *env) illustrate(t *testing.T, learners ...*user) (shown, hidden exam.Medium) {
	t.Helper()
	shown, hidden = servicetest.Picture(t, drawn(t, 200)), servicetest.Picture(t, drawn(t, 9))
	e.Illustrate(t, "illustrated", shown, hidden)
	for _, u := range learners {
		if _, err := e.Exams.Entitle(t.Context(), "test", "illustrated", u.id, 0); err != nil {
			t.Fatal(err)
		}
	}
	return shown, hidden
}

// TestLearnersSeeTheImagesOfTheirAttempt: of their own, while it shows them, by the
// interface and on the pages.
func TestLearnersSeeTheImagesOfTheirAttempt(t *testing.T) {
	e := start(t)
	b, owner := e.signedIn(t)
	stranger := e.learner(t)
	shown, hidden := e.illustrate(t, owner, stranger)
	running := owner.startIn(t, "illustrated")
	stranger.startIn(t, "illustrated")
	get := func(u *user, name string) reply { return u.do(t, "GET", running.path("media/"+name), nil) }
	if r := get(owner, shown.Name); r.status != 200 || !bytes.Equal(r.body, shown.Data) || r.header.Get("Content-Type") != "image/png" || r.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("own image: %d %s", r.status, r.header)
	}
	r := owner.raw(t, "GET", running.path("media/"+shown.Name), http.Header{"If-None-Match": {`"` + shown.Name[:64] + `"`}}, nil)
	if r.status != 304 {
		t.Errorf("asked again: %d", r.status)
	}
	for what, r := range map[string]reply{"of another learner": get(stranger, shown.Name), "of a rationale": get(owner, hidden.Name), "that is none": get(owner, "x"),
		"of the bank": owner.raw(t, "GET", "/workbench/media/"+shown.Name, nil, nil)} {
		if r.status == 200 || bytes.Contains(r.body, shown.Data) || bytes.Contains(r.body, hidden.Data) {
			t.Errorf("an image %s: %d", what, r.status)
		}
	}
	b.post(t, "/my/attempts/"+running.Attempt.ID+"/resume", nil)
	page := b.get(t, "/my/attempts/"+running.Attempt.ID+"?item=1").body
	at := "/my/attempts/" + running.Attempt.ID + "/media/" + shown.Name
	if !strings.Contains(page, `src="`+at+`" alt="Схема" width="8" height="4"`) || strings.Contains(page, hidden.Name) {
		t.Error("the page does not show the image of its item, or one of a rationale")
	}
	if got := b.get(t, at); got.status != 200 || got.body != string(shown.Data) {
		t.Errorf("the image of the page: %d", got.status)
	}
	b.post(t, "/my/attempts/"+running.Attempt.ID+"/submit", nil)
	if r := get(owner, shown.Name); r.status != 404 {
		t.Errorf("after the exam, of which only the score is shown: %d", r.status)
	}
}

// TestJudgesSeeTheImagesOfTheirPanel, who see no bank: those of the items that they rate,
// and none of a rationale.
func TestJudgesSeeTheImagesOfTheirPanel(t *testing.T) {
	e := start(t)
	shown, hidden := e.illustrate(t)
	judge, u := e.atDesk(t, auth.Judge)
	outsider, o := e.atDesk(t, auth.Judge)
	_, err := e.Exams.CreatePanel(t.Context(), "test", exam.PanelDraft{ID: "illustrated-panel", Exam: "illustrated", Items: 4, Judges: []string{u.id, "another"}})
	if err != nil {
		t.Fatal(err)
	}
	at := "/workbench/panels/illustrated-panel/media/"
	if page := judge.get(t, "/workbench/panels/illustrated-panel/rate").body; strings.Count(page, `src="`+at+shown.Name+`"`) < 4 || strings.Contains(page, hidden.Name) {
		t.Error("the page does not show the images of its items, or one of a rationale")
	}
	if r := judge.get(t, at+shown.Name); r.status != 200 || r.body != string(shown.Data) {
		t.Errorf("the image of an item: %d", r.status)
	}
	const byProgram = "/api/v1/me/panels/illustrated-panel/media/"
	if r := u.do(t, "GET", byProgram+shown.Name, nil); r.status != 200 || !bytes.Equal(r.body, shown.Data) {
		t.Errorf("the image of an item, for a program: %d", r.status)
	}
	u.want(t, "an image of a rationale, for a program", "GET", byProgram+hidden.Name, nil, 404, "media.not_found")
	o.want(t, "an image of another's panel, for a program", "GET", byProgram+shown.Name, nil, 404, "panel.not_found")
	for what, r := range map[string]pageReply{"of a rationale": judge.get(t, at+hidden.Name), "of another's panel": outsider.get(t, at+shown.Name), "that is none": judge.get(t, at+"x")} {
		if r.status != 404 {
			t.Errorf("an image %s: %d", what, r.status)
		}
	}
}
