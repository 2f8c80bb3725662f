package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

func room(learners int) map[string]any {
	rows := make([]map[string]any, learners)
	for i := range rows {
		rows[i] = map[string]any{"email": fmt.Sprintf("l%d@proba.test", i), "name": "Олена Перевірена", "language": "uk"}
	}
	return map[string]any{"learners": rows}
}

// TestAFaultyListNamesItsPlaces is what the caller has to mend, in the document as it
// was sent; nobody of such a list is registered.
func TestAFaultyListNamesItsPlaces(t *testing.T) {
	e := start(t)
	admin := e.person(t, auth.Administrator)
	for name, change := range map[string]struct {
		member string
		value  any
		place  string
	}{
		"e-mail":     {"email", "nobody", `"/learners/2/email"`},
		"name":       {"name", "", `"/learners/2/name"`},
		"extra time": {"extra_time", 301, `"/learners/2/extra_time"`},
	} {
		list := room(4)
		list["learners"].([]map[string]any)[2][change.member] = change.value
		r := admin.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", list)
		if r.status != 422 || r.code() != "people.invalid" || !strings.Contains(string(r.body), change.place) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if _, err := e.Auth.PersonByEmail(t.Context(), "l0@proba.test"); err == nil {
		t.Error("half of a faulty list is registered")
	}
}

// TestLinksToCopySpeakTheReadersLanguage as the letters do: whoever's mail does not work
// is sent the link by hand.
func TestLinksToCopySpeakTheReadersLanguage(t *testing.T) {
	e := start(t)
	b, admin := e.atDesk(t, auth.Administrator)
	for lang, speaks := range map[string]string{"en": "en", "uk": "uk", "pl": "uk"} {
		email := lang + "@proba.test"
		r := admin.do(t, "POST", "/api/v1/sittings/"+sitting+"/learners", map[string]any{"learners": []any{map[string]any{"email": email, "name": "Erin Reader", "language": lang}}})
		if want := `"http://proba.test/enter?lang=` + speaks + "#"; r.status != 200 || !strings.Contains(string(r.body), want) {
			t.Errorf("who reads %s is invited by %s, want %s", lang, r.body, want)
		}
		person, err := e.Auth.PersonByEmail(t.Context(), email)
		if err != nil {
			t.Fatal(err)
		}
		shown := b.post(t, "/workbench/people/"+person.ID+"/link?lang=uk", nil)
		wantPage(t, "the link for who reads "+lang, shown, 200, `value="http://proba.test/enter?lang=`+speaks+"#")
	}
}

// BenchmarkEnrolTheLongestList must end well within the time of a request: 10 s.
func BenchmarkEnrolTheLongestList(b *testing.B) {
	e := start(b)
	admin := e.person(b, auth.Administrator)
	for n := 0; b.Loop(); n++ {
		list := room(auth.MaxRegistrations)
		for i, row := range list["learners"].([]map[string]any) {
			row["email"] = fmt.Sprintf("l%d-%d@proba.test", n, i)
		}
		if r := admin.do(b, "POST", "/api/v1/sittings/"+sitting+"/learners", list); r.status != 200 {
			b.Fatalf("%d %s", r.status, r.body)
		}
	}
}
