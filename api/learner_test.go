package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// script sends what the scripts of the exam page send.
func (b *browser) script(t testing.TB, method, path, body string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if b.origin != "" {
		req.Header.Set("Origin", b.origin)
	}
	client := b.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	req.Body = io.NopCloser(strings.NewReader(body))
	r := reply{res.StatusCode, res.Header, data}
	(&user{env: b.env}).checkContract(t, req, r)
	return r
}

// TestScriptsSaveByTheProtocol has two pages of one attempt: the last one opened
// writes, and repeats change nothing.
func TestScriptsSaveByTheProtocol(t *testing.T) {
	e := start(t)
	b, u := e.signedIn(t)
	id := b.begin(t)
	at := "/my/attempts/" + id
	var first, second struct {
		Writer string
		Seq    int64
		Stored []struct {
			Slot     int
			Seq      int64
			Response exam.Response
		}
	}
	b.script(t, "POST", at+"/session", "{}").into(t, &first)
	save := fmt.Sprintf(`{"writer":%q,"seq":%d,"responses":[{"slot":0,"response":{}},{"slot":1,"response":{}}]}`, first.Writer, first.Seq+1)
	for range 2 {
		if r := b.script(t, "PUT", at+"/responses", save); r.status != 200 {
			t.Fatalf("save: %d %s", r.status, r.body)
		}
	}
	if r := b.script(t, "POST", at+"/clock", fmt.Sprintf(`{"writer":%q}`, first.Writer)); r.status != 200 {
		t.Errorf("clock: %d %s", r.status, r.body)
	}
	b.script(t, "POST", at+"/session", `{"kept":true}`).into(t, &second) // this browser writes
	if second.Seq != first.Seq+1 || len(second.Stored) != 2 || second.Stored[0].Seq != second.Seq || second.Writer == first.Writer {
		t.Errorf("the second page learns %+v", second)
	}
	for _, call := range [][3]string{{"PUT", "/responses", save}, {"POST", "/clock", fmt.Sprintf(`{"writer":%q}`, first.Writer)}, {"POST", "/hand-in", fmt.Sprintf(`{"writer":%q}`, first.Writer)}} {
		if r := b.script(t, call[0], at+call[1], call[2]); r.code() != "attempt.taken_over" {
			t.Errorf("the first page's %s: %d %s", call[1], r.status, r.body)
		}
	}
	if _, err := e.Exams.Resume(t.Context(), u.id, id, ""); err != nil { // another device
		t.Fatal(err)
	}
	if r := b.script(t, "POST", at+"/session", `{"kept":true}`); r.code() != "attempt.taken_over" {
		t.Errorf("a kept page takes over from another device: %d %s", r.status, r.body)
	}
	b.script(t, "POST", at+"/session", "{}").into(t, &second)
	if r := b.script(t, "POST", at+"/hand-in", fmt.Sprintf(`{"writer":%q}`, second.Writer)); r.status != 200 {
		t.Errorf("hand in: %d %s", r.status, r.body)
	}
}

