package moodlexml

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// essay reads a question that people mark. What Moodle shows to them (graderinfo) holds
// the rubric when Proba wrote it.
func (r *reader) essay() {
	q := r.q
	if strings.TrimSpace(q.Child("responseformat").Content()) == "noinline" {
		r.d.Refuse("essay.files", "is answered with files; answers are typed here. Let it be answered in its page, or leave it out")
		return
	}
	if n := strings.TrimSpace(q.Child("attachments").Content()); n != "" && n != "0" {
		r.d.Lose("essay.files", "files cannot be handed in with the answer here")
	}
	if text(q.Child("responsetemplate")) != "" {
		r.d.Lose("essay.template", "the words that an answer begins with are left out; answers begin empty")
	}
	e := &exam.Essay{MinWords: r.limit("minwordlimit"), MaxWords: r.limit("maxwordlimit")}
	info := q.Child("graderinfo")
	source := info.Child("text").Content()
	if formatOf(info, r.format) == "html" {
		r.files(info)
		e.Rubric, source = r.d.HTMLRubric(source)
	}
	var notes exam.Text
	if strings.TrimSpace(source) != "" {
		r.files(info)
		notes = r.formatted(formatOf(info, r.format), source)
	}
	r.d.ExtendedText(e, notes)
}

// limit reads a number of words, 0 when the source says none.
func (r *reader) limit(name string) int {
	s := strings.TrimSpace(r.q.Child(name).Content())
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 100_000 {
		r.d.Lose("moodle.limit", "its <%s> %q is no number of words", name, s)
		return 0
	}
	return n
}

// writeEssay writes what only Moodle's essays have.
func writeEssay(b *bufio.Writer, x *interchange.Export, it *exam.Item, e *exam.Essay) {
	b.WriteString("  <responseformat>plain</responseformat>\n  <responserequired>1</responserequired>\n  <responsefieldlines>15</responsefieldlines>\n")
	for _, limit := range []struct {
		name  string
		words int
	}{{"minwordlimit", e.MinWords}, {"maxwordlimit", e.MaxWords}} {
		if limit.words > 0 {
			fmt.Fprintf(b, "  <%s>%d</%s>\n", limit.name, limit.words, limit.name)
		}
	}
	b.WriteString("  <attachments>0</attachments>\n")
	block(b, x, "graderinfo", x.HTMLRubric(&e.Rubric))
	x.Lose(it.ID, "essay.rubric", "Moodle shows the rubric to who marks, and does not mark by it; the most characters and the tolerance between markers are tags")
}
