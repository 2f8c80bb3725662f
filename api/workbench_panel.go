package api

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

type examPanelsPage struct {
	deskView
	E    exam.Exam
	Rows []exam.Panel
	// Judges are the people who can be called.
	Judges []auth.Person
	ID     string
	Count  string
	Chosen []string
}

func (w workbench) examPanels(c *fiber.Ctx) error {
	return w.showExamPanels(c, fiber.StatusOK, examPanelsPage{deskView: w.desk(c, "wPanels"), ID: "p-" + strings.ToLower(rand.Text()[:12])})
}

func (w workbench) showExamPanels(c *fiber.Ctx, status int, p examPanelsPage) error {
	var err error
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	if p.Rows, err = w.Exams.PanelsOf(c.UserContext(), p.E.ID, "", maxPage); err != nil {
		return err
	}
	for after := ""; p.may(auth.StandardsRun); {
		people, err := w.Auth.People(c.UserContext(), after, maxPage)
		if err != nil {
			return err
		}
		for _, person := range people {
			if after = person.ID; slices.Contains(person.Roles, auth.Judge) && !person.Disabled {
				p.Judges = append(p.Judges, person)
			}
		}
		if len(people) < maxPage {
			break
		}
	}
	return w.show(c, status, "exam_panels", p)
}

func (w workbench) createPanel(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	d := exam.PanelDraft{ID: c.FormValue("id"), Exam: c.Params("exam"), Items: numberOf(c, "items")}
	for _, judge := range c.Request().PostArgs().PeekMulti("judge") {
		d.Judges = append(d.Judges, string(judge))
	}
	if err := w.record(c, "panels/"+d.ID, "exam="+d.Exam); err != nil {
		return err
	}
	if _, err = w.callPanel(c, by, d); err == nil {
		return done(c, "/workbench/panels/"+d.ID, "panel")
	}
	p := examPanelsPage{deskView: w.desk(c, "wPanels"), ID: d.ID, Count: c.FormValue("items"), Chosen: d.Judges}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showExamPanels(c, status, p)
}

// judgeRow is a judge of a panel with how far they are.
type judgeRow struct {
	Name  string
	Rated int
	Done  bool
	// Cut is the judge's own of the last closed round, in percent, "" for none.
	Cut string
}

// panelItem is an item of a panel with what was said of it.
type panelItem struct {
	exam.Item
	Told *toldItem
}

// methodRow is one method's cut.
type methodRow struct {
	Name string
	exam.MethodOutcome
}

type panelPage struct {
	deskView
	P       exam.Panel
	E       exam.Exam
	Judges  []judgeRow
	Items   []panelItem
	Methods []methodRow
	Drafts  []exam.Exam
	// Former says that answers to some item were counted by a key that does not count any
	// more.
	Former bool
	By     map[string]string
	List   string // of judged people, as it was sent
	Reason string
	Method string
	// Own says that the reader called the panel or sat on it, and does not sign.
	Own bool
	// NewExam is the id that a new draft could have.
	NewExam string
	// Without names people who were judged and have no graded attempt.
	Without []string
}

func (w workbench) panel(c *fiber.Ctx) error {
	return w.showPanel(c, fiber.StatusOK, panelPage{deskView: w.desk(c, "wPanel")})
}

func (w workbench) showPanel(c *fiber.Ctx, status int, p panelPage) error {
	if err := w.fillPanel(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "panel", p)
}

