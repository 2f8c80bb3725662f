package browsertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/proctest"
)

// sat is an exam under way.
type sat struct {
	*world
	*device
	id    string
	email string
	keys  []exam.Response
	given map[int]exam.Response
}

func sit(t *testing.T) *sat {
	t.Helper()
	return newWorld(t).sits(t, sitting)
}

// sits has a learner begin the exam of a sitting.
func (w *world) sits(t *testing.T, held string) *sat {
	t.Helper()
	s := &sat{world: w, device: w.device(t), email: w.learner(t, held), given: make(map[int]exam.Response)}
	s.signIn(s.email)
	s.id = s.start(held, "uk")
	s.keys = w.keys(t, s.id)
	return s
}

// right answers the items rightly.
func (s *sat) right(slots ...int) {
	s.t.Helper()
	for _, slot := range slots {
		s.answer(slot, s.keys[slot])
		s.given[slot] = s.keys[slot]
	}
}

// choice is the slot of a single choice, and other is an answer to it that is neither
// right nor the given ones.
func (s *sat) choice() int {
	s.t.Helper()
	bank, err := s.Exams.Bank(s.t.Context(), s.attempt(s.t, s.id).Form.Release)
	if err != nil {
		s.t.Fatal(err)
	}
	view, err := bank.Present(s.attempt(s.t, s.id).Form, "uk")
	if err != nil {
		s.t.Fatal(err)
	}
	for slot, v := range view.Slots {
		if v.Kind == exam.Single && len(v.Options) > 2 {
			return slot
		}
	}
	s.t.Fatal("the form has no single choice")
	return 0
}

// other is another answer to the choice, the nth after the right one.
func (s *sat) other(slot, n int) exam.Response {
	return exam.Response{Choices: []int{(s.keys[slot].Choices[0] + n) % 3}}
}

// lost waits until the server has answered a save and the line has lost it.
func (s *sat) lost() {
	s.t.Helper()
	proctest.WaitFor(s.t, "the answer to a save is lost", func() bool { return s.line.lostAnswers() > 0 })
}

// allStored checks the server's store against what was answered.
func (s *sat) allStored() {
	s.t.Helper()
	s.stored(s.t, s.id, s.given)
}

// allShown checks that the page shows every answer.
func (s *sat) allShown(d *device) {
	s.t.Helper()
	for slot, r := range s.given {
		d.goTo(slot)
		got := value[int](d, fmt.Sprintf("document.querySelectorAll('#item-%d :checked:not(option[value=\"-1\"])').length", slot+1))
		if want := len(r.Choices) + len(r.Pairs) + len(r.Order); got != want && r.Text == "" {
			s.t.Errorf("item %d shows %d marks, want %d", slot+1, got, want)
		}
		if r.Text != "" && value[string](d, fmt.Sprintf("document.querySelector('#item-%d [name=text]').value", slot+1)) != r.Text {
			s.t.Errorf("item %d does not show %q", slot+1, r.Text)
		}
	}
}

// TestTheLineIsCutInTheMiddleOfAnswering has no line for half a minute.
func TestTheLineIsCutInTheMiddleOfAnswering(t *testing.T) {
	s := sit(t)
	s.right(0, 1)
	s.safe()
	s.line.cut()
	whole := time.Now().Add(30 * time.Second)
	s.right(2, 3, 4)
	s.unsafe(3)
	s.until("the page says that there is no line", "document.querySelector('#safety').dataset.line === 'waiting'")
	if !s.sees("Немає зв’язку") {
		t.Errorf("nothing is said of the line:\n%s", s.shown())
	}
	s.right(5)
	s.unsafe(4)
	time.Sleep(time.Until(whole)) // pauses between attempts to send grow with the cut
	s.line.restore()
	s.safe()
	s.allStored()
}

// TestATabCrashes kills the tab while answers wait for the line, and opens the exam
// again.
func TestATabCrashes(t *testing.T) {
	s := sit(t)
	s.right(0)
	s.safe()
	s.line.cut()
	s.right(1, 2)
	s.unsafe(2)
	s.journalled(2)
	s.crash()
	s.line.restore()
	again := s.tab()
	again.open("/my/attempts/" + s.id)
	again.live()
	again.safe()
	s.allStored()
	s.allShown(again)
}

