package table

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// WriteCSV writes the bank, a row for each item, with as many options as the item
// that has most. A bank that shows images becomes a package of the table and its images.
// Nothing is lost.
func WriteCSV(w io.Writer, x *interchange.Export) error {
	return write(w, x, ".csv", func(w io.Writer, t *writer) error {
		c := csv.NewWriter(w)
		if err := t.rows(func(cells []string) error {
			for i, name := range t.columns {
				if name != colKey && name != colTolerance {
					cells[i] = guard(cells[i])
				}
			}
			return c.Write(cells)
		}); err != nil {
			return err
		}
		c.Flush()
		return c.Error()
	})
}

// write writes the table by as, alone or as a package with the images that it shows.
func write(w io.Writer, x *interchange.Export, extension string, as func(io.Writer, *writer) error) error {
	media := x.AllMedia()
	if len(media) == 0 {
		return as(w, newWriter(x, nil))
	}
	there := make(map[string]bool, len(media))
	for _, m := range media {
		there[m.Name] = true
	}
	return writeImages(w, x.Bank.Release.Bank+extension, media, func(w io.Writer) error { return as(w, newWriter(x, there)) })
}

// newWriter settles the columns; there are the images that lie beside the table.
func newWriter(x *interchange.Export, there map[string]bool) *writer {
	most, matches := 4, 0
	var more extra
	for _, rev := range x.Bank.Revisions() {
		options, m := width(rev.Item.Interaction)
		most, matches = max(most, options), max(matches, m)
		more.need(rev.Item.Interaction)
	}
	return &writer{x: x, there: there, columns: columns(x.Langs, most, matches, more)}
}

// rows gives the header and then each item to to.
func (t *writer) rows(to func(cells []string) error) error {
	if err := to(slices.Clone(t.columns)); err != nil {
		return err
	}
	written := make(map[string]bool)
	for _, rev := range t.x.Bank.Revisions() {
		if err := to(t.row(&rev.Item, written)); err != nil {
			return err
		}
	}
	return nil
}

// Template is the header of an empty table in the given languages, as CSV.
func Template(w io.Writer, langs []string) error {
	c := csv.NewWriter(w)
	header := append(columns(langs, 6, 6, extra{passage: true, areas: 4, weights: true, essays: true}), colImage)
	for _, l := range langs {
		header = append(header, column(colAlt, langs, l))
	}
	if err := c.Write(header); err != nil {
		return err
	}
	c.Flush()
	return c.Error()
}

// columns names them; a single language needs no name.
func columns(langs []string, options, matches int, more extra) []string {
	var names []string
	texts := func(name string) {
		for _, l := range langs {
			names = append(names, column(name, langs, l))
		}
	}
	names = append(names, colID, colKind, colRoles, colTopic, colStage, colLevel, colDifficulty, colReferences, colEnemies, colScoring, colCaseID)
	texts(colCase)
	texts(colStem)
	if more.passage {
		texts(colPassage)
	}
	for n := 1; n <= options; n++ {
		texts(nth(colOption, n))
	}
	for n := 1; n <= matches; n++ {
		texts(nth(colMatch, n))
	}
	for n := 1; n <= more.areas; n++ {
		names = append(names, nth(colArea, n))
	}
	names = append(names, colKey, colTolerance)
	texts(colUnit)
	names = append(names, colInteger, colChoose, colFixed)
	if more.weights {
		names = append(names, colWeights)
	}
	if more.essays {
		names = append(names, colMaxChars, colMinWords, colMaxWords)
	}
	texts(colRationale)
	return names
}

func column(name string, langs []string, lang string) string {
	if len(langs) == 1 {
		return name
	}
	return name + ":" + lang
}

