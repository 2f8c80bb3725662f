package api

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/internal/fault"
)

// copiesTable is the operations on working copies of banks, for programs.
func (s *server) copiesTable() table {
	return table{byToken, []route{
		{"GET", "/api/v1/working-copies", "listWorkingCopies", auth.BanksRead, 0, unlimited, s.workingCopies},
		{"POST", "/api/v1/working-copies", "createWorkingCopy", auth.BanksWrite, maxBody, unlimited, s.createWorkingCopy},
		{"GET", copiesPath + ":bank", "getWorkingCopy", auth.BanksRead, 0, unlimited, s.workingCopy},
		{"GET", copiesPath + ":bank/items", "listItems", auth.BanksRead, 0, unlimited, s.items},
		{"GET", copiesPath + ":bank/items/:item", "getItem", auth.BanksRead, 0, unlimited, s.item},
		{"PUT", copiesPath + ":bank/items/:item", "writeItem", auth.BanksWrite, maxBody, unlimited, s.writeItem},
		{"POST", copiesPath + ":bank/items/:item/submit", "submitItem", auth.BanksWrite, maxBody, unlimited, s.submitItem},
		{"POST", copiesPath + ":bank/items/:item/approve", "approveItem", auth.BanksApprove, maxBody, unlimited, s.approveItem},
		{"POST", copiesPath + ":bank/items/:item/return", "returnItem", auth.BanksApprove, maxBody, unlimited, s.returnItem},
		{"POST", copiesPath + ":bank/items/:item/retire", "retireItem", auth.BanksWrite, maxBody, unlimited, s.retireItem},
		{"POST", copiesPath + ":bank/items/:item/restore", "restoreItem", auth.BanksWrite, maxBody, unlimited, s.restoreItem},
		{"POST", copiesPath + ":bank/import", "importItems", auth.BanksWrite, maxImport, unlimited, s.importItems},
		{"GET", copiesPath + ":bank/release", "previewRelease", auth.BanksRead, 0, unlimited, s.previewRelease},
		{"POST", copiesPath + ":bank/release", "releaseWorkingCopy", auth.BanksRelease, maxBody, unlimited, s.releaseWorkingCopy},
	}}
}

type copyView struct {
	ID        string         `json:"id"`
	Version   int64          `json:"version"`
	Title     exam.Text      `json:"title"`
	Languages []string       `json:"languages"`
	Release   string         `json:"release"`
	CreatedAt time.Time      `json:"created_at"`
	Items     map[string]int `json:"items,omitempty"`
}

func showCopy(c authoring.Copy) copyView {
	return copyView{ID: c.ID, Version: c.Version, Title: c.Title, Languages: c.Languages, Release: c.Release, CreatedAt: c.CreatedAt}
}

func (s *server) workingCopies(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	all, err := s.Authoring.Copies(c.UserContext(), after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(c authoring.Copy) string { return c.ID }, showCopy))
}

// copyDraft is a new bank, or the hash of a release to open.
type copyDraft struct {
	ID        string    `json:"id"`
	Title     exam.Text `json:"title"`
	Languages []string  `json:"languages"`
	Release   string    `json:"release"`
}

func (s *server) createWorkingCopy(c *fiber.Ctx) error {
	var in copyDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "writing/"+in.ID, "release="+clipID(in.Release)); err != nil {
		return err
	}
	var made authoring.Copy
	if in.Release != "" {
		made, err = s.Authoring.Open(c.UserContext(), by, in.Release)
	} else {
		made, err = s.Authoring.Create(c.UserContext(), by, authoring.Copy{ID: in.ID, Title: in.Title, Languages: in.Languages})
	}
	if err != nil {
		return err
	}
	return created(c, true, showCopy(made))
}

func (s *server) workingCopy(c *fiber.Ctx) error {
	held, err := s.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	counts, err := s.Authoring.Count(c.UserContext(), held.ID)
	if err != nil {
		return err
	}
	v := showCopy(held)
	v.Items = make(map[string]int)
	for _, state := range authoring.States() {
		v.Items[string(state)] = counts[state]
	}
	return c.JSON(v)
}

