package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// originUnder is what a browser puts into the Origin header of a form's request to
// the page's own site (Fetch, "append a request Origin header").
func originUnder(policy, site string) string {
	if policy == "no-referrer" {
		return "null"
	}
	return site
}

// TestFormsOfABrowserWithoutFetchMetadata sends the sign-in form as browsers do
// that have no Sec-Fetch-Site: those before 2023, and all over plain http to a host
// that is not this machine.
func TestFormsOfABrowserWithoutFetchMetadata(t *testing.T) {
	e := start(t)
	u, b := e.learner(t), e.browser(t)
	res, err := http.Get(e.base + "/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b.origin = originUnder(res.Header.Get("Referrer-Policy"), e.base)
	if r := b.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}}); r.status != 200 || r.path != "/my" {
		t.Errorf("with Origin %q: %d at %s", b.origin, r.status, r.path)
	}
	for _, origin := range []string{"null", "https://elsewhere.test"} {
		b.origin = origin
		if r := b.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}}); r.status != 403 {
			t.Errorf("with Origin %q: %d", origin, r.status)
		}
	}
}

// TestReferrersTellNoSecret looks for secrets in the addresses that a referrer
// holds: path and query, never what stands behind the #.
func TestReferrersTellNoSecret(t *testing.T) {
	e := start(t)
	b, u := e.signedIn(t)
	id := b.begin(t)
	site, err := url.Parse(e.base)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{password, url.QueryEscape(u.email)}
	var addresses []string
	b.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
		addresses = append(addresses, req.URL.RequestURI())
		for _, cookie := range b.client.Jar.Cookies(site) {
			secrets = append(secrets, cookie.Value)
		}
		return nil
	}
	b.post(t, "/sign-in", url.Values{"email": {u.email}, "password": {password}})
	b.post(t, "/my/sittings/"+sitting, url.Values{"language": {"uk"}})
	b.post(t, "/my/attempts/"+id+"/resume", nil)
	b.post(t, "/my/attempts/"+id+"/submit", nil)
	if len(addresses) < 4 || len(secrets) < 8 {
		t.Fatalf("only %v were visited, with %d secrets", addresses, len(secrets))
	}
	all := strings.Join(addresses, " ")
	for _, secret := range secrets {
		if strings.Contains(all, secret) {
			t.Errorf("%q stands in an address: %s", secret, all)
		}
	}
}
