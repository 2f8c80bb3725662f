package api

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// entitledRow is a learner of a sitting.
type entitledRow struct {
	exam.Entitlement
	Person auth.Person
}

type learnersPage struct {
	deskView
	S    exam.Sitting
	Rows []entitledRow
	Next string
	// One is the form of a single learner as it was sent, List that of a list.
	One  learnerRow
	List string
}

// learners lists who may sit, with forms to add more.
func (w workbench) learners(c *fiber.Ctx) error {
	return w.showLearners(c, fiber.StatusOK, learnersPage{deskView: w.desk(c, "wLearners")})
}

func (w workbench) showLearners(c *fiber.Ctx, status int, p learnersPage) error {
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), c.Params("sitting")); err != nil {
		return err
	}
	if p.One.Email == "" && p.One.Name == "" {
		p.One = learnerRow{Language: p.Lang, Region: p.S.Region, Organisation: p.S.Organisation}
	}
	all, err := w.Exams.EntitlementsIn(c.UserContext(), p.S.ID, c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].Person
	}
	people, err := w.named(c, ids(all, func(e exam.Entitlement) string { return e.Person }))
	if err != nil {
		return err
	}
	for i, e := range all {
		p.Rows = append(p.Rows, entitledRow{e, people[i]})
	}
	return w.show(c, status, "learners", p)
}

// addLearner registers one learner by form.
func (w workbench) addLearner(c *fiber.Ctx) error {
	p := learnersPage{deskView: w.desk(c, "wLearners")}
	p.One = learnerRow{Email: c.FormValue("email"), Name: c.FormValue("name"), Language: c.FormValue("language"), Region: c.FormValue("region"), Organisation: c.FormValue("organisation")}
	var err error
	if p.One.ExtraTime, err = strconv.Atoi(c.FormValue("extra_time")); err != nil && c.FormValue("extra_time") != "" {
		err = fault.New(fault.Invalid, "entitlement.invalid", "The accommodation is out of range.").
			At(fault.Field{Path: "/extra_time", Message: "must be 0 to 300 percent"})
	} else {
		var invited []enrolment
		if invited, err = w.enrol(c, []learnerRow{p.One}); err == nil {
			return w.showInvited(c, invited)
		}
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	for i, f := range p.Faults {
		p.Faults[i].Place = strings.TrimPrefix(f.Place, "1 ") // the row of this list of one
	}
	return w.showLearners(c, status, p)
}

// setExtraTime changes the accommodation of one learner.
func (w workbench) setExtraTime(c *fiber.Ctx) error {
	sitting, person := c.Params("sitting"), c.Params("person")
	percent, err := strconv.Atoi(c.FormValue("extra_time"))
	if err != nil {
		percent = -1 // which the service refuses with the bounds
	}
	// Only who is entitled already: this form admits nobody.
	if _, err := w.Exams.Offer(c.UserContext(), person, sitting); err != nil {
		return err
	}
	if err := w.record(c, "sittings/"+sitting+"/learners/"+person, fmt.Sprintf("percent=%d", percent)); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	if _, err := w.Exams.Entitle(c.UserContext(), by, sitting, person, percent); err != nil {
		p := learnersPage{deskView: w.desk(c, "wLearners")}
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.showLearners(c, status, p)
	}
	return done(c, "/workbench/sittings/"+sitting+"/learners", "saved")
}

// listRow is a row of a checked list.
type listRow struct {
	learnerRow
	Line   int
	Known  bool // registered already
	Faults []fieldFault
}

type listPage struct {
	deskView
	S        exam.Sitting
	Encoding string
	Rows     []listRow
	// General are faults that belong to no row, with their lines.
	General []fieldFault
	// Text is the list as it will be sent to be registered; "" when there are faults.
	Text  string
	New   int // people without an account
	Wrong int // faults in all
}

// checkList reads a list and shows what would happen. It changes nothing.
func (w workbench) checkList(c *fiber.Ctx) error {
	p := listPage{deskView: w.desk(c, "wList")}
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), c.Params("sitting")); err != nil {
		return err
	}
	data, err := listData(c)
	if err != nil {
		return err
	}
	list, faults := readLearnerList(data, learnerRow{Language: c.FormValue("language"), Region: p.S.Region, Organisation: p.S.Organisation})
	return w.showList(c, p, list, faults)
}

