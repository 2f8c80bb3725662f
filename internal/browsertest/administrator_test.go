package browsertest

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// languageVariable is the one language in which all staff work, for the pictures of
// docs/administrators.md; without it half of the work is done in each.
const languageVariable = "PROBA_DESK_LANGUAGE"

// giftFile has two topics, an item whose key is wrong (who goes to the same judge?), and one
// that cannot be read.
const giftFile = `$CATEGORY: appeal

::court::Який суд розглядає апеляційну скаргу на вирок районного суду? {=той самий суддя ~апеляційний суд ~Верховний Суд}

$CATEGORY: procedure

::term::Апеляційна скарга на вирок подається протягом тридцяти днів.{TRUE}

::days::Скільки годин триває затримання без ухвали суду, не більше? {#72:0}

::broken::Який? {=один
`

// office is a new service and those who work at it: the journey of the whole workbench.
type office struct {
	*process
	t *testing.T
	// lang is the language of who comes in next.
	lang  string
	admin *reviewer
	// second is somebody who writes and reviews: whoever wrote an item cannot approve it.
	second *reviewer
	// invited are the links of the learners, in the order of the list.
	invited []string
	// sat are the attempts and the learners' devices, in the same order.
	sat     []string
	devices []*reviewer
}

const (
	ownBank    = "/workbench/writing/law"
	ownExam    = "/workbench/exams/law-exam"
	ownSitting = "/workbench/sittings/law-lviv"
	faultyItem = "court"
)

// TestAnAdministratorStartsFromNothing is the work of an administrator from the first run
// to the exported results: a bank out of a GIFT file and by hand, reviewed by somebody else,
// an exam, three learners of whom one fails by a wrong key, the key corrected. The bank is
// written in Ukrainian; who reviews, and the administrator from the exam on, work in English.
// It inspects the pages that are worked on, and goes through all others in English.
func TestAnAdministratorStartsFromNothing(t *testing.T) {
	needBrowser(t)
	t.Parallel()
	dir := t.TempDir()
	o := &office{process: &process{data: filepath.Join(dir, "data"), address: proctest.FreeAddress(t), output: filepath.Join(dir, "output")}, t: t, lang: cmp.Or(os.Getenv(languageVariable), "uk")}
	o.start(t)
	o.admin = o.enters(o.told(t).AdminLink, o.admins())
	o.admin.at("/workbench")
	first := o.lang
	o.lang = cmp.Or(os.Getenv(languageVariable), "en")
	o.second = o.colleague()
	o.importsABank()
	o.writesAnItem()
	o.reviews()
	o.admin.lang = o.lang
	o.admin.open("/workbench?lang=" + o.lang)
	o.plansAnExam()
	o.invites()
	o.lang = first
	o.learnersSit()
	o.correctsTheKey()
	o.exports()
	o.speaksEnglish()
}

// admins is the address of the first administrator.
func (o *office) admins() string { return "administrator@proba.example" }

func (o *office) device() *reviewer {
	o.t.Helper()
	d := newReviewer(newDevice(o.t, "http://"+o.address, chromium, chromedp.WithNewBrowserContext()), o.lang)
	d.contrast = false
	return d
}

// enterPath is what a one-time link has before its token.
var enterPath = regexp.MustCompile(`/enter(\?lang=..)?#`)

// enters follows a one-time link, sets a password and signs in.
func (o *office) enters(link, email string) *reviewer {
	o.t.Helper()
	d := o.device()
	d.do(chromedp.Navigate(enterPath.ReplaceAllString(link, "/enter?lang="+o.lang+"#")))
	d.until("the page has the token", "document.querySelector('[data-token]').hidden")
	d.insert("#password", password)
	d.click("form button")
	d.until("the password is set", "document.querySelector('a.button')")
	d.click("a.button")
	d.at("/sign-in")
	d.insert("#email", email)
	d.insert("#password", password)
	d.click("form button")
	return d
}

// colleague is registered, with two roles, and comes in.
func (o *office) colleague() *reviewer {
	a := o.admin
	a.open("/workbench/people?lang=" + a.lang)
	a.click("main details summary")
	a.fill("email", "second@proba.test")
	a.fill("name", "Марта Укладачка")
	a.click("[name=role][value=author]")
	a.click("[name=role][value=reviewer]")
	a.clickIn("main details form button")
	a.at("/workbench/people/.*-.*")
	a.click("form[action$='/link'] button")
	a.until("the link is shown", "document.querySelector('#link')")
	d := o.enters(value[string](a.device, "document.querySelector('#link').value"), "second@proba.test")
	d.at("/workbench")
	d.page = 40
	return d
}

