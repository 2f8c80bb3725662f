package interchange

import (
	"strings"

	"github.com/yuin/goldmark"

	"github.com/proba-exam/proba/exam"
)

// Limits of Markdown. The time that goldmark takes grows with the square of nested
// quotations and of brackets: 80 kB of "> " took it many seconds. The longest text
// of an item has 2,000 characters.
const (
	maxMarkdown = 8 << 10
	maxBrackets = 100
	maxQuotes   = 20
)

// tangled reports whether a text is over the limits.
func tangled(source string) bool {
	if len(source) > maxMarkdown || strings.Count(source, "[") > maxBrackets {
		return true
	}
	for line := range strings.Lines(source) {
		if strings.Count(line, ">") > maxQuotes {
			return true
		}
	}
	return false
}

// FromMarkdown reads a piece of Markdown (CommonMark) into a text, through HTML.
// Raw HTML in it is left out, as goldmark does by default.
func FromMarkdown(source string) (exam.Text, []Loss) { return fromMarkdown(source, nil) }

func fromMarkdown(source string, image imageReader) (exam.Text, []Loss) {
	if tangled(source) {
		return nil, []Loss{{true, "text.too_long", "has Markdown of more than 8 kB, or with more links or quotations within each other than a question has"}}
	}
	var b strings.Builder
	if err := goldmark.Convert([]byte(source), &b); err != nil {
		return nil, []Loss{{true, "text.markdown", "cannot be read as Markdown: " + err.Error()}}
	}
	out := b.String()
	text, losses := fromHTML(out, image)
	if strings.Contains(out, "<!-- raw HTML omitted -->") {
		losses = append(losses, Loss{false, "text.raw_html", "HTML within Markdown is left out"})
	}
	return text, losses
}
