package api

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/exam"
)

// regradeItem is an item of the list from which a faulty one is chosen.
type regradeItem struct {
	exam.Revision
	// Policy is what was done about it already, "" for nothing.
	Policy exam.KeyPolicy
}

type regradesPage struct {
	deskView
	E     exam.Exam
	Rows  []exam.Regrade // newest first
	Items []regradeItem
	Found int
	Text  string
}

// regrades lists the key changes of an exam, and its items, of which one is chosen for
// another.
func (w workbench) regrades(c *fiber.Ctx) error {
	p := regradesPage{deskView: w.desk(c, "wRgRegrades"), Text: strings.TrimSpace(c.Query("q"))}
	var err error
	if p.E, err = w.Exams.Exam(c.UserContext(), c.Params("exam")); err != nil {
		return err
	}
	for after := ""; ; {
		all, err := w.Exams.RegradesOf(c.UserContext(), p.E.ID, after, maxPage)
		if err != nil {
			return err
		}
		for _, g := range all {
			p.Rows, after = append(p.Rows, g), g.ID
		}
		if len(all) < maxPage {
			break
		}
	}
	slices.SortFunc(p.Rows, func(a, b exam.Regrade) int { return b.ProposedAt.Compare(a.ProposedAt) })
	bank, err := w.Exams.Bank(c.UserContext(), p.E.Release)
	if err != nil {
		return err
	}
	for _, rev := range bank.Revisions() {
		if !slices.Contains(rev.Item.Roles, p.E.Blueprint.Role) || rev.Item.Pretest || p.Text != "" && !rev.Item.Says(p.Text) {
			continue
		}
		if p.Found++; len(p.Items) < rowsShown {
			p.Items = append(p.Items, regradeItem{rev, p.E.Corrected(rev.Item.ID)})
		}
	}
	return w.show(c, fiber.StatusOK, "regrades", p)
}

// regradeForm is a correction of one item being written.
type regradeForm struct {
	deskView
	exam.ItemKey
	R exam.Revision
	// Now is the item with the key that counts, in each language of the bank.
	Now      []shownItem
	Policies []exam.KeyPolicy
	ID       string
	Policy   exam.KeyPolicy
	// Source is the hash of the revision that has the new key, "" for one that is given
	// here.
	Source   string
	Given    givenKey
	Parts    keyParts
	Reason   string
	Harmless bool
}

// givenKey is a new key as it was sent.
type givenKey struct {
	Choices          []int
	Numbers          []string // by row or step
	Value, Tolerance string
	Accepted         map[string]string // a line an answer, by language
	Gaps             []givenKey
}

// Has reports whether option n is ticked.
func (g givenKey) Has(n int) bool { return slices.Contains(g.Choices, n) }

// Of is what stands at row or step n.
func (g givenKey) Of(n int) string {
	if n < len(g.Numbers) {
		return g.Numbers[n]
	}
	return ""
}

// keyParts is what a key is chosen from, in the language of the page.
type keyParts struct {
	// How is how the key is given: "one", "many", "pairs", "order", "number", "words",
	// "gaps", or "" for a kind that can only be granted or dropped.
	How           string
	Options, Rows []string
	Langs         []string
	Gaps          []gapParts
}

func (w workbench) partsOf(k exam.ItemKey, v deskView) (keyParts, error) {
	shown, err := k.Bank.Show(k.Number, v.Lang)
	if err != nil {
		return keyParts{}, err
	}
	w.pages.truths(&shown.View, v.Lang)
	how := map[exam.Kind]string{exam.Single: "one", exam.TrueFalse: "one", exam.Multiple: "many", exam.Matching: "pairs", exam.Ordering: "order", exam.Numeric: "number", exam.ShortText: "words", exam.Cloze: "gaps", exam.Hotspot: "many"}
	parts := keyParts{How: how[shown.View.Kind], Options: shown.View.Options, Rows: shown.View.Rows, Langs: deskOrder(k.Bank.Release.Languages)}
	if in := clozeOf(&k); in != nil {
		parts.Gaps = partsOfGaps(&shown.View, in, parts.Langs)
	}
	return parts, nil
}

// fillRegrade shows the item with the keys that count until now.
func (w workbench) fillRegrade(p *regradeForm) error {
	p.R, p.Policies = *p.Bank.Revision(p.Number), exam.KeyPolicies()
	var err error
	if p.Parts, err = w.partsOf(p.ItemKey, p.deskView); err != nil {
		return err
	}
	if p.Parts.How == "" {
		p.Policies = []exam.KeyPolicy{exam.FullCredit, exam.Drop}
	}
	p.Now, err = w.sidesOf(p.ItemKey, p.Keys)
	return err
}

// sidesOf shows the item with each of the keys, in each language; with that of the bank
// when there is none.
func (w workbench) sidesOf(k exam.ItemKey, keys []exam.Revision) ([]shownItem, error) {
	var sides []shownItem
	for _, lang := range deskOrder(k.Bank.Release.Languages) {
		shown, err := k.Bank.Show(k.Number, lang)
		if err != nil {
			return nil, err
		}
		answers := []exam.Response{shown.Key}
		if len(keys) > 0 {
			if answers, err = exam.KeysAmong(k.Bank.Revision(k.Number), keys); err != nil {
				return nil, err
			}
		}
		for _, key := range answers {
			side := w.pages.shownItem(shown.View, shown.Stimulus, key, lang)
			side.Item = k.Bank.Revision(k.Number).Item.ID
			sides = append(sides, side)
		}
	}
	return sides, nil
}