// importsABank makes a bank and takes a file in: the good items as drafts.
func (o *office) importsABank() {
	a := o.admin
	a.open("/workbench/new-bank")
	a.fill("id", "law")
	a.fill("title_uk", "Кримінальний процес")
	a.fill("title_en", "Criminal procedure")
	a.fill("languages", "uk")
	a.click("main form button")
	a.at(ownBank)
	file := filepath.Join(o.t.TempDir(), "law.gift")
	if err := os.WriteFile(file, []byte(giftFile), 0o600); err != nil {
		o.t.Fatal(err)
	}
	a.open(ownBank + "/import")
	a.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{file}))
	a.fill("roles", "investigator")
	a.fill("level", "apply")
	a.fill("difficulty", "applied")
	a.click("main form button")
	a.at(ownBank + "/imports/.*")
	a.look("import-report")
	a.click("main form button")
	a.at(ownBank)
	if !a.sees("тридцяти днів") {
		o.t.Errorf("the imported item is not in the list:\n%s", a.shown())
	}
}

// writesAnItem goes through the editor of an ordering item, with the preview beside it.
func (o *office) writesAnItem() {
	a := o.admin
	a.open(ownBank + "/new-item")
	a.open(ownBank + "/new-item?kind=ordering")
	a.fill("id", "steps")
	a.fill("/stem/uk", "Розставте дії слідчого.")
	for n, step := range []string{"огляд", "допит", "підозра"} {
		a.fill(fmt.Sprintf("/interaction/steps/%d/uk", n), step)
	}
	a.until("the preview shows what was written", "document.querySelector('#preview .stem')?.textContent.includes('слідчого') && document.querySelectorAll('#preview [data-order] li').length === 3")
	if a.is("document.querySelector('#preview').innerText.indexOf('огляд') < document.querySelector('#preview').innerText.indexOf('допит') && document.querySelector('#preview').innerText.indexOf('допит') < document.querySelector('#preview').innerText.indexOf('підозра')") {
		o.t.Error("the preview shows the ordering solved")
	}
	a.click("button[formaction$='/preview']")
	a.until("the page says what is missing", "document.querySelectorAll('.field-fault').length > 1")
	a.look("editor")
	for field, text := range map[string]string{"/topic": "procedure", "/roles": "investigator", "/level": "apply", "/difficulty": "applied"} {
		a.fill(field, text)
	}
	a.click(".sticky button:not([formaction])")
	a.at(ownBank + "/items/steps")
	a.click("form[action$='/submit'] button")
	a.until("it is in review", "document.querySelector('.tag.in_review')")
	if a.is("document.querySelector('form[action$=\"/approve\"]')") {
		o.t.Error("the author is offered to approve")
	}
}

// reviews has what was imported sent to review at once; a second person comments on one
// item, approves it, and the others together; the administrator releases.
func (o *office) reviews() {
	a, r := o.admin, o.second
	a.open(ownBank + "?state=draft")
	a.markAll(3)
	a.click("button[formaction$='/submit']")
	a.until("they are in review", "document.querySelector(\"a[href$='state=in_review']\").textContent === '4'")

	r.open(ownBank + "/items/steps")
	r.insert("#comment", "Добре, але чому лише три?")
	r.clickIn("form[action$='/comments'] button")
	r.until("the comment stands there", "document.querySelector('.comment')")
	r.look("review")
	r.clickIn("form[action$='/approve'] button")
	r.until("it is approved", "document.querySelector('.tag.approved')")
	r.open(ownBank + "?state=in_review")
	r.markAll(3)
	r.clickIn("button[formaction$='/approve']")
	r.until("all are approved", "document.querySelector(\"a[href$='state=approved']\").textContent === '4'")

	a.open(ownBank)
	a.look("items")
	a.open(ownBank + "/release")
	a.click("form[action$='/release'] button")
	a.until("it is released", "document.querySelector('main a[href*=\"/workbench/banks/\"]')")
	a.open(ownBank + "/items/steps/edit")
	a.fill("/stem/uk", "Розставте дії слідчого за порядком.")
	a.click(".sticky button:not([formaction])")
	a.at(ownBank + "/items/steps")
	a.open(ownBank + "/items/steps/changes")
	if !a.is("document.querySelector('.changes ins')?.textContent.includes('порядком')") {
		o.t.Errorf("the change is not shown:\n%s", a.shown())
	}
}

