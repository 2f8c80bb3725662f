package api_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// TestTemplatesByProgram saves, lists and shows templates, and issues a certificate of an
// exam that names one.
func TestTemplatesByProgram(t *testing.T) {
	e := start(t)
	admin := e.person(t, auth.Administrator)
	const path = "/api/v1/certificate-templates"
	body := map[string]any{"id": "academy", "texts": map[string]any{"uk": map[string]string{"heading": "Свідоцтво"}}, "valid_days": 10,
		"logo":        []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><rect width="2" height="1"/></svg>`),
		"signatories": []map[string]any{{"name": map[string]string{"uk": "Ганна", "en": "Hanna"}, "function": map[string]string{"uk": "Ректорка", "en": "Rector"}}}}
	for want, status := range []int{201, 200} {
		if r := admin.do(t, "POST", path, body); r.status != status {
			t.Fatalf("save, time %d: %d %s", want, r.status, r.body)
		}
	}
	body["valid_days"], body["revision"] = 20, 1
	if r := admin.do(t, "POST", path, body); r.status != 201 {
		t.Errorf("second revision: %d %s", r.status, r.body)
	}
	body["valid_days"] = 30
	if r := admin.do(t, "POST", path, body); r.code() != "template.stale" {
		t.Errorf("on an old revision: %s", r.body)
	}
	body["logo"] = []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><script/></svg>`)
	if r := admin.do(t, "POST", path, body); r.code() != "template.invalid" || !strings.Contains(string(r.body), `"/logo"`) {
		t.Errorf("a script in the logo: %s", r.body)
	}
	delete(body, "logo")
	if r := admin.do(t, "POST", path+"/preview?language=en", body); r.status != 200 || !strings.HasPrefix(string(r.body), "%PDF-") {
		t.Errorf("preview: %d %.80s", r.status, r.body)
	}
	var list struct {
		Items []struct{ Revision int }
		Next  string
	}
	admin.do(t, "GET", path+"?limit=1", nil).into(t, &list)
	if len(list.Items) != 1 || list.Next != "academy/000001" {
		t.Fatalf("first page: %+v", list)
	}
	admin.do(t, "GET", path+"?limit=1&after="+url.QueryEscape(list.Next), nil).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Revision != 2 {
		t.Errorf("second page: %+v", list)
	}
	var one struct{ Logo struct{ PNG []byte } }
	admin.do(t, "GET", path+"/academy/1", nil).into(t, &one)
	if len(one.Logo.PNG) == 0 {
		t.Error("the revision has no logo")
	}
	if r := admin.do(t, "GET", path+"/academy/3", nil); r.status != 404 || r.code() != "template.not_found" {
		t.Errorf("a revision that is not there: %s", r.body)
	}

	// Publishing looks whether the template is there.
	sample, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	for ref, code := range map[string]string{"academy/9": "exam.template", "academy/2": ""} {
		draft := sample
		draft.ID = "by-" + strings.ReplaceAll(ref, "/", "-")
		draft.Policy.Certificate = exam.CertificatePolicy{Issue: true, Template: ref}
		if _, _, err := e.Exams.CreateExam(t.Context(), draft); err != nil {
			t.Fatal(err)
		}
		r := admin.do(t, "POST", "/api/v1/exams/"+draft.ID+"/publish", map[string]any{})
		var published exam.Exam
		if err := json.Unmarshal(r.body, &published); code == "" && (err != nil || published.Policy.Certificate.Template != ref) {
			t.Errorf("the published exam names the template %q, %v", published.Policy.Certificate.Template, err)
		}
		if r.code() != code {
			t.Errorf("publish with %s: %s, want %q", ref, r.body, code)
		}
	}
}