// TestScriptsAreRefused is the list of abuse: clear refusals, nothing stored, a line
// in the log.
func TestScriptsAreRefused(t *testing.T) {
	e := start(t)
	owner, _ := e.signedIn(t)
	id := owner.begin(t)
	at := "/my/attempts/" + id
	var session struct{ Writer string }
	owner.script(t, "POST", at+"/session", "{}").into(t, &session)
	save := func(responses string) string {
		return fmt.Sprintf(`{"writer":%q,"seq":1,"responses":[%s]}`, session.Writer, responses)
	}
	stranger, _ := e.signedIn(t)
	admin, office := e.person(t, auth.Administrator), e.browser(t)
	office.post(t, "/sign-in", url.Values{"email": {admin.email}, "password": {password}})
	forged := e.browser(t)
	forged.client, forged.origin = owner.client, "https://elsewhere.test"
	for _, row := range []struct {
		name, method, path, body string
		by                       *browser
		status                   int
		code                     string
	}{
		{"no session", "PUT", "/responses", save(`{"slot":0,"response":{}}`), e.browser(t), 401, ""},
		{"no session to take over", "POST", "/session", "{}", e.browser(t), 401, ""},
		{"another person's attempt", "PUT", "/responses", save(`{"slot":0,"response":{}}`), stranger, 404, "attempt.not_found"},
		{"taking over another person's", "POST", "/session", "{}", stranger, 404, "attempt.not_found"},
		{"another person's clock", "POST", "/clock", `{"writer":"w"}`, stranger, 404, "attempt.not_found"},
		{"handing in another person's", "POST", "/hand-in", `{"writer":"w"}`, stranger, 404, "attempt.not_found"},
		{"an administrator", "POST", "/session", "{}", office, 403, "permission.denied"},
		{"from another site", "PUT", "/responses", save(`{"slot":0,"response":{}}`), forged, 403, "request.cross_origin"},
		{"taking over from another site", "POST", "/session", "{}", forged, 403, "request.cross_origin"},
		{"an item that is not in the form", "PUT", "/responses", save(`{"slot":300,"response":{}}`), owner, 422, "save.invalid"},
		{"an item before the first", "PUT", "/responses", save(`{"slot":-1,"response":{}}`), owner, 422, "save.invalid"},
		{"an option that is not there", "PUT", "/responses", save(`{"slot":0,"response":{"choices":[99]}}`), owner, 422, "save.invalid"},
		{"a change of the form", "PUT", "/responses", fmt.Sprintf(`{"writer":%q,"seq":1,"form":{"slots":[]},"responses":[]}`, session.Writer), owner, 422, "request.malformed"},
		{"a score", "PUT", "/responses", save(`{"slot":0,"response":{},"points":1}`), owner, 422, "request.malformed"},
		{"an absurd text", "PUT", "/responses", save(`{"slot":0,"response":{"text":"` + strings.Repeat("x", 900_000) + `"}}`), owner, 422, "save.invalid"},
		{"an absurd number of answers", "PUT", "/responses", save(strings.Repeat(`{"slot":0,"response":{}},`, 1000) + `{"slot":0,"response":{}}`), owner, 422, "save.invalid"},
		{"an absurd sequence", "PUT", "/responses", `{"writer":"w","seq":1e99,"responses":[]}`, owner, 422, "request.malformed"},
	} {
		r := row.by.script(t, row.method, at+row.path, row.body)
		if r.status != row.status || (row.code != "" && r.code() != row.code) || r.code() == "" {
			t.Errorf("%s: %d %s, want %d %s", row.name, r.status, r.body, row.status, row.code)
		}
	}
	if a, err := e.Exams.Attempt(t.Context(), id); err != nil || len(a.Responses) != 0 || a.State != exam.Running {
		t.Errorf("refused calls left %v, %s behind; %v", a.Responses, a.State, err)
	}
	owner.script(t, "POST", at+"/hand-in", fmt.Sprintf(`{"writer":%q}`, session.Writer))
	if r := owner.script(t, "PUT", at+"/responses", save(`{"slot":0,"response":{}}`)); r.code() != "attempt.submitted" {
		t.Errorf("after handing in: %d %s", r.status, r.body)
	}
	if log := e.Log.String(); !regexp.MustCompile(`operation=saveFromPage method=PUT status=404`).MatchString(log) || !strings.Contains(log, "operation=saveFromPage method=PUT status=409") {
		t.Errorf("refusals are not in the log:\n%s", log)
	}
}

// TestAForgottenPassword follows the letter to a new password.
func TestAForgottenPassword(t *testing.T) {
	e := start(t)
	u, b := e.learner(t), e.browser(t)
	known := b.post(t, "/forgot?lang=uk", url.Values{"email": {" " + strings.ToUpper(u.email)}})
	unknown := b.post(t, "/forgot?lang=uk", url.Values{"email": {"nobody@proba.test"}})
	if known.status != 200 || known.body != unknown.body {
		t.Errorf("the page tells who is registered: %d %d\n%s\n%s", known.status, unknown.status, known.body, unknown.body)
	}
	if r := b.post(t, "/forgot?lang=uk", url.Values{"email": {"no address"}}); r.status != 422 {
		t.Errorf("no address: %d", r.status)
	}
	token := tokenIn(t, e.letter(t))
	const fresh = "quite another quiet heron"
	if r := b.post(t, "/enter?lang=uk", url.Values{"token": {token}, "password": {"short"}}); r.status != 422 || !strings.Contains(r.body, "<div data-token hidden>") || !strings.Contains(r.body, token) {
		t.Errorf("a weak password: %d, and the code of the link is shown: %s", r.status, r.body)
	}
	if r := b.post(t, "/enter?lang=uk", url.Values{"token": {token[1:]}, "password": {fresh}}); r.status != 404 || !strings.Contains(r.body, "<div data-token>") {
		t.Errorf("a wrong code: %d, and it cannot be corrected: %s", r.status, r.body)
	}
	if r := b.post(t, "/enter?lang=uk", url.Values{"token": {token}, "password": {fresh}}); r.status != 200 || !strings.Contains(r.body, u.email) {
		t.Fatalf("the link: %d\n%s", r.status, r.body)
	}
	if r := b.post(t, "/enter?lang=uk", url.Values{"token": {token}, "password": {fresh}}); r.status != 409 {
		t.Errorf("the link a second time: %d", r.status)
	}
	if r := b.post(t, "/sign-in?lang=uk", url.Values{"email": {u.email}, "password": {fresh}}); r.path != "/my" {
		t.Errorf("signing in leads to %s", r.path)
	}
	if log := e.Log.String(); strings.Contains(log, token) || strings.Contains(log, u.email) {
		t.Error("the log holds an address or a token")
	}
}

