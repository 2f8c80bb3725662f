package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
)

// reportsShown bounds the list of items that learners reported.
const reportsShown = 30

// statisticsPage is the report of an exam.
type statisticsPage struct {
	deskView
	E       exam.Exam
	J       statistics.Job
	R       *statistics.Result // nil before the first time
	V       *statistics.Voices
	Figures []figureView
	sifted[statistics.Line]
	Least int
	// Part says that only what moves is shown, beside figures that may be older.
	Part bool
}

// Known says an estimate with its interval, or why there is none.
func (p deskView) Known(e psychometrics.Estimate, digits int) string {
	if !e.Known() {
		return "— " + p.Why(e.Reason)
	}
	s := figure(p.Lang, e.Value, digits)
	if e.Low != e.High {
		s += " (" + figure(p.Lang, e.Low, digits) + " … " + figure(p.Lang, e.High, digits) + ")"
	}
	return s
}

// Why says the reason why a figure is missing or weak.
func (p deskView) Why(reason string) string {
	if reason == "" {
		return ""
	}
	return p.said(reason)
}

// Share says an estimate as a percentage.
func (p deskView) Share(e psychometrics.Estimate) string {
	if !e.Known() {
		return "— " + p.Why(e.Reason)
	}
	return p.Percent(e.Value)
}

// Percent says a share, always with one decimal, so that figures stand one below the other.
func (p deskView) Percent(share float64) string { return figure(p.Lang, share*100, 1) + "\u00a0%" }

// Exact says a share with two decimals, as cuts are signed.
func (p deskView) Exact(share float64) string { return figure(p.Lang, share*100, 2) + "\u00a0%" }

// Base is where the report is.
func (p statisticsPage) Base() string { return "/workbench/exams/" + p.E.ID + "/statistics" }

// newFigures are those of the report at a path below the exams.
func newFigures(v deskView, path string) figures {
	return figures{deskView: v, base: "/workbench/exams/" + path}
}

// statistics shows the report, or how far it is.
func (w workbench) statistics(c *fiber.Ctx) error {
	p, err := w.report(c)
	if err != nil {
		return err
	}
	if p.Part {
		return w.show(c, fiber.StatusOK, "statistics_part", p)
	}
	return w.show(c, fiber.StatusOK, "statistics", p)
}

// report loads what is stored of an exam, and draws it.
func (w workbench) report(c *fiber.Ctx) (p statisticsPage, err error) {
	p = statisticsPage{deskView: w.desk(c, "wStStatistics"), sifted: sifted[statistics.Line]{Flag: ctt.Flag(c.Query("flag"))}, Least: statistics.LeastPeople, Part: c.Query("part") != ""}
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return p, err
	}
	if p.J, err = w.Statistics.Job(c.UserContext(), p.E.ID); err != nil {
		return p, err
	}
	r, err := w.Statistics.Result(c.UserContext(), p.E.ID)
	if fault.Of(err) == fault.NotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p.R = &r
	v, err := w.Statistics.Voices(c.UserContext(), p.E.ID)
	if err != nil && fault.Of(err) != fault.NotFound {
		return p, err
	}
	p.V = &v
	if !p.Part && r.Enough {
		p.draw()
	}
	return p, nil
}

// draw fills in what is shown of a result.
func (p *statisticsPage) draw() {
	p.Figures = newFigures(p.deskView, p.E.ID+"/statistics").ofExam(&p.E, p.R)
	p.sift(p.R.Items, func(it *statistics.Line) *statistics.Line { return it }, nil)
}

// Reported are the items that were reported most.
func (p statisticsPage) Reported() []statistics.Reported { return first(p.V.Reports, reportsShown) }

// computeStatistics has the report computed.
func (w workbench) computeStatistics(c *fiber.Ctx) error {
	if err := w.record(c, "exams/"+c.Params("exam"), ""); err != nil {
		return err
	}
	if _, err := w.Statistics.Ask(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	w.Wake()
	return done(c, "/workbench/exams/"+c.Params("exam")+"/statistics", "statisticsAsked")
}

// itemStatisticsPage is the report of one item.
type itemStatisticsPage struct {
	deskView
	E       exam.Exam
	It      statistics.ItemResult
	Figures []figureView
	// Shown is the item, for who may see banks.
	Shown  *shownItem
	Report *statistics.Reported
}

func (w workbench) itemStatistics(c *fiber.Ctx) error {
	p, err := w.itemReport(c)
	if err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "statistics_item", p)
}

func (w workbench) itemReport(c *fiber.Ctx) (p itemStatisticsPage, err error) {
	p.deskView = w.desk(c, "wStItemStatistics")
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return p, err
	}
	if p.It, err = w.Statistics.Item(c.UserContext(), p.E.ID, c.Params("item")); err != nil {
		return p, err
	}
	p.Figures = newFigures(p.deskView, p.E.ID+"/statistics/items/"+p.It.Item).ofItem(&p.It)
	v, err := w.Statistics.Voices(c.UserContext(), p.E.ID)
	if err != nil && fault.Of(err) != fault.NotFound {
		return p, err
	}
	if n := slices.IndexFunc(v.Reports, func(r statistics.Reported) bool { return r.Item == p.It.Item }); n >= 0 {
		p.Report = &v.Reports[n]
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.E.Release)
	if err != nil {
		return p, err
	}
	p.Shown, err = w.analysed(bank, p.It.Item, p.deskView)
	return p, err
}

