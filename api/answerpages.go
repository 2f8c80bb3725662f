package api

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// itemView is one item with the answer that is stored, for the form.
type itemView struct {
	exam.View
	Number int // from 1
	// Base is the sequence of the answer that the page shows; an answer given
	// over another one is then noticed.
	Base int64
	// Chosen marks the ticked options; Pairs gives for each row the choice, -1
	// for none; Places gives for each place of an ordering the step, -1 for none.
	Chosen []bool
	Pairs  []int
	Places []int
	Text   string
	// Filled is what stands in each gap.
	Filled []string
	// Empty says that there is no answer.
	Empty bool
}

// newItemView is the item in the words t of the page: an item that is true or false
// has no options of its own.
func newItemView(v exam.View, stored exam.Stored, t map[string]string) itemView {
	r := stored.Response
	if v.Kind == exam.TrueFalse {
		v.Options = []string{t["wTrue"], t["wFalse"]}
	}
	it := itemView{View: v, Number: v.Slot + 1, Base: stored.Seq, Chosen: make([]bool, len(v.Options)), Text: r.Text, Empty: r.Empty(), Filled: r.Gaps,
		Pairs: slices.Repeat([]int{-1}, len(v.Rows)), Places: slices.Repeat([]int{-1}, len(v.Options))}
	for _, n := range r.Choices {
		it.Chosen[n] = true
	}
	copy(it.Pairs, r.Pairs)
	copy(it.Places, r.Order)
	return it
}

// Words says in the words t how many words an essay should have, "" for no limit.
func (it itemView) Words(t map[string]string) string {
	least, most := strconv.Itoa(it.MinWords), strconv.Itoa(it.MaxWords)
	switch {
	case it.MinWords > 0 && it.MaxWords > 0:
		return strings.NewReplacer("{least}", least, "{most}", most).Replace(t["essayWords"])
	case it.MinWords > 0:
		return strings.ReplaceAll(t["essayLeast"], "{least}", least)
	case it.MaxWords > 0:
		return strings.ReplaceAll(t["essayMost"], "{most}", most)
	}
	return ""
}

// option is the text at the position, "" for none.
func option(it itemView, at int) string {
	if at < 0 {
		return ""
	}
	return it.Options[at]
}

// Several reports whether more than one option may be ticked.
func (it itemView) Several() bool {
	return it.Kind == exam.Multiple || it.Kind == exam.Hotspot && it.Choose != 1
}

// answerPage stores the answer of the form, and goes where its button says. Every
// way through the exam is such a button, so that no way loses an answer. Whether
// there is still time is for Save to say.
func (s *server) answerPage(c *fiber.Ctx) error {
	session, err := s.current(c)
	if err != nil {
		return err
	}
	a := session.Attempt
	slot, err := strconv.Atoi(c.FormValue("slot"))
	if err != nil || slot < 0 || slot >= len(a.Form.Slots) {
		return fault.New(fault.Invalid, "save.invalid", "This form names no item of the exam.")
	}
	if shown := strconv.FormatInt(a.Responses[slot].Seq, 10); c.FormValue("base") != shown {
		return s.showItem(c, session, slot, "answer.changed")
	}
	response, err := formResponse(c, session.View.Slots[slot])
	if err != nil {
		return s.showItem(c, session, slot, fault.Code(err))
	}
	save := exam.Save{Writer: c.Cookies(writerCookie(a.ID)), Seq: a.Seq + 1, Responses: []exam.SlotResponse{{Slot: slot, Response: response}}}
	_, err = s.Exams.Save(c.UserContext(), a.Person, a.ID, save)
	if fault.Code(err) == "attempt.taken_over" {
		return s.showItem(c, session, slot, "")
	}
	if err != nil {
		return err
	}
	to := "/my/attempts/" + a.ID
	next := c.FormValue("go")
	if n, err := strconv.Atoi(next); err == nil {
		to += "?item=" + strconv.Itoa(n)
	} else if next == "summary" {
		to += "/summary"
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// formResponse reads the answer from the form's fields.
func formResponse(c *fiber.Ctx, v exam.View) (exam.Response, error) {
	var r exam.Response
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			return -1
		}
		return n
	}
	switch v.Kind {
	case exam.Single, exam.TrueFalse, exam.Multiple, exam.Hotspot:
		for _, value := range c.Request().PostArgs().PeekMulti("choice") {
			r.Choices = append(r.Choices, number(string(value)))
		}
		slices.Sort(r.Choices)
		if v.Choose > 0 && len(r.Choices) > v.Choose {
			return r, fault.New(fault.Invalid, "answer.too_many", "Too many options are chosen.")
		}
	case exam.Matching:
		given := make(map[int]bool)
		for row := range v.Rows {
			choice := number(c.FormValue("row" + strconv.Itoa(row)))
			if choice >= 0 && given[choice] {
				return r, fault.New(fault.Invalid, "answer.twice", "A choice is given to two rows.")
			}
			given[choice] = true
			r.Pairs = append(r.Pairs, choice)
		}
	case exam.Ordering:
		given := make(map[int]bool)
		for at := range v.Options {
			step := number(c.FormValue("place" + strconv.Itoa(at)))
			if step < 0 || given[step] {
				continue
			}
			given[step] = true
			r.Order = append(r.Order, step)
		}
		if n := len(r.Order); n > 0 && n < len(v.Options) {
			return r, fault.New(fault.Invalid, "answer.order", "The order is not complete.")
		}
	case exam.Cloze:
		return formGaps(c, v)
	case exam.ExtendedText:
		r.Text = exam.TidyEssay(c.FormValue("text"))
		if v.MaxCharacters > 0 && utf8.RuneCountInString(r.Text) > v.MaxCharacters {
			return r, fault.New(fault.Invalid, "answer.too_long", "The answer is too long.")
		}
	default:
		r.Text = c.FormValue("text")
		if v.Kind == exam.Numeric && strings.TrimSpace(r.Text) != "" {
			if _, err := exam.ReadNumber(r.Text); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}
