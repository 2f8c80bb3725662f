package api

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

// previewSide is an item in one language as a learner sees it. T are the words of that
// language, with which the learners' templates speak.
type previewSide struct {
	Lang     string
	T        map[string]string
	Stimulus string
	Item     itemView
}

// editorPage is the form of an item, with what a learner would see of it.
type editorPage struct {
	deskView
	C    authoring.Copy
	Item exam.Item
	New  bool
	// Kinds are those that can be written, for the choice before a new item.
	Kinds []exam.Kind
	// Seen is the revision that the fields were made of.
	Seen   string
	Groups []editorGroup
	Left   []fieldFault
	Sides  []previewSide
	// Doubts are what is worth another look.
	Doubts []fieldFault
	Terms  authoring.Terms
	// Theirs is what somebody else changed since the form was opened.
	Theirs []fieldFault
	// Setup is what the script needs to begin.
	Setup *setup
}

// sides present the item to learners in every language of the bank.
func (w workbench) sides(page *deskView, c *authoring.Copy, it *exam.Item) []previewSide {
	if it.Interaction == nil {
		return nil
	}
	h := fnv.New64a()
	h.Write([]byte(it.ID)) // the same order at every look
	var all []previewSide
	for n, lang := range c.Languages {
		v := it.Preview(lang, h.Sum64())
		v.Slot = n
		side := previewSide{Lang: lang, T: w.pages.words[lang]}
		if side.T == nil {
			side.T = page.T
		}
		if k, ok := c.Case(it.Stimulus); ok {
			side.Stimulus = k.Text.In(lang)
		}
		side.Item = newItemView(v, exam.Stored{}, side.T)
		all = append(all, side)
	}
	return all
}

// fill makes fields, faults and preview of the item.
func (w workbench) fillEditor(c *fiber.Ctx, p *editorPage) error {
	var err error
	if p.Terms, err = w.Authoring.Terms(c.UserContext(), p.C.ID); err != nil {
		return err
	}
	sheet := newSheet(p.T, &p.C, &p.Item)
	if p.Item.Interaction != nil {
		e := authoring.Entry{Content: p.Item}
		for _, f := range sheet.blame(e.Faults(&p.C), p.said) {
			if f.Path != "/id" || !p.New || p.Item.ID != "" {
				p.Left = append(p.Left, fieldFault{p.place(f.Path), p.said(f.Message)})
			}
		}
	}
	p.Groups, p.Sides, p.Doubts = sheet.Groups, w.sides(&p.deskView, &p.C, &p.Item), p.doubts(&p.C, &p.Item)
	p.Setup = &setup{Words: liveWords(p.T)}
	return nil
}

func (w workbench) showEditor(c *fiber.Ctx, status int, p editorPage) error {
	if err := w.fillEditor(c, &p); err != nil {
		return err
	}
	return w.show(c, status, "editor", p)
}

// newItem offers the kinds, or the form of one.
func (w workbench) newItem(c *fiber.Ctx) error {
	p := editorPage{deskView: w.desk(c, "wNewItem"), New: true}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	for _, e := range editors() {
		p.Kinds = append(p.Kinds, e.kind)
	}
	editor, ok := editorOf(exam.Kind(c.Query("kind")))
	if !ok {
		return w.show(c, fiber.StatusOK, "kinds", p)
	}
	counts, err := w.Authoring.Count(c.UserContext(), p.C.ID)
	if err != nil {
		return err
	}
	n := 1
	for _, held := range counts {
		n += held
	}
	p.Item = exam.Item{ID: fmt.Sprintf("%.58s-%04d", p.C.ID, n), Kind: editor.kind, Level: "apply", Difficulty: exam.Applied}
	return w.showEditor(c, fiber.StatusOK, p)
}

// fields are those of the form that was sent.
func fields(c *fiber.Ctx, of *authoring.Copy, langs []string) itemFields {
	return itemFields{value: func(name string) string { return c.FormValue(name) }, langs: langs, long: of.Long}
}

