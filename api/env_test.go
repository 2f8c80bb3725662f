package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/internal/servicetest"
)

const password = "eleven quiet herons at dawn"

// env is a running service, and the contract that its answers are held to.
type env struct {
	*servicetest.Service
	base   string
	router routers.Router
}

func start(t testing.TB) *env {
	t.Helper()
	e := &env{Service: servicetest.Start(t, "-public-url", "http://proba.test")}
	e.base = "http://" + e.Address
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if e.router, err = gorillamux.NewRouter(doc); err != nil {
		t.Fatal(err)
	}
	return e
}

// person registers somebody with the roles and signs them in.
func (e *env) person(t testing.TB, roles ...auth.Role) *user {
	t.Helper()
	u := &user{env: e, email: strings.ToLower(rand.Text()) + "@proba.test"}
	p, err := e.Auth.Register(t.Context(), auth.Registration{Email: u.email, Name: "Олена Перевірена", Language: "uk", Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	u.id = p.ID
	if _, err := e.Auth.SetPassword(t.Context(), p.ID, password); err != nil {
		t.Fatal(err)
	}
	session, err := e.Auth.SignIn(t.Context(), u.email, password)
	if err != nil {
		t.Fatal(err)
	}
	u.token = session.AccessToken
	return u
}

// learner is a person who may sit the police sample.
func (e *env) learner(t testing.TB) *user {
	t.Helper()
	u := e.person(t, auth.Learner)
	if _, err := e.Exams.Entitle(t.Context(), "test", sitting, u.id, 0); err != nil {
		t.Fatal(err)
	}
	return u
}

const sitting = "police-sample"

// user makes requests; nobody is a user without a token.
type user struct {
	*env
	id, email, token string
}

func (e *env) nobody() *user { return &user{env: e} }

type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) code() string {
	var p struct{ Code string }
	if json.Unmarshal(r.body, &p) != nil {
		return ""
	}
	return p.Code
}

func (r reply) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
}

// do sends a request and checks the answer, and the request if it succeeded,
// against the contract.
func (u *user) do(t testing.TB, method, path string, body any) reply {
	t.Helper()
	var data []byte
	switch body := body.(type) {
	case nil:
	case string:
		data = []byte(body)
	default:
		var err error
		if data, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	header := http.Header{}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	return u.raw(t, method, path, header, data)
}

func (u *user) raw(t testing.TB, method, path string, header http.Header, data []byte) reply {
	t.Helper()
	newRequest := func() *http.Request {
		req, err := http.NewRequestWithContext(t.Context(), method, u.base+path, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for name := range header {
			req.Header.Set(name, header.Get(name))
		}
		if u.token != "" {
			req.Header.Set("Authorization", "Bearer "+u.token)
		}
		return req
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(newRequest())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	r := reply{status: res.StatusCode, header: res.Header}
	if r.body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	u.checkContract(t, newRequest(), r)
	return r
}

func (u *user) checkContract(t testing.TB, req *http.Request, r reply) {
	t.Helper()
	req.URL.Host, req.URL.Scheme, req.Host = "", "", ""
	route, params, err := u.router.FindRoute(req)
	if err != nil {
		return // no such route: the answer is a problem document, tested elsewhere
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if r.status < 300 && strings.HasPrefix(req.URL.Path, "/api/") {
		if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
			t.Errorf("%s %s was accepted, but breaks the contract: %v", req.Method, req.URL.Path, err)
		}
	}
	if !strings.Contains(r.header.Get("Content-Type"), "json") {
		return
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body)), Options: in.Options}
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s %s answered %d against the contract: %v\n%s", req.Method, req.URL.Path, r.status, err, r.body)
	}
}
