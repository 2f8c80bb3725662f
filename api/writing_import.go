package api

import (
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/formats"
	"github.com/proba-exam/proba/internal/fault"
	"github.com/proba-exam/proba/internal/strictjson"
)

// importPage asks for a file, or shows what was found in one.
type importPage struct {
	deskView
	C       authoring.Copy
	Formats []string
	// Chosen is the format of the form, Say what holds for items that do not say it.
	Chosen string
	Say    interchange.Options
	Levels []string
	I      *authoring.Import
	// Added, Changed and Same count what applying does.
	Added, Changed, Same int
	// Stale are items that applying left alone.
	Stale []string
	// Moving, Broken and CanApply say where it stands.
	Moving, Broken, CanApply bool
	// Held says that the bank has everything that the file has.
	Held bool
}

// Difficulties are those to choose from.
func (p importPage) Difficulties() []string { return difficulties() }

// importRow is what a row says of its item, in words of the page as far as there are any.
type importRow struct {
	// Place is the part of the item that is meant, "" for the whole.
	Place, Detail string
	// Foreign says that the detail is English on a page that is not.
	Foreign bool
}

// ofGap is how rows begin that are about a gap, see interchange.Draft.Gap, and atPath how
// those do that the rules of items found.
var (
	ofGap  = regexp.MustCompile(`^gap ([0-9]+): `)
	atPath = regexp.MustCompile(`^([a-z_]+(?:/[A-Za-z0-9_-]+)*): `)
)

// Row says a row for people: what the rules of items found names its place by a path, which
// programs read.
func (p importPage) Row(row authoring.Problem) importRow {
	var r importRow
	message := row.Message
	if m := ofGap.FindStringSubmatch(message); m != nil {
		r.Place, message = p.T["place_gaps"]+" "+m[1], message[len(m[0]):]
	} else if m := atPath.FindStringSubmatch(message); m != nil && (row.Code == "item.invalid" || row.Code == "bank.invalid") {
		r.Place, message = p.place(strings.TrimPrefix(m[1], "interaction/")), message[len(m[0]):]
	}
	r.Detail = p.said(message)
	r.Foreign = p.Lang != "en" && r.Detail == message
	return r
}

// readableFormats are those of a file that can be sent.
func readableFormats() []string {
	return append(append([]string{}, formats.Readable...), formats.Native)
}

func (w workbench) importForm(c *fiber.Ctx) error {
	p := importPage{deskView: w.desk(c, "wImport"), Formats: readableFormats(), Levels: exam.Levels()}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	p.Say.Lang = p.C.Languages[0]
	return w.show(c, fiber.StatusOK, "import", p)
}

// checkImport reads the file and says what taking it in would do. The bank does not
// change.
func (w workbench) checkImport(c *fiber.Ctx) error {
	p := importPage{deskView: w.desk(c, "wImport"), Formats: readableFormats(), Levels: exam.Levels(), Chosen: c.FormValue("format")}
	p.Say = interchange.Options{Lang: c.FormValue("in"), Roles: splitList(c.FormValue("roles")), Topic: strings.TrimSpace(c.FormValue("topic")), Stage: strings.TrimSpace(c.FormValue("stage")),
		Level: c.FormValue("level"), Difficulty: exam.Difficulty(c.FormValue("difficulty"))}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	name, data, err := sentFile(c)
	if err == nil {
		err = w.record(c, "writing/"+p.C.ID, "file="+clipID(name))
	}
	var made authoring.Import
	if err == nil {
		made, err = w.readFile(c, by, &p, name, data)
	}
	if err != nil {
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.show(c, status, "import", p)
	}
	return c.Redirect("/workbench/writing/"+p.C.ID+"/imports/"+made.ID, fiber.StatusSeeOther)
}

