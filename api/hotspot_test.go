package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/servicetest"
)

// threeAreas is a small image with an area of each outline; the rectangle is right.
func threeAreas(image string) *exam.HotspotImage {
	text := func(s string) exam.Text { return exam.Text{"en": s, "uk": "укр " + s} }
	mark := exam.Image{Alt: "A desk", Name: image}.String()
	return &exam.HotspotImage{Image: exam.Text{"en": mark, "uk": mark}, Choose: 1, Areas: []exam.Area{
		{Name: text("a phone"), Shape: exam.Shape{Outline: exam.Circle, Coords: []int{2, 2, 1}}},
		{Name: text("a passport"), Shape: exam.Shape{Outline: exam.Rectangle, Coords: []int{4, 0, 8, 2}}, Key: true},
		{Name: text("a ledger"), Shape: exam.Shape{Outline: exam.Polygon, Coords: []int{4, 4, 8, 4, 6, 2}}}}}
}

// TestAnImageIsAnsweredByName sits a hotspot without scripts: the image comes with its
// description and its areas, every area has its letter and its name, and nothing tells
// which is right.
func TestAnImageIsAnsweredByName(t *testing.T) {
	e := start(t)
	sitting := e.everyKind(t, exam.Review{Show: exam.ShowKeys, When: exam.AtOnce})
	b, at := e.sits(t, sitting)
	id := strings.TrimPrefix(at, "/my/attempts/")
	slot := slices.IndexFunc(e.forms(t, id).Slots, func(v exam.View) bool { return v.Kind == exam.Hotspot })
	page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body
	for _, want := range []string{`alt="A desk"`, at + "/media/", `viewBox="0 0 8 4"`, `<circle cx="2" cy="2" r="1"/>`, `<rect x="4" y="0" width="4" height="2"/>`, `<polygon points="4,4 8,4 6,2"/>`,
		`type="radio"`, "<b>А</b> <span>", "укр a passport"} {
		if !strings.Contains(page, want) {
			t.Errorf("the item does not show %s:\n%s", want, page)
		}
	}
	if strings.Contains(page, "chosen") || strings.Contains(page, "checked") {
		t.Errorf("something is marked:\n%s", page)
	}
	b.post(t, at, filled(t, page, slot, e.keys(t, id)[slot], "summary"))
	result := b.post(t, at+"/submit", nil).body
	if strings.Count(result, `class="chosen"`) != 2 {
		t.Errorf("the result does not mark what was chosen and what is right:\n%s", result)
	}
}

// forms is the form of an attempt as its learner sees it.
func (e *env) forms(t *testing.T, attempt string) exam.FormView {
	t.Helper()
	a, err := e.Exams.Attempt(t.Context(), attempt)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	view, err := bank.Present(a.Form, a.Lang)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// TestAreasAreWrittenByNumbers writes a hotspot: the preview draws what can be drawn, and
// each fault stands beside its field.
func TestAreasAreWrittenByNumbers(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	const at = "/workbench/writing/areas"
	wantPage(t, "bank", b.post(t, "/workbench/writing", url.Values{"id": {"areas"}, "title_en": {"Areas"}, "title_uk": {"Місця"}, "languages": {"uk, en"}}), 200)
	wantPage(t, "image", b.sendFile(t, at+"/media", "desk.png", drawn(t, 79), nil), 200)
	form := sentBy(t, b.get(t, at+"/new-item?kind=hotspot").body, "editor")
	set := func(fields map[string]string) {
		for name, value := range fields {
			form.Set(name, value)
		}
	}
	image := "![A desk](" + servicetest.Picture(t, drawn(t, 79)).Name + ")"
	set(map[string]string{"/stem/en": "Where is it?", "/stem/uk": "Де це?", "/topic": "scene", "/roles": "judge", "/interaction/image/en": image, "/interaction/image/uk": image,
		"/interaction/areas/0/name/en": "a phone", "/interaction/areas/0/name/uk": "телефон", "/interaction/areas/0/shape/outline": "circle", "/interaction/areas/0/shape/coords": "2 2 1", "/interaction/areas/0/key": "1",
		"/interaction/areas/1/name/en": "a wall", "/interaction/areas/1/name/uk": "стіна", "/interaction/areas/1/shape/coords": "4, 0, nine, 2"})
	preview := b.post(t, at+"/preview", form).body
	if !strings.Contains(preview, `<circle cx="2" cy="2" r="1"/>`) || !strings.Contains(preview, "reaches outside the image, which is 8 by 4") && !strings.Contains(preview, "encloses nothing") {
		t.Errorf("the preview:\n%s", preview)
	}
	form.Set("/interaction/areas/1/shape/coords", "1,0,8,2")
	for _, path := range []string{"/preview", "/preview?part=1"} {
		wantPage(t, "areas that overlap", b.post(t, at+path, form), 200, "Worth another look", "area 2, “a wall”, overlaps area 1, “a phone”")
	}
	form.Set("/interaction/areas/1/shape/coords", "4,0,8,2")
	if page := b.post(t, at+"/preview", form).body; strings.Contains(page, "overlaps") {
		t.Errorf("areas side by side:\n%s", page)
	}
	wantPage(t, "saved", b.post(t, at+"/items", form), 200, "Saved.")
	entry, err := e.Authoring.Entry(t.Context(), "areas", form.Get("id"))
	if err != nil {
		t.Fatal(err)
	}
	written, _ := entry.Content.Interaction.(*exam.HotspotImage)
	if faults := entry.Content.Check([]string{"en", "uk"}); len(faults) > 0 || written == nil || written.Choose != 1 || !written.Areas[0].Key || !slices.Equal(written.Areas[1].Coords, []int{4, 0, 8, 2}) {
		t.Errorf("%+v has faults %v", written, faults)
	}
	wantPage(t, "the item for review", b.get(t, at+"/items/"+form.Get("id")), 200, `<g data-area="0" class="chosen">`)
}
