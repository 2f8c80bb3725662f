package api

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
)

type resultPage struct {
	view
	Exam    exam.Exam
	Outcome exam.Outcome
	// Answers are shown when the policy says so.
	Answers  []answerView
	Sections []barView
	Gates    []barView
	Cut      barView
	// Corrected is the score before a key was corrected, nil when none was.
	Corrected   *correctedView
	Certificate certs.ID
	// Attempt, Numbers and Here are for reporting a problem with an item.
	Attempt string
	Numbers []int
	Here    int
	// Over says that nothing more can be answered: there is a receipt and a survey.
	Over bool
	// Letter says that the learner is written to when the marks are there.
	Letter bool
}

// answerView is an item with what was answered, and, when the policy shows it,
// what is right.
type answerView struct {
	Given     itemView
	Right     *itemView
	Points    float64
	Rationale string
	// Also are other right answers, and Correction what was done about a faulty item.
	Also       []itemView
	Correction exam.KeyPolicy
	// Rubric is what an essay was marked with, nil for none.
	Rubric []criterionView
}

// criterionView is a criterion of a rubric with the levels that marks gave.
type criterionView struct {
	Title  string
	Levels []levelView
}

type levelView struct {
	Points int
	Text   string
	Chosen bool
}

func newRubricView(r *exam.Rubric, marks []exam.RubricMark, lang string) []criterionView {
	if r == nil {
		return nil
	}
	var all []criterionView
	for i, c := range r.Criteria {
		v := criterionView{Title: c.Title.In(lang)}
		for j, l := range c.Levels {
			chosen := slices.ContainsFunc(marks, func(m exam.RubricMark) bool { return m.Levels[i] == j })
			v.Levels = append(v.Levels, levelView{l.Points, l.Text.In(lang), chosen})
		}
		all = append(all, v)
	}
	return all
}

func newAnswerView(a exam.Answer, t map[string]string) answerView {
	v := answerView{Given: newItemView(a.View, exam.Stored{Response: a.Response}, t), Points: points(a.Points), Rationale: a.Rationale, Correction: a.Correction}
	if a.Key != nil {
		right := newItemView(a.View, exam.Stored{Response: *a.Key}, t)
		v.Right = &right
	}
	for _, other := range a.Also {
		v.Also = append(v.Also, newItemView(a.View, exam.Stored{Response: other}, t))
	}
	return v
}

// barView is a score as a bar. Has says that there is a least score to reach.
type barView struct {
	Title       string
	Score, Max  float64
	Percent     int
	Least       float64
	Passed, Has bool
}

func newBar(title string, score, highest, least exam.Points) barView {
	b := barView{Title: title, Score: points(score), Max: points(highest), Least: points(least), Has: least > 0, Passed: score >= least}
	if highest > 0 {
		b.Percent = int(score * 100 / highest)
	}
	return b
}

func (s *server) resultPage(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	p := resultPage{view: s.view(c, "result")}
	if p.Outcome, err = s.Exams.Outcome(c.UserContext(), person, c.Params("attempt"), ""); err != nil {
		return err
	}
	if p.Exam, err = s.Exams.Exam(c.UserContext(), p.Outcome.Exam); err != nil {
		return err
	}
	p.Letter = p.Exam.Policy.TellsScore()
	session, err := s.current(c)
	if err != nil {
		return err
	}
	p.Attempt, p.Here, p.Numbers = p.Outcome.Attempt, 1, numbers(len(session.View.Slots))
	p.Over = !p.Outcome.FinishedAt.IsZero() && p.Outcome.State != exam.Voided
	p.Certificate, p.Corrected = certs.ID(p.Outcome.CertificateID), showCorrected(p.Outcome.Corrected)
	p.bars()
	for _, answer := range p.Outcome.Answers {
		locateItem(&answer.View, p.Attempt)
		answer.Rationale = exam.Rename(answer.Rationale, mediaPath(p.Attempt))
		shown := newAnswerView(answer, p.T)
		shown.Rubric = newRubricView(answer.Rubric, answer.Marks, session.Attempt.Lang)
		p.Answers = append(p.Answers, shown)
	}
	return s.render(c, fiber.StatusOK, "result", p)
}

// bars names the sections and gates of a result.
func (p *resultPage) bars() {
	r := p.Outcome.Result
	if r == nil {
		return
	}
	p.Cut = newBar(p.T["total"], r.Score, r.Max, r.Cut)
	for i, m := range r.Sections {
		p.Sections = append(p.Sections, newBar(p.Exam.Blueprint.Sections[i].Title.In(p.Lang), m.Score, m.Max, 0))
	}
	for i, g := range r.Gates {
		p.Gates = append(p.Gates, newBar(p.Exam.Blueprint.Gates[i].Title.In(p.Lang), g.Score, g.Max, g.Minimum))
	}
}
