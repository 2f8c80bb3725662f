package statistics_test

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/forensic"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/simulate"
)

// retimed is a store whose attempts tell other times.
type retimed struct {
	exam.Store
	change func(*exam.Attempt)
}

// Attempt implements exam.AttemptStore.
func (s retimed) Attempt(ctx context.Context, id string) (exam.Attempt, error) {
	a, err := s.Store.Attempt(ctx, id)
	if err == nil {
		s.change(&a)
	}
	return a, err
}

// retime has the statistics of e read attempts through change.
func (e *env) retime(t *testing.T, change func(*exam.Attempt)) {
	t.Helper()
	var err error
	clock := func() time.Time { return e.now }
	e.exams, err = exam.NewService(exam.Deps{Store: retimed{e.store, change}, Now: clock})
	must(t, err)
	e.s = statistics.NewService(statistics.Deps{Store: e.store, Exams: e.exams, Now: clock})
}

// all are the attempts, whole, by ascending id.
func (e *env) all(t *testing.T) []exam.Attempt {
	t.Helper()
	var all []exam.Attempt
	for after := ""; ; after = all[len(all)-1].ID {
		heads, err := e.exams.Attempts(t.Context(), exam.AttemptFilter{Exam: e.exam.ID}, after, 100)
		must(t, err)
		for _, head := range heads {
			a, err := e.exams.Attempt(t.Context(), head.ID)
			must(t, err)
			all = append(all, a)
		}
		if len(heads) < 100 {
			return all
		}
	}
}

func (e *env) effort(t *testing.T) statistics.Effort {
	t.Helper()
	found, err := e.s.Effort(t.Context(), e.exam.ID)
	must(t, err)
	return found
}

// timesByItem are the known times of the attempts, in seconds.
func timesByItem(all []exam.Attempt) map[string][]float64 {
	times := make(map[string][]float64)
	for n := range all {
		for slot, worked := range all[n].Worked() {
			id := all[n].Form.Slots[slot].Item.ID
			times[id] = append(times[id], float64(float32(worked.Milliseconds())/1000))
		}
	}
	return times
}

// TestRapidAnswersByHand: everybody takes 50 seconds for each item, but for one person with
// six rapid answers, one with one, one without times and one with nine.
func TestRapidAnswersByHand(t *testing.T) {
	e := open(t)
	asked := timesByItem(e.all(t)) // how often, by the answers of the crowd
	hasty := make(map[string]int)  // by attempt
	e.retime(t, func(a *exam.Attempt) {
		n, slots := a.ID[len(a.ID)-4:], make([]int, 0, len(a.Responses))
		for slot := range a.Responses {
			slots = append(slots, slot)
		}
		slices.Sort(slots)
		rapid := map[string]int{"0007": 6, "0008": 1}[n]
		for at, slot := range slots {
			r := a.Responses[slot]
			r.WorkedMS = 50_000
			switch often := len(asked[a.Form.Slots[slot].Item.ID]) >= 40; {
			case n == "0009", n == "000a" && at >= 9:
				r.WorkedMS = 0
			case often && rapid > 0:
				r.WorkedMS, rapid = 3_000, rapid-1
			}
			a.Responses[slot] = r
		}
	})
	r, found := e.ask(t), e.effort(t)
	times, known, few := timesByItem(e.all(t)), 0, 0
	for _, it := range r.Times.Items {
		n, rapid := len(times[it.Item]), 0
		known += n
		for _, seconds := range times[it.Item] {
			if seconds == 3 {
				rapid++
			}
		}
		if n < 30 {
			few++
			if it.Threshold.Known() || it.Share.Known() || it.Rapid != 0 || it.N != n || (n > 0 && it.Median.Status != psychometrics.TooFew) {
				t.Errorf("%s has %d times: %+v", it.Item, n, it)
			}
			continue
		}
		threshold := (50*float64(n-rapid) + 3*float64(rapid)) / float64(n) / 10
		if it.N != n || it.Rapid != rapid || it.Median.Value != 50 || math.Abs(it.Threshold.Value-threshold) > 1e-9 || it.Share.Value != float64(rapid)/float64(n) || it.Share.Status != psychometrics.Fine {
			t.Errorf("%s: %+v, want %d times, %d rapid, threshold %v", it.Item, it, n, rapid, threshold)
		}
		hasty["all"] += rapid
	}
	if few == 0 || few == len(r.Times.Items) || hasty["all"] != 7 {
		t.Errorf("%d of %d items have few times, %d answers are rapid", few, len(r.Times.Items), hasty["all"])
	}
	if r.Times.Known != known || r.Times.Answers <= known || r.Times.Low != 1 || r.Times.Tested != people-2 || found.Untimed != 2 {
		t.Errorf("%d of %d known, want %d; %d tested, %d low; %+v", r.Times.Known, r.Times.Answers, known, r.Times.Tested, r.Times.Low, found)
	}
	if len(found.People) != 1 || !strings.HasSuffix(found.People[0].Attempt, "0007") || found.People[0].Rapid != 6 || found.People[0].Effort != 1-6/float64(found.People[0].Timed) {
		t.Fatalf("low efforts: %+v", found.People)
	}
	one := r.Times.Effort
	if want := (float64(people-2) - 6/float64(found.People[0].Timed)); one.N != people-2 || one.Value*float64(one.N) > want || one.Value*float64(one.N) < want-.1 || one.High > 1 {
		t.Errorf("mean effort %+v", one)
	}
}

