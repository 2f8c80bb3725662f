package api

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// newSeed draws a seed for a preview.
func newSeed() (string, error) {
	var seed exam.Seed
	if _, err := rand.Read(seed[:]); err != nil {
		return "", fmt.Errorf("draw a seed: %w", err)
	}
	return hex.EncodeToString(seed[:]), nil
}

type examsPage struct {
	deskView
	Rows []exam.Exam
	Next string
}

func (w workbench) exams(c *fiber.Ctx) error {
	p := examsPage{deskView: w.desk(c, "wExams")}
	all, err := w.Exams.Exams(c.UserContext(), c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].ID
	}
	p.Rows = all
	return w.show(c, fiber.StatusOK, "exams", p)
}

// cellRow is a cell of a blueprint beside what the bank holds for it.
type cellRow struct {
	exam.Cell
	Number    int // from 1
	Available int
	Short     bool
}

// Missing is by how many items the bank is short.
func (c cellRow) Missing() int { return max(c.Count-c.Available, 0) }

// examPage shows an exam, and its form while it is a draft.
type examPage struct {
	deskView
	E     exam.Exam
	Cells []cellRow
	// Stocks is the matrix of what the bank holds for the role.
	Stocks []exam.Stock
	Levels []string
	Terms  terms
	Bank   exam.Release
	// Check is what a check found, nil before one.
	Check    *exam.Feasibility
	New      bool
	Releases []exam.Release
	// Unmarked says that the exam has essays and nobody is named to mark them.
	Unmarked bool
	// Templates are the revisions that its certificates can be printed by.
	Templates []string
}

// Live are the words of the form's script.
func (p examPage) Live() setup {
	return setup{Words: map[string]string{"short": p.T["wBpShort"], "enough": p.T["wBpEnough"], "stale": p.T["wBpStale"]}}
}

// IsShort reports whether the bank holds too little for the cell of that number, from 0.
func (p examPage) IsShort(cell int) bool { return cell < len(p.Cells) && p.Cells[cell].Short }

// SectionName is the title of the section of that id; the id of one that has none.
func (p examPage) SectionName(id string) string {
	for _, s := range p.E.Blueprint.Sections {
		if title := s.Title.In(p.Lang); s.ID == id && title != "" {
			return title
		}
	}
	return id
}

// Shows are what a review can show.
func (p examPage) Shows() []exam.Show {
	return []exam.Show{exam.ShowNothing, exam.ShowScore, exam.ShowResponses, exam.ShowKeys}
}

// Moments are those of release.
func (p examPage) Moments() []exam.When {
	return []exam.When{exam.AtOnce, exam.AfterWindow, exam.ByHand}
}

// fillExam compares the exam of the page with its bank. A release that is not there leaves
// the comparison out.
func (w workbench) fillExam(c *fiber.Ctx, p *examPage) error {
	p.Levels = exam.Levels()
	var err error
	if p.Releases, err = w.Exams.Releases(c.UserContext(), "", maxPage); err != nil {
		return err
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.E.Release)
	if fault.Of(err) == fault.NotFound {
		for i, cell := range p.E.Blueprint.Cells {
			p.Cells = append(p.Cells, cellRow{Cell: cell, Number: i + 1})
		}
		return nil
	}
	if err != nil {
		return err
	}
	p.Bank, p.Terms, p.Stocks = bank.Release, termsOf(bank), bank.Stocks(p.E.Blueprint)
	p.Unmarked = p.E.State != exam.ExamRetired && len(p.E.Markers) == 0 && bank.AsksEssays(p.E.Blueprint)
	for i, s := range bank.Supply(p.E.Blueprint) {
		p.Cells = append(p.Cells, cellRow{Cell: p.E.Blueprint.Cells[i], Number: i + 1, Available: s.Available, Short: s.Available < s.Count})
	}
	return nil
}

func (w workbench) exam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wExam")}
	var err error
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	return w.showExam(c, fiber.StatusOK, "exam", p)
}

func (w workbench) showExam(c *fiber.Ctx, status int, name string, p examPage) error {
	if err := w.fillExam(c, &p); err != nil {
		return err
	}
	if name == "exam_form" {
		var err error
		if p.Templates, err = w.templateRefs(c); err != nil {
			return err
		}
	}
	return w.show(c, status, name, p)
}

