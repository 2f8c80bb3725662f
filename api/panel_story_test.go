package api

import (
	"strings"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// panelStories are the pages of panels: a judge in the second round, a panel that has
// concluded with methods that gave nothing, and one that is signed.
func panelStories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	e := exam.Exam{ID: "police", State: exam.ExamPublished, Title: text, Release: strings.Repeat("a", 64)}
	yes := true
	it := exam.Item{ID: "core-1", Kind: exam.TrueFalse, Stem: text, Interaction: &exam.TrueOrFalse{True: &yes}}
	f := func(value float64) exam.Finding { return exam.Finding{Value: value, SE: .02, N: 5, Status: "fine"} }
	none := exam.Finding{Status: "not defined", Reason: "no judge was asked for the whole exam"}
	vote := exam.Vote{Judge: "j1", Ratings: []int{60}}
	panel := exam.Panel{ID: "panel-1", Exam: e.ID, Release: e.Release, Role: "police", State: exam.PanelConcluded, Round: 2, Items: []exam.ItemRef{{ID: "core-1", Revision: strings.Repeat("b", 64)}}, Judges: []string{"j1", "j2"},
		Votes: []exam.Vote{vote, {Judge: "j2", Ratings: []int{80}}}, Facts: []exam.ItemFact{{N: 40, P: .75}}, CreatedBy: "p1", CreatedAt: storyTime, Closed: []exam.ClosedRound{{Round: 1, Judges: 2, Mean: .7, SD: .1, At: storyTime}},
		Outcome: &exam.PanelOutcome{ByJudge: []float64{.6, .8}, ByItem: []float64{.7}, JudgeSD: .1, Agreement: none, Scores: 40, Calibration: strings.Repeat("c", 64), Basis: exam.PartlyCalibrated,
			Methods: map[string]exam.MethodOutcome{exam.ByAngoff: {Cut: f(.7), Theta: f(-.25), Forms: exam.FormCuts{Length: 60, Drawn: 50, Min: 41, Max: 42, Mean: 41.5}}, exam.ByHofstee: {Cut: none, Theta: none}}},
		Events: []exam.Event{{At: storyTime, What: "created", By: "p1"}, {At: storyTime, What: "signed", By: "p1", Reason: "Так <i>"}}}
	page := panelPage{deskView: v, P: panel, E: e, Judges: []judgeRow{{Name: "Олена <i>", Rated: 1, Done: true, Cut: "60"}, {Name: "Петро"}}, Items: []panelItem{{it, told(&panel, &e, 0)}}, Former: true,
		By: map[string]string{"p1": "Олена <i>"}, Without: []string{"Олена <i>"}, NewExam: "police-2", Drafts: []exam.Exam{e}}
	for _, name := range exam.PanelMethods() {
		page.Methods = append(page.Methods, methodRow{name, panel.Outcome.Methods[name]})
	}
	signed := page
	signed.P.State, signed.P.Decision = exam.PanelSigned, &exam.Decision{Method: exam.ByAngoff, Cut: 7000, Theta: -.25, SE: .02, By: "p1", At: storyTime, Reason: "Так <i>"}
	seat := exam.Seat{Panel: panel, Exam: e, Open: true, Ballot: exam.Ballot{Version: 2}}
	seat.Panel.State = exam.PanelRating
	shown := p.shownItem(exam.View{Kind: exam.Single, Stem: "**Which**?", Options: []string{"one", "two"}}, "A case", exam.Response{Choices: []int{1}}, v.Lang)
	rate := ratePage{deskView: v, Seat: seat, Items: []ratedItem{{shownItem: shown, Rating: "70", Own: []ownRating{{1, 60}}, Also: [][]string{{"one"}}, Told: told(&panel, &e, 0)}}, MayRate: true, Missing: 0, Fields: []wholeField{{"cut", "60"}, {"pass", "70"}, {"cut_min", ""}, {"cut_max", ""}, {"fail_min", ""}, {"fail_max", ""}}}
	return map[string]any{
		"panels":       panelsPage{deskView: v, Rows: []seatRow{{panel, "Назва"}}},
		"exam_panels":  examPanelsPage{deskView: v, E: e, Rows: []exam.Panel{panel, signed.P}, Judges: []auth.Person{{ID: "j1", Name: "Олена <i>"}}, ID: "panel-2", Chosen: []string{"j1"}},
		"panel":        page,
		"panel_report": signed,
		"rate":         rate,
	}
}