// TestRapidAnswersAsInAFile: what is found of stored attempts is what package forensic finds of
// the same data, and whom the crowd made hasty is found.
func TestRapidAnswersAsInAFile(t *testing.T) {
	e := openAt(t, t.TempDir()+"/proba.db")
	e.publish(t)
	stored, err := e.exams.Exam(t.Context(), e.exam.ID)
	must(t, err)
	crowd := e.crowd(t, 0, people)
	crowd.Hasty, crowd.Rushed = .1, crowd.Wrong
	must(t, simulate.Fill(t.Context(), crowd, e.store, &stored, start))
	r, found, all := e.ask(t), e.effort(t), e.all(t)

	column := make(map[string]int32)
	var items []responses.Item
	for _, line := range r.Items {
		column[line.Item] = int32(len(items))
		items = append(items, responses.Item{ID: line.Item, Max: 1, Key: responses.NoOption})
	}
	persons, cells := make([]responses.Person, len(all)), []responses.Cell(nil)
	for p := range all {
		persons[p].Count = 1
		for slot, worked := range all[p].Worked() {
			cells = append(cells, responses.Cell{Person: int32(p), Item: column[all[p].Form.Slots[slot].Item.ID], Option: responses.NoOption, Seconds: float32(worked.Milliseconds()) / 1000})
		}
	}
	want := forensic.RapidGuessing(responses.New(items, persons, cells))
	for i, it := range r.Times.Items {
		w := want.Items[i]
		if it.Item != items[i].ID || it.N != w.Timed || it.Rapid != w.Rapid || it.Median.Value != w.Median || it.Threshold.Value != w.Threshold {
			t.Errorf("%+v, want %+v", it, w)
		}
	}
	var low []string
	for p, w := range want.People {
		if w.Low {
			low = append(low, all[p].ID)
		}
	}
	var got []string
	for _, h := range found.People {
		got = append(got, h.Attempt)
	}
	slices.Sort(got)
	if !slices.Equal(got, low) || found.Low != len(low) || len(low) < people/20 || len(low) > people/5 {
		t.Errorf("low efforts of %v, want %v", got, low)
	}
	if !slices.IsSortedFunc(found.People, func(a, b statistics.Hasty) int { return cmp.Compare(a.Effort, b.Effort) }) {
		t.Error("not by rising effort")
	}
	for _, line := range r.Items {
		if flagged := slices.Contains(line.Flags, statistics.Rushed); flagged != (line.Item == crowd.Rushed) {
			n := column[line.Item]
			t.Errorf("%s is flagged: %v, with %+v", line.Item, flagged, r.Times.Items[n])
		}
	}
	it, err := e.s.Item(t.Context(), e.exam.ID, crowd.Rushed)
	must(t, err)
	if it.Time == nil || it.Time.N != it.N-int(math.Round(it.Omitted*float64(it.N))) || it.Time.Share.Low < .1 {
		t.Errorf("the item's own: %+v of %d", it.Time, it.N)
	}
}

// TestWithoutTimesNothingIsSaid: documents from before times, and clocks that are not
// believed.
func TestWithoutTimesNothingIsSaid(t *testing.T) {
	for what, ms := range map[string]int64{"from before": 0, "not believed": 24 * 3_600_000} {
		e := open(t)
		e.retime(t, func(a *exam.Attempt) {
			for slot, r := range a.Responses {
				r.WorkedMS = ms
				a.Responses[slot] = r
			}
		})
		r, found := e.ask(t), e.effort(t)
		if r.Times.Known != 0 || r.Times.Answers == 0 || r.Times.Tested != 0 || r.Times.Effort.Known() || found.Status != psychometrics.NotDefined || found.Reason != "no times are known" || found.Untimed != people || len(found.People) != 0 {
			t.Errorf("%s: %d known of %d, %+v, %+v", what, r.Times.Known, r.Times.Answers, r.Times.Effort, found)
		}
		for _, it := range r.Times.Items {
			if it.N != 0 || it.Median.Known() || it.Threshold.Known() || it.Share.Known() {
				t.Errorf("%s: %+v", what, it)
			}
		}
	}
}

// TestExtractsFromBeforeTimesAreReadAgain: what an earlier version of the program stored.
func TestExtractsFromBeforeTimesAreReadAgain(t *testing.T) {
	e := open(t)
	before := e.ask(t)
	change := func(name string, change func(map[string]any)) {
		t.Helper()
		p, err := e.store.Part(t.Context(), e.exam.ID, name)
		must(t, err)
		var document map[string]any
		must(t, json.Unmarshal(p.Data, &document))
		change(document)
		p.Data, err = json.Marshal(document)
		must(t, err)
		must(t, e.store.PutPart(t.Context(), p))
	}
	for _, name := range []string{"extract/0", "extract/1"} {
		change(name, func(x map[string]any) {
			x["algorithm"] = 1
			for _, row := range x["rows"].([]any) {
				delete(row.(map[string]any), "t")
			}
		})
	}
	change("result", func(r map[string]any) { r["fingerprint"] = "another algorithm's"; delete(r, "times") })
	must(t, e.store.PutPart(t.Context(), statistics.Part{Exam: e.exam.ID, Name: "listed", Run: before.Run, Data: []byte(`"by another algorithm"`)}))
	after := e.ask(t)
	if before.Times.Known == 0 || after.Times == nil || after.Times.Known != before.Times.Known || after.Run != before.Run+1 {
		t.Errorf("%d times are known, want %d", after.Times.Known, before.Times.Known)
	}
}
