package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// seatRow is a panel in a judge's list.
type seatRow struct {
	exam.Panel
	Title string
}

type panelsPage struct {
	deskView
	Rows []seatRow
}

// panels lists those of the judge who looks.
func (w workbench) panels(c *fiber.Ctx) error {
	p := panelsPage{deskView: w.desk(c, "wPanels")}
	judge, err := caller(c)
	if err != nil {
		return err
	}
	all, err := w.Exams.PanelsFor(c.UserContext(), judge)
	if err != nil {
		return err
	}
	for _, panel := range all {
		e, err := w.Exams.Exam(c.UserContext(), panel.Exam)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, seatRow{panel, e.Title.In(p.Lang)})
	}
	return w.show(c, fiber.StatusOK, "panels", p)
}

// ratedItem is an item before a judge.
type ratedItem struct {
	shownItem
	N int
	// Rating is what stands in the field: as it was sent or stored, or else as in the round
	// before; "" for none.
	Rating string
	// Own are the judge's ratings of this round and the one before, as they were handed in.
	Own []ownRating
	// Told is what was said and how people answered, nil until that is open.
	Told *toldItem
	// Also are other answers that count as right, line by line.
	Also [][]string
}

// ownRating is what a judge handed in for an item in a round, in percent.
type ownRating struct{ Round, Percent int }

// ownRatings are those of item i in the panel's present round and the one before. What is
// only stored is left out: it does not count, and stands in the field.
func ownRatings(p *exam.Panel, b exam.Ballot, i int) []ownRating {
	var own []ownRating
	for round := p.Round - 1; round <= p.Round; round++ {
		if r := roundOf(b, round); r.Done && i < len(r.Ratings) {
			own = append(own, ownRating{round, r.Ratings[i]})
		}
	}
	return own
}

// Keyless reports whether nobody says any more what is right: the item was dropped, or
// granted to everybody.
func (it ratedItem) Keyless() bool { return keyless(it.Correction) }

func keyless(policy exam.KeyPolicy) bool { return policy == exam.Drop || policy == exam.FullCredit }

// toldItem is what judges said of an item in the round before, each without a name, and
// how people answered it.
type toldItem struct {
	exam.Spread
	// Round is the one in which it was said.
	Round int
	Said  []int
	Fact  exam.ItemFact
	// Former says that Fact was counted by a key that does not count any more.
	Former bool
}

// told sums up item i, of which some vote was cast. e is the panel's exam.
func told(p *exam.Panel, e *exam.Exam, i int) *toldItem {
	t := &toldItem{Spread: p.Spread(i), Round: p.Round}
	if p.State == exam.PanelRating { // and this round's are not open
		t.Round--
	}
	for _, v := range p.Votes {
		t.Said = append(t.Said, v.Ratings[i])
	}
	slices.Sort(t.Said)
	if i < len(p.Facts) {
		t.Fact, t.Former = p.Facts[i], !p.ByKeyNow(e, i)
	}
	return t
}

type ratePage struct {
	deskView
	exam.Seat
	Items []ratedItem
	// Fields are the questions on the whole exam.
	Fields []wholeField
	// May says that the judge can rate now.
	MayRate bool
	Missing int
}

// wholeField is one question on the whole exam, in percent.
type wholeField struct{ Name, Value string }

var wholeFields = []string{"cut", "pass", "cut_min", "cut_max", "fail_min", "fail_max"}

func (w workbench) rateForm(c *fiber.Ctx) error {
	return w.showRating(c, fiber.StatusOK, ratePage{deskView: w.desk(c, "wPnRate")}, nil)
}