// letter waits for the one letter in the folder.
func (e *env) letter(t testing.TB) string {
	t.Helper()
	var files []string
	proctest.WaitFor(t, "a letter is written", func() bool {
		files, _ = filepath.Glob(filepath.Join(server.MailPath(e.Config.Data), "*.eml"))
		return len(files) == 1
	})
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(data), "=\r\n", ""), "=3D", "=")
}

func tokenIn(t testing.TB, letter string) string {
	t.Helper()
	m := regexp.MustCompile(`/enter\?lang=uk#([A-Za-z0-9_-]+)`).FindStringSubmatch(letter)
	if m == nil {
		t.Fatalf("no link in\n%s", letter)
	}
	return m[1]
}

func TestAnInvitationIsALetter(t *testing.T) {
	e := start(t)
	admin := e.person(t, auth.Administrator)
	r := admin.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", map[string]any{"learners": []any{map[string]any{"email": "new@proba.test", "name": "Нова Учасниця", "language": "uk"}}})
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if token := tokenIn(t, e.letter(t)); !strings.Contains(string(r.body), token) {
		t.Errorf("letter and answer hold different links: %s", r.body)
	}
	held, of, zone := e.sampleSitting(t)
	said, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(e.letter(t))))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Нова Учасниця", "«" + of.Title.In("uk"), " до " + certs.Date("uk", held.Closes.In(zone)), held.Opens.In(zone).Format("15:04"), "(" + zone.String() + ")"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("the letter does not say %q:\n%s", want, said)
		}
	}
	if strings.ContainsAny(string(said), "{}") {
		t.Errorf("something is left open in\n%s", said)
	}
}

// enrolled registers the people for the sitting.
func (u *user) enrolled(t testing.TB, rows ...map[string]any) {
	t.Helper()
	if r := u.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", map[string]any{"learners": rows}); r.status != 200 {
		t.Fatalf("register %v: %d %s", rows, r.status, r.body)
	}
}

// lettersUntil waits for a letter to the last address, and returns what was written to
// each until then: letters leave in the order of the lists.
func (e *env) lettersUntil(t testing.TB, last string) map[string][]string {
	t.Helper()
	var written map[string][]string
	proctest.WaitFor(t, "a letter to "+last, func() bool {
		files, err := filepath.Glob(filepath.Join(server.MailPath(e.Config.Data), "*.eml"))
		if err != nil {
			t.Fatal(err)
		}
		written = map[string][]string{}
		for _, name := range files {
			to, said := readLetter(t, name)
			written[to] = append(written[to], said)
		}
		return len(written[last]) > 0
	})
	return written
}

func readLetter(t testing.TB, name string) (to, said string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := netmail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(m.Header.Get("To"), "<>"), strings.ReplaceAll(string(text), "\r\n", "\n")
}