// markAll marks all items of the list.
func (i *reviewer) markAll(n int) {
	i.t.Helper()
	i.click("[data-mark-all]")
	i.until(fmt.Sprintf("%d items are marked", n), fmt.Sprintf("document.querySelectorAll('[name=item]:checked').length === %d", n))
}

// plansAnExam fills the form that the release offers, sees at once which cell is short, and
// publishes.
func (o *office) plansAnExam() {
	a := o.admin
	a.open(ownBank + "/release")
	a.click("a[href*='/workbench/new-exam?release=']")
	a.at("/workbench/new-exam")
	a.click("main form button")
	a.until("the form is there", "document.querySelector('#exam-form')")
	a.fill("id", "law-exam")
	a.fill("title_uk", "Слідчий: кримінальний процес")
	a.fill("title_en", "Investigator: criminal procedure")
	a.fill("programme", "investigator")
	a.fill("cut", "80")
	a.fill("cell1_count", "9")
	a.until("the second cell is short, in its row, in the matrix and said aloud", `document.querySelectorAll("[data-cells] tbody tr")[1].classList.contains("bad") && document.querySelector("[data-cells] [data-held] .short") && document.querySelector("[data-short]").textContent.endsWith(": 2") && document.querySelector("[data-matrix] .short")`)
	a.look("blueprint")
	a.fill("cell1_count", "2")
	a.until("it is not short", `!document.querySelector("[data-cells] tbody tr.bad") && document.querySelector("[data-short]").textContent && !document.querySelector("[data-short]").textContent.endsWith(": 2")`)
	a.fill("show", string(exam.ShowKeys))
	a.clickIn("#exam-form .acts button")
	a.at(ownExam)
	a.click("a[href$='/check']")
	a.until("it is feasible", "document.querySelector('.card.valid .numbers')")
	a.click("form[action$='/publish'] button")
	a.until("it is published", "document.querySelector('.tag.published')")
	a.picture("16-published.png")
}

// invites opens a sitting and registers three learners by a list.
func (o *office) invites() {
	a := o.admin
	a.click("a[href*='/workbench/new-sitting']")
	a.at("/workbench/new-sitting")
	a.fill("id", "law-lviv")
	a.fill("title_uk", "Львів, осінь")
	a.fill("title_en", "Lviv, autumn")
	a.fill("region", "Львівська область")
	a.fill("opens", "2020-01-01T09:00")
	a.fill("closes", "2090-01-01T09:00")
	a.clickIn("main form button")
	a.at(ownSitting)
	a.click("nav.tabs a[href$='/learners']")
	a.at(ownSitting + "/learners")
	a.fill("list", "пошта;ПІБ\nolena@proba.test;Олена Ковальчук\nmarko@proba.test;Марко Їжакевич\nyulia@proba.test;Юлія Ґудзь\n")
	a.clickIn("form[action$='/check'] button")
	a.until("the list is good", "document.querySelector('form[action$=\"/list\"]')")
	a.click("form[action$='/list'] button")
	a.until("they are registered", "document.querySelectorAll('td .break').length === 3")
	a.look("invited")
	o.invited = value[[]string](a.device, "[...document.querySelectorAll('td .break')].map((e) => e.textContent)")
}

// learnersSit: the first knows better than the key, the second answers by it, the third has
// it all wrong and is watched.
func (o *office) learnersSit() {
	for n, email := range []string{"olena@proba.test", "marko@proba.test", "yulia@proba.test"} {
		d := o.enters(o.invited[n], email)
		d.lang = "uk" // in which alone the exam is held
		d.at("/my")
		d.click("a.button[href*='law-lviv']")
		d.at("/my/sittings/law-lviv")
		if o.lang != "uk" {
			d.open("/my/sittings/law-lviv?lang=uk")
		}
		d.click("form button")
		d.live()
		o.sat, o.devices = append(o.sat, attemptIn(value[string](d.device, "location.pathname"))), append(o.devices, d)
		for slot, key := range o.keys(o.t, o.sat[n]) {
			d.goTo(slot)
			faulty := d.is(fmt.Sprintf("document.querySelector('#item-%d .stem').textContent.includes('Який суд')", slot+1))
			switch {
			case faulty && n == 0:
				key.Choices = []int{value[int](d.device, fmt.Sprintf("[...document.querySelectorAll('#item-%d [name=choice]')].findIndex((e) => e.labels[0].textContent.includes('апеляційний'))", slot+1))}
			case n == 2:
				continue
			}
			d.answer(slot, key)
		}
		d.safe()
		if n == 2 {
			o.watches()
		}
		d.click("#places button[value=summary]")
		d.click("#hand-in")
		d.at("/my/attempts/" + o.sat[n] + "/result")
	}
}