func TestAReloadRestoresWhatWaits(t *testing.T) {
	s := sit(t)
	s.line.blockSaves(true)
	s.right(0, 1, 2)
	s.unsafe(3)
	s.journalled(3)
	s.click("#flag")
	s.open("/my/attempts/" + s.id)
	s.loaded()
	s.unsafe(3)
	if !s.is("document.querySelector('#places button[value=\"3\"]').matches('.flagged')") {
		t.Error("the flag is lost")
	}
	s.allShown(s.device)
	s.line.blockSaves(false)
	s.safe()
	s.allStored()
	s.journalled(0)
}

// TestTheAnswerToASaveIsLost lets the server store what the browser never hears of.
func TestTheAnswerToASaveIsLost(t *testing.T) {
	s := sit(t)
	s.line.loseAnswers(true)
	n := s.choice()
	s.right(n)
	s.lost()
	s.allStored() // the server has it
	s.unsafe(1)   // the page is honest: it does not know
	s.answer(n, s.other(n, 1))
	s.given[n] = s.other(n, 1)
	s.open("/my/attempts/" + s.id) // with the journal alone to know by
	s.line.loseAnswers(false)
	s.live()
	s.safe()
	s.allStored()
	s.allShown(s.device)
}

func TestTwoTabs(t *testing.T) {
	s := sit(t)
	s.right(0)
	s.safe()
	second := s.tab()
	second.open("/my/attempts/" + s.id)
	second.live()
	s.until("the first tab says so", "!document.querySelector('#elsewhere').hidden")
	second.answer(1, s.keys[1])
	s.given[1] = s.keys[1]
	second.safe()
	s.allStored()
	// The first tab takes it back, with everything.
	s.click("#elsewhere button")
	s.live()
	s.allShown(s.device)
	second.until("the second tab says so", "!document.querySelector('#elsewhere').hidden")
}

// TestTwoDevices has the first one without a line while the second answers. The
// first may not overwrite what the second has answered since, and nothing else that
// it holds is lost.
func TestTwoDevices(t *testing.T) {
	s := sit(t)
	n := s.choice()
	s.right(n)
	s.safe()
	s.line.cut()
	s.answer(n, s.other(n, 1))
	s.right((n + 1) % len(s.keys))
	s.unsafe(2)

	own := newLine(t, s.line.target().Host)
	second := newDevice(t, own.URL, chromium, chromedp.WithNewBrowserContext())
	second.signIn(s.email)
	second.open("/my/attempts/" + s.id)
	if !second.sees("Іспит відкрито на іншому пристрої") || second.is("document.querySelector('.item')") {
		t.Fatalf("the second device is not asked:\n%s", second.shown())
	}
	second.click("#elsewhere button")
	second.live()
	second.answer(n, s.other(n, 2))
	s.given[n] = s.other(n, 2)
	second.safe()

	s.line.restore()
	s.until("the first device says so", "!document.querySelector('#elsewhere').hidden")
	s.click("#elsewhere button")
	s.live()
	s.safe()
	s.allStored() // the newer answer, and the one that only the first device held
	s.until("the first device says what was set aside", "!document.querySelector('#aside').hidden")
	second.looked()
	second.until("the second device says so", "!document.querySelector('#elsewhere').hidden")
	s.allStored()
}

// nearTheEnd lets so much time be left, and the page know.
func (s *sat) nearTheEnd(left time.Duration) {
	s.t.Helper()
	s.Clock.Forward(s.attempt(s.t, s.id).Deadline.Sub(s.Clock.Now()) - left)
	s.looked()
	s.until("the page knows", "document.querySelector('[role=timer] b').textContent === '1'")
}

// afterTheGrace lets the time and its grace go by.
func (s *sat) afterTheGrace() {
	s.t.Helper()
	s.Clock.Forward(s.attempt(s.t, s.id).AcceptUntil.Sub(s.Clock.Now()) + time.Minute)
}

// TestTimeRunsOutWithoutALine: what was answered in time comes within the grace, is
// scored, and the exam is handed in.
func TestTimeRunsOutWithoutALine(t *testing.T) {
	s := sit(t)
	s.goTo(0)
	s.nearTheEnd(15 * time.Second)
	s.line.cut()
	s.right(0)
	s.until("the time is over", "!document.querySelector('#handing-in').hidden")
	if !s.is("document.querySelector('#item-1').inert") {
		t.Error("answers can still be changed")
	}
	s.line.restore()
	s.at("/my/attempts/" + s.id + "/result")
	s.allStored()
	if a := s.attempt(t, s.id); a.Result == nil || a.Result.Marks[0] != exam.OnePoint {
		t.Errorf("the last answer is not scored: %+v", a.Result)
	}
}

