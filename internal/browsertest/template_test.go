package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
)

// emblem is a logo of plain shapes.
const emblem = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" rx="3" fill="#18403a"/><circle cx="20" cy="10" r="7" fill="#ffd34d"/></svg>`

// TestATemplateIsWritten fills in a certificate template with the sample beside it, which
// follows what is written, says what cannot be printed, and shows the logo; then an exam
// names the revision, and a certificate is printed by it.
func TestATemplateIsWritten(t *testing.T) {
	w := newWorld(t)
	admin := newReviewer(w.atDesk(t, auth.Administrator), "uk")
	writesATemplate(t, admin)

	// The exam's form offers the revision.
	admin.open("/workbench/new-exam?from=" + sitting)
	admin.until("the form of the exam", "document.querySelector('#template option[value=\"academy/1\"]')")
	admin.fill("id", "with-template")
	value[bool](admin.device, "(() => { document.querySelector('#template').value = 'academy/1'; return true; })()")
	admin.clickIn("#exam-form button:not([formaction]):not([type=button])")
	admin.at("/workbench/exams/with-template")
	e, err := w.Exams.Exam(t.Context(), "with-template")
	if err != nil || e.Policy.Certificate.Template != "academy/1" {
		t.Fatalf("the exam names the template %q, %v", e.Policy.Certificate.Template, err)
	}

	c, err := w.Certs.Issue(t.Context(), certs.Award{Attempt: "a", Person: "p", Name: holder, Title: e.Title.In("uk"), Language: "uk", Role: e.Blueprint.Role, Exam: e.ID, Template: e.Policy.Certificate.Template})
	if err != nil {
		t.Fatal(err)
	}
	admin.open("/workbench/certificates/" + string(c.ID))
	admin.until("the certificate names its template", "document.querySelector('a[href=\"/workbench/templates/academy/1\"]')")
	admin.look("template-certificate")
	admin.clickIn(`a[href="/workbench/templates/academy/1"]`)
	admin.at("/workbench/templates/academy/1")
}

// writesATemplate makes the first revision of "academy".
func writesATemplate(t *testing.T, admin *reviewer) {
	t.Helper()
	admin.open("/workbench/new-template")
	admin.fill("id", "academy")
	admin.fill("/texts/uk/heading", "Свідоцтво 证")
	admin.until("the preview says what cannot be printed", "document.querySelector('#preview .fault') && document.querySelector('#preview').innerText.includes('8BC1')")
	admin.fill("/texts/uk/heading", "Свідоцтво")
	admin.fill("/texts/uk/note", "Наказ № 7 від 1 березня 2026 року")
	for _, field := range []string{"name", "function"} {
		admin.fill("/signatories/0/"+field+"/uk", "Ганна Ґудзь")
		admin.fill("/signatories/0/"+field+"/en", "Hanna Hudz")
	}
	file := func(name, content string) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		admin.do(chromedp.SetUploadFiles(chromedp.CSS("#logo_file"), []string{path}))
	}
	file("holes.svg", strings.Replace(emblem, "<rect", `<rect fill-rule="evenodd"`, 1))
	admin.until("the preview says why a logo is refused", "document.querySelector('#preview .fault') && document.querySelector('#preview').innerText.includes('nonzero')")
	file("logo.svg", emblem)
	// The sample holds the logo, and what was written.
	admin.until("the preview follows", "[...document.querySelectorAll('#preview img')].length === 2 && (s => s.includes('Ганна Ґудзь') && s.includes('image/png'))(new TextDecoder().decode(Uint8Array.from(atob(document.querySelector('#preview img').src.split(',')[1]), c => c.charCodeAt(0)))) && document.querySelector('#preview img').naturalWidth > 0")
	admin.look("template")
	// By keyboard: what stands beside the fields moves with the page while a mouse aims.
	admin.do(chromedp.Focus(chromedp.CSS(".beside button:not([formaction])")), chromedp.KeyEvent("\r"))
	admin.at("/workbench/templates/academy/1")
	admin.open("/workbench/templates")
	admin.look("templates")
}
