package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

// A name that can be printed but has no room in the QR code, or on the paper, is
// refused on every way in, and nobody of its list is registered.
func TestNamesWithoutRoomAreRefusedAtEnrolment(t *testing.T) {
	e := start(t)
	b, admin := e.atDesk(t, auth.Administrator)
	at := "/workbench/sittings/" + sitting + "/learners"
	for what, row := range map[string]struct{ name, say, uk string }{
		"QR code": {strings.TrimSpace(strings.Repeat("Αλεξάνδρα ", 9)), "too long for the QR code", "задовге для QR-коду"},
		"paper":   {strings.TrimSpace(strings.Repeat("ЩЩЩЩЩЩЩ ", 14)), "too long for the two lines", "задовгий для двох рядків"},
	} {
		list := room(2)
		list["learners"].([]map[string]any)[1]["name"] = row.name
		r := admin.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", list)
		if r.status != 422 || !strings.Contains(string(r.body), `"/learners/1/name"`) || !strings.Contains(string(r.body), row.say) {
			t.Errorf("%s, by the interface: %d %s", what, r.status, r.body)
		}
		one := url.Values{"email": {"long@proba.test"}, "name": {row.name}, "language": {"uk"}}
		table := url.Values{"list": {"email,name\nl0@proba.test,Олена\nlong@proba.test," + row.name + "\n"}, "language": {"uk"}}
		staff := url.Values{"email": {"long@proba.test"}, "name": {row.name}, "language": {"uk"}, "role": {"author"}}
		for way, form := range map[string]url.Values{at: one, at + "/check": table, at + "/list": table, "/workbench/people": staff} {
			b.get(t, "/workbench?lang=en")
			wantPage(t, what+" "+way, b.post(t, way, form), 422, row.say)
			b.get(t, "/workbench?lang=uk")
			wantPage(t, what+" "+way, b.post(t, way, form), 422, row.uk)
		}
	}
	for _, nobody := range []string{"l0@proba.test", "long@proba.test"} {
		if _, err := e.Auth.PersonByEmail(t.Context(), nobody); err == nil {
			t.Errorf("%s is registered", nobody)
		}
	}
}
