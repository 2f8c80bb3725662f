package api_test

import (
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/internal/audit"
)

// TestACorrectedNameLeavesCertificatesAsTheyAre by the page and by the interface; the
// audit log says whose name it was, and no name.
func TestACorrectedNameLeavesCertificatesAsTheyAre(t *testing.T) {
	e := start(t)
	b, admin := e.atDesk(t, auth.Administrator)
	learner := e.learner(t)
	learner.pass(t)
	number, _ := learner.certificate(t)
	at := "/workbench/people/" + learner.id

	wantPage(t, "the form", b.get(t, at), 200, "Correct the name", `value="Олена Перевірена"`, "Certificates that were issued keep the name")
	wantPage(t, "correct it", b.post(t, at+"/name", url.Values{"name": {" Олена  Виправлена "}}), 200, "The name was corrected", "<h1>Олена Виправлена</h1>", `value="Олена Виправлена"`)
	wantPage(t, "found by it", b.get(t, "/workbench/people?q="+url.QueryEscape("виправ")), 200, "Олена Виправлена")
	wantPage(t, "a name that cannot be", b.post(t, at+"/name", url.Values{"name": {"Олена <漢>"}}), 422, "<h1>Олена Виправлена</h1>", `<details class="card" open>`, `value="Олена &lt;漢&gt;"`, "cannot be printed on a certificate")
	if r := b.post(t, at+"/name?lang=uk", url.Values{"name": {""}}); r.status != 422 || !strings.Contains(text(r.body), "не може мати такого імені") {
		t.Errorf("no name, in Ukrainian: %d\n%s", r.status, text(r.body))
	}

	r := admin.do(t, "PUT", "/api/v1/people/"+learner.id+"/name", map[string]string{"name": "Олена  Довершена"})
	if want := `{"person":"` + learner.id + `","email":"` + learner.email + `","name":"Олена Довершена"}`; r.status != 200 || string(r.body) != want {
		t.Errorf("by the interface: %d %s, want %s", r.status, r.body, want)
	}
	if r := admin.do(t, "PUT", "/api/v1/people/"+learner.id+"/name", map[string]string{"name": "7"}); r.status != 422 || r.code() != "person.name_invalid" || !strings.Contains(string(r.body), `"/name"`) {
		t.Errorf("no letter in it: %d %s", r.status, r.body)
	}
	if p, err := e.Auth.Person(t.Context(), learner.id); err != nil || p.Name != "Олена Довершена" {
		t.Errorf("stored is %q, %v", p.Name, err)
	}
	if c, err := e.Certs.Record(t.Context(), certs.ID(number)); err != nil || c.Statement.Name != "Олена Перевірена" {
		t.Errorf("the certificate is for %q, %v", c.Statement.Name, err)
	}
	log := b.get(t, "/workbench/audit?lang=en&object=people/"+learner.id)
	wantPage(t, "the audit log", log, 200, "Name corrected", "person.name_invalid")
	entries, err := e.audit(t).Entries(t.Context(), audit.Filter{Object: "people/" + learner.id}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	acts := map[string]int{}
	for _, entry := range entries {
		if entry.Failed == "" {
			acts[entry.Action]++
		}
	}
	if want := map[string]int{"renameDesk": 3, "renamePerson": 2}; !maps.Equal(acts, want) {
		t.Errorf("taken down are %v, want %v", acts, want)
	}
	for _, name := range []string{"Виправлена", "Довершена", "漢"} {
		if strings.Contains(log.body, name) {
			t.Errorf("the audit log holds the name %s", name)
		}
	}
}
