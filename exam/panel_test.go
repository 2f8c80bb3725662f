package exam_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
)

// panelOf is a panel of five judges over twenty items of the room's exam.
func (r *room) panelOf(t *testing.T) (exam.Panel, []string) {
	t.Helper()
	judges := []string{"judge-1", "judge-2", "judge-3", "judge-4", "judge-5"}
	p, err := r.CreatePanel(t.Context(), "admin", exam.PanelDraft{ID: "panel-1", Exam: r.exam.ID, Items: 20, Judges: judges})
	must(t, err)
	return p, judges
}

// rating is what judge j of the tests says of item i in a round: they differ, and come
// nearer to each other.
func rating(j, i, round int) int { return 60 + (i*7)%20 + (j-2)*6/round }

func (r *room) rateAll(t *testing.T, p exam.Panel, judges []string, round int, done bool) {
	t.Helper()
	for j, judge := range judges {
		seat, err := r.Seat(t.Context(), judge, p.ID)
		must(t, err)
		ratings := make([]int, len(p.Items))
		for i := range ratings {
			ratings[i] = rating(j, i, round)
		}
		must(t, r.Rate(t.Context(), judge, p.ID, seat.Ballot.Version, round, exam.BallotRound{Ratings: ratings, Done: done,
			Compromise: &exam.Compromise{Cut: 62 + j, Pass: 70 + j*j, CutMin: 40 + 2*j, CutMax: 90, FailMin: 10, FailMax: 60}}))
	}
}

// TestAPanelSetsTheStandard goes from the first rating to an attempt that is marked by the
// cut of its own form.
func TestAPanelSetsTheStandard(t *testing.T) {
	r := newRoom(t, func(e *exam.Exam) { e.Blueprint.Gates = nil })
	for n := range 40 { // some results: everybody answers the first n+10 rightly
		person := r.seat(t)
		s, err := r.Start(t.Context(), person, sitting, "uk")
		must(t, err)
		save := r.rightAnswers(t, s)
		save.Responses = save.Responses[:min(len(save.Responses), n+10)]
		_, err = r.Save(t.Context(), person, s.Attempt.ID, save)
		must(t, err)
		_, err = r.Submit(t.Context(), person, s.Attempt.ID, s.Attempt.Writer, nil)
		must(t, err)
	}
	p, judges := r.panelOf(t)
	if again, _ := r.panelOf(t); again.Version != p.Version || len(again.Items) != 20 {
		t.Errorf("calling it together again: %+v", again)
	}
	_, err := r.Seat(t.Context(), "stranger", p.ID)
	wantCode(t, "somebody who is no judge", err, "panel.not_found")
	r.store.Count("Attempt")
	_, err = r.OpenRound(t.Context(), "admin", p.ID)
	wantCode(t, "another round while one is rated", err, "panel.state")
	if n := r.store.Counted(); n != 0 {
		t.Errorf("%d attempts were read for a round that cannot be opened", n)
	}
	_, err = r.CloseRound(t.Context(), "admin", p.ID)
	wantCode(t, "closing before anybody rated", err, "panel.judges")
	r.rateAll(t, p, judges, 1, true)
	err = r.Rate(t.Context(), judges[0], p.ID, 2, 1, exam.BallotRound{Ratings: make([]int, 20)})
	wantCode(t, "rating after handing in", err, "ballot.done")
	if seat, _ := r.Seat(t.Context(), judges[0], p.ID); seat.Open {
		t.Error("keys are open to a judge while the others rate")
	}
	p, err = r.CloseRound(t.Context(), "admin", p.ID)
	must(t, err)
	if seat, _ := r.Seat(t.Context(), judges[0], p.ID); !seat.Open {
		t.Error("after the round keys are hidden")
	}
	if s := p.Spread(0); s.Min != rating(0, 0, 1) || s.Max != rating(4, 0, 1) || math.Abs(s.Mean-float64(rating(2, 0, 1))) > 1e-9 || p.Facts[0].N == 0 {
		t.Errorf("the spread of the first item is %+v, its facts %+v", s, p.Facts[0])
	}
	p, err = r.OpenRound(t.Context(), "admin", p.ID)
	must(t, err)
	r.rateAll(t, p, judges[:4], 2, true) // the fifth has left
	err = r.Rate(t.Context(), judges[4], p.ID, 2, 1, exam.BallotRound{Ratings: make([]int, 20)})
	wantCode(t, "rating in a round that is over", err, "panel.round")
	_, err = r.CloseRound(t.Context(), "admin", p.ID)
	must(t, err)
	var people []exam.PersonJudged
	for n := range 40 {
		grade := []exam.Grade{exam.Below, exam.Borderline, exam.Above}[min(2, n/14)]
		if n == 12 || n == 32 { // judgements are not scores
			grade = map[int]exam.Grade{12: exam.Above, 32: exam.Below}[n]
		}
		people = append(people, exam.PersonJudged{Person: fmt.Sprintf("person-%d", n+1), Grade: grade})
	}
	_, without, err := r.JudgePeople(t.Context(), "admin", p.ID, append(people, exam.PersonJudged{Person: "nobody", Grade: exam.Above}))
	if err != nil || len(without) != 1 || without[0] != "nobody" {
		t.Errorf("without an attempt: %v, %v", without, err)
	}
	p, err = r.ConcludePanel(t.Context(), "admin", p.ID)
	must(t, err)
	o := p.Outcome
	if len(o.ByJudge) != 4 || len(o.ByItem) != 20 || o.Scores != 40 || len(p.Closed) != 2 || p.Closed[0].SD <= p.Closed[1].SD || p.Closed[1].Judges != 4 {
		t.Fatalf("the report: %+v", o)
	}
	for _, method := range exam.PanelMethods() {
		m := o.Methods[method]
		if !m.Cut.Known() || m.Cut.Value < .3 || m.Cut.Value > .95 || m.Cut.SE <= 0 || !m.Theta.Known() || m.Theta.SE <= 0 {
			t.Errorf("%s: %+v", method, m)
		}
		if f := m.Forms; f.Min < 1 || f.Max-f.Min > 1 || f.Mean < f.LowSE-1 || f.Mean > f.HighSE+1 {
			t.Errorf("the cut by %s falls on forms as %+v", method, f)
		}
	}
	_, err = r.SignPanel(t.Context(), "admin", p.ID, exam.ByAngoff, "my own")
	wantCode(t, "who called it signs", err, "panel.own")
	_, err = r.SignPanel(t.Context(), judges[0], p.ID, exam.ByAngoff, "my own")
	wantCode(t, "a judge signs", err, "panel.own")
	_, err = r.SignPanel(t.Context(), "board", p.ID, "dice", "why not")
	wantCode(t, "a method that is none", err, "panel.method")
	p, err = r.SignPanel(t.Context(), "board", p.ID, exam.ByAngoff, "Agreed by the board")
	must(t, err)
	if d, m := p.Decision, o.Methods[exam.ByAngoff]; d.Theta != m.Theta.Value || d.SE != m.Theta.SE || d.Cut != int(math.Ceil(m.Cut.Value*10_000-1e-6)) || d.By != "board" || d.Reason != "Agreed by the board" {
		t.Errorf("signed: %+v", d)
	}
	_, err = r.SignPanel(t.Context(), "board", p.ID, exam.ByBeuk, "second thoughts")
	wantCode(t, "signing again", err, "panel.state")
	r.sitsByStandard(t, p)
}

