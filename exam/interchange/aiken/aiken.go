// Package aiken reads Aiken, a plain text format of single choices: the question,
// a line for each option that begins with a letter and a point or bracket, and
// "ANSWER: B". See https://docs.moodle.org/en/Aiken_format. It has no place for
// names, categories, feedback or languages.
package aiken

import (
	"regexp"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

var (
	optionPattern = regexp.MustCompile(`^([A-Z])[.)][ \t]+(.*)$`)
	answerPattern = regexp.MustCompile(`^ANSWER:[ \t]*(.*)$`)
)

// maxLines bounds the lines of a question that are kept: no item has as many, so
// that one with more is refused anyway.
const maxLines = 2_001

// question is one question while it is read.
type question struct {
	line    int
	stem    []string
	letters []string
	options []string
}

// Read takes in the questions of an Aiken file in UTF-8.
func Read(im *interchange.Import, file string, data []byte) {
	var q question
	number := 0
	for line := range strings.Lines(string(data)) {
		if im.Stopped() {
			return
		}
		number++
		line = strings.TrimSpace(line)
		if m := answerPattern.FindStringSubmatch(line); m != nil {
			q.finish(im, file, number, strings.TrimSpace(m[1]))
			q = question{}
			continue
		}
		if m := optionPattern.FindStringSubmatch(line); m != nil && len(q.stem) > 0 {
			if len(q.options) <= interchange.MaxAnswers { // one more is refused
				q.letters, q.options = append(q.letters, m[1]), append(q.options, m[2])
			}
			continue
		}
		if line == "" {
			continue
		}
		if len(q.options) > 0 { // the answer is missing: this is the next question
			q.finish(im, file, number, "")
			q = question{}
		}
		if len(q.stem) == 0 {
			q.line = number
		}
		if len(q.stem) < maxLines {
			q.stem = append(q.stem, line)
		}
	}
	if len(q.stem) > 0 {
		q.finish(im, file, number, "")
	}
}

// finish takes the question in; answer is the letter after ANSWER.
func (q *question) finish(im *interchange.Import, file string, line int, answer string) {
	if q.line == 0 {
		q.line = line
	}
	d := im.Draft(file, q.line, "")
	d.Item.Stem = d.Plain(strings.Join(q.stem, "\n"))
	var answers []interchange.Answer
	found := false
	for i, option := range q.options {
		a := interchange.Answer{Text: d.Plain(option)}
		if q.letters[i] == answer {
			a.Fraction, found = 1, true
		}
		answers = append(answers, a)
	}
	switch {
	case len(q.stem) == 0:
		d.Refuse("aiken.no_question", "ANSWER stands without a question")
	case len(q.options) == 0:
		d.Refuse("aiken.no_options", "has no options; each begins with a capital letter, a point or bracket and a space")
	case answer == "":
		d.Refuse("aiken.no_answer", "has no line \"ANSWER:\" right behind its options")
	case !found:
		d.Refuse("aiken.answer", "the answer %q is not the letter of one option", answer)
	default:
		d.SingleChoice(answers)
	}
	im.Add(d)
}