// showList shows a list with its faults, and when there are none the way to register it.
func (w workbench) showList(c *fiber.Ctx, p listPage, list learnerList, faults []listFault) error {
	p.Encoding = list.Encoding
	rows := make(map[int]int, len(list.Lines)) // line to row
	for i, r := range list.Rows {
		rows[list.Lines[i]] = i
		p.Rows = append(p.Rows, listRow{learnerRow: r, Line: list.Lines[i]})
	}
	for _, f := range faults {
		shown := fieldFault{Place: p.place(f.Column), Message: p.words(f.Code, f.Message)}
		if i, ok := rows[f.Line]; ok && f.Line > 1 {
			p.Rows[i].Faults = append(p.Rows[i].Faults, shown)
			continue
		}
		shown.Place = strings.TrimSpace(fmt.Sprintf("%s %d %s", p.T["wLine"], f.Line, p.place(f.Column)))
		p.General = append(p.General, shown)
	}
	if err := w.checkPeople(c, &p, list); err != nil {
		return err
	}
	for _, r := range p.Rows {
		p.Wrong += len(r.Faults)
	}
	p.Wrong += len(p.General)
	if p.Wrong > 0 {
		return w.show(c, fiber.StatusUnprocessableEntity, "list", p)
	}
	var err error
	if p.Text, err = writeLearnerList(list.Rows); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "list", p)
}

// listData is the list that was sent: as a file, else as text.
func listData(c *fiber.Ctx) ([]byte, error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return []byte(c.FormValue("list")), nil
	}
	f, err := header.Open()
	if err != nil {
		return nil, fmt.Errorf("open the sent list: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxBody))
	return data, errors.Join(err, f.Close())
}

// checkPeople adds what the register of people says of each row.
func (w workbench) checkPeople(c *fiber.Ctx, p *listPage, list learnerList) error {
	people, err := w.Auth.CheckMany(c.UserContext(), registrations(list.Rows))
	var f *fault.Fault
	switch {
	case errors.As(err, &f) && f.Code == "people.invalid":
		for _, place := range f.Fields {
			row, column, _ := strings.Cut(strings.TrimPrefix(place.Path, "/"), "/")
			if i, err := strconv.Atoi(row); err == nil && i < len(p.Rows) {
				p.Rows[i].Faults = append(p.Rows[i].Faults, fieldFault{p.place(column), p.said(place.Message)})
			}
		}
	case err != nil:
		return err
	}
	for i, person := range people {
		p.Rows[i].Known = person.ID != ""
		if !p.Rows[i].Known {
			p.New++
		}
	}
	return nil
}

// registerList registers a list that was checked before. One that has become faulty
// since is shown again with its faults.
func (w workbench) registerList(c *fiber.Ctx) error {
	p := listPage{deskView: w.desk(c, "wList")}
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), c.Params("sitting")); err != nil {
		return err
	}
	list, faults := readLearnerList([]byte(c.FormValue("list")), learnerRow{})
	if len(faults) > 0 {
		return w.showList(c, p, list, faults)
	}
	invited, err := w.enrol(c, list.Rows)
	if fault.Code(err) == "people.invalid" {
		c.Locals(refusalKey, fault.Code(err))
		return w.showList(c, p, list, nil)
	}
	if err != nil {
		return err
	}
	return w.showInvited(c, invited)
}

type invitedPage struct {
	deskView
	Sitting string
	Rows    []enrolment
	Links   int
	// Lines are addresses and links, to be copied into a mail merge.
	Lines string
}

func (w workbench) showInvited(c *fiber.Ctx, rows []enrolment) error {
	p := invitedPage{deskView: w.desk(c, "wInvited"), Sitting: c.Params("sitting"), Rows: rows}
	var lines strings.Builder
	for _, r := range rows {
		if r.Link != "" {
			p.Links++
			fmt.Fprintf(&lines, "%s\t%s\t%s\n", r.Person.Email, r.Person.Name, r.Link)
		}
	}
	p.Lines = lines.String()
	p.Here = "" // the links are shown once: there is no such page to come back to
	return w.show(c, fiber.StatusOK, "invited", p)
}
