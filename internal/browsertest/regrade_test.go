package browsertest

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// staff registers somebody with the roles and returns the e-mail address.
func (w *world) staff(t *testing.T, roles ...auth.Role) string {
	t.Helper()
	email := strings.ToLower(rand.Text()) + "@proba.test"
	p, err := w.Auth.Register(t.Context(), auth.Registration{Email: email, Name: "Марта Укладачка", Language: "uk", Roles: roles})
	if err == nil {
		_, err = w.Auth.SetPassword(t.Context(), p.ID, password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return email
}

// sat has a learner sit the sitting with everything right but the slots for which wrong
// says so, without a browser, and returns the attempt.
func (w *world) sat(t *testing.T, email, held string, wrong func(exam.Item) bool) string {
	t.Helper()
	person, err := w.Auth.PersonByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Exams.Start(t.Context(), person.ID, held, "uk")
	if err != nil {
		t.Fatal(err)
	}
	bank, err := w.Exams.Bank(t.Context(), s.Attempt.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	save := exam.Save{Writer: s.Attempt.Writer, Seq: 1}
	for slot, key := range w.keys(t, s.Attempt.ID) {
		n, _ := bank.Number(s.Attempt.Form.Slots[slot].Item.ID)
		if it := bank.Revision(n).Item; wrong(it) {
			key.Choices = []int{(key.Choices[0] + 1) % len(s.View.Slots[slot].Options)}
		}
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	if _, err = w.Exams.Save(t.Context(), person.ID, s.Attempt.ID, save); err == nil {
		_, err = w.Exams.Submit(t.Context(), person.ID, s.Attempt.ID, s.Attempt.Writer, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.Attempt.ID
}

// TestAWrongKeyIsCorrected is the whole way in a browser: an author gives the key, sees what
// would change; an administrator sees for whom, and approves; the page follows the work by
// itself; the learner, who failed, has a letter, a corrected result and a certificate.
func TestAWrongKeyIsCorrected(t *testing.T) {
	w := newWorld(t)
	e, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Blueprint.Cut, e.Blueprint.Gates = "strict", 10_000, nil
	e.Policy.Review, e.Policy.Certificate = exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}, exam.CertificatePolicy{Issue: true, ShowScore: true}
	w.sitting(t, e)

	failing := w.learner(t, e.ID)
	item, option := "", 0
	attempt := w.sat(t, failing, e.ID, func(it exam.Item) bool {
		_, single := it.Interaction.(*exam.SingleChoice)
		if !single || item != "" {
			return false
		}
		item = it.ID
		return true
	})
	a := w.attempt(t, attempt)
	for slot, s := range a.Form.Slots {
		if s.Item.ID == item {
			option = s.Arrangement.Options[a.Responses[slot].Response.Choices[0]]
		}
	}
	if a.Result.Passed {
		t.Fatalf("one answer is wrong, yet %+v", a.Result)
	}

	author := newReviewer(w.device(t), "uk")
	author.enterDesk(w.staff(t, auth.Author))
	author.open("/workbench/exams/" + e.ID)
	author.click("a[href$='/regrades']")
	author.at("/workbench/exams/" + e.ID + "/regrades")
	author.do(chromedp.SendKeys(chromedp.CSS("#q"), item))
	author.click(".filter button")
	author.until("the item is found", fmt.Sprintf("document.querySelector(\"a[href$='item=%s']\")", item))
	author.look("regrades")
	author.click("a[href$='item=" + item + "']")
	author.at("/workbench/exams/" + e.ID + "/new-regrade")
	author.click("#policy-new_key")
	author.click(fmt.Sprintf("#choice-%d", option))
	author.do(chromedp.SendKeys(chromedp.CSS("#reason"), "Норму, на яку спирався ключ, скасовано"))
	author.look("regrade-form")
	author.clickIn("form[action$='/regrades'] button")
	author.at("/workbench/regrades/.*")
	author.until("the dry run is over, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector('.tag.checked')")
	if author.sees("Олена Перевірена") || author.is("document.querySelector('#approve-reason')") {
		t.Error("an author sees whose result changes, or may approve")
	}
	page := value[string](author.device, "location.pathname")
	if got := w.attempt(t, attempt); got.Result.Passed || len(got.Regraded) > 0 {
		t.Error("the dry run has changed a result")
	}

	admin := newReviewer(w.device(t), "uk")
	admin.enterDesk(w.staff(t, auth.Administrator))
	admin.open(page)
	if !admin.sees("Олена Перевірена") {
		t.Errorf("an administrator does not see whose result changes:\n%s", admin.shown())
	}
	admin.look("regrade-dry-run")
	admin.do(chromedp.SendKeys(chromedp.CSS("#approve-reason"), "Погоджено з юристами"))
	admin.clickIn("form[action$='/approve'] button")
	admin.until("the work is done, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector('.tag.done')")
	admin.look("regrade-report")
	admin.clickIn("table a[href*='/attempts/']")
	admin.at("/workbench/attempts/" + attempt)
	admin.look("regraded-attempt")

	proctest.WaitFor(t, "the certificate is issued", func() bool { return w.attempt(t, attempt).CertificateID != "" })
	letters, err := filepath.Glob(filepath.Join(server.MailPath(w.Config.Data), "*.eml"))
	if err != nil || len(letters) != 1 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	if letter, err := os.ReadFile(letters[0]); err != nil || !strings.Contains(string(letter), failing) {
		t.Errorf("the letter is not for the learner: %v\n%s", err, letter)
	}
	learner := newReviewer(w.device(t), "uk")
	learner.signIn(failing)
	learner.open("/my/attempts/" + attempt + "/result?lang=uk")
	if !learner.sees("Результат виправлено") || !learner.sees("Норму, на яку спирався ключ, скасовано") || !learner.is("document.querySelector(\"a[href*='/my/certificates/']\")") {
		t.Errorf("the learner is told:\n%s", learner.shown())
	}
	learner.look("corrected-result")
}

// enterDesk signs in somebody who has work at the desk.
func (d *device) enterDesk(email string) {
	d.t.Helper()
	d.open("/sign-in?lang=uk")
	d.insert("#email", email)
	d.insert("#password", password)
	d.click("form button")
	d.at("/workbench")
}

// clickIn is click on a page that is longer than the window. A field that has the focus
// is scrolled into view when the window has changed its size, maybe under the mouse: it
// loses the focus first.
func (d *device) clickIn(css string) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf("(document.activeElement.blur(), document.querySelector(%q).scrollIntoView({ block: 'center', behavior: 'instant' }), true)", css))
	d.click(css)
}
