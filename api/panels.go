package api

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// panelDraft is a panel as somebody calls it together.
type panelDraft struct {
	// ID is the client's, so that it can send the same again.
	ID     string   `json:"id"`
	Items  int      `json:"items"`
	Judges []string `json:"judges"`
}

func (s *server) createPanel(c *fiber.Ctx) error {
	var in panelDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	d := exam.PanelDraft{ID: in.ID, Exam: c.Params("exam"), Items: in.Items, Judges: in.Judges}
	if err := s.record(c, "panels/"+d.ID, "exam="+d.Exam); err != nil {
		return err
	}
	p, err := s.callPanel(c, by, d)
	if err != nil {
		return err
	}
	return c.JSON(showPanel(p, true))
}

// callPanel calls a panel together of people who may judge. Fault "panel.judge" for one
// who may not.
func (s *server) callPanel(c *fiber.Ctx, by string, d exam.PanelDraft) (exam.Panel, error) {
	people, err := s.named(c, d.Judges)
	if err != nil {
		return exam.Panel{}, err
	}
	var faults []fault.Field
	for i, p := range people {
		if !slices.Contains(p.Roles, auth.Judge) || p.Disabled {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/judges/%d", i), Message: "has not the role of a judge"})
		}
	}
	if len(faults) > 0 {
		return exam.Panel{}, fault.New(fault.Invalid, "panel.judge", "%d of the judges may not judge.", len(faults)).At(faults...)
	}
	return s.Exams.CreatePanel(c.UserContext(), by, d)
}

// panelView is a panel without the candidates who were judged, and who said what only
// for whom that is.
type panelView struct {
	exam.Panel
	// People hides those of the panel.
	People int `json:"people"`
}

func showPanel(p exam.Panel, runs bool) panelView {
	v := panelView{Panel: p, People: len(p.People)}
	v.Panel.People = nil
	if !namesVotes(&p, runs) {
		v.Panel.Votes = nil
	}
	return v
}

// runsPanels reports whether the caller may run panels.
func runsPanels(c *fiber.Ctx) bool {
	principal, _ := auth.PrincipalFrom(c.UserContext())
	return principal.Can(auth.StandardsRun)
}

func (s *server) panels(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	all, err := s.Exams.PanelsOf(c.UserContext(), c.Params("exam"), after, limit+1)
	if err != nil {
		return err
	}
	runs := runsPanels(c)
	return c.JSON(page(all, limit, func(p exam.Panel) string { return p.ID }, func(p exam.Panel) panelView { return showPanel(p, runs) }))
}

func (s *server) panel(c *fiber.Ctx) error {
	p, err := s.Exams.Panel(c.UserContext(), c.Params("panel"))
	if err != nil {
		return err
	}
	return c.JSON(showPanel(p, runsPanels(c)))
}

// panelAct has the caller do one thing to the panel of the path.
func (s *server) panelAct(c *fiber.Ctx, do func(by, id string) (exam.Panel, error)) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	if err := s.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	p, err := do(by, id)
	if err != nil {
		return err
	}
	return c.JSON(showPanel(p, true))
}

func (s *server) closeRound(c *fiber.Ctx) error {
	return s.panelAct(c, func(by, id string) (exam.Panel, error) { return s.Exams.CloseRound(c.UserContext(), by, id) })
}

func (s *server) openRound(c *fiber.Ctx) error {
	return s.panelAct(c, func(by, id string) (exam.Panel, error) { return s.Exams.OpenRound(c.UserContext(), by, id) })
}

func (s *server) concludePanel(c *fiber.Ctx) error {
	return s.panelAct(c, func(by, id string) (exam.Panel, error) { return s.Exams.ConcludePanel(c.UserContext(), by, id) })
}

func (s *server) signPanel(c *fiber.Ctx) error {
	var in struct {
		Method string `json:"method"`
		Reason string `json:"reason"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	why, err := checkReason(in.Reason)
	if err != nil {
		return err
	}
	return s.panelAct(c, func(by, id string) (exam.Panel, error) {
		return s.Exams.SignPanel(c.UserContext(), by, id, in.Method, why)
	})
}

// judgePeople takes judgements of candidates by the ids of people.
func (s *server) judgePeople(c *fiber.Ctx) error {
	var in struct {
		People []struct {
			Person string     `json:"person"`
			Grade  exam.Grade `json:"grade"`
		} `json:"people"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	people := make([]exam.PersonJudged, len(in.People))
	for i, j := range in.People {
		people[i] = exam.PersonJudged{Person: j.Person, Grade: j.Grade}
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	if err := s.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	p, without, err := s.Exams.JudgePeople(c.UserContext(), by, id, people)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"panel": showPanel(p, true), "without_attempt": append([]string{}, without...)})
}

