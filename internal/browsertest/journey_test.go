package browsertest

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
	"github.com/proba-exam/proba/internal/server"
)

// axeVariable names the file axe.min.js of axe-core.
const axeVariable = "PROBA_AXE"

// reviewer looks at pages: with axe-core, at a phone's and a desktop's width, and at
// 400 % zoom, which is a window of 320 by 256 (WCAG 2.2, 1.4.10).
type reviewer struct {
	*device
	axe  string
	lang string
	page int
	// contrast has pages looked at with more contrast, instead of plain and in the dark:
	// the colours are the same in every language, and each is looked at in some of them.
	contrast bool
}

func newReviewer(d *device, lang string) *reviewer {
	d.t.Helper()
	i := &reviewer{device: d, lang: lang, contrast: lang == "en"}
	i.media(still)
	path := os.Getenv(axeVariable)
	switch {
	case path != "":
		source, err := os.ReadFile(path)
		if err != nil {
			d.t.Fatal(err)
		}
		i.axe = string(source)
	case os.Getenv("CI") != "":
		d.t.Fatalf("%s does not name axe.min.js: npm install axe-core", axeVariable)
	default:
		d.t.Logf("NOT TESTED with axe-core: %s does not name axe.min.js (npm install axe-core)", axeVariable)
	}
	return i
}

// look inspects the page as it stands.
func (i *reviewer) look(name string) {
	i.t.Helper()
	i.page++
	for _, size := range []struct{ width, height int64 }{{320, 256}, {390, 844}, {1280, 900}} {
		i.do(chromedp.EmulateViewport(size.width, size.height))
		if wide := value[int](i.device, "document.documentElement.scrollWidth"); wide > int(size.width) {
			i.t.Errorf("%s in %s is %d px wide in a window of %d", name, i.lang, wide, size.width)
		}
		i.picture(fmt.Sprintf("%02d-%s-%s-%d.png", i.page, name, i.lang, size.width))
	}
	i.forced(fmt.Sprintf("%02d-%s-%s-forced.png", i.page, name, i.lang))
	if i.axe == "" {
		return
	}
	value[bool](i.device, "(() => { if (!window.axe) { (0, eval)("+quoted(i.axe)+"); } return true; })()")
	violations := value[string](i.device, `axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled: `+strconv.FormatBool(!i.contrast)+` } } }).then((r) => r.violations.map((v) => v.id + ": " + v.help + "\n    " + v.nodes.map((n) => n.html).join("\n    ")).join("\n"))`)
	if violations != "" {
		i.t.Errorf("axe-core on %s in %s:\n%s", name, i.lang, violations)
	}
	media := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"}
	if i.contrast {
		media = &emulation.MediaFeature{Name: "prefers-contrast", Value: "more"}
	}
	i.media(media, still)
	if dim := value[string](i.device, `axe.run(document, { runOnly: ["color-contrast"] }).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => n.html)).join("\n"))`); dim != "" {
		i.t.Errorf("too little contrast on %s in %s with %s: %s:\n%s", name, i.lang, media.Name, media.Value, dim)
	}
	i.picture(fmt.Sprintf("%02d-%s-%s-%s.png", i.page, name, i.lang, media.Value))
	i.media(still)
}

// still stops transitions, which axe-core and pictures would see half way.
var still = &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}

// media sets what the person prefers.
func (i *reviewer) media(features ...*emulation.MediaFeature) {
	i.t.Helper()
	if _, err := chromedp.Call(i.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		i.t.Fatal(err)
	}
}

func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// forced keeps a picture of a phone whose colours the system forces.
func (i *reviewer) forced(name string) {
	i.t.Helper()
	if os.Getenv("PROBA_SCREENSHOTS") == "" {
		return
	}
	i.do(chromedp.EmulateViewport(390, 844))
	i.media(&emulation.MediaFeature{Name: "forced-colors", Value: "active"}, still)
	i.picture(name)
	i.media(still)
	i.do(chromedp.EmulateViewport(1280, 900))
}

// picture keeps a screenshot where PROBA_SCREENSHOTS says.
func (i *reviewer) picture(name string) {
	i.t.Helper()
	folder := os.Getenv("PROBA_SCREENSHOTS")
	if folder == "" {
		return
	}
	image, err := chromedp.Run(i.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		i.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), image, 0o600); err != nil {
		i.t.Fatal(err)
	}
}

