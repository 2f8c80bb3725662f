package qti

import (
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// essay reads a text that people mark.
func (r *v1) essay(e *interchange.Element) {
	points, err := strconv.ParseFloat(r.meta("points_possible"), 64)
	if err != nil {
		points = 0
	}
	var said []exam.Text
	if notes := r.meta("grading_notes"); notes != "" {
		said = append(said, r.d.HTML(notes))
	}
	for _, b := range r.item.All("rubric") {
		if scorers(b) {
			said = append(said, r.material(b))
		}
	}
	in := &exam.Essay{Rubric: r.made(points, said)}
	fib := e.Child("render_fib")
	if most := atoi(fib.Attr("maxchars")); most > 0 {
		if in.MaxCharacters = min(most, mostEssay); most > mostEssay {
			r.d.Lose("essay.length", "its answers may have %d characters; here %d are the most", most, mostEssay)
		}
	} else {
		in.MaxCharacters = r.length(min(mostEssay, atoi(fib.Attr("rows"))) * min(mostEssay, atoi(fib.Attr("columns"))))
	}
	if e.Attr("word_limit_enabled") == "Yes" {
		in.MinWords, in.MaxWords = atoi(e.Attr("word_limit_min")), atoi(e.Attr("word_limit_max"))
	}
	r.d.Item.Kind, r.d.Item.Interaction = exam.ExtendedText, in
}

// scorers reports whether a rubric is for those who mark.
func scorers(b *interchange.Element) bool {
	return strings.EqualFold(b.Attr("view"), "Scorer") || strings.EqualFold(b.Attr("view"), "Assessor")
}

// rubric tells of instructions beside the question, which an item has no place for; an
// essay keeps those for who marks.
func (r *v1) rubric() {
	for _, b := range r.item.All("rubric") {
		if strings.TrimSpace(b.Content()) != "" && !scorers(b) {
			r.d.Lose("qti.rubric", "instructions beside the question are left out")
		}
	}
}
