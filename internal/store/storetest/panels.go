package storetest

import (
	"testing"

	"github.com/proba-exam/proba/exam"
)

func panels(t *testing.T, s Store) {
	ctx := t.Context()
	p := exam.Panel{Schema: 1, ID: id(), Version: 1, Exam: id(), Release: "release", Role: "police", State: exam.PanelRating, Round: 1, Items: []exam.ItemRef{{ID: "item", Revision: "r"}}, Judges: []string{"j1", "j2"},
		CreatedBy: "admin", CreatedAt: now, Events: []exam.Event{{At: now, What: "created"}}}
	_, err := s.Panel(ctx, p.ID)
	wantCode(t, "none yet", err, "panel.not_found")
	wantCode(t, "update of nothing", s.UpdatePanel(ctx, p), "panel.not_found")
	must(t, s.InsertPanel(ctx, p))
	wantCode(t, "taken id", s.InsertPanel(ctx, p), "panel.exists")
	p.State, p.Votes, p.Facts = exam.PanelDiscussing, []exam.Vote{{Judge: "j1", Ratings: []int{60}, Compromise: &exam.Compromise{Cut: 60, Pass: 70, CutMin: 50, CutMax: 80, FailMax: 40}}}, []exam.ItemFact{{N: 30, P: .75}}
	p.Outcome = &exam.PanelOutcome{ByJudge: []float64{.6}, ByItem: []float64{.6}, Variances: [3]float64{0, .01, .02},
		Methods: map[string]exam.MethodOutcome{"angoff": {Cut: exam.Finding{Value: .6, SE: .02, N: 5, Status: "fine"}, Theta: exam.Finding{Value: -.25, SE: .1, N: 5, Status: "fine"}, Forms: exam.FormCuts{Length: 20, Drawn: 50, Min: 12, Max: 13, Mean: 12.5}}}}
	p.Closed = []exam.ClosedRound{{Round: 1, Judges: 2, Mean: .6, SD: .01, At: now}}
	p.People, p.Decision = []exam.PersonJudged{{Person: "p", Attempt: "a", Grade: exam.Borderline, Share: .61}}, &exam.Decision{Method: "angoff", Cut: 6000, Theta: -.25, SE: .1, By: "admin", At: now, Reason: "так"}
	must(t, s.UpdatePanel(ctx, p))
	wantCode(t, "old version", s.UpdatePanel(ctx, p), "panel.stale")
	p.Version++
	got, err := s.Panel(ctx, p.ID)
	must(t, err)
	same(t, "panel", got, p)
	all, err := s.PanelsOf(ctx, p.Exam, "", 10)
	must(t, err)
	same(t, "the exam's panels", all, []exam.Panel{p})
	none, err := s.PanelsOf(ctx, p.Exam, p.ID, 10)
	must(t, err)
	same(t, "after the last", len(none), 0)

	b := exam.Ballot{Schema: 1, Panel: p.ID, Judge: id()}
	_, err = s.Ballot(ctx, b.Panel, b.Judge)
	wantCode(t, "no ballot yet", err, "ballot.not_found")
	b.Version = 1
	wantCode(t, "a change of nothing", s.PutBallot(ctx, b), "ballot.stale")
	b.Version = 0
	must(t, s.PutBallot(ctx, b))
	wantCode(t, "a second first", s.PutBallot(ctx, b), "ballot.stale")
	b.Version, b.Rounds = 1, []exam.BallotRound{{Ratings: []int{exam.NotRated, 70}, Done: true, At: now}}
	must(t, s.PutBallot(ctx, b))
	b.Version = 2
	ballot, err := s.Ballot(ctx, b.Panel, b.Judge)
	must(t, err)
	same(t, "ballot", ballot, b)
	other := exam.Ballot{Schema: 1, Panel: p.ID, Judge: id()}
	must(t, s.PutBallot(ctx, other))
	other.Version = 1
	must(t, s.PutBallot(ctx, exam.Ballot{Schema: 1, Panel: id(), Judge: other.Judge}))
	in, err := s.BallotsIn(ctx, p.ID, "", 1)
	must(t, err)
	rest, err := s.BallotsIn(ctx, p.ID, in[0].Judge, 10)
	must(t, err)
	if len(in) != 1 || len(rest) != 1 || in[0].Judge >= rest[0].Judge {
		t.Errorf("a panel's ballots are listed %v and %v", in, rest)
	}
	of, err := s.BallotsOf(ctx, other.Judge, "", 10)
	must(t, err)
	same(t, "a judge's ballots", len(of), 2)
}
