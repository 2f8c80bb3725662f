package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
)

// markingRow is an exam in a marker's list.
type markingRow struct {
	ID, Title string
	// Waiting is how many responses wait for this marker; Many says that there are more.
	Waiting int
	Many    bool
}

type markingPage struct {
	deskView
	Rows []markingRow
}

// marking lists the exams of the marker who looks.
func (w workbench) marking(c *fiber.Ctx) error {
	p := markingPage{deskView: w.desk(c, "wMarking")}
	marker, err := caller(c)
	if err != nil {
		return err
	}
	all, err := w.Exams.MarkingFor(c.UserContext(), marker)
	if err != nil {
		return err
	}
	for _, e := range all {
		waiting, many, err := w.Exams.WaitingFor(c.UserContext(), marker, e.ID)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, markingRow{e.ID, e.Title.In(p.Lang), waiting, many})
	}
	return w.show(c, fiber.StatusOK, "marking", p)
}

// nextScript goes on to the next response of the exam, or back to the list.
func (w workbench) nextScript(c *fiber.Ctx) error {
	return w.toNext(c, c.Params("exam"), "", "nothingToMark")
}

// toNext goes to the next response and says what was done, or to the list when none is
// left.
func (w workbench) toNext(c *fiber.Ctx, examID, what, last string) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	sheet, found, err := w.Exams.NextScript(c.UserContext(), marker, examID)
	switch {
	case err != nil:
		return err
	case !found:
		return done(c, "/workbench/marking", last)
	case what == "":
		return c.Redirect("/workbench/scripts/"+sheet.Script.ID, fiber.StatusSeeOther)
	}
	return done(c, "/workbench/scripts/"+sheet.Script.ID, what)
}

// markedCriterion is a criterion of the form, with the level that is chosen, -1 for none.
type markedCriterion struct {
	N      int
	Chosen int
	criterionView
}

// givenMark is a mark that was given, for who decides.
type givenMark struct {
	Total  int
	Levels []string // what each criterion earned
	Note   string
}

// scriptPage is a response with the form of its rubric.
type scriptPage struct {
	deskView
	Sheet    exam.MarkingSheet
	Exam     string
	Action   string
	Shown    shownItem
	Criteria []markedCriterion
	// Words are those of the response.
	Words int
	Limit string
	Max   int
	Note  string
	Given []givenMark
}

func (w workbench) script(c *fiber.Ctx) error {
	return w.showScript(c, fiber.StatusOK, scriptPage{deskView: w.desk(c, "wScript")}, nil)
}

// showScript shows the response in hand with the levels that were just sent, if any.
func (w workbench) showScript(c *fiber.Ctx, status int, p scriptPage, sent []int) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	sheet, err := w.Exams.HeldScript(c.UserContext(), marker, c.Params("script"))
	if err != nil {
		return err
	}
	p.Action = "/workbench/scripts/" + sheet.Script.ID
	at := func(name string) string { return p.Action + "/media/" + name }
	sheet.View.Rename(at)
	sheet.Stimulus = exam.Rename(sheet.Stimulus, at)
	w.fillScript(&p, sheet, sent)
	p.Shown.Rationale = exam.Rename(p.Shown.Rationale, at)
	return w.show(c, status, "script", p)
}

// fillScript puts the question, the response and the rubric on the page.
func (w workbench) fillScript(p *scriptPage, sheet exam.MarkingSheet, sent []int) {
	p.Sheet, p.Exam, p.Words = sheet, sheet.Exam.Title.In(p.Lang), len(strings.Fields(sheet.Text))
	p.Shown = w.pages.shownItem(sheet.View, sheet.Stimulus, exam.Response{}, sheet.Lang)
	p.Shown.Rationale = sheet.Item.Rationale.In(sheet.Lang)
	p.Limit = itemView{View: sheet.View}.Words(p.T)
	essay := sheet.Item.Essay()
	p.Max = essay.Rubric.Max()
	for n, criterion := range newRubricView(&essay.Rubric, nil, p.Lang) {
		row := markedCriterion{N: n, Chosen: -1, criterionView: criterion}
		if n < len(sent) {
			row.Chosen = sent[n]
		}
		p.Criteria = append(p.Criteria, row)
	}
	for _, m := range sheet.Script.Entries {
		given := givenMark{Total: essay.Rubric.Total(m.Levels), Note: m.Note}
		for i, level := range m.Levels {
			given.Levels = append(given.Levels, essay.Rubric.Criteria[i].Title.In(p.Lang)+" — "+strconv.Itoa(essay.Rubric.Criteria[i].Levels[level].Points))
		}
		p.Given = append(p.Given, given)
	}
}

// sentLevels are the levels of the form, one for each criterion, -1 where none is chosen.
func sentLevels(c *fiber.Ctx, sheet exam.MarkingSheet) []int {
	levels := make([]int, len(sheet.Item.Essay().Rubric.Criteria))
	for i := range levels {
		level, err := strconv.Atoi(c.FormValue("level_" + strconv.Itoa(i)))
		if err != nil {
			level = -1
		}
		levels[i] = level
	}
	return levels
}