// TestTheJourney goes from a forgotten password to the certificate, in both
// languages, once with a mouse and once by touch, and inspects every page. Nothing that reaches the browser before the
// result is released may tell a key.
func TestTheJourney(t *testing.T) {
	for _, lang := range []string{"uk", "en"} {
		t.Run(lang, func(t *testing.T) { journey(t, lang) })
	}
}

func journey(t *testing.T, lang string) {
	w := newWorld(t)
	review := w.medley(t)
	email := w.learner(t, review)
	i := newReviewer(w.device(t), lang)
	if lang == "en" {
		i.touch()
	}
	at := func(path string) { i.open(path + "?lang=" + lang) }

	at("/")
	i.look("home")
	at("/forgot")
	i.look("forgot")
	i.do(chromedp.SendKeys(chromedp.CSS("#email"), email))
	i.click("form button")
	i.until("the letter is on its way", "document.querySelector('[role=status]')")
	i.look("letter-sent")
	i.open(w.linkFrom(t))
	i.until("the page has the token", "document.querySelector('[data-token]').hidden")
	i.look("enter")
	const fresh = "quite another quiet heron"
	i.do(chromedp.SendKeys(chromedp.CSS("#password"), fresh))
	i.click("form button")
	i.until("the password is set", "document.querySelector('a.button')")
	i.look("entered")
	at("/sign-in")
	i.do(chromedp.SendKeys(chromedp.CSS("#email"), email), chromedp.SendKeys(chromedp.CSS("#password"), "wrong guess"))
	i.click("form button")
	i.until("it is refused", "document.querySelector('[role=alert]')")
	i.look("sign-in")
	i.do(chromedp.SendKeys(chromedp.CSS("#password"), fresh))
	i.click("form button")
	i.at("/my")
	i.look("my-exams")
	i.click("a.button[href*='/" + sitting + "?']")
	i.at("/my/sittings/" + sitting)
	i.look("rules")
	at("/practice")
	i.click("[name=choice][value='1']")
	i.click("[name=choice][value='3']")
	i.click("[data-order] li:nth-child(2) button:nth-of-type(1)")
	i.click("form > button")
	i.until("it says what became of it", "document.querySelector('.right, .fault')")
	i.look("practice")

	before := len(w.line.received())
	at("/my/sittings/" + review)
	i.click("input[value=" + lang + "]")
	i.click("form button")
	i.live()
	id := attemptIn(value[string](i.device, "location.pathname"))
	i.look("exam")
	keys := w.keys(t, id)
	kinds := value[[]string](i.device, "[...document.querySelectorAll('.item form')].map((form) => form.dataset.kind)")
	open, offline := slices.Index(kinds, "single"), len(kinds)-1
	for kinds[offline] != "single" {
		offline--
	}
	shown := map[string]bool{}
	for slot, key := range keys {
		if slot == open || slot == offline {
			continue // one stays open, one is answered without a line
		}
		i.answer(slot, key)
		if kind := kinds[slot]; !shown[kind] {
			shown[kind] = true
			i.look("exam-" + kind)
		}
	}
	if len(shown) != len(counts) {
		t.Errorf("of %d kinds of items %v were answered", len(counts), shown)
	}
	i.goTo(open)
	i.click("#flag")
	i.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.report').open = true"))
	i.look("exam-report")
	i.do(chromedp.SendKeys(chromedp.CSS("#report-text"), "Незрозуміле слово"))
	i.click("#report button")
	i.until("the report is taken", "document.querySelector('#report-status').textContent")
	w.line.cut()
	i.answer(offline, keys[offline])
	i.until("the page says that there is no line", "document.querySelector('#safety').dataset.line === 'waiting'")
	i.look("exam-no-line")
	w.line.restore()
	i.click("#places button[value=summary]")
	i.safe()
	i.look("summary")
	w.holdsNoKeys(t, id, w.line.received()[before:]+memory(i.device))
	i.click("#hand-in")
	i.at("/my/attempts/" + id + "/result")
	proctest.WaitFor(t, "the certificate is issued", func() bool { return w.attempt(t, id).CertificateID != "" })
	at("/my/attempts/" + id + "/result")
	i.look("result")
	i.click("#survey-send")
	i.at("/my/attempts/" + id + "/survey")
	i.look("thanks")
	at("/my")
	i.look("my-exams-after")
	at("/my/attempts/" + id + "/nothing")
	i.look("problem")
	if a := w.attempt(t, id); a.Result == nil || a.Result.Score != a.Result.Max-exam.OnePoint {
		t.Errorf("all but one answer were right; the result is %+v", a.Result)
	}
}

