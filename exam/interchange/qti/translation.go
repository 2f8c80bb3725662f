package qti

import (
	"fmt"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// translate gives an item the texts of its translation, which must be made alike.
func translate(into, from *exam.Item) bool {
	var a, b []exam.Text
	interchange.Texts(into, func(t exam.Text) { a = append(a, t) })
	interchange.Texts(from, func(t exam.Text) { b = append(b, t) })
	if into.Kind != from.Kind || len(a) != len(b) || key(into.Interaction) != key(from.Interaction) {
		return false
	}
	for i := range a {
		for lang, s := range b[i] {
			a[i][lang] = s
		}
	}
	return true
}

// key is what of an answer must not differ between languages.
func key(in exam.Interaction) string {
	options := func(all []exam.Option) string {
		s := ""
		for _, o := range all {
			s += map[bool]string{true: "+", false: "-"}[o.Key]
		}
		return s
	}
	switch in := in.(type) {
	case *exam.SingleChoice:
		return options(in.Options)
	case *exam.MultipleChoice:
		return options(in.Options)
	case *exam.TrueOrFalse:
		return map[bool]string{true: "+", false: "-"}[*in.True]
	case *exam.Number:
		return in.Value + " " + in.Tolerance
	case *exam.Match:
		return strings.Repeat("+", len(in.Rows)) + strings.Repeat("-", len(in.Distractors))
	case *exam.ClozeText:
		s := ""
		for _, g := range in.Gaps {
			if s += "|" + options(g.Options); g.Number != nil {
				s += g.Number.Value + " " + g.Number.Tolerance
			}
		}
		return s
	case *exam.HotspotImage:
		s := ""
		for _, a := range in.Areas {
			s += fmt.Sprint(a.Key, a.Outline, a.Coords)
		}
		return s
	case *exam.Essay:
		s := ""
		for _, c := range in.Rubric.Criteria {
			for _, l := range c.Levels {
				s += fmt.Sprint(l.Points, " ")
			}
			s += "|"
		}
		return s
	}
	return ""
}
