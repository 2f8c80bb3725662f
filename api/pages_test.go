package api_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

// browser is one without scripts: it follows links and sends forms.
type browser struct {
	*env
	client http.Client
	origin string // of the forms; "" sends none, as old browsers do
}

func (e *env) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{env: e, client: http.Client{Jar: jar}}
}

type pageReply struct {
	status int
	path   string // where redirects led
	body   string
}

func (b *browser) send(t testing.TB, req *http.Request) pageReply {
	t.Helper()
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	res, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return pageReply{res.StatusCode, res.Request.URL.Path, string(body)}
}

func (b *browser) get(t testing.TB, path string) pageReply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", b.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b.send(t, req)
}

func (b *browser) post(t testing.TB, path string, form url.Values) pageReply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if b.origin != "" {
		req.Header.Set("Origin", b.origin)
	}
	return b.send(t, req)
}

// signedIn is a browser of a learner who may sit the police sample.
func (e *env) signedIn(t testing.TB) (*browser, *user) {
	t.Helper()
	u, b := e.learner(t), e.browser(t)
	if r := b.post(t, "/sign-in?lang=uk", url.Values{"email": {u.email}, "password": {password}}); r.status != 200 || r.path != "/my" {
		t.Fatalf("sign in: %d at %s", r.status, r.path)
	}
	return b, u
}

// sits is a browser of a learner who has begun the exam of the sitting, at the address of
// the attempt.
func (e *env) sits(t testing.TB, held string) (b *browser, at string) {
	t.Helper()
	b, u := e.signedIn(t)
	if _, err := e.Exams.Entitle(t.Context(), "test", held, u.id, 0); err != nil {
		t.Fatal(err)
	}
	return b, b.post(t, "/my/sittings/"+held+"?lang=uk", url.Values{"language": {"uk"}}).path
}

// begin starts the exam from its page and returns the attempt.
func (b *browser) begin(t testing.TB) string {
	t.Helper()
	r := b.post(t, "/my/sittings/"+sitting+"?lang=uk", url.Values{"language": {"uk"}})
	id, found := strings.CutPrefix(r.path, "/my/attempts/")
	if r.status != 200 || !found {
		t.Fatalf("start: %d at %s\n%s", r.status, r.path, r.body)
	}
	return id
}

var baseField = regexp.MustCompile(`name="base" value="(\d+)"`)

// filled is the form of the item, with an answer.
func filled(t testing.TB, page string, slot int, r exam.Response, to string) url.Values {
	t.Helper()
	base := baseField.FindStringSubmatch(page)
	if base == nil {
		t.Fatalf("no form on the page:\n%s", page)
	}
	form := url.Values{"slot": {strconv.Itoa(slot)}, "base": {base[1]}, "go": {to}, "text": {r.Text}}
	for _, n := range r.Choices {
		form.Add("choice", strconv.Itoa(n))
	}
	for row, n := range r.Pairs {
		form.Set(fmt.Sprintf("row%d", row), strconv.Itoa(n))
	}
	for at, n := range r.Order {
		form.Set(fmt.Sprintf("place%d", at), strconv.Itoa(n))
	}
	for n, given := range r.Gaps {
		form.Set(fmt.Sprintf("gap%d", n), given)
	}
	return form
}

