package interchange

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Options say what the source cannot. Each has a default, and every use of a
// default is told in a note.
type Options struct {
	// Bank is the id of the bank; the default is made of the file's name.
	Bank string
	// Title of the bank; the default is its id.
	Title string
	// Lang is the language, a BCP 47 tag, of texts that name none. The default is
	// "uk" when most letters are Cyrillic, else "en".
	Lang string
	// Roles, Topic, Stage, Level and Difficulty are for items that name none. The
	// defaults are the role "general", the last part of the item's category or
	// the topic "general", no stage, the level "understand" and "applied".
	Roles      []string
	Topic      string
	Stage      string
	Level      string
	Difficulty exam.Difficulty
}

// maxFaults bounds the rows on one question: the first few show what is wrong.
const maxFaults = 5

// Defaults for items that say nothing, see Options.
const (
	defaultTerm       = "general"
	defaultLevel      = "understand"
	defaultDifficulty = exam.Applied
)

// Finish completes the questions that were read and builds a bank of those that
// can be put before a learner. The bank is nil when there is none. What it does
// not take is in the report.
func (im *Import) Finish(o Options) (*exam.Bank, Report) {
	if im.stopped {
		im.Fail("", 0, "file.stopped", "was not read to its end")
		return nil, Report{Format: im.Format, Items: im.found, Skipped: im.found, Problems: im.problems.all()}
	}
	bank, imported, err := im.bank(o)
	if err != nil {
		f, ok := errors.AsType[*fault.Fault](err)
		if !ok {
			f = fault.New(fault.Internal, "bank.internal", "The bank could not be built: %v", err)
		}
		for _, field := range f.Fields {
			im.Fail("", 0, "bank.invalid", "%s: %s", field.Path, field.Message)
		}
		if len(f.Fields) == 0 {
			im.Fail("", 0, f.Code, "%s", f.Message)
		}
		imported = 0
	}
	if len(im.files) == 1 {
		for i := range im.problems.rows {
			if p := &im.problems.rows[i]; p.File == "" {
				p.File = clipped(im.files[0], maxName)
			}
		}
	}
	return bank, Report{Format: im.Format, Items: im.found, Imported: imported, Skipped: im.found - imported, Problems: im.problems.all()}
}

func (im *Import) bank(o Options) (*exam.Bank, int, error) {
	if o.Bank = Slug(o.Bank); len(o.Bank) < 3 {
		o.Bank = strings.TrimSuffix("bank-"+o.Bank, "-")
	}
	langs := im.languages(o.Lang)
	for _, d := range im.drafts {
		for _, complete := range d.late {
			complete(langs)
		}
		d.late = nil
	}
	im.complete(o)
	im.name(o.Bank)
	items := im.accepted(langs)
	if len(items) == 0 {
		if im.found == 0 {
			im.Fail("", 0, "file.no_questions", "no question was found; is this the right file, and the right --format?")
		}
		return nil, 0, nil
	}
	title := make(exam.Text)
	for _, lang := range langs {
		if title[lang] = o.Title; o.Title == "" {
			title[lang] = o.Bank
		}
	}
	bank, err := exam.NewBank(o.Bank, title, langs, im.usedStimuli(items), items)
	if err != nil {
		return nil, 0, err
	}
	bank.Bring(im.imagesOf(bank))
	return bank, len(items), nil
}

