package browsertest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
)

// patience is how long a condition may take on a loaded machine.
const patience = 2 * time.Minute

// device is one tab; tabs of one device share cookies and the journal.
type device struct {
	t    *testing.T
	ctx  context.Context
	base string
	// touched says that there is no mouse: click taps.
	touched bool
}

// device has a profile of its own, as another computer would.
func (w *world) device(t *testing.T) *device {
	t.Helper()
	return newDevice(t, w.line.URL, chromium, chromedp.WithNewBrowserContext())
}

// tab is another one of the same device.
func (d *device) tab() *device {
	d.t.Helper()
	return newDevice(d.t, d.base, chromium, chromedp.WithExistingBrowserContext(chromedp.FromContext(d.ctx).BrowserContextID))
}

func newDevice(t *testing.T, base string, browser context.Context, options ...chromedp.ContextOption) *device {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, options...)
	t.Cleanup(cancel)
	d := &device{t: t, ctx: ctx, base: base}
	d.do(chromedp.EmulateViewport(1280, 900))
	d.acceptDialogs()
	return d
}

// acceptDialogs leaves a page that asks whether one really wants to leave.
func (d *device) acceptDialogs() {
	dialogs := chromedp.Events(d.ctx, page.JavascriptDialogOpening)
	go func() {
		for _, err := range dialogs {
			if err != nil {
				return
			}
			// The tab may be gone by now; then so is the dialog.
			_, _ = chromedp.Call(d.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}()
}

func (d *device) do(steps ...chromedp.Action[chromedp.Void]) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	// The first run of a context must not end with a time-out of its own: it would
	// take the tab with it.
	if chromedp.FromContext(d.ctx).Target == nil {
		ctx = d.ctx
	}
	if err := chromedp.Do(ctx, steps...); err != nil {
		d.t.Fatalf("%v\nat %s", err, d.shown())
	}
}

// is asks the page. A page that is just changing says no.
func (d *device) is(expression string) bool {
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("(async () => !!await ("+expression+"))()", chromedp.EvalAwaitPromise))
	return err == nil && yes
}

// until waits for the page to say yes. It asks less and less often: asking takes the
// machine's time from what is waited for.
func (d *device) until(what, expression string) {
	d.t.Helper()
	pause := 5 * time.Millisecond
	for end := time.Now().Add(patience); !d.is(expression); time.Sleep(pause) {
		if time.Now().After(end) {
			d.t.Fatalf("waited in vain until %s\nat %s", what, d.shown())
		}
		pause = min(pause*3/2, 150*time.Millisecond)
	}
}

// value is what the page says.
func value[T any](d *device, expression string) T {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		d.t.Fatalf("%s: %v\nat %s", expression, err, d.shown())
	}
	return v
}

// shown is where the page is and what a person sees on it.
func (d *device) shown() string {
	ctx, cancel := context.WithTimeout(d.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText"))
	if err != nil {
		return fmt.Sprint("a page that does not answer: ", err)
	}
	return text
}

func (d *device) open(path string) {
	d.t.Helper()
	d.do(chromedp.Navigate(d.base + path))
}

func (d *device) click(css string) {
	d.t.Helper()
	if d.touched {
		d.tap(css)
		return
	}
	d.do(chromedp.Click(chromedp.CSS(css)))
}

// touch makes a device with a touch screen of it, and nothing else to point with.
func (d *device) touch() {
	d.t.Helper()
	d.touched = true
	if _, err := chromedp.Call(d.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}); err != nil {
		d.t.Fatal(err)
	}
}

// tap touches the middle of what the page shows, and nothing that covers it.
func (d *device) tap(css string) {
	d.t.Helper()
	d.tapAt(css, .5, .5)
}

