package gift

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// marks stand for escaped characters until the structure has been read: code
// points that Unicode keeps for such inner use (noncharacters).
var marks = map[byte]rune{':': '\ufdd0', '#': '\ufdd1', '=': '\ufdd2', '{': '\ufdd3', '}': '\ufdd4', '~': '\ufdd5', 'n': '\ufdd6'}

var restorer = strings.NewReplacer("\ufdd0", ":", "\ufdd1", "#", "\ufdd2", "=", "\ufdd3", "{", "\ufdd4", "}", "\ufdd5", "~", "\ufdd6", "\n")

// escape replaces escaped characters by marks and \\ by a backslash.
func escape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if m, ok := marks[s[i+1]]; ok {
				b.WriteRune(m)
				i++
				continue
			}
			if s[i+1] == '\\' {
				i++
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// restore replaces marks by the characters.
func restore(s string) string { return restorer.Replace(s) }

var formats = []string{"moodle", "html", "markdown", "plain"}

// formatted takes a format such as [html] off the start of text.
func formatted(text, otherwise string) (format, rest string) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") {
		name, rest, ok := strings.Cut(text[1:], "]")
		if ok && slices.Contains(formats, name) {
			return name, strings.TrimSpace(rest)
		}
	}
	return otherwise, text
}

// text reads a part whose format is the stem's unless it names one.
func (s *source) text(part string) exam.Text {
	format, body := formatted(part, s.format)
	return convert(s.d, format, restore(body))
}

// answer reads a part that Moodle shows as plain text and that may still name
// languages.
func (s *source) answer(part string) exam.Text {
	if strings.Contains(part, "multilang") {
		return convert(s.d, "html", restore(part))
	}
	return s.d.Plain(restore(part))
}

func (s *source) convert(body string) exam.Text { return convert(s.d, s.format, restore(body)) }

// convert makes a text of the words in one of GIFT's formats. In Moodle's own
// format HTML counts, and so do line breaks.
func convert(d *interchange.Draft, format, body string) exam.Text {
	switch format {
	case "plain":
		return d.Plain(body)
	case "markdown":
		return d.Markdown(body)
	case "moodle":
		body = strings.ReplaceAll(strings.TrimSpace(body), "\n", "<br>")
	}
	return d.HTML(body)
}

var weightPattern = regexp.MustCompile(`^%(-?[0-9]{1,3}(?:\.[0-9]*)?)%`)

// weight takes the share of the point off the start of an answer.
func weight(part string, otherwise float64) (fraction float64, rest string) {
	m := weightPattern.FindStringSubmatch(part)
	if m == nil {
		return otherwise, part
	}
	percent, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return otherwise, part
	}
	return percent / 100, strings.TrimSpace(part[len(m[0]):])
}
