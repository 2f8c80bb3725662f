package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
)

// entryPage is an item of a working copy: its content with the key, what was said of it,
// its history, and what can be done with it.
type entryPage struct {
	deskView
	C authoring.Copy
	E authoring.Entry
	// Shown is the item with its key in each language, nil when it is unfinished; Sides
	// are then what there is of it.
	Shown []shownItem
	Sides []previewSide
	// Left are the faults of the newest revision.
	Left []fieldFault
	// Doubts are what is worth another look.
	Doubts []fieldFault
	// Changes are those since the approved revision, or since the one before.
	Changes   []differenceRow
	Since     string
	Revisions []authoring.Event
	Events    []authoring.Event
	Names     map[string]string
	// Own says that who looks wrote the newest revision.
	Own  bool
	Seen int
	// Typed is what was typed and refused.
	Typed map[string]string
}

// differenceRow is a change for people.
type differenceRow struct {
	Place string
	Parts []authoring.Part
}

func (v *deskView) changeRows(changes []authoring.Change) []differenceRow {
	rows := make([]differenceRow, len(changes))
	for i, ch := range changes {
		rows[i] = differenceRow{v.place(ch.Path), ch.Parts}
	}
	return rows
}

// entry shows an item for review.
func (w workbench) entry(c *fiber.Ctx) error {
	return w.showEntry(c, fiber.StatusOK, nil)
}

func (w workbench) showEntry(c *fiber.Ctx, status int, refused error) error {
	ctx := c.UserContext()
	p := entryPage{deskView: w.desk(c, "wItem")}
	var err error
	if p.C, err = w.Authoring.Copy(ctx, c.Params("bank")); err != nil {
		return err
	}
	if p.E, err = w.Authoring.Entry(ctx, p.C.ID, c.Params("item")); err != nil {
		return err
	}
	if refused != nil {
		if status, err = p.blame(c, refused); err != nil {
			return err
		}
		p.Typed = map[string]string{"reason": c.FormValue("reason"), "comment": c.FormValue("comment"), "tags": c.FormValue("tags")}
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	p.Own = p.E.Author == by || p.E.Wrote(by, p.E.Revision)
	if err := w.fillEntry(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "entry", p)
}

func (w workbench) fillEntry(c *fiber.Ctx, p *entryPage) error {
	ctx := c.UserContext()
	for _, f := range p.E.Faults(&p.C) {
		p.Left = append(p.Left, fieldFault{p.place(f.Path), p.said(f.Message)})
	}
	p.Doubts = p.doubts(&p.C, &p.E.Content)
	var err error
	if len(p.Left) == 0 {
		p.Shown, err = w.shownEntry(&p.C, p.E.Content)
	} else {
		p.Sides = w.sides(&p.deskView, &p.C, &p.E.Content)
	}
	if err != nil {
		return err
	}
	p.Revisions = p.E.Revisions()
	p.Since = p.E.Approved
	if p.Since == "" && len(p.Revisions) > 1 {
		p.Since = p.Revisions[1].Revision
	}
	if p.Since != "" && p.Since != p.E.Revision {
		before, err := w.Authoring.Revision(ctx, &p.E, p.Since)
		if err != nil {
			return err
		}
		changes, err := authoring.Diff(before, p.E.Content)
		if err != nil {
			return err
		}
		p.Changes = p.changeRows(changes)
	}
	p.Events = slices.Clone(p.E.Events)
	slices.Reverse(p.Events)
	ids := []string{p.E.Author, p.E.ApprovedBy}
	for _, ev := range p.Events {
		ids = append(ids, ev.By)
	}
	for _, said := range p.E.Comments {
		ids = append(ids, said.By)
	}
	if p.Names, err = w.who(c, ids); err != nil {
		return err
	}
	seen, err := w.Authoring.Seen(ctx, &p.E, "", 1)
	p.Seen = seen.Attempts
	return err
}

// doubts are what its author should look at again.
func (v *deskView) doubts(c *authoring.Copy, it *exam.Item) []fieldFault {
	langs := slices.Clone(c.Languages)
	if n := slices.Index(langs, v.Lang); n > 0 { // names as who looks reads them
		langs[0], langs[n] = langs[n], langs[0]
	}
	var all []fieldFault
	for _, f := range it.Doubts(langs) {
		all = append(all, fieldFault{v.place(f.Path), v.said(f.Message)})
	}
	return all
}

// shownEntry is a finished item with its key, in every language of the bank.
func (w workbench) shownEntry(c *authoring.Copy, it exam.Item) ([]shownItem, error) {
	it.Enemies = nil // they are in another release
	var stimuli []exam.Stimulus
	if k, ok := c.Case(it.Stimulus); ok {
		stimuli = []exam.Stimulus{{ID: k.ID, Text: k.Text}}
		if faults := stimuli[0].Check(c.Languages); len(faults) > 0 {
			stimuli, it.Stimulus = nil, "" // a case text that lacks a language that was added
		}
	}
	bank, err := exam.NewBank(c.ID, exam.Text(sameIn(c.Languages, c.ID)), c.Languages, stimuli, []exam.Item{it})
	if err != nil {
		return nil, err
	}
	var all []shownItem
	for _, lang := range c.Languages {
		shown, err := bank.Show(0, lang)
		if err != nil {
			return nil, err
		}
		side := w.pages.shownItem(shown.View, shown.Stimulus, shown.Key, lang)
		side.Rubric = newRubricView(shown.Rubric, nil, lang)
		side.Rationale, side.Item = it.Rationale.In(lang), it.ID
		all = append(all, side)
	}
	return all, nil
}

// sameIn is a text that is the same in every language.
func sameIn(langs []string, s string) map[string]string {
	t := make(map[string]string, len(langs))
	for _, lang := range langs {
		t[lang] = s
	}
	return t
}

// move does something with one item and shows it again.
func (w workbench) move(c *fiber.Ctx, what string, do func(by, bank, item string) error) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	bank, item := c.Params("bank"), c.Params("item")
	if _, err := w.Authoring.Entry(c.UserContext(), bank, item); err != nil {
		return err
	}
	if err := w.record(c, entryObject(bank, item), ""); err != nil {
		return err
	}
	if err := do(by, bank, item); err != nil {
		return w.showEntry(c, fiber.StatusOK, err)
	}
	return done(c, entryPath(bank, item), what)
}