// languages settles which languages the bank has and puts every text into them.
func (im *Import) languages(lang string) []string {
	named := make(map[string]bool)
	unnamed, cyrillic, latin := false, 0, 0
	im.eachText(func(t exam.Text) {
		for tag, s := range t {
			if tag != Unnamed {
				named[tag] = true
				continue
			}
			unnamed = true
			for _, r := range s {
				if unicode.Is(unicode.Cyrillic, r) {
					cyrillic++
				} else if unicode.Is(unicode.Latin, r) {
					latin++
				}
			}
		}
	})
	if len(named) == 0 && lang == "" && unnamed {
		if lang = "en"; cyrillic > latin {
			lang = "uk"
		}
		im.Note("", 0, "lang.guessed", "the source does not say its language; %q was taken from its letters, say --lang if this is wrong", lang)
	}
	if len(named) == 0 && lang != "" {
		named[lang] = true
	}
	langs := slices.Sorted(maps.Keys(named))
	if lang != "" && named[lang] { // the one asked for comes first
		langs = append([]string{lang}, slices.DeleteFunc(langs, func(l string) bool { return l == lang })...)
	}
	// A text that names no language among others that do is the same in all.
	im.eachText(func(t exam.Text) {
		if s, ok := t[Unnamed]; ok {
			delete(t, Unnamed)
			for _, l := range langs {
				if t[l] == "" {
					t[l] = s
				}
			}
		}
	})
	return langs
}

func (im *Import) eachText(visit func(exam.Text)) {
	for _, st := range im.stimuli {
		visit(st.Text)
	}
	for _, d := range im.drafts {
		Texts(&d.Item, visit)
	}
}

// Texts calls visit for every text of the item that has words.
func Texts(it *exam.Item, visit func(exam.Text)) {
	each := func(ts ...exam.Text) {
		for _, t := range ts {
			if len(t) > 0 {
				visit(t)
			}
		}
	}
	each(it.Stem, it.Rationale)
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		for _, o := range in.Options {
			each(o.Text)
		}
	case *exam.MultipleChoice:
		for _, o := range in.Options {
			each(o.Text)
		}
	case *exam.Match:
		for _, r := range in.Rows {
			each(r.Prompt, r.Match)
		}
		each(in.Distractors...)
	case *exam.Order:
		each(in.Steps...)
	case *exam.Number:
		each(in.Unit)
	case *exam.Words:
		each(in.Accepted...)
	case *exam.ClozeText:
		each(in.Passage)
		for _, g := range in.Gaps {
			for _, o := range g.Options {
				each(o.Text)
			}
			each(g.Accepted...)
		}
	case *exam.HotspotImage:
		each(in.Image)
		for _, a := range in.Areas {
			each(a.Name)
		}
	case *exam.Essay:
		for _, c := range in.Rubric.Criteria {
			each(c.Title)
			for _, l := range c.Levels {
				each(l.Text)
			}
		}
	}
}

// complete fills in what the questions do not say and counts it for notes.
func (im *Import) complete(o Options) {
	missing := make(map[string]int)
	for _, d := range im.drafts {
		it := &d.Item
		d.applyTags()
		if len(it.Roles) == 0 {
			if it.Roles = slices.Clone(o.Roles); len(o.Roles) == 0 {
				it.Roles = []string{defaultTerm}
				missing["roles"]++
			}
		}
		if it.Topic == "" {
			if it.Topic = o.Topic; o.Topic == "" {
				it.Topic = topicOf(d.Category)
			}
			if it.Topic == "" {
				it.Topic = defaultTerm
				missing["topic"]++
			}
		}
		if it.Stage == "" {
			it.Stage = o.Stage
		}
		if it.Level == "" {
			if it.Level = o.Level; o.Level == "" {
				it.Level = defaultLevel
				missing["level"]++
			}
		}
		if it.Difficulty == "" {
			if it.Difficulty = o.Difficulty; o.Difficulty == "" {
				it.Difficulty = defaultDifficulty
				missing["difficulty"]++
			}
		}
		if Blank(it.Rationale) {
			it.Rationale = nil
		}
	}
	for _, row := range []struct{ what, value, flag string }{
		{"roles", defaultTerm, "--role"}, {"topic", defaultTerm, "--topic"}, {"level", defaultLevel, "--level"}, {"difficulty", string(defaultDifficulty), "--difficulty"},
	} {
		if n := missing[row.what]; n > 0 {
			im.Note("", 0, "default."+row.what, "%s; %q was set, say %s for another",
				plural(n, "one question does not say its ", "%d questions do not say their ")+row.what, row.value, row.flag)
		}
	}
}

// plural words n, for one thing or for several.
func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(several, n)
}