// TestAnExamWithoutScripts sits the sample from sign-in to certificate, by links
// and forms alone. Every answer is shown again when its item is opened later.
func TestAnExamWithoutScripts(t *testing.T) {
	e := start(t)
	b, _ := e.signedIn(t)
	icon := regexp.MustCompile(`<link rel="icon"[^>]* href="([^"]+)"`).FindStringSubmatch(b.get(t, "/my?lang=uk").body)
	if icon == nil || !strings.Contains(b.get(t, icon[1]).body, "<svg") {
		t.Errorf("no icon, so that every browser asks for /favicon.ico: %q", icon)
	}
	for path, want := range map[string]string{"/my?lang=uk": "Правила й початок", "/my/sittings/" + sitting + "?lang=uk": "Почати іспит", "/my/sittings/" + sitting + "?lang=en": "Start the exam now"} {
		if r := b.get(t, path); r.status != 200 || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d, no %q", path, r.status, want)
		}
	}
	id := b.begin(t)
	at := "/my/attempts/" + id
	keys := e.keys(t, id)
	for slot, key := range keys {
		page := b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1))
		if r := b.post(t, at, filled(t, page.body, slot, key, strconv.Itoa(slot+2))); r.status != 200 {
			t.Fatalf("item %d: %d\n%s", slot+1, r.status, r.body)
		}
	}
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for slot, key := range keys {
		if got := a.Responses[slot].Response; got.Leaf() != key.Leaf() {
			t.Errorf("item %d: stored %+v, want %+v", slot+1, got, key)
		}
		form, _, _ := strings.Cut(b.get(t, fmt.Sprintf("%s?item=%d", at, slot+1)).body, `class="report"`)
		marked := strings.Count(form, " checked>") + strings.Count(form, " selected>")
		if want := len(key.Choices) + len(key.Pairs) + len(key.Order); marked != want && key.Text == "" {
			t.Errorf("item %d: %d marks on the page, want %d", slot+1, marked, want)
		}
	}
	if r := b.post(t, at, filled(t, b.get(t, at+"?item=3").body, 2, exam.Response{}, "summary")); r.path != at+"/summary" || !strings.Contains(r.body, "Завдань без відповіді: 1") || !strings.Contains(r.body, `?item=3">3</a>`) {
		t.Errorf("summary with an open item: %d\n%s", r.status, r.body)
	}
	b.post(t, at, filled(t, b.get(t, at+"?item=3").body, 2, keys[2], "4"))
	if r := b.get(t, at+"/summary"); !strings.Contains(r.body, "На всі завдання є відповіді") {
		t.Errorf("summary: %d\n%s", r.status, r.body)
	}
	if r := b.post(t, at+"/submit", nil); r.path != at+"/result" || !strings.Contains(r.body, "Іспит складено") {
		t.Fatalf("result: %d at %s\n%s", r.status, r.path, r.body)
	}
	e.certificateOf(t, id)
	link := regexp.MustCompile(`/my/certificates/[A-Z2-7]{16}/pdf`).FindString(b.get(t, at+"/result").body)
	if r := b.get(t, link); link == "" || !strings.HasPrefix(r.body, "%PDF") {
		t.Errorf("certificate at %q: %d", link, r.status)
	}
	if r := b.post(t, "/sign-out", nil); r.status != 200 {
		t.Errorf("sign out: %d", r.status)
	}
	if r := b.get(t, at+"/result"); r.path != "/sign-in" {
		t.Errorf("after signing out %s is shown", r.path)
	}
}

// certificateOf waits for the reconciler.
func (e *env) certificateOf(t testing.TB, attempt string) {
	t.Helper()
	proctest.WaitFor(t, "the certificate is issued", func() bool {
		a, err := e.Exams.Attempt(t.Context(), attempt)
		if err != nil {
			t.Fatal(err)
		}
		return a.CertificateID != ""
	})
}

func TestPagesOfAnotherDeviceAndAnotherTab(t *testing.T) {
	e := start(t)
	first, u := e.signedIn(t)
	id := first.begin(t)
	at := "/my/attempts/" + id
	stale := first.get(t, at+"?item=1").body
	key := e.keys(t, id)[0]

	second := e.browser(t)
	second.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}})
	if r := second.get(t, at); !strings.Contains(r.body, "Іспит відкрито на іншому пристрої") || strings.Contains(r.body, `name="base"`) {
		t.Errorf("a second device: %d\n%s", r.status, r.body)
	}
	page := second.post(t, at+"/resume", nil)
	if r := second.post(t, at, filled(t, page.body, 0, key, "2")); r.status != 200 {
		t.Errorf("answering there: %d", r.status)
	}
	if r := first.post(t, at, filled(t, strings.Replace(stale, `value="0"`, `value="1"`, 1), 0, exam.Response{}, "2")); !strings.Contains(r.body, "Продовжити тут") && !strings.Contains(r.body, "в іншій вкладці") {
		t.Errorf("the first device still writes: %d\n%s", r.status, r.body)
	}
	if r := second.post(t, at, filled(t, page.body, 0, exam.Response{}, "2")); r.status != 409 || !strings.Contains(r.body, "в іншій вкладці") {
		t.Errorf("a stale tab: %d", r.status)
	}
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if a.Responses[0].Response.Leaf() != key.Leaf() {
		t.Errorf("the answer was overwritten with %+v", a.Responses[0].Response)
	}
}

