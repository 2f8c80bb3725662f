package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// attemptPage is the page of a running attempt: the whole form at once for the
// scripts, which show an item at a time and work without a line; or one item, for
// browsers without scripts, whose forms bring them from item to item. Neither holds
// anything that exam.View does not.
type attemptPage struct {
	view
	Attempt string
	// Whole says that all items are on the page.
	Whole   bool
	Items   []itemView
	Stimuli []exam.StimulusView
	Places  []place
	// Here is the number of the item that is shown, from 1; Case the stimulus
	// beside it, "" for none.
	Here    int
	Case    string
	Last    int
	Minutes int
	Seconds int // left, for the scripts
	// Paused says that the clock stands.
	Paused bool
	// Mine is false when another device writes.
	Mine      bool
	Languages []string
	Missing   int
	// Partly says that some gaps are filled and some of the same item are not.
	Partly bool
	// Setup is what the scripts need to begin, nil without them.
	Setup   *setup
	Modules []string
}

// setup is read by web/exam.js.
type setup struct {
	Attempt string            `json:"attempt,omitempty"`
	Words   map[string]string `json:"words"`
}

// Numbers are those of all items, for who reports a problem with one.
func (p attemptPage) Numbers() []int { return numbers(p.Last) }

func numbers(last int) []int {
	all := make([]int, last)
	for n := range all {
		all[n] = n + 1
	}
	return all
}

// examModules are the parts of web/exam.js, so that they are fetched at once.
var examModules = []string{"areas.js", "answers.js", "book.js", "clock.js", "journal.js", "kept.js", "pace.js", "sync.js"}

// place is an item in the navigator.
type place struct {
	Number   int
	Answered bool
	Here     bool
	// Filled of Gaps hold something; both are 0 where there are no gaps.
	Filled, Gaps int
}

// Partly reports whether some gaps are filled and some not.
func (p place) Partly() bool { return p.Filled > 0 && p.Filled < p.Gaps }

// current is the caller's attempt that the path names.
func (s *server) current(c *fiber.Ctx) (exam.Session, error) {
	person, err := caller(c)
	if err != nil {
		return exam.Session{}, err
	}
	session, err := s.Exams.Current(c.UserContext(), person, c.Params("attempt"))
	locate(&session.View, c.Params("attempt"))
	return session, err
}

// over reports whether the attempt takes no more answers.
func over(session exam.Session) bool {
	return session.Attempt.State != exam.Running || session.Attempt.TimeOver(session.Now)
}

// toResult goes on to the result, in the language of the exam.
func toResult(c *fiber.Ctx, a exam.Attempt) error {
	return c.Redirect("/my/attempts/"+a.ID+"/result?lang="+a.Lang, fiber.StatusSeeOther)
}

// attemptPage shows the whole form, or the one item that the query names: who answers item
// by item waits for nobody.
func (s *server) attemptPage(c *fiber.Ctx) error {
	if c.Query("item") != "" {
		session, err := s.current(c)
		if err != nil {
			return err
		}
		return s.showItem(c, session, max(1, c.QueryInt("item", 1))-1, "")
	}
	leave, err := s.rendering.enter(c.UserContext())
	if err != nil {
		return err
	}
	defer leave()
	session, err := s.current(c)
	if err != nil {
		return err
	}
	if over(session) {
		return toResult(c, session.Attempt)
	}
	p, err := s.newAttemptPage(c, session, 0)
	if err != nil {
		return err
	}
	if p.Mine {
		p.showWhole(session)
	}
	return s.render(c, fiber.StatusOK, "attempt", p)
}

// showItem renders one item of the running attempt, with the fault of the given
// code, if any, or sends the learner to the result.
func (s *server) showItem(c *fiber.Ctx, session exam.Session, slot int, code string) error {
	if over(session) {
		return toResult(c, session.Attempt)
	}
	p, err := s.newAttemptPage(c, session, min(slot, len(session.View.Slots)-1))
	if err != nil {
		return err
	}
	status := fiber.StatusOK
	if code != "" {
		p.Fault, status = p.T["fault_"+code], fiber.StatusConflict
	}
	return s.render(c, status, "attempt", p)
}

// newAttemptPage is the page with one item, that of the slot.
func (s *server) newAttemptPage(c *fiber.Ctx, session exam.Session, slot int) (attemptPage, error) {
	a := session.Attempt
	p := attemptPage{view: s.view(c, "exam"), Attempt: a.ID, Minutes: wholeMinutes(a.Left(session.Now)), Seconds: int(a.Left(session.Now).Seconds()), Paused: a.Pause() != nil,
		Mine: c.Cookies(writerCookie(a.ID)) == a.Writer, Here: slot + 1, Last: len(session.View.Slots)}
	// The page speaks the language of the exam: two on one page confuse.
	p.Other = ""
	if words, spoken := s.pages.words[a.Lang]; spoken {
		p.Lang, p.T = a.Lang, words
	}
	p.Items = []itemView{newItemView(session.View.Slots[slot], a.Responses[slot], p.T)}
	p.Case = p.Items[0].Stimulus
	for _, st := range session.View.Stimuli {
		if st.ID == p.Case {
			p.Stimuli = append(p.Stimuli, st)
		}
	}
	for n := range session.View.Slots {
		answered := !a.Responses[n].Response.Empty()
		if !answered {
			p.Missing++
		}
		at := place{Number: n + 1, Answered: answered, Here: n == slot, Filled: filledGaps(a.Responses[n].Response), Gaps: len(session.View.Slots[n].Gaps)}
		p.Places, p.Partly = append(p.Places, at), p.Partly || at.Partly()
	}
	languages, err := s.Exams.Languages(c.UserContext(), a.Sitting)
	if err != nil {
		return p, err
	}
	for _, lang := range languages {
		if _, spoken := s.pages.words[lang]; spoken && lang != a.Lang {
			p.Languages = append(p.Languages, lang)
		}
	}
	return p, nil
}

// showWhole puts every item and what the scripts need on the page.
func (p *attemptPage) showWhole(session exam.Session) {
	p.Whole, p.Stimuli, p.Items, p.Modules = true, session.View.Stimuli, nil, examModules
	for n, v := range session.View.Slots {
		p.Items = append(p.Items, newItemView(v, session.Attempt.Responses[n], p.T))
	}
	p.Setup = &setup{Attempt: session.Attempt.ID, Words: liveWords(p.T)}
}

// liveWords are the words that the scripts say.
func liveWords(t map[string]string) map[string]string {
	words := make(map[string]string)
	for name, text := range t {
		if strings.HasPrefix(name, "live_") || name == "answered" || name == "open" {
			words[name] = text
		}
	}
	return words
}

// summaryPage says what is missing before the learner hands in.
func (s *server) summaryPage(c *fiber.Ctx) error {
	session, err := s.current(c)
	if err != nil {
		return err
	}
	if over(session) {
		return toResult(c, session.Attempt)
	}
	p, err := s.newAttemptPage(c, session, 0)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "summary", p)
}

func (s *server) submitPage(c *fiber.Ctx) error {
	session, err := s.current(c)
	if err != nil {
		return err
	}
	a := session.Attempt
	_, err = s.Exams.Submit(c.UserContext(), a.Person, a.ID, c.Cookies(writerCookie(a.ID)), nil)
	if fault.Code(err) == "attempt.taken_over" {
		return s.showItem(c, session, 0, "")
	}
	if err != nil {
		return err
	}
	s.Wake()
	s.setCookie(c, writerCookie(a.ID), "")
	return toResult(c, a)
}
