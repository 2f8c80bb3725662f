package moodlexml

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// LeftOut says why Moodle has no place for an item, "" when it has one.
func LeftOut(x *interchange.Export, it *exam.Item) string {
	switch in := it.Interaction.(type) {
	case *exam.HotspotImage:
		return "no question type of Moodle points at areas of an image with names, right ones among wrong ones"
	case *exam.ClozeText:
		if !x.GapsInOrder(in) {
			return "its gaps stand in another order in another language, and Moodle has one order for all; write one language at a time"
		}
	}
	return ""
}

// Write writes the bank. What Moodle cannot carry is told in the export's
// problems: rules of multiple choice other than right minus wrong, and of texts with
// gaps other than by gap. Items for which LeftOut has a reason must not be in it.
func Write(w io.Writer, x *interchange.Export) error {
	b := bufio.NewWriter(w)
	b.WriteString(xml.Header + "<quiz>\n")
	release := x.Bank.Release
	written := make(map[string]bool)
	topic := ""
	for _, rev := range x.Bank.Revisions() {
		it := &rev.Item
		if it.Topic != topic {
			topic = it.Topic
			fmt.Fprintf(b, "<question type=\"category\"><category><text>%s</text></category></question>\n", escaped("$course$/top/"+release.Bank+"/"+topic))
		}
		if it.Stimulus != "" && !written[it.Stimulus] {
			written[it.Stimulus] = true
			for _, st := range release.Stimuli {
				if st.ID == it.Stimulus {
					stimulus(b, x, st)
				}
			}
		}
		item(b, x, it)
	}
	b.WriteString("</quiz>\n")
	return b.Flush()
}

func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil { // a strings.Builder does not fail
		return ""
	}
	return b.String()
}

// block writes an element of HTML text.
func block(b *bufio.Writer, x *interchange.Export, name, html string) {
	html, files := placed(x, html)
	fmt.Fprintf(b, "  <%s format=\"html\"><text>%s</text>%s</%s>\n", name, escaped(html), files, name)
}

func stimulus(b *bufio.Writer, x *interchange.Export, st exam.Stimulus) {
	fmt.Fprintf(b, "<question type=\"description\">\n  <name><text>%s</text></name>\n", escaped(st.ID))
	block(b, x, "questiontext", x.HTML(st.Text))
	fmt.Fprintf(b, "  <defaultgrade>0</defaultgrade>\n  <idnumber>%s</idnumber>\n  <tags><tag><text>stimulus</text></tag></tags>\n</question>\n", escaped(st.ID))
}

var types = map[exam.Kind]string{
	exam.Single: "multichoice", exam.Multiple: "multichoice", exam.TrueFalse: "truefalse", exam.Matching: "matching",
	exam.Ordering: "ordering", exam.Numeric: "numerical", exam.ShortText: "shortanswer",
	exam.Cloze: "cloze", exam.ExtendedText: "essay",
}

func item(b *bufio.Writer, x *interchange.Export, it *exam.Item) {
	fmt.Fprintf(b, "<question type=%q>\n  <name><text>%s</text></name>\n", types[it.Kind], escaped(it.ID))
	if in, ok := it.Interaction.(*exam.ClozeText); ok {
		block(b, x, "questiontext", clozeText(x, it, in))
	} else {
		block(b, x, "questiontext", x.HTML(it.Stem))
	}
	block(b, x, "generalfeedback", x.HTML(it.Rationale))
	if it.Kind != exam.Cloze { // whose points are those of its gaps
		b.WriteString("  <defaultgrade>1</defaultgrade>\n")
	}
	fmt.Fprintf(b, "  <idnumber>%s</idnumber>\n", escaped(it.ID))
	answers(b, x, it)
	b.WriteString("  <tags>")
	for _, tag := range x.AllTags(it) {
		fmt.Fprintf(b, "<tag><text>%s</text></tag>", escaped(tag))
	}
	b.WriteString("</tags>\n</question>\n")
}

func answer(b *bufio.Writer, x *interchange.Export, fraction, html string) {
	html, files := placed(x, html)
	fmt.Fprintf(b, "  <answer fraction=%q format=\"html\"><text>%s</text>%s</answer>\n", fraction, escaped(html), files)
}

func answers(b *bufio.Writer, x *interchange.Export, it *exam.Item) {
	percent := map[bool]string{true: "100", false: "0"}
	switch in := it.Interaction.(type) {
	case *exam.SingleChoice:
		b.WriteString("  <single>true</single>\n  <shuffleanswers>true</shuffleanswers>\n")
		for _, o := range in.Options {
			answer(b, x, percent[o.Key], x.HTML(o.Text))
		}
	case *exam.MultipleChoice:
		b.WriteString("  <single>false</single>\n  <shuffleanswers>true</shuffleanswers>\n")
		for i, weight := range x.Weights(it, in.Options) {
			answer(b, x, weight, x.HTML(in.Options[i].Text))
		}
	case *exam.TrueOrFalse:
		answer(b, x, percent[*in.True], "true")
		answer(b, x, percent[!*in.True], "false")
	case *exam.Match:
		b.WriteString("  <shuffleanswers>true</shuffleanswers>\n")
		for _, row := range in.Rows {
			pair(b, x, x.HTML(row.Prompt), plain(x, row.Match))
		}
		for _, d := range in.Distractors {
			pair(b, x, "", plain(x, d))
		}
	case *exam.Order:
		b.WriteString("  <layouttype>VERTICAL</layouttype>\n  <selecttype>ALL</selecttype>\n  <gradingtype>RELATIVE_ALL_PREVIOUS_AND_NEXT</gradingtype>\n")
		for i, step := range in.Steps {
			answer(b, x, fmt.Sprint(i+1), x.HTML(step))
		}
	case *exam.Number:
		tolerance := interchange.Decimal(in.Tolerance)
		if tolerance == "" {
			tolerance = "0"
		}
		fmt.Fprintf(b, "  <answer fraction=\"100\" format=\"plain_text\"><text>%s</text><tolerance>%s</tolerance></answer>\n", interchange.Decimal(in.Value), tolerance)
		if len(in.Unit) > 0 { // showunits 3: Moodle keeps it and does not ask for it
			fmt.Fprintf(b, "  <units><unit><multiplier>1</multiplier><unit_name>%s</unit_name></unit></units>\n  <showunits>3</showunits>\n", escaped(plain(x, in.Unit)))
		}
	case *exam.Words:
		b.WriteString("  <usecase>0</usecase>\n")
		for _, word := range x.Words(in) {
			fmt.Fprintf(b, "  <answer fraction=\"100\" format=\"plain_text\"><text>%s</text></answer>\n", escaped(strings.ReplaceAll(word, "*", `\*`)))
		}
	case *exam.Essay:
		writeEssay(b, x, it, in)
	}
}

func pair(b *bufio.Writer, x *interchange.Export, prompt, match string) {
	prompt, files := placed(x, prompt)
	fmt.Fprintf(b, "  <subquestion format=\"html\"><text>%s</text>%s<answer><text>%s</text></answer></subquestion>\n", escaped(prompt), files, escaped(match))
}

// plain writes a choice of a matching question, which Moodle takes as plain text;
// several languages need the filter's spans all the same.
func plain(x *interchange.Export, t exam.Text) string {
	t = x.Wordy(t)
	if only := x.Text(t); len(only) == 1 {
		return only.In("")
	}
	return x.HTML(t)
}
