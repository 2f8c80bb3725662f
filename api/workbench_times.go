package api

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/statistics"
)

// timesShown bounds the table of times: further down hardly anybody was rapid.
const timesShown = 30

// timesView is the part of an exam's report that says how fast it was answered.
type timesView struct {
	figures
	*statistics.Times
	Exam string
	// Shown are the items with the most rapid answers, by falling share, where it is known.
	Shown []statistics.ItemTime
	// CSV is where the table of all items is.
	CSV string
}

// TimesView is nil before the first computation that knew times.
func (p statisticsPage) TimesView() *timesView {
	if p.R == nil || p.R.Times == nil {
		return nil
	}
	f := newFigures(p.deskView, p.E.ID+"/statistics")
	v := &timesView{figures: f, Times: p.R.Times, Exam: p.E.ID, CSV: f.base + "/tables/times"}
	for _, it := range p.R.Times.Items {
		if it.Share.Known() {
			v.Shown = append(v.Shown, it)
		}
	}
	slices.SortStableFunc(v.Shown, func(a, b statistics.ItemTime) int { return cmp.Compare(b.Share.Value, a.Share.Value) })
	v.Shown = first(v.Shown, timesShown)
	return v
}

// KnownSaid says of how many answers the time is known.
func (v timesView) KnownSaid() string {
	share := 0.0
	if v.Answers > 0 {
		share = float64(v.Known) / float64(v.Answers)
	}
	return v.words("wStTimesKnownOf", v.Known, v.Answers, v.Percent(share))
}

// LowSaid says how many people have a low effort.
func (v timesView) LowSaid() string { return v.words("wStTimesLowOf", v.Low, v.Tested) }

// Cell prints an estimate, in a table whose caption says what is missing.
func (v timesView) Cell(e psychometrics.Estimate, digits int) string {
	if !e.Known() {
		return "—"
	}
	return figure(v.Lang, e.Value, digits)
}

// Share says an estimate as a percentage with its interval.
func (v timesView) Share(e psychometrics.Estimate) string {
	if !e.Known() {
		return "—"
	}
	return v.Percent(e.Value) + " (" + figure(v.Lang, 100*e.Low, 1) + " … " + figure(v.Lang, 100*e.High, 1) + ")"
}

// Rapid is the mean share of rapid answers of a person: what is missing to the effort.
func (v timesView) Rapid() string {
	e := v.Effort
	if !e.Known() {
		return "— " + v.Why(e.Reason)
	}
	e.Value, e.Low, e.High = 1-e.Value, 1-e.High, 1-e.Low
	return v.Share(e)
}

// table is that of all items, for spreadsheets.
func (v timesView) table() figureView {
	t := tableView{Header: v.header("wStItem", "wStTimesKnown", "wStTimesMedian", "wStTimesThreshold", "wStTimesRapid", "wStTimesShare", "wStTimesLow95", "wStTimesHigh95", "wStTimesStatus")}
	for _, it := range v.Times.Items {
		low, high, status := "", "", v.T["wStTimesFine"]
		if it.Share.Known() {
			low, high = figure(v.Lang, it.Share.Low, 4), figure(v.Lang, it.Share.High, 4)
		}
		if it.Share.Status != psychometrics.Fine {
			status = v.Why(it.Share.Reason)
		}
		t.Rows = append(t.Rows, []string{it.Item, strconv.Itoa(it.N), v.known(it.Median, 1), v.known(it.Threshold, 2), strconv.Itoa(it.Rapid), v.known(it.Share, 4), low, high, status})
	}
	return v.finish("times", v.T["wStTimes"], v.T["wStTimesHow"], nil, t)
}

// effortPage is whose answers came too fast. It names attempts.
type effortPage struct {
	similarPage // what a page that names attempts prints
	F           statistics.Effort
}

// LowSaid says how many people have a low effort.
func (p effortPage) LowSaid() string {
	return figures{deskView: p.deskView}.words("wStTimesLowOf", p.F.Low, p.F.Tested)
}

// UntimedSaid names the people of whom too few times are known.
func (p effortPage) UntimedSaid() string {
	return figures{deskView: p.deskView}.words("wStEffortUntimed", p.F.Least)
}

// None says why nobody is listed, "" when somebody is.
func (p effortPage) None() string {
	switch {
	case len(p.F.People) > 0:
		return ""
	case p.F.Reason == "":
		return p.T["wStEffortNobody"]
	}
	return figures{deskView: p.deskView}.words("wStEffortNone", p.Why(p.F.Reason))
}

// effort shows whose answers came too fast, to who may see results.
func (w workbench) effort(c *fiber.Ctx) (err error) {
	p := effortPage{similarPage: similarPage{deskView: w.desk(c, "wStEffort")}}
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	if p.F, err = w.Statistics.Effort(c.UserContext(), p.E.ID); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "effort", p)
}

func (s *server) getEffort(c *fiber.Ctx) error {
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	found, err := s.Statistics.Effort(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	found.People = append([]statistics.Hasty{}, found.People...) // a list, never null
	return c.JSON(found)
}

// TimeSaid says how fast the item was answered, "" when that is not known.
func (p itemStatisticsPage) TimeSaid() string {
	t := p.It.Time
	if t == nil || !t.Median.Known() {
		return ""
	}
	f := figures{deskView: p.deskView}
	said := f.words("wStTimesItem", figure(p.Lang, t.Median.Value, 0), t.N)
	if !t.Share.Known() {
		return said + " — " + p.Why(t.Share.Reason)
	}
	return said + f.words("wStTimesItemRapid", figure(p.Lang, t.Threshold.Value, 1), t.Rapid, p.Percent(t.Share.Value))
}
