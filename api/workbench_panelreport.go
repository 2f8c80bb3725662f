package api

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// panelReport is the page that is printed, signed and filed. There is one once the panel
// has concluded.
func (w workbench) panelReport(c *fiber.Ctx) error {
	p := panelPage{deskView: w.desk(c, "wPnReportTitle")}
	if err := w.fillPanel(c, &p); err != nil {
		return err
	}
	if p.P.Outcome == nil {
		return noReport(&p.P)
	}
	return w.show(c, fiber.StatusOK, "panel_report", p)
}

func noReport(p *exam.Panel) error {
	return fault.New(fault.NotFound, "panel.no_report", "Panel %s has not concluded; there is no report.", p.ID)
}

// panelCSV is who said what of which item, for statistics elsewhere.
func (w workbench) panelCSV(c *fiber.Ctx) error {
	p := panelPage{deskView: w.desk(c, "wPnReportTitle")}
	if err := w.fillPanel(c, &p); err != nil {
		return err
	}
	if p.P.Outcome == nil {
		return noReport(&p.P)
	}
	var b bytes.Buffer
	out := newSheetWriter(&b, p.Lang)
	header := []string{"item", "revision"}
	for _, v := range p.P.Votes {
		header = append(header, p.Judges[slices.Index(p.P.Judges, v.Judge)].Name)
	}
	out.row(append(header, "mean", "min", "max", "answered", "correct_percent")...)
	for i, it := range p.Items {
		cells := []string{it.ID, p.P.Items[i].Revision}
		for _, v := range p.P.Votes {
			cells = append(cells, strconv.Itoa(v.Ratings[i]))
		}
		correct := ""
		if it.Told.Fact.N > 0 {
			correct = decimal(p.Lang, it.Told.Fact.P*100)
		}
		out.row(append(cells, decimal(p.Lang, it.Told.Mean), strconv.Itoa(it.Told.Min), strconv.Itoa(it.Told.Max), strconv.Itoa(it.Told.Fact.N), correct)...)
	}
	if err := out.flush(); err != nil {
		return fmt.Errorf("ratings of panel %s: %w", p.P.ID, err)
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="panel-`+p.P.ID+`.csv"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b.Bytes())
}
