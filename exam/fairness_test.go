package exam_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/doctor"
	"github.com/proba-exam/proba/internal/fault"
)

// pupil entitles another person and starts their attempt.
func (r *room) pupil(t testing.TB, service *exam.Service) exam.Attempt {
	t.Helper()
	s, err := service.Start(t.Context(), r.seat(t), sitting, "uk")
	must(t, err)
	return s.Attempt
}

// TestTwoCopiesShareExposure: copies that draw side by side use items alike, and
// the stored counts are of forms that were drawn.
func TestTwoCopiesShareExposure(t *testing.T) {
	r := roomy(t)
	other, err := exam.NewService(exam.Deps{Store: r.store, Now: func() time.Time { return r.now }})
	must(t, err)
	const each = 200 // some syncs of each copy
	people := make([]string, 2*each)
	for n := range people {
		people[n] = r.seat(t)
	}
	attempts := make([]exam.Attempt, 2*each)
	var wg sync.WaitGroup
	for copy, service := range []*exam.Service{r.Service, other} {
		wg.Go(func() {
			for n := range each {
				s, err := service.Start(context.Background(), people[copy*each+n], sitting, "uk")
				if err != nil {
					t.Error(err)
					return
				}
				attempts[copy*each+n] = s.Attempt
			}
		})
	}
	wg.Wait()
	uses, cells := make(map[string]int), make(map[int]map[string]int)
	for _, a := range attempts {
		for _, slot := range a.Form.Slots {
			uses[slot.Item.ID]++
			if cells[slot.Cell] == nil {
				cells[slot.Cell] = make(map[string]int)
			}
			cells[slot.Cell][slot.Item.ID]++
		}
	}
	stored, err := r.store.Exposure(t.Context(), r.exam.ID)
	must(t, err)
	if stored.Forms < 3*64 || stored.Forms > 2*each {
		t.Errorf("%d of %d forms are counted", stored.Forms, 2*each)
	}
	// Counts fade by .1 % a form: of 400 forms two thirds are left at least.
	sum := 0.0
	for _, n := range stored.Used {
		sum += n
	}
	if drawn := float64(stored.Forms) * float64(len(attempts[0].Form.Slots)); sum < .66*drawn || sum > drawn {
		t.Errorf("%.0f uses are stored of %.0f that were drawn", sum, drawn)
	}
	for id, n := range stored.Used {
		if float64(uses[id]) < n-1e-6 {
			t.Errorf("item %s: %v uses stored, %d drawn", id, n, uses[id])
		}
	}
	for c, drawn := range cells {
		for id, n := range drawn {
			if share := float64(2*each*roomyCount) / roomyItems; float64(n) > 1.5*share+3 {
				t.Errorf("cell %d: item %s is used %d times, its share is %.1f", c, id, n, share)
			}
		}
	}
}

// A roomy bank has several items for each slot, and none of them is an enemy of
// another or in a testlet: what can be shared alike has to be.
const (
	roomyTopics = 5
	roomyItems  = 12 // a topic
	roomyCount  = 4  // a topic, in each form
)

func roomy(t testing.TB) *room {
	t.Helper()
	text := func(format string, args ...any) exam.Text {
		return exam.Text{"en": fmt.Sprintf(format, args...), "uk": "укр " + fmt.Sprintf(format, args...)}
	}
	key, difficulties := true, []exam.Difficulty{exam.Basic, exam.Applied, exam.Expert}
	var items []exam.Item
	blueprint := exam.Blueprint{Role: "judge", Cut: 7000, Sections: []exam.Section{{ID: "all", Title: text("All")}}}
	for topic := range roomyTopics {
		name := fmt.Sprintf("topic-%d", topic)
		blueprint.Cells = append(blueprint.Cells, exam.Cell{Section: "all", Topics: []string{name}, Count: roomyCount})
		for n := range roomyItems {
			id := fmt.Sprintf("item-%d-%02d", topic, n)
			items = append(items, exam.Item{ID: id, Kind: exam.TrueFalse, Roles: []string{"judge"}, Topic: name, Level: "apply",
				Difficulty: difficulties[n%3], Stem: text("Stem of %s", id), Interaction: &exam.TrueOrFalse{True: &key}})
		}
	}
	langs := []string{"en", "uk"}
	bank, err := exam.NewBank("roomy", text("Roomy"), langs, nil, items)
	must(t, err)
	return roomFor(t, bank, exam.Exam{ID: "roomy", Programme: "roomy", Title: text("Roomy"), Release: bank.Release.Hash, Blueprint: blueprint,
		Policy: exam.Policy{Languages: langs, TimeLimit: 3600, Attempts: 3, Review: exam.Review{Show: exam.ShowScore, When: exam.AtOnce}}})
}

