package api_test

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/audit"
)

// seatOf is what a judge sees of a panel, as far as the tests look.
type seatOf struct {
	Version int64
	Open    bool
	Ratings []int
	Items   []struct {
		Key  *exam.Response
		Told *struct {
			Ratings []int
			N       int
		}
	}
}

func (u *user) seatAt(t *testing.T, panel string) (s seatOf) {
	t.Helper()
	u.do(t, "GET", "/api/v1/me/panels/"+panel, nil).into(t, &s)
	return s
}

// says hands in the same rating for every item of the panel.
func (u *user) says(t *testing.T, panel string, round, rating int) {
	t.Helper()
	s := u.seatAt(t, panel)
	ratings := make([]int, len(s.Items))
	for i := range ratings {
		ratings[i] = rating
	}
	if r := u.do(t, "PUT", "/api/v1/me/panels/"+panel+"/ratings", map[string]any{"version": s.Version, "round": round, "ratings": ratings, "done": true}); r.status != 200 {
		t.Fatalf("rate: %d %s", r.status, r.body)
	}
}

// want fails unless the answer has the status, and the code where one is given.
func (u *user) want(t *testing.T, what, method, path string, body any, status int, code string) {
	t.Helper()
	if r := u.do(t, method, path, body); r.status != status || code != "" && r.code() != code {
		t.Errorf("%s: %d %s, want %d %s", what, r.status, r.body, status, code)
	}
}

// TestAPanelByPrograms has two judges rate in two rounds, each alone; another
// administrator sign; and a draft get the standard. At every step it holds what a judge
// may not see.
func TestAPanelByPrograms(t *testing.T) {
	e := start(t)
	chair, signer, author := e.person(t, auth.Administrator), e.person(t, auth.Administrator), e.person(t, auth.Author)
	first, second, outsider := e.person(t, auth.Judge), e.person(t, auth.Judge), e.person(t, auth.Judge)
	draft := map[string]any{"id": "panel-of-two", "items": 8, "judges": []string{first.id, author.id}}
	chair.want(t, "a judge without the role", "POST", "/api/v1/exams/"+sitting+"/panels", draft, 422, "panel.judge")
	draft["judges"] = []string{first.id, second.id}
	chair.want(t, "call", "POST", "/api/v1/exams/"+sitting+"/panels", draft, 200, "")
	chair.want(t, "call again", "POST", "/api/v1/exams/"+sitting+"/panels", draft, 200, "")
	panel := "/api/v1/panels/panel-of-two"
	for _, path := range []string{panel, "/api/v1/exams/" + sitting + "/panels", "/api/v1/banks/releases"} {
		first.want(t, "a judge reads "+path, "GET", path, nil, 403, "")
	}
	outsider.want(t, "a judge of another panel", "GET", "/api/v1/me/panels/panel-of-two", nil, 404, "panel.not_found")
	outsider.want(t, "a judge of another panel rates", "PUT", "/api/v1/me/panels/panel-of-two/ratings", map[string]any{"version": 1, "round": 1, "ratings": []int{}}, 404, "panel.not_found")
	if r := outsider.do(t, "GET", "/api/v1/me/panels", nil); strings.Contains(string(r.body), "panel-of-two") {
		t.Errorf("a judge of another panel is told of it: %s", r.body)
	}

	first.want(t, "out of range", "PUT", "/api/v1/me/panels/panel-of-two/ratings", map[string]any{"version": 1, "round": 1, "ratings": []int{101, -2, 5, 5, 5, 5, 5, 5}}, 422, "ballot.invalid")
	chair.want(t, "a round without ratings", "POST", panel+"/close", map[string]any{}, 409, "panel.judges")
	first.says(t, "panel-of-two", 1, 81)
	chair.want(t, "a round with one judge", "POST", panel+"/close", map[string]any{}, 409, "panel.judges")
	r := second.do(t, "GET", "/api/v1/me/panels/panel-of-two", nil)
	for _, never := range []string{`"key"`, `"told"`, "81,"} {
		if strings.Contains(string(r.body), never) {
			t.Errorf("while rating alone a judge is told %s", never)
		}
	}
	if r := author.do(t, "GET", panel, nil); strings.Contains(string(r.body), "81,81") {
		t.Errorf("while judges rate an author sees %s", r.body)
	}
	second.says(t, "panel-of-two", 1, 61)
	if s := first.seatAt(t, "panel-of-two"); s.Open || s.Items[0].Key != nil {
		t.Error("keys are shown before the round is closed")
	}
	chair.want(t, "close", "POST", panel+"/close", map[string]any{}, 200, "")
	s := second.seatAt(t, "panel-of-two")
	if !s.Open || s.Items[0].Key == nil || len(s.Items[0].Told.Ratings) != 2 || s.Items[0].Told.Ratings[0] != 61 {
		t.Errorf("after the round a judge sees %+v", s.Items[0])
	}
	if r := second.do(t, "GET", "/api/v1/me/panels/panel-of-two", nil); strings.Contains(string(r.body), first.id) {
		t.Error("a judge is told who said what")
	}
	if r := author.do(t, "GET", panel, nil); strings.Contains(string(r.body), `"votes"`) {
		t.Errorf("before the end an author sees who said what: %s", r.body)
	}
	chair.want(t, "open", "POST", panel+"/open", map[string]any{}, 200, "")
	first.says(t, "panel-of-two", 2, 74)
	second.says(t, "panel-of-two", 2, 66)
	e.endOfPanel(t, chair, signer)
	entries, err := e.audit(t).Entries(t.Context(), audit.Filter{Object: "panels/panel-of-two"}, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]int{}
	for _, entry := range entries {
		acts[entry.Action+" by "+entry.Actor]++
	}
	for _, act := range []string{"createPanel by " + chair.id, "rateItems by " + first.id, "rateItems by " + second.id, "closeRound by " + chair.id, "signPanel by " + signer.id, "adoptStandard by " + chair.id} {
		if acts[act] == 0 {
			t.Errorf("the audit log has no %s: %v", act, acts)
		}
	}
}

