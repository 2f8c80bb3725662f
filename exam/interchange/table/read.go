package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/internal/csvfile"
)

// ReadCSV takes in the questions of a CSV file in UTF-8 (RFC 4180). Its separator is found
// as csvfile.Separator says.
func ReadCSV(im *interchange.Import, file string, data []byte) { readCSV(im, file, data, nil) }

func readCSV(im *interchange.Import, file string, data []byte, media func(src string) ([]byte, error)) {
	separator, said := csvfile.Separator(data)
	before := bytes.Count(data[:said], []byte("\n")) // lines that the reader does not see
	r := csv.NewReader(bytes.NewReader(data[said:]))
	r.FieldsPerRecord, r.Comma = -1, separator
	t := reader{im: im, file: file, media: media}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			line := 1
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line, err = p.Line, p.Err
			}
			im.Fail(file, before+line, "csv.broken", "is not CSV from here on, its cells taken to be separated by %s: %v", csvfile.Named(separator), err)
			return
		}
		line, _ := r.FieldPos(0)
		for i := range cells {
			cells[i] = unguard(cells[i])
		}
		if !t.row(before+line, cells) {
			return
		}
	}
}

// reader reads row after row.
type reader struct {
	im   *interchange.Import
	file string
	h    header
	// named are the columns that the header gives a name, with a meaning or none.
	named []bool
	// media returns a file beside the table, nil where there is none.
	media func(src string) ([]byte, error)
	// drawings are the images over the cells of a sheet, and columns those that hold texts.
	drawings map[int][]drawing
	columns  map[int]bool
}

// row takes in one row, the header first. It returns false when reading cannot go
// on.
func (t *reader) row(line int, cells []string) bool {
	if len(t.drawings) > 0 && t.h != nil {
		cells = t.drawn(line, cells)
	}
	if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
		return true
	}
	if t.h == nil {
		var ok bool
		t.h, ok = readHeader(t.im, t.file, line, cells)
		t.columns, t.named = t.h.texts(), namedColumns(cells)
		return ok
	}
	d := t.im.Draft(t.file, line, "")
	d.Media = t.media
	r := question{t, d, cells}
	r.within()
	r.read()
	t.im.Add(d)
	return !t.im.Stopped()
}

// question reads one row.
type question struct {
	*reader
	d     *interchange.Draft
	cells []string
}

// within refuses a row with words under no name: they are options without a column, or
// behind a separator in a text without quotation marks, which moved all that follow it.
func (q *question) within() {
	for i, cell := range q.cells {
		if cell = strings.TrimSpace(cell); cell != "" && (i >= len(q.named) || !q.named[i]) {
			q.d.Refuse("table.cell", "its cell %d, %.40q, stands under no name of a column; name the column, empty the cell, or put a text that holds a separator in quotation marks", i+1, cell)
			return
		}
	}
}

// at returns the trimmed cell of a column in a language.
func (q *question) at(column, lang string) string {
	i, ok := q.h[column][lang]
	if !ok || i >= len(q.cells) {
		return ""
	}
	if len(q.cells[i]) > interchange.MaxText {
		q.d.Refuse("text.too_long", "has a text of more than 256 kB; no learner reads that")
		return ""
	}
	return strings.TrimSpace(q.cells[i])
}

// plain returns the cell of a column that is no text.
func (q *question) plain(column string) string { return q.at(column, "") }

// text returns the cells of a text column in all their languages; nil when they
// are empty.
func (q *question) text(column string) exam.Text {
	t := make(exam.Text)
	for lang := range q.h[column] {
		if s := interchange.Tidy(q.at(column, lang)); s != "" {
			t[lang] = s
		}
	}
	if len(t) == 0 {
		return nil
	}
	return q.d.Images(t)
}

