package exam_test

import (
	"math"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// rated is a panel of two over the whole exam, of which both have handed in a round that is
// not closed.
func (w *wrongKey) rated(t *testing.T) exam.Panel {
	t.Helper()
	judges := []string{"judge-1", "judge-2"}
	p, err := w.CreatePanel(t.Context(), "admin", exam.PanelDraft{ID: "panel-1", Exam: w.exam.ID, Judges: judges})
	must(t, err)
	w.rates(t, p, 1)
	return p
}

func (w *wrongKey) rates(t *testing.T, p exam.Panel, round int) {
	t.Helper()
	for _, judge := range p.Judges {
		seat, err := w.Seat(t.Context(), judge, p.ID)
		must(t, err)
		must(t, w.Rate(t.Context(), judge, p.ID, seat.Ballot.Version, round, exam.BallotRound{Done: true, Ratings: []int{60, 60, 60, 60}}))
	}
}

// faulty is the place of the corrected item in the panel.
func faulty(p exam.Panel) int {
	return slices.IndexFunc(p.Items, func(ref exam.ItemRef) bool { return ref.ID == "item-0" })
}

// TestJudgesSeeTheKeyThatCounts: what is shown as right is what answers are counted by, also
// where a harmless key change left results as they were.
func TestJudgesSeeTheKeyThatCounts(t *testing.T) {
	for name, row := range map[string]struct {
		correction exam.CorrectionDraft
		key        []int
		also       [][]int
		n          int
		share      float64
	}{
		"the new key": {byKey(exam.NewKey, 1), []int{1}, nil, 4, .25},
		"either key":  {byKey(exam.EitherKey, 1), []int{1}, [][]int{{0}}, 4, .75},
		"full credit": {byKey(exam.FullCredit), nil, nil, 0, 0},
		"dropped":     {byKey(exam.Drop), nil, nil, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongKey(t, nil)
			w.answer(t, "a+1", "a+2", "b+1", "c+1")
			w.apply(t, w.propose(t, "regrade-1", true, row.correction).ID)
			p := w.rated(t)
			seat, err := w.Seat(t.Context(), "judge-1", p.ID)
			must(t, err)
			if shown, err := seat.Show(faulty(p), "en"); err != nil || !shown.Key.Empty() || len(shown.Also) > 0 || shown.Correction != "" {
				t.Errorf("before the round is closed a judge sees %+v, %v", shown, err)
			}
			p, err = w.CloseRound(t.Context(), "admin", p.ID)
			must(t, err)
			if seat, err = w.Seat(t.Context(), "judge-1", p.ID); err != nil {
				t.Fatal(err)
			}
			for i, ref := range p.Items {
				shown, err := seat.Show(i, "en")
				must(t, err)
				key, also, correction := []int{0}, [][]int(nil), exam.KeyPolicy("")
				if i == faulty(p) {
					key, also, correction = row.key, row.also, row.correction.Policy
				}
				if !slices.Equal(shown.Key.Choices, key) || shown.Correction != correction || !slices.EqualFunc(shown.Also, also, func(r exam.Response, want []int) bool { return slices.Equal(r.Choices, want) }) {
					t.Errorf("%s is shown with the key %v, also %v, %q", ref.ID, shown.Key, shown.Also, shown.Correction)
				}
			}
			if f := p.Facts[faulty(p)]; f.N != row.n || math.Abs(f.P-row.share) > 1e-12 || !p.ByKeyNow(&seat.Exam, faulty(p)) {
				t.Errorf("the facts are %+v", f)
			}
		})
	}
}

// TestAKeyChangesUnderAPanel: what was counted by a former key is not taken for that of the
// new one, and is counted again with the panel's next step, of whatever kind.
func TestAKeyChangesUnderAPanel(t *testing.T) {
	w := newWrongKey(t, nil)
	w.answer(t, "a+1", "a+2", "b+1", "c+1")
	p := w.rated(t)
	p, err := w.CloseRound(t.Context(), "admin", p.ID)
	must(t, err)
	steps := []struct {
		policy exam.KeyPolicy
		option int
		before float64
		after  float64
		step   func() (exam.Panel, error)
	}{
		{exam.NewKey, 1, .5, .25, func() (exam.Panel, error) { return w.OpenRound(t.Context(), "admin", p.ID) }},
		{exam.EitherKey, 2, .25, .5, func() (exam.Panel, error) {
			w.rates(t, p, 2)
			return w.CloseRound(t.Context(), "admin", p.ID)
		}},
		{exam.NewKey, 0, .5, .5, func() (exam.Panel, error) { return w.ConcludePanel(t.Context(), "admin", p.ID) }},
	}
	for n, s := range steps {
		w.apply(t, w.propose(t, "regrade-"+string(rune('1'+n)), true, byKey(s.policy, s.option)).ID)
		e, err := w.Exam(t.Context(), w.exam.ID)
		must(t, err)
		i := faulty(p)
		if p.ByKeyNow(&e, i) || !p.ByKeyNow(&e, (i+1)%4) || p.Facts[i].P != s.before {
			t.Errorf("after key change %d: %+v, by the key of now %v", n+1, p.Facts[i], p.ByKeyNow(&e, i))
		}
		p, err = s.step()
		must(t, err)
		if !p.ByKeyNow(&e, i) || p.Facts[i] != (exam.ItemFact{N: 4, P: s.after}) {
			t.Errorf("after step %d: %+v, by the key of now %v", n+1, p.Facts[i], p.ByKeyNow(&e, i))
		}
	}
}
