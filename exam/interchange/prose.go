package interchange

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// The emphasis of exam.Text, as learners' pages show it.
var (
	strongPattern = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*`)
	emPattern     = regexp.MustCompile(`\*([^*\s](?:[^*]*[^*\s])?)\*`)
)

// paragraphBreak separates paragraphs of an exam.Text.
const paragraphBreak = "\n\n"

// run is a piece of text in one style and one language ("" for all languages).
type run struct {
	text       string
	strong, em bool
	lang       string
}

// writeRuns writes what lang has of the runs, with the marks of emphasis.
func writeRuns(runs []run, lang string) string {
	var b strings.Builder
	for i := 0; i < len(runs); {
		first := runs[i]
		if first.lang != "" && first.lang != lang {
			i++
			continue
		}
		var text strings.Builder
		for ; i < len(runs); i++ {
			r := runs[i]
			if r.lang != "" && r.lang != lang {
				continue
			}
			if r.strong != first.strong || r.em != first.em {
				break
			}
			text.WriteString(r.text)
		}
		switch {
		case first.strong:
			marked(&b, text.String(), "**")
		case first.em:
			marked(&b, text.String(), "*")
		default:
			b.WriteString(text.String())
		}
	}
	return tidy(b.String())
}

// marked writes text between marks, which must touch its first and last word and
// cannot span lines.
func marked(b *strings.Builder, text, mark string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		word := strings.TrimSpace(line)
		if word == "" || strings.Contains(word, "*") {
			b.WriteString(line)
			continue
		}
		at := strings.Index(line, word)
		b.WriteString(line[:at] + mark + word + mark + line[at+len(word):])
	}
}

// collapse makes one space of each run of white space, as HTML does. A no-break
// space is not white space there.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for i := range len(s) {
		switch c := s[i]; c {
		case ' ', '\n', '\t', '\r', '\f':
			if !space {
				b.WriteByte(' ')
			}
			space = true
		default:
			b.WriteByte(c)
			space = false
		}
	}
	return b.String()
}

// Tidy brings words that already are in the form of exam.Text, emphasis included,
// into its white space: trimmed lines, single spaces, one empty line between
// paragraphs.
func Tidy(s string) string { return tidy(s) }

// tidy trims lines, makes one space of several, keeps single line breaks and
// makes an empty line of several.
func tidy(s string) string {
	if !strings.ContainsAny(s, "\n\r\t\f") && !strings.Contains(s, "  ") {
		return strings.Trim(s, " ")
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var kept []string
	empty := false
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.Trim(collapse(line), " ")
		if line == "" {
			empty = len(kept) > 0
			continue
		}
		if empty {
			kept = append(kept, "")
		}
		kept, empty = append(kept, line), false
	}
	return strings.Join(kept, "\n")
}

// ambiguousStars reports whether words without markup would be shown emphasised.
func ambiguousStars(s string) bool {
	return strings.Contains(s, "*") && emPattern.MatchString(s)
}

// ToHTML writes a text of a bank in one language as HTML: a fragment without a
// paragraph when it has only one line. FromHTML of it gives the text back.
func ToHTML(s string) string {
	s = tidy(s)
	if !strings.Contains(s, "\n") {
		return inlineHTML(s)
	}
	var b strings.Builder
	for paragraph := range strings.SplitSeq(s, paragraphBreak) {
		b.WriteString("<p>" + strings.ReplaceAll(inlineHTML(paragraph), "\n", "<br/>") + "</p>")
	}
	return b.String()
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func inlineHTML(s string) string {
	if !strings.Contains(s, "![") {
		return wordsHTML(s)
	}
	var b strings.Builder
	for _, p := range exam.Pieces(s) {
		if p.Image != nil && exam.IsMedium(p.Image.Name) {
			b.WriteString(imageHTML(*p.Image))
			continue
		}
		if p.Image != nil {
			p.Words = p.Image.String()
		}
		b.WriteString(wordsHTML(p.Words))
	}
	return b.String()
}

func wordsHTML(s string) string {
	s = escaper.Replace(s)
	if !strings.Contains(s, "*") {
		return s
	}
	s = strongPattern.ReplaceAllString(s, "<strong>$1</strong>")
	return emPattern.ReplaceAllString(s, "<em>$1</em>")
}

// Multilang writes a text in all its languages as Moodle's multilang filter
// reads it, or as ToHTML when there is one only.
func Multilang(t exam.Text) string {
	if len(t) == 1 {
		for _, s := range t {
			return ToHTML(s)
		}
	}
	var b strings.Builder
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		b.WriteString(`<span lang="` + html.EscapeString(lang) + `" class="multilang">` + ToHTML(t[lang]) + `</span>`)
	}
	return b.String()
}

func itoa(n int) string { return strconv.Itoa(n) }
