package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// The pages of this file and of answerpages.go need no script: every step is a
// link or a form.

// listed is how many exams and certificates a page shows: more than one person
// ever has.
const listed = 100

type myPage struct {
	view
	Offers       []offerView
	Certificates []ownCertificate
}

// offerView is an exam in the list, with the attempt that runs.
type offerView struct {
	exam.Offer
	Items   int
	Running *exam.Attempt
	// Refusal is why none can be started, in the page's language.
	Refusal string
}

func (s *server) myExams(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	p := myPage{view: s.view(c, "myExams")}
	offers, err := s.Exams.Offers(c.UserContext(), person, "", listed)
	if err != nil {
		return err
	}
	for _, o := range offers {
		p.Offers = append(p.Offers, p.offer(o))
	}
	certificates, err := s.Certs.Of(c.UserContext(), person, "", listed)
	if err != nil {
		return err
	}
	for _, held := range certificates {
		p.Certificates = append(p.Certificates, ownCertificate{ID: held.ID, State: held.StateAt(s.Now()), Title: held.Statement.Title, IssuedAt: held.Statement.IssuedAt})
	}
	return s.render(c, fiber.StatusOK, "my", p)
}

func (v *view) offer(o exam.Offer) offerView {
	shown := offerView{Offer: o, Items: o.Exam.Blueprint.Length()}
	if n := len(o.Attempts); n > 0 && o.Attempts[n-1].State == exam.Running {
		shown.Running = &o.Attempts[n-1]
	}
	if o.Refusal != nil {
		p := problemOf(o.Refusal)
		shown.Refusal = v.words(p.Code, p.Detail)
	}
	return shown
}

type rulesPage struct {
	view
	Offer offerView
	// Minutes are what this learner has, with extra time.
	Minutes int
}

// rules tells what awaits the learner before the clock starts.
func (s *server) rules(c *fiber.Ctx) error {
	p, err := s.rulesPage(c)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "rules", p)
}

func (s *server) rulesPage(c *fiber.Ctx) (rulesPage, error) {
	person, err := caller(c)
	if err != nil {
		return rulesPage{}, err
	}
	offers, err := s.Exams.Offers(c.UserContext(), person, "", listed)
	if err != nil {
		return rulesPage{}, err
	}
	v := s.view(c, "rules")
	for _, o := range offers {
		if o.Sitting.ID == c.Params("sitting") {
			return rulesPage{view: v, Offer: v.offer(o), Minutes: o.Exam.Policy.TimeLimit * (100 + o.Entitlement.ExtraTime) / 100 / 60}, nil
		}
	}
	return rulesPage{}, fault.New(fault.NotFound, "entitlement.not_found", "There is no such sitting for this person.")
}

func (s *server) startPage(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	session, err := s.Exams.Start(c.UserContext(), person, c.Params("sitting"), c.FormValue("language"))
	if err != nil {
		return err
	}
	return s.takeWriter(c, session.Attempt)
}

// resumePage takes a running attempt over to this device.
func (s *server) resumePage(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	session, err := s.Exams.Resume(c.UserContext(), person, c.Params("attempt"), c.FormValue("language"))
	if err != nil {
		return err
	}
	return s.takeWriter(c, session.Attempt)
}

// writerCookie holds this device's writer token of one attempt.
func writerCookie(attempt string) string { return "proba-writer-" + attempt }

func (s *server) takeWriter(c *fiber.Ctx, a exam.Attempt) error {
	s.setCookie(c, writerCookie(a.ID), a.Writer)
	return c.Redirect("/my/attempts/"+a.ID+"?lang="+s.view(c, "exam").Lang, fiber.StatusSeeOther)
}

type resultPage struct {
	view
	Exam    exam.Exam
	Outcome exam.Outcome
	// Answers hold the items with what was answered, when the policy shows them.
	Answers     []itemView
	Sections    []barView
	Gates       []barView
	Cut         barView
	Certificate certs.ID
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
	if p.Outcome.State == exam.Running {
		return c.Redirect("/my/attempts/"+p.Outcome.Attempt, fiber.StatusSeeOther)
	}
	a, err := s.Exams.Attempt(c.UserContext(), p.Outcome.Attempt)
	if err != nil {
		return err
	}
	if p.Exam, err = s.Exams.Exam(c.UserContext(), a.Exam); err != nil {
		return err
	}
	p.Certificate = certs.ID(p.Outcome.CertificateID)
	p.bars()
	for _, answer := range p.Outcome.Answers {
		p.Answers = append(p.Answers, newItemView(answer.View, answer.Response, &answer))
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

// minutesLeft rounds up: nobody is told 0 while there is time.
func minutesLeft(deadline, now time.Time) int {
	return int((max(0, deadline.Sub(now)) + time.Minute - 1) / time.Minute)
}
