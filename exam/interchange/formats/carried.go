package formats

import (
	"fmt"
	"slices"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/gift"
	"github.com/proba-exam/proba/exam/interchange/moodlexml"
	"github.com/proba-exam/proba/internal/fault"
)

// reasons say why a format has no place for an item, "" when it has one. Formats that
// are not here have a place for every item.
var reasons = map[string]func(*interchange.Export, *exam.Item) string{GIFT: gift.LeftOut, Moodle: moodlexml.LeftOut}

// LeftOut is the code of the row that names an item which is not in the file.
const LeftOut = "kind.left_out"

// CountLeftOut is how many items the rows of an export name as left out.
func CountLeftOut(rows []interchange.Problem) int {
	left := 0
	for _, p := range rows {
		if p.Code == LeftOut {
			left++
		}
	}
	return left
}

// carry leaves out of the export what the format has no place for, tells each item in the
// export's problems, and returns what puts the bank back. "export.nothing" says that
// nothing would be left.
func carry(format string, x *interchange.Export) (restore func(), err error) {
	whole := x.Bank
	restore = func() { x.Bank = whole }
	reason := reasons[format]
	if reason == nil {
		return restore, nil
	}
	var kept []exam.Item
	left := make(map[string]bool)
	for _, rev := range whole.Revisions() {
		if why := reason(x, &rev.Item); why != "" {
			left[rev.Item.ID] = true
			x.Lose(rev.Item.ID, LeftOut, "%s", why)
			continue
		}
		kept = append(kept, rev.Item)
	}
	switch {
	case len(left) == 0:
		return restore, nil
	case len(kept) == 0:
		return restore, fault.New(fault.Invalid, "export.nothing", "This format has no place for any item of the bank.")
	}
	for i := range kept {
		kept[i].Enemies = slices.DeleteFunc(slices.Clone(kept[i].Enemies), func(id string) bool { return left[id] })
	}
	r := whole.Release
	used := func(st exam.Stimulus) bool {
		return slices.ContainsFunc(kept, func(it exam.Item) bool { return it.Stimulus == st.ID })
	}
	stimuli := slices.DeleteFunc(slices.Clone(r.Stimuli), func(st exam.Stimulus) bool { return !used(st) })
	if x.Bank, err = exam.NewBank(r.Bank, r.Title, r.Languages, stimuli, kept); err != nil {
		x.Bank = whole
		return restore, fmt.Errorf("leave out what %s cannot carry: %w", format, err)
	}
	x.Bank.Bring(whole.Brought())
	return restore, nil
}
