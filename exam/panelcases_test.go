package exam_test

import (
	"math"
	"slices"
	"testing"

	"github.com/proba-exam/proba/exam"
)

// voted is a panel of judges who have rated and handed in, closed after one round.
func (r *room) voted(t *testing.T, rate func(j, i int) int, whole func(j int) *exam.Compromise) exam.Panel {
	t.Helper()
	p, judges := r.panelOf(t)
	for j, judge := range judges {
		b := exam.BallotRound{Done: true, Ratings: make([]int, len(p.Items)), Compromise: whole(j)}
		for i := range b.Ratings {
			b.Ratings[i] = rate(j, i)
		}
		must(t, r.Rate(t.Context(), judge, p.ID, 1, 1, b))
	}
	p, err := r.CloseRound(t.Context(), "admin", p.ID)
	must(t, err)
	return p
}

// TestPanelsThatSettleNothing holds that what cannot be computed says so, signs nothing,
// and does not keep the panel from another round.
func TestPanelsThatSettleNothing(t *testing.T) {
	for name, row := range map[string]struct {
		rating int
		whole  *exam.Compromise
		why    map[string]string // by method
	}{
		"everybody says all, of no results": {100, &exam.Compromise{Cut: 60, Pass: 70, CutMin: 50, CutMax: 70, FailMax: 30}, map[string]string{
			exam.ByAngoff: "no ability has this expected score", exam.ByHofstee: "there are no scores", exam.ByBeuk: "needs scores, and a cut and a pass rate from two judges at least",
			exam.ByBorderline: "nobody was called borderline", exam.ByContrasting: "needs people of both groups"}},
		"everybody says nothing, and not of the whole": {0, nil, map[string]string{
			exam.ByAngoff: "no ability has this expected score", exam.ByHofstee: "no judge was asked for the whole exam", exam.ByBeuk: "no judge was asked for the whole exam"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, nil)
			p := r.voted(t, func(_, _ int) int { return row.rating }, func(int) *exam.Compromise { return row.whole })
			p, err := r.ConcludePanel(t.Context(), "admin", p.ID)
			must(t, err)
			for method, why := range row.why {
				m := p.Outcome.Methods[method]
				if m.Theta.Known() || m.Theta.Reason != why || m.Forms.Drawn != 0 || math.IsNaN(m.Cut.Value) || math.IsNaN(m.Theta.SE) {
					t.Errorf("%s: %+v, want %q", method, m, why)
				}
				_, err = r.SignPanel(t.Context(), "board", p.ID, method, "why not")
				wantCode(t, "signing "+method, err, "panel.method")
			}
			p, err = r.OpenRound(t.Context(), "admin", p.ID)
			must(t, err)
			if p.Outcome != nil || p.Round != 2 {
				t.Errorf("another round: %+v", p)
			}
		})
	}
}

// TestJudgesWhoAgreeWholly have a cut without spread, and limits that results exclude.
func TestJudgesWhoAgreeWholly(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Blueprint.Gates = nil })
	person := r.seat(t)
	s, err := r.Start(t.Context(), person, sitting, "uk")
	must(t, err)
	_, err = r.Save(t.Context(), person, s.Attempt.ID, r.rightAnswers(t, s))
	must(t, err)
	_, err = r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
	must(t, err)
	p := r.voted(t, func(_, _ int) int { return 60 }, func(int) *exam.Compromise {
		return &exam.Compromise{Cut: 60, Pass: 70, CutMin: 50, CutMax: 70, FailMin: 20, FailMax: 40} // nobody fails
	})
	_, _, err = r.JudgePeople(t.Context(), "admin", p.ID, []exam.PersonJudged{{Person: person, Grade: exam.Above}, {Person: person, Grade: exam.Below}})
	wantCode(t, "one person twice", err, "panel.list")
	_, _, err = r.JudgePeople(t.Context(), "admin", p.ID, []exam.PersonJudged{{Person: person, Grade: "good"}})
	wantCode(t, "no such grade", err, "panel.list")
	_, _, err = r.JudgePeople(t.Context(), "admin", p.ID, []exam.PersonJudged{{Person: person, Grade: exam.Borderline}})
	must(t, err)
	p, err = r.ConcludePanel(t.Context(), "admin", p.ID)
	must(t, err)
	angoff, hofstee, borderline := p.Outcome.Methods[exam.ByAngoff], p.Outcome.Methods[exam.ByHofstee], p.Outcome.Methods[exam.ByBorderline]
	if !angoff.Theta.Known() || angoff.Theta.SE != 0 || angoff.Cut.Status != "fine" || p.Outcome.JudgeSD > 1e-12 || p.Outcome.Agreement.Known() {
		t.Errorf("Angoff: %+v of %+v", angoff, p.Outcome)
	}
	if hofstee.Cut.Known() || hofstee.Cut.Reason != "no intersection: the judges' limits and the results exclude each other" {
		t.Errorf("Hofstee: %+v", hofstee)
	}
	if borderline.Cut.Value != 1 || borderline.Theta.Known() {
		t.Errorf("one borderline person with all points: %+v", borderline)
	}
}

