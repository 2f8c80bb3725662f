package api

import (
	"fmt"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/internal/fault"
)

func (s *server) myMarking(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.MarkingFor(c.UserContext(), marker)
	if err != nil {
		return err
	}
	type row struct {
		Exam  string    `json:"exam"`
		Title exam.Text `json:"title"`
	}
	rows := make([]row, len(all))
	for i, e := range all {
		rows[i] = row{e.ID, e.Title}
	}
	return c.JSON(fiber.Map{"exams": rows})
}

// scriptView is a response as it is marked. It has no member for who wrote it, for their
// attempt, or for how many have marked it.
type scriptView struct {
	Script    string      `json:"script"`
	Exam      string      `json:"exam"`
	Title     exam.Text   `json:"title"`
	Language  string      `json:"language"`
	Item      exam.View   `json:"item"`
	Stimulus  string      `json:"stimulus,omitempty"`
	Rationale string      `json:"rationale,omitempty"`
	Rubric    exam.Rubric `json:"rubric"`
	Response  string      `json:"response"`
	HeldUntil time.Time   `json:"held_until,omitzero"`
}

func showScript(m exam.MarkingSheet) scriptView {
	v := scriptView{Script: m.Script.ID, Exam: m.Exam.ID, Title: m.Exam.Title, Language: m.Lang, Item: m.View, Stimulus: m.Stimulus, Rationale: m.Item.Rationale.In(m.Lang),
		Response: m.Text, HeldUntil: m.Script.HeldUntil}
	if essay := m.Item.Essay(); essay != nil {
		v.Rubric = essay.Rubric
	}
	return v
}

func (s *server) nextScript(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	sheet, found, err := s.Exams.NextScript(c.UserContext(), marker, c.Params("exam"))
	if err != nil {
		return err
	}
	if !found {
		return c.JSON(fiber.Map{"script": nil})
	}
	return c.JSON(fiber.Map{"script": showScript(sheet)})
}

func (s *server) script(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	sheet, err := s.Exams.HeldScript(c.UserContext(), marker, c.Params("script"))
	if err != nil {
		return err
	}
	return c.JSON(showScript(sheet))
}

// scriptMark is what somebody says of a script.
type scriptMark struct {
	Levels []int  `json:"levels"`
	Note   string `json:"note"`
}

// markScript stores a mark. The answer does not say what others said, nor whether they
// agree.
func (s *server) markScript(c *fiber.Ctx) error {
	var in scriptMark
	if err := decode(c, &in); err != nil {
		return err
	}
	marker, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	if err := s.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	if _, err := s.Exams.MarkScript(c.UserContext(), marker, id, in.Levels, in.Note); err != nil {
		return err
	}
	s.Wake()
	return c.JSON(fiber.Map{"script": id, "levels": in.Levels})
}