// newExam offers a form: a copy of another exam, or one section over the topics of a
// role of a release.
func (w workbench) newExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wNewExam"), New: true}
	if from := c.Query("from"); from != "" {
		e, err := w.Exams.Exam(c.UserContext(), from)
		if err != nil {
			return err
		}
		p.E = e
		p.E.ID, p.E.State = "", exam.ExamDraft
		return w.showExam(c, fiber.StatusOK, "exam_form", p)
	}
	p.E = exam.Exam{State: exam.ExamDraft, Title: exam.Text{}, Release: c.Query("release"), Blueprint: exam.Blueprint{Role: c.Query("role"), Cut: 7000},
		Policy: exam.Policy{Languages: pageLanguages, TimeLimit: 3600, Grace: 60, Attempts: 1, Review: exam.Review{Show: exam.ShowScore, When: exam.AtOnce},
			Certificate: exam.CertificatePolicy{Issue: true, ValidDays: 1095, ShowScore: true}}}
	if p.E.Release == "" {
		var err error
		if p.Releases, err = w.Exams.Releases(c.UserContext(), "", maxPage); err != nil {
			return err
		}
		return w.show(c, fiber.StatusOK, "exam_start", p)
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.E.Release)
	if err != nil {
		return err
	}
	p.E.Policy.Languages = bank.Release.Languages
	if p.E.Blueprint.Role == "" {
		p.Bank, p.Terms = bank.Release, termsOf(bank)
		return w.show(c, fiber.StatusOK, "exam_start", p)
	}
	p.E.Blueprint.Sections = []exam.Section{{ID: "all", Title: exam.Text{"uk": "Усі завдання", "en": "All items"}}}
	for _, s := range bank.Stocks(p.E.Blueprint) {
		topic := []string{s.Topic}
		if n := len(p.E.Blueprint.Cells); n == 0 || !slices.Equal(p.E.Blueprint.Cells[n-1].Topics, topic) {
			p.E.Blueprint.Cells = append(p.E.Blueprint.Cells, exam.Cell{Section: "all", Topics: topic, Count: 1})
		}
	}
	return w.showExam(c, fiber.StatusOK, "exam_form", p)
}

func (w workbench) createExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wNewExam"), New: true, E: w.readExam(c)}
	p.E.ID = strings.TrimSpace(c.FormValue("id"))
	if err := w.record(c, "exams/"+p.E.ID, ""); err != nil {
		return err
	}
	_, _, err := w.Exams.CreateExam(c.UserContext(), p.E)
	if err == nil {
		return done(c, "/workbench/exams/"+p.E.ID, "exam")
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showExam(c, status, "exam_form", p)
}

func (w workbench) examForm(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wEditExam")}
	var err error
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	if p.E.State != exam.ExamDraft {
		return c.Redirect("/workbench/exams/"+p.E.ID, fiber.StatusSeeOther)
	}
	return w.showExam(c, fiber.StatusOK, "exam_form", p)
}

func (w workbench) editExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wEditExam"), E: w.readExam(c)}
	p.E.ID = c.Params("exam")
	if err := w.record(c, "exams/"+p.E.ID, ""); err != nil {
		return err
	}
	_, err := w.Exams.EditExam(c.UserContext(), p.E)
	if err == nil {
		return done(c, "/workbench/exams/"+p.E.ID+"/edit", "saved")
	}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showExam(c, status, "exam_form", p)
}

