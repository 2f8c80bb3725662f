package api

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/plot"
)

// UnusualSaid says how many people answered unusually.
func (p statisticsPage) UnusualSaid() string {
	return figures{deskView: p.deskView}.words("wSbUnusualHint", p.R.Unusual.Found, p.R.Unusual.Tested)
}

// FitSaid says how well the curve describes the item, or why that is not known.
func (p itemStatisticsPage) FitSaid() string {
	f := p.It.Fit
	if f == nil || p.It.Curve.Status == psychometrics.NotDefined {
		return ""
	}
	if f.Status == psychometrics.NotDefined {
		return p.Why(f.Reason)
	}
	s := figures{deskView: p.deskView}.words("wSbFitSaid", figure(p.Lang, f.ChiSquared, 1), f.DF, chance(p.Lang, f.P), figure(p.Lang, f.RMSEA, 3))
	if f.Reason != "" {
		s += " — " + p.Why(f.Reason)
	}
	return s
}

const (
	// monthsNamed is how many names of months have room below a picture.
	monthsNamed = 4
	// leastOfMonth is how many answers of a month the line joins: what two people answered
	// is a circle, small as it is, and no turn of the line.
	leastOfMonth = 10
)

// drift shows how an item was answered month by month.
func (f figures) drift(it *statistics.ItemResult) figureView {
	d := it.Drift
	t := tableView{Header: f.header("wSbMonth", "wStAnswers", "wStObserved", "wStFromCurve")}
	var xs, hoped, many, seen []float64 // many are the months that the line of what was seen joins
	for _, m := range d.Months {
		t.Rows = append(t.Rows, []string{m.Month, strconv.Itoa(m.N), figure(f.Lang, m.Observed, 3), figure(f.Lang, m.Expected, 3)})
		at := monthsSince(d.Months[0].Month, m.Month) + 1
		xs, hoped = append(xs, at), append(hoped, m.Expected)
		if m.N >= leastOfMonth {
			many, seen = append(many, at), append(seen, m.Observed)
		}
	}
	title := f.T["wSbDrift"]
	if len(d.Months) < 2 {
		return f.finish("drift", title, f.words("wStNoDrawing", f.Why(cmp.Or(d.Slope.Reason, "it was answered in one period only"))), nil, t)
	}
	said := f.words("wSbDriftNone", f.Why(d.Slope.Reason))
	if d.Slope.Status == psychometrics.Fine {
		said = f.words("wSbDriftSaid", figure(f.Lang, d.Slope.Value, 3), chance(f.Lang, d.P))
	}
	last := xs[len(xs)-1]
	x := plot.Axis{Label: f.T["wSbMonth"], Low: .5, High: last + .5}
	for at := 1.0; at <= last; at += math.Ceil(last / monthsNamed) {
		x.Ticks, x.Names = append(x.Ticks, at), append(x.Names, monthAfter(d.Months[0].Month, int(at)-1))
	}
	c := f.chart("drift", title, said, x, plot.Shares(f.T["wStRight"]))
	c.Line(0, f.T["wSbSeen"], many, seen)
	c.Line(1, f.T["wSbHoped"], xs, hoped)
	for n, m := range d.Months {
		c.Circle(xs[n], m.Observed, m.N, 50)
	}
	return f.finish("drift", title, said, c, t)
}

// monthAfter names the month that is n after one such as "2026-03": "03.2026" for 0.
func monthAfter(first string, n int) string {
	from, err := time.Parse("2006-01", first)
	if err != nil {
		return ""
	}
	return from.AddDate(0, n, 0).Format("01.2006")
}

// monthsSince counts from one month such as "2026-03" to another; 0 for what is none.
func monthsSince(first, month string) float64 {
	from, err := time.Parse("2006-01", first)
	to, also := time.Parse("2006-01", month)
	if err != nil || also != nil {
		return 0
	}
	return float64((to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month()))
}

// similarPage is the comparison of answers. It names attempts.
type similarPage struct {
	deskView
	E exam.Exam
	S statistics.Similar
}

// Short is the end of an attempt's id, which tells it from others.
func (p similarPage) Short(id string) string { return "…" + id[max(0, len(id)-6):] }

// Figure prints a number.
func (p similarPage) Figure(v float64, digits int) string { return figure(p.Lang, v, digits) }

// Chance prints a probability.
func (p similarPage) Chance(v float64) string { return chance(p.Lang, v) }

// Sure counts the pairs that are worth a look.
func (p similarPage) Sure() (n int) {
	for _, pair := range p.S.Pairs {
		if pair.Sure() {
			n++
		}
	}
	return n
}

// RefusedSaid names the pairs that were not compared.
func (p similarPage) RefusedSaid() string {
	return figures{deskView: p.deskView}.words("wSbRefused", p.S.Least)
}

// None says why there are no pairs, "" when there are.
func (p similarPage) None() string {
	switch {
	case len(p.S.Pairs) > 0:
		return ""
	case p.S.Reason == "":
		return p.T["wSbNoPairs"]
	}
	return figures{deskView: p.deskView}.words("wSbNone", p.Why(p.S.Reason))
}

// similar shows whose answers are alike, to who may see results.
func (w workbench) similar(c *fiber.Ctx) (err error) {
	p := similarPage{deskView: w.desk(c, "wSbSimilar")}
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	if p.S, err = w.Statistics.Similar(c.UserContext(), p.E.ID); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "similar", p)
}

// statisticsView is what programs get of an exam's statistics.
type statisticsView struct {
	State string `json:"state"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// Result is null before the first time.
	Result *statistics.Result `json:"result"`
}

func showStatistics(j statistics.Job, r *statistics.Result) statisticsView {
	return statisticsView{State: cmp.Or(string(j.State), "none"), Done: j.Done, Total: j.Total, Result: r}
}

func (s *server) getStatistics(c *fiber.Ctx) error {
	j, err := s.Statistics.Job(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	r, err := s.Statistics.Result(c.UserContext(), c.Params("exam"))
	switch {
	case fault.Of(err) == fault.NotFound:
		return c.JSON(showStatistics(j, nil))
	case err != nil:
		return err
	}
	r.Items = slices.Clip(append([]statistics.Line{}, r.Items...)) // a list, never null
	return c.JSON(showStatistics(j, &r))
}

func (s *server) askStatistics(c *fiber.Ctx) error {
	if err := s.record(c, "exams/"+c.Params("exam"), ""); err != nil {
		return err
	}
	j, err := s.Statistics.Ask(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	s.Wake()
	return c.Status(fiber.StatusAccepted).JSON(showStatistics(j, nil))
}

func (s *server) getItemStatistics(c *fiber.Ctx) error {
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	it, err := s.Statistics.Item(c.UserContext(), c.Params("exam"), c.Params("item"))
	if err != nil {
		return err
	}
	return c.JSON(it)
}

func (s *server) getSimilar(c *fiber.Ctx) error {
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	found, err := s.Statistics.Similar(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	found.Pairs = append([]statistics.Alike{}, found.Pairs...) // a list, never null
	return c.JSON(found)
}
