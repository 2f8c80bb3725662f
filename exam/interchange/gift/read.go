package gift

import (
	"regexp"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// block is the text of one question with what its comments say.
type block struct {
	line    int // of the first line that is not a comment
	text    string
	comment string
}

// Read takes in the questions of a GIFT file in UTF-8.
func Read(im *interchange.Import, file string, data []byte) {
	category := ""
	for b := range blocks(string(data)) {
		if im.Stopped() {
			return
		}
		if path, ok := strings.CutPrefix(b.text, "$CATEGORY:"); ok {
			category = strings.TrimSpace(restore(escape(path)))
			continue
		}
		question(im, file, category, b)
	}
}

// blocks cuts the file at its empty lines. A category's line is a block of its own
// even when no empty line follows it.
func blocks(text string) func(yield func(block) bool) {
	return func(yield func(block) bool) {
		var b block
		var kept, comments []string
		emit := func() bool {
			b.text, b.comment = strings.TrimSpace(strings.Join(kept, "\n")), strings.Join(comments, "\n")
			done := b
			b, kept, comments = block{}, nil, nil
			return done.text == "" || yield(done)
		}
		number := 0
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\r\n")
			trimmed := strings.TrimSpace(line)
			switch {
			case trimmed == "":
				if len(kept) > 0 && !emit() {
					return
				}
			case strings.HasPrefix(trimmed, "//"):
				comments = append(comments, trimmed)
			default:
				if len(kept) == 0 {
					b.line = number
				}
				kept = append(kept, line)
				if len(kept) == 1 && strings.HasPrefix(trimmed, "$CATEGORY:") && !emit() {
					return
				}
			}
		}
		emit()
	}
}

var (
	idToken  = regexp.MustCompile(`\[id:((?:\\\]|[^\]\pC])+)\]`)
	tagToken = regexp.MustCompile(`\[tag:((?:\\\]|[^\]<>\x60\pC])+)\]`)
)

// source is a question while it is read: its parts still have marks for the
// characters that were escaped.
type source struct {
	d *interchange.Draft
	// format is that of the stem, which answers and feedback share.
	format string
}

func question(im *interchange.Import, file, category string, b block) {
	name, text := "", escape(b.text)
	if rest, ok := strings.CutPrefix(text, "::"); ok {
		if n, after, ok := strings.Cut(rest, "::"); ok {
			name, text = restore(n), strings.TrimSpace(after)
		}
	}
	var tags []string
	for _, m := range tagToken.FindAllStringSubmatch(b.comment, -1) {
		tags = append(tags, strings.TrimSpace(strings.ReplaceAll(m[1], `\]`, "]")))
	}
	id := ""
	if m := idToken.FindStringSubmatch(b.comment); m != nil {
		id = strings.TrimSpace(strings.ReplaceAll(m[1], `\]`, "]"))
	}
	open, shut := strings.IndexByte(text, '{'), strings.IndexByte(text, '}')
	if open < 0 && shut < 0 {
		description(im, file, b.line, id, tags, text)
		return
	}
	d := im.Draft(file, b.line, name)
	d.Identify(id)
	d.Category, d.Tags = category, tags
	if open < 0 || shut < open {
		d.Refuse("gift.braces", "its braces do not belong together; answers stand in one pair, and an empty line ends the question")
		return
	}
	if strings.ContainsAny(text[shut+1:], "{}") || strings.ContainsRune(text[open+1:shut], '{') {
		d.Refuse("gift.braces", "it has a second pair of braces; a question has one, and a brace in the text is written \\{")
		return
	}
	if signs := strings.Count(text, "~") + strings.Count(text, "=") + strings.Count(text, "\n"); signs > 10*interchange.MaxAnswers {
		d.TooMany(signs) // before they are taken apart
		return
	}
	s := &source{d: d}
	if answers := strings.TrimSpace(text[open+1 : shut]); slices.Contains(tags, gapTag) {
		s.gap(text[:open], answers, text[shut+1:])
	} else {
		d.Item.Stem = s.stem(text[:open], text[shut+1:])
		s.answers(answers)
	}
	im.Add(d)
}

// gapTag marks a missing word that is to be a gap in a text, and not the blank of a
// question.
const gapTag = "kind:" + string(exam.Cloze)

// gap reads a text with one gap.
func (s *source) gap(before, answers, after string) {
	var text string
	s.format, text = formatted(before+interchange.GapMark(1)+after, "moodle")
	gap := s.d.Gap(1, func() { s.answers(answers) })
	var stem exam.Text
	head, passage := interchange.CutPassage(restore(text))
	if head != "" {
		stem = convert(s.d, s.format, head)
	}
	s.d.Cloze(stem, convert(s.d, s.format, passage), []exam.Gap{gap})
}

