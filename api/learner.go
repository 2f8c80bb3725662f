package api

import (
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// The types of this file are all that a learner receives. None has a member
// for a key or a rationale but answer, which exam.Outcome fills by review policy.

type offer struct {
	Sitting   string       `json:"sitting"`
	Exam      string       `json:"exam"`
	Title     exam.Text    `json:"title"`
	Languages []string     `json:"languages"`
	Items     int          `json:"items"`
	TimeLimit int          `json:"time_limit"`
	ExtraTime int          `json:"extra_time"`
	Opens     time.Time    `json:"opens"`
	Closes    time.Time    `json:"closes"`
	Allowed   int          `json:"attempts_allowed"`
	Attempts  []ownAttempt `json:"attempts"`
	Startable bool         `json:"startable"`
	// CodeNeeded says that starting needs the code that the room shows.
	CodeNeeded bool          `json:"code_needed,omitempty"`
	Refusal    *offerRefusal `json:"refusal,omitempty"`
}

type offerRefusal struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

type ownAttempt struct {
	ID          string     `json:"id"`
	Number      int        `json:"number"`
	State       exam.State `json:"state"`
	StartedAt   time.Time  `json:"started_at"`
	Deadline    time.Time  `json:"deadline"`
	FinishedAt  time.Time  `json:"finished_at,omitzero"`
	Certificate string     `json:"certificate,omitempty"`
}

func showOwnAttempt(a exam.Attempt) ownAttempt {
	return ownAttempt{ID: a.ID, Number: a.Number, State: a.State, StartedAt: a.StartedAt, Deadline: a.Deadline, FinishedAt: a.FinishedAt}
}

func showOffer(o exam.Offer) offer {
	v := offer{Sitting: o.Sitting.ID, Exam: o.Exam.ID, Title: o.Sitting.Title, Languages: o.Exam.Policy.Languages, Items: o.Exam.Blueprint.Length(),
		TimeLimit: o.Exam.Policy.TimeLimit, ExtraTime: o.Entitlement.ExtraTime, Opens: o.Sitting.Opens, Closes: o.Sitting.Closes,
		Allowed: o.Exam.Policy.Attempts, Attempts: []ownAttempt{}, Startable: o.Refusal == nil, CodeNeeded: o.Sitting.AccessCode != exam.AccessOpen}
	for _, a := range o.Attempts {
		own := showOwnAttempt(a)
		if o.Exam.Policy.Review.Show != exam.ShowNothing { // a certificate tells that it was passed
			own.Certificate = a.CertificateID
		}
		v.Attempts = append(v.Attempts, own)
	}
	if o.Refusal != nil {
		p := problemOf(o.Refusal)
		v.Refusal = &offerRefusal{Code: p.Code, Detail: p.Detail}
	}
	return v
}

func (s *server) offers(c *fiber.Ctx) error {
	id, err := caller(c)
	if err != nil {
		return err
	}
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.Offers(c.UserContext(), id, after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(o exam.Offer) string { return o.Sitting.ID }, showOffer))
}

type inLanguage struct {
	Language string `json:"language"`
}

type starting struct {
	inLanguage
	// Code is what the room shows, where the sitting asks for one.
	Code string `json:"code"`
}

type session struct {
	Attempt   ownAttempt          `json:"attempt"`
	Writer    string              `json:"writer"`
	Seq       int64               `json:"seq"`
	Form      exam.FormView       `json:"form"`
	Responses []exam.SlotResponse `json:"responses"`
	clock
}

// clock is what every answer about a running attempt tells of its time.
type clock struct {
	ServerTime  time.Time `json:"server_time"`
	Deadline    time.Time `json:"deadline"`
	AcceptUntil time.Time `json:"accept_until"`
	// PausedAt is when the clock stopped: deadline less paused_at is left.
	PausedAt time.Time `json:"paused_at,omitzero"`
	Digest   string    `json:"digest"`
}

func (s *server) sendSession(c *fiber.Ctx, in exam.Session) error {
	a := in.Attempt
	out := session{Attempt: showOwnAttempt(a), Writer: a.Writer, Seq: a.Seq, Form: in.View, Responses: []exam.SlotResponse{},
		clock: newClock(in.Now, a.Deadline, a.AcceptUntil, a.PausedAt(), in.Digest)}
	for slot := range a.Form.Slots {
		if stored, ok := a.Responses[slot]; ok {
			out.Responses = append(out.Responses, exam.SlotResponse{Slot: slot, Response: stored.Response, WorkedMS: stored.WorkedMS})
		}
	}
	if !in.Resumed {
		c.Status(fiber.StatusCreated)
	}
	return c.JSON(out)
}

func (s *server) start(c *fiber.Ctx) error {
	var in starting
	if err := decode(c, &in); err != nil {
		return err
	}
	id, err := caller(c)
	if err != nil {
		return err
	}
	session, err := s.startByCode(c, id, in.Language, in.Code)
	if err != nil {
		return err
	}
	return s.sendSession(c, session)
}

func (s *server) resume(c *fiber.Ctx) error {
	var in inLanguage
	if err := decode(c, &in); err != nil {
		return err
	}
	id, err := caller(c)
	if err != nil {
		return err
	}
	session, err := s.Exams.Resume(c.UserContext(), id, c.Params("attempt"), in.Language)
	if err != nil {
		return err
	}
	return s.sendSession(c, session)
}

type ack struct {
	Seq int64 `json:"seq"`
	clock
}