// endOfPanel goes from the last ratings to a published exam.
func (e *env) endOfPanel(t *testing.T, chair, signer *user) {
	t.Helper()
	panel := "/api/v1/panels/panel-of-two"
	chair.want(t, "close", "POST", panel+"/close", map[string]any{}, 200, "")
	chair.want(t, "a grade that is none", "POST", panel+"/people", map[string]any{"people": []map[string]any{{"person": "x", "grade": "good"}}}, 422, "")
	chair.want(t, "conclude", "POST", panel+"/conclude", map[string]any{}, 200, "")
	chair.want(t, "judging people after the end", "POST", panel+"/people", map[string]any{"people": []map[string]any{}}, 409, "panel.state")
	chair.want(t, "who called it signs", "POST", panel+"/sign", map[string]any{"method": "angoff", "reason": "Mine"}, 403, "panel.own")
	signer.want(t, "a method without a cut", "POST", panel+"/sign", map[string]any{"method": "hofstee", "reason": "Why not"}, 422, "panel.method")
	chair.want(t, "adopt before signing", "POST", panel+"/adopt", map[string]any{"exam": "by-standard", "new": true}, 409, "panel.state")
	signer.want(t, "sign", "POST", panel+"/sign", map[string]any{"method": "angoff", "reason": "Agreed"}, 200, "")
	chair.want(t, "one more round after signing", "POST", panel+"/open", map[string]any{}, 409, "panel.state")
	chair.want(t, "a published exam", "POST", panel+"/adopt", map[string]any{"exam": sitting}, 409, "exam.published")
	chair.want(t, "a new draft", "POST", panel+"/adopt", map[string]any{"exam": "by-standard", "new": true}, 200, "")
	chair.want(t, "publish", "POST", "/api/v1/exams/by-standard/publish", nil, 200, "")
	x, err := e.Exams.Exam(t.Context(), "by-standard")
	if err != nil || x.Blueprint.Standard == nil || x.Blueprint.Standard.Panel != "panel-of-two" || x.Blueprint.Cut < 6500 || x.Blueprint.Cut > 7500 {
		t.Errorf("the exam: %+v, %v", x.Blueprint, err)
	}
}