func TestPagesRefuse(t *testing.T) {
	e := start(t)
	owner, _ := e.signedIn(t)
	id := owner.begin(t)
	stranger, _ := e.signedIn(t)
	for _, path := range []string{"", "/summary", "/result"} {
		if r := stranger.get(t, "/my/attempts/"+id+path); r.status != 404 {
			t.Errorf("a stranger's GET %s: %d", path, r.status)
		}
		if r := e.browser(t).get(t, "/my/attempts/"+id+path); r.path != "/sign-in" {
			t.Errorf("nobody's GET %s leads to %s", path, r.path)
		}
	}
	for _, path := range []string{"", "/resume", "/submit"} {
		if r := stranger.post(t, "/my/attempts/"+id+path, url.Values{"slot": {"0"}}); r.status != 404 {
			t.Errorf("a stranger's POST %s: %d", path, r.status)
		}
		if r := e.browser(t).post(t, "/my/attempts/"+id+path, nil); r.path != "/sign-in" {
			t.Errorf("nobody's POST %s leads to %s", path, r.path)
		}
	}
	owner.origin = "https://elsewhere.test"
	for _, path := range []string{"/sign-in", "/sign-out", "/my/sittings/" + sitting, "/my/attempts/" + id, "/my/attempts/" + id + "/resume", "/my/attempts/" + id + "/submit"} {
		if r := owner.post(t, path, nil); r.status != 403 {
			t.Errorf("POST %s from another site: %d", path, r.status)
		}
	}
	owner.origin = ""
	for _, slot := range []string{"", "-1", "300", "x"} {
		if r := owner.post(t, "/my/attempts/"+id, url.Values{"slot": {slot}, "base": {"0"}}); r.status != 422 {
			t.Errorf("slot %q: %d", slot, r.status)
		}
	}
	admin, b := e.person(t, auth.Administrator), e.browser(t)
	if r := b.post(t, "/sign-in", url.Values{"email": {admin.email}, "password": {password}}); r.status != 200 || r.path != "/workbench" {
		t.Errorf("an administrator who signs in: %d at %s", r.status, r.path)
	}
	if r := b.get(t, "/my"); r.status != 403 {
		t.Errorf("a learner's pages for an administrator: %d", r.status)
	}
	if r := b.post(t, "/sign-in", url.Values{"email": {admin.email}, "password": {"wrong guess here"}}); r.status != 401 || strings.Contains(r.body, "wrong guess") {
		t.Errorf("a wrong password: %d", r.status)
	}
}

// TestPagesHoldNoKeys looks for what must not be seen before release in every
// page of a running attempt, in both languages.
func TestPagesHoldNoKeys(t *testing.T) {
	e := start(t)
	b, _ := e.signedIn(t)
	id := b.begin(t)
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	var pages strings.Builder
	for _, lang := range []string{"uk", "en"} {
		b.post(t, "/my/attempts/"+id+"/resume", url.Values{"language": {lang}})
		for n := range a.Form.Slots {
			pages.WriteString(b.get(t, fmt.Sprintf("/my/attempts/%s?item=%d", id, n+1)).body)
		}
		pages.WriteString(b.get(t, "/my/attempts/"+id).body)
		pages.WriteString(b.get(t, "/my/attempts/"+id+"/summary").body)
	}
	for _, slot := range a.Form.Slots {
		for i := range bank.Items() {
			it := bank.Revision(i).Item
			if it.ID != slot.Item.ID {
				continue
			}
			for _, secret := range []string{it.ID, html.EscapeString(it.Rationale["uk"]), html.EscapeString(it.Rationale["en"]), slot.Item.Revision} {
				if strings.Contains(pages.String(), secret) {
					t.Errorf("a page shows %q", secret)
				}
			}
		}
	}
}