// sitting publishes the exam and opens a sitting of the same id.
func (w *world) sitting(t *testing.T, e exam.Exam) {
	t.Helper()
	if _, _, err := w.Exams.CreateExam(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Exams.PublishExam(t.Context(), "test", e.ID); err != nil {
		t.Fatal(err)
	}
	now := w.Clock.Now()
	if _, _, err := w.Exams.CreateSitting(t.Context(), exam.Sitting{ID: e.ID, Exam: e.ID, Title: e.Title, Opens: now.Add(-time.Hour), Closes: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
}

// linkFrom is the path of the one-time link in the letter.
func (w *world) linkFrom(t *testing.T) string {
	t.Helper()
	var files []string
	proctest.WaitFor(t, "a letter is written", func() bool {
		files, _ = filepath.Glob(filepath.Join(server.MailPath(w.Config.Data), "*.eml"))
		return len(files) == 1
	})
	letter, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(letter)) // quoted-printable
	return regexp.MustCompile(`/enter\?lang=..#[A-Za-z0-9_-]+`).FindString(text)
}

// memory is what the page holds: its document, what its scripts have put into global
// names, its storage, its databases and its caches.
func memory(d *device) string {
	d.t.Helper()
	return value[string](d, `(async () => {
		const journal = [], kept = [];
		for (const { name } of await indexedDB.databases()) {
			const db = await new Promise((done) => { indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
			for (const store of db.objectStoreNames) journal.push(await new Promise((done) => { db.transaction(store).objectStore(store).getAll().onsuccess = (e) => done(e.target.result); }));
			db.close();
		}
		for (const name of await caches.keys()) {
			const cache = await caches.open(name);
			for (const request of await cache.keys()) kept.push(await (await cache.match(request)).text());
		}
		const own = Object.getOwnPropertyNames(window).filter((name) => { try { return typeof window[name] === "string"; } catch { return false; } }).map((name) => window[name]);
		return document.documentElement.outerHTML + kept.join("\n") + JSON.stringify([journal, own, { ...localStorage }, { ...sessionStorage }, history.state, document.cookie]);
	})()`)
}

// holdsNoKeys looks for everything that is secret before release in what a learner
// got: ids and hashes of items, rationales, marks, and members that could hold keys.
func (w *world) holdsNoKeys(t *testing.T, id, text string) {
	t.Helper()
	if !strings.Contains(text, "setup") || len(text) < 20_000 {
		t.Errorf("only %d bytes were looked at", len(text))
	}
	for _, secret := range w.secretsIn(t, id, text) {
		t.Errorf("the browser holds %q before release", secret)
	}
}

// secretsIn are the secrets of the attempt that the text holds.
func (w *world) secretsIn(t *testing.T, id, text string) (found []string) {
	t.Helper()
	members := []string{`"key"`, `"points"`, `"score"`, `"rationale"`, `"marks"`}
	for _, secret := range append(members, w.contentSecrets(t, id)...) {
		if strings.Contains(text, secret) {
			found = append(found, secret)
		}
	}
	return found
}

// contentSecrets are what tells of the attempt's items more than the form does: the
// rationales, what the form was drawn by, and which items of the bank they are.
func (w *world) contentSecrets(t *testing.T, id string) []string {
	t.Helper()
	a := w.attempt(t, id)
	bank, err := w.Exams.Bank(t.Context(), a.Form.Release)
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{a.Form.Seed, a.Form.Release}
	for _, slot := range a.Form.Slots {
		secrets = append(secrets, slot.Item.ID, slot.Item.Revision)
		for i := range bank.Items() {
			if it := bank.Revision(i).Item; it.ID == slot.Item.ID {
				for _, rationale := range it.Rationale {
					secrets = append(secrets, rationale, html.EscapeString(rationale))
				}
			}
		}
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}
