package api

import (
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/statistics"
)

// bankStatisticsStories are the reports of a bank over its exams: figures that are known,
// weak and missing, an exam that is left out, differences of every kind.
func bankStatisticsStories(p *pages, v deskView) map[string]any {
	release := exam.Release{Hash: strings.Repeat("a", 64), Bank: "bank", Title: exam.Text{"uk": "Назва <b>", "en": "Title <b>"}}
	fine, weak, none := psychometrics.Of(.61, 300, 30).WithSE(.03), psychometrics.Of(-.2, 12, 30), psychometrics.Undefined(0, "people answered different items")
	exams := []statistics.BankExam{{Exam: "police", Role: "police", People: 300, Counts: true}, {Exam: "judges", Role: "judge", People: 130, Counts: true}, {Exam: "few", Role: "judge", People: 12}}
	line := statistics.BankLine{Line: statistics.Line{Item: "core-1", N: 400, Facility: fine, Rest: fine, Flags: []ctt.Flag{statistics.DIF, ctt.Negative}}, Exams: 2, Exposure: .93, Role: "C"}
	r := &statistics.BankResult{Release: release.Hash, ComputedAt: storyTime, Exams: exams, People: 430, Responses: 9000, Enough: true, Model: irt.TwoPL, ModelReason: "this model needs 500 people to be acted on",
		Compared: []statistics.Compared{{By: "role", Reference: "police", Focal: "judge"}, {By: "language", Reference: "uk", Focal: "en"}},
		Items:    []statistics.BankLine{line, {Line: statistics.Line{Item: "core-2", N: 12, Pretest: true, Facility: weak, Rest: none}, Exams: 1, Exposure: .1}}}
	page := bankStatisticsPage{deskView: v, Release: release, J: statistics.Job{State: statistics.Ready}, R: r, Least: statistics.LeastPeople, Titles: map[string]string{"police": "Поліція <b>"}}
	page.draw()
	moving := page
	moving.Part = true
	moving.J = statistics.Job{State: statistics.Reading, Done: 30, Failures: 1}
	it := statistics.BankItemResult{Release: release.Hash, ComputedAt: storyTime, BankLine: line, Curve: irt.ItemFit{N: 400, Status: psychometrics.TooFew, Reason: "fewer people than this statistic needs"},
		Asked: []statistics.Asked{{BankExam: exams[0], N: 290, Exposure: .97, Facility: fine, Rest: fine, Flags: []ctt.Flag{ctt.MisKey}}, {BankExam: exams[1], N: 12, Exposure: .1, Facility: weak, Rest: none}},
		DIF: []statistics.BankCompared{{Compared: r.Compared[0], ReferenceN: 290, FocalN: 120, Plain: weak, Delta: fine, P: .003, Crossing: 1, ETS: "C"}, {Compared: r.Compared[1], Plain: none, Delta: none},
			{Compared: statistics.Compared{By: "region", Focal: "Львівська <b>"}, Plain: fine, Delta: weak, ETS: "A"}}}
	side := p.shownItem(exam.View{Kind: exam.Single, Stem: "**Which**?", Options: []string{"one", "two"}}, "A case", exam.Response{Choices: []int{1}}, v.Lang)
	one := bankItemPage{deskView: v, Release: release, It: it, Titles: page.Titles, Shown: &side}
	one.draw()
	return map[string]any{"bank_statistics": page, "bank_statistics_part": moving, "bank_statistics_item": one}
}
