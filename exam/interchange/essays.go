package interchange

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
)

// Sizes of essays; see exam.Essay.
const (
	longestEssay = 8000
	longestLevel = 600
	// wordLength is that of a word with its space, in characters, as Ukrainian and
	// English have it on average.
	wordLength = 7
	// maxRubric bounds the criteria and levels that are read; a rubric has at most 72.
	maxRubric = 200
)

// ExtendedText makes the question an essay. What the source does not say is filled in
// and told. Notes are what it says to those who mark, "" or nil for nothing; without a
// rubric they say what a full answer is like.
func (d *Draft) ExtendedText(e *exam.Essay, notes exam.Text) {
	if e.MaxCharacters == 0 {
		e.MaxCharacters = longestEssay
		if !d.hasTag(tagMaxCharacters) {
			d.Remark("default.max_characters", "an answer may have %d characters, the most that there can be", longestEssay)
		}
	}
	if e.MaxWords*wordLength > longestEssay {
		d.Lose("essay.length", "its answers may have %d words; here %d characters are the most", e.MaxWords, longestEssay)
	}
	if len(e.Rubric.Criteria) == 0 {
		d.Lose("essay.rubric", "its source has no rubric that can be read; one with three levels was put in, write what earns the points before the item is used")
		d.late = append(d.late, func(langs []string) { e.Rubric.Criteria = d.plainRubric(notes, langs) })
	} else if !Blank(notes) {
		d.Lose("essay.notes", "what is said to markers beside the rubric is left out")
	}
	d.Item.Kind, d.Item.Interaction = exam.ExtendedText, e
}

// plainRubric is for essays whose source has none.
func (d *Draft) plainRubric(notes exam.Text, langs []string) []exam.Criterion {
	in := func(english, ukrainian string) exam.Text { return worded(langs, english, ukrainian) }
	full := in("Answers it in full.", "Відповідає повністю.")
	for lang, s := range full {
		words := inLang(notes, lang)
		if len(exam.Images(words)) > 0 {
			d.Lose("essay.notes", "the descriptions of images stand for them in what is said to markers")
			words = exam.Described(words)
		}
		if words = strings.TrimSpace(s + paragraphBreak + words); utf8.RuneCountInString(words) > longestLevel {
			d.Lose("essay.notes", "what is said to markers is left out: a level of a rubric has at most %d characters", longestLevel)
			continue
		}
		full[lang] = words
	}
	return []exam.Criterion{{Title: in("The answer as a whole", "Відповідь загалом"), Levels: []exam.RubricLevel{
		{Points: 0, Text: in("Does not answer the question.", "Не відповідає на запитання.")},
		{Points: 1, Text: in("Answers it in part.", "Відповідає частково.")},
		{Points: 2, Text: full},
	}}}
}

// HTMLRubric is the rubric as a list in HTML, for what Moodle shows to markers.
// Draft.HTMLRubric reads it.
func (x *Export) HTMLRubric(r *exam.Rubric) string {
	var b strings.Builder
	b.WriteString(`<dl class="rubric">`)
	for _, c := range r.Criteria {
		b.WriteString("<dt>" + x.HTML(c.Title) + "</dt>")
		for _, l := range c.Levels {
			b.WriteString("<dd>" + itoa(l.Points) + ": " + x.HTML(l.Text) + "</dd>")
		}
	}
	b.WriteString("</dl>")
	return b.String()
}

var (
	rubricList = regexp.MustCompile(`(?s)<dl class="rubric">(.*?)</dl>`)
	rubricTerm = regexp.MustCompile(`(?s)<dt>(.*?)</dt>|<dd>\s*([0-9]{1,4}):(.*?)</dd>`)
)

// HTMLRubric takes a rubric that an export wrote out of the source. Criteria is empty
// when there is none, or one that somebody changed so that not all of it would be read.
func (d *Draft) HTMLRubric(source string) (rubric exam.Rubric, rest string) {
	list := rubricList.FindStringSubmatchIndex(source)
	if list == nil || len(source) > MaxText {
		return rubric, source
	}
	if other := rubricTerm.ReplaceAllLiteralString(source[list[2]:list[3]], ""); strings.TrimSpace(other) != "" {
		return rubric, source
	}
	terms := rubricTerm.FindAllStringSubmatch(source[list[2]:list[3]], maxRubric+1)
	if len(terms) > maxRubric || len(terms) > 0 && terms[0][2] != "" { // more than is read, or a level of no criterion
		return rubric, source
	}
	for _, m := range terms {
		if m[2] == "" {
			rubric.Criteria = append(rubric.Criteria, exam.Criterion{Title: d.HTML(m[1])})
			continue
		}
		points, err := strconv.Atoi(m[2])
		if err != nil { // the expression lets through nothing but digits
			return exam.Rubric{}, source
		}
		c := &rubric.Criteria[len(rubric.Criteria)-1]
		c.Levels = append(c.Levels, exam.RubricLevel{Points: points, Text: d.HTML(m[3])})
	}
	return rubric, source[:list[0]] + source[list[1]:]
}
