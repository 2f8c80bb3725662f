package table

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// WriteCSV writes the bank, a row for each item, with as many options as the item
// that has most. A bank that shows images becomes a package of the table and its images.
// Nothing is lost.
func WriteCSV(w io.Writer, x *interchange.Export) error {
	media := x.AllMedia()
	if len(media) == 0 {
		return writeTable(w, x, nil)
	}
	there := make(map[string]bool, len(media))
	for _, m := range media {
		there[m.Name] = true
	}
	return writeImages(w, x, media, func(w io.Writer) error { return writeTable(w, x, there) })
}

// writeTable writes the table; there are the images that lie beside it.
func writeTable(w io.Writer, x *interchange.Export, there map[string]bool) error {
	most, matches := 4, 0
	for _, rev := range x.Bank.Revisions() {
		options, m := width(rev.Item.Interaction)
		most, matches = max(most, options), max(matches, m)
	}
	t := writer{x: x, there: there, columns: columns(x.Langs, most, matches)}
	c := csv.NewWriter(w)
	if err := c.Write(t.columns); err != nil {
		return err
	}
	written := make(map[string]bool)
	for _, rev := range x.Bank.Revisions() {
		if err := c.Write(t.row(&rev.Item, written)); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// Template is the header of an empty table in the given languages, as CSV.
func Template(w io.Writer, langs []string) error {
	c := csv.NewWriter(w)
	header := append(columns(langs, 6, 6), colImage)
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
func columns(langs []string, options, matches int) []string {
	var names []string
	texts := func(name string) {
		for _, l := range langs {
			names = append(names, column(name, langs, l))
		}
	}
	names = append(names, colID, colKind, colRoles, colTopic, colStage, colLevel, colDifficulty, colReferences, colEnemies, colScoring, colCaseID)
	texts(colCase)
	texts(colStem)
	for n := 1; n <= options; n++ {
		texts(nth(colOption, n))
	}
	for n := 1; n <= matches; n++ {
		texts(nth(colMatch, n))
	}
	names = append(names, colKey, colTolerance)
	texts(colUnit)
	names = append(names, colInteger, colChoose, colFixed)
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
	t.interaction(cells, it.Interaction)
	row := make([]string, len(t.columns))
	for i, name := range t.columns {
		row[i] = cells[name]
		if name != colKey && name != colTolerance {
			row[i] = guard(row[i])
		}
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

func (t *writer) interaction(cells map[string]string, in exam.Interaction) {
	switch in := in.(type) {
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
