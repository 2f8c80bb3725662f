package api

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// rowsShown is the length of a page of the workbench's lists: what one looks through
// without a search.
const rowsShown = 50

// sittingRow is a sitting in a list.
type sittingRow struct {
	exam.Sitting
	// When is "before", "open" or "closed".
	When  string
	Tally exam.Tally
}

func (w workbench) sittingRow(c *fiber.Ctx, s exam.Sitting) (sittingRow, error) {
	t, err := w.Exams.Tally(c.UserContext(), s.ID)
	return sittingRow{s, whenOf(s, w.Now()), t}, err
}

func whenOf(s exam.Sitting, now time.Time) string {
	switch {
	case now.Before(s.Opens):
		return "before"
	case now.Before(s.Closes):
		return "open"
	}
	return "closed"
}

// openSittings are the first fifty of those open now, among the first five hundred that
// are not over.
func (w workbench) openSittings(c *fiber.Ctx) ([]sittingRow, error) {
	all, err := w.Exams.FindSittings(c.UserContext(), exam.SittingFilter{ClosesAfter: w.Now()}, "", maxPage)
	if err != nil {
		return nil, err
	}
	var rows []sittingRow
	for _, s := range all {
		if whenOf(s, w.Now()) != "open" || len(rows) == rowsShown {
			continue
		}
		row, err := w.sittingRow(c, s)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

type sittingsPage struct {
	deskView
	Rows []sittingRow
	Next string
}

func (w workbench) sittings(c *fiber.Ctx) error {
	p := sittingsPage{deskView: w.desk(c, "wSittings")}
	all, err := w.Exams.Sittings(c.UserContext(), c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].ID
	}
	for _, s := range all {
		row, err := w.sittingRow(c, s)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return w.show(c, fiber.StatusOK, "sittings", p)
}

// sittingForm is the form of a sitting, with what was typed.
type sittingForm struct {
	deskView
	S     exam.Sitting
	Exams []exam.Exam
	// Opens and Closes are the fields as they were sent, "" for the stored times.
	Opens, Closes string
	New           bool
}

// formText reads a text from the fields name_uk, name_en, in the languages that pages
// speak.
func (w workbench) formText(c *fiber.Ctx, name string) exam.Text {
	t := exam.Text{}
	for _, lang := range pageLanguages {
		if s := strings.TrimSpace(c.FormValue(name + "_" + lang)); s != "" {
			t[lang] = s
		}
	}
	return t
}

func (w workbench) published(c *fiber.Ctx) ([]exam.Exam, error) {
	all, err := w.allExams(c)
	return slices.DeleteFunc(all, func(e exam.Exam) bool { return e.State != exam.ExamPublished }), err
}

// maxExams is how many exams a list to choose from holds; a ministry has dozens.
const maxExams = 1000

func (w workbench) allExams(c *fiber.Ctx) ([]exam.Exam, error) {
	return w.Exams.Exams(c.UserContext(), "", maxExams)
}

func (w workbench) newSitting(c *fiber.Ctx) error {
	p := sittingForm{deskView: w.desk(c, "wNewSitting"), New: true, S: exam.Sitting{Exam: c.Query("exam"), Title: exam.Text{}}}
	var err error
	if p.Exams, err = w.published(c); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "sitting_form", p)
}

// readSitting reads the form. A date that is none is a fault of the form.
func (w workbench) readSitting(c *fiber.Ctx, s *exam.Sitting) error {
	s.Title = w.formText(c, "title")
	s.AccessCode = exam.AccessMode(c.FormValue("access_code"))
	s.Region, s.Organisation, s.Cohort = strings.TrimSpace(c.FormValue("region")), strings.TrimSpace(c.FormValue("organisation")), strings.TrimSpace(c.FormValue("cohort"))
	var faults []fault.Field
	for _, f := range []struct {
		name string
		into *time.Time
	}{{"opens", &s.Opens}, {"closes", &s.Closes}} {
		at, err := time.ParseInLocation(localTime, c.FormValue(f.name), w.Certs.Zone)
		if err != nil {
			faults = append(faults, fault.Field{Path: "/" + f.name, Message: "is not a date with a time"})
		}
		*f.into = at
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "sitting.invalid", "The sitting has %d faults.", len(faults)).At(faults...)
	}
	return nil
}

func (w workbench) createSitting(c *fiber.Ctx) error {
	p := sittingForm{deskView: w.desk(c, "wNewSitting"), New: true, Opens: c.FormValue("opens"), Closes: c.FormValue("closes")}
	p.S.ID, p.S.Exam = strings.TrimSpace(c.FormValue("id")), c.FormValue("exam")
	err := w.readSitting(c, &p.S)
	if err == nil {
		if err = w.record(c, "sittings/"+p.S.ID, ""); err != nil {
			return err
		}
		_, _, err = w.Exams.CreateSitting(c.UserContext(), p.S)
	}
	if err == nil {
		return done(c, "/workbench/sittings/"+p.S.ID, "sitting")
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	if p.Exams, err = w.published(c); err != nil {
		return err
	}
	return w.show(c, status, "sitting_form", p)
}

type sittingPage struct {
	sittingForm
	Row  sittingRow
	Exam exam.Exam
}

// sitting shows one with what can be done with it.
func (w workbench) sitting(c *fiber.Ctx) error {
	s, err := w.Exams.Sitting(c.UserContext(), c.Params("sitting"))
	if err != nil {
		return err
	}
	p := sittingPage{sittingForm: sittingForm{deskView: w.desk(c, "wSitting"), S: s}}
	return w.showSitting(c, fiber.StatusOK, p)
}

func (w workbench) showSitting(c *fiber.Ctx, status int, p sittingPage) error {
	var err error
	if p.Exam, err = w.Exams.Exam(c.UserContext(), p.S.Exam); err != nil {
		return err
	}
	if p.Row, err = w.sittingRow(c, p.S); err != nil {
		return err
	}
	return w.show(c, status, "sitting", p)
}

func (w workbench) editSitting(c *fiber.Ctx) error {
	s, err := w.Exams.Sitting(c.UserContext(), c.Params("sitting"))
	if err != nil {
		return err
	}
	p := sittingPage{sittingForm: sittingForm{deskView: w.desk(c, "wSitting"), S: s, Opens: c.FormValue("opens"), Closes: c.FormValue("closes")}}
	err = w.readSitting(c, &p.S)
	if _, scanErr := fmt.Sscan(c.FormValue("version"), &p.S.Version); err == nil && scanErr != nil {
		err = fault.New(fault.Invalid, "request.malformed", "This form names no version.")
	}
	if err == nil {
		if err = w.record(c, "sittings/"+s.ID, ""); err != nil {
			return err
		}
		_, err = w.Exams.EditSitting(c.UserContext(), p.S)
	}
	if err == nil {
		return done(c, "/workbench/sittings/"+s.ID, "saved")
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showSitting(c, status, p)
}

// nameOf is a person's name for who may see it; the id of one who is gone.
func (w workbench) nameOf(c *fiber.Ctx, id string) (auth.Person, error) {
	p, err := w.Auth.Person(c.UserContext(), id)
	if fault.Of(err) == fault.NotFound {
		return auth.Person{ID: id, Name: id}, nil
	}
	return p, err
}
