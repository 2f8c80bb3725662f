package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// rareKinds publishes an exam of the kinds that the sample does not have, and returns the
// id of its sitting.
func (w *world) rareKinds(t *testing.T) string {
	t.Helper()
	const id = "rare-kinds"
	langs := []string{"uk", "en"}
	cloze := &exam.ClozeText{
		Passage: exam.Text{"uk": "Потерпілій особі надають **строк на роздуми** щонайменше [[2]] днів. Протягом цього строку її не можна [[1]], хоч би що вона вирішила.\n\nПідстави встановлює стаття 13 [[3]].",
			"en": "During the **reflection period** the person cannot be [[1]], whatever they decide. It lasts at least [[2]] days.\n\nIt rests on article 13 of the [[3]]."},
		Gaps: []exam.Gap{
			{Options: []exam.Option{{Text: exam.Text{"uk": "видворити", "en": "removed"}, Key: true}, {Text: exam.Text{"uk": "допитати як свідка", "en": "heard as a witness"}}, {Text: exam.Text{"uk": "представляти в суді", "en": "represented in court"}}}},
			{Number: &exam.Number{Value: "30", Integer: true}, Weight: 2},
			{Accepted: []exam.Text{{"uk": "Конвенції Ради Європи", "en": "Council of Europe Convention"}}},
		},
	}
	items := []exam.Item{{ID: "rare-cloze", Kind: exam.Cloze, Stem: exam.Text{"uk": "Заповніть пропуски.", "en": "Fill the gaps."}, Interaction: cloze}}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty = []string{"judge"}, "protection", "remember", exam.Basic
		items[i].Rationale = exam.Text{"uk": "Так каже стаття 13.", "en": "So says article 13."}
	}
	title := exam.Text{"uk": "Рідкісні завдання", "en": "Rare kinds"}
	bank, err := exam.NewBank(id, title, langs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	w.sitting(t, exam.Exam{ID: id, Programme: id, Title: title, Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: title}}, Cells: []exam.Cell{{Section: "all", Count: len(items)}}},
		Policy:    exam.Policy{Languages: langs, TimeLimit: 1800, Attempts: 3, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}}})
	return id
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

// touchscreen makes the device one without a pointer.
func (d *device) touchscreen() {
	d.t.Helper()
	if _, err := chromedp.Call(d.ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}); err != nil {
		d.t.Fatal(err)
	}
}

// tap touches the element at a place that is given in shares of its size.
func (d *device) tap(css string, x, y float64) {
	d.t.Helper()
	at := value[[]float64](d, fmt.Sprintf("(() => { const e = document.querySelector(%q); e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return [r.left + r.width * %g, r.top + r.height * %g]; })()", css, x, y))
	for _, touch := range []input.DispatchTouchEventParams{{Type: "touchStart", TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}}, {Type: "touchEnd", TouchPoints: []*input.TouchPoint{}}} {
		if _, err := chromedp.Call(d.ctx, input.DispatchTouchEvent, touch); err != nil {
			d.t.Fatal(err)
		}
	}
}

// slotOf is the slot of the only item of the kind.
func (d *device) slotOf(kind exam.Kind) int {
	d.t.Helper()
	return value[int](d, fmt.Sprintf("[...document.querySelectorAll('.item form')].findIndex((f) => f.dataset.kind === '%s')", kind))
}

// fillGaps fills the gaps of the item in the order of the passage: [[2]] may come first.
func (d *device) fillGaps(item string, key exam.Response, fill func(field, given string, choice bool)) {
	d.t.Helper()
	for _, name := range value[[]string](d, fmt.Sprintf("[...document.querySelectorAll('%s[name^=gap]')].map((f) => f.name)", item)) {
		var n int
		if _, err := fmt.Sscanf(name, "gap%d", &n); err != nil {
			d.t.Fatal(err)
		}
		fill(item+"[name="+name+"]", key.Gaps[n], d.is(fmt.Sprintf("document.querySelector('%s[name=%s]').options", item, name)))
	}
}

