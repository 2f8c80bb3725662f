package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

// copyRow is a working copy in a list.
type copyRow struct {
	authoring.Copy
	Counts map[authoring.State]int
}

// All counts the items that are not retired.
func (r copyRow) All() (n int) {
	for state, held := range r.Counts {
		if state != authoring.Retired {
			n += held
		}
	}
	return n
}

type copiesPage struct {
	deskView
	Rows   []copyRow
	States []authoring.State
	Next   string
}

// copies lists the working copies.
func (w workbench) copies(c *fiber.Ctx) error {
	p := copiesPage{deskView: w.desk(c, "wWriting"), States: authoring.States()}
	all, err := w.Authoring.Copies(c.UserContext(), c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].ID
	}
	for _, held := range all {
		row := copyRow{Copy: held}
		if row.Counts, err = w.Authoring.Count(c.UserContext(), held.ID); err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return w.show(c, fiber.StatusOK, "copies", p)
}

// copyForm is the form of a bank.
type copyForm struct {
	deskView
	C   authoring.Copy
	New bool
	// Langs are the languages as they are typed.
	Langs string
}

func (w workbench) newBank(c *fiber.Ctx) error {
	p := copyForm{deskView: w.desk(c, "wNewBank"), New: true, Langs: strings.Join(pageLanguages, ", ")}
	return w.show(c, fiber.StatusOK, "copy_form", p)
}

// sentCopy reads the form; a title is asked for in the languages of the pages, and serves
// for the bank's other languages too.
func (w workbench) sentCopy(c *fiber.Ctx, p *copyForm) {
	p.C.Languages = splitList(c.FormValue("languages"))
	p.Langs = strings.Join(p.C.Languages, ", ")
	typed := w.formText(c, "title")
	p.C.Title = exam.Text{}
	for _, lang := range p.C.Languages {
		s, ok := typed[lang]
		if !ok && !slices.Contains(pageLanguages, lang) {
			s = typed.In("en")
		}
		if s != "" {
			p.C.Title[lang] = s
		}
	}
}

func (w workbench) createBank(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	p := copyForm{deskView: w.desk(c, "wNewBank"), New: true, C: authoring.Copy{ID: strings.TrimSpace(c.FormValue("id"))}}
	w.sentCopy(c, &p)
	if err := w.record(c, "writing/"+p.C.ID, ""); err != nil {
		return err
	}
	made, err := w.Authoring.Create(c.UserContext(), by, p.C)
	if err != nil {
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.show(c, status, "copy_form", p)
	}
	return done(c, "/workbench/writing/"+made.ID, "created_bank")
}

func (w workbench) aboutBank(c *fiber.Ctx) error {
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "copy_form", copyForm{deskView: w.desk(c, "wAboutBank"), C: held, Langs: strings.Join(held.Languages, ", ")})
}

func (w workbench) editBank(c *fiber.Ctx) error {
	held, err := w.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	p := copyForm{deskView: w.desk(c, "wAboutBank"), C: held}
	w.sentCopy(c, &p)
	p.C.Version, _ = strconv.ParseInt(c.FormValue("version"), 10, 64) // 0, which is no version, for what is none
	if err := w.record(c, "writing/"+held.ID, ""); err != nil {
		return err
	}
	if _, err := w.Authoring.Edit(c.UserContext(), p.C); err != nil {
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.show(c, status, "copy_form", p)
	}
	return done(c, "/workbench/writing/"+held.ID, "saved")
}

// openRelease makes a working copy of a release.
func (w workbench) openRelease(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	release := c.Params("release")
	if err := w.record(c, "releases/"+release, ""); err != nil {
		return err
	}
	held, err := w.Authoring.Open(c.UserContext(), by, release)
	if err != nil {
		return err
	}
	return done(c, "/workbench/writing/"+held.ID, "opened")
}

// writingPage is the items of a bank.
type writingPage struct {
	deskView
	Row    copyRow
	States []authoring.State
	Typed  string
	Filter authoring.Filter
	Terms  authoring.Terms
	Kinds  []string
	Levels []string
	// Names are those of the authors.
	Names map[string]string
	Rows  []authoring.Entry
	// Asked says that the statistics say something of an item of the page, to somebody who
	// may see that.
	Asked bool
	Next  string
	// Outcome is what became of an order for many items, nil without one.
	Outcome *bulkOutcome
}

// bulkOutcome says what became of an order for many items.
type bulkOutcome struct {
	Done    int
	Refused []fieldFault
}

// Waiting reports whether the entry has an approved revision and a newer one.
func (p writingPage) Waiting(e authoring.Entry) bool {
	return e.Approved != "" && e.Approved != e.Revision && e.State != authoring.Retired
}

// entries lists the items of a bank.
func (w workbench) entries(c *fiber.Ctx) error { return w.showEntries(c, fiber.StatusOK, nil) }

