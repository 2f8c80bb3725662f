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
		if q.d.TooMany(len(c.Levels)) {
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
		title, levels := cutLevels(s)
		c.Title[lang] = title
		if first {
			c.Levels = make([]exam.RubricLevel, len(levels))
		}
		if len(levels) != len(c.Levels) {
			return c, false
		}
		for n, l := range levels {
			into := &c.Levels[n]
			if first {
				into.Points, into.Text = l.points, make(exam.Text)
			}
			if into.Points != l.points {
				return c, false
			}
			into.Text[lang] = l.text
		}
		first = false
	}
	return c, true
}

// cutLevel is a level of a criterion in one language.
type cutLevel struct {
	points int
	text   string
}

// cutLevels takes a criterion in one language apart: its title, and its levels, each from
// the line that begins it to the next one.
func cutLevels(cell string) (title string, levels []cutLevel) {
	var lines []string // of what is being read
	end := func() {
		text := interchange.Tidy(strings.Join(lines, "\n"))
		if lines = nil; levels == nil {
			title = text
		} else {
			levels[len(levels)-1].text = text
		}
	}
	for line := range strings.SplitSeq(cell, "\n") {
		if m := levelLine.FindStringSubmatch(line); m != nil {
			end()
			points, _ := strconv.Atoi(m[1]) // three digits at most
			levels, line = append(levels, cutLevel{points: points}), m[2]
		}
		lines = append(lines, line)
	}
	end()
	return title, levels
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