func (w workbench) submitItem(c *fiber.Ctx) error {
	return w.move(c, "submitted", func(by, bank, item string) error {
		_, err := w.Authoring.Submit(c.UserContext(), by, bank, item, c.FormValue("seen"))
		return err
	})
}

func (w workbench) approveItem(c *fiber.Ctx) error {
	return w.move(c, "approved", func(by, bank, item string) error {
		_, err := w.Authoring.Approve(c.UserContext(), by, bank, item, c.FormValue("seen"))
		return err
	})
}

func (w workbench) returnItem(c *fiber.Ctx) error {
	return w.move(c, "returned", func(by, bank, item string) error {
		_, err := w.Authoring.Return(c.UserContext(), by, bank, item, c.FormValue("seen"), c.FormValue("reason"))
		return err
	})
}

func (w workbench) retireItem(c *fiber.Ctx) error {
	return w.move(c, "retired_item", func(by, bank, item string) error {
		_, err := w.Authoring.Retire(c.UserContext(), by, bank, item, c.FormValue("reason"))
		return err
	})
}

func (w workbench) restoreItem(c *fiber.Ctx) error {
	return w.move(c, "restored", func(by, bank, item string) error {
		_, err := w.Authoring.Restore(c.UserContext(), by, bank, item, c.FormValue("reason"))
		return err
	})
}