// TestTheFirstAttemptIsJudged: of people who sat again the first result counts, as they were
// when they were judged; one that was voided never does, in no figure.
func TestTheFirstAttemptIsJudged(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Blueprint.Gates, e.Policy.Attempts = nil, 2 })
	person, first := r.seat(t), ""
	for n := range 2 {
		s, err := r.Start(t.Context(), person, sitting, "uk")
		must(t, err)
		if n == 0 {
			first = s.Attempt.ID
			_, err = r.Save(t.Context(), person, s.Attempt.ID, r.rightAnswers(t, s))
			must(t, err)
		}
		_, err = r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
		must(t, err)
	}
	p := r.voted(t, func(_, _ int) int { return 60 }, func(int) *exam.Compromise { return nil })
	p, _, err := r.JudgePeople(t.Context(), "admin", p.ID, []exam.PersonJudged{{Person: person, Grade: exam.Above}})
	must(t, err)
	if len(p.People) != 1 || p.People[0].Attempt != first || p.People[0].Share != 1 {
		t.Errorf("judged: %+v, want all points of %s", p.People, first)
	}
	_, err = r.Void(t.Context(), "admin", first, "somebody else sat it")
	must(t, err)
	p, _, err = r.JudgePeople(t.Context(), "admin", p.ID, []exam.PersonJudged{{Person: person, Grade: exam.Above}})
	must(t, err)
	if len(p.People) != 1 || p.People[0].Attempt == first || p.People[0].Share != 0 {
		t.Errorf("judged once the first was voided: %+v", p.People)
	}
	p, err = r.ConcludePanel(t.Context(), "admin", p.ID)
	must(t, err)
	if p.Outcome.Scores != 1 {
		t.Errorf("%d results count, want that of the attempt that stands", p.Outcome.Scores)
	}
}

// TestWhatAJudgeSeesHasNoKey looks at every item of the panel: without the key, and steps
// and pairs in an order that is not the right one.
func TestWhatAJudgeSeesHasNoKey(t *testing.T) {
	r := newRoom(t, nil)
	p, judges := r.panelOf(t)
	seat, err := r.Seat(t.Context(), judges[0], p.ID)
	must(t, err)
	moved := 0
	for i := range seat.Panel.Items {
		key, err := seat.Show(i, "uk")
		must(t, err)
		open := seat
		open.Open = true
		authored, err := open.Show(i, "uk")
		must(t, err)
		if k := key.Key; k.Text != "" || len(k.Choices)+len(k.Pairs)+len(k.Order) > 0 {
			t.Errorf("item %d comes with its key %+v", i, k)
		}
		if authored.View.Kind == exam.Ordering && slices.Equal(key.View.Options, authored.View.Options) {
			t.Errorf("item %d shows its steps in the right order", i)
		}
		if !slices.Equal(key.View.Options, authored.View.Options) {
			moved++
		}
		if again, err := seat.Show(i, "uk"); err != nil || !slices.Equal(again.View.Options, key.View.Options) {
			t.Errorf("item %d looks different the second time", i)
		}
	}
	if moved == 0 {
		t.Error("all options are as they were authored")
	}
}

// TestFactsOfCorrectedItems: an item whose marks a key change made meaningless, granted or dropped,
// has no real difficulty to show to judges; one with another key has that of the key that counts.
func TestFactsOfCorrectedItems(t *testing.T) {
	for name, row := range map[string]struct {
		correction exam.CorrectionDraft
		n          int
		share      float64
	}{
		"full credit": {byKey(exam.FullCredit), 0, 0}, "dropped": {byKey(exam.Drop), 0, 0}, "the new key": {byKey(exam.NewKey, 1), 4, .25},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrongKey(t, nil)
			w.answer(t, "a+1", "a+2", "a+3", "b+1")
			w.apply(t, w.propose(t, "regrade-1", false, row.correction).ID)
			judges := []string{"judge-1", "judge-2"}
			p, err := w.CreatePanel(t.Context(), "admin", exam.PanelDraft{ID: "panel-1", Exam: w.exam.ID, Judges: judges})
			must(t, err)
			for _, judge := range judges {
				must(t, w.Rate(t.Context(), judge, p.ID, 1, 1, exam.BallotRound{Done: true, Ratings: []int{60, 60, 60, 60}}))
			}
			p, err = w.CloseRound(t.Context(), "admin", p.ID)
			must(t, err)
			for i, ref := range p.Items {
				want := exam.ItemFact{N: 4, P: map[string]float64{"item-1": 1, "item-2": .5, "item-3": .25}[ref.ID]}
				if ref.ID == "item-0" {
					want = exam.ItemFact{N: row.n, P: row.share}
				}
				if got := p.Facts[i]; got.N != want.N || math.Abs(got.P-want.P) > 1e-12 {
					t.Errorf("%s: %+v, want %+v", ref.ID, got, want)
				}
			}
		})
	}
}