// TestExposureFailsSoftly: a store that cannot count keeps nobody from sitting,
// and what was not counted is counted later.
func TestExposureFailsSoftly(t *testing.T) {
	for _, after := range []bool{false, true} {
		r := newRoom(t, nil)
		for n := range 130 {
			if n == 64 {
				r.store.Fail("InsertExposure", after)
			}
			r.pupil(t, r.Service)
		}
		stored, err := r.store.Exposure(t.Context(), r.exam.ID)
		must(t, err)
		// Stored, but told otherwise: the first 64 are counted twice, which is
		// harmless.
		if want := map[bool]int64{false: 65, true: 129}[after]; stored.Forms < want || stored.Forms > want+64 {
			t.Errorf("after=%v: %d forms are counted, want %d", after, stored.Forms, want)
		}
	}
}

// TestEveryAttemptIsReplayed: forms that consulted counters and histories come out
// the same for doctor.
func TestEveryAttemptIsReplayed(t *testing.T) {
	r := newRoom(t, nil)
	levels := 0
	for range 100 {
		a := r.pupil(t, r.Service)
		if a.Form.Equivalence == nil || a.Form.Algorithm != "balanced-draw/1" {
			t.Fatal("a form without its certificate")
		}
		if a.Form.Levels != "" {
			levels++
		}
	}
	if levels < 50 {
		t.Errorf("%d of 100 forms consulted counters", levels)
	}
	report, err := doctor.Examine(t.Context(), r.store, doctor.Keys{})
	must(t, err)
	for _, f := range report.Findings {
		t.Errorf("%+v", f)
	}
}

// TestCalibration: a calibrated draft draws by its parameters, a published exam
// keeps what it has.
func TestCalibration(t *testing.T) {
	r := newRoom(t, nil)
	draft := r.exam
	draft.ID = "calibrated"
	_, _, err := r.CreateExam(t.Context(), draft)
	must(t, err)
	items := make(map[string]exam.ItemCalibration)
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range r.bank.Items() {
		items[r.bank.Revision(i).Item.ID] = exam.ItemCalibration{A: math.Exp(.3 * rng.NormFloat64()), B: rng.NormFloat64(), SEA: .12, SEB: .15, N: 300}
	}
	_, err = r.Calibrate(t.Context(), "staff", draft.ID, map[string]exam.ItemCalibration{"x": {A: -1}})
	if fault.Code(err) != "calibration.invalid" {
		t.Errorf("a slope below 0: %v", err)
	}
	calibrated, err := r.Calibrate(t.Context(), "staff", draft.ID, items)
	must(t, err)
	again, err := r.Calibrate(t.Context(), "staff", draft.ID, items)
	must(t, err)
	if calibrated.Calibration == "" || again.Version != calibrated.Version {
		t.Errorf("calibrated twice: version %d, then %d", calibrated.Version, again.Version)
	}
	published, err := r.PublishExam(t.Context(), "staff", draft.ID)
	must(t, err)
	d := published.Feasibility.Difficulty
	if d == nil || d.Basis != exam.Calibrated || d.SD > .2 || d.ParameterSD <= 0 || d.ParameterSD > .3 {
		t.Errorf("difficulty %+v", d)
	}
	items["another"] = exam.ItemCalibration{Rating: .5}
	if _, err := r.Calibrate(t.Context(), "staff", draft.ID, items); fault.Code(err) != "exam.published" {
		t.Errorf("calibrated after publishing: %v", err)
	}
	judged := r.exam.Feasibility.Difficulty
	if judged.Basis != exam.Judged || judged.ParameterSD < .4 {
		t.Errorf("authors' difficulty leaves %+v", judged)
	}
}

// TestFormsAreReplayed: a form as it is stored is drawn again from its seed and
// what the draw looked at; one that was changed is not.
func TestFormsAreReplayed(t *testing.T) {
	r := newRoom(t, nil)
	plan, err := exam.NewPlan(r.bank, r.exam.Blueprint)
	must(t, err)
	drawn, err := plan.Assemble(exam.Seed{1, 2, 3}, map[string]int{r.bank.Revision(0).Item.ID: 1})
	must(t, err)
	data, err := json.Marshal(drawn)
	must(t, err)
	var stored exam.Form
	must(t, json.Unmarshal(data, &stored))
	must(t, plan.Replay(stored))
	stored.Slots[0], stored.Slots[1] = stored.Slots[1], stored.Slots[0]
	if plan.Replay(stored) == nil {
		t.Error("another form passes for the seed's")
	}
	stored.Algorithm = "none/1"
	if plan.Replay(stored) == nil {
		t.Error("an unknown algorithm passes")
	}
}

// TestRetakeSharesNothing while the bank has enough items.
func TestRetakeSharesNothing(t *testing.T) {
	r := roomy(t)
	plan, err := exam.NewPlan(r.bank, r.exam.Blueprint)
	must(t, err)
	seen := make(map[string]int)
	for n := range byte(roomyItems / roomyCount) {
		form, err := plan.Assemble(exam.Seed{n}, seen)
		must(t, err)
		for _, slot := range form.Slots {
			seen[slot.Item.ID]++
			if seen[slot.Item.ID] > 1 {
				t.Errorf("form %d: item %s again", n+1, slot.Item.ID)
			}
		}
	}
}