// watches looks into the room while one sits, gives more time, and sees that it follows.
func (o *office) watches() {
	a := o.admin
	a.open(ownSitting + "/room")
	a.until("one sits, two are through", "document.querySelectorAll('[data-room] td .tag.running').length === 1 && document.querySelectorAll('[data-room] td .tag.released').length === 2")
	a.click("main details summary")
	a.fill("minutes", "10")
	a.fill("reason", "Не було струму")
	a.clickIn("form[method=post][action$='/room'] button")
	a.until("ten minutes were added", "document.querySelector('[data-room] tbody').innerText.includes('+10')")
	a.look("room")
}

// correctsTheKey has the second person propose the right key, without seeing whom it
// concerns; the administrator sees and approves; certificates and letters follow.
func (o *office) correctsTheKey() {
	a, author := o.admin, o.second
	author.open(ownExam)
	author.click("a[href$='/regrades']")
	author.at(ownExam + "/regrades")
	author.insert("#q", faultyItem)
	author.click(".filter button")
	author.until("the item is found", "document.querySelector(\"a[href$='item="+faultyItem+"']\")")
	author.look("regrades")
	author.click("a[href$='item=" + faultyItem + "']")
	author.at(ownExam + "/new-regrade")
	author.click("#policy-new_key")
	author.click("#choice-1")
	author.insert("#reason", "Апеляцію розглядає апеляційний суд")
	author.look("regrade-form")
	author.clickIn("form[action$='/regrades'] button")
	author.at("/workbench/regrades/.*")
	author.until("the dry run is over, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector('.tag.checked')")
	if author.sees("Олена Ковальчук") || author.is("document.querySelector('#approve-reason')") {
		o.t.Error("an author sees whose result changes, or may approve")
	}
	page := value[string](author.device, "location.pathname")
	if got := o.attempt(o.sat[0]); got.Result.Passed || len(got.Regraded) > 0 {
		o.t.Errorf("the dry run has changed a result, or it was passed before: %+v", got.Result)
	}

	a.open(page)
	if !a.sees("Олена Ковальчук") {
		o.t.Errorf("an administrator does not see whose result changes:\n%s", a.shown())
	}
	a.look("regrade-dry-run")
	a.insert("#approve-reason", "Погоджено з юристами")
	a.clickIn("form[action$='/approve'] button")
	a.until("the work is done, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector('.tag.done')")
	a.look("regrade-report")
	a.clickIn("table a[href*='/attempts/']")
	a.at("/workbench/attempts/.*")
	a.look("regraded-attempt")
	proctest.WaitFor(o.t, "the certificate is issued", func() bool { return o.attempt(o.sat[0]).CertificateID != "" })
	if got := o.attempt(o.sat[1]); got.Result.Passed {
		o.t.Errorf("who answered by the wrong key has passed: %+v", got.Result)
	}
	o.isTold()
}

// isTold reads the letters, and what the learner sees who has passed after all.
func (o *office) isTold() {
	o.t.Helper()
	letters, err := filepath.Glob(filepath.Join(server.MailPath(o.data), "*.eml"))
	if err != nil {
		o.t.Fatal(err)
	}
	got := make(map[string]int)
	for _, name := range letters {
		letter, err := os.ReadFile(name)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, to := range []string{"olena", "marko", "yulia"} {
			got[to] += strings.Count(string(letter), "To: <"+to+"@proba.test>")
		}
	}
	if want := map[string]int{"olena": 2, "marko": 2, "yulia": 1}; !maps.Equal(got, want) { // invited, and told
		o.t.Errorf("letters by learner: %v, want %v", got, want)
	}
	d := o.devices[0]
	d.open("/my/attempts/" + o.sat[0] + "/result")
	if !d.sees("Апеляцію розглядає апеляційний суд") || !d.is("document.querySelector(\"a[href*='/my/certificates/']\")") {
		o.t.Errorf("the learner is told:\n%s", d.shown())
	}
	d.look("corrected-result")
}