// fillPanel reads what the pages of a panel say.
func (w workbench) fillPanel(c *fiber.Ctx, p *panelPage) error {
	var err error
	if p.P, err = w.Exams.Panel(c.UserContext(), c.Params("panel")); err != nil {
		return err
	}
	if p.E, err = w.Exams.Exam(c.UserContext(), p.P.Exam); err != nil {
		return err
	}
	if err := w.fillJudges(c, p); err != nil {
		return err
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.P.Release)
	if err != nil {
		return err
	}
	if len(p.P.Votes) > 0 {
		for i, ref := range p.P.Items {
			n, _ := bank.Number(ref.ID) // of the panel's own release
			it := panelItem{bank.Revision(n).Item, told(&p.P, &p.E, i)}
			p.Items, p.Former = append(p.Items, it), p.Former || it.Told.Former && it.Told.Fact.N > 0
		}
	}
	if p.P.Outcome != nil {
		for _, name := range exam.PanelMethods() {
			p.Methods = append(p.Methods, methodRow{name, p.P.Outcome.Methods[name]})
		}
	}
	me, err := caller(c)
	if err != nil {
		return err
	}
	p.Own = me == p.P.CreatedBy || slices.Contains(p.P.Judges, me)
	if p.NewExam == "" {
		p.NewExam = p.E.ID + "-2"
	}
	if err := w.fillDrafts(c, p); err != nil {
		return err
	}
	p.By = make(map[string]string)
	for _, e := range p.P.Events {
		if e.By == "" || p.By[e.By] != "" {
			continue
		}
		who, err := w.nameOf(c, e.By)
		if err != nil {
			return err
		}
		p.By[e.By] = who.Name
	}
	return nil
}

// fillDrafts finds the drafts that can have a signed standard.
func (w workbench) fillDrafts(c *fiber.Ctx, p *panelPage) error {
	if p.P.State != exam.PanelSigned || !p.may(auth.StandardsRun) {
		return nil
	}
	for after := ""; ; {
		all, err := w.Exams.Exams(c.UserContext(), after, maxPage)
		if err != nil {
			return err
		}
		for _, e := range all {
			after = e.ID
			if e.State == exam.ExamDraft && e.Release == p.P.Release && e.Blueprint.Role == p.P.Role {
				p.Drafts = append(p.Drafts, e)
			}
		}
		if len(all) < maxPage {
			return nil
		}
	}
}

// fillJudges says how far each judge is, and after a round what cut it gave; never what a
// judge said while the others rate.
func (w workbench) fillJudges(c *fiber.Ctx, p *panelPage) error {
	ballots, err := w.Exams.BallotsIn(c.UserContext(), p.P.ID)
	if err != nil {
		return err
	}
	people, err := w.named(c, p.P.Judges)
	if err != nil {
		return err
	}
	for i, id := range p.P.Judges {
		row := judgeRow{Name: people[i].Name}
		if n := slices.IndexFunc(ballots, func(b exam.Ballot) bool { return b.Judge == id }); n >= 0 {
			r := roundOf(ballots[n], p.P.Round)
			row.Done = r.Done
			for _, v := range r.Ratings {
				if v != exam.NotRated {
					row.Rated++
				}
			}
		}
		for _, v := range p.P.Votes {
			if v.Judge == id && namesVotes(&p.P, p.may(auth.StandardsRun)) {
				row.Cut = decimal(p.Lang, v.Share()*100)
			}
		}
		p.Judges = append(p.Judges, row)
	}
	return nil
}

// namesVotes reports whether it is said which judge said what: to who runs the panel once
// a round is closed, to others when it has concluded.
func namesVotes(p *exam.Panel, runs bool) bool {
	return p.State == exam.PanelConcluded || p.State == exam.PanelSigned || runs && p.State == exam.PanelDiscussing
}

// movePanel does one thing to the panel of the path and shows what came of it.
func (w workbench) movePanel(c *fiber.Ctx, what string, do func(by, id string) error) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	if err := w.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	if err = do(by, id); err == nil {
		return done(c, "/workbench/panels/"+id, what)
	}
	return w.refusePanel(c, panelPage{deskView: w.desk(c, "wPanel"), Reason: c.FormValue("reason"), Method: c.FormValue("method")}, err)
}

// refusePanel shows the panel and why something was not done.
func (w workbench) refusePanel(c *fiber.Ctx, p panelPage, err error) error {
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showPanel(c, status, p)
}

func (w workbench) closeRound(c *fiber.Ctx) error {
	return w.movePanel(c, "roundClosed", func(by, id string) error {
		_, err := w.Exams.CloseRound(c.UserContext(), by, id)
		return err
	})
}

