package qti_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
	"github.com/proba-exam/proba/exam/interchange/banktest"
)

// run reads each case, and describes also the kinds that not every format has.
func run(t *testing.T, cases []banktest.Case, read func(im *interchange.Import, source string)) {
	t.Helper()
	banktest.RunAs(t, describe, cases, read)
}

// describe writes what an item says on one line; see banktest.Describe.
func describe(it *exam.Item) string {
	parts := []string{string(it.Kind), it.Stem.In("en")}
	switch in := it.Interaction.(type) {
	case *exam.ClozeText:
		parts = append(parts, in.Passage.In("en"))
		for i := range in.Gaps {
			parts = append(parts, describeGap(&in.Gaps[i]))
		}
	case *exam.HotspotImage:
		for _, a := range in.Areas {
			parts = append(parts, fmt.Sprintf("%s%s %s %v", sign(a.Key), a.Name.In("en"), a.Outline, a.Coords))
		}
	case *exam.Essay:
		parts = append(parts, fmt.Sprintf("%d characters, %d to %d words", in.MaxCharacters, in.MinWords, in.MaxWords))
		for _, c := range in.Rubric.Criteria {
			levels := c.Title.In("en") + ":"
			for _, l := range c.Levels {
				levels += fmt.Sprintf(" %d", l.Points)
			}
			parts = append(parts, levels)
		}
	default:
		return banktest.Describe(it)
	}
	if it.Scoring != "" {
		parts = append(parts, "by "+string(it.Scoring))
	}
	if s := it.Rationale.In("en"); s != "" {
		parts = append(parts, "because "+s)
	}
	return strings.Join(parts, " | ")
}

func sign(key bool) string { return map[bool]string{true: "+", false: "-"}[key] }

// describeGap writes what fills a gap: "{-a +b ×2}".
func describeGap(g *exam.Gap) string {
	var parts []string
	for _, o := range g.Options {
		parts = append(parts, sign(o.Key)+o.Text.In("en"))
	}
	for _, t := range g.Accepted {
		parts = append(parts, "="+t.In("en"))
	}
	if g.Number != nil {
		parts = append(parts, strings.TrimRight(g.Number.Value+" ± "+g.Number.Tolerance, " "))
	}
	if g.Weight != 0 {
		parts = append(parts, fmt.Sprintf("×%d", g.Weight))
	}
	return "{" + strings.Join(parts, " ") + "}"
}