// analysed is the item that a report is about as the bank has it, nil for who may not see
// banks.
func (w workbench) analysed(bank *exam.Bank, item string, v deskView) (*shownItem, error) {
	if !v.may(auth.BanksRead) {
		return nil, nil
	}
	n, ok := bank.Number(item)
	if !ok {
		return nil, fault.New(fault.NotFound, "item.not_found", "This bank holds no such item.")
	}
	shown, err := bank.Show(n, v.Lang)
	if err != nil {
		return nil, err
	}
	side := w.pages.shownItem(shown.View, shown.Stimulus, shown.Key, v.Lang)
	return &side, nil
}

// statisticsCSV sends one table of an exam's report.
func (w workbench) statisticsCSV(c *fiber.Ctx) error {
	p, err := w.report(c)
	if err != nil {
		return err
	}
	all := p.Figures
	if v := p.TimesView(); v != nil {
		all = append(all, v.table())
	}
	return w.sendTable(c, p.deskView, all, p.E.ID)
}

// itemStatisticsCSV sends one table of an item's report.
func (w workbench) itemStatisticsCSV(c *fiber.Ctx) error {
	p, err := w.itemReport(c)
	if err != nil {
		return err
	}
	return w.sendTable(c, p.deskView, p.Figures, p.E.ID+"-"+p.It.Item)
}

func (w workbench) sendTable(c *fiber.Ctx, v deskView, all []figureView, file string) error {
	n := slices.IndexFunc(all, func(f figureView) bool { return f.Name == c.Params("table") })
	if n < 0 {
		return fault.New(fault.NotFound, "statistics.part_not_found", "These statistics were not computed yet.")
	}
	data, err := all[n].csv(v.Lang)
	if err != nil {
		return err
	}
	return sendFile(c, "text/csv; charset=utf-8", file+"-"+all[n].Name+".csv", data)
}

func sendFile(c *fiber.Ctx, kind, name string, data []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(data)
}

// csv is the table for spreadsheets of the language. Numbers stay numbers, also those
// below zero, whose sign is written as programs read it.
func (t *tableView) csv(lang string) ([]byte, error) {
	var b bytes.Buffer
	out := newSheetWriter(&b, lang)
	for _, row := range slices.Concat([][]string{t.Header}, t.Rows) {
		safe := make([]string, len(row))
		for n, cell := range row {
			if safe[n] = plain(cell); !isNumber(safe[n]) {
				safe[n] = noFormula(cell)
			}
		}
		if err := out.csv.Write(safe); out.err == nil {
			out.err = err
		}
	}
	if err := out.flush(); err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	return b.Bytes(), nil
}

func isNumber(cell string) bool {
	if strings.ContainsFunc(cell, func(r rune) bool { return !strings.ContainsRune("0123456789.,-", r) }) {
		return false
	}
	_, err := strconv.ParseFloat(strings.Replace(cell, ",", ".", 1), 64)
	return err == nil
}

// authored is what the authors of a course get: figures and voices, no people.
type authored struct {
	Exam     string                  `json:"exam"`
	Release  string                  `json:"release"`
	Counts   statistics.Counts       `json:"counts"`
	Computed string                  `json:"computed_at"`
	Items    []statistics.ItemResult `json:"items"`
	Voices   *statistics.Voices      `json:"voices"`
}

// exportStatistics sends figures and voices together. It is taken down: comments of
// learners leave the service.
func (w workbench) exportStatistics(c *fiber.Ctx) error {
	p, err := w.report(c)
	if err != nil {
		return err
	}
	format := c.FormValue("format")
	if !slices.Contains([]string{"csv", "xlsx", "json"}, format) {
		return fault.New(fault.Invalid, "export.format", "There is no such format.")
	}
	if p.R == nil {
		return fault.New(fault.NotFound, "statistics.part_not_found", "These statistics were not computed yet.")
	}
	if err := w.record(c, "exams/"+p.E.ID, "format="+format); err != nil {
		return err
	}
	name, f := p.E.ID+"-statistics."+format, newFigures(p.deskView, p.E.ID+"/statistics")
	switch format {
	case "json":
		a := authored{Exam: p.E.ID, Release: p.R.Release, Counts: p.R.Counts, Computed: p.R.ComputedAt.Format(exportTime), Items: []statistics.ItemResult{}, Voices: p.V}
		for _, line := range p.R.Items {
			it, err := w.Statistics.Item(c.UserContext(), p.E.ID, line.Item)
			if err != nil {
				return err
			}
			a.Items = append(a.Items, it)
		}
		data, err := json.MarshalIndent(a, "", "  ")
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
		return sendFile(c, fiber.MIMEApplicationJSON, name, data)
	case "csv":
		t := f.authored(p.R, p.V)
		data, err := t.csv(p.Lang)
		if err != nil {
			return err
		}
		return sendFile(c, "text/csv; charset=utf-8", name, data)
	}
	data, err := workbook([]sheetOf{{p.T["wStItems"], f.authored(p.R, p.V)}, {p.T["wStSurvey"], f.survey(p.V)}, {p.T["wStComments"], f.comments(p.V)}})
	if err != nil {
		return err
	}
	return sendFile(c, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name, data)
}