func (w workbench) showEntries(c *fiber.Ctx, status int, o *bulkOutcome) error {
	ctx := c.UserContext()
	held, err := w.Authoring.Copy(ctx, c.Params("bank"))
	if err != nil {
		return err
	}
	p := writingPage{deskView: w.desk(c, "wWriting"), Row: copyRow{Copy: held}, States: authoring.States(), Typed: strings.TrimSpace(c.Query("q")), Levels: exam.Levels(), Outcome: o}
	if p.Row.Counts, err = w.Authoring.Count(ctx, held.ID); err != nil {
		return err
	}
	if p.Terms, err = w.Authoring.Terms(ctx, held.ID); err != nil {
		return err
	}
	for _, e := range editors() {
		p.Kinds = append(p.Kinds, string(e.kind))
	}
	p.Filter = authoring.Filter{Bank: held.ID, State: authoring.State(c.Query("state")), Topic: c.Query("topic"), Kind: c.Query("kind"), Stage: c.Query("stage"), Level: c.Query("level"),
		Language: c.Query("in"), Author: c.Query("author"), Tag: c.Query("tag"), Flag: c.Query("flag"), Words: authoring.Query(p.Typed)}
	rows, err := w.Authoring.Entries(ctx, p.Filter, c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(rows) > rowsShown {
		rows = rows[:rowsShown]
		p.Next = rows[rowsShown-1].ID
	}
	p.Rows = rows
	if p.may(auth.StatisticsRead) {
		p.Asked = slices.ContainsFunc(rows, func(e authoring.Entry) bool { return e.Figures != nil })
	} else {
		p.Terms.Flags = nil
	}
	if p.Names, err = w.who(c, p.Terms.Authors); err != nil {
		return err
	}
	return w.show(c, status, "writing", p)
}

// who are the names of people, by id.
func (w workbench) who(c *fiber.Ctx, ids []string) (map[string]string, error) {
	names := make(map[string]string)
	for _, id := range ids {
		if _, known := names[id]; known || id == "" {
			continue
		}
		p, err := w.nameOf(c, id)
		if err != nil {
			return nil, err
		}
		names[id] = p.Name
	}
	return names, nil
}

// chosen are the items that a form marked, each with the revision that was on the page.
func chosen(c *fiber.Ctx) ([][2]string, error) {
	var all [][2]string
	for _, value := range c.Request().PostArgs().PeekMulti("item") {
		id, revision, _ := strings.Cut(string(value), " ")
		all = append(all, [2]string{id, revision})
	}
	switch {
	case len(all) == 0:
		return nil, fault.New(fault.Invalid, "items.none", "No item is marked.")
	case len(all) > authoring.MaxChosen:
		return nil, fault.New(fault.Invalid, "items.too_many", "Mark %d items at most.", authoring.MaxChosen)
	}
	return all, nil
}

// many does something with every item that was marked. Each is a change of its own: what
// is refused of some does not hold up the others, and is said.
func (w workbench) many(c *fiber.Ctx, do func(by, bank, id, revision string) error) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	bank := c.Params("bank")
	if _, err := w.Authoring.Copy(c.UserContext(), bank); err != nil {
		return err
	}
	v := w.desk(c, "wWriting")
	items, err := chosen(c)
	if err != nil {
		return w.showEntries(c, fiber.StatusUnprocessableEntity, &bulkOutcome{Refused: []fieldFault{{"", v.words(problemOf(err).Code, problemOf(err).Detail)}}})
	}
	if err := w.record(c, "writing/"+bank, "items="+strconv.Itoa(len(items))); err != nil {
		return err
	}
	var o bulkOutcome
	for _, it := range items {
		err := do(by, bank, it[0], it[1])
		switch problem := problemOf(err); {
		case err == nil:
			o.Done++
		case problem.Status >= fiber.StatusInternalServerError:
			return err
		default:
			f := fieldFault{it[0], v.words(problem.Code, problem.Detail)}
			for i, place := range problem.Errors {
				if i < 3 { // the item's own page has them all
					f.Message += " " + v.place(place.Path) + ": " + v.said(place.Message) + "."
				}
			}
			o.Refused = append(o.Refused, f)
		}
	}
	return w.showEntries(c, fiber.StatusOK, &o)
}

func (w workbench) submitMany(c *fiber.Ctx) error {
	return w.many(c, func(by, bank, id, revision string) error {
		_, err := w.Authoring.Submit(c.UserContext(), by, bank, id, revision)
		return err
	})
}

func (w workbench) approveMany(c *fiber.Ctx) error {
	return w.many(c, func(by, bank, id, revision string) error {
		_, err := w.Authoring.Approve(c.UserContext(), by, bank, id, revision)
		return err
	})
}

func (w workbench) retireMany(c *fiber.Ctx) error {
	reason := c.FormValue("reason")
	return w.many(c, func(by, bank, id, _ string) error {
		_, err := w.Authoring.Retire(c.UserContext(), by, bank, id, reason)
		return err
	})
}

func (w workbench) tagMany(c *fiber.Ctx) error {
	tags := splitList(c.FormValue("tags"))
	return w.many(c, func(_, bank, id, _ string) error {
		_, err := w.Authoring.Tag(c.UserContext(), bank, id, tags, nil)
		return err
	})
}
