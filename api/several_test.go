package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

// TestSeveralAreCheckedByPage is the form of employers: a row for each line, the full name
// only where the signed code was brought, and nothing called good that is not.
func TestSeveralAreCheckedByPage(t *testing.T) {
	e := start(t)
	u, admin := e.learner(t), e.person(t, auth.Administrator)
	u.pass(t)
	id, address := u.certificate(t)
	_, code, _ := strings.Cut(address, "#")
	other := "A"
	if code[150] == 'A' {
		other = "B"
	}
	b := e.browser(t)
	wantPage(t, "form", b.get(t, "/v/several?lang=en"), 200, "Check several certificates")
	send := func(lines ...string) pageReply {
		return b.post(t, "/v/several?lang=en", url.Values{"items": {strings.Join(lines, "\r\n")}})
	}
	const name = "Олена Перевірена"
	byNumber := send(id)
	wantPage(t, "by number", byNumber, 200, "This certificate is valid", "not given", "О*** П***", `class="good"`)
	if strings.Contains(byNumber.body, name) {
		t.Error("the number alone gives the name")
	}
	r := send(id, address, "", code[:150]+other+code[151:], "AAAA-AAAA-AAAA-AAAA", "hello")
	wantPage(t, "several", r, 200, name, "genuine", "There is no such certificate.", "This is not a number or code")
	if good, bad := strings.Count(r.body, `class="good"`), strings.Count(r.body, `class="bad"`); good != 2 || bad != 3 {
		t.Errorf("%d rows are good and %d are not, want 2 and 3:\n%s", good, bad, r.body)
	}
	if r := admin.do(t, "POST", "/api/v1/certificates/"+id+"/revoke", map[string]string{"reason": "issued in error"}); r.status != 200 {
		t.Fatalf("%s", r.body)
	}
	if r := send(address); strings.Contains(r.body, `class="good"`) || !strings.Contains(r.body, "revoked") {
		t.Errorf("a revoked one: %s", r.body)
	}
	wantPage(t, "none", send(" "), 422, "Give 1 to 100")
	wantPage(t, "too many", send(strings.Split(strings.Repeat("x\n", 101), "\n")...), 422, "Give 1 to 100")
	limited := false
	for range 12 {
		limited = limited || send(id).status == 429
	}
	if !limited {
		t.Error("the form is not limited")
	}
	if strings.Contains(e.Log.String(), code[:40]) || strings.Contains(e.Log.String(), name) {
		t.Error("the log of requests has what was sent")
	}
}