// exports takes the table of results down, and finds it all in the audit log.
func (o *office) exports() {
	a := o.admin
	a.open(ownSitting + "/results")
	a.look("results")
	table := value[string](a.device, "(async () => { const f = document.querySelector('form[action$=\"/results\"]'); return await (await fetch(f.action, { method: 'POST', body: new URLSearchParams(new FormData(f)) })).text(); })()")
	if rows := strings.Split(strings.TrimSpace(table), "\n"); len(rows) != 4 || !strings.Contains(table, "Юлія Ґудзь") || !strings.Contains(table, "olena@proba.test") {
		o.t.Errorf("the table of results:\n%s", table)
	}
	a.open("/workbench/audit")
	a.until("the log names the export", "document.querySelector('tbody').innerText.includes('law-lviv')")
	a.picture("28-audit.png")
}

// crawl follows links from the first page of the workbench, to one page of each kind, with
// preference for what the journey made, and returns what each says: its language, the words
// of its texts and attributes that have no language of their own, and the status.
const crawl = `(async () => {
	const kind = (url) => url.pathname.split("/").map((part, n) => n === 3 || n === 5 ? "*" : part).join("/") + (url.searchParams.get("kind") ?? "");
	const seen = new Set(), waiting = [new URL("/workbench?lang=en", location)], pages = [];
	while (waiting.length) {
		waiting.sort((a, b) => b.pathname.includes("/law") - a.pathname.includes("/law"));
		const url = waiting.shift();
		if (seen.has(kind(url))) continue;
		seen.add(kind(url));
		const answer = await fetch(url);
		if (!answer.headers.get("Content-Type").startsWith("text/html")) {
			if (answer.status !== 200) pages.push({ Path: url.pathname + url.search, Status: answer.status, Lang: "", Words: [] });
			continue;
		}
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const said = [];
		const read = (node) => {
			if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
			if (node.nodeType !== Node.ELEMENT_NODE || node.lang && node.lang !== "en" || node.tagName === "TEXTAREA") return;
			for (const name of ["title", "aria-label", "placeholder", "alt", "content", "data-stale"]) said.push(node.getAttribute(name) ?? "");
			node.childNodes.forEach(read);
		};
		read(page.documentElement);
		pages.push({ Path: url.pathname + url.search, Status: answer.status, Lang: page.documentElement.lang, Words: [...new Set(said.join("\n").match(/[\u0400-\u04ff’']*[\u0400-\u04ff]/g) ?? [])] });
		for (const a of page.querySelectorAll("a[href^='/workbench'], a[href^='?'], form[method=get][action^='/workbench']")) {
			const to = new URL(a.getAttribute("href") ?? a.getAttribute("action"), url);
			to.searchParams.delete("lang");
			waiting.push(to);
		}
	}
	return pages;
})()`

// speaksEnglish goes through the whole workbench in English and finds no word of another
// language but those that somebody wrote here, which stand in this file, and the name of the
// first run's learner (Зразкова).
func (o *office) speaksEnglish() {
	o.t.Helper()
	written, err := os.ReadFile("administrator_test.go")
	if err != nil {
		o.t.Fatal(err)
	}
	own := make(map[string]bool)
	for _, word := range regexp.MustCompile(`[\p{Cyrillic}’']*\p{Cyrillic}`).FindAllString(string(written), -1) {
		own[word] = true
	}
	pages := value[[]struct {
		Path, Lang string
		Status     int
		Words      []string
	}](o.admin.device, crawl)
	for _, p := range pages {
		foreign := slices.DeleteFunc(p.Words, func(word string) bool { return own[word] })
		if p.Status != 200 || p.Lang != "en" || len(foreign) > 0 {
			o.t.Errorf("%s is %d in %q and says %v", p.Path, p.Status, p.Lang, foreign)
		}
	}
	if len(pages) < 40 {
		o.t.Errorf("only %d pages were found", len(pages))
	}
}

// attempt is the attempt as the store has it.
func (o *office) attempt(id string) exam.Attempt {
	o.t.Helper()
	store := o.store(o.t)
	defer store.Close()
	a, err := store.Attempt(o.t.Context(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}