// width is how many numbered columns an interaction fills.
func width(in exam.Interaction) (options, matches int) {
	switch in := in.(type) {
	case *exam.SingleChoice:
		return len(in.Options), 0
	case *exam.MultipleChoice:
		return len(in.Options), 0
	case *exam.Match:
		return len(in.Rows), len(in.Rows) + len(in.Distractors)
	case *exam.Order:
		return len(in.Steps), 0
	case *exam.Words:
		return len(in.Accepted), 0
	case *exam.ClozeText:
		return len(in.Gaps), 0
	case *exam.HotspotImage:
		return len(in.Areas), 0
	case *exam.Essay:
		return len(in.Rubric.Criteria), 0
	}
	return 0, 0
}

type writer struct {
	x       *interchange.Export
	columns []string
	there   map[string]bool
}

func (t *writer) row(it *exam.Item, written map[string]bool) []string {
	cells := map[string]string{
		colID: it.ID, colKind: string(it.Kind), colRoles: strings.Join(it.Roles, "; "), colTopic: it.Topic, colStage: it.Stage, colLevel: it.Level,
		colDifficulty: string(it.Difficulty), colEnemies: strings.Join(it.Enemies, "; "), colScoring: string(it.Scoring), colCaseID: it.Stimulus,
	}
	var references []string
	for _, r := range it.References {
		references = append(references, strings.TrimSpace(r.Fact+" = "+r.Source))
	}
	cells[colReferences] = strings.Join(references, "\n")
	t.text(cells, colStem, it.Stem)
	t.text(cells, colRationale, it.Rationale)
	if it.Stimulus != "" && !written[it.Stimulus] {
		written[it.Stimulus] = true
		for _, st := range t.x.Bank.Release.Stimuli {
			if st.ID == it.Stimulus {
				t.text(cells, colCase, st.Text)
			}
		}
	}
	t.interaction(cells, it)
	row := make([]string, len(t.columns))
	for i, name := range t.columns {
		row[i] = cells[name]
	}
	return row
}

// text puts a text into the columns of its languages.
func (t *writer) text(cells map[string]string, name string, text exam.Text) {
	for _, l := range t.x.Langs {
		cells[column(name, t.x.Langs, l)] = exam.Rename(text[l], func(name string) string {
			if t.there[name] {
				return mediaFolder + name
			}
			return name
		})
	}
}

func (t *writer) interaction(cells map[string]string, it *exam.Item) {
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		t.options(cells, in.Options)
	case *exam.MultipleChoice:
		t.options(cells, in.Options)
		if in.Choose > 0 {
			cells[colChoose] = "yes"
		}
	case *exam.TrueOrFalse:
		cells[colKey] = strconv.FormatBool(*in.True)
	case *exam.Match:
		for i, row := range in.Rows {
			t.text(cells, nth(colOption, i+1), row.Prompt)
			t.text(cells, nth(colMatch, i+1), row.Match)
		}
		for i, d := range in.Distractors {
			t.text(cells, nth(colMatch, len(in.Rows)+i+1), d)
		}
	case *exam.Order:
		for i, step := range in.Steps {
			t.text(cells, nth(colOption, i+1), step)
		}
	case *exam.Number:
		cells[colKey], cells[colTolerance] = interchange.Decimal(in.Value), interchange.Decimal(in.Tolerance)
		t.text(cells, colUnit, in.Unit)
		if in.Integer {
			cells[colInteger] = "yes"
		}
	case *exam.Words:
		for i, accepted := range in.Accepted {
			t.text(cells, nth(colOption, i+1), accepted)
		}
	case *exam.ClozeText:
		t.cloze(cells, it.ID, in)
	case *exam.HotspotImage:
		t.hotspot(cells, in)
	case *exam.Essay:
		t.essay(cells, it.ID, in)
	}
}

func (t *writer) options(cells map[string]string, options []exam.Option) {
	var keys, fixed []string
	for i, o := range options {
		t.text(cells, nth(colOption, i+1), o.Text)
		if o.Key {
			keys = append(keys, strconv.Itoa(i+1))
		}
		if o.Fixed {
			fixed = append(fixed, strconv.Itoa(i+1))
		}
	}
	cells[colKey], cells[colFixed] = strings.Join(keys, "; "), strings.Join(fixed, "; ")
}