// sitsByStandard adopts the standard in another exam and sits that.
func (r *room) sitsByStandard(t *testing.T, p exam.Panel) {
	t.Helper()
	_, err := r.AdoptStandard(t.Context(), p.ID, r.exam.ID)
	wantCode(t, "a published exam", err, "exam.published")
	draft := r.exam
	draft.ID, draft.Blueprint.Role = "another-role", "judge"
	_, _, err = r.CreateExam(t.Context(), draft)
	must(t, err)
	_, err = r.AdoptStandard(t.Context(), p.ID, draft.ID)
	wantCode(t, "an exam for another role", err, "panel.unfit")
	e, err := r.DraftByStandard(t.Context(), p.ID, "standard-exam")
	must(t, err)
	if again, err := r.DraftByStandard(t.Context(), p.ID, e.ID); err != nil || again.Blueprint.Standard == nil || *again.Blueprint.Standard != *e.Blueprint.Standard {
		t.Errorf("making the draft again: %+v, %v", again.Blueprint.Standard, err)
	}
	if old, err := r.Exam(t.Context(), r.exam.ID); err != nil || old.Blueprint.Standard != nil || old.Blueprint.Cut != r.exam.Blueprint.Cut {
		t.Errorf("the published exam has changed: %+v, %v", old.Blueprint, err)
	}
	r.leavesTheStandard(t, p)

	forged := e
	forged.ID = "forged-exam"
	forged.Blueprint.Standard = &exam.Standard{Panel: p.ID, Theta: p.Decision.Theta - 1, SE: p.Decision.SE}
	_, _, err = r.CreateExam(t.Context(), forged)
	must(t, err)
	_, err = r.PublishExam(t.Context(), "admin", forged.ID)
	wantCode(t, "another ability than was signed", err, "exam.standard")

	e, err = r.PublishExam(t.Context(), "admin", e.ID)
	must(t, err)
	_, _, err = r.CreateSitting(t.Context(), exam.Sitting{ID: "room-9", Exam: e.ID, Title: e.Title, Opens: r.now, Closes: r.now.Add(time.Hour)})
	must(t, err)
	_, err = r.Entitle(t.Context(), "admin", "room-9", "person-1", 0)
	must(t, err)
	s, err := r.Start(t.Context(), "person-1", "room-9", "uk")
	must(t, err)
	q := s.Attempt.Form.Equivalence
	save := r.rightAnswers(t, s)
	save.Responses = save.Responses[:q.Cut] // exactly the cut of this form
	_, err = r.Save(t.Context(), "person-1", s.Attempt.ID, save)
	must(t, err)
	a, err := r.Submit(t.Context(), "person-1", s.Attempt.ID, s.Attempt.Writer, nil)
	must(t, err)
	if q.Theta != p.Decision.Theta || q.Cut != int(math.Ceil(q.Expected[1]-1e-9)) || a.Result.Cut != exam.Points(q.Cut)*exam.OnePoint || !a.Result.Passed || a.Result.Score != a.Result.Cut {
		t.Errorf("the form's cut is %d of %+v; the result %+v", q.Cut, q, a.Result)
	}
}

