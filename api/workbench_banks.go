package api

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
)

type banksPage struct {
	deskView
	Rows []exam.Release
	Next string
}

// banks lists the releases, the newest of each page first.
func (w workbench) banks(c *fiber.Ctx) error {
	p := banksPage{deskView: w.desk(c, "wBanks")}
	all, err := w.Exams.Releases(c.UserContext(), c.Query("after"), rowsShown+1)
	if err != nil {
		return err
	}
	if len(all) > rowsShown {
		all = all[:rowsShown]
		p.Next = all[rowsShown-1].Hash
	}
	slices.SortFunc(all, func(a, b exam.Release) int { return b.CreatedAt.Compare(a.CreatedAt) })
	p.Rows = all
	return w.show(c, fiber.StatusOK, "banks", p)
}

// itemFilter narrows the items of a release; an empty member does not narrow.
type itemFilter struct {
	Text, Topic, Kind, Level, Stage, Difficulty, Role string
	// Flag is of the statistics; see statistics.Noted.
	Flag ctt.Flag
}

// matches reports whether the item, of which the statistics say what is noted, is wanted;
// see exam.Item.Says for Text.
func (f itemFilter) matches(it *exam.Item, noted statistics.Noted) bool {
	if f.Flag != "" && !slices.Contains(noted.Flags, f.Flag) {
		return false
	}
	is := func(want, got string) bool { return want == "" || want == got }
	if !is(f.Topic, it.Topic) || !is(f.Kind, string(it.Kind)) || !is(f.Level, it.Level) || !is(f.Stage, it.Stage) ||
		!is(f.Difficulty, string(it.Difficulty)) || (f.Role != "" && !slices.Contains(it.Roles, f.Role)) {
		return false
	}
	return f.Text == "" || it.Says(f.Text)
}

// terms are the values that occur in a release, for the filter's lists.
type terms struct{ Topics, Kinds, Levels, Stages, Difficulties, Roles []string }

