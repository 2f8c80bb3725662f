package api

import (
	"html/template"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
)

// letters mark options in the order of each language's alphabet, as its schools
// do. There are as many as an item may have options.
var letters = map[string][]rune{"uk": []rune("АБВГДЕЖЗИКЛМ"), "en": []rune("ABCDEFGHIJKL")}

func letterOf(lang string, n int) string {
	all := letters[lang]
	if n >= len(all) {
		return strconv.Itoa(n + 1)
	}
	return string(all[n])
}

// brief is the beginning of an option, to recognise it in a list: the whole text
// stands beside it.
func brief(text string) string {
	const most = 30 // characters that a phone shows in a closed list
	runes := []rune(plainWords(text))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimRight(string(runes[:most-1]), " ,;:") + "…"
}

// plainWords is a text without its marks.
func plainWords(text string) string {
	return unmarked.Replace(exam.Described(text))
}

var unmarked = strings.NewReplacer("**", "", "*", "")

// moment writes an instant to the second, in the service's zone.
func (p *pages) moment(lang string, t time.Time) string {
	return certs.Date(lang, t.In(p.zone)) + ", " + t.In(p.zone).Format("15:04:05 MST")
}

// minute writes an instant to the minute, in the service's zone.
func (p *pages) minute(lang string, t time.Time) string {
	return certs.Date(lang, t.In(p.zone)) + ", " + t.In(p.zone).Format("15:04")
}

var (
	strong   = regexp.MustCompile(`\*\*([^*\s](?:[^*]*[^*\s])?)\*\*`)
	emphasis = regexp.MustCompile(`\*([^*\s](?:[^*]*[^*\s])?)\*`)
)

// prose shows a text of a bank: plain, but for images, and **strong** and *emphasis*,
// whose signs touch the words that they mark.
func prose(text string) template.HTML {
	if !strings.Contains(text, "![") {
		return template.HTML(emphasised(text))
	}
	var b strings.Builder
	for _, p := range exam.Pieces(text) {
		if p.Image != nil {
			b.WriteString(imageTag(*p.Image))
			continue
		}
		b.WriteString(emphasised(p.Words))
	}
	return template.HTML(b.String())
}

func emphasised(words string) string {
	safe := template.HTMLEscapeString(words)
	if !strings.Contains(safe, "*") { // nearly all
		return safe
	}
	safe = strong.ReplaceAllString(safe, "<strong>$1</strong>")
	return emphasis.ReplaceAllString(safe, "<em>$1</em>")
}

// decimal writes a score with at most two places, as the language does.
func decimal(lang string, f float64) string {
	s := strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
	if lang == "uk" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// written is decimal as people read it: with a minus, not a hyphen.
func written(lang string, f float64) string {
	return strings.Replace(decimal(lang, f), "-", "−", 1)
}
