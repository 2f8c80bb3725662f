package api

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/fault"
)

// extensions are how files of the formats are called, and what they are.
var extensions = map[string][2]string{
	formats.GIFT: {"gift", "text/plain; charset=utf-8"}, formats.Moodle: {"xml", "application/xml"}, formats.CSV: {"csv", "text/csv; charset=utf-8"},
	formats.XLSX:  {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	formats.QTI22: {"qti22.zip", "application/zip"}, formats.QTI30: {"qti30.zip", "application/zip"}, formats.Native: {"json", "application/json"},
}

// Exported are the languages that a release can be written in.
func (p bankPage) Exported() []string { return p.Release.Languages }

// Exported are the languages that a working copy can be written in.
func (p copyForm) Exported() []string { return p.C.Languages }

// sendBank sends a bank as a file in the format, and in the languages, of the form.
func (w workbench) sendBank(c *fiber.Ctx, bank *exam.Bank, name string) error {
	format := c.FormValue("format", formats.Native)
	as, ok := extensions[format]
	if !ok {
		return fault.New(fault.Invalid, "export.format", "A bank cannot be written in this format.")
	}
	langs := slices.DeleteFunc([]string{c.FormValue("in")}, func(lang string) bool { return lang == "" })
	if len(langs) > 0 && (format == formats.Native || !slices.Contains(bank.Release.Languages, langs[0])) {
		return fault.New(fault.Invalid, "export.language", "One language alone cannot be written: the bank is not in it, or the format is Proba, which has all of them. Choose another format, or all languages.")
	}
	x, err := interchange.NewExport(bank, langs)
	if err != nil {
		return err
	}
	x.Media = func(name string) (exam.Medium, error) { return w.Exams.Medium(c.UserContext(), name) }
	var b bytes.Buffer
	if err := formats.Write(&b, format, x); err != nil {
		return fmt.Errorf("export %s: %w", name, err)
	}
	if err := leftOut(x.Problems()); err != nil {
		return err
	}
	if (format == formats.CSV || format == formats.XLSX) && formats.IsTablePackage(b.Bytes()) { // with images
		as = [2]string{as[0] + ".zip", "application/zip"}
	}
	c.Set(fiber.HeaderContentType, as[1])
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"."+as[0]+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(b.Bytes())
}

// maxLeftOut bounds the items that are named as left out: a page with more is not read.
const maxLeftOut = 20

// leftOut refuses a file that would lack items, and says how many, which and why: a file
// cannot say what is not in it.
func leftOut(rows []interchange.Problem) error {
	var faults []fault.Field
	count := 0
	for _, p := range rows {
		if p.Code != formats.LeftOut {
			continue
		}
		if count++; count <= maxLeftOut {
			faults = append(faults, fault.Field{Message: p.Item + " is not in the file: " + p.Message})
		}
	}
	if count == 0 {
		return nil
	}
	faults = append([]fault.Field{{Message: fmt.Sprintf("items that would not be in the file: %d", count)}}, faults...)
	if count > maxLeftOut {
		faults = append(faults, fault.Field{Message: fmt.Sprintf("and %d items more", count-maxLeftOut)})
	}
	return fault.New(fault.Invalid, "export.left_out", "This format has no place for %d items of the bank. The format Proba has one for every item.", count).At(faults...)
}

// tableTemplate sends an empty table in the languages of the bank.
func (w workbench) tableTemplate(c *fiber.Ctx) error {
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets take the file for UTF-8 by this
	if err := formats.Template(&b, held.Languages); err != nil {
		return fmt.Errorf("template of a table: %w", err)
	}
	c.Set(fiber.HeaderContentType, extensions[formats.CSV][1])
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+held.ID+`-questions.csv"`)
	return c.Send(b.Bytes())
}

// exportRelease sends a release. It is taken down: what leaves the service has keys in it.
func (w workbench) exportRelease(c *fiber.Ctx) error {
	bank, err := w.Exams.Bank(c.UserContext(), c.Params("release"))
	if err != nil {
		return err
	}
	if err := w.record(c, "releases/"+bank.Release.Hash, "format="+clipID(c.FormValue("format"))); err != nil {
		return err
	}
	return w.sendBank(c, bank, bank.Release.Bank+"-"+bank.Release.Hash[:12])
}

// exportCopy sends the newest revisions of a working copy that are finished.
func (w workbench) exportCopy(c *fiber.Ctx) error {
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	if err := w.record(c, "writing/"+held.ID, "format="+clipID(c.FormValue("format"))); err != nil {
		return err
	}
	bank, err := w.finished(c, &held)
	if err != nil {
		return err
	}
	return w.sendBank(c, bank, held.ID)
}

// finished is a bank of the newest revisions that are finished and not retired.
func (w workbench) finished(c *fiber.Ctx, held *authoring.Copy) (*exam.Bank, error) {
	var items []exam.Item
	known := make(map[string]bool)
	for after := ""; ; {
		part, err := w.Authoring.Entries(c.UserContext(), authoring.Filter{Bank: held.ID}, after, maxPage)
		if err != nil {
			return nil, err
		}
		for _, e := range part {
			after = e.ID
			if e.State != authoring.Retired && len(e.Faults(held)) == 0 {
				items, known[e.ID] = append(items, e.Content), true
			}
		}
		if len(part) < maxPage {
			break
		}
	}
	if len(items) == 0 {
		return nil, fault.New(fault.Conflict, "export.empty", "No item of this bank is finished; there is nothing to export.")
	}
	used := make(map[string]bool)
	for i := range items {
		used[items[i].Stimulus] = true
		items[i].Enemies = slices.DeleteFunc(slices.Clone(items[i].Enemies), func(id string) bool { return !known[id] })
	}
	var stimuli []exam.Stimulus
	for _, k := range held.Cases {
		if used[k.ID] {
			stimuli = append(stimuli, exam.Stimulus{ID: k.ID, Text: k.Text})
		}
	}
	return exam.NewBank(held.ID, held.Title, held.Languages, stimuli, items)
}