// TopicOf is the topic that the questions of a category have when nothing else names one;
// "" when the category names none.
func TopicOf(category string) string { return topicOf(category) }

// topicOf makes a topic of the last part of a category that means something.
func topicOf(category string) string {
	// Moodle doubles a slash within a name.
	parts := strings.Split(strings.ReplaceAll(category, "//", " "), "/")
	for i := len(parts) - 1; i >= 0; i-- {
		part := strings.TrimSpace(parts[i])
		slug := Slug(part)
		if strings.HasPrefix(part, "$") || slug == "top" || strings.HasPrefix(slug, "default-for-") || len(slug) < 2 {
			continue
		}
		if slug[0] >= '0' && slug[0] <= '9' {
			slug = "topic-" + slug
		}
		return slug
	}
	return ""
}

// name gives every question an id: its own, one made of its name, or a number.
func (im *Import) name(bank string) {
	taken := make(map[string]bool)
	for _, d := range im.drafts {
		if d.Item.ID != "" {
			taken[d.Item.ID] = true
		}
	}
	numbered, next := 0, make(map[string]int)
	for i, d := range im.drafts {
		if d.Item.ID != "" {
			continue
		}
		id := Slug(d.Name)
		prefix := strings.TrimSuffix(bank[:min(len(bank), 50)], "-")
		if len(id) == 0 {
			numbered++
			id = fmt.Sprintf("%s-%04d", prefix, i+1)
		} else if len(id) < 3 {
			id = prefix + "-" + id
		}
		base := id
		for taken[id] {
			next[base]++
			id = base + "-" + itoa(next[base]+1)
		}
		if base != id {
			d.Remark("item.renamed", "another question has the same name; its id is %q", id)
		}
		taken[id], d.Item.ID = true, id
	}
	if numbered > 0 {
		im.Note("", 0, "item.numbered", "%s; give names, so that a later import makes revisions of the same items",
			plural(numbered, "one question has no name that makes an id and is numbered", "%d questions have no name that makes an id and are numbered"))
	}
}

// accepted returns the items that can be put before a learner and refuses the
// others.
func (im *Import) accepted(langs []string) []exam.Item {
	ids, cases := make(map[string]bool), make(map[string]bool)
	for _, st := range im.stimuli {
		cases[st.ID] = true
	}
	var kept []*Draft
	for _, d := range im.drafts {
		if ids[d.Item.ID] {
			d.Refuse("item.twice", "its id is that of an earlier question; every item needs its own")
			continue
		}
		if st := d.Item.Stimulus; st != "" && !cases[st] {
			d.Refuse("item.stimulus", "its case text %q is not in the source", st)
			continue
		}
		for i, f := range d.Item.Check(langs) {
			if i == maxFaults {
				d.Refuse("item.invalid", "and more of the sort")
				break
			}
			d.Refuse("item.invalid", "%s: %s", strings.TrimPrefix(f.Path, "/"), f.Message)
		}
		if !d.refused {
			ids[d.Item.ID] = true
			kept = append(kept, d)
		}
	}
	items := make([]exam.Item, len(kept))
	for i, d := range kept {
		d.Item.Enemies = slices.DeleteFunc(d.Item.Enemies, func(id string) bool {
			if !ids[id] {
				d.Lose("item.enemy", "its enemy %q is not in the bank", id)
			}
			return !ids[id]
		})
		if len(d.Item.Enemies) == 0 {
			d.Item.Enemies = nil
		}
		items[i] = d.Item
	}
	im.drafts = nil // they take as much memory as a tenth of the source
	return items
}

// usedStimuli are those that an accepted item needs; the others would make the
// bank invalid.
func (im *Import) usedStimuli(items []exam.Item) []exam.Stimulus {
	needed := make(map[string]bool)
	for i := range items {
		needed[items[i].Stimulus] = true
	}
	var used []exam.Stimulus
	for _, st := range im.stimuli {
		if needed[st.ID] {
			used = append(used, st)
		} else {
			im.Warn("", 0, "stimulus.unused", "the case text %q belongs to no question that is kept", st.ID)
		}
	}
	return used
}
