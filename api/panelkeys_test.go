package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

// corrects has a key change proposed and applied, and waits until it is done.
func (u *user) corrects(t *testing.T, examID, id, reason string, correction map[string]any) {
	t.Helper()
	u.want(t, "propose", "POST", "/api/v1/exams/"+examID+"/regrades", map[string]any{"id": id, "reason": reason, "harmless": true, "corrections": []any{correction}}, 201, "")
	state := func() exam.RegradeState {
		var g exam.Regrade
		u.do(t, "GET", "/api/v1/regrades/"+id, nil).into(t, &g)
		return g.State
	}
	proctest.WaitFor(t, "the dry run is over", func() bool { return state() == exam.RegradeChecked })
	u.want(t, "approve", "POST", "/api/v1/regrades/"+id+"/approve", map[string]any{"reason": reason}, 200, "")
	proctest.WaitFor(t, "the key change is done", func() bool { return state() == exam.RegradeDone })
}

// TestAPanelAfterAKeyChange: a judge who discusses sees the key that counts now, and how many
// answered by that one; by pages and by programs.
func TestAPanelAfterAKeyChange(t *testing.T) {
	e := start(t)
	examID, room := e.onlyRightPasses(t)
	_, item, option := e.person(t, auth.Learner).misses(t, room)
	admin, desk := e.person(t, auth.Administrator), func() *browser { b, _ := e.atDesk(t, auth.Administrator); return b }()
	seat, first := e.atDesk(t, auth.Judge)
	second := e.person(t, auth.Judge)
	admin.corrects(t, examID, "first-change", "The key was wrong", map[string]any{"item": item, "policy": "new_key", "key": map[string]any{"choices": []int{option}}})
	admin.want(t, "call", "POST", "/api/v1/exams/"+examID+"/panels", map[string]any{"id": "panel-of-keys", "judges": []string{first.id, second.id}}, 200, "")
	first.says(t, "panel-of-keys", 1, 60)
	second.says(t, "panel-of-keys", 1, 70)
	admin.want(t, "close", "POST", "/api/v1/panels/panel-of-keys/close", map[string]any{}, 200, "")
	p, err := e.Exams.Panel(t.Context(), "panel-of-keys")
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, ref := range p.Items {
		if ref.ID == item {
			at = i
		}
	}
	type told struct {
		Items []struct {
			Key        *exam.Response
			Also       []exam.Response
			Correction string
			Told       struct {
				N       int
				Correct float64
			}
		}
	}
	see := func() told {
		var s told
		first.do(t, "GET", "/api/v1/me/panels/panel-of-keys", nil).into(t, &s)
		return s
	}
	if it := see().Items[at]; it.Key == nil || len(it.Key.Choices) != 1 || it.Key.Choices[0] != option || it.Correction != "new_key" || it.Told.N != 1 || it.Told.Correct != 1 {
		t.Errorf("after the key change a judge's program sees %+v", it)
	}
	page := seat.get(t, "/workbench/panels/panel-of-keys/rate")
	wantPage(t, "the judge's page", page, 200, "The key of this item was corrected.")
	card := strings.Split(page.body, `<section class="card"><h2>`)[at+1]
	before, _, _ := strings.Cut(card, `class="right"`)
	if strings.Count(card, `class="right"`) != 1 || strings.Count(before, "<li") != option+1 || !strings.Contains(card, "100.0") {
		t.Errorf("the card of item %d, of which option %d is right now:\n%s", at, option, card)
	}

	admin.corrects(t, examID, "second-change", "Both are right", map[string]any{"item": item, "policy": "either_key", "key": map[string]any{"choices": []int{(option + 1) % 3}}})
	if it := see().Items[at]; it.Key == nil || it.Key.Choices[0] == option || len(it.Also) != 1 || it.Also[0].Choices[0] != option || it.Told.N != 0 {
		t.Errorf("after another key change a judge's program sees %+v", it)
	}
	wantPage(t, "the judge's page", seat.get(t, "/workbench/panels/panel-of-keys/rate"), 200, "Also counted as right", "not counted by the new one yet")
	wantPage(t, "the panel", desk.get(t, "/workbench/panels/panel-of-keys"), 200, "Counted by a key that was changed since")
	r := desk.post(t, "/workbench/panels/panel-of-keys/conclude", url.Values{})
	wantPage(t, "conclude", r, 200)
	if strings.Contains(r.body, "Counted by a key that was changed since") {
		t.Error("what was counted again with the report is called old")
	}

	admin.corrects(t, examID, "third-change", "Nobody knows", map[string]any{"item": item, "policy": "drop"})
	if it := see().Items[at]; it.Key != nil || it.Correction != "drop" || it.Told.N != 0 {
		t.Errorf("of a dropped item a judge's program sees %+v", it)
	}
	card = strings.Split(seat.get(t, "/workbench/panels/panel-of-keys/rate").body, `<section class="card"><h2>`)[at+1]
	if strings.Contains(card, `class="right"`) || !strings.Contains(card, "This item was taken out") {
		t.Errorf("the card of a dropped item:\n%s", card)
	}
	wantPage(t, "the report", desk.get(t, "/workbench/panels/panel-of-keys/report"), 200, "Counted by a key that was changed since")
}
