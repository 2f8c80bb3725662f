package api

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// The pages of this file, of answerpages.go and of exampage.go need no script: every
// step is a link or a form.

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

// OtherTitle is that of the exam where the sitting has one of its own, such as that of a
// room; the result and the certificate name the exam.
func (o offerView) OtherTitle(lang string) string {
	if title := o.Exam.Title.In(lang); title != o.Sitting.Title.In(lang) {
		return title
	}
	return ""
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
		shown.Refusal = v.told(problemOf(o.Refusal))
	}
	return shown
}

type rulesPage struct {
	view
	Offer offerView
	// Minutes are what this learner has, with extra time.
	Minutes int
	// Chosen is the language of the exam that is chosen for a start: the one from before
	// the code turned out to be wrong, else that of the page or the only one, "" when
	// the learner has to say.
	Chosen string
}

// firstLanguage is the one in which a reader of the page's language most likely sits.
func firstLanguage(offered []string, page, before string) string {
	switch {
	case before != "":
		return before
	case len(offered) == 1:
		return offered[0]
	case slices.Contains(offered, page):
		return page
	}
	return ""
}

// rules tells what awaits the learner before the clock starts.
func (s *server) rules(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	return s.showRules(c, person, problem{Status: fiber.StatusOK})
}

// showRules shows them with what is wrong with the code that was typed, if anything.
func (s *server) showRules(c *fiber.Ctx, person string, wrong problem) error {
	o, err := s.Exams.Offer(c.UserContext(), person, c.Params("sitting"))
	if err != nil {
		return err
	}
	v := s.view(c, "rules")
	if wrong.Code != "" {
		v.Fault = v.words(wrong.Code, wrong.Detail)
	}
	return s.render(c, wrong.Status, "rules", rulesPage{view: v, Offer: v.offer(o), Minutes: o.Exam.Policy.TimeLimit * (100 + o.Entitlement.ExtraTime) / 100 / 60, Chosen: firstLanguage(o.Exam.Policy.Languages, v.Lang, c.FormValue("language"))})
}

func (s *server) startPage(c *fiber.Ctx) error {
	person, err := caller(c)
	if err != nil {
		return err
	}
	session, err := s.startByCode(c, person, c.FormValue("language"), c.FormValue("code"))
	if p := problemOf(err); err != nil && strings.HasPrefix(p.Code, "access.") {
		return s.showRules(c, person, p)
	}
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

// wholeMinutes rounds up: nobody is told 0 while there is time.
func wholeMinutes(left time.Duration) int {
	return int((max(0, left) + time.Minute - 1) / time.Minute)
}