func (w workbench) openRound(c *fiber.Ctx) error {
	return w.movePanel(c, "roundOpened", func(by, id string) error {
		_, err := w.Exams.OpenRound(c.UserContext(), by, id)
		return err
	})
}

func (w workbench) concludePanel(c *fiber.Ctx) error {
	return w.movePanel(c, "concluded", func(by, id string) error {
		_, err := w.Exams.ConcludePanel(c.UserContext(), by, id)
		return err
	})
}

func (w workbench) signPanel(c *fiber.Ctx) error {
	return w.movePanel(c, "signed", func(by, id string) error {
		why, err := checkReason(c.FormValue("reason"))
		if err != nil {
			return err
		}
		_, err = w.Exams.SignPanel(c.UserContext(), by, id, c.FormValue("method"), why)
		return err
	})
}

// adoptStandard applies the standard in a draft that there is, or in a new one.
func (w workbench) adoptStandard(c *fiber.Ctx) error {
	draft := c.FormValue("exam")
	if c.FormValue("new") == "" {
		return w.movePanel(c, "adopted", func(_, id string) error {
			_, err := w.Exams.AdoptStandard(c.UserContext(), id, draft)
			return err
		})
	}
	id := c.Params("panel")
	if err := w.record(c, "panels/"+id, "exam="+draft); err != nil {
		return err
	}
	if _, err := w.Exams.DraftByStandard(c.UserContext(), id, draft); err != nil {
		return w.refusePanel(c, panelPage{deskView: w.desk(c, "wPanel"), NewExam: draft}, err)
	}
	return done(c, "/workbench/exams/"+draft, "adopted")
}

// judgePeople reads a list, one candidate a line: address and grade.
func (w workbench) judgePeople(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	id := c.Params("panel")
	if err := w.record(c, "panels/"+id, ""); err != nil {
		return err
	}
	page := panelPage{deskView: w.desk(c, "wPanel"), List: c.FormValue("list")}
	people, err := w.readJudged(c)
	if err != nil {
		return w.refusePanel(c, page, err)
	}
	_, without, err := w.Exams.JudgePeople(c.UserContext(), by, id, people)
	if err != nil {
		return w.refusePanel(c, page, err)
	}
	if len(without) == 0 {
		return done(c, "/workbench/panels/"+id, "peopleJudged")
	}
	names, err := w.named(c, without)
	if err != nil {
		return err
	}
	for _, p := range names {
		page.Without = append(page.Without, p.Name)
	}
	page.Done = page.T["done_peopleJudged"]
	return w.showPanel(c, fiber.StatusOK, page)
}

func (w workbench) readJudged(c *fiber.Ctx) ([]exam.PersonJudged, error) {
	grades := map[string]exam.Grade{"below": exam.Below, "borderline": exam.Borderline, "above": exam.Above,
		"нижче": exam.Below, "на межі": exam.Borderline, "вище": exam.Above}
	var people []exam.PersonJudged
	var faults []fault.Field
	n := 0
	for line := range strings.Lines(c.FormValue("list")) {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		if len(people) > exam.MaxJudged {
			break // which the service refuses
		}
		email, word, _ := strings.Cut(strings.ReplaceAll(line, ",", ";"), ";")
		grade, known := grades[strings.ToLower(strings.TrimSpace(word))]
		person, err := w.Auth.PersonByEmail(c.UserContext(), strings.TrimSpace(email))
		switch {
		case err != nil && fault.Of(err) != fault.NotFound && fault.Of(err) != fault.Invalid:
			return nil, err
		case err != nil || !known:
			faults = append(faults, fault.Field{Path: fmt.Sprintf("line %d", n), Message: "is not an address and one of below, borderline, above"})
		default:
			people = append(people, exam.PersonJudged{Person: person.ID, Grade: grade})
		}
	}
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "panel.list", "The list has %d faults; nothing was stored.", len(faults)).At(faults...)
	}
	return people, nil
}
