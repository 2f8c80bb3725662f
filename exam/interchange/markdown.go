package interchange

import (
	"strings"

	"github.com/yuin/goldmark"

	"github.com/proba-exam/proba/exam"
)

// FromMarkdown reads a piece of Markdown (CommonMark) into a text, through HTML.
// Raw HTML in it is left out, as goldmark does by default.
func FromMarkdown(source string) (exam.Text, []Loss) {
	if len(source) > MaxText {
		return FromHTML(source)
	}
	var b strings.Builder
	if err := goldmark.Convert([]byte(source), &b); err != nil {
		return nil, []Loss{{true, "text.markdown", "cannot be read as Markdown: " + err.Error()}}
	}
	out := b.String()
	text, losses := FromHTML(out)
	if strings.Contains(out, "<!-- raw HTML omitted -->") {
		losses = append(losses, Loss{false, "text.raw_html", "HTML within Markdown is left out"})
	}
	return text, losses
}
