package api_test

import (
	"strings"
	"testing"

	"github.com/proba-exam/proba/auth"
)

// TestExamPagesSayNames: roles, sections, topics and the like stand on exam pages as people
// call them, and a code that has no name stands as it is.
func TestExamPagesSayNames(t *testing.T) {
	e := start(t)
	other := e.essayExam(t)
	desk, _ := e.atDesk(t, auth.Administrator)
	at := "/workbench/exams/" + sitting
	wantPage(t, "in English", desk.get(t, at), 200, `police officers <span class="note code">police</span>`, "<td>Cooperation and data protection</td>",
		`digital evidence <span class="note code">digital-evidence</span>`, `all stages <span class="note code">cross-cutting</span>`, "60 % (Victims, Digital evidence)")
	uk := desk.get(t, at+"?lang=uk")
	wantPage(t, "in Ukrainian", uk, 200, `поліцейські <span class="note code">police</span>`, "<td>Цифрові докази</td>", `право України <span class="note code">ukrainian-law</span>`, `вербування <span class="note code">recruitment</span>`)
	for _, code := range []string{"<td>police</td>", "<dd>police</dd>", "<td>offence</td>", "<td>digital-evidence</td>", "(victims, evidence)", `<td class="code">`} {
		if strings.Contains(uk.body, code) {
			t.Errorf("the page shows %s", code)
		}
	}
	held, err := e.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := e.Exams.Bank(t.Context(), held.Release)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range bank.Stocks(held.Blueprint) {
		for _, code := range []string{s.Topic, s.Stage} {
			if code != "" && !strings.Contains(uk.body, `<span class="note code">`+code+"</span>") {
				t.Errorf("%s of the bank that comes with the service has no name", code)
			}
		}
	}
	wantPage(t, "a topic without a name", desk.get(t, "/workbench/exams/"+other), 200, `<th scope="row">law</th>`, "<td>укр All</td>")
	wantPage(t, "the list", desk.get(t, "/workbench/exams"), 200, "<td>поліцейські</td>", "<td>судді</td>")
	wantPage(t, "the whole name above the regions", desk.get(t, "/workbench/regions?exam="+sitting), 200, "<h2>Торгівля людьми та цифрові технології: поліцейські</h2>")
}