// list cuts a cell at its semicolons.
func list(cell string) []string {
	var parts []string
	for part := range strings.SplitSeq(cell, ";") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

func (q *question) read() {
	d := q.d
	d.Identify(q.plain(colID))
	it := &d.Item
	for _, role := range list(q.plain(colRoles)) {
		it.Roles = append(it.Roles, interchange.Term(role))
	}
	it.Enemies = list(q.plain(colEnemies))
	it.Topic, it.Stage = interchange.Term(q.plain(colTopic)), interchange.Term(q.plain(colStage))
	it.Level, it.Difficulty = strings.ToLower(q.plain(colLevel)), exam.Difficulty(strings.ToLower(q.plain(colDifficulty)))
	it.Scoring, it.Stimulus = exam.Rule(q.plain(colScoring)), q.plain(colCaseID)
	it.References = references(q.plain(colReferences))
	kind := exam.Kind(strings.ReplaceAll(strings.ToLower(q.plain(colKind)), " ", "_"))
	it.Stem, it.Rationale = q.text(colStem), q.text(colRationale)
	if kind != exam.Hotspot { // whose image is what is pointed at
		it.Stem = q.d.Images(q.withImage(it.Stem, q.plain(colImage), q.text(colAlt)))
	}
	if text := q.text(colCase); text != nil {
		if it.Stimulus == "" {
			d.Refuse("table.case", "has a case text without a %q", colCaseID)
		} else {
			q.im.AddStimulus(it.Stimulus, text)
		}
	}
	q.interaction(kind)
}

// references reads one a line: "fact = source", "fact =" or a source alone.
func references(cell string) []exam.Reference {
	var all []exam.Reference
	for line := range strings.SplitSeq(cell, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if fact, source, ok := strings.Cut(" "+line+" ", " = "); ok {
			all = append(all, exam.Reference{Fact: strings.TrimSpace(fact), Source: strings.TrimSpace(source)})
		} else {
			all = append(all, exam.Reference{Source: line})
		}
	}
	return all
}

func (q *question) interaction(kind exam.Kind) {
	d, key := q.d, q.plain(colKey)
	if kind == "" { // the usual case needs no word
		if kind = exam.Single; len(keys(key)) > 1 {
			kind = exam.Multiple
		}
	}
	switch kind {
	case exam.Single:
		d.SingleChoice(q.options(key, 1))
	case exam.Multiple:
		answers := q.options(key, 0)
		d.MultipleChoice(answers)
		if in, ok := d.Item.Interaction.(*exam.MultipleChoice); ok && strings.EqualFold(q.plain(colChoose), "yes") {
			in.Choose = len(keys(key))
		}
	case exam.TrueFalse:
		switch strings.ToLower(key) {
		case "true", "t", "yes", "1":
			d.TrueFalse(true)
		case "false", "f", "no", "0":
			d.TrueFalse(false)
		default:
			d.Refuse("key.missing", "its key is %q; write true or false", key)
		}
	case exam.Matching:
		var rows []exam.Row
		for n := 1; n <= maxOptions; n++ {
			if row := (exam.Row{Prompt: q.text(nth(colOption, n)), Match: q.text(nth(colMatch, n))}); row.Prompt != nil || row.Match != nil {
				rows = append(rows, row)
			}
		}
		d.Match(rows)
	case exam.Ordering:
		d.Order(q.texts())
	case exam.Numeric:
		q.number(key)
	case exam.ShortText:
		var answers []interchange.Answer
		for _, t := range q.texts() {
			answers = append(answers, interchange.Answer{Text: t, Fraction: 1})
		}
		d.Words(answers, false)
	case exam.Cloze:
		q.cloze(key)
	case exam.Hotspot:
		q.hotspot(key)
	case exam.ExtendedText:
		q.essay()
	default:
		d.Unsupported(string(kind))
	}
}

// texts are the numbered options that have words.
func (q *question) texts() []exam.Text {
	var all []exam.Text
	for n := 1; n <= maxOptions; n++ {
		if t := q.text(nth(colOption, n)); t != nil {
			all = append(all, t)
		}
	}
	return all
}

// keys reads the places of the right options, as numbers or letters, separated by
// semicolons, commas or spaces.
func keys(cell string) []string {
	return strings.FieldsFunc(strings.ToUpper(cell), func(r rune) bool { return strings.ContainsRune(";, ", r) })
}

// options reads the options with their key. A wrong one costs what a right one
// earns, unless the row says a rule.
func (q *question) options(key string, most int) []interchange.Answer {
	marked := make(map[string]bool)
	right := keys(key)
	for _, k := range right {
		if len(k) == 1 && k[0] >= 'A' && k[0] <= 'Z' {
			k = strconv.Itoa(int(k[0]-'A') + 1)
		}
		marked[strings.TrimSuffix(k, ".0")] = true
	}
	fixed := make(map[string]bool)
	for _, f := range keys(q.plain(colFixed)) {
		fixed[f] = true
	}
	reward, cost := 1.0, 0.0
	if most == 0 && len(right) > 0 {
		reward = 1 / float64(len(right))
		cost = -reward
	}
	var answers []interchange.Answer
	for n := 1; n <= maxOptions; n++ {
		t := q.text(nth(colOption, n))
		number := strconv.Itoa(n)
		if t == nil {
			continue
		}
		a := interchange.Answer{Text: t, Fraction: cost, Fixed: fixed[number]}
		if marked[number] {
			a.Fraction = reward
			delete(marked, number)
		}
		delete(fixed, number)
		answers = append(answers, a)
	}
	if len(marked) > 0 || len(fixed) > 0 {
		q.d.Refuse("table.key", "%q or %q names an option that is not there; write the numbers or letters of options", colKey, colFixed)
	}
	return answers
}

func (q *question) number(key string) {
	value, ok := interchange.ParseDecimal(interchange.Decimal(key))
	tolerance, okToo := new(big.Rat), true
	if s := q.plain(colTolerance); s != "" {
		tolerance, okToo = interchange.ParseDecimal(interchange.Decimal(s))
	}
	if !ok || !okToo || tolerance.Sign() < 0 {
		q.d.Refuse("table.number", "its key %q with tolerance %q is no number with a tolerance of 0 or more", key, q.plain(colTolerance))
		return
	}
	low, high := new(big.Rat).Sub(value, tolerance), new(big.Rat).Add(value, tolerance)
	q.d.Number([]interchange.Numeric{{Min: low, Max: high, Fraction: 1}}, q.text(colUnit))
	if in, ok := q.d.Item.Interaction.(*exam.Number); ok {
		in.Integer = strings.EqualFold(q.plain(colInteger), "yes")
	}
}
