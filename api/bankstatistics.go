package api

import (
	"cmp"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
)

// bankStatisticsView is what programs get of a bank over all its exams.
type bankStatisticsView struct {
	State string `json:"state"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// Result is null before the first time.
	Result *statistics.BankResult `json:"result"`
}

func showBankStatistics(j statistics.Job, r *statistics.BankResult) bankStatisticsView {
	return bankStatisticsView{State: cmp.Or(string(j.State), "none"), Done: j.Done, Total: j.Total, Result: r}
}

func (s *server) getBankStatistics(c *fiber.Ctx) error {
	j, err := s.Statistics.BankJob(c.UserContext(), c.Params("release"))
	if err != nil {
		return err
	}
	r, err := s.Statistics.BankResult(c.UserContext(), c.Params("release"))
	switch {
	case fault.Of(err) == fault.NotFound:
		return c.JSON(showBankStatistics(j, nil))
	case err != nil:
		return err
	}
	r.Exams = append([]statistics.BankExam{}, r.Exams...) // lists, never null
	r.Items = append([]statistics.BankLine{}, r.Items...)
	return c.JSON(showBankStatistics(j, &r))
}

func (s *server) askBankStatistics(c *fiber.Ctx) error {
	j, err := s.askBank(c)
	if err != nil {
		return err
	}
	return c.Status(fiber.StatusAccepted).JSON(showBankStatistics(j, nil))
}

// askBank takes down that somebody asks, and has it done.
func (s *server) askBank(c *fiber.Ctx) (statistics.Job, error) {
	if err := s.record(c, "releases/"+c.Params("release"), ""); err != nil {
		return statistics.Job{}, err
	}
	j, err := s.Statistics.AskBank(c.UserContext(), c.Params("release"))
	if err == nil {
		s.Wake()
	}
	return j, err
}

func (s *server) getBankItemStatistics(c *fiber.Ctx) error {
	if _, err := s.Exams.Bank(c.UserContext(), c.Params("release")); err != nil {
		return err
	}
	it, err := s.Statistics.BankItem(c.UserContext(), c.Params("release"), c.Params("item"))
	if err != nil {
		return err
	}
	return c.JSON(it)
}
