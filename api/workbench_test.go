package api_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/proctest"
)

// atDesk is a browser in which somebody with the roles is signed in.
func (e *env) atDesk(t testing.TB, roles ...auth.Role) (*browser, *user) {
	t.Helper()
	u, b := e.person(t, roles...), e.browser(t)
	if r := b.post(t, "/sign-in?lang=en", url.Values{"email": {u.email}, "password": {password}}); r.status != 200 || r.path != "/workbench" {
		t.Fatalf("sign in: %d at %s", r.status, r.path)
	}
	return b, u
}

// wantPage fails unless the page was shown and says all of the words.
func wantPage(t testing.TB, what string, r pageReply, status int, words ...string) {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s: %d at %s, want %d\n%s", what, r.status, r.path, status, text(r.body))
	}
	for _, w := range words {
		if !strings.Contains(r.body, w) {
			t.Errorf("%s: %s does not say %q\n%s", what, r.path, w, text(r.body))
		}
	}
}

var tags = regexp.MustCompile(`(?s)<[^>]*>|\s+`)

// text is what a page says, for messages of tests.
func text(body string) string { return tags.ReplaceAllString(body, " ") }

var enterLink = regexp.MustCompile(`http://proba\.test/enter\?lang=uk#([A-Za-z0-9_-]+)`)

// deskRoutes are the workbench's, all of them guarded.
func deskRoutes(t *testing.T) (routes []api.Row) {
	t.Helper()
	for _, r := range api.Rows() {
		if !strings.HasPrefix(r.Path, "/workbench") {
			continue
		}
		if r.Permission == "" || r.ByToken {
			t.Fatalf("%s %s is not guarded as a page of staff", r.Method, r.Path)
		}
		routes = append(routes, r)
	}
	if len(routes) < 40 {
		t.Fatalf("only %d routes of the workbench found", len(routes))
	}
	return routes
}