// leavesTheStandard edits a draft with a standard: it stays while release and cut do.
func (r *room) leavesTheStandard(t *testing.T, p exam.Panel) {
	t.Helper()
	e, err := r.DraftByStandard(t.Context(), p.ID, "moved-exam")
	must(t, err)
	e.Blueprint.Standard = nil // the form does not send it
	e.Policy.TimeLimit++
	if e, err = r.EditExam(t.Context(), e); err != nil || e.Blueprint.Standard == nil {
		t.Fatalf("another time: %+v, %v", e.Blueprint, err)
	}
	var items []exam.Item
	for _, rev := range r.bank.Revisions() {
		items = append(items, rev.Item)
	}
	next, err := exam.NewBank("next", r.bank.Release.Title, r.bank.Release.Languages, r.bank.Release.Stimuli, items)
	must(t, err)
	_, _, err = r.ImportBank(t.Context(), "author", next)
	must(t, err)
	e.Release, e.Blueprint.Standard = next.Release.Hash, nil
	if e, err = r.EditExam(t.Context(), e); err != nil || e.Blueprint.Standard != nil {
		t.Errorf("another release keeps the standard: %+v, %v", e.Blueprint.Standard, err)
	}
}

func TestRatingsThatAreRefused(t *testing.T) {
	r := newRoom(t, nil)
	p, judges := r.panelOf(t)
	good := func() exam.BallotRound {
		b := exam.BallotRound{Ratings: make([]int, 20)}
		return b
	}
	for name, change := range map[string]func(*exam.BallotRound){
		"too few":                  func(b *exam.BallotRound) { b.Ratings = b.Ratings[:19] },
		"more than all":            func(b *exam.BallotRound) { b.Ratings[3] = 101 },
		"handed in with a gap":     func(b *exam.BallotRound) { b.Ratings[3], b.Done = exam.NotRated, true },
		"a cut of more than all":   func(b *exam.BallotRound) { b.Compromise = &exam.Compromise{Cut: 101, CutMax: 1} },
		"the lowest above highest": func(b *exam.BallotRound) { b.Compromise = &exam.Compromise{CutMin: 70, CutMax: 60} },
	} {
		b := good()
		change(&b)
		wantCode(t, name, r.Rate(t.Context(), judges[0], p.ID, 1, 1, b), "ballot.invalid")
	}
	must(t, r.Rate(t.Context(), judges[0], p.ID, 1, 1, good()))
	wantCode(t, "from a stale page", r.Rate(t.Context(), judges[0], p.ID, 1, 1, good()), "ballot.stale")
	for name, d := range map[string]exam.PanelDraft{
		"one judge":   {ID: "panel-2", Exam: r.exam.ID, Judges: []string{"a", "a"}},
		"one item":    {ID: "panel-2", Exam: r.exam.ID, Items: 1, Judges: judges},
		"no id":       {Exam: r.exam.ID, Items: 5, Judges: judges},
		"minus items": {ID: "panel-2", Exam: r.exam.ID, Items: -1, Judges: judges},
	} {
		_, err := r.CreatePanel(t.Context(), "admin", d)
		wantCode(t, name, err, "panel.invalid")
	}
	_, err := r.CreatePanel(t.Context(), "admin", exam.PanelDraft{ID: "panel-1", Exam: r.exam.ID, Items: 5, Judges: judges})
	wantCode(t, "another panel under a taken id", err, "panel.exists")
}
