package api_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// TestARoomIsPausedByPages has a power cut: an invigilator pauses the room by page and one
// attempt by program, learners are told in both languages, their answers are kept, and
// everybody has the time back.
func TestARoomIsPausedByPages(t *testing.T) {
	e := start(t)
	desk, invigilator := e.atDesk(t, auth.Invigilator)
	b, _ := e.signedIn(t)
	id := b.begin(t)
	room, at := "/workbench/sittings/"+sitting+"/room", "/my/attempts/"+id
	before, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var session struct {
		Writer string
		Seq    int64
	}
	b.script(t, "POST", at+"/session", "{}").into(t, &session)
	order := formOf(desk.get(t, room).body)
	wantPage(t, "no reason", desk.post(t, room+"/pause", url.Values{"order": {order.Get("order")}, "reason": {" "}}), 422, "reason")
	for range 2 { // pressing twice pauses once
		wantPage(t, "pause", desk.post(t, room+"/pause", url.Values{"order": {order.Get("order")}, "reason": {"Power cut"}}), 200, "The room is paused since", "Power cut", "Let the whole room go on", "paused")
	}
	wantPage(t, "the learner's page", b.get(t, at+"?lang=uk"), 200, "Іспит призупинено", "data-paused")
	wantPage(t, "handing in", b.post(t, at+"/submit", url.Values{}), 409, "призупинено")
	if r := desk.get(t, "/workbench/audit"); strings.Contains(r.body, "Power") {
		t.Error("an invigilator reads the audit log")
	}
	e.Clock.Forward(80 * time.Minute) // the deadline passes
	save := `{"writer":"` + session.Writer + `","seq":1,"responses":[{"slot":0,"response":{}}]}`
	if r := b.script(t, "PUT", at+"/responses", save); r.status != 200 || !strings.Contains(string(r.body), `"paused_at"`) {
		t.Errorf("a save in flight: %d %s", r.status, r.body)
	}
	late, _ := e.signedIn(t)
	if r := late.post(t, "/my/sittings/"+sitting, url.Values{"language": {"uk"}}); r.status != 409 || !strings.Contains(r.body, "призупинено") {
		t.Errorf("starting in a pause: %d %s", r.status, text(r.body))
	}
	wantPage(t, "go on", desk.post(t, room+"/continue", url.Values{}), 200, "the time was given back", "Pause the whole room")
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Deadline.Sub(before.Deadline), a.Pauses[0].Until.Sub(a.Pauses[0].At); got != want || want < 80*time.Minute {
		t.Errorf("%v was given back of a pause of %v", got, want)
	}
	if what := []string{a.Events[len(a.Events)-2].What, a.Events[len(a.Events)-1].What}; what[0] != "paused" || what[1] != "continued" {
		t.Errorf("the history ends with %v", what)
	}
	invigilator.refresh(t)
	path := "/api/v1/attempts/" + id
	if r := invigilator.do(t, "POST", path+"/pause", map[string]string{"order": "one", "reason": "Feels ill"}); r.status != 200 || !strings.Contains(string(r.body), `"paused_at"`) {
		t.Errorf("pause one: %d %s", r.status, r.body)
	}
	if r := invigilator.do(t, "POST", path+"/continue", map[string]string{"order": "one"}); r.status != 200 || strings.Contains(string(r.body), `"paused_at"`) {
		t.Errorf("let one go on: %d %s", r.status, r.body)
	}
	for _, call := range []struct {
		path string
		body map[string]string
	}{{"/pause", map[string]string{"order": "two", "reason": "Fire drill"}}, {"/continue", map[string]string{"order": "two"}}} {
		var out struct{ Done, Over int }
		invigilator.do(t, "POST", "/api/v1/sittings/"+sitting+call.path, call.body).into(t, &out)
		if out.Done != 1 || out.Over != 0 {
			t.Errorf("%s reached %+v", call.path, out)
		}
	}
	wantPage(t, "pause one by page", desk.post(t, "/workbench/attempts/"+id+"/pause", url.Values{"order": {"three"}, "reason": {"Feels ill"}}), 200, "Feels ill", "Go on")
	wantPage(t, "go on by page", desk.post(t, "/workbench/attempts/"+id+"/continue", url.Values{"order": {"three"}}), 200, "went on")
	e.wantActs(t, "sittings/"+sitting, "continueSitting", "pauseSitting", "continueRoomDesk", "pauseRoomDesk", "pauseRoomDesk")
}

