package api

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// roomShown is how many attempts the room shows at once: a large room.
const roomShown = 200

// silence is how long a running attempt may be without a save before the room says
// so: three times as long as most people think about one item.
const silence = 5 * time.Minute

// absence is how long a device may not be heard of before the room says that it has no
// line: the pages ask for the time every half minute, and it is noted as often.
const absence = 100 * time.Second

// heardAt is when the device of an attempt was last heard, saving or asking.
func heardAt(a exam.Attempt) time.Time {
	if a.SavedAt.After(a.HeardAt) {
		return a.SavedAt
	}
	return a.HeardAt
}

// roomRow is an attempt in the room.
type roomRow struct {
	exam.Attempt
	Name string
	// Left is what is left of the time, in whole minutes rounded up, and Ago how long
	// ago something was saved, rounded down.
	Left, Ago int
	// Quiet says that nothing was saved for long, and Away that the device was not
	// heard of: it has no line, or the page was closed.
	Quiet, Away bool
}

// absentRow is somebody who may sit and has not begun.
type absentRow struct {
	exam.Entitlement
	Name string
}

type roomPage struct {
	deskView
	S          exam.Sitting
	Tally      exam.Tally
	Attendance exam.Attendance
	State      exam.State // that is shown, notBegun for no attempt, "" for all attempts
	Rows       []roomRow
	// Absent are those without an attempt, when they are shown instead of Rows.
	Absent []absentRow
	Next   string
	At     time.Time
	// Order names the extension that the form would order, so that pressing twice
	// gives the time once.
	Order string
}

// notBegun narrows the room to who may sit and has no attempt in it.
const notBegun exam.State = "not_begun"

// roomStates are what the room can be narrowed to.
var roomStates = []exam.State{notBegun, exam.Running, exam.Submitted, exam.Expired, exam.Marking, exam.Graded, exam.Released, exam.Voided}

// RoomStates lists them for the page.
func (p roomPage) RoomStates() []exam.State { return roomStates }

// room shows who sits, live: its script asks for the part of the page that changes.
func (w workbench) room(c *fiber.Ctx) error {
	p := roomPage{deskView: w.desk(c, "wRoom"), State: exam.State(c.Query("state")), At: w.Now(), Order: rand.Text()}
	if err := w.fillRoom(c, &p); err != nil {
		return err
	}
	if c.Query("part") != "" {
		return w.show(c, fiber.StatusOK, "room_part", p)
	}
	return w.show(c, fiber.StatusOK, "room", p)
}

func (w workbench) fillRoom(c *fiber.Ctx, p *roomPage) error {
	ctx := c.UserContext()
	var err error
	if p.S, err = w.Exams.Sitting(ctx, c.Params("sitting")); err != nil {
		return err
	}
	if p.Tally, err = w.Exams.Tally(ctx, p.S.ID); err != nil {
		return err
	}
	if p.Attendance, err = w.Exams.Attendance(ctx, p.S.ID); err != nil {
		return err
	}
	if p.State == notBegun {
		return w.fillAbsent(c, p)
	}
	all, err := w.Exams.Attempts(ctx, exam.AttemptFilter{Sitting: p.S.ID, State: p.State}, c.Query("after"), roomShown+1)
	if err != nil {
		return err
	}
	if len(all) > roomShown {
		all = all[:roomShown]
		p.Next = all[roomShown-1].ID
	}
	people, err := w.named(c, ids(all, func(a exam.Attempt) string { return a.Person }))
	if err != nil {
		return err
	}
	for i, a := range all {
		p.Rows = append(p.Rows, newRoomRow(a, people[i].Name, p.At))
	}
	return nil
}

// fillAbsent lists who has not begun.
func (w workbench) fillAbsent(c *fiber.Ctx, p *roomPage) error {
	all, err := w.Exams.NotBegun(c.UserContext(), p.S.ID, c.Query("after"), roomShown+1)
	if err != nil {
		return err
	}
	if len(all) > roomShown {
		all = all[:roomShown]
		p.Next = all[roomShown-1].Person
	}
	people, err := w.named(c, ids(all, func(en exam.Entitlement) string { return en.Person }))
	if err != nil {
		return err
	}
	for i, en := range all {
		p.Absent = append(p.Absent, absentRow{en, people[i].Name})
	}
	return nil
}

func newRoomRow(a exam.Attempt, name string, now time.Time) roomRow {
	r := roomRow{Attempt: a, Name: name}
	if a.State == exam.Running {
		r.Left = wholeMinutes(a.Left(now))
		last := a.StartedAt
		if a.SavedAt.After(last) {
			last = a.SavedAt
		}
		r.Ago = int(now.Sub(last) / time.Minute)
		r.Quiet = now.Sub(last) >= silence
		heard := heardAt(a)
		r.Away = !heard.IsZero() && now.Sub(heard) >= absence
	}
	return r
}

// minutesAndReason reads the form of an extension.
func minutesAndReason(c *fiber.Ctx) (more time.Duration, why string, err error) {
	minutes, err := strconv.Atoi(c.FormValue("minutes"))
	if err != nil || minutes < 1 || minutes > int(exam.MaxExtension/time.Minute) {
		return 0, "", fault.New(fault.Invalid, "extension.invalid", "An extension is 1 minute to 24 hours.").
			At(fault.Field{Path: "/minutes", Message: "must be 1 to 1440"})
	}
	why, err = checkReason(c.FormValue("reason"))
	return time.Duration(minutes) * time.Minute, why, err
}

// orderOf is the name that the form gives to its extension.
func orderOf(c *fiber.Ctx) string {
	order := c.FormValue("order")
	return order[:min(len(order), maxOrder)]
}

