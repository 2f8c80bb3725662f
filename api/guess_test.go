package api_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestGuessingSlowsDown tries wrong passwords over both ways in, which share the
// account's pace.
func TestGuessingSlowsDown(t *testing.T) {
	e := start(t)
	u, b := e.learner(t), e.browser(t)
	try := func(password string) reply {
		return e.nobody().do(t, "POST", "/api/v1/auth/sign-in", map[string]string{"email": u.email, "password": password})
	}
	wrong := url.Values{"email": {u.email}, "password": {"a wrong guess"}}
	// The clock goes on while passwords are hashed: a few more than the burst may pass.
	let := 0
	for ; let < 50; let++ {
		r := try("a wrong guess")
		if r.status == 429 && r.code() == "sign_in.too_many" && r.header.Get("Retry-After") != "" {
			break
		}
		if r.code() != "sign_in.refused" {
			t.Fatalf("guess %d: %d %s", let+1, r.status, r.body)
		}
	}
	if let < 30 || let == 50 {
		t.Errorf("%d wrong passwords are taken in a row", let)
	}
	slowed := false
	for range 10 {
		r := b.post(t, "/sign-in?lang=en", wrong)
		slowed = slowed || r.status == 429 && strings.Contains(r.body, "with this e-mail")
	}
	if !slowed {
		t.Error("over the page there is another pace")
	}
	e.Clock.Forward(6 * time.Second)
	if r := try(password); r.status != 200 {
		t.Errorf("six seconds later: %d %s", r.status, r.body)
	}
	if r := b.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}}); r.status != 200 || r.path != "/my" {
		t.Errorf("again from where it was right: %d at %s", r.status, r.path)
	}
}
