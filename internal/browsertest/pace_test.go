package browsertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
)

// worked waits until the server knows a time of the slot, and returns it.
func (s *sat) worked(slot int) time.Duration {
	s.t.Helper()
	s.safe()
	a := s.attempt(s.t, s.id)
	known, told := a.Worked()[slot]
	if !told {
		s.t.Errorf("no time is known of slot %d: %+v", slot, a.Responses[slot])
	}
	return known
}

// longer fails the test unless the time is at least what was spent, and not much more.
func longer(t *testing.T, what string, got, spent time.Duration) {
	t.Helper()
	if got < spent || got > spent+10*time.Second {
		t.Errorf("%s: %v, want %v or a little more", what, got, spent)
	}
}

// shownFor is a look at an item that takes its time by the page's own clock.
func (s *sat) shownFor(d time.Duration) {
	s.t.Helper()
	begun := value[float64](s.device, "performance.now()")
	s.until("time passes", fmt.Sprintf("performance.now() > %f", begun+float64(d.Milliseconds())))
}

// TestThePageTellsHowLongItemsWereShown: all looks at an item count together, over a loss of
// the line and a reload too, no pause does, and what another device cannot know it leaves out.
func TestThePageTellsHowLongItemsWereShown(t *testing.T) {
	const look = 1200 * time.Millisecond
	s := sit(t)
	choice := s.choice()
	var rest []int // four others
	for slot := range s.keys {
		if slot != choice && len(rest) < 4 && len(s.keys[slot].Gaps) == 0 {
			rest = append(rest, slot)
		}
	}
	s.goTo(choice)
	s.shownFor(look)
	s.goTo(rest[0])
	s.shownFor(look)
	s.line.cut()
	s.right(rest[0], choice)
	s.unsafe(2)
	s.line.restore()
	s.looked()
	longer(t, "answered without a line", s.worked(rest[0]), look)
	before := s.worked(choice)
	longer(t, "answered at the second look", before, look)

	s.goTo(rest[1])
	s.shownFor(look)
	s.reload()
	s.live()
	s.right(rest[1])
	longer(t, "read before the page was loaded again", s.worked(rest[1]), look)

	s.goTo(rest[2])
	if _, err := s.Exams.Pause(t.Context(), "admin", s.id, "o", "power cut"); err != nil {
		t.Fatal(err)
	}
	s.looked()
	s.until("the page says that it is paused", `!document.querySelector("#paused").hidden`)
	s.shownFor(6 * time.Second)
	if _, err := s.Exams.Continue(t.Context(), "admin", s.id, "o"); err != nil {
		t.Fatal(err)
	}
	s.looked()
	s.until("the page goes on", `document.querySelector("#paused").hidden`)
	s.right(rest[2])
	if got := s.worked(rest[2]); got >= 6*time.Second {
		t.Errorf("an item that was answered at once has the %v of a pause", got)
	}

	other := s.tab()
	other.open("/my/attempts/" + s.id)
	other.live()
	other.answer(rest[3], s.keys[rest[3]])
	other.answer(choice, s.other(choice, 1))
	other.safe()
	a := s.attempt(t, s.id)
	if got, told := a.Worked()[rest[3]]; told {
		t.Errorf("another tab told %v of an item that may have been read here", got)
	}
	if got := a.Worked()[choice]; got <= before {
		t.Errorf("another tab went on with %v from %v", got, before)
	}
}

// TestNoTimeIsToldAfterAnotherDevice has a second device show an item, and answer nothing,
// between two looks of the first.
func TestNoTimeIsToldAfterAnotherDevice(t *testing.T) {
	s := sit(t)
	seen := s.choice()
	second := s.world.device(t)
	second.signIn(s.email)
	second.open("/my/attempts/" + s.id)
	second.click("#elsewhere button")
	second.live()
	second.goTo(seen)
	s.looked()
	s.until("the first device says so", "!document.querySelector('#elsewhere').hidden")
	s.shownFor(time.Second) // of nothing
	s.click("#elsewhere button")
	s.live()
	s.right(seen)
	s.safe()
	s.allStored()
	a := s.attempt(t, s.id)
	if got, told := a.Worked()[seen]; told {
		t.Errorf("%v are told of an item that another device has shown", got)
	}
}

// TestAnswersNeedNoSessionStorage has browsers that deny it, have no room in it, or hold
// something else there: no time is known, and every answer is saved.
func TestAnswersNeedNoSessionStorage(t *testing.T) {
	const deny = `get() { throw new DOMException("denied", "SecurityError"); }`
	w := newWorld(t)
	for name, is := range map[string]string{
		"denied":  deny,
		"absent":  "value: null",
		"full":    `value: new Proxy({ removeItem() {} }, { set() { throw new DOMException("full", "QuotaExceededError"); } })`,
		"damaged": `value: new Proxy({ removeItem() {} }, { get: (of, key) => of[key] ?? "[null, 7]", set: () => true })`,
	} {
		t.Run(name, func(t *testing.T) {
			d := w.device(t)
			d.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
				_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
					Source: fmt.Sprintf("Object.defineProperty(globalThis, 'sessionStorage', { %s });", is)})
				return err
			}))
			d.signIn(w.learner(t))
			id := d.begin("uk")
			key := w.keys(t, id)[0]
			d.answer(0, key)
			d.safe()
			w.stored(t, id, map[int]exam.Response{0: key})
			a := w.attempt(t, id)
			if got, told := a.Worked()[0]; told {
				t.Errorf("%v are told, which may be since a reload only", got)
			}
		})
	}
	t.Run("denied later", func(t *testing.T) {
		s := w.sits(t, sitting)
		value[bool](s.device, fmt.Sprintf("!!Object.defineProperty(globalThis, 'sessionStorage', { %s })", deny))
		s.right(0)
		s.safe()
		s.allStored()
		s.worked(0) // which is in memory still
	})
}
