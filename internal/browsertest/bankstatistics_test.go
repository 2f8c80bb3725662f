package browsertest

import (
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/simulate"
)

// seeBank asks for the statistics of the bank over all exams, follows the work, and looks at
// the reports of the bank and of an item. With many people another role sits too, so
// that there is something to compare.
func (i *reviewer) seeBank(w *world, release string, crowd simulate.Crowd) {
	const other = "investigator-sample"
	if crowd.People >= 300 {
		e, err := w.Exams.Exam(i.t.Context(), other)
		if err != nil {
			i.t.Fatal(err)
		}
		s := exam.Sitting{ID: "room-of-others", Exam: e.ID, Title: e.Title, Region: "Львівська область", Opens: w.Clock.Now().Add(-1e9), Closes: w.Clock.Now().Add(1e13)}
		if _, _, err := w.Exams.CreateSitting(i.t.Context(), s); err != nil {
			i.t.Fatal(err)
		}
		second := simulate.Crowd{Exams: w.Exams, Sittings: []string{s.ID}, First: crowd.People, People: crowd.People, Mean: .4, Seed: 12, Harder: crowd.Wrong}
		if _, err := simulate.Sit(i.t.Context(), second); err != nil {
			i.t.Fatal(err)
		}
	}
	base := "/workbench/banks/" + release + "/statistics"
	i.open("/workbench/banks/" + release)
	i.clickIn("a[href$='/statistics']")
	i.at(base)
	i.click("form[action$='/statistics'] button")
	i.until("the figures are computed, without loading the page again", "!document.querySelector('[data-moving]') && document.querySelector(\"[data-regrade] a[href$='/statistics']\")")
	i.click("[data-regrade] a[href$='/statistics']")
	i.until("the figures are shown", "document.querySelector('svg.plot')")
	i.look("bank-statistics")
	i.open(base + "/items/" + crowd.Wrong)
	i.until("the item is shown", "document.querySelector('.facts')")
	i.look("bank-item-statistics")
}