// TestTheLineComesBackAfterTheGrace: the answers are kept, not scored, and the page
// says so.
func TestTheLineComesBackAfterTheGrace(t *testing.T) {
	s := sit(t)
	s.right(0)
	s.safe()
	s.line.cut()
	s.answer(1, s.keys[1])
	s.unsafe(1)
	s.afterTheGrace()
	s.line.restore()
	s.at("/my/attempts/" + s.id + "/result")
	s.allStored() // item 1 only
	if late := s.attempt(t, s.id).Late; len(late) != 1 || late[0].Save.Responses[0].Response.Leaf() != s.keys[1].Leaf() {
		t.Errorf("kept as late: %+v", late)
	}
	s.until("the page says so", "document.querySelector('#leftover').textContent.endsWith('Завдання: 2.')")
}

// TestTheLearnerComesBackAfterTheEnd closes the page without a line, and looks at the
// result the next day: what the device still holds is kept as late.
func TestTheLearnerComesBackAfterTheEnd(t *testing.T) {
	s := sit(t)
	s.right(0)
	s.safe()
	s.line.cut()
	s.answer(2, s.keys[2])
	s.unsafe(1)
	s.journalled(1)
	s.do(chromedp.Navigate("about:blank"))
	s.afterTheGrace()
	s.line.restore()
	s.open("/my/attempts/" + s.id + "/result?lang=uk")
	s.until("the page says so", "document.querySelector('#leftover').textContent.endsWith('Завдання: 3.')")
	s.journalled(0)
	s.allStored()
	if late := s.attempt(t, s.id).Late; len(late) != 1 || late[0].Save.Responses[0].Response.Leaf() != s.keys[2].Leaf() {
		t.Errorf("kept as late: %+v", late)
	}
}

func TestAWrongClientClockChangesNothing(t *testing.T) {
	w := newWorld(t)
	limit := w.minutes(t)
	for _, off := range []time.Duration{-12 * time.Hour, 12 * time.Hour} {
		d := w.device(t)
		d.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: fmt.Sprintf(
				"{ const D = Date, off = %d; globalThis.Date = class extends D { constructor(...a) { a.length ? super(...a) : super(D.now() + off); } static now() { return D.now() + off; } }; }", off.Milliseconds())})
			return err
		}))
		d.signIn(w.learner(t))
		id := d.begin("uk")
		if ahead := value[float64](d, "Date.now()") - float64(time.Now().UnixMilli()); ahead*float64(off) <= 0 {
			t.Fatalf("the clock of the browser is right: %v", ahead)
		}
		if left := value[int](d, "Number(document.querySelector('[role=timer] b').textContent)"); left > limit || left < limit-5 {
			t.Errorf("clock off by %v: %d minutes are left of %d", off, left, limit)
		}
		key := w.keys(t, id)[0]
		d.answer(0, key)
		d.safe()
		w.stored(t, id, map[int]exam.Response{0: key})
	}
}

// TestBack walks back through the items, and not back into an exam that is over.
func TestBack(t *testing.T) {
	s := sit(t)
	s.right(0, 1)
	s.back()
	s.until("the item before is shown", "!document.querySelector('#item-1').hidden && document.querySelector('#item-2').hidden")
	s.safe()
	s.click("#places button[value=summary]")
	s.click("#hand-in")
	s.at("/my/attempts/" + s.id + "/result")
	s.back()
	s.until("Back does not lead into the exam", "!document.querySelector('.item')")
	s.allStored()
}

func TestChangingTheLanguageKeepsEverything(t *testing.T) {
	s := sit(t)
	s.right(0, 1, 2)
	s.line.cut()
	s.right(3)
	s.click("form[data-language=en] button")
	s.until("it says that this needs the line", "document.querySelector('#announce').textContent.includes('потрібен зв’язок')")
	s.line.restore()
	s.safe()
	s.click("form[data-language=en] button")
	s.until("the page is in English", "document.documentElement.lang === 'en'")
	s.live()
	s.allShown(s.device)
	s.allStored()
}