// markScript stores the mark and goes on to the next response.
func (w workbench) markScript(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	sheet, err := w.Exams.SentScript(c.UserContext(), marker, id)
	if err != nil {
		return err
	}
	if err := w.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	levels := sentLevels(c, sheet)
	if _, err = w.Exams.MarkScript(c.UserContext(), marker, id, levels, c.FormValue("note")); err == nil {
		w.Wake()
		return w.toNext(c, sheet.Exam.ID, "marked", "markedLast")
	}
	if sheet.Script.Holder != marker {
		return err // it is not shown any more
	}
	p := scriptPage{deskView: w.desk(c, "wScript"), Note: c.FormValue("note")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showScript(c, status, p, levels)
}

// declineScript gives the response back and goes on to the next one.
func (w workbench) declineScript(c *fiber.Ctx) error {
	marker, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	sheet, err := w.Exams.SentScript(c.UserContext(), marker, id)
	if err != nil {
		return err
	}
	if err := w.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	why, err := checkReason(c.FormValue("reason"))
	if err == nil {
		err = w.Exams.DeclineScript(c.UserContext(), marker, id, why)
	}
	if err == nil {
		return w.toNext(c, sheet.Exam.ID, "declined", "markedLast")
	}
	if sheet.Script.Holder != marker {
		return err
	}
	p := scriptPage{deskView: w.desk(c, "wScript")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showScript(c, status, p, nil)
}

// markerRow is somebody who marks, or could.
type markerRow struct {
	auth.Person
	Marks int
	Named bool
}

// examMarkingPage says how far the marking of an exam is, and who marks.
type examMarkingPage struct {
	deskView
	P       exam.MarkingProgress
	Stages  []exam.ScriptStage
	Markers []markerRow
	// Disputes are those about which somebody has to decide. Next is where the next page of
	// them begins, "" for none.
	Disputes []exam.Script
	Next     string
	// Essays says that the exam has something that people mark.
	Essays bool
}

func (w workbench) examMarking(c *fiber.Ctx) error {
	return w.showExamMarking(c, fiber.StatusOK, examMarkingPage{deskView: w.desk(c, "wMarking")})
}

func (w workbench) showExamMarking(c *fiber.Ctx, status int, p examMarkingPage) error {
	var err error
	if p.P, err = w.Exams.MarkingProgress(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	p.Stages = exam.ScriptStages()
	if p.Disputes, err = w.Exams.Disputes(c.UserContext(), p.P.Exam.ID, c.Query("after"), rowsShown+1); err != nil {
		return err
	}
	if len(p.Disputes) > rowsShown {
		p.Disputes = p.Disputes[:rowsShown]
		p.Next = p.Disputes[rowsShown-1].ID
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.P.Exam.Release)
	if err != nil {
		return err
	}
	p.Essays = slices.ContainsFunc(bank.Revisions(), func(r exam.Revision) bool { return r.Item.Essay() != nil })
	if err := w.fillMarkers(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "exam_marking", p)
}

// fillMarkers finds who has marked, who is named and who could be.
func (w workbench) fillMarkers(c *fiber.Ctx, p *examMarkingPage) error {
	given := make(map[string]int)
	var ids []string
	for _, m := range p.P.Markers {
		given[m.Marker] = m.Marks
		ids = append(ids, m.Marker)
	}
	people, err := w.named(c, ids)
	if err != nil {
		return err
	}
	for after := ""; p.may(auth.MarkingRun) && p.may(auth.PeopleRead); {
		page, err := w.Auth.People(c.UserContext(), after, maxPage)
		if err != nil {
			return err
		}
		for _, person := range page {
			if after = person.ID; slices.Contains(person.Roles, auth.Marker) && !person.Disabled && !slices.Contains(ids, person.ID) {
				people = append(people, person)
			}
		}
		if len(page) < maxPage {
			break
		}
	}
	for _, person := range people {
		p.Markers = append(p.Markers, markerRow{person, given[person.ID], slices.Contains(p.P.Exam.Markers, person.ID)})
	}
	return nil
}

func (w workbench) setMarkers(c *fiber.Ctx) error {
	id := c.Params("exam")
	var markers []string
	for _, marker := range c.Request().PostArgs().PeekMulti("marker") {
		markers = append(markers, string(marker))
	}
	if err := w.record(c, "exams/"+id, "markers="+strconv.Itoa(len(markers))); err != nil {
		return err
	}
	err := w.nameMarkers(c, id, markers)
	if err == nil {
		return done(c, "/workbench/exams/"+id+"/marking", "markers")
	}
	p := examMarkingPage{deskView: w.desk(c, "wMarking")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showExamMarking(c, status, p)
}

func (w workbench) dispute(c *fiber.Ctx) error {
	return w.showDispute(c, fiber.StatusOK, scriptPage{deskView: w.desk(c, "wDispute")}, nil)
}

func (w workbench) showDispute(c *fiber.Ctx, status int, p scriptPage, sent []int) error {
	sheet, err := w.Exams.Dispute(c.UserContext(), c.Params("script"))
	if err != nil {
		return err
	}
	p.Action = "/workbench/disputes/" + sheet.Script.ID
	w.fillScript(&p, sheet, sent)
	return w.show(c, status, "script", p)
}

func (w workbench) adjudicate(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("script")
	sheet, err := w.Exams.SentDispute(c.UserContext(), by, id)
	if err != nil {
		return err
	}
	if err := w.record(c, "scripts/"+id, ""); err != nil {
		return err
	}
	levels := sentLevels(c, sheet)
	if _, err = w.Exams.Adjudicate(c.UserContext(), by, id, levels, c.FormValue("note")); err == nil {
		w.Wake()
		return done(c, "/workbench/exams/"+sheet.Exam.ID+"/marking", "adjudicated")
	}
	if sheet.Script.Stage != exam.ScriptThird {
		return err // it is not shown any more
	}
	p := scriptPage{deskView: w.desk(c, "wDispute"), Note: c.FormValue("note")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showDispute(c, status, p, levels)
}
