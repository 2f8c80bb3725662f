package browsertest

import (
	"context"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// enterRoom sits in a room that asks for its code, after a wrong one.
func enterRoom(t *testing.T, room string) *sat {
	t.Helper()
	w := newWorld(t)
	now := w.Clock.Now()
	held := exam.Sitting{ID: room, Exam: sitting, Title: exam.Text{"uk": "Аудиторія 12", "en": "Room 12"}, Opens: now.Add(-time.Hour), Closes: now.Add(3 * time.Hour), AccessCode: exam.AccessRotating}
	if _, _, err := w.Exams.CreateSitting(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	s := &sat{world: w, device: w.device(t), email: w.learner(t, room), given: make(map[int]exam.Response)}
	s.signIn(s.email)
	s.open("/my/sittings/" + room + "?lang=uk")
	s.click("input[value=en]")
	s.insert("#code", "000000x")
	s.click("form button")
	s.until("the wrong code is refused", "document.activeElement.id === 'code' && document.querySelector('#code-fault')")
	if !s.is("document.querySelector('input[value=en]').checked") {
		t.Error("the language that was chosen is forgotten")
	}
	newReviewer(s.device, "uk").look("wrong-code")
	s.click("input[value=uk]")
	code, err := w.Exams.AccessCode(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	s.insert("#code", code.Code)
	s.click("form button")
	s.live()
	s.id = attemptIn(value[string](s.device, "location.pathname"))
	s.keys = w.keys(t, s.id)
	return s
}

// TestAPauseCoversThePage: a page that does not know of the pause yet keeps the answer
// that was typed and cannot hand in; then it says that no time passes, more than the limit goes by, and
// it goes on with the time that was left.
func TestAPauseCoversThePage(t *testing.T) {
	const room = "room-12"
	s := enterRoom(t, room)
	s.right(0)
	s.safe()
	before := s.attempt(t, s.id)
	if _, err := s.Exams.PauseSitting(t.Context(), "admin", room, "o", "power cut"); err != nil {
		t.Fatal(err)
	}
	s.click("#next")
	value[string](s.device, `location.hash = "summary"`)
	s.click("#hand-in")
	s.until("the page says that it is paused", `!document.querySelector("#paused").hidden && document.querySelector("#handing-in").hidden && getComputedStyle(document.querySelector(".work")).display === "none"`)
	newReviewer(s.device, "uk").look("paused")
	s.Clock.Forward(80 * time.Minute)
	s.looked()
	s.until("the answer is safe and the time stands", `document.querySelector("#safety").dataset.state === "safe" && Number(document.querySelector("[role=timer] b").textContent) > 0`)
	if a := s.attempt(t, s.id); a.State != exam.Running {
		t.Fatalf("in the pause the attempt is %s", a.State)
	}
	if _, err := s.Exams.ContinueSitting(context.Background(), "admin", room, "o"); err != nil {
		t.Fatal(err)
	}
	s.looked()
	s.until("the page goes on", `document.querySelector("#paused").hidden && !document.querySelector("#places").inert`)
	after := s.attempt(t, s.id)
	if got, want := after.Deadline.Sub(before.Deadline), after.Pauses[0].Until.Sub(after.Pauses[0].At); got != want || want < 80*time.Minute {
		t.Errorf("%v was given back of %v", got, want)
	}
	s.right(1)
	s.safe()
	s.allStored()
}