// tapAt touches what the page shows at a place that is given in shares of its size.
func (d *device) tapAt(css string, across, down float64) {
	d.t.Helper()
	d.until(css+" can be touched", fmt.Sprintf(`(() => { const e = document.querySelector(%q), r = e?.getBoundingClientRect(); return r?.width > 0 && r.height > 0; })()`, css))
	at := value[[]float64](d, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect(), x = r.x + r.width * %g, y = r.y + r.height * %g, hit = document.elementFromPoint(x, y);
		return e.contains(hit) || hit?.closest("label")?.control === e ? [x, y] : []; })()`, css, across, down))
	if len(at) != 2 {
		d.t.Fatalf("%s is covered\nat %s", css, d.shown())
	}
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	for _, step := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Call(ctx, input.DispatchTouchEvent, step); err != nil {
			d.t.Fatalf("%v\nat %s", err, d.shown())
		}
	}
}

// at waits for a page whose path matches.
func (d *device) at(path string) {
	d.t.Helper()
	d.until("it is at "+path, fmt.Sprintf("document.readyState === 'complete' && new RegExp(%q).test(location.pathname)", "^"+path+"$"))
}

func (d *device) signIn(email string) {
	d.t.Helper()
	d.open("/sign-in?lang=uk")
	d.insert("#email", email)
	d.insert("#password", password)
	d.click("form button")
	d.at("/my")
}

// insert writes into a field at once; key by key is for what is tested by typing.
func (d *device) insert(css, text string) {
	d.t.Helper()
	d.do(chromedp.Focus(chromedp.CSS(css)))
	ctx, cancel := context.WithTimeout(d.ctx, patience)
	defer cancel()
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		d.t.Fatalf("%v\nat %s", err, d.shown())
	}
}

// begin starts the exam in the language and returns the attempt.
func (d *device) begin(lang string) string {
	d.t.Helper()
	return d.start(sitting, lang)
}

// start begins the exam of the sitting and returns the attempt.
func (d *device) start(held, lang string) string {
	d.t.Helper()
	d.open("/my/sittings/" + held + "?lang=uk")
	d.click("input[value=" + lang + "]")
	d.click("form button")
	d.live()
	return attemptIn(value[string](d, "location.pathname"))
}

func attemptIn(path string) string {
	return regexp.MustCompile(`[0-9a-f-]{36}`).FindString(path)
}

// loaded waits for the exam page's scripts.
func (d *device) loaded() {
	d.t.Helper()
	d.until("the exam page is live", "document.documentElement.classList.contains('live')")
}

// live waits for the exam page's scripts, and that they have reached the server.
func (d *device) live() {
	d.t.Helper()
	d.loaded()
	d.until("the page writes", "document.querySelector('#safety')?.dataset.line === 'idle'")
}

// safe waits until the page says that everything is on the server.
func (d *device) safe() {
	d.t.Helper()
	d.until("all is safe", "document.querySelector('#safety')?.dataset.state === 'safe' && !document.querySelector('#places .places .unsafe')")
}

// unsafe waits until the page says that n answers are here only.
func (d *device) unsafe(n int) {
	d.t.Helper()
	d.until(fmt.Sprintf("%d answers are not safe", n), fmt.Sprintf("document.querySelector('#safety')?.dataset.state === 'unsafe' && document.querySelectorAll('#places .places .unsafe').length === %d", n))
}

// goTo opens an item by the navigator.
func (d *device) goTo(slot int) {
	d.t.Helper()
	d.click(fmt.Sprintf("#places button[value='%d']", slot+1))
	d.until("the item is shown", fmt.Sprintf("!document.querySelector('#item-%d').hidden", slot+1))
}

// answer gives the answer as a person with a mouse does.
func (d *device) answer(slot int, r exam.Response) {
	d.t.Helper()
	d.goTo(slot)
	item := fmt.Sprintf("#item-%d ", slot+1)
	kind := value[string](d, fmt.Sprintf("document.querySelector('%sform').dataset.kind", item))
	switch {
	case len(r.Choices) > 0:
		for n := range value[int](d, fmt.Sprintf("document.querySelectorAll('%s[name=choice]').length", item)) {
			d.tick(item, n, r.Choices, kind == "multiple")
		}
	case len(r.Pairs) > 0:
		for row, choice := range r.Pairs {
			d.choose(fmt.Sprintf("%s[name=row%d]", item, row), choice)
		}
	case len(r.Order) > 0:
		d.order(item, r.Order)
	default:
		d.do(chromedp.Clear(chromedp.CSS(item+"[name=text]")), chromedp.SendKeys(chromedp.CSS(item+"[name=text]"), r.Text))
	}
}

// tick clicks the option when it has to change.
func (d *device) tick(item string, n int, wanted []int, several bool) {
	d.t.Helper()
	box := fmt.Sprintf("%s[name=choice][value='%d']", item, n)
	want := false
	for _, c := range wanted {
		want = want || c == n
	}
	if is := d.is("document.querySelector(\"" + box + "\").checked"); is != want && (want || several) {
		d.click(box)
	}
}

// choose sets a list, which headless browsers do not open.
func (d *device) choose(css string, n int) {
	d.t.Helper()
	value[bool](d, fmt.Sprintf("(() => { const s = document.querySelector(%q); s.value = '%d'; return s.dispatchEvent(new Event('change', { bubbles: true })); })()", css, n))
}

// order moves steps up until they stand as wanted.
func (d *device) order(item string, wanted []int) {
	d.t.Helper()
	list := item + "[data-order] "
	text := func(css string) []string {
		return value[[]string](d, fmt.Sprintf("[...document.querySelectorAll(%q)].map((e) => e.textContent)", css))
	}
	steps := text(item + "[data-step]")
	for place, step := range wanted {
		for {
			at := 0
			for i, s := range text(list + "li > span") {
				if s == steps[step] {
					at = i
				}
			}
			if at == place {
				break
			}
			d.click(fmt.Sprintf("%sli:nth-child(%d) button:nth-of-type(1)", list, at+1))
		}
	}
	// An order that happens to be the presented one is an answer once it was touched.
	if strings.Contains(value[string](d, fmt.Sprintf("document.querySelector('%s[data-order]').className", item)), "unanswered") {
		d.click(list + "li:nth-child(2) button:nth-of-type(1)")
		d.click(list + "li:nth-child(1) button:nth-of-type(2)")
	}
}

func (d *device) sees(text string) bool {
	return d.is(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// back presses the browser's button.
func (d *device) back() {
	d.t.Helper()
	value[bool](d, "(history.back(), true)")
}

// journalled waits until n answers are in the browser's own database.
func (d *device) journalled(n int) {
	d.t.Helper()
	d.until(fmt.Sprintf("%d answers are in the journal", n), fmt.Sprintf("new Promise((done) => { indexedDB.open('proba').onsuccess = (e) => { const db = e.target.result; db.transaction('answers').objectStore('answers').count().onsuccess = (c) => { db.close(); done(c.target.result === %d); }; }; })", n))
}

// crash kills the process that shows the tab.
func (d *device) crash() {
	d.t.Helper()
	crashes := chromedp.Events(d.ctx, inspector.TargetCrashed)
	go func() { _, _ = chromedp.Call(d.ctx, page.Crash, cdp.Empty{}) }() // its answer is lost with the tab
	for _, err := range crashes {
		if err != nil {
			d.t.Fatal(err)
		}
		return
	}
}

// looked tells the page that it is looked at again, on which it asks the server.
func (d *device) looked() {
	d.t.Helper()
	value[bool](d, "document.dispatchEvent(new Event('visibilitychange'))")
}
