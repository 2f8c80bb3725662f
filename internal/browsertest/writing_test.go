package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/auth"
)

const giftFile = "::строк::Апеляційна скарга подається протягом тридцяти днів.{TRUE}\n\n::суд::Який суд розглядає апеляцію? {=апеляційний суд ~той самий суддя}\n\n::зламане::Який? {=один\n"

// atDesk signs somebody with the roles in at the workbench.
func (w *world) atDesk(t *testing.T, roles ...auth.Role) *device {
	t.Helper()
	d := w.device(t)
	d.open("/sign-in?lang=uk")
	d.insert("#email", w.staff(t, roles...))
	d.insert("#password", password)
	d.click("form button")
	d.at("/workbench")
	d.open("/workbench?lang=uk")
	return d
}

// fill writes into a field as a person types: the page hears of it.
func (d *device) fill(name, text string) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf("(() => { const f = document.querySelector('[name=\"%s\"]'); f.value = %s; return f.dispatchEvent(new Event('input', { bubbles: true })); })()", name, quoted(text)))
}

// TestABankIsWritten goes from an empty list of banks to a release: a bank, a file with
// two good questions and a bad one, an item by hand with the preview beside it, review by
// a second person; and inspects the pages that are worked on.
func TestABankIsWritten(t *testing.T) {
	w := newWorld(t)
	author := newReviewer(w.atDesk(t, auth.Administrator), "uk")
	const bank = "/workbench/writing/my-bank"
	author.open("/workbench/writing")
	author.open("/workbench/new-bank")
	author.fill("id", "my-bank")
	author.fill("title_uk", "Мій банк")
	author.fill("title_en", "My bank")
	author.click("main form button")
	author.at(bank)

	file := filepath.Join(t.TempDir(), "law.gift")
	if err := os.WriteFile(file, []byte(giftFile), 0o600); err != nil {
		t.Fatal(err)
	}
	author.open(bank + "/import")
	author.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	author.click("main form button")
	author.at(bank + "/imports/.*")
	author.look("import-report")
	author.click("main form button")
	author.at(bank)
	if !author.sees("тридцяти днів") {
		t.Error("the imported item is not in the list")
	}

	author.open(bank + "/new-item")
	author.open(bank + "/new-item?kind=ordering")
	author.fill("id", "steps")
	author.fill("/stem/uk", "Розставте дії слідчого.")
	author.fill("/stem/en", "Put the investigator’s steps in order.")
	for n, step := range [][2]string{{"огляд", "inspection"}, {"допит", "interview"}, {"підозра", "suspicion"}} {
		author.fill(fmt.Sprintf("/interaction/steps/%d/uk", n), step[0])
		author.fill(fmt.Sprintf("/interaction/steps/%d/en", n), step[1])
	}
	author.until("the preview shows what was written", "document.querySelector('#preview .stem')?.textContent.includes('слідчого') && document.querySelectorAll('#preview [data-order] li').length === 6")
	if author.is("document.querySelector('#preview').innerText.indexOf('огляд') < document.querySelector('#preview').innerText.indexOf('допит') && document.querySelector('#preview').innerText.indexOf('допит') < document.querySelector('#preview').innerText.indexOf('підозра')") {
		t.Error("the preview shows the ordering solved")
	}
	author.click("button[formaction$='/preview']")
	author.until("the page says what is missing", "document.querySelectorAll('.field-fault').length > 1")
	author.look("editor")
	author.fill("/topic", "procedure")
	author.fill("/roles", "police")
	author.click(".sticky button:not([formaction])")
	author.at(bank + "/items/steps")
	author.click("form[action$='/submit'] button")
	author.until("it is in review", "document.querySelector('.tag.in_review')")
	if author.is("document.querySelector('form[action$=\"/approve\"]')") {
		t.Error("the author is offered to approve")
	}

	reviewer := newReviewer(w.atDesk(t, auth.Reviewer), "uk")
	reviewer.page = 20
	reviewer.open(bank + "/items/steps")
	reviewer.do(chromedp.SendKeys(chromedp.CSS("#comment"), "Добре, але чому лише три?"))
	reviewer.click("form[action$='/comments'] button")
	reviewer.until("the comment stands there", "document.querySelector('.comment')")
	reviewer.look("review")
	reviewer.click("form[action$='/approve'] button")
	reviewer.until("it is approved", "document.querySelector('.tag.approved')")

	author.open(bank)
	author.look("items")
	author.open(bank + "/release")
	author.click("form[action$='/release'] button")
	author.until("it is released", "document.querySelector('main a[href*=\"/workbench/banks/\"]')")
	author.open(bank + "/items/steps/edit")
	author.fill("/stem/uk", "Розставте дії слідчого за порядком.")
	author.click(".sticky button:not([formaction])")
	author.at(bank + "/items/steps")
	author.open(bank + "/items/steps/changes")
}