// TestAPanelByPages does the same in forms, which say what is wrong; and prints the report.
func TestAPanelByPages(t *testing.T) {
	e := start(t)
	chair, _ := e.atDesk(t, auth.Administrator)
	signer, _ := e.atDesk(t, auth.Administrator)
	judges := map[*browser]int{}
	call := url.Values{"id": {"panel-by-pages"}, "items": {"4"}}
	for _, rating := range []int{80, 60} {
		b, u := e.atDesk(t, auth.Judge)
		judges[b] = rating
		wantPage(t, "one judge is too few", chair.post(t, "/workbench/exams/"+sitting+"/panels?lang=en", url.Values{"id": call["id"], "items": {"4"}, "judge": {u.id}}), 422, "The panel is not filled in right.")
		call.Add("judge", u.id)
	}
	wantPage(t, "call", chair.post(t, "/workbench/exams/"+sitting+"/panels", call), 200, "The panel was called together.")
	for b, rating := range judges {
		form := url.Values{"version": {"1"}, "round": {"1"}, "done": {"yes"}}
		for i := range 4 {
			form.Set("rating_"+strconv.Itoa(i), strconv.Itoa(rating+i))
		}
		form.Set("rating_2", "")
		wantPage(t, "a gap", b.post(t, "/workbench/panels/panel-by-pages/rate", form), 422, "all of them to hand in", `value="`+strconv.Itoa(rating)+`"`)
		form.Set("rating_2", "about half")
		wantPage(t, "words", b.post(t, "/workbench/panels/panel-by-pages/rate", form), 422, `value="about half"`)
		form.Set("rating_2", "50")
		form.Set("fail_max", "40") // and nothing else of the whole
		wantPage(t, "half an answer on the whole", b.post(t, "/workbench/panels/panel-by-pages/rate", form), 422, "whole exam")
		form.Del("fail_max")
		r := b.get(t, "/workbench/panels/panel-by-pages/rate")
		wantPage(t, "the form", r, 200)
		if strings.Contains(r.body, `class="right"`) || strings.Contains(r.body, `class="ratings"`) {
			t.Error("a judge who has not rated sees keys or what others said")
		}
		wantPage(t, "hand in", b.post(t, "/workbench/panels/panel-by-pages/rate", form), 200, "The round is handed in.")
	}
	wantPage(t, "close", chair.post(t, "/workbench/panels/panel-by-pages/close", nil), 200, "The round is closed.")
	for b := range judges {
		wantPage(t, "the spread", b.get(t, "/workbench/panels/panel-by-pages/rate"), 200, `class="ratings"`, "70")
	}
	wantPage(t, "no report yet", signer.get(t, "/workbench/panels/panel-by-pages/report"), 404)
	wantPage(t, "a list with faults", chair.post(t, "/workbench/panels/panel-by-pages/people", url.Values{"list": {"nobody@proba.test; above"}}), 422, "line 1", "nobody@proba.test")
	sitter := e.person(t, auth.Learner)
	wantPage(t, "somebody without an attempt", chair.post(t, "/workbench/panels/panel-by-pages/people", url.Values{"list": {sitter.email + "; above"}}), 200, "have no graded attempt")
	wantPage(t, "conclude", chair.post(t, "/workbench/panels/panel-by-pages/conclude", nil), 200, "Somebody else has to sign", "no judge was asked for the whole exam", "fewer judges than this cut needs")
	wantPage(t, "the report in Ukrainian", signer.get(t, "/workbench/panels/panel-by-pages/report?lang=uk"), 200, "замало експертів для цієї межі")
	wantPage(t, "and back", signer.get(t, "/workbench/panels/panel-by-pages?lang=en"), 200)
	wantPage(t, "who called it signs", chair.post(t, "/workbench/panels/panel-by-pages/sign", url.Values{"method": {"angoff"}, "reason": {"Mine"}}), 403, "somebody else has to sign")
	wantPage(t, "sign", signer.post(t, "/workbench/panels/panel-by-pages/sign", url.Values{"method": {"angoff"}, "reason": {"Agreed by the board"}}), 200, "The standard was signed.")
	wantPage(t, "report", signer.get(t, "/workbench/panels/panel-by-pages/report"), 200, "Agreed by the board", "Name and signature")
	if r := signer.get(t, "/workbench/panels/panel-by-pages/report.csv"); r.status != 200 || strings.Count(r.body, "\n") != 5 || !strings.Contains(r.body, "correct_percent") || !strings.Contains(r.body, ",70,60,80,") {
		t.Errorf("the ratings: %d\n%s", r.status, r.body)
	}
	wantPage(t, "a taken id", chair.post(t, "/workbench/panels/panel-by-pages/adopt", url.Values{"new": {"yes"}, "exam": {sitting}}), 409)
	wantPage(t, "a draft", chair.post(t, "/workbench/panels/panel-by-pages/adopt", url.Values{"new": {"yes"}, "exam": {"paged-exam"}}), 200, "The draft has this standard.", "/workbench/panels/panel-by-pages")
}