func termsOf(b *exam.Bank) terms {
	var t terms
	add := func(list *[]string, s string) {
		if s != "" && !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for i := range b.Items() {
		it := &b.Revision(i).Item
		add(&t.Topics, it.Topic)
		add(&t.Kinds, string(it.Kind))
		add(&t.Stages, it.Stage)
		add(&t.Difficulties, string(it.Difficulty))
	}
	slices.Sort(t.Topics)
	slices.Sort(t.Kinds)
	slices.Sort(t.Stages)
	t.Levels, t.Roles = exam.Levels(), b.Roles()
	return t
}

// itemRow is an item in a list. Number is its place in the release, from 0.
type itemRow struct {
	exam.Revision
	Number int
	Noted  statistics.Noted
}

type bankPage struct {
	deskView
	Release exam.Release
	Items   int
	Filter  itemFilter
	Terms   terms
	Rows    []itemRow
	Found   int
	// Flags are those that the statistics raise for items of the release, Asked whether
	// there are any statistics.
	Flags []ctt.Flag
	Asked bool
	Next  int // number after which the next page begins, -1 for none
	// Query repeats the filter in the link to the next page.
	Query string
}

// bank lists the items of a release.
func (w workbench) bank(c *fiber.Ctx) error {
	b, err := w.Exams.Bank(c.UserContext(), c.Params("release"))
	if err != nil {
		return err
	}
	p := bankPage{deskView: w.desk(c, "wBank"), Release: b.Release, Items: b.Items(), Terms: termsOf(b), Next: -1}
	p.Filter = itemFilter{strings.TrimSpace(c.Query("q")), c.Query("topic"), c.Query("kind"), c.Query("level"), c.Query("stage"), c.Query("difficulty"), c.Query("role"), ctt.Flag(c.Query("flag"))}
	noted, err := w.noted(c, &p)
	if err != nil {
		return err
	}
	after := c.QueryInt("after", -1)
	for i := range b.Items() {
		if !p.Filter.matches(&b.Revision(i).Item, noted[b.Revision(i).Item.ID]) {
			continue
		}
		p.Found++
		switch {
		case i <= after:
		case len(p.Rows) < rowsShown:
			p.Rows = append(p.Rows, itemRow{*b.Revision(i), i, noted[b.Revision(i).Item.ID]})
		case p.Next < 0:
			p.Next = p.Rows[rowsShown-1].Number
		}
	}
	return w.show(c, fiber.StatusOK, "bank", p)
}

// noted is what the statistics say of the items of the page's release, nothing for who may
// not see statistics.
func (w workbench) noted(c *fiber.Ctx, p *bankPage) (map[string]statistics.Noted, error) {
	if !p.may(auth.StatisticsRead) {
		return nil, nil
	}
	noted, err := w.Statistics.Noted(c.UserContext(), p.Release.Hash)
	if err != nil {
		return nil, err
	}
	for _, n := range noted {
		p.Asked = true
		for _, flag := range n.Flags {
			if !slices.Contains(p.Flags, flag) {
				p.Flags = append(p.Flags, flag)
			}
		}
	}
	slices.Sort(p.Flags)
	return noted, nil
}

// shownItem is an item with its key, in one language, for staff.
type shownItem struct {
	exam.View
	Lang     string
	Stimulus string
	Options  []shownOption
	// Pairs are the rows of a matching item with their choices; Order are the steps in
	// their right order; Text is the typed key.
	Pairs [][2]string
	Order []string
	Text  string
	// Flow is a passage with the keys in its gaps, and Gaps are these.
	Flow []flowPart
	Gaps []shownGap
	// Figure is the image of a hotspot with the keys marked.
	Figure    *areasView
	Rationale string
	// Rubric is what an essay is marked with, nil for other kinds.
	Rubric []criterionView
	// Answered says that this is a learner's item; Given is then the answer, nothing for
	// none.
	Answered bool
	Given    []string
	Points   float64
	Item     string
	// Correction is what was done about a faulty item, "" for nothing.
	Correction exam.KeyPolicy
}

type shownOption struct {
	Text  string
	Right bool
}

// truths are the options of a true or false item, whose view has none.
func (p *pages) truths(v *exam.View, lang string) {
	if v.Kind == exam.TrueFalse && len(v.Options) == 0 {
		v.Options = []string{p.words[lang]["wTrue"], p.words[lang]["wFalse"]}
		if p.words[lang] == nil {
			v.Options = []string{"true", "false"}
		}
	}
}

func (p *pages) shownItem(v exam.View, stimulus string, key exam.Response, lang string) shownItem {
	p.truths(&v, lang)
	s := shownItem{View: v, Lang: lang, Stimulus: stimulus, Text: key.Text, Flow: flow(&v, key.Gaps), Gaps: shownGaps(&v, key.Gaps), Figure: shownFigure(&v, key, lang)}
	for i, text := range v.Options {
		s.Options = append(s.Options, shownOption{text, slices.Contains(key.Choices, i)})
	}
	for row, choice := range key.Pairs {
		if choice >= 0 {
			s.Pairs = append(s.Pairs, [2]string{v.Rows[row], v.Options[choice]})
		}
	}
	for _, at := range key.Order {
		s.Order = append(s.Order, v.Options[at])
	}
	return s
}

// answerLines says an answer line by line.
func answerLines(v exam.View, r exam.Response) []string {
	var lines []string
	for _, n := range r.Choices {
		lines = append(lines, v.Options[n])
	}
	for row, choice := range r.Pairs {
		if choice >= 0 {
			lines = append(lines, v.Rows[row]+" → "+v.Options[choice])
		}
	}
	for at, n := range r.Order {
		lines = append(lines, fmt.Sprintf("%d. %s", at+1, v.Options[n]))
	}
	if r.Text != "" {
		lines = append(lines, r.Text)
	}
	return append(lines, gapLines(&v, r.Gaps)...)
}

type itemPage struct {
	deskView
	Release exam.Release
	R       exam.Revision
	// Sides are the item in each language of the bank.
	Sides []shownItem
	// Other gives the address of the next and previous item, "" at the ends.
	Previous, Next string
}

// deskOrder are languages in the order in which staff see them side by side.
func deskOrder(langs []string) []string {
	langs = slices.Clone(langs)
	slices.SortStableFunc(langs, func(x, y string) int {
		return cmp.Compare(slices.Index(pageLanguages, x), slices.Index(pageLanguages, y))
	})
	return langs
}

// item shows one item, its languages side by side.
func (w workbench) item(c *fiber.Ctx) error {
	b, err := w.Exams.Bank(c.UserContext(), c.Params("release"))
	if err != nil {
		return err
	}
	n, ok := b.Number(c.Params("item"))
	if !ok {
		return fault.New(fault.NotFound, "item.not_found", "This release holds no such item.")
	}
	p := itemPage{deskView: w.desk(c, "wItem"), Release: b.Release, R: *b.Revision(n)}
	for _, lang := range deskOrder(b.Release.Languages) {
		shown, err := b.Show(n, lang)
		if err != nil {
			return err
		}
		side := w.pages.shownItem(shown.View, shown.Stimulus, shown.Key, lang)
		side.Rubric = newRubricView(shown.Rubric, nil, lang)
		side.Rationale, side.Item = p.R.Item.Rationale.In(lang), p.R.Item.ID
		p.Sides = append(p.Sides, side)
	}
	at := "/workbench/banks/" + b.Release.Hash + "/items/"
	if n > 0 {
		p.Previous = at + b.Revision(n-1).Item.ID
	}
	if n+1 < b.Items() {
		p.Next = at + b.Revision(n+1).Item.ID
	}
	return w.show(c, fiber.StatusOK, "item", p)
}

// sheetPage is a form for staff: a preview for nobody, or a learner's.
type sheetPage struct {
	deskView
	Exam  exam.Exam
	Form  exam.Form
	Shown []shownItem
	// Replay is the learner's attempt, nil for a preview.
	Replay  *exam.Replay
	Differs string
	Learner string
	Langs   []string
	In      string
}

func (p *pages) showSheet(s exam.Sheet) []shownItem {
	stimuli := make(map[string]string)
	for _, st := range s.View.Stimuli {
		stimuli[st.ID] = st.Text
	}
	var shown []shownItem
	for n, v := range s.View.Slots {
		item := p.shownItem(v, stimuli[v.Stimulus], s.Keys[n], s.View.Language)
		item.Item, item.Correction = s.Form.Slots[n].Item.ID, s.Corrected[n]
		shown = append(shown, item)
	}
	return shown
}

// preview draws a form by seed. Without a seed it draws one, whose address then shows
// the same form to whoever opens it.
func (w workbench) preview(c *fiber.Ctx) error {
	e, err := w.Exams.Exam(c.UserContext(), c.Params("exam"))
	if err != nil {
		return err
	}
	p := sheetPage{deskView: w.desk(c, "wPreview"), Exam: e, Langs: e.Policy.Languages, In: c.Query("in")}
	if !slices.Contains(p.Langs, p.In) {
		p.In = p.Langs[0]
		if slices.Contains(p.Langs, p.Lang) {
			p.In = p.Lang
		}
	}
	if c.Query("seed") == "" {
		seed, err := newSeed()
		if err != nil {
			return err
		}
		return c.Redirect(fmt.Sprintf("/workbench/exams/%s/preview?seed=%s&in=%s", e.ID, seed, p.In), fiber.StatusSeeOther)
	}
	seed, err := exam.ParseSeed(strings.TrimSpace(c.Query("seed")))
	if err != nil {
		return err
	}
	sheet, err := w.Exams.Preview(c.UserContext(), e.ID, seed, p.In)
	if err != nil {
		status, err := p.blame(c, err)
		if err != nil {
			return err
		}
		return w.show(c, status, "sheet", p)
	}
	p.Form, p.Shown = sheet.Form, w.pages.showSheet(sheet)
	return w.show(c, fiber.StatusOK, "sheet", p)
}

// replay shows a learner's form with the answers, and whether the seed still draws it.
func (w workbench) replay(c *fiber.Ctx) error {
	// The route asks for results; the page shows keys too.
	if principal, _ := auth.PrincipalFrom(c.UserContext()); !principal.Can(auth.BanksRead) {
		return principal.Require(auth.BanksRead)
	}
	r, err := w.Exams.Replay(c.UserContext(), c.Params("attempt"), c.Query("in"))
	if err != nil {
		return err
	}
	if r.Attempt.State == exam.Running {
		// Nobody looks over a learner's shoulder: while the clock runs, the answers
		// are the learner's alone.
		return fault.New(fault.Conflict, "attempt.running", "The form can be seen when the attempt is over.")
	}
	person, err := w.nameOf(c, r.Attempt.Person)
	if err != nil {
		return err
	}
	p := sheetPage{deskView: w.desk(c, "wReplay"), Exam: r.Exam, Form: r.Sheet.Form, Shown: w.pages.showSheet(r.Sheet), Replay: &r, Learner: person.Name,
		Langs: r.Exam.Policy.Languages, In: r.Sheet.View.Language}
	if r.Differs != nil {
		p.Differs = r.Differs.Error()
	}
	for n := range p.Shown {
		p.Shown[n].Answered, p.Shown[n].Given = true, answerLines(p.Shown[n].View, r.Attempt.Responses[n].Response)
		if r.Attempt.Result != nil {
			p.Shown[n].Points = points(r.Attempt.Result.Marks[n])
		}
	}
	return w.show(c, fiber.StatusOK, "sheet", p)
}

// numberOf reads a whole number of a form, 0 for none.
func numberOf(c *fiber.Ctx, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
	if err != nil {
		return 0
	}
	return n
}
