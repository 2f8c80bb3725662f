package moodlexml

import (
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// clozeText writes stem and passage as one text with embedded answers.
func clozeText(x *interchange.Export, it *exam.Item, c *exam.ClozeText) string {
	if it.Rule() != exam.PerGap {
		x.Lose(it.ID, "scoring.weights", "the rule %s is kept as a tag; Moodle marks each gap by itself", it.Rule())
	}
	words := hideGaps(x.HTML(it.Stem)) + interchange.PassageBreak + hideGaps(x.Passage(c))
	return interchange.FillMarks(words, func(n int) string {
		if n < 1 || n > len(c.Gaps) { // no mark of ours
			return ""
		}
		return embeddedGap(x, &c.Gaps[n-1])
	})
}

// embeddedGap writes a gap in the grammar of embedded answers.
func embeddedGap(x *interchange.Export, g *exam.Gap) string {
	weight := ""
	if g.Weight > 0 {
		weight = strconv.Itoa(g.Weight)
	}
	var kind string
	var answers []string
	switch {
	case g.Number != nil:
		kind = "NUMERICAL"
		answer := "=" + strings.TrimPrefix(interchange.Decimal(g.Number.Value), "+")
		if t := strings.TrimPrefix(interchange.Decimal(g.Number.Tolerance), "+"); t != "" {
			answer += ":" + t
		}
		answers = []string{answer}
	case len(g.Options) > 0:
		kind = "MULTICHOICE"
		for _, o := range g.Options {
			answers = append(answers, map[bool]string{true: "="}[o.Key]+hider.Replace(x.HTML(o.Text)))
			if !o.Fixed {
				kind = "MULTICHOICE_S"
			}
		}
	default:
		kind = "SHORTANSWER"
		for _, word := range x.Words(&exam.Words{Accepted: g.Accepted}) {
			answers = append(answers, "="+hider.Replace(strings.ReplaceAll(word, "*", `\*`)))
		}
	}
	return "{" + weight + ":" + kind + ":" + strings.Join(answers, "~") + "}"
}