// TestWhoHasAPasswordIsToldOnce of an exam that they are registered for: in their
// language, where to sign in, and without a secret.
func TestWhoHasAPasswordIsToldOnce(t *testing.T) {
	e := start(t)
	admin, known, closed := e.person(t, auth.Administrator), e.person(t, auth.Learner), e.person(t, auth.Learner)
	if _, err := e.Auth.Disable(t.Context(), closed.id); err != nil {
		t.Fatal(err)
	}
	reader, err := e.Auth.Register(t.Context(), auth.Registration{Email: "reader@proba.test", Name: "Erin Reader", Language: "en", Roles: []auth.Role{auth.Learner}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Auth.SetPassword(t.Context(), reader.ID, password); err != nil {
		t.Fatal(err)
	}
	row := func(email, name, language string) map[string]any {
		return map[string]any{"email": email, "name": name, "language": language}
	}
	list := []map[string]any{row(known.email, "Олена Перевірена", "uk"), row(closed.email, "Олена Перевірена", "uk"), row(reader.Email, reader.Name, "en"), row("new@proba.test", "Нова Учасниця", "uk")}
	admin.enrolled(t, list...)
	written := e.lettersUntil(t, "new@proba.test")
	token := tokenIn(t, written["new@proba.test"][0])
	if _, err := e.Auth.RedeemLink(t.Context(), token, password); err != nil {
		t.Fatal(err)
	}
	admin.enrolled(t, list...)
	admin.enrolled(t, row("last@proba.test", "Остання Учасниця", "uk"))
	written = e.lettersUntil(t, "last@proba.test")
	for email, want := range map[string]int{known.email: 1, closed.email: 0, reader.Email: 1, "new@proba.test": 1} {
		if got := len(written[email]); got != want {
			t.Fatalf("%d letters to %s, want %d", got, email, want)
		}
	}
	held, of, zone := e.sampleSitting(t)
	for lang, said := range map[string]string{"uk": written[known.email][0], "en": written[reader.Email][0]} {
		for _, want := range []string{of.Title.In(lang), certs.Date(lang, held.Opens.In(zone)), certs.Date(lang, held.Closes.In(zone)), "(" + zone.String() + ")", "http://proba.test/sign-in?lang=" + lang + "\n"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: the letter does not say %q:\n%s", lang, want, said)
			}
		}
		if strings.Contains(said, "/enter") || strings.ContainsAny(said, "#{}") {
			t.Errorf("%s: a secret, or something left open, in\n%s", lang, said)
		}
	}
}

// TestNobodyIsToldOfASittingThatIsOver: what they could do there, nobody can any more.
func TestNobodyIsToldOfASittingThatIsOver(t *testing.T) {
	e := start(t)
	admin, known := e.person(t, auth.Administrator), e.person(t, auth.Learner)
	held, err := e.Exams.Sitting(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	past := held.Opens.AddDate(-1, 0, 0)
	if _, _, err := e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: "over", Exam: held.Exam, Title: held.Title, Region: held.Region, Opens: past.Add(-time.Hour), Closes: past}); err != nil {
		t.Fatal(err)
	}
	list := map[string]any{"learners": []any{map[string]any{"email": known.email, "name": "Олена Перевірена", "language": "uk"}}}
	if r := admin.do(t, "POST", "/api/v1/sittings/over/learners", list); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	admin.enrolled(t, map[string]any{"email": "last@proba.test", "name": "Остання Учасниця", "language": "uk"})
	if got := e.lettersUntil(t, "last@proba.test")[known.email]; len(got) > 0 {
		t.Errorf("they are told:\n%s", got)
	}
}