// description is a text without a question: a case text when it is tagged as one.
func description(im *interchange.Import, file string, line int, id string, tags []string, text string) {
	for _, t := range tags {
		if t == "stimulus" && interchange.Slug(id) == id && id != "" {
			d := im.Aside(file, line, id)
			format, body := formatted(text, "moodle")
			if text := convert(d, format, restore(body)); !d.Refused() {
				im.AddStimulus(id, text)
			}
			return
		}
	}
	im.Warn(file, line, "gift.description", "a text without a question is left out; if answers belong to it, put them in braces")
}

// stem joins what stands around the answers. A gap is shown where text follows.
func (s *source) stem(before, after string) exam.Text {
	text := strings.TrimSpace(before)
	if strings.TrimSpace(after) != "" {
		text = before + "_____" + after
	}
	s.format, text = formatted(strings.TrimSpace(text), "moodle")
	return s.convert(text)
}

// answers tells the kind of question from its answers, in the order in which
// Moodle does.
func (s *source) answers(text string) {
	if i := strings.LastIndex(text, "####"); i >= 0 {
		s.d.Explain(nil, s.text(text[i+4:]))
		text = strings.TrimSpace(text[:i])
	}
	truth, _, _ := strings.Cut(text, "#")
	switch truth = strings.TrimSpace(truth); {
	case text == "":
		s.d.ExtendedText(new(exam.Essay), nil)
	case text[0] == '>':
		s.ordering(text[1:])
	case text[0] == '#':
		s.numeric(text[1:])
	case strings.Contains(text, "~"):
		s.choices(text)
	case strings.Contains(text, "=") && strings.Contains(text, "->"):
		s.matching(text)
	case truth == "T" || truth == "TRUE" || truth == "F" || truth == "FALSE":
		s.trueFalse(truth[0] == 'T', text)
	default:
		s.words(text)
	}
}

func (s *source) choices(text string) {
	single := strings.Contains(text, "=")
	var answers []interchange.Answer
	for _, part := range parts(strings.ReplaceAll(text, "=", "~="), "~") {
		fraction := 0.0
		if rest, ok := strings.CutPrefix(part, "="); ok {
			fraction, part = 1, rest
		} else {
			fraction, part = weight(part, 0)
		}
		body, feedback := s.commented(part)
		answers = append(answers, interchange.Answer{Text: body, Fraction: fraction, Feedback: feedback})
	}
	if single {
		s.d.SingleChoice(answers)
	} else {
		s.d.MultipleChoice(answers)
	}
}

func (s *source) trueFalse(isTrue bool, text string) {
	parts := strings.SplitN(text, "#", 3)
	for _, feedback := range parts[1:] { // for a wrong answer, then for a right one
		s.d.Explain(nil, s.text(feedback))
	}
	s.d.TrueFalse(isTrue)
}

func (s *source) words(text string) {
	if !strings.Contains(text, "=") {
		s.d.Remark("gift.no_sign", "its answer has no = before it and is taken as an accepted one")
	}
	var answers []interchange.Answer
	for _, part := range parts(text, "=") {
		fraction, part := weight(part, 1)
		body, feedback, _ := strings.Cut(part, "#")
		_, body = formatted(strings.TrimSpace(body), "plain")
		answers = append(answers, interchange.Answer{Text: s.d.Plain(restore(body)), Fraction: fraction, Feedback: s.text(feedback)})
	}
	s.d.Words(answers, true)
}

func (s *source) matching(text string) {
	var rows []exam.Row
	for _, part := range parts(text, "=") {
		prompt, match, ok := strings.Cut(part, "->")
		if !ok {
			s.d.Refuse("gift.matching", "the row %q has no ->", restore(part))
			return
		}
		rows = append(rows, exam.Row{Prompt: s.text(prompt), Match: s.answer(match)})
	}
	s.d.Match(rows)
}

// orderingHead is what Moodle's ordering question has before its items: how many
// are shown, which, how they are laid out and marked.
var orderingHead = regexp.MustCompile(`^[ \t]*[0-9]+(?:[ \t]+[A-Z_]+)*[ \t]*\n`)

// ordering reads the items in their right order, one a line.
func (s *source) ordering(text string) {
	var steps []exam.Text
	for line := range strings.Lines(orderingHead.ReplaceAllString(text, "")) {
		if line = strings.TrimSpace(line); line != "" {
			steps = append(steps, s.text(line))
		}
	}
	s.d.Order(steps)
}

// parts cuts answers at their signs; what stands before the first sign is an
// answer too when it has words.
func parts(text, sign string) []string {
	var kept []string
	for i, part := range strings.Split(text, sign) {
		if part = strings.TrimSpace(part); part != "" || i > 0 {
			kept = append(kept, part)
		}
	}
	return kept
}

// commented cuts an answer from its feedback.
func (s *source) commented(part string) (answer, feedback exam.Text) {
	body, comment, _ := strings.Cut(part, "#")
	return s.text(body), s.text(comment)
}