// TestGapsByKeyboard fills the gaps of a passage with the keyboard alone, looks at the
// page on the way, and passes.
func TestGapsByKeyboard(t *testing.T) {
	w := newWorld(t)
	held := w.rareKinds(t)
	i := newReviewer(w.device(t), "uk")
	i.signIn(w.learner(t, held))
	before := len(w.line.received())
	id := i.start(held, "uk")
	slot := i.slotOf(exam.Cloze)
	i.goTo(slot)
	i.look("cloze")
	item, key := fmt.Sprintf("#item-%d ", slot+1), w.keys(t, id)[slot]
	filled := 0
	i.fillGaps(item, key, func(field, given string, choice bool) {
		i.tabTo(field)
		if !choice {
			i.press(given)
		} else {
			i.press(kb.ArrowDown)
			for range given[0] - '0' {
				i.press(kb.ArrowDown)
			}
		}
		i.press(kb.Tab)
		filled++
		if want := fmt.Sprintf("%d/3", filled); filled < 3 {
			i.until("the navigator says "+want, fmt.Sprintf("document.querySelectorAll('#places .places button')[%d].innerText.includes('%s')", slot, want))
		}
	})
	i.until("no gap is open", fmt.Sprintf("!document.querySelectorAll('#places .places button')[%d].querySelector('[data-gaps]').textContent", slot))
	i.safe()
	i.look("cloze-filled")
	w.stored(t, id, map[int]exam.Response{slot: key})
	if told := w.line.received()[before:]; strings.Contains(told, "Так каже") || strings.Contains(told, `"key"`) || strings.Contains(told, "Ради Європи") {
		t.Error("the browser was told what is right")
	}
	i.click("#places button[value=summary]")
	i.click("#hand-in")
	i.at("/my/attempts/" + id + "/result")
	i.look("cloze-result")
	if a := w.attempt(t, id); a.Result == nil || a.Result.Marks[slot] != exam.OnePoint {
		t.Errorf("the result is %+v", a.Result)
	}
}

// TestGapsByTouch fills gaps with a finger; an empty gap is told in the summary, and a
// number that can be read in two ways at once.
func TestGapsByTouch(t *testing.T) {
	w := newWorld(t)
	held := w.rareKinds(t)
	d := w.device(t)
	d.signIn(w.learner(t, held))
	id := d.start(held, "en")
	d.touchscreen()
	slot := d.slotOf(exam.Cloze)
	d.goTo(slot)
	item := fmt.Sprintf("#item-%d ", slot+1)
	d.tap(item+"[name=gap1]", .5, .5)
	d.until("the finger is in the gap", "document.activeElement.name === 'gap1'")
	d.press("1,000")
	d.tap(item+"[name=gap2]", .5, .5)
	d.until("the number is asked for again", fmt.Sprintf("document.querySelector('%s.reading').textContent.startsWith('2: ')", item))
	d.press("Convention")
	d.tap("#places > button[value=summary]", .5, .5)
	d.until("the summary names the item twice", "['partly', 'unread'].every((n) => !document.querySelector(`[data-list=${n}]`).hidden)")
	d.safe()
	w.stored(t, id, map[int]exam.Response{slot: {Gaps: []string{"", "1,000", "Convention"}}})
}

// TestAClozeIsWritten has an author write a passage; gaps come with their marks.
func TestAClozeIsWritten(t *testing.T) {
	w := newWorld(t)
	author := newReviewer(w.atDesk(t, auth.Author), "uk")
	author.open("/workbench/new-bank")
	author.fill("id", "gaps")
	author.fill("title_uk", "Пропуски")
	author.fill("title_en", "Gaps")
	author.click("main form button")
	author.at("/workbench/writing/gaps")
	author.open("/workbench/writing/gaps/new-item?kind=cloze")
	author.fill("/stem/uk", "Заповніть пропуски.")
	author.fill("/stem/en", "Fill the gaps.")
	author.fill("/interaction/passage/uk", "Апеляцію подають протягом [[1]] днів до [[2]].")
	author.fill("/interaction/passage/en", "An appeal is lodged with the [[2]] within [[1]] days.")
	author.click("button[formaction$='/preview']")
	author.until("there are fields for two gaps", "document.querySelector('[name=\"/interaction/gaps/1/options/0/text/uk\"]')")
	value[bool](author.device, "(() => { document.querySelector(\"[name='/interaction/gaps/0/sort']\").value = 'number'; return true; })()")
	author.click("button[formaction$='/preview']")
	author.until("the first gap wants a number", "document.querySelector('[name=\"/interaction/gaps/0/number/value\"]')")
	author.fill("/interaction/gaps/0/number/value", "30")
	author.fill("/interaction/gaps/1/options/0/text/uk", "апеляційного суду")
	author.fill("/interaction/gaps/1/options/1/text/uk", "прокурора")
	author.until("the preview shows the gaps", "document.querySelectorAll('#preview [name=gap1] option').length > 2 && document.querySelector('#preview [inputmode=decimal]')")
	author.look("cloze-editor")
}
