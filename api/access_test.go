package api_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/api"
	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// guarded are the guarded routes of the JSON interface.
func guarded(t *testing.T) (routes []api.Row) {
	t.Helper()
	for _, r := range api.Rows() {
		if r.ByToken && r.Permission != "" {
			r.Path = regexp.MustCompile(`:\w+`).ReplaceAllString(r.Path, "ABCDEFGHIJKLMNOP")
			routes = append(routes, r)
		}
	}
	if len(routes) < 20 {
		t.Fatalf("only %d guarded routes found", len(routes))
	}
	return routes
}

func TestEveryRouteByEveryRole(t *testing.T) {
	e := start(t)
	users := map[auth.Role]*user{}
	for _, role := range auth.Roles() {
		users[role] = e.person(t, role)
	}
	for _, route := range guarded(t) {
		method, path := route.Method, route.Path
		var body any
		if method != "GET" {
			body = "{}"
		}
		if r := e.nobody().do(t, method, path, body); r.status != 401 || r.code() != "token.missing" {
			t.Errorf("%s %s without a token: %d %s", method, path, r.status, r.code())
		}
		for role, u := range users {
			r := u.do(t, method, path, body)
			if refused := r.status == 401 || r.status == 403; refused == role.Allows(route.Permission) {
				t.Errorf("%s %s as %s: %d %s", method, path, role, r.status, r.body)
			}
		}
	}
}

func TestAnotherPersonsObjectsAreNotFound(t *testing.T) {
	e := start(t)
	owner, stranger := e.learner(t), e.learner(t)
	running := owner.start(t)
	save := exam.Save{Writer: running.Writer, Seq: 1, Responses: []exam.SlotResponse{{Slot: 0, Response: e.keys(t, running.Attempt.ID)[0]}}}
	passed := e.learner(t)
	passed.pass(t)
	certificate, _ := passed.certificate(t)
	for _, row := range []struct {
		method, path string
		body         any
	}{
		{"POST", running.path("resume"), map[string]string{"language": "uk"}},
		{"PUT", running.path("responses"), save},
		{"POST", running.path("submit"), map[string]string{"writer": running.Writer}},
		{"GET", running.path("outcome"), nil},
		{"GET", "/api/v1/me/certificates/" + certificate + "/pdf", nil},
	} {
		unknown := regexp.MustCompile(`[0-9a-f-]{36}|[A-Z2-7]{16}`).ReplaceAllString(row.path, "AAAAAAAAAAAAAAAA")
		got, want := stranger.do(t, row.method, row.path, row.body), stranger.do(t, row.method, unknown, row.body)
		if got.status != 404 || got.code() != want.code() || want.status != 404 {
			t.Errorf("%s %s: %d %s; an unknown one: %d %s", row.method, row.path, got.status, got.code(), want.status, want.code())
		}
	}
	outsider := e.person(t, auth.Learner)
	if r := outsider.do(t, "POST", "/api/v1/me/sittings/"+sitting+"/attempt", map[string]string{"language": "uk"}); r.status != 404 {
		t.Errorf("somebody who is not entitled: %d %s", r.status, r.body)
	}
}