// TestTheRoomSaysWhoHasNotBegun: before anybody starts, an invigilator sees how many are
// admitted and who they are; who starts leaves that list.
func TestTheRoomSaysWhoHasNotBegun(t *testing.T) {
	e := start(t)
	desk, _ := e.atDesk(t, auth.Invigilator)
	room := "/workbench/sittings/" + sitting + "/room"
	wantPage(t, "an empty room", desk.get(t, room), 200, "Nobody is admitted to this sitting yet.")
	var names []string
	for n := range roomShown + 2 {
		p, err := e.Auth.Register(t.Context(), auth.Registration{Email: fmt.Sprintf("seat-%d@proba.test", n), Name: fmt.Sprintf("Учень %s", strings.Repeat("Я", n%9+1)+strings.Repeat("Ю", n/9)), Language: "uk", Roles: []auth.Role{auth.Learner}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exams.Entitle(t.Context(), "test", sitting, p.ID, 25*(n%2)); err != nil {
			t.Fatal(err)
		}
		names = append(names, p.Name)
	}
	b, _ := e.signedIn(t) // one more is admitted
	if r := desk.get(t, room); !strings.Contains(r.body, "Admitted <b>203</b>, begun <b>0</b> ·") || !strings.Contains(r.body, "Nobody has begun yet.") {
		t.Errorf("before the start:\n%s", text(r.body))
	}
	desk.get(t, room+"?lang=uk")
	b.begin(t)
	wantPage(t, "after one started", desk.get(t, room), 200, "Допущено <b>203</b>, розпочали <b>1</b> ·", "ще не розпочали: <b>202</b>")
	first := desk.get(t, room+"?part=1&state=not_begun").body
	after := nextPage.FindStringSubmatch(first)
	if after == nil {
		t.Fatalf("202 fit one page:\n%s", text(first))
	}
	second := desk.get(t, room+"?part=1&state=not_begun&after="+after[1]).body
	for _, name := range names {
		if n := strings.Count(first+second, ">"+name+"<"); n != 1 {
			t.Errorf("%s is listed %d times", name, n)
		}
	}
	if strings.Count(first, "scope=\"row\"") != roomShown || strings.Contains(first+second, "Олена Перевірена") || !strings.Contains(first, "+25 %") {
		t.Errorf("the first page, or who has begun, or no extra time:\n%s", text(first))
	}
}

// roomShown is how many people a page of the room has.
const roomShown = 200

// seenCode is the code that the form knows.
var seenCode = regexp.MustCompile(`name="seen" value="(\d+)"`)

var boardCode = regexp.MustCompile(`class="board">(\d+)<`)

// TestARoomOpensByCode: a rotating code on the wall, a fixed one that is shown once, and
// who guesses is slowed down.
func TestARoomOpensByCode(t *testing.T) {
	e := start(t)
	desk, _ := e.atDesk(t, auth.Administrator)
	at, start := "/workbench/sittings/"+sitting, "/my/sittings/"+sitting
	form := formOf(desk.get(t, at).body)
	form.Set("access_code", "rotating")
	wantPage(t, "ask for codes", desk.post(t, at, form), 200, "Saved.")
	shown := boardCode.FindStringSubmatch(desk.get(t, at+"/code").body)
	if len(shown) != 2 {
		t.Fatal("the board shows no code")
	}
	b, u := e.signedIn(t)
	wantPage(t, "the rules", b.get(t, start+"?lang=en"), 200, "Access code")
	wantPage(t, "no code", b.post(t, start+"?lang=uk", url.Values{"language": {"uk"}}), 422, "введіть код")
	wantPage(t, "a wrong code", b.post(t, start+"?lang=en", url.Values{"language": {"uk"}, "code": {"x" + shown[1]}}), 422, "not the code of the moment")
	if r := u.do(t, "GET", "/api/v1/me/offers", nil); !strings.Contains(string(r.body), `"code_needed":true`) || strings.Contains(string(r.body), shown[1]) {
		t.Errorf("the offer: %s", r.body)
	}
	if r := b.post(t, start, url.Values{"language": {"uk"}, "code": {shown[1]}}); !strings.HasPrefix(r.path, "/my/attempts/") {
		t.Errorf("the code of the board: %d at %s", r.status, r.path)
	}
	guesser := e.learner(t)
	var last reply
	for range 6 {
		last = guesser.do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "uk", "code": "guess"})
	}
	if last.code() != "access.too_many" {
		t.Errorf("the sixth guess: %d %s", last.status, last.body)
	}

	form = formOf(desk.get(t, at).body)
	form.Set("access_code", "fixed")
	wantPage(t, "a fixed one", desk.post(t, at, form), 200, "Saved.")
	wantPage(t, "none yet", desk.get(t, at+"/code"), 200, "There is no code yet")
	order := url.Values{"seen": {seenCode.FindStringSubmatch(desk.get(t, at+"/code").body)[1]}}
	made := boardCode.FindStringSubmatch(desk.post(t, at+"/code", order).body)
	if again := desk.post(t, at+"/code", order); again.status != 200 || boardCode.MatchString(again.body) { // loaded again
		t.Errorf("loading the page of a code again: %d, %s", again.status, again.body)
	}
	if len(made) != 2 || strings.Contains(desk.get(t, at+"/code").body, made[1]) {
		t.Fatalf("made %v, or it is shown again", made)
	}
	if r := e.learner(t).do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "uk", "code": made[1]}); r.status != 201 {
		t.Errorf("the fixed code: %d %s", r.status, r.body)
	}
	if held, err := e.Exams.Sitting(t.Context(), sitting); err != nil || held.AccessCode != exam.AccessFixed {
		t.Errorf("%+v, %v", held, err)
	}
}