// newRegrade offers the form for one item.
func (w workbench) newRegrade(c *fiber.Ctx) error {
	p := regradeForm{deskView: w.desk(c, "wRgNewRegrade"), ID: "k-" + strings.ToLower(rand.Text())}
	var err error
	if p.ItemKey, err = w.Exams.KeyOf(c.UserContext(), c.Params("exam"), c.Query("item")); err != nil {
		return err
	}
	if len(p.Newer) > 0 {
		p.Source = p.Newer[0].Revision.Hash
	}
	if err := w.fillRegrade(&p); err != nil {
		return err
	}
	if p.Given.Gaps, err = keysOfGaps(&p.ItemKey); err != nil {
		return err
	}
	return w.show(c, fiber.StatusOK, "regrade_form", p)
}

// proposeRegrade has the dry run begin.
func (w workbench) proposeRegrade(c *fiber.Ctx) error {
	by, err := caller(c)
	if err != nil {
		return err
	}
	p := regradeForm{deskView: w.desk(c, "wRgNewRegrade"), ID: c.FormValue("id"), Policy: exam.KeyPolicy(c.FormValue("policy")), Source: c.FormValue("source"),
		Reason: c.FormValue("reason"), Harmless: c.FormValue("harmless") == "yes"}
	if p.ItemKey, err = w.Exams.KeyOf(c.UserContext(), c.Params("exam"), c.FormValue("item")); err != nil {
		return err
	}
	if err := w.fillRegrade(&p); err != nil {
		return err
	}
	p.Given = readKey(c, p.Parts)
	why, input := checkReason(p.Reason)
	if input == nil {
		input = w.propose(c, by, why, &p)
	}
	if input == nil {
		w.Wake()
		return done(c, "/workbench/regrades/"+p.ID, "regradeProposed")
	}
	status, err := p.blame(c, input)
	if err != nil {
		return err
	}
	return w.show(c, status, "regrade_form", p)
}

func (w workbench) propose(c *fiber.Ctx, by, why string, p *regradeForm) error {
	correction := exam.CorrectionDraft{Item: p.R.Item.ID, Policy: p.Policy}
	if p.Policy == exam.NewKey || p.Policy == exam.EitherKey {
		if correction.Revision = p.Source; p.Source == "" {
			correction.Key = p.Given.key(p.Parts)
		}
	}
	if err := w.record(c, "regrades/"+p.ID, "exam="+p.Exam.ID); err != nil {
		return err
	}
	_, _, err := w.Exams.ProposeRegrade(c.UserContext(), by, exam.RegradeDraft{ID: p.ID, Exam: p.Exam.ID, Reason: why, Harmless: p.Harmless, Corrections: []exam.CorrectionDraft{correction}})
	return err
}

// readKey reads the fields of a key.
func readKey(c *fiber.Ctx, parts keyParts) givenKey {
	g := givenKey{Value: strings.TrimSpace(c.FormValue("value")), Tolerance: strings.TrimSpace(c.FormValue("tolerance")), Accepted: make(map[string]string)}
	for _, value := range c.Request().PostArgs().PeekMulti("choice") {
		if n, err := strconv.Atoi(string(value)); err == nil {
			g.Choices = append(g.Choices, n)
		}
	}
	g.Gaps = readGapKeys(c, parts.Gaps)
	rows := len(parts.Rows)
	if parts.How == "order" {
		rows = len(parts.Options)
	}
	for n := range rows {
		g.Numbers = append(g.Numbers, strings.TrimSpace(c.FormValue(fmt.Sprintf("place_%d", n))))
	}
	for _, lang := range parts.Langs {
		g.Accepted[lang] = c.FormValue("accepted_" + lang)
	}
	return g
}

// key is what was sent, for the service to judge.
func (g givenKey) key(parts keyParts) *exam.Key {
	k := &exam.Key{}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return -1 // which no row has
		}
		return n
	}
	switch parts.How {
	case "one", "many":
		k.Choices = g.Choices
	case "pairs":
		for _, s := range g.Numbers {
			k.Pairs = append(k.Pairs, number(s))
		}
	case "order":
		// What was sent is the place of each step; a key lists the steps by place.
		k.Order = slices.Repeat([]int{-1}, len(g.Numbers))
		for step, s := range g.Numbers {
			if place := number(s); place >= 1 && place <= len(k.Order) {
				k.Order[place-1] = step
			}
		}
	case "number":
		k.Value, k.Tolerance = g.Value, g.Tolerance
	case "words":
		k.Accepted = g.texts(parts.Langs)
	case "gaps":
		k.Gaps = g.gapKeys(parts.Gaps)
	}
	return k
}

// texts puts the lines of each language side by side.
func (g givenKey) texts(langs []string) []exam.Text {
	var all []exam.Text
	for _, lang := range langs {
		n := 0
		for line := range strings.Lines(g.Accepted[lang]) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if n == len(all) {
				all = append(all, exam.Text{})
			}
			all[n][lang] = line
			n++
		}
	}
	return all
}