// sentItem is the item of the form that was sent, over the revision that the author saw.
func (w workbench) sentItem(c *fiber.Ctx, p *editorPage) error {
	var base exam.Item
	if p.New {
		editor, ok := editorOf(exam.Kind(c.FormValue("kind")))
		if !ok {
			return fault.New(fault.Invalid, "item.kind", "This kind of item cannot be written here.")
		}
		base = exam.Item{ID: strings.TrimSpace(c.FormValue("id")), Kind: editor.kind}
	} else {
		e, err := w.Authoring.Entry(c.UserContext(), p.C.ID, p.Item.ID)
		if err != nil {
			return err
		}
		if base, err = w.Authoring.Revision(c.UserContext(), &e, p.Seen); err != nil {
			return err
		}
	}
	p.Item = readItem(fields(c, &p.C, writtenIn(&p.C, &base)), base)
	return nil
}

// openEditor is the page of the form that was sent.
func (w workbench) openEditor(c *fiber.Ctx, title, item string) (editorPage, error) {
	p := editorPage{deskView: w.desk(c, title), New: item == "", Seen: c.FormValue("seen")}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return p, err
	}
	p.Item.ID = item
	return p, w.sentItem(c, &p)
}

// itemForm opens the editor on the newest revision.
func (w workbench) itemForm(c *fiber.Ctx) error {
	p := editorPage{deskView: w.desk(c, "wEditItem")}
	var err error
	if p.C, err = w.Authoring.Copy(c.UserContext(), c.Params("bank")); err != nil {
		return err
	}
	e, err := w.Authoring.Entry(c.UserContext(), p.C.ID, c.Params("item"))
	if err != nil {
		return err
	}
	p.Item, p.Seen = e.Content, e.Revision
	return w.showEditor(c, fiber.StatusOK, p)
}

// previewItem shows what the fields would make, and stores nothing. With "part" it is the
// preview alone, for the script.
func (w workbench) previewItem(c *fiber.Ctx) error {
	title := "wEditItem"
	if c.FormValue("seen") == "" {
		title = "wNewItem"
	}
	item := ""
	if c.FormValue("seen") != "" {
		item = c.FormValue("id")
	}
	p, err := w.openEditor(c, title, item)
	if err != nil {
		return err
	}
	if c.Query("part") == "" {
		return w.showEditor(c, fiber.StatusOK, p)
	}
	p.Sides, p.Doubts = w.sides(&p.deskView, &p.C, &p.Item), p.doubts(&p.C, &p.Item)
	return w.show(c, fiber.StatusOK, "preview_part", p)
}

func (w workbench) createItem(c *fiber.Ctx) error {
	p, err := w.openEditor(c, "wNewItem", "")
	if err != nil {
		return err
	}
	return w.write(c, p)
}

func (w workbench) editItem(c *fiber.Ctx) error {
	p, err := w.openEditor(c, "wEditItem", c.Params("item"))
	if err != nil {
		return err
	}
	return w.write(c, p)
}

// write stores the item of the form. When somebody else was first, the form stays with
// what its author wrote, and says what the other changed.
func (w workbench) write(c *fiber.Ctx, p editorPage) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := w.record(c, entryObject(p.C.ID, p.Item.ID), ""); err != nil {
		return err
	}
	e, err := w.Authoring.Write(c.UserContext(), by, p.C.ID, p.Seen, p.Item)
	if err == nil {
		return done(c, entryPath(p.C.ID, e.ID), "saved")
	}
	status, other := p.blame(c, err)
	if other != nil {
		return other
	}
	if f, ok := errors.AsType[*fault.Fault](err); ok && f.Code == "item.changed" {
		p.Theirs, p.Faults = p.Faults, nil
		current, err := w.Authoring.Entry(c.UserContext(), p.C.ID, p.Item.ID)
		if err != nil {
			return err
		}
		p.Seen = current.Revision
	}
	return w.showEditor(c, status, p)
}

// entryPath is the page of an item, entryObject the item in the audit log.
func entryPath(bank, item string) string { return "/workbench/writing/" + bank + "/items/" + item }

func entryObject(bank, item string) string { return "writing/" + bank + "/items/" + item }