func TestCookiesAreOutOfReach(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(e.base+"/sign-in", url.Values{"email": {u.email}, "password": {password}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cookies := slices.DeleteFunc(res.Cookies(), func(c *http.Cookie) bool { return c.MaxAge < 0 }) // what is taken back
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || !cookies[0].Expires.IsZero() {
		t.Errorf("cookies: %+v", cookies)
	}
}

// TestPagesByRole opens every page of one's own as every role that may not.
func TestPagesByRole(t *testing.T) {
	e := start(t)
	owner, _ := e.signedIn(t)
	at := "/my/attempts/" + owner.begin(t)
	for _, role := range auth.Roles() {
		if role.Allows(auth.ExamsSit) {
			continue
		}
		u, b := e.person(t, role), e.browser(t)
		b.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}})
		for _, path := range []string{"/my", "/my/sittings/" + sitting, at, at + "/summary", at + "/result", "/my/certificates/AAAAAAAAAAAAAAAA/pdf"} {
			if r := b.get(t, path); r.status != 403 {
				t.Errorf("GET %s as %s: %d", path, role, r.status)
			}
		}
		for _, path := range []string{"/my/sittings/" + sitting, at, at + "/resume", at + "/submit"} {
			if r := b.post(t, path, nil); r.status != 403 {
				t.Errorf("POST %s as %s: %d", path, role, r.status)
			}
		}
	}
}

// TestALateAnswerIsToldSo answers after the grace: the page says that it does not
// count, the answer is kept, and the result page does not send back to the item.
func TestALateAnswerIsToldSo(t *testing.T) {
	e := start(t)
	b, u := e.signedIn(t)
	id := b.begin(t)
	at := "/my/attempts/" + id
	page := b.get(t, at).body
	key := e.keys(t, id)[0]
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	e.Clock.Forward(a.AcceptUntil.Sub(a.StartedAt) + time.Second)
	if r := b.post(t, at, filled(t, page, 0, key, "2")); r.status != 409 || !strings.Contains(r.body, "не зараховано") {
		t.Errorf("a late answer: %d\n%s", r.status, r.body)
	}
	if r := b.get(t, at); r.path != at+"/result" {
		t.Errorf("after the time the item leads to %s", r.path)
	}
	if a, err = e.Exams.Attempt(t.Context(), id); err != nil || len(a.Late) != 1 || len(a.Responses) != 0 || a.Person != u.id {
		t.Errorf("%d late answers are kept, %d scored; %v", len(a.Late), len(a.Responses), err)
	}
}

// TestTheResultPageShowsWhatThePolicyAllows has one exam for each depth of review.
func TestTheResultPageShowsWhatThePolicyAllows(t *testing.T) {
	e := start(t)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		show                 exam.Show
		score, answers, keys bool
	}{{exam.ShowNothing, false, false, false}, {exam.ShowScore, true, false, false}, {exam.ShowResponses, true, true, false}, {exam.ShowKeys, true, true, true}} {
		draft := sample
		draft.ID, draft.Policy.Review = "review-"+string(row.show), exam.Review{Show: row.show, When: exam.AtOnce}
		e.open(t, draft)
		b, u := e.signedIn(t)
		if _, err := e.Exams.Entitle(t.Context(), "test", draft.ID, u.id, 0); err != nil {
			t.Fatal(err)
		}
		at := b.post(t, "/my/sittings/"+draft.ID+"?lang=uk", url.Values{"language": {"uk"}}).path
		page := b.get(t, at)
		b.post(t, at, filled(t, page.body, 0, e.keys(t, strings.TrimPrefix(at, "/my/attempts/"))[0], "summary"))
		body := b.post(t, at+"/submit", nil).body
		for want, shown := range map[string]bool{"Іспит не складено": row.score, "Ваша відповідь": row.answers, "Правильна відповідь": row.keys} {
			if strings.Contains(body, want) != shown {
				t.Errorf("review %q: %q is shown: %v\n%s", row.show, want, !shown, body)
			}
		}
	}
}

// TestProblemsForPeopleArePages asks for what is not there, as a browser and as a
// program.
func TestProblemsForPeopleArePages(t *testing.T) {
	e := start(t)
	if r := e.browser(t).get(t, "/no-such-page"); r.status != 404 || !strings.Contains(r.body, "<html") {
		t.Errorf("a browser gets %d %s", r.status, r.body)
	}
	if r := e.browser(t).get(t, "/api/v1/me"); r.status != 401 || strings.Contains(r.body, "<html") {
		t.Errorf("a browser at the interface gets %d %s", r.status, r.body)
	}
	if r := e.nobody().do(t, "GET", "/no-such-page", nil); r.status != 404 || r.code() != "request.no_route" {
		t.Errorf("a program gets %d %s", r.status, r.body)
	}
}
