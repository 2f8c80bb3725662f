package api

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/fault"
)

// created answers 201 for what is new and 200 for a repeated request.
func created(c *fiber.Ctx, isNew bool, v any) error {
	if isNew {
		c.Status(fiber.StatusCreated)
	}
	return c.JSON(v)
}

type bankDocument struct {
	Bank      string          `json:"bank"`
	Title     exam.Text       `json:"title"`
	Languages []string        `json:"languages"`
	Stimuli   []exam.Stimulus `json:"stimuli"`
	Items     []exam.Item     `json:"items"`
	// Media are the images that the texts show.
	Media []formats.Medium `json:"media"`
}

type releaseView struct {
	Hash      string    `json:"hash"`
	Bank      string    `json:"bank"`
	Title     exam.Text `json:"title"`
	Languages []string  `json:"languages"`
	CreatedAt time.Time `json:"created_at"`
}

func showRelease(r exam.Release) releaseView {
	return releaseView{Hash: r.Hash, Bank: r.Bank, Title: r.Title, Languages: r.Languages, CreatedAt: r.CreatedAt}
}

func (s *server) importRelease(c *fiber.Ctx) error {
	var in bankDocument
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	bank, err := exam.NewBank(in.Bank, in.Title, in.Languages, in.Stimuli, in.Items)
	if err != nil {
		return err
	}
	media, err := formats.Checked(in.Media, "/media")
	if err != nil {
		return err
	}
	bank.Bring(media)
	if err := s.record(c, "releases/"+bank.Release.Hash, ""); err != nil {
		return err
	}
	release, isNew, err := s.Exams.ImportBank(c.UserContext(), by, bank)
	if err != nil {
		return err
	}
	return created(c, isNew, showRelease(release))
}

func (s *server) releases(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.Releases(c.UserContext(), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(r exam.Release) string { return r.Hash }, showRelease))
}

type examDraft struct {
	ID        string         `json:"id"`
	Title     exam.Text      `json:"title"`
	Programme string         `json:"programme"`
	Release   string         `json:"release"`
	Blueprint exam.Blueprint `json:"blueprint"`
	Policy    exam.Policy    `json:"policy"`
}

func (s *server) createExam(c *fiber.Ctx) error {
	var in examDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.record(c, "exams/"+in.ID, ""); err != nil {
		return err
	}
	e, isNew, err := s.Exams.CreateExam(c.UserContext(), exam.Exam{ID: in.ID, Title: in.Title, Programme: in.Programme, Release: in.Release, Blueprint: in.Blueprint, Policy: in.Policy})
	if err != nil {
		return err
	}
	return created(c, isNew, e)
}

func (s *server) exams(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.Exams(c.UserContext(), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(e exam.Exam) string { return e.ID }, func(e exam.Exam) exam.Exam { return e }))
}

func (s *server) exam(c *fiber.Ctx) error {
	e, err := s.Exams.Exam(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	return c.JSON(e)
}

func (s *server) publish(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "exams/"+c.Params("exam"), ""); err != nil {
		return err
	}
	e, err := s.Exams.PublishExam(c.UserContext(), by, c.Params("exam"))
	if err != nil {
		return err
	}
	return c.JSON(e)
}

type sittingDraft struct {
	ID     string    `json:"id"`
	Exam   string    `json:"exam"`
	Title  exam.Text `json:"title"`
	Region string    `json:"region"`
	// Organisation and Cohort may be left out.
	Organisation string    `json:"organisation"`
	Cohort       string    `json:"cohort"`
	Opens        time.Time `json:"opens"`
	Closes       time.Time `json:"closes"`
	// AccessCode is the kind of code that opens it, "" for none.
	AccessCode exam.AccessMode `json:"access_code"`
}

func (s *server) createSitting(c *fiber.Ctx) error {
	var in sittingDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.record(c, "sittings/"+in.ID, ""); err != nil {
		return err
	}
	st, isNew, err := s.Exams.CreateSitting(c.UserContext(), exam.Sitting{ID: in.ID, Exam: in.Exam, Title: in.Title, Region: in.Region, Organisation: in.Organisation, Cohort: in.Cohort, Opens: in.Opens, Closes: in.Closes, AccessCode: in.AccessCode})
	if err != nil {
		return err
	}
	return created(c, isNew, st)
}

func (s *server) sittings(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.Sittings(c.UserContext(), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(s exam.Sitting) string { return s.ID }, func(s exam.Sitting) exam.Sitting { return s }))
}

type learnerRow struct {
	Email        string `json:"email"`
	Name         string `json:"name"`
	Language     string `json:"language"`
	Region       string `json:"region"`
	Organisation string `json:"organisation"`
	ExtraTime    int    `json:"extra_time"`
}

type learnerRows struct {
	Learners []learnerRow `json:"learners"`
}

type registered struct {
	Person    string `json:"person"`
	Email     string `json:"email"`
	ExtraTime int    `json:"extra_time"`
	// Invitation is the address at which a new learner sets a password, ""
	// for one who has one.
	Invitation string `json:"invitation,omitempty"`
}

// registerLearners makes the people, entitles them and writes to them; for the new ones
// the link of the letter is in the answer too.
// Sending the same list again completes what was cut short.
func (s *server) registerLearners(c *fiber.Ctx) error {
	var in learnerRows
	if err := decode(c, &in); err != nil {
		return err
	}
	all, err := s.enrol(c, in.Learners)
	if err != nil {
		return fault.Within("/learners", err)
	}
	out := list[registered]{Items: make([]registered, len(all))}
	for i, e := range all {
		out.Items[i] = registered{Person: e.Person.ID, Email: e.Person.Email, ExtraTime: e.ExtraTime, Invitation: e.Link}
	}
	return c.JSON(out)
}

type newName struct {
	Name string `json:"name"`
}

type renamed struct {
	Person string `json:"person"`
	Email  string `json:"email"`
	Name   string `json:"name"`
}

// renamePerson corrects the name of somebody; certificates stay as they are.
func (s *server) renamePerson(c *fiber.Ctx) error {
	var in newName
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.record(c, "people/"+c.Params("person"), ""); err != nil {
		return err
	}
	p, err := s.Auth.Rename(c.UserContext(), c.Params("person"), in.Name)
	if err != nil {
		return fault.Within("/", err)
	}
	return c.JSON(renamed{p.ID, p.Email, p.Name})
}

// EnterURL is the address of the page that redeems a one-time link. The token
// stands behind the #, where no log of any server or proxy sees it.
func EnterURL(publicURL, token string) string {
	return strings.TrimSuffix(publicURL, "/") + "/enter#" + token
}

// entitled is a learner of a sitting.
type entitled struct {
	Person       string    `json:"person"`
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	Region       string    `json:"region"`
	Organisation string    `json:"organisation"`
	ExtraTime    int       `json:"extra_time"`
	CreatedAt    time.Time `json:"created_at"`
}

func (s *server) learners(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Exams.EntitlementsIn(c.UserContext(), c.Params("sitting"), after, limit+1)
	if err != nil {
		return err
	}
	people, err := s.named(c, ids(all, func(e exam.Entitlement) string { return e.Person }))
	if err != nil {
		return err
	}
	rows := make([]entitled, len(all))
	for i, e := range all {
		p := people[i]
		rows[i] = entitled{p.ID, p.Email, p.Name, p.Region, p.Organisation, e.ExtraTime, e.CreatedAt}
	}
	return c.JSON(page(rows, limit, func(e entitled) string { return e.Person }, func(e entitled) entitled { return e }))
}
