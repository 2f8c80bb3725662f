package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/proba-exam/proba/exam"
)

// press types keys into what has the focus.
func (d *device) press(keys string) {
	d.t.Helper()
	d.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until the element has the focus.
func (d *device) tabTo(css string) {
	d.t.Helper()
	for range 150 {
		if d.is(fmt.Sprintf("document.activeElement.matches(%q)", css)) {
			return
		}
		d.press(kb.Tab)
	}
	d.t.Fatalf("Tab does not lead to %s\nat %s", css, d.shown())
}

// type answers with the keyboard alone; the item has just been shown.
func (d *device) typeAnswer(slot int, r exam.Response) {
	d.t.Helper()
	item := fmt.Sprintf("#item-%d ", slot+1)
	switch {
	case len(r.Choices) > 0 && d.is("document.querySelector('"+item+"[type=radio]')"):
		d.tabTo(item + "[type=radio]")
		d.press(" ")
		for range r.Choices[0] {
			d.press(kb.ArrowDown)
		}
	case len(r.Choices) > 0:
		for _, n := range r.Choices {
			d.tabTo(fmt.Sprintf("%s[name=choice][value='%d']", item, n))
			d.press(" ")
		}
	case len(r.Pairs) > 0:
		for row, choice := range r.Pairs {
			d.tabTo(fmt.Sprintf("%s[name=row%d]", item, row))
			for range choice + 1 {
				d.press(kb.ArrowDown)
			}
		}
	case len(r.Order) > 0:
		d.typeOrder(item, r.Order)
	default:
		d.tabTo(item + "[name=text]")
		d.press(r.Text)
	}
}

// typeOrder moves each step up to its place; the focus goes with the step.
func (d *device) typeOrder(item string, wanted []int) {
	d.t.Helper()
	now := make([]int, len(wanted))
	for n := range now {
		now[n] = n
	}
	for place, step := range wanted {
		at := slices.Index(now, step)
		if at == place {
			continue
		}
		d.focusFirst(item)
		d.tabTo(fmt.Sprintf("%s[data-order] li:nth-child(%d) button:nth-of-type(1)", item, at+1))
		for ; at > place; at-- {
			d.press(kb.Enter)
			now[at-1], now[at] = now[at], now[at-1]
		}
	}
}

// focusFirst goes back to before the item with Shift and Tab.
func (d *device) focusFirst(item string) {
	d.t.Helper()
	for range 150 {
		if !d.is(fmt.Sprintf("document.querySelector(%q).contains(document.activeElement)", item+"[data-order]")) {
			return
		}
		d.do(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(kb.ModifierShift)))
	}
}

// TestTheJourneyByKeyboard passes an exam with every kind of item without a pointer.
func TestTheJourneyByKeyboard(t *testing.T) {
	w := newWorld(t)
	review := w.medley(t)
	d := w.device(t)
	d.open("/?lang=uk")
	d.tabTo("a.button[href^='/sign-in']")
	d.press(kb.Enter)
	d.at("/sign-in")
	d.tabTo("#email")
	d.press(w.learner(t, review))
	d.tabTo("#password")
	d.press(password)
	d.press(kb.Enter)
	d.at("/my")
	d.tabTo("a.button[href^='/my/sittings/" + review + "']")
	d.press(kb.Enter)
	d.at("/my/sittings/" + review)
	d.tabTo("[name=language]")
	d.press(" ")
	d.tabTo("form button")
	d.press(kb.Enter)
	d.live()
	id := attemptIn(value[string](d, "location.pathname"))
	keys := w.keys(t, id)
	given := make(map[int]exam.Response)
	for slot, key := range keys {
		d.until("the item is shown", fmt.Sprintf("!document.querySelector('#item-%d').hidden", slot+1))
		d.typeAnswer(slot, key)
		given[slot] = key
		d.tabTo("#next")
		d.press(kb.Enter)
	}
	d.until("the summary is shown", "!document.querySelector('#summary').hidden")
	d.safe()
	w.stored(t, id, given)
	d.tabTo("#hand-in")
	d.press(kb.Enter)
	d.at("/my/attempts/" + id + "/result")
	if !d.sees("Іспит складено") {
		t.Errorf("not passed:\n%s", d.shown())
	}
}

