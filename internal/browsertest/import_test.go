package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// hundreds is a GIFT file of that many questions and of three that cannot be taken in.
func hundreds(n int) string {
	var b strings.Builder
	b.WriteString("$CATEGORY: law/evidence\n\n")
	for i := range n {
		fmt.Fprintf(&b, "// [id:evidence-%03d]\n::Question %d:: Within how many hours does the judge decide in case %d? {=%d hours ~%d hours ~%d hours#That is the term of the appeal.}\n\n", i, i, i, 24+i, 25+i, 26+i)
	}
	b.WriteString("::No right one:: Who decides? {~the court ~the prosecutor}\n\n::Unclosed:: Who decides? {=the court ~the prosecutor\n\n::Twice the same:: Who decides? {=the court ~the court}\n")
	return b.String()
}

// TestAnImportIsFollowed sends a file of some hundred questions by the page, reads the report
// and takes them in; and follows one that takes longer, from the first question found to the
// last draft, without loading the page again.
func TestAnImportIsFollowed(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	if _, err := w.Authoring.Create(ctx, "ann", authoring.Copy{ID: "evidence", Title: exam.Text{"en": "Evidence"}, Languages: []string{"en"}}); err != nil {
		t.Fatal(err)
	}
	const bank, all = "/workbench/writing/evidence", 300
	i := newReviewer(w.device(t), "en")
	i.enterDesk(w.staff(t, auth.Author))
	i.open(bank + "/import?lang=en")
	file := filepath.Join(t.TempDir(), "evidence.gift")
	if err := os.WriteFile(file, []byte(hundreds(all)), 0o600); err != nil {
		t.Fatal(err)
	}
	i.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	i.clickIn("main form button")
	i.at(bank + "/imports/.*")
	report := value[string](i.device, "location.pathname")
	i.until("the report is there", "!document.querySelector('progress') && document.querySelector('form[method=post][action*=\"/imports/\"]')")
	for _, want := range []string{"evidence.gift", "303", "No right one", "Unclosed", "twice-the-same", "line 907"} {
		if !i.sees(want) {
			t.Errorf("the report does not say %q:\n%s", want, i.shown())
		}
	}
	if i.sees("--role") {
		t.Errorf("the report speaks of the command line:\n%s", i.shown())
	}
	i.look("import-report")
	i.do(chromedp.EmulateViewport(390, 844))
	if i.is("document.querySelector('.scroll').scrollWidth > document.querySelector('.scroll').clientWidth") {
		t.Error("on a phone the report has to be pushed aside to be read")
	}
	i.do(chromedp.EmulateViewport(1280, 900))
	i.clickIn("form[method=post][action*='/imports/'] button")
	i.until("the items are taken in", "location.pathname === '"+bank+"' || document.querySelector('.good')")
	i.open(bank)
	if !i.sees("evidence-000") {
		t.Errorf("the items are not in the list:\n%s", i.shown())
	}
	i.open(report)
	i.until("the report says that it was taken in", "document.querySelector('.good')")

	items := make([]exam.Item, all)
	for n := range items {
		key := n%2 == 0
		items[n] = exam.Item{ID: fmt.Sprintf("longer-%03d", n), Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: "evidence", Level: "apply", Difficulty: exam.Basic,
			Stem: exam.Text{"en": fmt.Sprintf("Does the judge decide in case %d?", n)}, Interaction: &exam.TrueOrFalse{True: &key}}
	}
	longer, err := w.Authoring.BeginImport(ctx, "ann", "evidence", "a-much-longer-list-of-questions.gift", "gift")
	if err != nil {
		t.Fatal(err)
	}
	tell := func(done, total int) {
		if err := w.Authoring.Progress(longer.ID)(ctx, done, total); err != nil {
			t.Fatal(err)
		}
	}
	tell(120, 0)
	i.open(bank + "/imports/" + longer.ID)
	if !i.sees("120") {
		t.Errorf("the page does not say how many were found:\n%s", i.shown())
	}
	i.look("import-reading")
	tell(180, all)
	i.until("the page says how many were compared", "document.querySelector('main').innerText.includes('180 / 300') && document.querySelector('progress').value === 180")
	if _, err := w.Authoring.FillImport(ctx, longer, authoring.Source{File: longer.File, Format: "gift", Found: all, Items: items}); err != nil {
		t.Fatal(err)
	}
	i.until("the report is there", "!document.querySelector('progress') && document.querySelector('form[method=post]')")
	if _, err := w.Authoring.BeginApply(ctx, "evidence", longer.ID); err != nil {
		t.Fatal(err)
	}
	i.reload()
	i.until("the page follows the taking in", "document.querySelector('main').innerText.includes('0 / 300') && document.querySelector('progress').max === 300")
	i.look("import-applying")
	if _, err := w.Authoring.Apply(ctx, "ann", "evidence", longer.ID); err != nil {
		t.Fatal(err)
	}
	i.until("the page says that it is over", "!document.querySelector('[data-moving]') && document.querySelector('.good')")
	i.look("import-over")
}
