package exam_test

import (
	"maps"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// answeredAt is an attempt that began at 9:00, with answers to the slots in the order of the
// list.
func answeredAt(pauses []exam.Pause, all ...exam.Stored) *exam.Attempt {
	a := &exam.Attempt{State: exam.Running, StartedAt: nine, Pauses: pauses, Responses: make(map[int]exam.Stored)}
	for slot, r := range all {
		a.Responses[slot] = r
	}
	return a
}

var nine = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// answered is an answer that came after the start, and the time that its device told.
func answered(after, worked time.Duration) exam.Stored {
	return exam.Stored{Seq: 1, At: nine.Add(after), Response: exam.Response{Text: "x"}, WorkedMS: worked.Milliseconds()}
}

// TestTimesAreHeldAgainstTheServersClock: a device cannot have shown items for longer than
// the exam ran by the clock of the server.
func TestTimesAreHeldAgainstTheServersClock(t *testing.T) {
	second, minute := time.Second, time.Minute
	pause := func(from, to time.Duration) exam.Pause {
		p := exam.Pause{At: nine.Add(from)}
		if to > 0 {
			p.Until = nine.Add(to)
		}
		return p
	}
	empty := answered(2*minute, minute)
	empty.Response = exam.Response{}
	times := func(all ...time.Duration) map[int]time.Duration {
		m := make(map[int]time.Duration)
		for slot, d := range all {
			if d > 0 {
				m[slot] = d
			}
		}
		return m
	}
	for what, row := range map[string]struct {
		a    *exam.Attempt
		want map[int]time.Duration // nil when no time is known
	}{
		"one by one":                           {answeredAt(nil, answered(40*second, 40*second), answered(45*second, 5*second)), times(40*second, 5*second)},
		"a document from before times":         {answeredAt(nil, answered(minute, 0), answered(2*minute, 0)), times()},
		"some are not told":                    {answeredAt(nil, answered(minute, 0), answered(2*minute, 50*second)), times(0, 50*second)},
		"an answer that was taken back":        {answeredAt(nil, empty, answered(3*minute, 50*second)), times(0, 50*second)},
		"work without a line, all at once":     {answeredAt(nil, answered(10*minute, 3*minute), answered(10*minute, 6*minute), answered(10*minute, second)), times(3*minute, 6*minute, second)},
		"more at once than had passed":         {answeredAt(nil, answered(10*minute, 3*minute), answered(10*minute, 8*minute)), nil},
		"a first answer that took too long":    {answeredAt(nil, answered(minute, 2*minute), answered(30*minute, second)), nil},
		"rounding":                             {answeredAt(nil, answered(minute, minute+5*second)), times(minute + 5*second)},
		"beyond rounding":                      {answeredAt(nil, answered(minute, minute+5*second+time.Millisecond)), nil},
		"a pause that the device took off":     {answeredAt([]exam.Pause{pause(minute, 31*minute)}, answered(32*minute, 2*minute)), times(2 * minute)},
		"a pause that it heard of a bit later": {answeredAt([]exam.Pause{pause(minute, 31*minute)}, answered(32*minute, 2*minute+50*second)), times(2*minute + 50*second)},
		"a pause that it did not hear of":      {answeredAt([]exam.Pause{pause(minute, 31*minute)}, answered(32*minute, 32*minute)), nil},
		"a pause that came later":              {answeredAt([]exam.Pause{pause(10*minute, 40*minute)}, answered(9*minute, 9*minute)), times(9 * minute)},
		"an answer in a pause that stands":     {answeredAt([]exam.Pause{pause(2*minute, 0)}, answered(30*minute, 2*minute)), times(2 * minute)},
		"and counted on in it":                 {answeredAt([]exam.Pause{pause(2*minute, 0)}, answered(30*minute, 4*minute)), nil},
		"two pauses":                           {answeredAt([]exam.Pause{pause(minute, 11*minute), pause(12*minute, 22*minute)}, answered(23*minute, 3*minute)), times(3 * minute)},
		"nothing answered":                     {answeredAt(nil), times()},
	} {
		got := row.a.Worked()
		if (got == nil) != (row.want == nil) || !maps.Equal(got, row.want) {
			t.Errorf("%s: %v, want %v", what, got, row.want)
		}
	}
}

// TestASaveTellsTimes: the newest answer's time stands, a repeat and an older save change
// nothing, another device goes on from it, and a time that cannot be costs no answer.
func TestASaveTellsTimes(t *testing.T) {
	r := newRoom(t, nil)
	s, err := r.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	a := s.Attempt
	right := r.rightAnswers(t, s).Responses[0]
	writer := a.Writer
	told := func(what string, seq, worked, want int64) {
		t.Helper()
		right.WorkedMS = worked
		_, err := r.Save(t.Context(), a.Person, a.ID, exam.Save{Writer: writer, Seq: seq, Responses: []exam.SlotResponse{right}})
		must(t, err)
		stored, err := r.Attempt(t.Context(), a.ID)
		must(t, err)
		if got := stored.Responses[right.Slot]; got.WorkedMS != want || got.Response.Empty() {
			t.Errorf("%s: %+v, want %d ms", what, got, want)
		}
	}
	r.now = r.now.Add(time.Minute)
	told("the first", 2, 20_000, 20_000)
	told("a repeat", 2, 99_000, 20_000)
	told("an older one that was under way", 1, 5_000, 20_000)
	told("changed after another look", 3, 30_000, 30_000)
	resumed, err := r.Resume(t.Context(), a.Person, a.ID, "")
	must(t, err)
	if writer = resumed.Attempt.Writer; resumed.Attempt.Responses[right.Slot].WorkedMS != 30_000 {
		t.Errorf("another device learns %+v", resumed.Attempt.Responses[right.Slot])
	}
	told("on another device", 4, 31_000, 31_000)
	told("below zero", 5, -1, 0)
	told("beyond all bounds", 6, exam.MaxPause.Milliseconds()+1, 0)
	told("by a program that counts no time", 7, 0, 0)

	r.now = r.now.Add(30 * 24 * time.Hour)
	_, err = r.Save(t.Context(), a.Person, a.ID, exam.Save{Writer: writer, Seq: 8, Responses: []exam.SlotResponse{{Slot: right.Slot, Response: right.Response, WorkedMS: 60_000}}})
	wantCode(t, "late", err, "attempt.late")
	stored, err := r.Attempt(t.Context(), a.ID)
	must(t, err)
	if stored.Responses[right.Slot].WorkedMS != 0 || len(stored.Late) != 1 || stored.Late[0].Save.Responses[0].WorkedMS != 60_000 {
		t.Errorf("a late save: %+v, %+v", stored.Responses[right.Slot], stored.Late)
	}
}