var numbersShown = regexp.MustCompile(`<dt>([^<]*)</dt><dd>(.*?)</dd>`)

// TestOwnRatingsNameTheirRound: at every step a judge reads which of the own ratings is of
// which round, and of which round the others' are; what was only stored is in no list.
func TestOwnRatingsNameTheirRound(t *testing.T) {
	e := start(t)
	chair := e.person(t, auth.Administrator)
	page, judge := e.atDesk(t, auth.Judge)
	second, late := e.person(t, auth.Judge), e.person(t, auth.Judge)
	chair.want(t, "call", "POST", "/api/v1/exams/"+sitting+"/panels", map[string]any{"id": "panel-of-rounds", "items": 2, "judges": []string{judge.id, second.id, late.id}}, 200, "")
	var card string // of the first item
	reads := func(when string, want ...string) {
		t.Helper()
		card = strings.Split(page.get(t, "/workbench/panels/panel-of-rounds/rate").body, `<section class="card"><h2>`)[1]
		var got []string
		for _, line := range numbersShown.FindAllStringSubmatch(card, -1) {
			if line[1] != "Answered rightly" {
				got = append(got, line[1]+": "+strings.Join(strings.Fields(text(line[2])), " "))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s a judge reads %q, want %q", when, got, want)
		}
		if n := strings.Count(card, "Your rating"); n != strings.Count(strings.Join(want, " "), "Your rating") {
			t.Errorf("%s there are %d lines of own ratings:\n%s", when, n, card)
		}
	}
	act := func(what string) {
		t.Helper()
		chair.want(t, what, "POST", "/api/v1/panels/panel-of-rounds/"+what, map[string]any{}, 200, "")
	}
	judge.want(t, "store", "PUT", "/api/v1/me/panels/panel-of-rounds/ratings", map[string]any{"version": 1, "round": 1, "ratings": []int{40, 40}}, 200, "")
	reads("with a stored rating")
	judge.says(t, "panel-of-rounds", 1, 50)
	reads("after handing in", "Your rating (round 1): 50 %")
	second.says(t, "panel-of-rounds", 1, 60)
	late.says(t, "panel-of-rounds", 1, 70)
	act("close")
	reads("discussing the first round", "Your rating (round 1): 50 %", "Ratings of the judges, % (round 1): 60.0 50–70")
	act("open")
	reads("in the second round", "Your rating (round 1): 50 %", "Ratings of the judges, % (round 1): 60.0 50–70")
	if !strings.Contains(card, `value="50"`) {
		t.Errorf("the field of the second round does not begin with the first:\n%s", card)
	}
	judge.says(t, "panel-of-rounds", 2, 55)
	reads("waiting", "Your rating (round 1): 50 %", "Your rating (round 2): 55 %", "Ratings of the judges, % (round 1): 60.0 50–70")
	second.says(t, "panel-of-rounds", 2, 65)
	act("close")
	reads("discussing the second round", "Your rating (round 1): 50 %", "Your rating (round 2): 55 %", "Ratings of the judges, % (round 2): 60.0 55–65")
	act("open")
	second.says(t, "panel-of-rounds", 3, 65)
	late.says(t, "panel-of-rounds", 3, 65)
	act("close")
	reads("after missing the third", "Your rating (round 2): 55 %", "Ratings of the judges, % (round 3): 65.0 65–65")
}