func TestBadInput(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	s := u.start(t)
	startPath := "/api/v1/me/sittings/" + sitting + "/attempt"
	asJSON := http.Header{"Content-Type": {"application/json"}}
	var squeezed bytes.Buffer
	z := gzip.NewWriter(&squeezed)
	if _, err := z.Write([]byte(`{"language":"uk"}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	save := func(text string) string {
		return `{"writer":"` + s.Writer + `","seq":1,"responses":[` + text + `]}`
	}
	for _, row := range []struct {
		name   string
		by     *user
		method string
		path   string
		header http.Header
		body   string
		status int
		code   string
	}{
		{"unknown member", u, "POST", startPath, asJSON, `{"language":"uk","admin":true}`, 422, "request.malformed"},
		{"other letters", u, "POST", startPath, asJSON, `{"LANGUAGE":"uk"}`, 422, "request.malformed"},
		{"member twice", u, "POST", startPath, asJSON, `{"language":"uk","language":"uk"}`, 422, "request.malformed"},
		{"null", u, "POST", startPath, asJSON, `null`, 422, "request.malformed"},
		{"wrong type", u, "POST", startPath, asJSON, `{"language":1}`, 422, "request.malformed"},
		{"two values", u, "POST", startPath, asJSON, `{"language":"uk"}{}`, 422, "request.malformed"},
		{"cut off", u, "POST", startPath, asJSON, `{"language":`, 422, "request.malformed"},
		{"empty", u, "POST", startPath, asJSON, ``, 422, "request.malformed"},
		{"a form", u, "POST", startPath, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, `language=uk`, 415, "request.media_type"},
		{"XML", u, "POST", startPath, http.Header{"Content-Type": {"application/xml"}}, `<language/>`, 415, "request.media_type"},
		{"compressed", u, "POST", startPath, http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, squeezed.String(), 415, "request.encoding"},
		{"slot outside the form", u, "PUT", s.path("responses"), asJSON, save(`{"slot":300,"response":{"choices":[0]}}`), 422, "save.invalid"},
		{"slot twice", u, "PUT", s.path("responses"), asJSON, save(`{"slot":0,"response":{}},{"slot":0,"response":{}}`), 422, "save.invalid"},
		{"absurd choice", u, "PUT", s.path("responses"), asJSON, save(`{"slot":0,"response":{"choices":[99]}}`), 422, "save.invalid"},
		{"no slot", u, "PUT", s.path("responses"), asJSON, save(``), 422, "save.invalid"},
		{"another writer", u, "PUT", s.path("responses"), asJSON, strings.Replace(save(`{"slot":0,"response":{}}`), s.Writer, "stolen", 1), 409, "attempt.taken_over"},
		{"digest that is none", u, "POST", s.path("submit"), asJSON, `{"writer":"w","digest":"xyz"}`, 422, "request.malformed"},
		{"no such language", e.learner(t), "POST", startPath, asJSON, `{"language":"tlh"}`, 422, "exam.language"},
		{"no reason", admin, "POST", "/api/v1/attempts/" + s.Attempt.ID + "/void", asJSON, `{"reason":" "}`, 422, "request.reason"},
		{"endless extension", admin, "POST", "/api/v1/attempts/" + s.Attempt.ID + "/extend", asJSON, `{"order":"1","seconds":999999,"reason":"power cut"}`, 422, "extension.invalid"},
		{"overflowing extension", admin, "POST", "/api/v1/attempts/" + s.Attempt.ID + "/extend", asJSON, `{"order":"1","seconds":9223372036854775807,"reason":"power cut"}`, 422, "extension.invalid"},
		{"extension that would wrap around", admin, "POST", "/api/v1/attempts/" + s.Attempt.ID + "/extend", asJSON, `{"order":"1","seconds":-9223372036854775208,"reason":"power cut"}`, 422, "extension.invalid"},
		{"extension without a name", admin, "POST", "/api/v1/attempts/" + s.Attempt.ID + "/extend", asJSON, `{"seconds":600,"reason":"power cut"}`, 422, "extension.order"},
		{"page of nothing", admin, "GET", "/api/v1/attempts?limit=0", nil, ``, 422, "request.parameter"},
		{"empty bank", admin, "POST", "/api/v1/banks/releases", asJSON, `{"bank":"b","title":{},"languages":[],"items":[]}`, 422, "bank.invalid"},
		{"exam over no release", admin, "POST", "/api/v1/exams", asJSON, `{"id":"x"}`, 422, "exam.invalid"},
		{"malformed certificate", e.nobody(), "GET", "/api/v1/verify/short", nil, ``, 422, "certificate.malformed_id"},
		{"unknown certificate", e.nobody(), "GET", "/api/v1/verify/AAAAAAAAAAAAAAAA", nil, ``, 404, "certificate.not_found"},
		{"no such path", e.nobody(), "GET", "/api/v2/me", nil, ``, 404, "request.no_route"},
	} {
		r := row.by.raw(t, row.method, row.path, row.header, []byte(row.body))
		if r.status != row.status || r.code() != row.code {
			t.Errorf("%s: %d %s; want %d %s\n%s", row.name, r.status, r.code(), row.status, row.code, r.body)
		}
		if r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: headers %v", row.name, r.header)
		}
	}
	a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(0, len(a.Responses)); diff != "" {
		t.Errorf("bad input left responses behind: %v", a.Responses)
	}
}

func TestForgedTokens(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	parts := strings.Split(u.token, ".")
	claims := jwt.MapClaims{"iss": "http://proba.test", "aud": "http://proba.test", "sub": u.id, "roles": []string{"administrator"}, "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix()}
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	symmetric, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte("public key as secret"))
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{"alg none": none, "HS256": symmetric, "no signature": parts[0] + "." + parts[1] + ".", "swapped claims": parts[0] + "." + strings.Split(none, ".")[1] + "." + parts[2], "words": "not a token"} {
		forger := &user{env: e, token: token}
		if r := forger.do(t, "GET", "/api/v1/me", nil); r.status != 401 || r.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	e.Clock.Forward(6 * time.Minute)
	if r := u.do(t, "GET", "/api/v1/me", nil); r.code() != "token.expired" {
		t.Errorf("an old token: %d %s", r.status, r.body)
	}
}

// TestHeadAnswersAsGet asks for the head of what a route gives: the same status, also for
// who may not have it, and nothing after it.
func TestHeadAnswersAsGet(t *testing.T) {
	e := start(t)
	learner := e.person(t, auth.Learner)
	for _, row := range []struct {
		as     *user
		path   string
		status int
	}{
		{e.nobody(), "/v", 200}, {e.nobody(), "/api/v1/exams", 401}, {learner, "/api/v1/me", 200},
		{learner, "/api/v1/exams", 403}, {learner, "/api/v1/me/attempts/none", 404},
	} {
		got, head := row.as.do(t, "GET", row.path, nil), row.as.do(t, "HEAD", row.path, nil)
		if got.status != row.status || head.status != row.status || len(head.body) > 0 || len(got.body) == 0 {
			t.Errorf("%s: GET %d with %d bytes, HEAD %d with %d bytes", row.path, got.status, len(got.body), head.status, len(head.body))
		}
	}
}

func TestPublicPagesNeedNothing(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	u.pass(t)
	id, _ := u.certificate(t)
	for path, want := range map[string]string{"/": "Proba", "/v": "<form", "/v/" + id + "?lang=uk": "Сертифікат чинний", "/v/" + id + "?lang=en": "This certificate is valid",
		"/docs": "saveResponses", "/openapi.yaml": "openapi: 3.1.0", "/enter": "password"} {
		r := e.nobody().do(t, "GET", path, nil)
		if r.status != 200 || !strings.Contains(string(r.body), want) || len(r.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s: %d, cookies %v", path, r.status, r.header.Values("Set-Cookie"))
		}
		camera := "camera=()"
		if path == "/v" {
			camera = "camera=(self)"
		}
		if got := r.header.Get("Permissions-Policy"); !strings.Contains(got, camera) {
			t.Errorf("%s: what it may use: %q", path, got)
		}
		if outside := regexp.MustCompile(`(src|href|action)="(https?:)?//`).FindString(string(r.body)); outside != "" {
			t.Errorf("%s loads or links something from elsewhere: %s", path, outside)
		}
		if strings.Contains(path, id) && (strings.Contains(string(r.body), "Перевірена") || strings.Contains(string(r.body), "100")) {
			t.Errorf("%s shows the full name or the score", path)
		}
	}
	if r := e.nobody().do(t, "GET", "/v/AAAAAAAAAAAAAAAA", nil); r.status != 404 {
		t.Errorf("unknown certificate: %d", r.status)
	}
}