// readExam reads the form of an exam. Rows that are left empty are left out.
func (w workbench) readExam(c *fiber.Ctx) exam.Exam {
	e := exam.Exam{State: exam.ExamDraft, Title: w.formText(c, "title"), Programme: strings.TrimSpace(c.FormValue("programme")), Release: c.FormValue("release")}
	e.Version = int64(numberOf(c, "version"))
	b := &e.Blueprint
	b.Role, b.Cut, b.Testlets = strings.TrimSpace(c.FormValue("role")), basisPoints(c.FormValue("cut")), numberOf(c, "testlets")
	for i := range rowsOf(c, "section") {
		at := "section" + strconv.Itoa(i) + "_"
		if id := strings.TrimSpace(c.FormValue(at + "id")); id != "" {
			b.Sections = append(b.Sections, exam.Section{ID: id, Title: w.formText(c, at+"title")})
		}
	}
	for i := range rowsOf(c, "cell") {
		at := "cell" + strconv.Itoa(i) + "_"
		if strings.TrimSpace(c.FormValue(at+"count")) == "" {
			continue
		}
		cell := exam.Cell{Section: strings.TrimSpace(c.FormValue(at + "section")), Topics: words(c, at+"topics"), Stages: words(c, at+"stages"), Levels: w.codes(c, at+"levels", "level", exam.Levels()), Count: numberOf(c, at+"count")}
		for _, k := range w.codes(c, at+"kinds", "kind", kindNames()) {
			cell.Kinds = append(cell.Kinds, exam.Kind(k))
		}
		b.Cells = append(b.Cells, cell)
	}
	for i := range rowsOf(c, "gate") {
		at := "gate" + strconv.Itoa(i) + "_"
		if id := strings.TrimSpace(c.FormValue(at + "id")); id != "" {
			b.Gates = append(b.Gates, exam.Gate{ID: id, Title: w.formText(c, at+"title"), Sections: words(c, at+"sections"), Minimum: basisPoints(c.FormValue(at + "minimum"))})
		}
	}
	e.Policy = readPolicy(c)
	return e
}

func readPolicy(c *fiber.Ctx) exam.Policy {
	p := exam.Policy{TimeLimit: numberOf(c, "minutes") * 60, Grace: numberOf(c, "grace"), Attempts: numberOf(c, "attempts"), RetakeDelay: numberOf(c, "retake_days") * 24 * 3600,
		Review:      exam.Review{Show: exam.Show(c.FormValue("show")), When: exam.When(c.FormValue("when"))},
		Certificate: exam.CertificatePolicy{Issue: c.FormValue("issue") != "", ValidDays: numberOf(c, "valid_days"), ShowScore: c.FormValue("show_score") != "", Template: c.FormValue("template")}}
	for _, value := range c.Request().PostArgs().PeekMulti("language") {
		p.Languages = append(p.Languages, string(value))
	}
	return p
}

// maxRows bounds the rows of a part of the form: more than a form of 300 items needs.
const maxRows = 300

// rowsOf is how many rows of a part the form says it has.
func rowsOf(c *fiber.Ctx, part string) int {
	return min(max(0, numberOf(c, part+"s")), maxRows)
}

// words reads terms separated by commas or spaces.
func words(c *fiber.Ctx, name string) []string {
	return strings.FieldsFunc(c.FormValue(name), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
}

// basisPoints reads a percentage with at most two decimals; 0, which no minimum may be,
// when it is none.
func basisPoints(text string) int {
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
	if err != nil || f < 0 || f > 100 {
		return 0
	}
	return int(math.Round(f * 100))
}

// checkExam says what publishing would prove.
func (w workbench) checkExam(c *fiber.Ctx) error {
	p := examPage{deskView: w.desk(c, "wExam")}
	var err error
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	f, err := w.Exams.CheckExam(c.UserContext(), p.E.ID)
	status := fiber.StatusOK
	if err != nil {
		if status, err = p.blame(c, err); err != nil {
			return err
		}
	} else {
		p.Check = &f
	}
	return w.showExam(c, status, "exam", p)
}

// changeExam publishes or retires.
func (w workbench) changeExam(c *fiber.Ctx, what string, do func(by, id string) error) error {
	id := c.Params("exam")
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := w.record(c, "exams/"+id, ""); err != nil {
		return err
	}
	err = do(by, id)
	if err == nil {
		return done(c, "/workbench/exams/"+id, what)
	}
	p := examPage{deskView: w.desk(c, "wExam")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	if p.E, err = w.Exams.Exam(c.UserContext(), id); err != nil {
		return err
	}
	return w.showExam(c, status, "exam", p)
}

func (w workbench) publishExam(c *fiber.Ctx) error {
	return w.changeExam(c, "published", func(by, id string) error {
		_, err := w.Exams.PublishExam(c.UserContext(), by, id)
		return err
	})
}

func (w workbench) retireExam(c *fiber.Ctx) error {
	return w.changeExam(c, "retired", func(_, id string) error {
		_, err := w.Exams.RetireExam(c.UserContext(), id)
		return err
	})
}
