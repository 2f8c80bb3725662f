package banktest

import (
	"fmt"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// Detailed is Describe with all of texts with gaps, areas of an image and essays: the options that stay
// in place, marked by !, and the words and the tolerance of rubrics.
func Detailed(it *exam.Item) string {
	var parts []string
	switch in := it.Interaction.(type) {
	case *exam.ClozeText:
		parts = []string{string(it.Kind), it.Stem.In("en"), in.Passage.In("en")}
		for i := range in.Gaps {
			parts = append(parts, detailedGap(&in.Gaps[i]))
		}
	case *exam.HotspotImage:
		parts = []string{string(it.Kind), it.Stem.In("en")}
		for _, a := range in.Areas {
			parts = append(parts, fmt.Sprintf("%s%s %s %v", map[bool]string{true: "+", false: "-"}[a.Key], a.Name.In("en"), a.Outline, a.Coords))
		}
	case *exam.Essay:
		parts = []string{string(it.Kind), it.Stem.In("en"), fmt.Sprintf("%d characters, %d to %d words, tolerance %d", in.MaxCharacters, in.MinWords, in.MaxWords, in.Rubric.Tolerance)}
		for _, c := range in.Rubric.Criteria {
			s := c.Title.In("en")
			for _, l := range c.Levels {
				s += fmt.Sprintf(" / %d %s", l.Points, l.Text.In("en"))
			}
			parts = append(parts, s)
		}
	default:
		return Describe(it)
	}
	if it.Scoring != "" {
		parts = append(parts, "by "+string(it.Scoring))
	}
	if s := it.Rationale.In("en"); s != "" {
		parts = append(parts, "because "+s)
	}
	return strings.Join(parts, " | ")
}

func detailedGap(g *exam.Gap) string {
	var s []string
	if g.Weight != 0 {
		s = append(s, fmt.Sprintf("(%d)", g.Weight))
	}
	for _, o := range g.Options {
		s = append(s, map[bool]string{true: "+", false: "-"}[o.Key]+o.Text.In("en")+map[bool]string{true: "!"}[o.Fixed])
	}
	for _, t := range g.Accepted {
		s = append(s, "+"+t.In("en"))
	}
	if g.Number != nil {
		s = append(s, strings.TrimRight(g.Number.Value+" ± "+g.Number.Tolerance, " ±"))
	}
	return strings.Join(s, " / ")
}