// TestWithoutScripts answers and hands in with scripts switched off.
func TestWithoutScripts(t *testing.T) {
	w := newWorld(t)
	d := w.device(t)
	email := w.learner(t)
	d.signIn(email)
	if _, err := chromedp.Call(d.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	d.open("/my/sittings/" + sitting + "?lang=uk")
	d.click("input[value=uk]")
	d.click("form[action*=sittings] button")
	d.at("/my/attempts/[0-9a-f-]+")
	id := attemptIn(value[string](d, "location.pathname"))
	d.click("#item-1 .choice, #item-1 select, #item-1 [name=text]")
	d.click("#next")
	d.until("the second item is shown alone", "document.querySelector('#item-2') && !document.querySelector('#item-1')")
	d.click("#places > button[value=summary]")
	d.at("/my/attempts/" + id + "/summary")
	d.click("form button")
	d.at("/my/attempts/" + id + "/result")
	if a := w.attempt(t, id); a.State != exam.Released || a.Responses[0].Seq == 0 {
		t.Errorf("%s with %d answers", a.State, len(a.Responses))
	}
}

// TestTimeIsExtendedWhileTheLearnerWaits: an extension shows without a reload, and
// the time is said when asked.
func TestTimeIsExtendedWhileTheLearnerWaits(t *testing.T) {
	s := sit(t)
	if _, err := s.Exams.ExtendOnce(t.Context(), "test", s.id, "outage-1", "a power cut", 15*time.Minute); err != nil {
		t.Fatal(err)
	}
	s.right(0)
	limit := s.minutes(t)
	s.until("the extension shows", fmt.Sprintf("Number(document.querySelector('[role=timer] b').textContent) > %d", limit))
	s.click("#say-time")
	s.until("the time is said", fmt.Sprintf("document.querySelector('#announce').textContent.match(/[0-9]+/)?.[0] > %d", limit))
	s.speaksThreeTimes()
}

// speaksThreeTimes lets the page's clock run through its last eleven minutes, half a
// second at a time, and hears what it says by itself.
func (s *sat) speaksThreeTimes() {
	s.t.Helper()
	said := value[[]string](s.device, `(async () => {
		const { Clock } = await import(document.querySelector("link[href$='-clock.js']").href);
		const { words } = JSON.parse(document.querySelector("#setup").textContent);
		const said = [], now = performance.now.bind(performance), every = window.setInterval, shown = document.querySelector("[role=timer] b").textContent;
		let passed = 0;
		performance.now = () => passed;
		window.setInterval = () => {};
		const clock = new Clock(660, false, words, (text) => said.push(text), () => said.push("over"));
		for (; passed <= 660_000; passed += 500) clock.tick();
		Object.assign(window, { setInterval: every });
		performance.now = now;
		document.querySelector("[role=timer] b").textContent = shown;
		return said;
	})()`)
	want := []string{"10", "5", "60", "over"}
	for n, word := range want {
		if len(said) != len(want) || !strings.Contains(said[n], word) {
			s.t.Fatalf("the timer says %q, want %q", said, want)
		}
	}
}

// TestTheSessionEndsDuringTheExam signs in again in another tab; nothing is lost.
func TestTheSessionEndsDuringTheExam(t *testing.T) {
	s := sit(t)
	p, err := s.Auth.PersonByEmail(t.Context(), s.email)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Auth.SetPassword(t.Context(), p.ID, password); err != nil { // ends all sessions
		t.Fatal(err)
	}
	s.right(0)
	s.until("the page says so", "!document.querySelector('#sign-in-again').hidden")
	second := s.tab()
	second.signIn(s.email)
	s.safe()
	s.allStored()
}

// TestFortyItemsAreInteractiveSoon logs how soon the longest usual form can be
// answered; the weight is tested in api.
func TestFortyItemsAreInteractiveSoon(t *testing.T) {
	w := newWorld(t)
	e, err := w.Exams.Exam(t.Context(), sitting)
	if err != nil {
		t.Fatal(err)
	}
	e.ID, e.Blueprint.Testlets, e.Blueprint.Gates = "forty", 0, nil
	e.Blueprint.Sections = e.Blueprint.Sections[:1]
	e.Blueprint.Cells = []exam.Cell{{Section: e.Blueprint.Sections[0].ID, Count: 40}}
	w.sitting(t, e)
	d := w.device(t)
	d.signIn(w.learner(t, e.ID))
	d.open("/my/sittings/forty?lang=uk")
	d.click("input[value=uk]")
	d.click("form button")
	d.live()
	if n := value[int](d, "document.querySelectorAll('.item').length"); n != 40 {
		t.Errorf("%d items", n)
	}
	for range 3 {
		d.do(chromedp.Reload())
		d.live()
		t.Logf("interactive after %.0f ms", value[float64](d, "performance.getEntriesByName('live')[0].startTime"))
	}
}
