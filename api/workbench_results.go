package api

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// resultRow is an attempt with its result.
type resultRow struct {
	exam.Attempt
	Person auth.Person
	Total  barView
}

type resultsPage struct {
	deskView
	S     exam.Sitting
	Tally exam.Tally
	Rows  []resultRow
	Next  string
}

// results lists a sitting's results.
func (w workbench) results(c *fiber.Ctx) error {
	p := resultsPage{deskView: w.desk(c, "wResults")}
	var err error
	if p.S, err = w.Exams.Sitting(c.UserContext(), c.Params("sitting")); err != nil {
		return err
	}
	if p.Tally, err = w.Exams.Tally(c.UserContext(), p.S.ID); err != nil {
		return err
	}
	rows, err := w.resultRows(c, p.S.ID, c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		p.Next = rows[rowsShown-1].ID
	}
	p.Rows = rows
	return w.show(c, fiber.StatusOK, "results", p)
}

func (w workbench) resultRows(c *fiber.Ctx, sitting, after string, limit int) ([]resultRow, error) {
	all, err := w.Exams.Attempts(c.UserContext(), exam.AttemptFilter{Sitting: sitting}, after, limit)
	if err != nil {
		return nil, err
	}
	people, err := w.named(c, ids(all, func(a exam.Attempt) string { return a.Person }))
	if err != nil {
		return nil, err
	}
	rows := make([]resultRow, len(all))
	for i, a := range all {
		rows[i] = resultRow{Attempt: a, Person: people[i]}
		if a.Result != nil {
			rows[i].Total = newBar("", a.Result.Score, a.Result.Max, a.Result.Cut)
		}
	}
	return rows, nil
}

// maxExport bounds the memory and the time of one export; larger sittings are exported
// through the interface for programs, page by page.
const maxExport = 20_000

// exportResults sends a sitting's results as a table for spreadsheets, in the way of
// the page's language: Ukrainian ones want semicolons and decimal commas.
func (w workbench) exportResults(c *fiber.Ctx) error {
	s, err := w.Exams.Sitting(c.UserContext(), c.Params("sitting"))
	if err != nil {
		return err
	}
	e, err := w.Exams.Exam(c.UserContext(), s.Exam)
	if err != nil {
		return err
	}
	v := w.desk(c, "wResults")
	if err := w.record(c, "sittings/"+s.ID, ""); err != nil {
		return err
	}
	t, err := w.Exams.Tally(c.UserContext(), s.ID)
	if err != nil {
		return err
	}
	if t.All() > maxExport {
		return fault.New(fault.TooLarge, "export.too_large", "This sitting has %d attempts; an export holds %d. Use the interface for programs.", t.All(), maxExport)
	}
	header := resultHeader(e, v)
	var b bytes.Buffer
	var out resultTable = newSheetWriter(&b, v.Lang)
	kind, name := "text/csv; charset=utf-8", "results-"+s.ID+".csv"
	if c.FormValue("format") == "xlsx" {
		out, v.Lang = newBookWriter(&b), "en" // numbers are numbers there, whatever the language
		kind, name = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "results-"+s.ID+".xlsx"
	}
	out.row(header...)
	for after := ""; ; {
		rows, err := w.resultRows(c, s.ID, after, maxPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.ID
			out.row(w.resultCells(r, e, v.Lang)...)
		}
		if len(rows) < maxPage {
			break
		}
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b.Bytes())
}

func resultHeader(e exam.Exam, v deskView) []string {
	header := []string{"attempt", "person", "email", "name", "region", "organisation", "number", "state", "started", "finished", "score", "max", "percent", "passed"}
	for _, s := range e.Blueprint.Sections {
		header = append(header, s.Title.In(v.Lang))
	}
	for _, g := range e.Blueprint.Gates {
		header = append(header, g.Title.In(v.Lang))
	}
	return append(header, "certificate")
}

func (w workbench) resultCells(r resultRow, e exam.Exam, lang string) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(w.Certs.Zone).Format("2006-01-02 15:04:05")
	}
	cells := []string{r.ID, r.Attempt.Person, r.Person.Email, r.Person.Name, r.Person.Region, r.Person.Organisation, strconv.Itoa(r.Number), string(r.State), at(r.StartedAt), at(r.FinishedAt)}
	share := func(score, highest exam.Points) string {
		return decimal(lang, points(score)) + " / " + decimal(lang, points(highest))
	}
	if r.Result == nil {
		cells = append(cells, "", "", "", "")
		cells = append(cells, make([]string, len(e.Blueprint.Sections)+len(e.Blueprint.Gates))...)
		return append(cells, r.CertificateID)
	}
	cells = append(cells, decimal(lang, points(r.Result.Score)), decimal(lang, points(r.Result.Max)), decimal(lang, float64(r.Result.BasisPoints())/100), strconv.FormatBool(r.Result.Passed))
	for _, s := range r.Result.Sections {
		cells = append(cells, share(s.Score, s.Max))
	}
	for _, g := range r.Result.Gates {
		cells = append(cells, share(g.Score, g.Max))
	}
	return append(cells, r.CertificateID)
}

// resultTable takes an export row by row.
type resultTable interface {
	row(cells ...string)
	flush() error
}

// sheetWriter writes CSV (RFC 4180) that spreadsheets open as text: with a mark of
// UTF-8, and no cell that they would take for a formula.
type sheetWriter struct {
	buffer *bufio.Writer
	csv    *csv.Writer
	err    error
}

func newSheetWriter(b *bytes.Buffer, lang string) *sheetWriter {
	buffer := bufio.NewWriter(b)
	w := &sheetWriter{buffer: buffer, csv: csv.NewWriter(buffer)}
	_, w.err = buffer.WriteString("\ufeff")
	w.csv.UseCRLF = true
	if lang == "uk" {
		w.csv.Comma = ';'
	}
	return w
}

func (w *sheetWriter) row(cells ...string) {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = noFormula(cell)
	}
	if err := w.csv.Write(safe); w.err == nil {
		w.err = err
	}
}

func (w *sheetWriter) flush() error {
	w.csv.Flush()
	if w.err == nil {
		w.err = w.csv.Error()
	}
	if err := w.buffer.Flush(); w.err == nil {
		w.err = err
	}
	return w.err
}

// noFormula puts an apostrophe before a cell that a spreadsheet could run as a formula
// (OWASP, CSV Injection), also after spaces and in the wide forms of the signs.
func noFormula(cell string) string {
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") {
		return "'" + cell
	}
	if strings.IndexAny(strings.TrimLeft(cell, " \u00a0"), "=+-@＝＋－＠") == 0 {
		return "'" + cell
	}
	return cell
}
