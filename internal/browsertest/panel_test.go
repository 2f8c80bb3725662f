package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// rates fills in and hands in a round: rating for each item, and the whole exam.
func (i *reviewer) rates(panel string, rating int) {
	i.t.Helper()
	i.open("/workbench/panels/" + panel + "/rate")
	value[bool](i.device, fmt.Sprintf(`(() => { document.querySelectorAll("input[name^=rating_]").forEach((f, n) => { f.value = %d + 3 * n; });
		Object.entries({ cut: 65, pass: 70, cut_min: 50, cut_max: 80, fail_min: 10, fail_max: 60 }).forEach(([k, v]) => { document.getElementById(k).value = v + %d; }); return true; })()`, rating, rating%7))
	i.clickIn("button[value=yes]")
	i.until("the round is handed in", "document.querySelector('[role=status]')")
}

// TestAPanelSetsAStandard is the whole way in a browser: an administrator calls two judges
// together; each rates alone, sees the spread with keys and real difficulty, and rates
// again; another administrator signs; a new exam has the cut, and the old one keeps its.
func TestAPanelSetsAStandard(t *testing.T) {
	w := newWorld(t)
	w.sat(t, w.learner(t, sitting), sitting, func(it exam.Item) bool { _, single := it.Interaction.(*exam.SingleChoice); return single })
	before, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	chair, judges := newReviewer(w.device(t), "uk"), []*reviewer{newReviewer(w.device(t), "uk"), newReviewer(w.device(t), "uk")}
	for _, j := range judges {
		j.enterDesk(w.staff(t, auth.Judge))
	}
	chair.enterDesk(w.staff(t, auth.Administrator))
	chair.open("/workbench/exams/" + sitting)
	chair.clickIn("a[href$='/panels']")
	chair.at("/workbench/exams/" + sitting + "/panels")
	chair.do(chromedp.SendKeys(chromedp.CSS("#items"), "6"))
	value[bool](chair.device, "(document.querySelectorAll('[name=judge]').forEach((b) => b.click()), true)")
	chair.clickIn("form[action$='/panels'] button")
	chair.at("/workbench/panels/.*")
	path := value[string](chair.device, "location.pathname")
	panel := path[len("/workbench/panels/"):]
	for n, j := range judges {
		j.open("/workbench/panels")
		j.click("a[href$='/rate']")
		j.at(path + "/rate")
		if j.is("document.querySelector('.right, .ratings')") {
			t.Errorf("judge %d sees a key or the others before rating:\n%s", n, j.shown())
		}
		j.rates(panel, 50+20*n)
	}
	chair.open(path)
	chair.clickIn("form[action$='/close'] button")
	chair.until("the round is closed", "document.querySelector('.tag.discussing')")
	chair.clickIn("form[action$='/open'] button")
	chair.until("the second round is open", "document.querySelector('.tag.rating')")
	judges[0].open(path + "/rate")
	if n := value[int](judges[0].device, "document.querySelectorAll('svg.ratings').length"); n != 6 || !judges[0].is("document.querySelector('.right')") {
		t.Errorf("in the second round a judge sees the spread of %d items:\n%s", n, judges[0].shown())
	}
	judges[0].look("panel-rate")
	for n, j := range judges {
		j.rates(panel, 58+6*n)
	}
	chair.open(path)
	chair.clickIn("form[action$='/close'] button")
	chair.until("the round is closed", "document.querySelector('.tag.discussing')")
	judges[0].open(path + "/rate")
	if own := value[string](judges[0].device, "[...document.querySelectorAll('form section:first-of-type dl.numbers dt')].map((d) => d.innerText + ' ' + d.nextElementSibling.innerText).slice(0, 2).join('; ')"); own != "Ваша оцінка (раунд 1) 50 %; Ваша оцінка (раунд 2) 58 %" {
		t.Errorf("in the discussion a judge reads of the own ratings: %s", own)
	}
	judges[0].look("panel-discussed")
	chair.clickIn("form[action$='/conclude'] button")
	chair.until("there is a report", "document.querySelector('.tag.concluded')")
	if chair.is("document.querySelector(\"form[action$='/sign']\")") {
		t.Error("who called the panel together may sign")
	}
	w.signs(t, path)
	chair.open(path)
	chair.clickIn("form[action$='/adopt'] button")
	chair.at("/workbench/exams/" + sitting + "-2")
	chair.clickIn("form[action$='/publish'] button")
	chair.until("the exam is published", "document.querySelector('.tag.published')")
	e, err := w.Exams.Exam(t.Context(), sitting+"-2")
	if err != nil || e.State != exam.ExamPublished || e.Blueprint.Standard == nil || e.Blueprint.Standard.Panel != panel || e.Blueprint.Standard.SE <= 0 {
		t.Errorf("the new exam: %+v, %v", e.Blueprint, err)
	}
	if after, err := w.Exams.Exam(t.Context(), sitting); err != nil || after.Version != before.Version || after.Blueprint.Standard != nil {
		t.Errorf("the published exam has changed: %+v, %v", after.Blueprint, err)
	}
}

// signs has another administrator sign and print.
func (w *world) signs(t *testing.T, path string) {
	t.Helper()
	signer := newReviewer(w.device(t), "uk")
	signer.enterDesk(w.staff(t, auth.Administrator))
	signer.open(path)
	signer.picture("panel-concluded.png")
	signer.do(chromedp.SendKeys(chromedp.CSS("#reason"), "Погоджено радою"))
	signer.clickIn("form[action$='/sign'] button")
	signer.until("it is signed", "document.querySelector('.tag.signed')")
	signer.open(path + "/report")
	if !signer.sees("Погоджено радою") || !signer.sees("Марта Укладачка") {
		t.Errorf("the report does not say who signed and why:\n%s", signer.shown())
	}
	signer.look("panel-report")
}
