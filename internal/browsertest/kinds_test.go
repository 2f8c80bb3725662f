package browsertest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/servicetest"
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
	shown := room(t)
	hotspot := &exam.HotspotImage{Choose: 1,
		Image: exam.Text{"uk": "![Кімната: ліворуч на столі лежить телефон, посередині зачинена шафа з колодкою, праворуч двері із засувом зовні](" + shown.Name + ")",
			"en": "![A room: a phone lies on the table to the left, a padlocked cupboard stands in the middle, to the right is a door with a bolt on its outside](" + shown.Name + ")"},
		Areas: []exam.Area{
			{Name: exam.Text{"uk": "телефон", "en": "the phone"}, Shape: exam.Shape{Outline: exam.Circle, Coords: []int{120, 260, 50}}},
			{Name: exam.Text{"uk": "шафа", "en": "the cupboard"}, Shape: exam.Shape{Outline: exam.Rectangle, Coords: []int{250, 80, 390, 330}}},
			{Name: exam.Text{"uk": "двері", "en": "the door"}, Shape: exam.Shape{Outline: exam.Polygon, Coords: []int{480, 60, 600, 30, 600, 370, 480, 340}}, Key: true},
		}}
	items := []exam.Item{{ID: "rare-cloze", Kind: exam.Cloze, Stem: exam.Text{"uk": "Заповніть пропуски.", "en": "Fill the gaps."}, Interaction: cloze},
		{ID: "rare-hotspot", Kind: exam.Hotspot, Stem: exam.Text{"uk": "Що насамперед указує на обмеження свободи пересування?", "en": "What points first of all to a restriction of movement?"}, Interaction: hotspot}}
	for i := range items {
		items[i].Roles, items[i].Topic, items[i].Level, items[i].Difficulty = []string{"judge"}, "protection", "remember", exam.Basic
		items[i].Rationale = exam.Text{"uk": "Так каже стаття 13.", "en": "So says article 13."}
	}
	title := exam.Text{"uk": "Рідкісні завдання", "en": "Rare kinds"}
	bank, err := exam.NewBank(id, title, langs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	bank.Bring([]exam.Medium{shown})
	if _, _, err := w.Exams.ImportBank(t.Context(), "test", bank); err != nil {
		t.Fatal(err)
	}
	w.sitting(t, exam.Exam{ID: id, Programme: id, Title: title, Release: bank.Release.Hash,
		Blueprint: exam.Blueprint{Role: "judge", Cut: 5000, Sections: []exam.Section{{ID: "all", Title: title}}, Cells: []exam.Cell{{Section: "all", Count: len(items)}}},
		Policy:    exam.Policy{Languages: langs, TimeLimit: 1800, Attempts: 3, Review: exam.Review{Show: exam.ShowKeys, When: exam.AtOnce}}})
	return id
}

// room is a picture of a phone, a cupboard and a door, as far as rectangles go.
func room(t *testing.T) exam.Medium {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 640, 400))
	fill := func(left, top, right, bottom int, shade color.RGBA) {
		for y := top; y < bottom; y++ {
			for x := left; x < right; x++ {
				m.SetRGBA(x, y, shade)
			}
		}
	}
	fill(0, 0, 640, 300, color.RGBA{226, 218, 200, 255})
	fill(0, 300, 640, 400, color.RGBA{150, 110, 80, 255})
	fill(40, 280, 220, 360, color.RGBA{120, 80, 50, 255})
	fill(100, 235, 140, 285, color.RGBA{30, 30, 40, 255})
	fill(260, 90, 380, 320, color.RGBA{90, 70, 110, 255})
	fill(310, 190, 330, 215, color.RGBA{220, 190, 60, 255})
	fill(490, 60, 590, 350, color.RGBA{60, 90, 70, 255})
	fill(495, 180, 530, 195, color.RGBA{200, 200, 205, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return servicetest.Picture(t, b.Bytes())
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
	d.touch()
	slot := d.slotOf(exam.Cloze)
	d.goTo(slot)
	item := fmt.Sprintf("#item-%d ", slot+1)
	d.tap(item + "[name=gap1]")
	d.until("the finger is in the gap", "document.activeElement.name === 'gap1'")
	d.press("1,000")
	d.tap(item + "[name=gap2]")
	d.until("the number is asked for again", fmt.Sprintf("document.querySelector('%s.reading').textContent.startsWith('2: ')", item))
	d.press("Convention")
	value[bool](d, "(document.querySelector('[name=choice]').click(), true)") // an area too
	d.tap("#places > button[value=summary]")
	d.until("the summary names the item twice", "['partly', 'unread'].every((n) => !document.querySelector(`[data-list=${n}]`).hidden)")
	d.safe()
	w.stored(t, id, map[int]exam.Response{slot: {Gaps: []string{"", "1,000", "Convention"}}, d.slotOf(exam.Hotspot): {Choices: []int{0}}})
	if given := regexp.MustCompile(`1,000|Convention"|2/3|class="chosen"`).FindAllString(d.keptAnew(), -1); given != nil {
		t.Errorf("the kept page holds answers: %q", given)
	}
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

// TestAnAreaByKeyboard answers a hotspot by the names of its areas, and looks at the page.
func TestAnAreaByKeyboard(t *testing.T) {
	w := newWorld(t)
	held := w.rareKinds(t)
	i := newReviewer(w.device(t), "uk")
	i.signIn(w.learner(t, held))
	id := i.start(held, "uk")
	slot := i.slotOf(exam.Hotspot)
	i.goTo(slot)
	i.until("the image is there", "document.querySelector('.areas img').naturalWidth === 640")
	i.look("hotspot")
	key := w.keys(t, id)[slot]
	i.typeAnswer(slot, key)
	marked := fmt.Sprintf("document.querySelectorAll('#item-%d .chosen').length === 1 && document.querySelector('#item-%d .chosen').dataset.area === '%d'", slot+1, slot+1, key.Choices[0])
	i.until("the area is marked", marked)
	i.safe()
	i.look("hotspot-answered")
	w.stored(t, id, map[int]exam.Response{slot: key})
	i.do(chromedp.Reload())
	i.live()
	i.until("it is marked again", marked)
	i.click("#places button[value=summary]")
	i.click("#hand-in")
	i.at("/my/attempts/" + id + "/result")
	i.look("hotspot-result")
}

// TestAnAreaByTouch points at the door with a finger, where nothing else is.
func TestAnAreaByTouch(t *testing.T) {
	w := newWorld(t)
	held := w.rareKinds(t)
	d := w.device(t)
	d.signIn(w.learner(t, held))
	id := d.start(held, "uk")
	d.touch()
	d.do(chromedp.EmulateViewport(390, 844))
	slot := d.slotOf(exam.Hotspot)
	d.goTo(slot)
	d.until("the image is there", "document.querySelector('.areas img').naturalWidth === 640")
	d.tapAt(fmt.Sprintf("#item-%d .areas", slot+1), 320./640, 200./400) // the cupboard first
	d.until("an option is ticked", "document.querySelector('.areas ~ [role] :checked')")
	d.tapAt(fmt.Sprintf("#item-%d .areas", slot+1), 540./640, 100./400)
	key := w.keys(t, id)[slot]
	d.until("the door is marked alone", fmt.Sprintf("[...document.querySelectorAll('.chosen')].map((a) => a.dataset.area).join() === '%d'", key.Choices[0]))
	d.safe()
	w.stored(t, id, map[int]exam.Response{slot: key})
}