func (w workbench) commentItem(c *fiber.Ctx) error {
	return w.move(c, "commented", func(by, bank, item string) error {
		_, err := w.Authoring.Comment(c.UserContext(), by, bank, item, c.FormValue("comment"))
		return err
	})
}

// tagItem makes the item's tags those of the field.
func (w workbench) tagItem(c *fiber.Ctx) error {
	return w.move(c, "saved", func(by, bank, item string) error {
		e, err := w.Authoring.Entry(c.UserContext(), bank, item)
		if err != nil {
			return err
		}
		wanted := splitList(strings.ToLower(c.FormValue("tags")))
		gone := slices.DeleteFunc(slices.Clone(e.Tags), func(t string) bool { return slices.Contains(wanted, t) })
		_, err = w.Authoring.Tag(c.UserContext(), bank, item, wanted, gone)
		return err
	})
}

// changesPage compares two revisions of an item.
type changesPage struct {
	deskView
	C         authoring.Copy
	E         authoring.Entry
	Revisions []authoring.Event
	Names     map[string]string
	From, To  string
	Rows      []differenceRow
}

// changes compares two revisions: those that the query names, or the newest with the one
// before it.
func (w workbench) changes(c *fiber.Ctx) error {
	ctx := c.UserContext()
	p := changesPage{deskView: w.desk(c, "wChanges"), From: c.Query("from"), To: c.Query("to")}
	var err error
	if p.C, err = w.Authoring.Copy(ctx, c.Params("bank")); err != nil {
		return err
	}
	if p.E, err = w.Authoring.Entry(ctx, p.C.ID, c.Params("item")); err != nil {
		return err
	}
	p.Revisions = p.E.Revisions()
	if p.To == "" {
		p.To = p.E.Revision
	}
	if p.From == "" {
		at := slices.IndexFunc(p.Revisions, func(ev authoring.Event) bool { return ev.Revision == p.To })
		p.From = p.Revisions[min(at+1, len(p.Revisions)-1)].Revision
	}
	before, err := w.Authoring.Revision(ctx, &p.E, p.From)
	if err != nil {
		return err
	}
	after, err := w.Authoring.Revision(ctx, &p.E, p.To)
	if err != nil {
		return err
	}
	changes, err := authoring.Diff(before, after)
	if err != nil {
		return err
	}
	p.Rows = p.changeRows(changes)
	var ids []string
	for _, ev := range p.Revisions {
		ids = append(ids, ev.By)
	}
	if p.Names, err = w.who(c, ids); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "changes", p)
}

// seenPage is the attempts whose form holds an item.
type seenPage struct {
	deskView
	C     authoring.Copy
	E     authoring.Entry
	Seen  authoring.Seen
	Names map[string]string
	Next  string
}

// seen lists who has had an item before their eyes.
func (w workbench) seen(c *fiber.Ctx) error {
	// The route asks for results; the page is about an item too.
	if principal, _ := auth.PrincipalFrom(c.UserContext()); !principal.Can(auth.BanksRead) {
		return principal.Require(auth.BanksRead)
	}
	ctx := c.UserContext()
	p := seenPage{deskView: w.desk(c, "wSeenBy")}
	var err error
	if p.C, err = w.Authoring.Copy(ctx, c.Params("bank")); err != nil {
		return err
	}
	if p.E, err = w.Authoring.Entry(ctx, p.C.ID, c.Params("item")); err != nil {
		return err
	}
	if p.Seen, err = w.Authoring.Seen(ctx, &p.E, c.Query("before"), rowsShown+1); err != nil {
		return err
	}
	if len(p.Seen.Newest) > rowsShown {
		p.Seen.Newest = p.Seen.Newest[:rowsShown]
		p.Next = p.Seen.Newest[rowsShown-1].Attempt
	}
	var ids []string
	for _, s := range p.Seen.Newest {
		ids = append(ids, s.Person)
	}
	if p.Names, err = w.who(c, ids); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "seen", p)
}