// extendRoom gives everybody who runs more time, such as for an outage.
func (w workbench) extendRoom(c *fiber.Ctx) error {
	more, why, input := minutesAndReason(c)
	return w.roomAct(c, "extended", input, func(by, sitting string) error {
		_, err := w.Exams.ExtendSitting(c.UserContext(), by, sitting, orderOf(c), why, more)
		return err
	}, fmt.Sprintf("seconds=%d", int(more/time.Second)))
}

// roomAct does one thing to the room of the path and shows what came of it. note, if
// any, stands in the audit log.
func (w workbench) roomAct(c *fiber.Ctx, what string, input error, do func(by, sitting string) error, note ...string) error {
	sitting := c.Params("sitting")
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err = input; err == nil {
		if err = w.record(c, "sittings/"+sitting, strings.Join(note, " ")); err != nil {
			return err
		}
		err = do(by, sitting)
	}
	if err == nil {
		return done(c, "/workbench/sittings/"+sitting+"/room", what)
	}
	p := roomPage{deskView: w.desk(c, "wRoom"), At: w.Now(), Order: rand.Text()}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	if err := w.fillRoom(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "room", p)
}

// attemptDesk is one attempt as staff see it: no answers.
type attemptDesk struct {
	deskView
	Row     roomRow
	Exam    exam.Exam
	Bars    []barView
	Cut     barView
	Order   string
	Reason  string // as it was sent
	Minutes string
	// Can says what its state allows.
	CanExtend, CanVoid, CanRelease bool
	// Paused is the pause in which the clock stands, nil while it runs.
	Paused *exam.Pause
	// By names who did what, by id.
	By map[string]string
}

func (w workbench) attempt(c *fiber.Ctx) error {
	return w.showAttempt(c, fiber.StatusOK, attemptDesk{deskView: w.desk(c, "wAttempt")})
}

func (w workbench) showAttempt(c *fiber.Ctx, status int, p attemptDesk) error {
	a, err := w.Exams.Attempt(c.UserContext(), c.Params("attempt"))
	if err != nil {
		return err
	}
	a.Form, a.Responses, a.Late = exam.Form{}, nil, nil
	person, err := w.nameOf(c, a.Person)
	if err != nil {
		return err
	}
	if p.Exam, err = w.Exams.Exam(c.UserContext(), a.Exam); err != nil {
		return err
	}
	p.Row, p.Order = newRoomRow(a, person.Name, w.Now()), rand.Text()
	p.CanExtend = p.may(auth.AttemptsExtend) && a.State == exam.Running
	p.Paused = a.Pause()
	p.CanVoid = p.may(auth.AttemptsVoid) && a.State != exam.Voided
	p.CanRelease = p.may(auth.AttemptsVoid) && a.State == exam.Graded
	if a.Result != nil && p.may(auth.ResultsRead) {
		p.Cut = newBar(p.T["total"], a.Result.Score, a.Result.Max, a.Result.Cut)
		p.Bars = sectionBars(p.Exam, a.Result, p.Lang)
	} else {
		p.Row.Result, p.Row.Regraded = nil, nil
		p.Row.Events = slices.DeleteFunc(slices.Clone(a.Events), exam.Event.TellsResult)
	}
	p.By = make(map[string]string)
	for _, e := range a.Events {
		if _, known := p.By[e.By]; e.By == "" || known {
			continue
		}
		who, err := w.nameOf(c, e.By)
		if err != nil {
			return err
		}
		p.By[e.By] = who.Name
	}
	return w.show(c, status, "attempt_desk", p)
}

func sectionBars(e exam.Exam, r *exam.Result, lang string) []barView {
	var bars []barView
	for i, m := range r.Sections {
		bars = append(bars, newBar(e.Blueprint.Sections[i].Title.In(lang), m.Score, m.Max, 0))
	}
	for i, g := range r.Gates {
		bars = append(bars, newBar(e.Blueprint.Gates[i].Title.In(lang), g.Score, g.Max, g.Minimum))
	}
	return bars
}

// act does one thing to the attempt of the path and shows what came of it.
func (w workbench) act(c *fiber.Ctx, note, what string, do func(by, id string) error, input error) error {
	id := c.Params("attempt")
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err = input; err == nil {
		if err = w.record(c, "attempts/"+id, note); err != nil {
			return err
		}
		err = do(by, id)
	}
	if err == nil {
		return done(c, "/workbench/attempts/"+id, what)
	}
	p := attemptDesk{deskView: w.desk(c, "wAttempt"), Reason: c.FormValue("reason"), Minutes: c.FormValue("minutes")}
	status, err := p.blame(c, err)
	if err != nil {
		return err
	}
	return w.showAttempt(c, status, p)
}

func (w workbench) extendAttempt(c *fiber.Ctx) error {
	more, why, input := minutesAndReason(c)
	return w.act(c, fmt.Sprintf("seconds=%d", int(more/time.Second)), "extended", func(by, id string) error {
		_, err := w.Exams.ExtendOnce(c.UserContext(), by, id, orderOf(c), why, more)
		return err
	}, input)
}

func (w workbench) voidAttempt(c *fiber.Ctx) error {
	why, input := checkReason(c.FormValue("reason"))
	return w.act(c, "", "voided", func(by, id string) error {
		_, err := w.Exams.Void(c.UserContext(), by, id, why)
		w.Wake()
		return err
	}, input)
}

func (w workbench) releaseAttempt(c *fiber.Ctx) error {
	return w.act(c, "", "released", func(by, id string) error {
		_, err := w.Exams.Release(c.UserContext(), by, id)
		w.Wake()
		return err
	}, nil)
}
