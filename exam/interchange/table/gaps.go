package table

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// The key of a gap that is typed into; of any other it is the number of the right line.
const (
	keyWords  = "words"
	keyNumber = "number"
)

// noWeight stands for a gap that counts as most do.
const noWeight = "-"

// lines cuts a text into its lines, which are as many in each language.
func (q *question) lines(column string) []exam.Text {
	var all []exam.Text
	first := -1
	for lang, s := range q.text(column) {
		n := 0
		for line := range strings.Lines(s) {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			if n == len(all) {
				all = append(all, make(exam.Text))
			}
			all[n][lang] = line
			n++
		}
		if first < 0 {
			first = n
		}
		if n != first {
			q.d.Refuse("table.lines", "%q has more lines in one language than in another; each line is an answer", column)
		}
	}
	return all
}

// cloze reads a text with gaps: each numbered option is a gap, and each of its lines an
// answer.
func (q *question) cloze(key string) {
	keys := list(strings.ToLower(key))
	var gaps []exam.Gap
	for n := 1; n <= maxOptions; n++ {
		lines := q.lines(nth(colOption, n))
		if len(lines) == 0 {
			continue
		}
		if n != len(gaps)+1 {
			q.d.Refuse("table.gap", "%q has answers, and a gap before it has none", nth(colOption, n))
			return
		}
		gaps = append(gaps, q.d.Gap(n, func() { q.gap(n, keys, lines) }))
	}
	if len(gaps) == 0 || len(keys) > len(gaps) {
		q.d.Refuse("table.gap", "has %d gaps and keys for %d; the answers of the first gap stand in %q, one a line", len(gaps), len(keys), nth(colOption, 1))
		return
	}
	if cell := list(q.plain(colWeights)); len(cell) > 0 {
		weights := make([]int, len(gaps))
		for i := range weights {
			weights[i] = -1
			if i < len(cell) && cell[i] != noWeight {
				n, err := strconv.Atoi(strings.TrimSuffix(cell[i], ".0"))
				if weights[i] = n; err != nil || n < 0 || len(cell) > len(gaps) {
					q.d.Refuse("table.weights", "%q is no number for each gap, separated by semicolons", q.plain(colWeights))
					return
				}
			}
		}
		q.d.WeighGaps(gaps, weights)
	}
	passage := q.text(colPassage)
	for lang, s := range passage {
		for i := range gaps {
			s = strings.ReplaceAll(s, "[["+strconv.Itoa(i+1)+"]]", interchange.GapMark(i+1))
		}
		if n := exam.GapsIn(exam.Text{lang: s}); n > 0 {
			q.d.Refuse("table.gap", "its passage has the gap [[%d]], and %q says nothing of it", n, nth(colOption, n))
			return
		}
		passage[lang] = s
	}
	q.d.Cloze(q.d.Item.Stem, passage, gaps)
	q.gapTags(gaps)
}

// gap makes a question of gap n.
func (q *question) gap(n int, keys []string, lines []exam.Text) {
	key := keyWords
	if n <= len(keys) {
		key = keys[n-1]
	}
	var answers []interchange.Answer
	switch key {
	case keyWords:
		for _, t := range lines {
			answers = append(answers, interchange.Answer{Text: t, Fraction: 1})
		}
		q.d.Words(answers, false)
	case keyNumber:
		var said string
		for _, s := range lines[0] {
			if said != "" && interchange.Decimal(s) != interchange.Decimal(said) {
				q.d.Refuse("table.number", "%q and %q are the number of one gap in two languages; it is the same in all", said, s)
				return
			}
			said = s
		}
		v, t, hasTolerance := strings.Cut(interchange.Decimal(said), ":")
		value, ok := interchange.ParseDecimal(v)
		tolerance, okToo := new(big.Rat), true
		if hasTolerance {
			tolerance, okToo = interchange.ParseDecimal(t)
		}
		if !ok || !okToo || tolerance.Sign() < 0 || len(lines) > 1 {
			q.d.Refuse("table.number", "%q is no number with a tolerance, such as 72:1", said)
			return
		}
		q.d.Number([]interchange.Numeric{{Min: new(big.Rat).Sub(value, tolerance), Max: new(big.Rat).Add(value, tolerance), Fraction: 1}}, nil)
	default:
		right, err := strconv.Atoi(strings.TrimSuffix(key, ".0"))
		if err != nil || right < 1 || right > len(lines) {
			q.d.Refuse("table.key", "its key %q is not %s, %s or the number of one of its %d lines", key, keyWords, keyNumber, len(lines))
			return
		}
		for i, t := range lines {
			answers = append(answers, interchange.Answer{Text: t, Fraction: map[bool]float64{true: 1}[i == right-1]})
		}
		q.d.SingleChoice(answers)
	}
}