// TestATemplateByPages goes through the form: a preview with a fault, a save, a newer
// revision, and one that was made meanwhile.
func TestATemplateByPages(t *testing.T) {
	e := start(t)
	b, _ := e.atDesk(t, auth.Administrator)
	wantPage(t, "empty form", b.get(t, "/workbench/new-template"), 200, "New template", "data:image/svg")
	form := url.Values{"id": {"academy"}, "revision": {"0"}, "/texts/uk/heading": {"Свідоцтво 证"}, "/signatories/0/name/uk": {"Ганна"}, "/signatories/0/name/en": {"Hanna"}, "/signatories/0/function/uk": {"Ректорка"}, "/signatories/0/function/en": {"Rector"}}
	r := b.post(t, "/workbench/templates/preview?part=1", form)
	wantPage(t, "preview with a fault", r, 200, "text in Ukrainian heading", "8BC1")
	if strings.Contains(r.body, "<html") {
		t.Error("the part is a whole page")
	}
	wantPage(t, "a fault is not saved", b.post(t, "/workbench/templates", form), 422, "Свідоцтво 证", "8BC1")
	form.Set("/texts/uk/heading", "Свідоцтво")
	if r := b.post(t, "/workbench/templates/preview?pdf=uk", form); r.status != 200 || !strings.HasPrefix(r.body, "%PDF-") {
		t.Errorf("as PDF: %d %.40s", r.status, r.body)
	}
	saved := b.post(t, "/workbench/templates", form)
	wantPage(t, "save", saved, 200, "The revision is saved", "Свідоцтво")
	if saved.path != "/workbench/templates/academy/1" {
		t.Errorf("saving leads to %s", saved.path)
	}
	form.Set("revision", "1")
	form.Set("zone", "Europe/Kyiv")
	wantPage(t, "save again", b.post(t, "/workbench/templates", form), 200, "academy/2")
	form.Set("zone", "Europe/London")
	wantPage(t, "on an old revision", b.post(t, "/workbench/templates", form), 409, "newer revision")
	wantPage(t, "list", b.get(t, "/workbench/templates"), 200, "academy/1", "academy/2", "newest")
	wantPage(t, "in the form of exams", b.get(t, "/workbench/new-exam?from="+sitting), 200, "academy/2")

	// The first revision comes back: its form makes a revision after the newest one.
	old := b.get(t, "/workbench/templates/academy/1")
	wantPage(t, "an old revision", old, 200, "This is revision 1; the newest is 2. Saving makes revision 3", `name="revision" value="2"`)
	form.Set("revision", "2")
	form.Set("zone", "")
	again := b.post(t, "/workbench/templates", form)
	wantPage(t, "restored", again, 200, "The revision is saved")
	first, err := e.Certs.TemplateOf(t.Context(), "academy/1")
	if err != nil {
		t.Fatal(err)
	}
	third, err := e.Certs.TemplateOf(t.Context(), "academy/3")
	if err != nil || again.path != "/workbench/templates/academy/3" || third.Zone != first.Zone || third.Texts["uk"] != first.Texts["uk"] {
		t.Errorf("restoring leads to %s: %+v, %v", again.path, third, err)
	}
	if r := b.get(t, again.path); strings.Contains(r.body, "Saving makes revision") {
		t.Error("the newest revision is called old")
	}

	auditor, _ := e.atDesk(t, auth.Auditor)
	wantPage(t, "an old revision to an auditor", auditor.get(t, "/workbench/templates/academy/2"), 200, "This is revision 2; the newest is 3.")
	if r := auditor.get(t, "/workbench/templates/academy/1"); r.status != 200 || strings.Contains(r.body, "Save the revision") {
		t.Errorf("an auditor sees %d, with the form: %t", r.status, strings.Contains(r.body, "Save the revision"))
	}
}

// How long a certificate is valid has one bound, in exams and in templates.
func TestValidityHasOneBound(t *testing.T) {
	says := func(faults []fault.Field, path string) bool {
		return slices.ContainsFunc(faults, func(f fault.Field) bool { return f.Path == path })
	}
	for days, refused := range map[int]bool{certs.MaxValidDays: false, certs.MaxValidDays + 1: true} {
		e := exam.Exam{Policy: exam.Policy{Certificate: exam.CertificatePolicy{ValidDays: days}}}
		template := certs.Template{ID: "academy", ValidDays: days}
		faults, err := template.Check()
		if err != nil || says(faults, "/valid_days") != refused || says(e.Check(), "/policy/certificate/valid_days") != refused {
			t.Errorf("%d days: template %v, exam %v, %v", days, faults, e.Check(), err)
		}
	}
}
