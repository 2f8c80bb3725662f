package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// TestTimesComeWithAnswers: programs and pages tell how long an item was on the screen, and
// whoever resumes goes on from it. Nothing but a wrong type is refused.
func TestTimesComeWithAnswers(t *testing.T) {
	e := start(t)
	u := e.learner(t)
	s := u.start(t)
	keys := u.keys(t, s.Attempt.ID)
	e.Clock.Forward(10 * time.Minute)
	u.refresh(t)
	told := map[int]int64{0: 42_000, 1: 0, 2: -5, 3: 9_000_000_000}
	for slot, worked := range told {
		r := u.do(t, "PUT", s.path("responses"), exam.Save{Writer: s.Writer, Seq: int64(slot + 1), Responses: []exam.SlotResponse{{Slot: slot, Response: keys[slot], WorkedMS: worked}}})
		if r.status != 200 {
			t.Errorf("%d ms: %d %s", worked, r.status, r.body)
		}
	}
	u.want(t, "half a millisecond", "PUT", s.path("responses"), map[string]any{"writer": s.Writer, "seq": 9, "responses": []any{map[string]any{"slot": 4, "response": keys[4], "worked_ms": .5}}}, 422, "request.malformed")
	again := u.start(t)
	if len(again.Responses) != len(told) {
		t.Errorf("%d answers are stored, want %d", len(again.Responses), len(told))
	}
	for _, r := range again.Responses {
		if want := map[int]int64{0: 42_000}[r.Slot]; r.WorkedMS != want {
			t.Errorf("slot %d goes on from %d ms, want %d", r.Slot, r.WorkedMS, want)
		}
	}
	a, err := e.Exams.Attempt(t.Context(), s.Attempt.ID)
	if err != nil {
		t.Fatal(err)
	}
	if known := a.Worked(); len(known) != 1 || known[0] != 42*time.Second {
		t.Errorf("known are %v", known)
	}
}

// TestAPageGoesOnFromTheTimesOfAnother: what a page of the browser learns as it takes over.
func TestAPageGoesOnFromTheTimesOfAnother(t *testing.T) {
	e := start(t)
	b, _ := e.signedIn(t)
	at := "/my/attempts/" + b.begin(t)
	var session struct {
		Writer string
		Seq    int64
		Stored []struct {
			Slot   int
			Worked int64 `json:"worked_ms"`
		}
	}
	b.script(t, "POST", at+"/session", "{}").into(t, &session)
	save := fmt.Sprintf(`{"writer":%q,"seq":%d,"responses":[{"slot":0,"response":{},"worked_ms":1500},{"slot":1,"response":{}}]}`, session.Writer, session.Seq+1)
	if r := b.script(t, "PUT", at+"/responses", save); r.status != 200 {
		t.Fatalf("save: %d %s", r.status, r.body)
	}
	b.script(t, "POST", at+"/session", "{}").into(t, &session)
	if len(session.Stored) != 2 || session.Stored[0].Worked != 1500 || session.Stored[1].Worked != 0 {
		t.Errorf("the page learns %+v", session.Stored)
	}
}