func (s *server) declineScript(c *fiber.Ctx) error {
	by, why, err := s.reasoned(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	if err := s.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	if err := s.Exams.DeclineScript(c.UserContext(), by, id, why); err != nil {
		return err
	}
	return c.JSON(fiber.Map{"script": id})
}

// scriptMedium sends a marker an image of the question in hand.
func (s *server) scriptMedium(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	m, err := s.Exams.MediumOfScript(c.UserContext(), marker, c.Params("script"), c.Params("medium"))
	if err != nil {
		return err
	}
	return sendMedium(c, m)
}

// markingView says how far marking is. Who has marked how much stands by ids.
type markingView struct {
	Exam    string                   `json:"exam"`
	Stages  map[exam.ScriptStage]int `json:"stages"`
	Markers []markerCount            `json:"markers"`
	Items   []agreementView          `json:"items"`
}

type markerCount struct {
	Person string `json:"person"`
	Marks  int    `json:"marks"`
	// Named says that the person marks the exam now.
	Named bool `json:"named"`
}

// agreementView is how the first two marks of an item agree.
type agreementView struct {
	Item      string        `json:"item"`
	Pairs     int           `json:"pairs"`
	Max       int           `json:"max"`
	Tolerance int           `json:"tolerance"`
	Exact     agreementRate `json:"exact"`
	Within    agreementRate `json:"within"`
	Kappa     agreementRate `json:"kappa"`
}

// agreementRate is a figure with whether it may be read; value is null when there is none.
type agreementRate struct {
	Value  *float64 `json:"value"`
	N      int      `json:"n"`
	Status string   `json:"status"`
}

func rateOf(e psychometrics.Estimate) agreementRate {
	return agreementRate{e.Pointer(), e.N, string(e.Status)}
}

func (s *server) marking(c *fiber.Ctx) error {
	p, err := s.Exams.MarkingProgress(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	return c.JSON(showMarking(&p))
}

func showMarking(p *exam.MarkingProgress) markingView {
	v := markingView{Exam: p.Exam.ID, Stages: p.Stages, Markers: []markerCount{}, Items: []agreementView{}}
	for _, m := range p.Markers {
		v.Markers = append(v.Markers, markerCount{m.Marker, m.Marks, slices.Contains(p.Exam.Markers, m.Marker)})
	}
	for _, a := range p.Items {
		v.Items = append(v.Items, agreementView{a.Item.ID, a.Pairs, a.Max, a.Tolerance, rateOf(a.Exact), rateOf(a.Within), rateOf(a.Kappa)})
	}
	return v
}

func (s *server) setMarkers(c *fiber.Ctx) error {
	var in struct {
		Markers []string `json:"markers"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	id := c.Params("exam")
	if err := s.record(c, "exams/"+id, fmt.Sprintf("markers=%d", len(in.Markers))); err != nil {
		return err
	}
	if err := s.nameMarkers(c, id, in.Markers); err != nil {
		return err
	}
	return s.marking(c)
}

// nameMarkers names the people who mark the exam, if they may mark. Fault "marking.marker"
// for one who may not.
func (s *server) nameMarkers(c *fiber.Ctx, id string, markers []string) error {
	people, err := s.named(c, markers)
	if err != nil {
		return err
	}
	var faults []fault.Field
	for i, p := range people {
		if !slices.Contains(p.Roles, auth.Marker) || p.Disabled {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/markers/%d", i), Message: "has not the role of a marker"})
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "marking.marker", "%d of the markers may not mark.", len(faults)).At(faults...)
	}
	_, err = s.Exams.SetMarkers(c.UserContext(), id, markers)
	return err
}

// disputeView is a script about which somebody has to decide, with both marks, each
// without a name.
type disputeView struct {
	scriptView
	Marks []scriptMark `json:"marks"`
}

func showDispute(m exam.MarkingSheet) disputeView {
	v := disputeView{scriptView: showScript(m), Marks: []scriptMark{}}
	v.HeldUntil = time.Time{}
	for _, e := range m.Script.Entries {
		v.Marks = append(v.Marks, scriptMark{e.Levels, e.Note})
	}
	return v
}

func (s *server) disputes(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	all, err := s.Exams.Disputes(c.UserContext(), c.Params("exam"), after, limit+1)
	if err != nil {
		return err
	}
	type row struct {
		Script string `json:"script"`
		Item   string `json:"item"`
	}
	return c.JSON(page(all, limit, func(m exam.Script) string { return m.ID }, func(m exam.Script) row { return row{m.ID, m.Item.ID} }))
}

func (s *server) dispute(c *fiber.Ctx) error {
	sheet, err := s.Exams.Dispute(c.UserContext(), c.Params("script"))
	if err != nil {
		return err
	}
	return c.JSON(showDispute(sheet))
}

func (s *server) adjudicate(c *fiber.Ctx) error {
	var in scriptMark
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	if err := s.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	if _, err := s.Exams.Adjudicate(c.UserContext(), by, id, in.Levels, in.Note); err != nil {
		return err
	}
	s.Wake()
	return c.JSON(fiber.Map{"script": id, "levels": in.Levels})
}