// TestFeedbackReachesAuthors reports a problem during the exam and answers the
// survey after it.
func TestFeedbackReachesAuthors(t *testing.T) {
	e := start(t)
	b, _ := e.signedIn(t)
	id := b.begin(t)
	at := "/my/attempts/" + id
	if r := b.post(t, at+"/survey", url.Values{"clear": {"4"}}); r.status != 409 {
		t.Errorf("a survey during the exam: %d", r.status)
	}
	for name, form := range map[string]url.Values{"no such item": {"slot": {"300"}, "reason": {"unclear"}}, "no item": {"reason": {"unclear"}}, "no such reason": {"slot": {"1"}, "reason": {"boring"}},
		"too long": {"slot": {"1"}, "reason": {"unclear"}, "text": {strings.Repeat("щ", 2001)}}} {
		if r := b.post(t, at+"/report", form); r.status != 422 {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	if r := b.post(t, at+"/report", url.Values{"slot": {"1"}, "reason": {"translation"}, "text": {"Одне слово російською"}}); r.status != 200 {
		t.Fatalf("report: %d\n%s", r.status, r.body)
	}
	stranger, _ := e.signedIn(t)
	if r := stranger.post(t, at+"/report", url.Values{"slot": {"1"}, "reason": {"unclear"}}); r.status != 404 {
		t.Errorf("a stranger's report: %d", r.status)
	}
	b.post(t, at+"/submit", nil)
	for _, clear := range []string{"2", "4"} { // the later one counts
		if r := b.post(t, at+"/survey", url.Values{"clear": {clear}, "comment": {"Дякую"}}); r.status != 200 {
			t.Fatalf("survey: %d\n%s", r.status, r.body)
		}
	}
	if r := b.post(t, at+"/survey", url.Values{"clear": {"6"}}); r.status != 422 {
		t.Errorf("a mark that is none: %d", r.status)
	}
	author := e.person(t, auth.Author)
	r := author.do(t, "GET", "/api/v1/exams/"+sitting+"/feedback", nil)
	var list struct {
		Items []struct {
			Survey  exam.Survey
			Reports []struct{ Item, Reason, Text string }
		}
	}
	r.into(t, &list)
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 1 || list.Items[0].Survey.Clear != 4 || len(list.Items[0].Reports) != 1 || list.Items[0].Reports[0].Item != a.Form.Slots[1].Item.ID {
		t.Errorf("an author reads %s", r.body)
	}
	if strings.Contains(string(r.body), a.Person) || strings.Contains(string(r.body), id) {
		t.Errorf("the list names a person or an attempt: %s", r.body)
	}
}

func TestAReceiptCanBeKept(t *testing.T) {
	e := start(t)
	b, _ := e.signedIn(t)
	id := b.begin(t)
	at := "/my/attempts/" + id
	if r := b.get(t, at+"/receipt"); r.status != 409 {
		t.Errorf("before the end: %d", r.status)
	}
	page := b.get(t, at)
	b.post(t, at, filled(t, page.body, 0, e.keys(t, id)[0], "summary"))
	b.post(t, at+"/submit", nil)
	text := b.get(t, at+"/receipt?lang=uk").body
	token := regexp.MustCompile(`eyJ[\w.-]+`).FindString(text)
	admin := e.person(t, auth.Administrator)
	var checked struct {
		Digest   string
		Answered int
		Matches  bool
	}
	admin.do(t, "POST", "/api/v1/receipts/check", map[string]string{"receipt": token}).into(t, &checked)
	a, err := e.Exams.Attempt(t.Context(), id)
	if err != nil || checked.Digest != fmt.Sprintf("%x", a.Digest()) || checked.Answered != 1 || !checked.Matches {
		t.Errorf("%+v, %v\n%s", checked, err, text)
	}
	if r := admin.do(t, "POST", "/api/v1/receipts/check", map[string]string{"receipt": token[:len(token)-8] + "AAAAAAAA"}); r.code() != "receipt.invalid" {
		t.Errorf("a forged receipt: %d %s", r.status, r.body)
	}
	if !strings.Contains(text, fmt.Sprintf("Відповідей: 1 із %d", len(a.Form.Slots))) || strings.Contains(text, "{") {
		t.Errorf("the text for people:\n%s", text)
	}
	stranger, _ := e.signedIn(t)
	if r := stranger.get(t, at+"/receipt"); r.status != 404 {
		t.Errorf("a stranger's: %d", r.status)
	}
}

func TestPractice(t *testing.T) {
	e := start(t)
	b := e.browser(t)
	for _, row := range []struct {
		form url.Values
		want int
		says string
	}{
		{url.Values{"choice": {"1", "3"}, "place0": {"1"}, "place1": {"2"}, "place2": {"0"}}, 2, "Саме так"},
		{url.Values{"gap0": {"1"}, "gap1": {" 24 "}}, 1, "Саме так"},
		{url.Values{"choice": {"0"}}, 1, "інша, ніж очікувалося"},
		{url.Values{"choice": {"0", "1", "2"}}, 1, "Обрано забагато"},
		{url.Values{"choice": {"77", "x"}, "place0": {"9"}, "place1": {"8"}, "place2": {"7"}}, 3, "Тут відповіді немає"},
	} {
		r := b.post(t, "/practice?lang=uk", row.form)
		if got := strings.Count(r.body, row.says); r.status != 200 || got != row.want {
			t.Errorf("%v: %d, %q %d times, want %d", row.form, r.status, row.says, got, row.want)
		}
	}
}

// TestTheExamPageIsLight weighs the page of 40 items in Ukrainian with everything
// that it loads, uncompressed.
func TestTheExamPageIsLight(t *testing.T) {
	const limit = 150_000 // bytes: some 10 s on the slowest mobile lines still in use
	e := start(t)
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	sample.ID, sample.Blueprint.Testlets, sample.Blueprint.Gates = "forty", 0, nil
	sample.Blueprint.Sections = sample.Blueprint.Sections[:1]
	sample.Blueprint.Cells = []exam.Cell{{Section: sample.Blueprint.Sections[0].ID, Count: 40}}
	e.open(t, sample)
	b, u := e.signedIn(t)
	if _, err := e.Exams.Entitle(t.Context(), "test", "forty", u.id, 0); err != nil {
		t.Fatal(err)
	}
	page := b.post(t, "/my/sittings/forty?lang=uk", url.Values{"language": {"uk"}}).body
	if n := strings.Count(page, `class="item card"`); n != 40 {
		t.Fatalf("%d items", n)
	}
	whole := len(page)
	loaded := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !loaded[m[1]] {
			loaded[m[1]] = true
			whole += len(e.fetched(t, m[1], "gzip, deflate, br").body)
		}
	}
	if len(loaded) < 7 {
		t.Errorf("only %v are loaded", loaded)
	}
	t.Logf("%d bytes: %d the page, %d %d files", whole, len(page), whole-len(page), len(loaded))
	if whole > limit {
		t.Errorf("%d bytes, more than %d", whole, limit)
	}
}

// fetched is an asset as it goes over the line to a browser that accepts the encodings.
func (e *env) fetched(t *testing.T, path, encodings string) (got struct {
	body, encoding, vary string
}) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", e.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", encodings)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	got.body, got.encoding, got.vary = string(body), res.Header.Get("Content-Encoding"), res.Header.Get("Vary")
	return got
}

