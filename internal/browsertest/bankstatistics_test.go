package browsertest

import (
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
		second := simulate.Crowd{Exams: w.Exams, Sittings: []string{w.room(i.t, "room-of-others", e, "Львівська область")}, First: crowd.People, People: crowd.People, Mean: .4, Seed: 12, Harder: crowd.Wrong}
		if _, err := simulate.Sit(i.t.Context(), second); err != nil {
			i.t.Fatal(err)
		}
	}
	bank := "/workbench/banks/" + release
	i.computes(bank)
	i.look("bank-statistics")
	i.seeItem(bank+"/statistics", crowd.Wrong, "bank-item-statistics")
}
