package qti

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// What an essay gets that its source does not say.
const (
	usualEssay = 3000 // characters, some page and a half
	mostEssay  = 8000 // the longest that exam takes
	// lineLength is what a line of the size of <extendedTextInteraction> holds.
	lineLength = 100
	// usualPoints and mostLevels are the points, and the levels, of a rubric that is made.
	usualPoints = 4
	mostLevels  = 8
	mostPoints  = 100
	// mostTitle is the longest title of a criterion, in characters.
	mostTitle = 600
)

// Classes of the rubric in what Proba writes.
const (
	rubricClass    = "proba-rubric"
	criterionClass = "proba-criterion"
	titleClass     = "proba-title"
)

// instructions are the blocks of a body that only who marks sees.
func (r *reader) instructions(body *interchange.Element) []*interchange.Element {
	var blocks []*interchange.Element
	for _, b := range body.Find("rubricBlock") {
		if view := strings.Fields(b.Attr("view")); slices.Contains(view, "scorer") && !slices.Contains(view, "candidate") {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// essay reads a text that people mark.
func (r *reader) essay(decl *declaration, e *interchange.Element) {
	in := new(exam.Essay)
	for _, b := range r.scorers {
		if slices.Contains(strings.Fields(b.Attr("class")), rubricClass) {
			in.Rubric.Criteria = r.criteria(b)
		}
	}
	if len(in.Rubric.Criteria) > 0 {
		in.MaxCharacters = atoi(e.Attr("expectedLength"))
		in.Rubric.Tolerance = atoi(r.own[ownTolerance])
		least, most, _ := strings.Cut(r.own[ownWords], "-")
		in.MinWords, in.MaxWords = atoi(least), atoi(most)
	} else {
		var said []exam.Text
		for _, b := range r.scorers {
			said = append(said, r.html(b))
		}
		points, err := strconv.ParseFloat(r.outcome("SCORE").Attr("normalMaximum"), 64)
		if err != nil {
			points = 0
		}
		in.Rubric = r.made(points, said)
		in.MaxCharacters = r.length(max(atoi(e.Attr("expectedLength")), lineLength*min(mostEssay, atoi(e.Attr("expectedLines")))))
	}
	if f := e.Attr("format"); f != "" && f != "plain" && f != "preFormatted" {
		r.d.Lose("essay.format", "its answer may be formatted in its source (%s); here it is plain text", f)
	}
	if decl.cardinality != "single" && decl.cardinality != "" {
		r.d.Lose("essay.texts", "asks for several texts; here they are one")
	}
	r.samples(decl.correct)
	r.d.Item.Kind, r.d.Item.Interaction = exam.ExtendedText, in
}

func (r *reader) outcome(id string) *interchange.Element {
	for _, o := range r.item.All("outcomeDeclaration") {
		if o.Attr("identifier") == id {
			return o
		}
	}
	return nil
}

// criteria reads a rubric that Proba wrote.
func (r *reader) criteria(b *interchange.Element) []exam.Criterion {
	var criteria []exam.Criterion
	b.Walk(func(c *interchange.Element) bool {
		if !slices.Contains(strings.Fields(c.Attr("class")), criterionClass) {
			return true
		}
		one := exam.Criterion{Title: r.html(classed(c, titleClass))}
		points := 0
		for _, l := range c.Find("dt", "dd") {
			if l.Name == "dt" {
				points = atoi(strings.TrimSpace(l.Content()))
			} else {
				one.Levels = append(one.Levels, exam.RubricLevel{Points: points, Text: r.html(l)})
			}
		}
		criteria = append(criteria, one)
		return false
	})
	return criteria
}

// made is a rubric of one criterion for an essay that has none that can be read: what
// is said to who marks, and points up to those of the source.
func (q *question) made(points float64, said []exam.Text) exam.Rubric {
	title := make(exam.Text)
	for _, t := range said {
		for lang, s := range t {
			title[lang] = strings.TrimSpace(title[lang] + "\n\n" + s)
		}
	}
	top := int(min(mostPoints, points))
	if top < 1 {
		top = usualPoints
	}
	if float64(top) != points && points > 0 {
		q.d.Lose("points", "it is worth %v points there; its rubric gives %d", points, top)
	}
	q.d.Lose("essay.rubric", "has no rubric that can be read; one with a single criterion of 0 to %d points was made: write what earns them", top)
	q.d.FillIn(title, "The answer as a whole", "Відповідь загалом")
	levels := min(top+1, mostLevels)
	criterion := exam.Criterion{Title: title}
	for lang := range q.d.Item.Stem { // the languages of the item
		if title[lang] == "" {
			title[lang] = "" // filled in later
		}
		if r := []rune(title[lang]); len(r) > mostTitle {
			title[lang] = string(r[:mostTitle-1]) + "…"
			q.d.Lose("essay.instructions", "its instructions for who marks are longer than a criterion can be; the rest is left out")
		}
	}
	for i := range levels {
		level := exam.RubricLevel{Points: (i*top + (levels-1)/2) / (levels - 1), Text: make(exam.Text)}
		for lang := range q.d.Item.Stem {
			level.Text[lang] = ""
		}
		q.d.FillIn(level.Text, fmt.Sprintf("%d of %d points", level.Points, top), fmt.Sprintf("%d з %d балів", level.Points, top))
		criterion.Levels = append(criterion.Levels, level)
	}
	return exam.Rubric{Criteria: []exam.Criterion{criterion}}
}

// length is the most that is taken of an essay whose source says what it expects, 0
// for nothing. That is a hint there, and an answer must not be cut off by it.
func (q *question) length(expected int) int {
	if expected <= 0 {
		q.d.Remark("essay.length", "does not say how long its answer may be; %d characters are taken", usualEssay)
		return usualEssay
	}
	most := min(mostEssay, max(2*min(expected, mostEssay), 1000))
	q.d.Remark("essay.length", "expects about %d characters; up to %d are taken", expected, most)
	return most
}

// samples puts declared answers to an essay into the rationale.
func (q *question) samples(answers []string) {
	for _, s := range answers {
		if strings.TrimSpace(s) != "" {
			q.d.Remark("essay.sample", "its declared answer is an example, and stands in the rationale")
			q.d.Explain(nil, q.in(q.d.Plain(s)))
		}
	}
}
