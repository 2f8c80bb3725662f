package table

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// extra are the columns that only some kinds need, so that the tables of most banks lack
// them.
type extra struct {
	passage, weights, essays bool
	areas                    int
}

// need adds the columns of an interaction.
func (e *extra) need(in exam.Interaction) {
	switch in := in.(type) {
	case *exam.ClozeText:
		e.passage = true
		for _, g := range in.Gaps {
			e.weights = e.weights || g.Weight > 0
		}
	case *exam.HotspotImage:
		e.passage, e.areas = true, max(e.areas, len(in.Areas))
	case *exam.Essay:
		e.essays = true
	}
}

// hotspot reads areas of an image: each has its name in an option, and its outline with
// coordinates in the area of that number.
func (q *question) hotspot(key string) {
	image := q.text(colPassage)
	if image == nil {
		image = q.d.Images(q.withImage(nil, q.plain(colImage), q.text(colAlt)))
	}
	in := &exam.HotspotImage{Image: image}
	for n, a := range q.options(key, 0) {
		area := exam.Area{Name: a.Text, Key: a.Fraction > 0}
		words := strings.FieldsFunc(strings.ToLower(q.plain(nth(colArea, n+1))), func(r rune) bool { return strings.ContainsRune(" ,;:", r) })
		for i, word := range words {
			if i == 0 {
				area.Outline = exam.Outline(word)
				continue
			}
			c, err := strconv.Atoi(word)
			if err != nil {
				q.d.Refuse("table.area", "%q of %q is no whole number of pixels", word, nth(colArea, n+1))
			}
			area.Coords = append(area.Coords, c)
		}
		in.Areas = append(in.Areas, area)
	}
	if strings.EqualFold(q.plain(colChoose), "yes") {
		in.Choose = len(keys(key))
	}
	q.d.Item.Kind, q.d.Item.Interaction = exam.Hotspot, in
}

func (t *writer) hotspot(cells map[string]string, h *exam.HotspotImage) {
	t.text(cells, colPassage, h.Image)
	options := make([]exam.Option, len(h.Areas))
	for i, a := range h.Areas {
		options[i] = exam.Option{Text: a.Name, Key: a.Key}
		cells[nth(colArea, i+1)] = strings.Trim(fmt.Sprint(a.Outline, a.Coords), "]")
		cells[nth(colArea, i+1)] = strings.Replace(cells[nth(colArea, i+1)], "[", " ", 1)
	}
	t.options(cells, options)
	if h.Choose > 0 {
		cells[colChoose] = "yes"
	}
}

// essay reads a question that people mark: each numbered option is a criterion of the
// rubric, its title and then its levels, a line each, such as "2: names both".
func (q *question) essay() {
	e := &exam.Essay{MaxCharacters: q.whole(colMaxChars), MinWords: q.whole(colMinWords), MaxWords: q.whole(colMaxWords)}
	e.Rubric.Tolerance = q.whole(colTolerance)
	for _, cell := range q.texts() {
		c, ok := criterion(cell)
		if !ok {
			q.d.Refuse("table.rubric", "a criterion is its title and then its levels, each a line such as \"2: names both\", the same in each language")
			return
		}
		e.Rubric.Criteria = append(e.Rubric.Criteria, c)
	}
	q.d.ExtendedText(e, nil)
}

// whole reads a whole number, 0 for an empty cell.
func (q *question) whole(column string) int {
	cell := strings.TrimSuffix(q.plain(column), ".0")
	if cell == "" {
		return 0
	}
	n, err := strconv.Atoi(cell)
	if err != nil || n < 0 {
		q.d.Refuse("table.whole", "%q of %q is no whole number", cell, column)
	}
	return n
}

// levelLine begins a level of a criterion.
var levelLine = regexp.MustCompile(`^([0-9]{1,3}):(.*)$`)

// criterion reads a criterion. ok is false when the languages differ in its levels.
func criterion(cell exam.Text) (c exam.Criterion, ok bool) {
	c.Title = make(exam.Text)
	first := true
	for lang, s := range cell {
		n := 0
		for line := range strings.SplitSeq(s, "\n") {
			m := levelLine.FindStringSubmatch(line)
			switch {
			case m == nil && n == 0:
				c.Title[lang] += "\n" + line
				continue
			case m == nil:
				c.Levels[n-1].Text[lang] += "\n" + line
				continue
			}
			points, err := strconv.Atoi(m[1])
			switch {
			case err != nil, !first && (n == len(c.Levels) || c.Levels[n].Points != points):
				return c, false
			case first:
				c.Levels = append(c.Levels, exam.RubricLevel{Points: points, Text: make(exam.Text)})
			}
			c.Levels[n].Text[lang] = strings.TrimSpace(m[2])
			n++
		}
		if n != len(c.Levels) {
			return c, false
		}
		first = false
	}
	texts := []exam.Text{c.Title}
	for _, l := range c.Levels {
		texts = append(texts, l.Text)
	}
	for _, t := range texts {
		for lang, s := range t {
			t[lang] = interchange.Tidy(s)
		}
	}
	return c, true
}

func (t *writer) essay(cells map[string]string, id string, e *exam.Essay) {
	set := func(column string, n int) {
		if n > 0 {
			cells[column] = strconv.Itoa(n)
		}
	}
	set(colMaxChars, e.MaxCharacters)
	set(colMinWords, e.MinWords)
	set(colMaxWords, e.MaxWords)
	set(colTolerance, e.Rubric.Tolerance)
	for i, c := range e.Rubric.Criteria {
		cell := make(exam.Text)
		for _, l := range t.x.Langs {
			cell[l] = t.unlevelled(id, c.Title[l])
			for _, level := range c.Levels {
				cell[l] += "\n" + strconv.Itoa(level.Points) + ": " + t.unlevelled(id, level.Text[l])
			}
		}
		t.text(cells, nth(colOption, i+1), cell)
	}
}

// unlevelled is words none of whose lines looks like the beginning of a level.
func (t *writer) unlevelled(id, words string) string {
	lines := strings.Split(words, "\n")
	for i, line := range lines {
		if m := levelLine.FindStringSubmatch(line); m != nil {
			lines[i] = m[1] + " :" + m[2]
			t.x.Lose(id, "table.rubric", "%q would begin a level of the rubric and is written with a space", line)
		}
	}
	return strings.Join(lines, "\n")
}