// TestAssetsAreSqueezed for whom it suits, and only for them; what comes out is the same.
func TestAssetsAreSqueezed(t *testing.T) {
	e := start(t)
	style := regexp.MustCompile(`/assets/[0-9a-f]+-style\.css`).FindString(e.browser(t).get(t, "/v").body)
	plain := e.fetched(t, style, "identity")
	if plain.encoding != "" || !strings.Contains(plain.body, "font-family") || plain.vary != "Accept-Encoding" {
		t.Fatalf("plain: %q, varies by %q", plain.encoding, plain.vary)
	}
	for encodings, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "*": "gzip", "br": "", "gzip;q=0": "", "": ""} {
		got := e.fetched(t, style, encodings)
		if got.encoding != want {
			t.Errorf("to who accepts %q: %q, want %q", encodings, got.encoding, want)
			continue
		}
		if want == "" {
			continue
		}
		z, err := gzip.NewReader(strings.NewReader(got.body))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := io.ReadAll(z); err != nil || string(back) != plain.body {
			t.Errorf("another file came out, %v", err)
		}
	}
}

// TestNoTextOfAScriptGoesOverLines: indents are taken out of scripts before they are sent.
func TestNoTextOfAScriptGoesOverLines(t *testing.T) {
	scripts, err := filepath.Glob("web/*.js")
	if err != nil || len(scripts) < 10 {
		t.Fatal(scripts, err)
	}
	for _, name := range scripts {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(data), "\n") {
			if strings.Count(line, "`")%2 == 1 {
				t.Errorf("%s:%d: a text goes over several lines", name, n+1)
			}
		}
	}
}

// open publishes the exam with a sitting of the same id.
func (e *env) open(t testing.TB, draft exam.Exam) {
	t.Helper()
	if _, _, err := e.Exams.CreateExam(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Exams.PublishExam(t.Context(), "test", draft.ID); err != nil {
		t.Fatal(err)
	}
	now := e.Clock.Now()
	if _, _, err := e.Exams.CreateSitting(t.Context(), exam.Sitting{ID: draft.ID, Exam: draft.ID, Title: draft.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
}

// sampleSitting is the one that ships, with its exam and the zone in which letters tell times.
func (e *env) sampleSitting(t *testing.T) (exam.Sitting, exam.Exam, *time.Location) {
	t.Helper()
	held, err := e.Exams.Sitting(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	of, err := e.Exams.Exam(t.Context(), held.Exam)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation(e.Config.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return held, of, zone
}