// TestWorkbenchByRole opens every page as every role, for objects that exist and that
// belong to somebody else, and as nobody.
func TestWorkbenchByRole(t *testing.T) {
	e := start(t)
	owner, learner := e.signedIn(t)
	attempt := owner.begin(t)
	e.Clock.Forward(2 * time.Hour)
	proctest.WaitFor(t, "the attempt is graded", func() bool {
		a, err := e.Exams.Attempt(t.Context(), attempt)
		return err == nil && a.Result != nil
	})
	passed := e.learner(t)
	passed.pass(t)
	certificate, _ := passed.certificate(t)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), sample.Release)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Exams.ProposeRegrade(t.Context(), "author", exam.RegradeDraft{ID: "key-1", Exam: sitting, Reason: "A test", Corrections: []exam.CorrectionDraft{{Item: bank.Revision(0).Item.ID, Policy: exam.FullCredit}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Authoring.Open(t.Context(), "test", sample.Release); err != nil {
		t.Fatal(err)
	}
	panelists := []string{e.person(t, auth.Judge).id, e.person(t, auth.Judge).id}
	if _, err := e.Exams.CreatePanel(t.Context(), "test", exam.PanelDraft{ID: "panel-1", Exam: sitting, Items: 5, Judges: panelists}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Certs.SaveTemplate(t.Context(), "test", certs.Template{ID: "academy"}); err != nil {
		t.Fatal(err)
	}
	object := strings.NewReplacer(":template", "academy", ":revision", "1", ":panel", "panel-1", ":bank", bank.Release.Bank, ":regrade", "key-1", ":sitting", sitting, ":exam", sitting, ":attempt", attempt, ":person", learner.id, ":certificate", certificate,
		":release", sample.Release, ":item", bank.Revision(0).Item.ID)
	for _, role := range auth.Roles() {
		u, b := e.person(t, role), e.browser(t)
		b.post(t, "/sign-in?lang=en", url.Values{"email": {u.email}, "password": {password}})
		for _, route := range deskRoutes(t) {
			method, path, permission := route.Method, object.Replace(route.Path), route.Permission
			var r pageReply
			if method == "GET" {
				r = b.get(t, path)
			} else {
				r = b.post(t, path, url.Values{})
			}
			if refused := r.status == 403; refused == role.Allows(permission) {
				t.Errorf("%s %s as %s: %d", method, path, role, r.status)
			}
			if method == "GET" && !role.Allows(permission) && strings.Contains(r.body, "Олена Перевірена") {
				t.Errorf("%s as %s shows a name with its refusal", path, role)
			}
			if r.status >= 500 {
				t.Errorf("%s %s as %s: %d\n%s", method, path, role, r.status, text(r.body))
			}
		}
		if role == auth.Administrator {
			// An empty form may have closed the account or emptied the roles of nobody.
			if p, err := e.Auth.Person(t.Context(), learner.id); err != nil || len(p.Roles) == 0 {
				t.Errorf("after empty forms the learner is %+v, %v", p, err)
			}
		}
	}
	nobody := e.browser(t)
	for _, route := range deskRoutes(t) {
		path := object.Replace(route.Path)
		r := nobody.get(t, path)
		if route.Method != "GET" {
			r = nobody.post(t, path, url.Values{})
		}
		if r.path != "/sign-in" {
			t.Errorf("%s %s for nobody leads to %s", route.Method, path, r.path)
		}
	}
	admin, _ := e.atDesk(t, auth.Administrator)
	admin.origin = "https://elsewhere.test"
	for _, route := range deskRoutes(t) {
		if route.Method != "GET" {
			if r := admin.post(t, object.Replace(route.Path), url.Values{}); r.status != 403 {
				t.Errorf("POST %s from another site: %d", route.Path, r.status)
			}
		}
	}
}

// TestWhatIsNotThereIsNotFound opens every page for objects that do not exist.
func TestWhatIsNotThereIsNotFound(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Administrator, auth.Reviewer, auth.Judge, auth.Marker)
	parameter := regexp.MustCompile(`:\w+`)
	for _, route := range deskRoutes(t) {
		if !strings.Contains(route.Path, ":") {
			continue
		}
		form := url.Values{"reason": {"because of a test"}, "minutes": {"5"}, "extra_time": {"5"}, "role": {"author"}, "opens": {"2026-03-01T09:00"}, "closes": {"2026-03-02T09:00"},
			"email": {"n@proba.test"}, "name": {"Нова Особа"}, "language": {"uk"}, "list": {"email,name\nm@proba.test,М"}, "version": {"1"}}
		path := parameter.ReplaceAllString(route.Path, "AAAAAAAAAAAAAAAA")
		r := b.get(t, path)
		if route.Method != "GET" {
			r = b.post(t, path, form)
		}
		if r.status != 404 || !strings.Contains(r.body, "Back to the workbench") {
			t.Errorf("%s %s: %d\n%s", route.Method, path, r.status, text(r.body))
		}
	}
	if people, err := e.Auth.People(t.Context(), "", 100); err != nil || slices.ContainsFunc(people, func(p auth.Person) bool { return strings.HasSuffix(p.Name, "Особа") }) {
		t.Errorf("somebody was registered for a sitting that is not there: %v", err)
	}
}

// TestAnAdministratorRunsASitting goes the whole way by pages: an exam, a sitting, a list
// of learners with faults and without, invitations, the room, an outage, a void attempt,
// results, a revoked certificate; and finds every step in the audit log.
func TestAnAdministratorRunsASitting(t *testing.T) {
	e := start(t)
	b, admin := e.atDesk(t, auth.Administrator)

	// An exam from a shipped one: draft, short cell, check, publish.
	form := e.examForm(t, b)
	form.Set("id", "spring-exam")
	form.Set("cell0_count", "250")
	wantPage(t, "create an exam", b.post(t, "/workbench/exams", form), 200, "The draft was stored", "250 / ", "short")
	wantPage(t, "check a short exam", b.get(t, "/workbench/exams/spring-exam/check"), 422, "asks for 250 items", "cell 1 count")
	wantPage(t, "publish a short exam", b.post(t, "/workbench/exams/spring-exam/publish", nil), 422, "does not fit")
	compared := b.post(t, "/workbench/exam-comparison", form)
	wantPage(t, "compare without saving", compared, 200, "short", "data-held")
	form.Set("cell0_count", "3")
	form.Set("version", "1")
	if r := b.post(t, "/workbench/exam-comparison", form); r.status != 200 || strings.Count(r.body, ` class="short"`) >= strings.Count(compared.body, ` class="short"`) {
		t.Errorf("compared with fewer asked: %d, as short as before", r.status)
	}
	if stored, err := e.Exams.Exam(t.Context(), "spring-exam"); err != nil || stored.Blueprint.Cells[0].Count != 250 {
		t.Errorf("comparing stored %+v, %v", stored.Blueprint.Cells[0], err)
	}
	// What the pages call a level and a kind is understood, in either language.
	called := maps.Clone(form)
	called.Set("cell0_levels", "Пам'ятати, understand; APPLY,analyse evaluate")
	called.Set("cell0_kinds", "один варіант, Multiple Choice,true_false")
	if r := b.post(t, "/workbench/exam-comparison", called); r.status != 200 || !strings.Contains(r.body, `value="remember, understand, apply, analyse, evaluate"`) || !strings.Contains(r.body, `value="single, multiple, true_false"`) {
		t.Errorf("levels and kinds as the pages call them: %d %s", r.status, regexp.MustCompile(`name="cell0_(levels|kinds)"[^>]*`).FindAllString(r.body, -1))
	}
	wantPage(t, "edit the exam", b.post(t, "/workbench/exams/spring-exam/edit", form), 200, "Saved.")
	wantPage(t, "edit it over another's", b.post(t, "/workbench/exams/spring-exam/edit", form), 409, "changed meanwhile")
	wantPage(t, "check it", b.get(t, "/workbench/exams/spring-exam/check"), 200, "The blueprint is feasible", "Trial forms")
	wantPage(t, "publish it", b.post(t, "/workbench/exams/spring-exam/publish", nil), 200, "The exam was published", "The blueprint is feasible")
	wantPage(t, "preview a form", b.get(t, "/workbench/exams/spring-exam/preview"), 200, "Another form", "Right")

	// A sitting.
	now := e.Clock.Now()
	window := url.Values{"id": {"lviv-spring"}, "exam": {"spring-exam"}, "title_uk": {"Львів, весна"}, "title_en": {"Lviv, spring"}, "region": {"Львівська"}, "organisation": {"Академія"},
		"cohort": {"2026-1"}, "opens": {e.local(now.Add(-time.Hour))}, "closes": {e.local(now.Add(-2 * time.Hour))}}
	wantPage(t, "a sitting that closes before it opens", b.post(t, "/workbench/sittings", window), 422, "must be later than opens", "lviv-spring")
	window.Set("closes", e.local(now.Add(24*time.Hour)))
	wantPage(t, "create a sitting", b.post(t, "/workbench/sittings", window), 200, "The sitting was created", "Lviv, spring")
	window.Set("version", "1")
	window.Set("cohort", "2026-2")
	wantPage(t, "edit it", b.post(t, "/workbench/sittings/lviv-spring", window), 200, "Saved.", "2026-2")

	emails := e.registerByPages(t, b)
	learners := make([]*browser, len(emails))
	var attempts []string
	for i, email := range emails {
		learners[i] = e.browser(t)
		learners[i].post(t, "/sign-in", url.Values{"email": {email}, "password": {password}})
		r := learners[i].post(t, "/my/sittings/lviv-spring?lang=uk", url.Values{"language": {"uk"}})
		id, found := strings.CutPrefix(r.path, "/my/attempts/")
		if !found {
			t.Fatalf("learner %d cannot start: %d at %s", i, r.status, r.path)
		}
		attempts = append(attempts, id)
	}
	e.roomByPages(t, b, attempts)
	e.resultsByPages(t, b, learners, attempts)

	// Every change stands in the log, by its operation.
	changed := e.takenDown(t, admin)
	for _, route := range deskRoutes(t) {
		// Writing, panels and templates have tests of their own.
		if slices.ContainsFunc([]string{"writing", "banks", "panels", "templates", "marking", "scripts", "disputes"}, func(area string) bool { return strings.HasPrefix(route.Path, "/workbench/"+area) }) {
			continue
		}
		// Key changes, codes and statistics have journeys of their own.
		if only := []string{"checkListDesk", "proposeRegradeDesk", "approveRegradeDesk", "withdrawRegradeDesk", "renewCodeDesk", "compareExamDesk", "computeStatisticsDesk", "computeBankStatisticsDesk", "exportStatisticsDesk", "createPanelDesk", "setMarkersDesk"}; route.Method == "POST" && !changed[route.Operation] && !slices.Contains(only, route.Operation) {
			t.Errorf("%s was not taken down, or this test does not do it", route.Operation)
		}
	}
	log := b.get(t, "/workbench/audit?action=publishExamDesk")
	wantPage(t, "the audit log", log, 200, "not done", "blueprint.unfit", "exams/spring-exam", "Олена Перевірена")
	wantPage(t, "by actor", b.get(t, "/workbench/audit?actor="+url.QueryEscape(admin.email)+"&object=attempts/"+attempts[2]), 200, "Attempt declared invalid")
	wantPage(t, "of nobody", b.get(t, "/workbench/audit?actor=nobody@proba.test"), 200, "There is nothing here yet")
	wantPage(t, "of another year", b.get(t, "/workbench/audit?until=2020-01-01"), 200, "There is nothing here yet")
	for _, email := range emails {
		if strings.Contains(b.get(t, "/workbench/audit").body, email) {
			t.Errorf("the audit log shows the address %s", email)
		}
	}
	e.examine(t)
}

// examine has the doctor look at the store of the service.
func (e *env) examine(t *testing.T) {
	t.Helper()
	store := e.Store()
	report, err := doctor.Examine(t.Context(), store, doctor.Keys{Issuer: e.Issuer, Log: e.LogKeys})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 || report.Audit.Number == 0 {
		t.Errorf("the doctor finds %+v", report)
	}
}

func (e *env) audit(t *testing.T) *audit.Log {
	t.Helper()
	return audit.New(e.Store(), e.Clock.Now)
}

func (e *env) local(at time.Time) string { return at.In(e.Certs.Zone).Format("2006-01-02T15:04") }

var field = regexp.MustCompile(`(?s)<input[^>]*?name="([^"]+)"[^>]*?>|<select[^>]*?name="([^"]+)".*?</select>`)

// examForm is the form of a copy of the sample exam as a browser would send it.
func (e *env) examForm(t *testing.T, b *browser) url.Values {
	t.Helper()
	page := b.get(t, "/workbench/new-exam?from="+sitting)
	wantPage(t, "copy an exam", page, 200, "What the bank holds for this role")
	return formOf(page.body)
}

// formOf reads the fields of the page's forms with their values.
func formOf(body string) url.Values {
	form := url.Values{}
	value := regexp.MustCompile(`value="([^"]*)"`)
	for _, m := range field.FindAllStringSubmatch(body, -1) {
		switch {
		case m[2] != "":
			if chosen := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0]); chosen != nil {
				form.Set(m[2], chosen[1])
			} else if first := regexp.MustCompile(`<option value="([^"]*)"`).FindStringSubmatch(m[0]); first != nil {
				form.Set(m[2], first[1])
			}
		case strings.Contains(m[0], `type="checkbox"`) && !strings.Contains(m[0], " checked"):
		default:
			if v := value.FindStringSubmatch(m[0]); v != nil {
				form.Add(m[1], v[1])
			}
		}
	}
	return form
}

