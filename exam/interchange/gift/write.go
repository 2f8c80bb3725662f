package gift

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// LeftOut says why GIFT has no place for an item, "" when it has one.
func LeftOut(_ *interchange.Export, it *exam.Item) string {
	switch in := it.Interaction.(type) {
	case *exam.HotspotImage:
		return "GIFT has no questions on areas of an image"
	case *exam.ClozeText:
		if len(in.Gaps) > 1 {
			return "a question of GIFT has one pair of braces, which is one gap; Moodle XML carries texts with several"
		}
	}
	return ""
}

// Write writes the bank. What GIFT cannot carry is told in the export's problems:
// units of numbers, rubrics, and rules of multiple choice other than right minus wrong.
// Items for which LeftOut has a reason must not be in it.
func Write(w io.Writer, x *interchange.Export) error {
	b := bufio.NewWriter(w)
	release := x.Bank.Release
	written := make(map[string]bool)
	topic := ""
	for _, rev := range x.Bank.Revisions() {
		it := &rev.Item
		if it.Topic != topic {
			topic = it.Topic
			fmt.Fprintf(b, "$CATEGORY: $course$/top/%s/%s\n\n", release.Bank, topic)
		}
		if it.Stimulus != "" && !written[it.Stimulus] {
			written[it.Stimulus] = true
			for _, st := range release.Stimuli {
				if st.ID == it.Stimulus {
					fmt.Fprintf(b, "// [id:%s] [tag:stimulus]\n::%s::[html]%s\n\n", st.ID, st.ID, escaped(html(x, st.Text)))
				}
			}
		}
		item(b, x, it)
	}
	return b.Flush()
}

func item(b *bufio.Writer, x *interchange.Export, it *exam.Item) {
	fmt.Fprintf(b, "// [id:%s]", it.ID)
	for _, tag := range x.AllTags(it) {
		fmt.Fprintf(b, " [tag:%s]", tagged(x, it.ID, tag))
	}
	before, after := escaped(html(x, it.Stem)), ""
	asked := *it // what the braces hold
	if c, ok := it.Interaction.(*exam.ClozeText); ok {
		fmt.Fprintf(b, " [tag:%s]", gapTag)
		asked.Interaction = gapOf(x, it.ID, c)
		passage := x.Placed(x.Passage(c), interchange.DataAddress)
		before, after, _ = strings.Cut(escaped(x.Placed(x.HTML(it.Stem), interchange.DataAddress)+interchange.PassageBreak+passage), interchange.GapMark(1))
	}
	fmt.Fprintf(b, "\n::%s::[html]%s{", it.ID, before)
	answers(b, x, &asked)
	if len(it.Rationale) > 0 {
		fmt.Fprintf(b, "\t####%s\n", part(html(x, it.Rationale)))
	}
	b.WriteString("}" + after + "\n\n")
}

// gapOf is the only gap of a text as a question.
func gapOf(x *interchange.Export, id string, c *exam.ClozeText) exam.Interaction {
	g := c.Gaps[0]
	if g.Weight > 0 {
		x.Lose(id, "cloze.weights", "the weight of its only gap, which says nothing, is left out")
	}
	switch {
	case g.Number != nil:
		return g.Number
	case len(g.Options) > 0:
		return &exam.SingleChoice{Options: g.Options}
	}
	return &exam.Words{Accepted: g.Accepted}
}

var tagSigns = strings.NewReplacer("<", "(", ">", ")", "`", "'", "\n", " ")

// tagged escapes a tag; what a tag may not hold in Moodle is replaced.
func tagged(x *interchange.Export, item, tag string) string {
	clean := tagSigns.Replace(tag)
	if clean != tag {
		x.Lose(item, "tags.signs", "signs that a tag cannot hold were replaced in %q", tag)
	}
	return strings.ReplaceAll(clean, "]", `\]`)
}

func answers(b *bufio.Writer, x *interchange.Export, it *exam.Item) {
	switch in := it.Interaction.(type) {
	case *exam.TrueOrFalse:
		b.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[*in.True])
	case *exam.SingleChoice:
		b.WriteByte('\n')
		for _, o := range in.Options {
			fmt.Fprintf(b, "\t%s%s\n", map[bool]string{true: "=", false: "~"}[o.Key], part(html(x, o.Text)))
		}
	case *exam.MultipleChoice:
		b.WriteByte('\n')
		for i, weight := range x.Weights(it, in.Options) {
			fmt.Fprintf(b, "\t~%%%s%%%s\n", weight, part(html(x, in.Options[i].Text)))
		}
	case *exam.Match:
		b.WriteByte('\n')
		for _, row := range in.Rows {
			fmt.Fprintf(b, "\t=%s -> %s\n", part(html(x, row.Prompt)), plain(x, row.Match))
		}
		for _, d := range in.Distractors {
			fmt.Fprintf(b, "\t= -> %s\n", plain(x, d))
		}
	case *exam.Order:
		fmt.Fprintf(b, ">%d ALL VERTICAL RELATIVE_ALL_PREVIOUS_AND_NEXT\n", len(in.Steps))
		for _, step := range in.Steps {
			fmt.Fprintf(b, "\t%s\n", part(html(x, step)))
		}
	case *exam.Number:
		tolerance := interchange.Decimal(in.Tolerance)
		if tolerance == "" {
			tolerance = "0"
		}
		fmt.Fprintf(b, "#\n\t=%%100%%%s:%s\n", interchange.Decimal(in.Value), tolerance)
		if len(in.Unit) > 0 {
			x.Lose(it.ID, "gift.unit", "GIFT has no place for the unit")
		}
	case *exam.Words:
		b.WriteByte('\n')
		for _, word := range x.Words(in) {
			if word[0] == '[' {
				word = "[plain]" + word
			}
			fmt.Fprintf(b, "\t=%%100%%%s\n", escaped(strings.ReplaceAll(word, "*", `\*`)))
		}
	case *exam.Essay: // empty braces
		x.Lose(it.ID, "essay.rubric", "GIFT has no place for the rubric; what is read has a plain one")
	}
}

// plain writes a choice of a matching question, which Moodle takes as plain text;
// several languages need the filter's spans all the same.
func plain(x *interchange.Export, t exam.Text) string {
	t = x.Wordy(t)
	if only := x.Text(t); len(only) == 1 {
		return escaped(only.In(""))
	}
	return escaped(html(x, t))
}

// part writes an answer or feedback in the stem's format. At its start a bracket
// would be taken for a format, slashes for a comment and a percent sign for a weight.
func part(html string) string {
	if html != "" && strings.ContainsRune("[/%", rune(html[0])) {
		return fmt.Sprintf("&\\#%d;", html[0]) + escaped(html[1:])
	}
	return escaped(html)
}

var escapes = strings.NewReplacer(`\`, `\\`, "#", `\#`, "=", `\=`, "~", `\~`, "{", `\{`, "}", `\}`, ":", `\:`, "\n", `\n`, "\r", "")

func escaped(s string) string { return escapes.Replace(s) }

// html is a text whose images stand in it: GIFT has no files.
func html(x *interchange.Export, t exam.Text) string {
	return x.Placed(x.HTML(t), interchange.DataAddress)
}
