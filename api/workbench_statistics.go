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

// linesShown bounds the table of items; the whole of it is in its file.
const linesShown = 100

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
	// Lines are the items that the filter leaves, Found how many those are.
	Lines []statistics.Line
	Found int
	Flag  ctt.Flag
	// Flags are those that occur, with their numbers.
	Flags []flagCount
	Least int
	// Part says that only what moves is shown, beside figures that may be older.
	Part bool
}

type flagCount struct {
	Flag ctt.Flag
	N    int
}

// Advice is what to do about a flag.
func (p deskView) Advice(flag ctt.Flag) string { return p.term("stadvice", string(flag)) }

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
	return decimal(p.Lang, e.Value*100) + " %"
}

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
	p = statisticsPage{deskView: w.desk(c, "wStStatistics"), Flag: ctt.Flag(c.Query("flag")), Least: statistics.LeastPeople, Part: c.Query("part") != ""}
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
	counts := make(map[ctt.Flag]int)
	for _, it := range p.R.Items {
		for _, flag := range it.Flags {
			if counts[flag]++; counts[flag] == 1 {
				p.Flags = append(p.Flags, flagCount{Flag: flag})
			}
		}
		if p.Flag == "" || slices.Contains(it.Flags, p.Flag) {
			p.Lines = append(p.Lines, it)
		}
	}
	p.Found = len(p.Lines)
	slices.SortStableFunc(p.Lines, func(a, b statistics.Line) int { return urgency(b) - urgency(a) })
	p.Lines = first(p.Lines, linesShown)
	for n := range p.Flags {
		p.Flags[n].N = counts[p.Flags[n].Flag]
	}
	slices.SortFunc(p.Flags, func(a, b flagCount) int { return strings.Compare(string(a.Flag), string(b.Flag)) })
}

// urgency orders items: first those that somebody should look at.
func urgency(it statistics.Line) int {
	switch {
	case urgent(it.Flags):
		return 2
	case len(it.Flags) > 0:
		return 1
	}
	return 0
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
	if !p.may(auth.BanksRead) {
		return p, nil
	}
	bank, err := w.Exams.Bank(c.UserContext(), p.E.Release)
	if err != nil {
		return p, err
	}
	n, ok := bank.Number(p.It.Item)
	if !ok {
		return p, fault.New(fault.NotFound, "item.not_found", "This exam's bank holds no such item.")
	}
	shown, err := bank.Show(n, p.Lang)
	if err != nil {
		return p, err
	}
	side := w.pages.shownItem(shown.View, shown.Stimulus, shown.Key, p.Lang)
	p.Shown = &side
	return p, nil
}

// statisticsCSV sends one table of an exam's report.
func (w workbench) statisticsCSV(c *fiber.Ctx) error {
	p, err := w.report(c)
	if err != nil {
		return err
	}
	return w.sendTable(c, p.deskView, p.Figures, p.E.ID)
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