// showRating shows the items with what is stored, or with what was just sent.
func (w workbench) showRating(c *fiber.Ctx, status int, p ratePage, sent func(field string) string) error {
	judge, err := caller(c)
	if err != nil {
		return err
	}
	if p.Seat, err = w.Exams.Seat(c.UserContext(), judge, c.Params("panel")); err != nil {
		return err
	}
	now, before := roundOf(p.Ballot, p.Panel.Round), roundOf(p.Ballot, p.Panel.Round-1)
	p.MayRate = p.Panel.State == exam.PanelRating && !now.Done
	for i := range p.Panel.Items {
		shown, err := p.Seat.Show(i, p.Lang)
		if err != nil {
			return err
		}
		at := panelPath(p.Panel.ID)
		shown.View.Rename(at)
		shown.Stimulus = exam.Rename(shown.Stimulus, at)
		it := ratedItem{shownItem: w.pages.shownItem(shown.View, shown.Stimulus, shown.Key, p.Lang), N: i, Rating: percentOf(now.Ratings, i), Own: ownRatings(&p.Panel, p.Ballot, i)}
		it.Rubric, it.Correction = newRubricView(shown.Rubric, nil, p.Lang), shown.Correction
		for _, other := range shown.Also {
			it.Also = append(it.Also, answerLines(it.View, other))
		}
		if sent != nil {
			it.Rating = sent(fmt.Sprintf("rating_%d", i))
		} else if it.Rating == "" {
			it.Rating = percentOf(before.Ratings, i)
		}
		if it.Rating == "" {
			p.Missing++
		}
		if p.Open {
			it.Told = told(&p.Panel, &p.Exam, i)
		}
		p.Items = append(p.Items, it)
	}
	stored := now.Compromise
	if stored == nil {
		stored = before.Compromise
	}
	for i, name := range wholeFields {
		f := wholeField{Name: name}
		if stored != nil {
			f.Value = strconv.Itoa([]int{stored.Cut, stored.Pass, stored.CutMin, stored.CutMax, stored.FailMin, stored.FailMax}[i])
		}
		if sent != nil {
			f.Value = sent(name)
		}
		p.Fields = append(p.Fields, f)
	}
	return w.show(c, status, "rate", p)
}

// roundOf is a round of a ballot, the zero one when there is none.
func roundOf(b exam.Ballot, round int) exam.BallotRound {
	if round < 1 || round > len(b.Rounds) {
		return exam.BallotRound{}
	}
	return b.Rounds[round-1]
}

func percentOf(ratings []int, i int) string {
	if i >= len(ratings) || ratings[i] == exam.NotRated {
		return ""
	}
	return strconv.Itoa(ratings[i])
}

// rate stores what a judge says; the button "done" hands it in.
func (w workbench) rate(c *fiber.Ctx) error {
	judge, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	seat, err := w.Exams.Seat(c.UserContext(), judge, id)
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(c.FormValue("version"), 10, 64) // what is no number is of no ballot
	r := exam.BallotRound{Done: c.FormValue("done") == "yes"}
	for i := range seat.Panel.Items {
		r.Ratings = append(r.Ratings, wholePercent(c.FormValue(fmt.Sprintf("rating_%d", i)), exam.NotRated))
	}
	if slices.ContainsFunc(wholeFields, func(name string) bool { return c.FormValue(name) != "" }) {
		var v [6]int
		for i, name := range wholeFields {
			v[i] = wholePercent(c.FormValue(name), -1)
		}
		r.Compromise = &exam.Compromise{Cut: v[0], Pass: v[1], CutMin: v[2], CutMax: v[3], FailMin: v[4], FailMax: v[5]}
	}
	if err := w.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	err = w.Exams.Rate(c.UserContext(), judge, id, version, numberOf(c, "round"), r)
	if err == nil {
		what := "rated"
		if r.Done {
			what = "handedIn"
		}
		return done(c, "/workbench/panels/"+id+"/rate", what)
	}
	p := ratePage{deskView: w.desk(c, "wPnRate")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showRating(c, status, p, func(field string) string { return c.FormValue(field) })
}

// wholePercent reads a number, none for an empty field, and what is no percentage for
// anything else.
func wholePercent(s string, none int) int {
	if s = strings.TrimSpace(s); s == "" {
		return none
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 101
	}
	return n
}
