package api

import (
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/statistics"
)

// statisticsStories are the reports: figures that are known, weak and missing, every
// flag, every state of the computing.
func statisticsStories(p *pages, v deskView) map[string]any {
	text := exam.Text{"uk": "Назва <b>", "en": "Title <b>"}
	e := exam.Exam{ID: "police", State: exam.ExamPublished, Title: text, Release: strings.Repeat("a", 64), Blueprint: exam.Blueprint{Cut: 6650}}
	fine, weak, none := psychometrics.Of(.61, 300, 30).WithSE(.03), psychometrics.Of(-.2, 12, 30), psychometrics.Undefined(0, "people answered different items")
	group := statistics.Group{Name: "Львівська <b>", N: 20, Mean: fine, SD: fine, Pass: fine, Bins: make([]int, 20)}
	group.Bins[12] = 20
	flags := []ctt.Flag{ctt.TooHard, ctt.TooEasy, ctt.Negative, ctt.WeakItem, ctt.MisKey, ctt.IdleDistractor, ctt.LuringDistractor, statistics.DIF, statistics.Misfit, statistics.Easier, statistics.Harder, statistics.Rushed}
	line := statistics.Line{Item: "core-1", N: 300, Facility: fine, Rest: fine, Flags: flags}
	r := &statistics.Result{Exam: e.ID, Release: e.Release, KeyChanges: 1, Fingerprint: strings.Repeat("b", 64), ComputedAt: storyTime, Counts: statistics.Counts{Read: 320, Counted: 300, Voided: 1, Retakes: 2, Unfinished: 3, Responses: 9000}, Enough: true,
		All: group, Languages: []statistics.Group{group, group}, Regions: []statistics.Group{group, {N: 20, Mean: weak, SD: none, Pass: fine, Bins: group.Bins}}, Alpha: none, SEM: none, Model: irt.TwoPL, ModelReason: "this model needs 500 people to be acted on", Reliability: fine, Cut: fine,
		Curve: []statistics.TestPoint{{Theta: -1, Information: 1, Expected: .3}, {Theta: 0, Information: 4, Expected: .6}}, Drawn: statistics.Spread{N: 2, Mean: .66, SD: weak, Min: .65, Max: .67, Values: []float64{.65, .67}}, Estimated: statistics.Spread{SD: none},
		Decisions: &statistics.Decisions{Forms: 20, Consistent: fine, Across: weak, Kappa: none, Accurate: fine}, Unusual: statistics.Unusual{Tested: 300, Found: 3}, Pairs: []statistics.Pair{{First: "core-1", Second: "core-2", Q3: fine}},
		Items: []statistics.Line{line, {Item: "core-2", N: 12, Pretest: true, Facility: weak, Rest: none}}}
	r.Times = &statistics.Times{Answers: 9000, Known: 8100, Tested: 270, Low: 12, Effort: fine, Items: []statistics.ItemTime{{Item: "core-2", N: 12, Median: weak, Threshold: none, Share: none}, {Item: "core-1", N: 280, Rapid: 40, Median: fine, Threshold: fine, Share: fine}, {Item: "core-3", Median: none, Threshold: none, Share: none}}}
	voices := &statistics.Voices{Surveys: 12, Clear: statistics.Rating{N: 12, Mean: 4.5, Marks: []int{0, 0, 0, 6, 6}}, Comments: []string{"Title <b>"}, Reports: []statistics.Reported{{Item: "core-1", N: 2, Reasons: map[exam.Reason]int{exam.Outdated: 2}, Texts: []string{"Олена <i>"}}}}
	page := statisticsPage{deskView: v, E: e, J: statistics.Job{State: statistics.Ready}, R: r, V: voices, Least: statistics.LeastPeople}
	page.draw()
	moving := page
	moving.Part = true
	moving.J = statistics.Job{State: statistics.Reading, Done: 30, Total: 300, Failures: 1}
	it := statistics.ItemResult{Exam: e.ID, Release: e.Release, ComputedAt: storyTime, Line: line, SD: fine, Omitted: .1,
		Options:  []ctt.Option{{Option: "A", Key: true, N: 200, Share: .67, Rest: fine, MeanRest: fine, Trace: []float64{.2, .4, .6, .8, .9}}, {Option: "B", Rest: none, MeanRest: none, Trace: make([]float64, 5)}},
		Time:     &r.Times.Items[1],
		Curve:    irt.ItemFit{N: 300, Item: irt.Item{A: 1, D: .5}, Status: psychometrics.TooFew, Reason: "fewer people than this statistic needs"},
		Observed: []irt.Observed{{Theta: -1, N: 30, Share: .3, Expected: .35}}, Fit: &statistics.Fit{ChiSquared: 31.2, DF: 8, P: .004, RMSEA: .06, Status: psychometrics.TooFew, Reason: "fewer people than this test needs"},
		Drift: &statistics.Drift{Slope: fine, P: .003, Months: []statistics.Month{{Month: "2026-01", N: 100, Observed: .5, Expected: .52}, {Month: "2026-02", N: 80, Observed: .6, Expected: .52}, {Month: "2026-04", N: 20, Observed: .8, Expected: .5}}},
		DIF:   []statistics.Comparison{{Compared: statistics.Compared{By: "language", Reference: "uk", Focal: "en"}, Delta: weak, ETS: "C"}, {Compared: statistics.Compared{By: "region", Focal: "Львівська <b>"}, Delta: none}}}
	side := p.shownItem(exam.View{Kind: exam.Single, Stem: "**Which**?", Options: []string{"one", "two"}}, "A case", exam.Response{Choices: []int{1}}, v.Lang)
	alike := statistics.Similar{Exam: e.ID, ComputedAt: storyTime, Least: 20, Tested: 300, Refused: 12, TooLarge: 1, Status: psychometrics.Fine, Pairs: []statistics.Alike{
		{Sitting: "lviv", Suspect: "0198-aaaaaa", Other: "0198-bbbbbb", Shared: 40, Matches: 39, Expected: 22.4, Omega: 5.1, P: .0001, GBT: .0004}, {Suspect: "short", Other: "0198-cccccc", Shared: 20, Matches: 12, Expected: 12, P: 1, GBT: 1}}}
	effort := effortPage{similarPage{deskView: v, E: e}, statistics.Effort{Exam: e.ID, ComputedAt: storyTime, Least: 10, Below: .9, Tested: 270, Untimed: 30, Low: 2, Status: psychometrics.Fine, People: []statistics.Hasty{{Sitting: "lviv", Attempt: "0198-aaaaaa", Timed: 50, Rapid: 30, Effort: .4}, {Attempt: "short", Timed: 11, Rapid: 2, Effort: 9. / 11}}}}
	return map[string]any{
		"effort":          effort,
		"similar":         similarPage{deskView: v, E: e, S: alike},
		"statistics":      page,
		"statistics_part": moving,
		"statistics_item": itemStatisticsPage{deskView: v, E: e, It: it, Figures: newFigures(v, e.ID+"/statistics/items/core-1").ofItem(&it), Shown: &side, Report: &voices.Reports[0]},
	}
}
