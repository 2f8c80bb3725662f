package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/proba-exam/proba/exam"
)

// TestAPauseCoversThePage: a page that does not know of the pause yet keeps the answer
// that was typed and cannot hand in; then it says that no time passes, more than the limit goes by, and
// it goes on with the time that was left.
func TestAPauseCoversThePage(t *testing.T) {
	s := sit(t)
	s.right(0)
	s.safe()
	before := s.attempt(t, s.id)
	if _, err := s.Exams.PauseSitting(t.Context(), "admin", sitting, "o", "power cut"); err != nil {
		t.Fatal(err)
	}
	s.click("#next")
	value[string](s.device, `location.hash = "summary"`)
	s.click("#hand-in")
	s.until("the page says that it is paused", `!document.querySelector("#paused").hidden && document.querySelector("#handing-in").hidden && getComputedStyle(document.querySelector(".work")).display === "none"`)
	picture(s.device, "paused")
	s.Clock.Forward(80 * time.Minute)
	s.looked()
	s.until("the answer is safe and the time stands", `document.querySelector("#safety").dataset.state === "safe" && Number(document.querySelector("[role=timer] b").textContent) > 0`)
	if a := s.attempt(t, s.id); a.State != exam.Running {
		t.Fatalf("in the pause the attempt is %s", a.State)
	}
	if _, err := s.Exams.ContinueSitting(context.Background(), "admin", sitting, "o"); err != nil {
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

// picture writes what the device shows to the folder that PROBA_PICTURES names, to be
// looked at.
func picture(d *device, name string) {
	d.t.Helper()
	folder := os.Getenv("PROBA_PICTURES")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(d.ctx, chromedp.FullScreenshot(90))
	if err == nil {
		err = os.WriteFile(folder+"/"+name+".jpg", shot, 0o600)
	}
	if err != nil {
		d.t.Error(err)
	}
}
