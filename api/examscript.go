package api

import (
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// What web/sync.js calls: the save protocol of the JSON interface, for the session
// of the pages. Saving and handing in are the very handlers of the interface; only
// the way to know the caller differs, a cookie that no script can read, and forms and
// scripts of other sites are refused.

// scriptSession is what a page that takes the attempt over learns. The form is not
// in it: the page has it.
type scriptSession struct {
	Writer string       `json:"writer"`
	Seq    int64        `json:"seq"`
	Stored []storedView `json:"stored"`
	clock
}

// storedView is the newest answer to a slot that the server holds.
type storedView struct {
	Slot     int           `json:"slot"`
	Seq      int64         `json:"seq"`
	Response exam.Response `json:"response"`
	// WorkedMS is the time from which the page goes on counting.
	WorkedMS int64 `json:"worked_ms,omitempty"`
}

func newClock(now, deadline, acceptUntil, pausedAt time.Time, digest [32]byte) clock {
	return clock{ServerTime: now.UTC().Truncate(time.Millisecond), Deadline: deadline, AcceptUntil: acceptUntil, PausedAt: pausedAt, Digest: hex.EncodeToString(digest[:])}
}

// takeOver makes the calling page the one that writes: of several tabs and devices,
// the last one opened. The others are told when they next call.
func (s *server) takeOver(c *fiber.Ctx) error {
	var in struct {
		// Kept says that the browser has brought the page back without asking the server:
		// another device may have gone on meanwhile, and is not taken over unasked.
		Kept bool `json:"kept"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	person, err := caller(c)
	if err != nil {
		return err
	}
	if in.Kept {
		current, err := s.current(c)
		if err != nil {
			return err
		}
		if err := current.Attempt.Admit(exam.Save{Writer: c.Cookies(writerCookie(current.Attempt.ID))}, current.Now); err != nil {
			return err
		}
	}
	session, err := s.Exams.Resume(c.UserContext(), person, c.Params("attempt"), "")
	if err != nil {
		return err
	}
	a := session.Attempt
	s.setCookie(c, writerCookie(a.ID), a.Writer)
	out := scriptSession{Writer: a.Writer, Seq: a.Seq, Stored: []storedView{}, clock: newClock(session.Now, a.Deadline, a.AcceptUntil, a.PausedAt(), session.Digest)}
	for slot := range a.Form.Slots {
		if stored, ok := a.Responses[slot]; ok {
			out.Stored = append(out.Stored, storedView{Slot: slot, Seq: stored.Seq, Response: stored.Response, WorkedMS: stored.WorkedMS})
		}
	}
	return c.JSON(out)
}

type writing struct {
	Writer string `json:"writer"`
}

// examClock tells the time, extensions included, to the page that writes, and every
// other page that it does not.
func (s *server) examClock(c *fiber.Ctx) error {
	var in writing
	if err := decode(c, &in); err != nil {
		return err
	}
	session, err := s.current(c)
	if err != nil {
		return err
	}
	a := session.Attempt
	if err := a.Admit(exam.Save{Writer: in.Writer}, session.Now); err != nil {
		return err
	}
	return c.JSON(newClock(session.Now, a.Deadline, a.AcceptUntil, a.PausedAt(), session.Digest))
}