// entryView is an item of a working copy for programs.
type entryView struct {
	ID        string              `json:"id"`
	State     authoring.State     `json:"state"`
	Revision  string              `json:"revision"`
	Approved  string              `json:"approved"`
	Author    string              `json:"author"`
	WrittenAt time.Time           `json:"written_at"`
	Languages []string            `json:"languages"`
	Tags      []string            `json:"tags"`
	Figures   *figuresView        `json:"figures,omitempty"`
	Content   exam.Item           `json:"content"`
	Faults    []fault.Field       `json:"faults,omitempty"`
	Doubts    []fault.Field       `json:"doubts,omitempty"`
	Events    []authoring.Event   `json:"events,omitempty"`
	Comments  []authoring.Comment `json:"comments,omitempty"`
}

// figuresView is what the statistics say of an item of a working copy.
type figuresView struct {
	Exam       string    `json:"exam"`
	ComputedAt time.Time `json:"computed_at"`
	Revision   string    `json:"revision"`
	N          int       `json:"n"`
	Flags      []string  `json:"flags"`
}

func showFigures(f *authoring.Figures) *figuresView {
	if f == nil {
		return nil
	}
	return &figuresView{f.Exam, f.ComputedAt, f.Revision, f.N, append([]string{}, f.Flags...)}
}

func showEntry(e authoring.Entry) entryView {
	return entryView{Figures: showFigures(e.Figures), ID: e.ID, State: e.State, Revision: e.Revision, Approved: e.Approved, Author: e.Author, WrittenAt: e.WrittenAt,
		Languages: append([]string{}, e.Languages...), Tags: append([]string{}, e.Tags...), Content: e.Content, Events: e.Events, Comments: e.Comments}
}