// save stores what the exam's page sends, also while somebody types.
func (s *server) save(c *fiber.Ctx) error {
	return s.store(c, func(string, exam.Save) error { return nil })
}

// saveByProgram stores what a program sends, who can be told to write a number clearly.
func (s *server) saveByProgram(c *fiber.Ctx) error {
	return s.store(c, func(person string, in exam.Save) error {
		return s.Exams.CheckNumbers(c.UserContext(), person, c.Params("attempt"), in)
	})
}

func (s *server) store(c *fiber.Ctx, check func(person string, in exam.Save) error) error {
	var in exam.Save
	if err := decode(c, &in); err != nil {
		return err
	}
	id, err := caller(c)
	if err != nil {
		return err
	}
	if err := check(id, in); err != nil {
		return err
	}
	a, err := s.Exams.Save(c.UserContext(), id, c.Params("attempt"), in)
	if err != nil {
		return err
	}
	return c.JSON(ack{Seq: a.Seq, clock: newClock(s.Now(), a.Deadline, a.AcceptUntil, a.PausedAt, a.Digest)})
}

type submission struct {
	Writer string `json:"writer"`
	Digest string `json:"digest"`
}

func (s *server) submit(c *fiber.Ctx) error {
	var in submission
	if err := decode(c, &in); err != nil {
		return err
	}
	id, err := caller(c)
	if err != nil {
		return err
	}
	var digest *[32]byte
	if in.Digest != "" {
		raw, err := hex.DecodeString(in.Digest)
		if err != nil || len(raw) != len(digest) {
			return fault.New(fault.Invalid, "request.malformed", "The body is not what this operation takes.").
				At(fault.Field{Path: "/digest", Message: "must be 64 hex digits, or left out"})
		}
		digest = (*[32]byte)(raw)
	}
	a, err := s.Exams.Submit(c.UserContext(), id, c.Params("attempt"), in.Writer, digest)
	if err != nil {
		return err
	}
	s.Wake()
	return c.JSON(showOwnAttempt(a))
}

type outcome struct {
	Attempt     string     `json:"attempt"`
	State       exam.State `json:"state"`
	FinishedAt  time.Time  `json:"finished_at,omitzero"`
	ReleaseAt   time.Time  `json:"release_at,omitzero"`
	Result      *result    `json:"result,omitempty"`
	Answers     []answer   `json:"answers,omitempty"`
	Certificate string     `json:"certificate,omitempty"`
	// Corrected tells of a result that a corrected key replaced.
	Corrected *correctedView `json:"corrected,omitempty"`
}

// result gives points as numbers: 1 is one item.
type result struct {
	Passed   bool          `json:"passed"`
	Score    float64       `json:"score"`
	Max      float64       `json:"max"`
	Cut      float64       `json:"cut"`
	Sections []sectionMark `json:"sections"`
	Gates    []gateMark    `json:"gates"`
}

type sectionMark struct {
	Section string  `json:"section"`
	Score   float64 `json:"score"`
	Max     float64 `json:"max"`
}

type gateMark struct {
	Gate    string  `json:"gate"`
	Score   float64 `json:"score"`
	Max     float64 `json:"max"`
	Minimum float64 `json:"minimum"`
	Passed  bool    `json:"passed"`
}

type answer struct {
	Item      exam.View      `json:"item"`
	Response  exam.Response  `json:"response"`
	Points    float64        `json:"points"`
	Key       *exam.Response `json:"key,omitempty"`
	Rationale string         `json:"rationale,omitempty"`
	// Also are other answers that count as right, and Correction what was done about a
	// faulty item.
	Also       []exam.Response `json:"also,omitempty"`
	Correction exam.KeyPolicy  `json:"correction,omitempty"`
	// Rubric is what an essay was marked with, and RubricMarks the marks that count.
	Rubric      *exam.Rubric      `json:"rubric,omitempty"`
	RubricMarks []exam.RubricMark `json:"rubric_marks,omitempty"`
}

func points(p exam.Points) float64 { return float64(p) / float64(exam.OnePoint) }

func showResult(r *exam.Result) *result {
	if r == nil {
		return nil
	}
	v := &result{Passed: r.Passed, Score: points(r.Score), Max: points(r.Max), Cut: points(r.Cut), Sections: []sectionMark{}, Gates: []gateMark{}}
	for _, m := range r.Sections {
		v.Sections = append(v.Sections, sectionMark{m.Section, points(m.Score), points(m.Max)})
	}
	for _, g := range r.Gates {
		v.Gates = append(v.Gates, gateMark{g.Gate, points(g.Score), points(g.Max), points(g.Minimum), g.Passed})
	}
	return v
}

func (s *server) outcome(c *fiber.Ctx) error {
	id, err := caller(c)
	if err != nil {
		return err
	}
	o, err := s.Exams.Outcome(c.UserContext(), id, c.Params("attempt"), c.Query("language"))
	if err != nil {
		return err
	}
	v := outcome{Attempt: o.Attempt, State: o.State, FinishedAt: o.FinishedAt, ReleaseAt: o.ReleaseAt, Result: showResult(o.Result), Certificate: o.CertificateID, Corrected: showCorrected(o.Corrected)}
	for _, a := range o.Answers {
		v.Answers = append(v.Answers, answer{Item: a.View, Response: a.Response, Points: points(a.Points), Key: a.Key, Rationale: a.Rationale, Also: a.Also, Correction: a.Correction, Rubric: a.Rubric, RubricMarks: a.Marks})
	}
	return c.JSON(v)
}
