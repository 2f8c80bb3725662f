package api_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

// inBrowser loads a page in a real browser and returns what it has become. Pages of
// 127.0.0.1 are a secure context, in which WebCrypto works.
func inBrowser(t *testing.T, url string) string {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is missing")
		}
		t.Skip("SKIPPED: chromium is missing, so that the page's own check is not tried")
	}
	out, err := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=20000", "--dump-dom", url).Output()
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	return string(out)
}

// TestTheBrowserChecksTheSignature: signed fields in full beside the masked record
// when the code is genuine, and no such thing when it is not.
func TestTheBrowserChecksTheSignature(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	u.pass(t)
	id, url := u.certificate(t)
	_, payload, _ := strings.Cut(url, "#")
	middle := len(payload) - 40 // in the signature
	flipped := payload[:middle] + map[bool]string{true: "B", false: "A"}[payload[middle] == 'A'] + payload[middle+1:]
	const name = "Олена Перевірена"
	check := func(what, path, want string, fullName bool) {
		t.Helper()
		dom := inBrowser(t, e.base+path)
		text := regexp.MustCompile(`data-words="[^"]*"`).ReplaceAllString(dom, "")
		if !strings.Contains(text, want) || strings.Contains(text, name) != fullName {
			t.Errorf("%s: the page does not say %q, or the full name is shown: %v\n%s", what, want, strings.Contains(text, name), text)
		}
	}
	page := "/v/" + id + "?lang=en"
	check("by number alone", page, "This certificate is valid", false)
	check("genuine", page+"#"+payload, "The code is genuine: this was signed", true)
	check("one character flipped", page+"#"+flipped, "The code is NOT genuine", false)
	check("cut short", page+"#"+payload[:len(payload)-8], "The code is damaged or was changed", false)
	if r := admin.do(t, "POST", "/api/v1/certificates/"+id+"/revoke", map[string]string{"reason": "issued in error"}); r.status != 200 {
		t.Fatalf("%s", r.body)
	}
	check("revoked", page+"#"+payload, "The signature is genuine, but the certificate is not in force", true)
	// Nothing behind the # ever reaches the service.
	if log := e.Log.String(); strings.Contains(log, payload[:40]) || strings.Contains(log, name) {
		t.Error("the service's log has what stands behind the #")
	}
}

func TestTheCheckerIsAnApp(t *testing.T) {
	e := start(t)
	worker := e.nobody().do(t, "GET", "/v/worker.js", nil)
	if worker.status != 200 || worker.header.Get("Service-Worker-Allowed") != "/v" {
		t.Errorf("worker: %d, %v", worker.status, worker.header)
	}
	for _, path := range regexp.MustCompile(`"(/[^"]+)"`).FindAllStringSubmatch(strings.SplitN(string(worker.body), "\n", 3)[1], -1) {
		if r := e.nobody().do(t, "GET", path[1], nil); r.status != 200 || len(r.header.Values("Set-Cookie")) > 0 {
			t.Errorf("%s, which is kept for use without a line: %d", path[1], r.status)
		}
	}
	var manifest struct {
		Scope, Display string
		Icons          []struct{ Src string }
	}
	e.nobody().do(t, "GET", "/v/manifest.webmanifest", nil).into(t, &manifest)
	if manifest.Scope != "/v" || manifest.Display != "standalone" || len(manifest.Icons) == 0 {
		t.Errorf("manifest %+v", manifest)
	}
	if r := e.nobody().do(t, "GET", manifest.Icons[0].Src, nil); r.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("icon: %d %s", r.status, r.header.Get("Content-Type"))
	}
}