func (s *server) items(c *fiber.Ctx) error {
	after, limit, err := paging(c)
	if err != nil {
		return err
	}
	held, err := s.Authoring.Copy(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	f := authoring.Filter{Bank: held.ID, State: authoring.State(c.Query("state")), Topic: c.Query("topic"), Kind: c.Query("kind"), Language: c.Query("language"),
		Author: c.Query("author"), Tag: c.Query("tag"), Flag: c.Query("flag"), Words: authoring.Query(c.Query("q"))}
	all, err := s.Authoring.Entries(c.UserContext(), f, after, limit+1)
	if err != nil {
		return err
	}
	return c.JSON(page(all, limit, func(e authoring.Entry) string { return e.ID }, showEntry))
}

// sendEntry answers with an item and what is still wrong with it.
func (s *server) sendEntry(c *fiber.Ctx, e authoring.Entry, err error) error {
	if err != nil {
		return err
	}
	held, err := s.Authoring.Copy(c.UserContext(), e.Bank)
	if err != nil {
		return err
	}
	v := showEntry(e)
	v.Faults, v.Doubts = e.Faults(&held), e.Content.Doubts(held.Languages)
	return c.JSON(v)
}

func (s *server) item(c *fiber.Ctx) error {
	e, err := s.Authoring.Entry(c.UserContext(), c.Params("bank"), c.Params("item"))
	return s.sendEntry(c, e, err)
}

type itemDraft struct {
	// Seen is the revision that the author saw, "" for a new item.
	Seen    string    `json:"seen"`
	Content exam.Item `json:"content"`
}

func (s *server) writeItem(c *fiber.Ctx) error {
	var in itemDraft
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	if in.Content.ID != c.Params("item") {
		return fault.New(fault.Invalid, "item.renamed", "The content has another id than the path.").At(fault.Field{Path: "/content/id", Message: "is not the id of the path"})
	}
	if err := s.record(c, entryObject(c.Params("bank"), c.Params("item")), ""); err != nil {
		return err
	}
	e, err := s.Authoring.Write(c.UserContext(), by, c.Params("bank"), in.Seen, in.Content)
	return s.sendEntry(c, e, fault.Within("/content", err))
}

// itemMove names the revision that the caller saw, and why.
type itemMove struct {
	Seen   string `json:"seen"`
	Reason string `json:"reason"`
}

func (s *server) moveItem(c *fiber.Ctx, move func(by, bank, item string, in itemMove) (authoring.Entry, error)) error {
	var in itemMove
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	bank, item := c.Params("bank"), c.Params("item")
	if err := s.record(c, entryObject(bank, item), ""); err != nil {
		return err
	}
	e, err := move(by, bank, item, in)
	return s.sendEntry(c, e, err)
}

func (s *server) submitItem(c *fiber.Ctx) error {
	return s.moveItem(c, func(by, bank, item string, in itemMove) (authoring.Entry, error) {
		return s.Authoring.Submit(c.UserContext(), by, bank, item, in.Seen)
	})
}

func (s *server) approveItem(c *fiber.Ctx) error {
	return s.moveItem(c, func(by, bank, item string, in itemMove) (authoring.Entry, error) {
		return s.Authoring.Approve(c.UserContext(), by, bank, item, in.Seen)
	})
}

func (s *server) returnItem(c *fiber.Ctx) error {
	return s.moveItem(c, func(by, bank, item string, in itemMove) (authoring.Entry, error) {
		return s.Authoring.Return(c.UserContext(), by, bank, item, in.Seen, in.Reason)
	})
}

func (s *server) retireItem(c *fiber.Ctx) error {
	return s.moveItem(c, func(by, bank, item string, in itemMove) (authoring.Entry, error) {
		return s.Authoring.Retire(c.UserContext(), by, bank, item, in.Reason)
	})
}

func (s *server) restoreItem(c *fiber.Ctx) error {
	return s.moveItem(c, func(by, bank, item string, in itemMove) (authoring.Entry, error) {
		return s.Authoring.Restore(c.UserContext(), by, bank, item, in.Reason)
	})
}

// itemsDocument is items on their way into a working copy. Without Apply it is a dry run.
type itemsDocument struct {
	Apply   bool            `json:"apply"`
	Stimuli []exam.Stimulus `json:"stimuli"`
	Items   []exam.Item     `json:"items"`
}

type importView struct {
	ID       string              `json:"id"`
	Added    int                 `json:"added"`
	Changed  int                 `json:"changed"`
	Same     int                 `json:"same"`
	Refused  int                 `json:"refused"`
	Problems []authoring.Problem `json:"problems"`
	Applied  bool                `json:"applied"`
	// Stale are items that somebody changed between check and import.
	Stale []string `json:"stale"`
}

func (s *server) importItems(c *fiber.Ctx) error {
	var in itemsDocument
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	bank := c.Params("bank")
	if _, err := s.Authoring.Copy(c.UserContext(), bank); err != nil {
		return err
	}
	if err := s.record(c, "writing/"+bank, ""); err != nil {
		return err
	}
	src := authoring.Source{Format: "proba"}
	nativeSource(&src, in.Stimuli, in.Items)
	i, err := s.Authoring.CheckImport(c.UserContext(), by, bank, src)
	if err != nil {
		return err
	}
	v := importView{ID: i.ID, Refused: i.Refused, Problems: append([]authoring.Problem{}, i.Problems...), Stale: []string{}}
	v.Added, v.Changed, v.Same = i.Counts()
	if in.Apply {
		a, err := s.Authoring.Apply(c.UserContext(), by, bank, i.ID)
		if err != nil {
			return err
		}
		v.Applied, v.Stale = true, append(v.Stale, a.Stale...)
	}
	return c.JSON(v)
}

type prospectView struct {
	// Hash is that of the release, "" when it cannot be cut; Faults then says why.
	Hash       string        `json:"hash"`
	Last       string        `json:"last"`
	Items      int           `json:"items"`
	Faults     []fault.Field `json:"faults"`
	Added      []string      `json:"added"`
	Changed    []string      `json:"changed"`
	Removed    []string      `json:"removed"`
	Cases      []string      `json:"cases"`
	Ahead      []string      `json:"ahead"`
	Unapproved int           `json:"unapproved"`
}

func (s *server) previewRelease(c *fiber.Ctx) error {
	held, p, err := s.Authoring.Prospect(c.UserContext(), c.Params("bank"))
	if err != nil {
		return err
	}
	all := func(ids []string) []string { return append([]string{}, ids...) }
	v := prospectView{Last: held.Release, Faults: append([]fault.Field{}, p.Faults...), Added: all(p.Added), Changed: all(p.Changed), Removed: all(p.Removed), Cases: all(p.Cases), Ahead: all(p.Ahead), Unapproved: p.Unapproved}
	if p.Bank != nil {
		v.Hash, v.Items = p.Bank.Release.Hash, p.Bank.Items()
	}
	return c.JSON(v)
}

type releaseOrder struct {
	// Hash is the one that previewRelease named.
	Hash string `json:"hash"`
}

func (s *server) releaseWorkingCopy(c *fiber.Ctx) error {
	var in releaseOrder
	if err := decode(c, &in); err != nil {
		return err
	}
	by, err := caller(c)
	if err != nil {
		return err
	}
	if err := s.record(c, "writing/"+c.Params("bank"), "release="+clipID(in.Hash)); err != nil {
		return err
	}
	release, err := s.Authoring.Release(c.UserContext(), by, c.Params("bank"), in.Hash)
	if err != nil {
		return err
	}
	return c.JSON(showRelease(release))
}