// adoptStandard gives a draft the signed standard; "new" makes the draft from the panel's
// exam.
func (s *server) adoptStandard(c *fiber.Ctx) error {
	var in struct {
		Exam string `json:"exam"`
		New  bool   `json:"new"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	id := c.Params("panel")
	if err := s.record(c, "panels/"+id, "exam="+in.Exam); err != nil {
		return err
	}
	adopt := s.Exams.AdoptStandard
	if in.New {
		adopt = s.Exams.DraftByStandard
	}
	e, err := adopt(c.UserContext(), id, in.Exam)
	if err != nil {
		return err
	}
	return c.JSON(e)
}

// seatView is a panel as one of its judges sees it.
type seatView struct {
	Panel string          `json:"panel"`
	Title exam.Text       `json:"title"`
	State exam.PanelState `json:"state"`
	Round int             `json:"round"`
	// Version is that of the ballot, to be sent back with ratings.
	Version int64 `json:"version"`
	// Open says that keys and what was said are shown.
	Open    bool             `json:"open"`
	Items   []seatItem       `json:"items"`
	Ratings []int            `json:"ratings"`
	Whole   *exam.Compromise `json:"whole,omitempty"`
	Done    bool             `json:"done"`
}

type seatItem struct {
	View     exam.View      `json:"view"`
	Stimulus string         `json:"stimulus,omitempty"`
	Key      *exam.Response `json:"key,omitempty"`
	// Also are other answers that count as right, and Correction what was done about a
	// faulty item; one that was dropped or granted has no key.
	Also       []exam.Response `json:"also,omitempty"`
	Correction exam.KeyPolicy  `json:"correction,omitempty"`
	Told       *toldView       `json:"told,omitempty"`
}

// toldView is what was said of an item in the round before, in percent, lowest first, and
// the share of n people who answered it rightly by the key that counts now; n is 0 while
// they were counted by a former one.
type toldView struct {
	Ratings []int   `json:"ratings"`
	Correct float64 `json:"correct"`
	N       int     `json:"n"`
}

func (s *server) seats(c *fiber.Ctx) error {
	judge, err := caller(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.PanelsFor(c.UserContext(), judge)
	if err != nil {
		return err
	}
	type row struct {
		Panel string          `json:"panel"`
		State exam.PanelState `json:"state"`
		Round int             `json:"round"`
		Items int             `json:"items"`
	}
	rows := make([]row, len(all))
	for i, p := range all {
		rows[i] = row{p.ID, p.State, p.Round, len(p.Items)}
	}
	return c.JSON(fiber.Map{"panels": rows})
}

func (s *server) seat(c *fiber.Ctx) error {
	judge, err := caller(c)
	if err != nil {
		return err
	}
	seat, err := s.Exams.Seat(c.UserContext(), judge, c.Params("panel"))
	if err != nil {
		return err
	}
	lang := c.Query("language")
	if lang == "" {
		lang = seat.Exam.Policy.Languages[0]
	}
	if !slices.Contains(seat.Exam.Policy.Languages, lang) {
		return fault.New(fault.Invalid, "request.parameter", "The exam is not held in this language.").At(fault.Field{Path: "language", Message: "is none of the exam's"})
	}
	now := roundOf(seat.Ballot, seat.Panel.Round)
	v := seatView{Panel: seat.Panel.ID, Title: seat.Exam.Title, State: seat.Panel.State, Round: seat.Panel.Round, Version: seat.Ballot.Version, Open: seat.Open,
		Ratings: append([]int{}, now.Ratings...), Whole: now.Compromise, Done: now.Done}
	for i := range seat.Panel.Items {
		shown, err := seat.Show(i, lang)
		if err != nil {
			return err
		}
		it := seatItem{View: shown.View, Stimulus: shown.Stimulus}
		if seat.Open {
			t := told(&seat.Panel, &seat.Exam, i)
			if t.Former {
				t.Fact = exam.ItemFact{}
			}
			it.Told, it.Also, it.Correction = &toldView{t.Said, t.Fact.P, t.Fact.N}, shown.Also, shown.Correction
			if !keyless(shown.Correction) {
				it.Key = &shown.Key
			}
		}
		v.Items = append(v.Items, it)
	}
	return c.JSON(v)
}

// rateItems stores a judge's ratings in percent, -1 for an item that is not rated yet.
func (s *server) rateItems(c *fiber.Ctx) error {
	var in struct {
		Version int64            `json:"version"`
		Round   int              `json:"round"`
		Ratings []int            `json:"ratings"`
		Whole   *exam.Compromise `json:"whole"`
		Done    bool             `json:"done"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	judge, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	if err := s.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	if err := s.Exams.Rate(c.UserContext(), judge, id, in.Version, in.Round, exam.BallotRound{Ratings: in.Ratings, Compromise: in.Whole, Done: in.Done}); err != nil {
		return err
	}
	return c.JSON(fiber.Map{"version": in.Version + 1})
}
