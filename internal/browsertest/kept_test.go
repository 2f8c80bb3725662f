package browsertest

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// kept waits until the exam page is kept in the browser and a worker is there to bring
// it back.
func (d *device) kept() {
	d.t.Helper()
	d.until("the page is kept", "navigator.serviceWorker.controller && caches.match(location.pathname, { cacheName: 'proba-exam' })")
}

// keptAnew has the page kept as it comes with answers, and returns what is kept.
func (d *device) keptAnew() (page string) {
	d.t.Helper()
	d.kept()
	value[bool](d, "caches.delete('proba-exam')")
	d.reload()
	d.kept()
	return value[string](d, "(async () => (await (await caches.match(location.pathname)).text()))()")
}

// keptNothing fails the test when anything of an exam is in the browser's caches and
// in the database beside them.
func (d *device) keptNothing() {
	d.t.Helper()
	d.until("nothing is kept", `(async () => !(await caches.has("proba-exam")) && await new Promise((done) => {
		const open = indexedDB.open("proba-exam");
		open.onsuccess = () => { open.result.transaction("stored").objectStore("stored").count().onsuccess = (e) => { open.result.close(); done(e.target.result === 0); }; };
	}))()`)
}

// reload loads the page again, whatever becomes of it.
func (d *device) reload() {
	d.t.Helper()
	d.do(chromedp.Evaluate[chromedp.Void]("document.documentElement.classList.remove('live')"), chromedp.Reload())
}

// TestWhatIsKeptIsForNobodyElse has a running exam kept on a shared computer.
func TestWhatIsKeptIsForNobodyElse(t *testing.T) {
	s := sit(t)
	exam := "/my/attempts/" + s.id
	s.right(s.choice())
	s.safe()
	page := s.keptAnew() // it comes with the answer, and is kept without it
	s.line.cut()
	s.reload()
	s.loaded()
	s.allShown(s.device) // what the server has is shown too
	if n := strings.Count(page, `class="item card"`); n != len(s.keys) {
		t.Errorf("%d items are kept of %d", n, len(s.keys))
	}
	if given := regexp.MustCompile(` (checked|selected)\b|name="base" value="[1-9]|class="place answered" form`).FindAllString(page, -1); given != nil {
		t.Errorf("the kept page holds answers: %q", given)
	}
	s.holdsNoKeys(t, s.id, memory(s.device))
	// It would be found, wherever it lay.
	secret := s.attempt(t, s.id).Form.Slots[0].Item.ID
	for where, put := range map[string]string{
		"a cache":       "(async () => { await (await caches.open('proba-exam')).put('/leak', new Response(%q)); return true; })()",
		"a global name": "(window.leak = %q, true)",
		"the storage":   "(sessionStorage.leak = %q, true)",
	} {
		value[bool](s.device, fmt.Sprintf(put, secret))
		if found := s.secretsIn(t, s.id, memory(s.device)); len(found) == 0 {
			t.Errorf("a secret in %s is not found", where)
		}
		value[bool](s.device, "(async () => { delete window.leak; delete sessionStorage.leak; await (await caches.open('proba-exam')).delete('/leak'); return true; })()")
	}

	// The session of the browser ends, and the mark with it.
	value[bool](s.device, "(document.cookie = 'proba-kept=; Path=/; Max-Age=0', true)")
	s.absent(exam)
	s.line.restore()
	s.open(exam)
	s.live()
	s.kept()

	// Another person signs in next to it.
	other := s.tab()
	other.signIn(s.learner(t))
	s.line.cut()
	other.absent(exam)
	s.line.restore()

	// Signing out.
	s.open("/sign-in?lang=uk")
	s.signIn(s.email)
	s.open(exam)
	s.live()
	s.kept()
	s.open("/my")
	s.click("form[action='/sign-out'] button")
	s.at("/")
	s.keptNothing()
	s.line.cut()
	s.absent(exam)
	s.line.restore()

	// Handing in.
	s.signIn(s.email)
	s.open(exam)
	s.live()
	s.kept()
	s.click("#places button[value=summary]")
	s.click("#hand-in")
	s.at(exam + "/result")
	s.keptNothing()
}

// absent opens a page without a line, and wants nothing.
func (d *device) absent(path string) {
	d.t.Helper()
	if err := chromedp.Do(d.ctx, chromedp.Navigate(d.base+path)); err == nil {
		d.t.Errorf("without a line %s is\n%s", path, d.shown())
	}
}

// TestAKeptPageTakesNothingOver is brought back on a device from which the learner has
// gone on to another one.
func TestAKeptPageTakesNothingOver(t *testing.T) {
	s := sit(t)
	s.kept()
	s.line.cut()
	s.reload()
	s.loaded()
	s.right(0)
	s.unsafe(1)
	own := newLine(t, s.line.target().Host)
	second := newDevice(t, own.URL, chromium, chromedp.WithNewBrowserContext())
	second.signIn(s.email)
	second.open("/my/attempts/" + s.id)
	second.click("#elsewhere button")
	second.live()
	s.line.restore()
	s.until("the first device says so", "!document.querySelector('#elsewhere').hidden")
	s.click("#elsewhere button")
	s.live()
	s.safe()
	s.allStored()
}
