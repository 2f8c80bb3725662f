package banktest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// Describe writes what an item says on one line, in English: its kind, its stem
// and its answers, keys marked by +, its scoring rule when it names one, and its
// rationale.
func Describe(it *exam.Item) string {
	parts := []string{string(it.Kind), it.Stem.In("en")}
	options := func(all []exam.Option) {
		for _, o := range all {
			parts = append(parts, map[bool]string{true: "+", false: "-"}[o.Key]+o.Text.In("en"))
		}
	}
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		options(in.Options)
	case *exam.MultipleChoice:
		options(in.Options)
	case *exam.TrueOrFalse:
		parts = append(parts, fmt.Sprint(*in.True))
	case *exam.Match:
		for _, row := range in.Rows {
			parts = append(parts, row.Prompt.In("en")+" = "+row.Match.In("en"))
		}
		for _, d := range in.Distractors {
			parts = append(parts, "-"+d.In("en"))
		}
	case *exam.Order:
		for _, step := range in.Steps {
			parts = append(parts, step.In("en"))
		}
	case *exam.Number:
		parts = append(parts, strings.TrimRight(in.Value+" ± "+in.Tolerance+" "+in.Unit.In("en"), " "))
	case *exam.Words:
		for _, t := range in.Accepted {
			parts = append(parts, "+"+t.In("en"))
		}
	}
	if it.Scoring != "" {
		parts = append(parts, "by "+string(it.Scoring))
	}
	if s := it.Rationale.In("en"); s != "" {
		parts = append(parts, "because "+s)
	}
	return strings.Join(parts, " | ")
}

// Case is one source with what is read from it.
type Case struct {
	Name, Source string
	// Want describes the items, and Codes are those of the problems without the
	// notes on defaults, both in order.
	Want  []string
	Codes []string
}

// Given is a Case on one line.
func Given(name, source string, want, codes []string) Case { return Case{name, source, want, codes} }

// Run reads each case.
func Run(t *testing.T, cases []Case, read func(im *interchange.Import, source string)) {
	t.Helper()
	RunAs(t, Describe, cases, read)
}

// RunAs is Run with another description of items.
func RunAs(t *testing.T, describe func(*exam.Item) string, cases []Case, read func(im *interchange.Import, source string)) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			bank, report := Read(t, func(im *interchange.Import) { read(im, c.Source) })
			var got, codes []string
			if bank != nil {
				for _, rev := range bank.Revisions() {
					got = append(got, describe(&rev.Item))
				}
			}
			for _, p := range report.Problems {
				if !strings.HasPrefix(p.Code, "default.") && p.Code != "item.numbered" {
					codes = append(codes, p.Code)
					if p.File != "" && p.Line == 0 {
						t.Errorf("a row without a line: %+v", p)
					}
				}
			}
			if !slices.Equal(got, c.Want) {
				t.Errorf("read\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.Want, "\n\t"))
			}
			if !slices.Equal(codes, c.Codes) {
				t.Errorf("problems %q, want %q: %+v", codes, c.Codes, report.Problems)
			}
		})
	}
}
