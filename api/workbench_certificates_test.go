package api_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/audit"
)

// certificatesByPages finds a certificate of the exam "spring-exam", held by
// "Перша Учасниця", in every way, takes it through all its states, and returns the
// number of the one that is revoked in the end.
func (e *env) certificatesByPages(t *testing.T, b *browser, number string) string {
	const list = "/workbench/certificates"
	at := list + "/" + number
	for what, query := range map[string]string{
		"holder": "q=one@proba.test", "number": "q=" + strings.ToLower(number), "part of the name": "q=" + url.QueryEscape("перша уч"), "exam and state": "exam=spring-exam&state=valid",
	} {
		wantPage(t, "find by "+what, b.get(t, list+"?"+query), 200, number, "Перша Учасниця")
	}
	for what, query := range map[string]string{"holder": "q=nobody@proba.test", "name": "q=" + url.QueryEscape("(.*)"), "exam": "exam=other", "state": "state=expired", "name and state": "state=revoked&q=" + url.QueryEscape("перша"), "place": "after=ZZZZZZZZZZZZZZZZ"} {
		if r := b.get(t, list+"?"+query); r.status != 200 || strings.Contains(r.body, number) {
			t.Errorf("by another %s the certificate is found: %d", what, r.status)
		}
	}

	why := url.Values{"reason": {"a report is looked into"}}
	wantPage(t, "suspend without a reason", b.post(t, at+"/suspend", nil), 422, "reason")
	wantPage(t, "suspend", b.post(t, at+"/suspend", why), 200, "The certificate was suspended", "a report is looked into")
	wantPage(t, "the public page says why", b.get(t, "/v/"+number+"?lang=en"), 200, "a report is looked into")
	wantPage(t, "a suspended one is not issued anew", b.post(t, at+"/reissue", url.Values{"name": {"Перша Учасниця-Нова"}, "reason": {"married"}}), 409, "end the suspension first")
	wantPage(t, "resume", b.post(t, at+"/resume", url.Values{"reason": {"the report was false"}}), 200, "valid again", "the report was false")
	if r := b.get(t, "/v/"+number+"?lang=en"); strings.Contains(r.body, "the report was false") {
		t.Error("everybody can read why the suspension ended")
	}
	wantPage(t, "a name that cannot be printed", b.post(t, at+"/reissue", url.Values{"name": {"王芳"}, "reason": {"misspelt"}}), 422, "lacks a character", "王芳")
	next := b.post(t, at+"/reissue", url.Values{"name": {"Перша Учасниця-Нова"}, "reason": {"misspelt"}})
	wantPage(t, "reissue", next, 200, "issued anew", "Перша Учасниця-Нова", "Replaces", number)
	if next.path == at {
		t.Fatal("reissuing leads to the old certificate")
	}
	wantPage(t, "the old one", b.get(t, at), 200, "Replaced by", "replaced")
	attempt := regexp.MustCompile(`/workbench/attempts/([^"]+)"`).FindStringSubmatch(next.body)
	if attempt == nil || b.get(t, attempt[0][:len(attempt[0])-1]).status != 200 {
		t.Errorf("the new one leads to no attempt: %v", attempt)
	}
	wantPage(t, "revoke without a reason", b.post(t, next.path+"/revoke", nil), 422, "reason")
	wantPage(t, "revoke", b.post(t, next.path+"/revoke", url.Values{"reason": {"the room was not watched"}}), 200, "The certificate was revoked", "the room was not watched")

	if r := b.get(t, at+"/files/credential.json"); r.status != 200 || !strings.Contains(r.body, `"OpenBadgeCredential"`) {
		t.Errorf("the credential: %d %.60s", r.status, r.body)
	}
	kit := b.get(t, "/workbench/verification-kit")
	archive, err := zip.NewReader(bytes.NewReader([]byte(kit.body)), int64(len(kit.body)))
	if err != nil {
		t.Fatalf("the kit: %d %v", kit.status, err)
	}
	for _, name := range []string{"jwks.json", "did.json", "log/checkpoint", "status/0-revocation.json"} {
		if !slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == name }) {
			t.Errorf("the kit has no %s", name)
		}
	}
	for act, of := range map[string]string{"suspendDesk": at, "resumeDesk": at, "reissueDesk": at, "revokeDesk": next.path} {
		entries, err := e.audit(t).Entries(t.Context(), audit.Filter{Action: act, Object: strings.TrimPrefix(of, "/workbench/")}, 0, 10)
		if err != nil || !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Failed == "" }) {
			t.Errorf("the audit log of %s: %+v, %v", act, entries, err)
		}
	}
	return path.Base(next.path)
}