// registerByPages registers three learners, by list and by form, and gives each a
// password by the link that the page showed. It returns their addresses.
func (e *env) registerByPages(t *testing.T, b *browser) []string {
	t.Helper()
	at := "/workbench/sittings/lviv-spring/learners"
	bad := "Пошта;ПІБ;Додатковий час\none@proba.test;Перша Учасниця;10\ntwo-at-proba.test;Другий Учасник;\none@proba.test;Ще Раз;half\n"
	r := b.post(t, at+"/check", url.Values{"list": {bad}, "language": {"uk"}})
	wantPage(t, "a faulty list", r, 422, "Nobody was registered", "Give one e-mail address", "The list has this e-mail before, in row 1", "Give a whole number of percent")
	if strings.Contains(r.body, "Register all") {
		t.Error("a faulty list can be registered")
	}
	if uk := b.post(t, at+"/check?lang=uk", url.Values{"list": {bad}, "language": {"uk"}}); !strings.Contains(uk.body, "Одна електронна адреса") || !strings.Contains(uk.body, "Ця адреса вже є у списку, в учасника № 1") {
		t.Errorf("the faults are not said in Ukrainian:\n%s", text(uk.body))
	}
	good := "Пошта;ПІБ;Додатковий час\none@proba.test;Перша Учасниця;10\ntwo@proba.test;\"=HYPERLINK(\"\"http://evil.test\"\");Другий\";\n"
	checked := b.post(t, at+"/check?lang=en", url.Values{"list": {good}, "language": {"uk"}})
	wantPage(t, "a good list", checked, 200, "Nobody is registered yet", "will be registered", "Register all")
	if _, err := e.Auth.PersonByEmail(t.Context(), "one@proba.test"); err == nil {
		t.Error("checking a list registered somebody")
	}
	wantPage(t, "a file from a spreadsheet", b.upload(t, at+"/check", []byte(encode1251(t, good))), 200, "windows-1251", "Перша Учасниця", "Register all")
	sent := formOf(checked.body)
	for range 2 { // again: nothing is doubled, and new links replace lost ones
		r = b.post(t, at+"/list", url.Values{"list": {strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+").Replace(sent.Get("list"))}})
		wantPage(t, "register the list", r, 200, "Registered and entitled: 2", "one@proba.test")
	}
	links := enterLink.FindAllStringSubmatch(r.body, -1)
	wantPage(t, "a list that was not checked", b.post(t, at+"/list", url.Values{"list": {"email,name\nfour@proba.test,Х\n"}}), 422, "Give a language tag")
	wantPage(t, "a list that is none", b.post(t, at+"/list", url.Values{"list": {"x"}}), 422, "must name this column")
	r = b.post(t, at, url.Values{"email": {"three@proba.test"}, "name": {"Третя Учасниця"}, "language": {"uk"}, "extra_time": {"50"}})
	wantPage(t, "register one", r, 200, "three@proba.test", "50 %")
	links = append(links, enterLink.FindAllStringSubmatch(r.body, -1)...)
	wantPage(t, "register one with faults", b.post(t, at, url.Values{"email": {"nobody"}, "name": {"!"}, "language": {"uk"}}), 422, "Give one e-mail address", "e-mail", `value="nobody"`)
	if r := b.get(t, at); strings.Contains(r.body, "/enter?") {
		t.Error("a link is shown again")
	}
	tokens := map[string]bool{}
	for _, l := range links {
		if !tokens[l[1]] {
			tokens[l[1]] = true
			if _, err := e.Auth.RedeemLink(t.Context(), l[1], password); err != nil {
				t.Error(err)
			}
		}
	}
	if len(tokens) != 3 {
		t.Fatalf("%d links for 3 learners", len(tokens))
	}
	second, err := e.Auth.PersonByEmail(t.Context(), "two@proba.test")
	if err != nil {
		t.Fatal(err)
	}
	wantPage(t, "extra time", b.post(t, at+"/"+second.ID, url.Values{"extra_time": {"25"}}), 200, "Saved.", `value="25"`)
	wantPage(t, "too much extra time", b.post(t, at+"/"+second.ID, url.Values{"extra_time": {"301"}}), 422, "0 to 300")
	return []string{"one@proba.test", "two@proba.test", "three@proba.test"}
}

// upload sends the file of a form.
func (b *browser) upload(t testing.TB, path string, data []byte) pageReply {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "list.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(form.WriteField("language", "uk"), form.WriteField("list", ""), form.Close()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", b.base+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.send(t, req)
}

func encode1251(t testing.TB, s string) string {
	t.Helper()
	encoded, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return encoded
}

// roomByPages watches the room, credits an outage, extends one attempt and voids one.
func (e *env) roomByPages(t *testing.T, b *browser, attempts []string) {
	t.Helper()
	at := "/workbench/sittings/lviv-spring/room"
	room := b.get(t, at)
	wantPage(t, "the room", room, 200, "Перша Учасниця", "running", "nothing yet")
	part := b.get(t, at+"?part=1&state=running")
	if part.status != 200 || strings.Contains(part.body, "<html") || !strings.Contains(part.body, "Третя Учасниця") {
		t.Errorf("the part that changes: %d\n%s", part.status, part.body)
	}
	e.Clock.Forward(6 * time.Minute)
	wantPage(t, "the room after silence", b.get(t, at), 200, "nothing saved for", "6 min")
	wantPage(t, "an outage without a reason", b.post(t, at, url.Values{"minutes": {"10"}, "reason": {""}}), 422, "reason")
	order := regexp.MustCompile(`name="order" value="([^"]+)"`).FindStringSubmatch(room.body)[1]
	for range 2 {
		wantPage(t, "an outage", b.post(t, at, url.Values{"minutes": {"10"}, "reason": {"power cut"}, "order": {order}}), 200, "Time was added")
	}
	for _, id := range attempts {
		a, err := e.Exams.Attempt(t.Context(), id)
		if err != nil || len(a.Extensions) != 1 || a.Extensions[0].Seconds != 600 {
			t.Errorf("%s has %+v, %v", id, a.Extensions, err)
		}
	}
	wantPage(t, "one attempt", b.get(t, "/workbench/attempts/"+attempts[0]), 200, "time added", "power cut")
	wantPage(t, "its form while it runs", b.get(t, "/workbench/attempts/"+attempts[0]+"/form"), 409, "when the attempt is over")
	wantPage(t, "extend one", b.post(t, "/workbench/attempts/"+attempts[0]+"/extend", url.Values{"minutes": {"5"}, "reason": {"came late to the seat"}, "order": {"o1"}}), 200, "Time was added", "came late")
	wantPage(t, "extend by nothing", b.post(t, "/workbench/attempts/"+attempts[0]+"/extend", url.Values{"minutes": {"0"}, "reason": {"why"}}), 422, "1 minute to 24 hours")
	for _, act := range []struct{ at, act, says string }{{at, "/pause", "The room is paused since"}, {at, "/continue", "the time was given back"},
		{"/workbench/attempts/" + attempts[0], "/pause", "no time passes"}, {"/workbench/attempts/" + attempts[0], "/continue", "went on"}} {
		wantPage(t, act.at+act.act, b.post(t, act.at+act.act, url.Values{"order": {"order of " + act.at}, "reason": {"No light"}}), 200, act.says)
	}
	wantPage(t, "a code where none is asked for", b.post(t, "/workbench/sittings/lviv-spring/code", nil), 404)
	wantPage(t, "void one", b.post(t, "/workbench/attempts/"+attempts[2]+"/void", url.Values{"reason": {"somebody else sat it"}}), 200, "declared invalid", "somebody else sat it")
	wantPage(t, "void it without a reason", b.post(t, "/workbench/attempts/"+attempts[0]+"/void", url.Values{"reason": {"x"}}), 422, "reason")
}

// resultsByPages hands in, looks at results, form, export and regions, releases, and
// revokes a certificate.
func (e *env) resultsByPages(t *testing.T, b *browser, learners []*browser, attempts []string) {
	t.Helper()
	for slot, key := range e.keys(t, attempts[0]) {
		at := "/my/attempts/" + attempts[0]
		page := learners[0].get(t, fmt.Sprintf("%s?item=%d", at, slot+1))
		learners[0].post(t, at, filled(t, page.body, slot, key, "summary"))
	}
	for i := range 2 {
		learners[i].post(t, "/my/attempts/"+attempts[i]+"/submit", nil)
	}
	e.certificateOf(t, attempts[0])
	at := "/workbench/sittings/lviv-spring/results"
	e1, err := e.Exams.Exam(t.Context(), "spring-exam")
	if err != nil {
		t.Fatal(err)
	}
	full := fmt.Sprintf("%d / %[1]d", e1.Blueprint.Length())
	wantPage(t, "results", b.get(t, at), 200, "Passed", "Not passed", "invalid", full)
	table := b.post(t, at, nil)
	for _, want := range []string{"\ufeffattempt,", "one@proba.test", `"'=HYPERLINK(""http://evil.test"");Другий"`, ",100,true,"} {
		if !strings.Contains(table.body, want) {
			t.Errorf("the table lacks %q\n%s", want, table.body)
		}
	}
	if uk := b.post(t, at+"?lang=uk", nil); !strings.Contains(uk.body, "\ufeffattempt;") {
		t.Errorf("the table for Ukrainian spreadsheets:\n%s", uk.body)
	}
	book, err := excelize.OpenReader(strings.NewReader(b.post(t, at, url.Values{"format": {"xlsx"}}).body))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := book.GetRows("Sheet1")
	if err != nil || len(cells) != 4 || cells[0][10] != "score" {
		t.Fatalf("the workbook has %v, %v", cells, err)
	}
	if kind, err := book.GetCellType("Sheet1", "K2"); err != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
		t.Errorf("a score is %v, %v", kind, err)
	}
	for n := 2; n <= 4; n++ {
		if formula, err := book.GetCellFormula("Sheet1", fmt.Sprintf("D%d", n)); err != nil || formula != "" {
			t.Errorf("a name is the formula %q, %v", formula, err)
		}
	}
	b.get(t, "/workbench?lang=en")
	wantPage(t, "the form of an attempt", b.get(t, "/workbench/attempts/"+attempts[0]+"/form"), 200, "it is the same", "The learner’s answer", "Points (of 1): 1")
	wantPage(t, "regions", b.get(t, "/workbench/regions?exam=spring-exam"), 200, "Львівська", "fewer results than 10")
	if r := b.get(t, "/workbench/regions?exam=spring-exam&by=cohort"); strings.Contains(r.body, "50 %") || !strings.Contains(r.body, "by cohort") {
		t.Errorf("a share of fewer than ten results is shown:\n%s", text(r.body))
	}
	wantPage(t, "release what is released", b.post(t, "/workbench/attempts/"+attempts[0]+"/release", nil), 200, "The result was released")

	one := b.get(t, "/workbench/people?q=ONE@proba.test")
	wantPage(t, "a person", one, 200, "Перша Учасниця", "Lviv, spring", "valid")
	number := regexp.MustCompile(`/workbench/certificates/([A-Z2-7]{16})`).FindStringSubmatch(one.body)
	if number == nil {
		t.Fatal("the person's page names no certificate")
	}
	revoked := e.certificatesByPages(t, b, number[1])
	wantPage(t, "the public page", b.get(t, "/v/"+revoked+"?lang=en"), 200, "was revoked")

	// People: a member of staff comes and goes.
	wantPage(t, "no roles", b.post(t, "/workbench/people", url.Values{"email": {"inv@proba.test"}, "name": {"Спостерігач"}, "language": {"uk"}}), 422, "Give at least one role")
	r := b.post(t, "/workbench/people", url.Values{"email": {"inv@proba.test"}, "name": {"Спостерігач"}, "language": {"uk"}, "role": {"invigilator"}})
	wantPage(t, "add a person", r, 200, "The person was registered", "invigilator")
	person := r.path
	wantPage(t, "add them twice", b.post(t, "/workbench/people", url.Values{"email": {"inv@proba.test"}, "name": {"Another name"}, "language": {"uk"}, "role": {"auditor"}}), 409, `<details class="card" open>`, "Another name", "Another person has this address")
	wantPage(t, "correct their name", b.post(t, person+"/name", url.Values{"name": {"Спостерігач Другий"}}), 200, "The name was corrected", "Спостерігач Другий")
	r = b.post(t, person+"/link", nil)
	wantPage(t, "a link", r, 200, "One-time link")
	token := enterLink.FindStringSubmatch(r.body)
	if _, err := e.Auth.RedeemLink(t.Context(), token[1], password); err != nil {
		t.Fatal(err)
	}
	if again := b.get(t, person); strings.Contains(again.body, "/enter?") {
		t.Error("the link is shown again")
	}
	wantPage(t, "roles", b.post(t, person+"/roles", url.Values{"role": {"reviewer", "auditor"}}), 200, "Saved.", "reviewer, auditor")
	wantPage(t, "close", b.post(t, person+"/disable", nil), 200, "closed")
	if _, err := e.Auth.SignIn(t.Context(), "inv@proba.test", password); err == nil {
		t.Error("who is closed gets in")
	}
	wantPage(t, "open", b.post(t, person+"/enable", nil), 200, "Saved.")
	wantPage(t, "retire", b.post(t, "/workbench/exams/spring-exam/retire", nil), 200, "closed for new attempts")
}

// TestStaffSeeWhatTheirRoleNeeds looks at pages that several roles open.
func TestStaffSeeWhatTheirRoleNeeds(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	u.pass(t)
	all, err := e.Exams.Attempts(t.Context(), exam.AttemptFilter{Person: u.id}, "", 1)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	attempt := "/workbench/attempts/" + all[0].ID
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	full := fmt.Sprintf("%d / %[1]d", sample.Blueprint.Length())
	invigilator, _ := e.atDesk(t, auth.Invigilator)
	for _, path := range []string{"/workbench", "/workbench/sittings/" + sitting, "/workbench/sittings/" + sitting + "/learners", "/workbench/sittings/" + sitting + "/room", attempt} {
		r := invigilator.get(t, path)
		wantPage(t, "invigilator", r, 200)
		for _, secret := range []string{u.email, "Mean score", "Pass rate", full, "/workbench/people", ">Passed<", "Results</a>", all[0].ID + "/form"} {
			if strings.Contains(r.body, secret) {
				t.Errorf("%s shows an invigilator %q", path, secret)
			}
		}
	}
	auditor, _ := e.atDesk(t, auth.Auditor)
	for _, path := range []string{"/workbench/sittings/" + sitting, "/workbench/sittings/" + sitting + "/learners", "/workbench/sittings/" + sitting + "/room", attempt, "/workbench/people/" + u.id, "/workbench/exams/" + sitting} {
		r := auditor.get(t, path)
		wantPage(t, "auditor", r, 200)
		if forms := strings.Count(r.body, `method="post"`); forms != 1 { // signing out
			t.Errorf("%s offers an auditor %d forms", path, forms-1)
		}
	}
	author, _ := e.atDesk(t, auth.Author)
	r := author.get(t, "/workbench/exams/"+sitting)
	wantPage(t, "author", r, 200, "Copy")
	if strings.Contains(r.body, "/retire") || strings.Contains(r.body, "/workbench/people") {
		t.Error("an author is offered what authors may not do")
	}
	administrator, admin := e.atDesk(t, auth.Administrator)
	for _, act := range []string{"disable", "roles"} {
		wantPage(t, "oneself", administrator.post(t, "/workbench/people/"+admin.id+"/"+act, url.Values{"role": {"learner"}}), 409, "Ask another administrator")
	}
}

// TestSearchingABank finds items by text in either language, and by what they are.
func TestSearchingABank(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Author)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), sample.Release)
	if err != nil {
		t.Fatal(err)
	}
	it := bank.Revision(7).Item
	at := "/workbench/banks/" + sample.Release
	found := regexp.MustCompile(`role="status">Found: (\d+)`)
	count := func(query url.Values) string {
		t.Helper()
		r := b.get(t, at+"?"+query.Encode())
		m := found.FindStringSubmatch(r.body)
		if m == nil {
			t.Fatalf("%v: %d\n%s", query, r.status, text(r.body))
		}
		return m[1]
	}
	if got, want := count(nil), fmt.Sprint(bank.Items()); got != want {
		t.Errorf("without a filter %s items are found, the release holds %s", got, want)
	}
	for _, q := range []string{it.ID, strings.ToUpper(it.Stem["uk"]), strings.ToLower(it.Stem["en"])} {
		if r := b.get(t, at+"?q="+url.QueryEscape(q)); !strings.Contains(r.body, at+"/items/"+it.ID+`"`) {
			t.Errorf("%q does not find item %s", q, it.ID)
		}
	}
	want := 0
	for i := range bank.Items() {
		if x := bank.Revision(i).Item; x.Topic == it.Topic && x.Kind == it.Kind {
			want++
		}
	}
	if got := count(url.Values{"topic": {it.Topic}, "kind": {string(it.Kind)}}); got != fmt.Sprint(want) {
		t.Errorf("%s items by topic and kind, want %d", got, want)
	}
	if got := count(url.Values{"q": {"no item says this"}}); got != "0" {
		t.Errorf("%s items say what none says", got)
	}
	seen := map[string]bool{}
	for page := at; page != ""; {
		r := b.get(t, page)
		for _, m := range regexp.MustCompile(`/items/([a-z0-9-]+)"`).FindAllStringSubmatch(r.body, -1) {
			seen[m[1]] = true
		}
		next := regexp.MustCompile(`class="more"><a href="([^"]+)"`).FindStringSubmatch(r.body)
		page = ""
		if next != nil {
			page = at + strings.ReplaceAll(next[1], "&amp;", "&")
		}
	}
	if len(seen) != bank.Items() {
		t.Errorf("paging shows %d items of %d", len(seen), bank.Items())
	}
	page := b.get(t, at+"/items/"+it.ID)
	wantPage(t, "an item", page, 200, "Ukrainian", "English", "Rationale", it.Topic)
}
