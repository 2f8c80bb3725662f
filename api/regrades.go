package api

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// correctionDraft is a correction of one item: with the new key, or with the revision
// that has it.
type correctionDraft struct {
	Item     string         `json:"item"`
	Policy   exam.KeyPolicy `json:"policy"`
	Key      *exam.Key      `json:"key"`
	Revision string         `json:"revision"`
}

type regradeDraft struct {
	// ID is the client's, so that it can send the same again.
	ID          string            `json:"id"`
	Reason      string            `json:"reason"`
	Harmless    bool              `json:"harmless"`
	Corrections []correctionDraft `json:"corrections"`
}

func (s *server) proposeRegrade(c *fiber.Ctx) error {
	var in regradeDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	by, why, err := accountable(c, in.Reason)
	if err != nil {
		return err
	}
	d := exam.RegradeDraft{ID: in.ID, Exam: c.Params("exam"), Reason: why, Harmless: in.Harmless}
	for _, one := range in.Corrections {
		d.Corrections = append(d.Corrections, exam.CorrectionDraft(one))
	}
	if err := s.record(c, "regrades/"+in.ID, "exam="+d.Exam); err != nil {
		return err
	}
	g, isNew, err := s.Exams.ProposeRegrade(c.UserContext(), by, d)
	if err != nil {
		return err
	}
	s.Wake()
	return created(c, isNew, g)
}

func (s *server) regrades(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	if _, err := s.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	all, err := s.Exams.RegradesOf(c.UserContext(), c.Params("exam"), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(g exam.Regrade) string { return g.ID }, func(g exam.Regrade) exam.Regrade { return g }))
}

func (s *server) regrade(c *fiber.Ctx) error {
	g, err := s.Exams.Regrade(c.UserContext(), c.Params("regrade"))
	if err != nil {
		return err
	}
	return c.JSON(g)
}

// changeView is what a regrade means for an attempt.
type changeView struct {
	Attempt     string           `json:"attempt"`
	Sitting     string           `json:"sitting"`
	Person      string           `json:"person"`
	Turn        exam.Turn        `json:"turn"`
	Before      markView         `json:"before"`
	After       markView         `json:"after"`
	Certificate string           `json:"certificate"`
	Letter      exam.LetterState `json:"letter"`
	AppliedAt   time.Time        `json:"applied_at,omitzero"`
}

// markView gives points as numbers: 1 is one item.
type markView struct {
	Score  float64 `json:"score"`
	Max    float64 `json:"max"`
	Cut    float64 `json:"cut"`
	Passed bool    `json:"passed"`
}

func showMark(m exam.Mark) markView {
	return markView{points(m.Score), points(m.Max), points(m.Cut), m.Passed}
}

func showChange(r exam.RegradeChange) changeView {
	return changeView{r.Attempt, r.Sitting, r.Person, r.Turn, showMark(r.Before), showMark(r.After), r.Certificate, r.Letter, r.AppliedAt}
}

func (s *server) regradeChanges(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	turn := exam.Turn(c.Query("turn"))
	if turn != "" && !slices.Contains(exam.Turns(), turn) {
		return fault.New(fault.Invalid, "request.parameter", "There is no such turn.").At(fault.Field{Path: "turn", Message: "must be up, down, kept or none"})
	}
	g, err := s.Exams.Regrade(c.UserContext(), c.Params("regrade"))
	if err != nil {
		return err
	}
	all, err := s.Exams.RegradeChanges(c.UserContext(), exam.RegradeFilter{Regrade: g.ID, Turn: turn}, after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(r exam.RegradeChange) string { return r.Attempt }, showChange))
}

// regradeAct reads a reason and has somebody decide on a regrade.
func (s *server) regradeAct(c *fiber.Ctx, act func(by, id, why string) (exam.Regrade, error)) error {
	by, why, err := s.reasoned(c)
	if err != nil {
		return err
	}
	id := c.Params("regrade")
	if err := s.record(c, "regrades/"+id, ""); err != nil {
		return err
	}
	g, err := act(by, id, why)
	if err != nil {
		return err
	}
	s.Wake()
	return c.JSON(g)
}

func (s *server) approveRegrade(c *fiber.Ctx) error {
	return s.regradeAct(c, func(by, id, why string) (exam.Regrade, error) {
		return s.Exams.ApproveRegrade(c.UserContext(), by, id, why)
	})
}

func (s *server) withdrawRegrade(c *fiber.Ctx) error {
	return s.regradeAct(c, func(by, id, why string) (exam.Regrade, error) {
		return s.Exams.WithdrawRegrade(c.UserContext(), by, id, why)
	})
}

// regradedView is one change of a result in the history of an attempt.
type regradedView struct {
	Regrade string    `json:"regrade"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	Before  *result   `json:"before"`
	After   *result   `json:"after"`
	// Kept says that before still stands.
	Kept bool `json:"kept"`
}

func showRegraded(all []exam.Regraded) []regradedView {
	var views []regradedView
	for _, r := range all {
		views = append(views, regradedView{r.Regrade, r.At, r.By, r.Reason, showResult(&r.Before), showResult(&r.After), r.Kept})
	}
	return views
}

// correctedView tells a learner of a result that was corrected.
type correctedView struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Before markView  `json:"before"`
}

func showCorrected(r *exam.Regraded) *correctedView {
	if r == nil {
		return nil
	}
	return &correctedView{r.At, r.Reason, markView{points(r.Before.Score), points(r.Before.Max), points(r.Before.Cut), r.Before.Passed}}
}