// gapTags reads what is said of gaps by their numbers.
func (q *question) gapTags(gaps []exam.Gap) {
	if q.d.Refused() {
		return
	}
	for _, column := range []string{colFixed, colInteger} {
		for _, entry := range list(q.plain(column)) {
			gap, option, _ := strings.Cut(entry, ".")
			n, err := strconv.Atoi(gap)
			o, errOption := strconv.Atoi(option)
			switch {
			case err != nil || n < 1 || n > len(gaps):
				q.d.Refuse("table.gap", "%q names the gap %q, which is not there", column, entry)
			case column == colInteger && gaps[n-1].Number != nil:
				gaps[n-1].Number.Integer = true
			case column == colFixed && errOption == nil && o >= 1 && o <= len(gaps[n-1].Options):
				gaps[n-1].Options[o-1].Fixed = true
			default:
				q.d.Refuse("table.gap", "%q of %q fits no gap; lines that stay in place are written 1.3, gap and line", entry, column)
			}
		}
	}
}

// cloze writes a text with gaps.
func (t *writer) cloze(cells map[string]string, id string, c *exam.ClozeText) {
	t.text(cells, colPassage, c.Passage)
	var keys, fixed, integers, weights []string
	weighed := false
	for i := range c.Gaps {
		g := &c.Gaps[i]
		number := strconv.Itoa(i + 1)
		lines, key := g.Accepted, keyWords
		switch {
		case g.Number != nil:
			key = keyNumber
			answer := interchange.Decimal(g.Number.Value)
			if g.Number.Tolerance != "" {
				answer += ":" + interchange.Decimal(g.Number.Tolerance)
			}
			lines = []exam.Text{{}}
			for _, l := range t.x.Langs {
				lines[0][l] = answer
			}
			if g.Number.Integer {
				integers = append(integers, number)
			}
		case len(g.Options) > 0:
			for j, o := range g.Options {
				lines = append(lines, o.Text)
				if o.Key {
					key = strconv.Itoa(j + 1)
				}
				if o.Fixed {
					fixed = append(fixed, number+"."+strconv.Itoa(j+1))
				}
			}
		}
		keys, weights = append(keys, key), append(weights, noWeight)
		if g.Weight > 0 {
			weights[i], weighed = strconv.Itoa(g.Weight), true
		}
		t.lines(cells, id, nth(colOption, i+1), lines)
	}
	cells[colKey], cells[colFixed], cells[colInteger] = strings.Join(keys, "; "), strings.Join(fixed, "; "), strings.Join(integers, "; ")
	if weighed {
		cells[colWeights] = strings.Join(weights, "; ")
	}
}

// lines puts texts of one line each into one cell.
func (t *writer) lines(cells map[string]string, id, name string, lines []exam.Text) {
	joined := make(exam.Text)
	for _, l := range t.x.Langs {
		var all []string
		for _, line := range lines {
			s := line[l]
			if strings.Contains(s, "\n") {
				t.x.Lose(id, "table.lines", "line breaks within an answer of a gap are written as spaces")
				s = strings.Join(strings.Fields(s), " ")
			}
			all = append(all, s)
		}
		joined[l] = strings.Join(all, "\n")
	}
	t.text(cells, name, joined)
}