// sentFile is the file of the form, with the last part of its name.
func sentFile(c *fiber.Ctx) (name string, data []byte, err error) {
	header, err := c.FormFile("file")
	if err != nil || header.Size == 0 {
		return "", nil, fault.New(fault.Invalid, "import.no_file", "Choose a file first.")
	}
	f, err := header.Open()
	if err != nil {
		return "", nil, fmt.Errorf("open the sent file: %w", err)
	}
	data, err = io.ReadAll(io.LimitReader(f, maxImport))
	name = path.Base(strings.ReplaceAll(header.Filename, `\`, "/"))
	return name, data, errors.Join(err, f.Close())
}

// readFile has the file read. One that takes long is read on while its page shows how far
// it is.
func (w workbench) readFile(c *fiber.Ctx, by string, p *importPage, name string, data []byte) (authoring.Import, error) {
	made, err := w.Authoring.BeginImport(c.UserContext(), by, p.C.ID, name, p.Chosen)
	if err != nil {
		return made, err
	}
	done, err := w.beginReading(reading{made: made, data: data, format: p.Chosen, say: p.Say, copy: p.C})
	if err != nil {
		return made, errors.Join(err, w.Authoring.FailImport(c.UserContext(), made.ID, err))
	}
	_, err = await(done)
	return made, err
}

// readSource reads a file in any format that is known; format "" is found out. going is
// told of the questions found, and its error ends the reading.
func readSource(name string, data []byte, format string, say interchange.Options, c *authoring.Copy, going func(found int) error) (authoring.Source, error) {
	src := authoring.Source{File: name, Format: format}
	if src.Format == "" {
		if src.Format = formats.Detect(name, data); src.Format == "" && strings.EqualFold(path.Ext(name), ".json") {
			src.Format = formats.Native
		}
	}
	switch {
	case src.Format == "":
		return src, fault.New(fault.Invalid, "import.format", "The format of this file was not recognised; choose it.")
	case src.Format == formats.Native:
		err := readNative(&src, data)
		return src, err
	}
	im := new(interchange.Import)
	var halted error
	im.Going = func(found int) bool {
		halted = going(found)
		return halted == nil
	}
	if err := formats.Read(im, src.Format, name, data, ""); err != nil {
		return src, fault.New(fault.Invalid, "import.format", "This format cannot be read; the formats are %s.", strings.Join(formats.Readable, ", ")).Wrap(err)
	}
	say.Bank = c.ID
	bank, report := im.Finish(say)
	if halted != nil {
		return src, halted
	}
	src.Found = report.Items
	for _, row := range report.Problems {
		src.Problems = append(src.Problems, authoring.Problem{File: row.File, Line: row.Line, Item: row.Item, Severity: string(row.Severity), Code: row.Code, Message: row.Message})
	}
	if bank != nil {
		src.Revisions, src.Cases, src.Media = bank.Revisions(), bank.Release.Stimuli, bank.Brought()
	}
	return src, nil
}

// readNative reads a bank in the JSON form of the native format. Items that are unfinished
// are taken in: they are drafts.
func readNative(src *authoring.Source, data []byte) error {
	var d formats.Document
	err := strictjson.Unmarshal(data, &d)
	if wrong, ok := errors.AsType[*strictjson.Error](err); ok {
		return fault.New(fault.Invalid, "import.malformed", "The file is not a bank in the native format.").Wrap(err).
			At(fault.Field{Path: wrong.Path, Message: wrong.Message})
	}
	if err != nil {
		return fault.New(fault.Invalid, "import.malformed", "The file is not a bank in the native format.").Wrap(err)
	}
	if len(d.Items) > interchange.MaxQuestions {
		return fault.New(fault.TooLarge, "import.too_many", "The file has %d items; %d can be taken in at once.", len(d.Items), interchange.MaxQuestions)
	}
	if src.Media, err = formats.Checked(d.Media, "/media"); err != nil {
		return err
	}
	nativeSource(src, d.Stimuli, d.Items)
	return nil
}

// nativeSource takes in what can be: items with ids of their own.
func nativeSource(src *authoring.Source, stimuli []exam.Stimulus, items []exam.Item) {
	src.Found, src.Cases = len(items), stimuli
	known := make(map[string]bool)
	refuse := func(id, code, message string) {
		src.Problems = append(src.Problems, authoring.Problem{File: src.File, Item: id, Severity: string(interchange.Error), Code: code, Message: message})
	}
	for _, it := range items {
		switch {
		case !exam.IsID(it.ID):
			refuse(it.ID, "item.id", "is not an id: use 3 to 64 small letters, digits and hyphens")
		case known[it.ID]:
			refuse(it.ID, "item.twice", "its id is that of an earlier item; every item needs its own")
		default:
			known[it.ID] = true
			src.Items = append(src.Items, it)
		}
	}
}

// showImport shows what was found in a file, or how far it is.
func (w workbench) showImport(c *fiber.Ctx) error {
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	i, err := w.Authoring.Attend(c.UserContext(), c.Params("import"))
	if err == nil && i.Bank != held.ID {
		err = fault.New(fault.NotFound, "import.not_found", "There is no such import.")
	}
	if err != nil {
		return err
	}
	now := w.Now()
	p := importPage{deskView: w.desk(c, "wImport"), C: held, I: &i, Stale: i.Stale, Moving: i.Moving(now), Broken: i.Broken(now), CanApply: i.CanApply(now)}
	p.Added, p.Changed, p.Same = i.Counts()
	p.Held = p.CanApply && p.Added+p.Changed == 0
	if c.Query("part") == "1" {
		return w.show(c, fiber.StatusOK, "import_part", p)
	}
	return w.show(c, fiber.StatusOK, "import", p)
}

// applyImport takes an import in as drafts.
func (w workbench) applyImport(c *fiber.Ctx) error {
	by, held, err := w.writer(c)
	if err != nil {
		return err
	}
	id := c.Params("import")
	if err := w.record(c, "writing/"+held.ID, "import="+clipID(id)); err != nil {
		return err
	}
	over, err := await(w.beginApplying(by, held.ID, id))
	if err != nil {
		return err
	}
	at := "/workbench/writing/" + held.ID
	if i, err := w.Authoring.Import(c.UserContext(), id); err == nil && over && len(i.Stale) == 0 {
		return done(c, at, "imported")
	}
	return c.Redirect(at+"/imports/"+id, fiber.StatusSeeOther)
}

// stopImport ends the reading of a file.
func (w workbench) stopImport(c *fiber.Ctx) error {
	if err := w.record(c, "writing/"+c.Params("bank"), "import="+clipID(c.Params("import"))); err != nil {
		return err
	}
	i, err := w.Authoring.StopImport(c.UserContext(), c.Params("bank"), c.Params("import"))
	if err != nil {
		return err
	}
	return c.Redirect("/workbench/writing/"+i.Bank+"/imports/"+i.ID, fiber.StatusSeeOther)
}
