package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// The sorts of gaps, as the editor names them.
const (
	gapChoice = "choice"
	gapWords  = "words"
	gapNumber = "number"
)

func gapSort(g *exam.Gap) string {
	switch {
	case g.Number != nil:
		return gapNumber
	case len(g.Accepted) > 0:
		return gapWords
	}
	return gapChoice
}

const (
	passagePath = "/interaction/passage"
	gapsPath    = "/interaction/gaps"
)

// gapPath is the place of gap n within the item.
func gapPath(n int) string { return fmt.Sprintf("%s/%d", gapsPath, n) }

// editCloze has fields for as many gaps as the passage marks, so that a gap is made by
// writing its mark.
func editCloze() kindEditor { return kindEditor{kind: exam.Cloze, show: showCloze, read: readCloze} }

func showCloze(s *editorSheet, in exam.Interaction) {
	c, _ := in.(*exam.ClozeText)
	if c == nil {
		c = new(exam.ClozeText)
	}
	g := s.group(passagePath, "wKdPassage", "wKdPassageHint")
	g.row(s.texts(areaField, passagePath, s.word("wKdPassage"), c.Passage)...)
	gaps := make([]exam.Gap, max(len(c.Gaps), exam.GapsIn(c.Passage), 1))
	copy(gaps, c.Gaps)
	table := s.group(gapsPath, "wKdGaps", "wKdGapsHint")
	table.counted(gapsPath)
	for n := range gaps {
		name := fmt.Sprintf("%s %d", s.word("wKdGap"), n+1)
		weight := ""
		if gaps[n].Weight != 0 {
			weight = strconv.Itoa(gaps[n].Weight)
		}
		table.row(editorField{Name: gapPath(n) + "/sort", Type: selectField, Label: name, Value: gapSort(&gaps[n]), Choices: []string{gapChoice, gapWords, gapNumber}, Words: "gap"},
			editorField{Name: gapPath(n) + "/weight", Type: lineField, Label: name + ": " + s.word("wKdWeight"), Value: weight})
	}
	for n := range gaps {
		showGap(s, n, &gaps[n])
	}
}

// showGap makes the fields of what is right in one gap.
func showGap(s *editorSheet, n int, gap *exam.Gap) {
	at := gapPath(n)
	g := s.group(at, "wKdGap", "")
	g.Title = fmt.Sprintf("%s %d", g.Title, n+1)
	switch gapSort(gap) {
	case gapNumber:
		g.row(editorField{Name: at + "/number/value", Type: lineField, Label: s.word("wValue"), Value: gap.Number.Value},
			editorField{Name: at + "/number/tolerance", Type: lineField, Label: s.word("wTolerance"), Value: gap.Number.Tolerance})
		g.row(editorField{Name: at + "/number/integer", Type: tickField, Label: s.word("wInteger"), Value: "1", Checked: gap.Number.Integer})
	case gapWords:
		g.counted(at + "/accepted")
		for i := range rowsFor(len(gap.Accepted)) {
			var t exam.Text
			if i < len(gap.Accepted) {
				t = gap.Accepted[i]
			}
			g.row(s.texts(lineField, fmt.Sprintf("%s/accepted/%d", at, i), fmt.Sprintf("%s %d", s.word("wAccepted"), i+1), t)...)
		}
	default:
		g.counted(at + "/options")
		for i := range rowsFor(len(gap.Options)) {
			var o exam.Option
			if i < len(gap.Options) {
				o = gap.Options[i]
			}
			name, option := fmt.Sprintf("%s %d", s.word("wOption"), i+1), fmt.Sprintf("%s/options/%d", at, i)
			row := []editorField{{Name: at + "/key", Type: radioField, Label: s.word("wKey") + ": " + name, Value: strconv.Itoa(i), Checked: o.Key},
				{Name: option + "/fixed", Type: tickField, Label: s.word("wFixed") + ": " + name, Value: "1", Checked: o.Fixed}}
			g.row(append(row, s.texts(lineField, option+"/text", name, o.Text)...)...)
		}
	}
}

func readCloze(f itemFields) exam.Interaction {
	c := &exam.ClozeText{Passage: f.text(passagePath), Gaps: []exam.Gap{}}
	f.rows(gapsPath, func(_ int, at string) { c.Gaps = append(c.Gaps, readGap(f, at)) })
	// A gap that was begun and is neither marked nor described goes.
	marked := exam.GapsIn(c.Passage)
	for n := len(c.Gaps); n > marked && empty(&c.Gaps[n-1]); n-- {
		c.Gaps = c.Gaps[:n-1]
	}
	return c
}

// empty reports whether nothing is said of the gap.
func empty(g *exam.Gap) bool {
	said := slices.ContainsFunc(g.Accepted, func(t exam.Text) bool { return len(t) > 0 })
	return len(g.Options) == 0 && !said && (g.Number == nil || g.Number.Value == "" && g.Number.Tolerance == "")
}

func readGap(f itemFields, at string) exam.Gap {
	var g exam.Gap
	if n, err := strconv.Atoi(f.line(at + "/weight")); err == nil {
		g.Weight = n
	} else if f.line(at+"/weight") != "" {
		g.Weight = -1 // which the check refuses
	}
	switch f.line(at + "/sort") {
	case gapNumber:
		number := func(name string) string { return strings.Replace(f.line(at+"/number/"+name), ",", ".", 1) }
		g.Number = &exam.Number{Value: number("value"), Tolerance: number("tolerance"), Integer: f.value(at+"/number/integer") != ""}
	case gapWords:
		g.Accepted = readTexts(f, at+"/accepted")
		if g.Accepted == nil {
			g.Accepted = []exam.Text{{}} // so that the gap stays one of words
		}
	default:
		f.rows(at+"/options", func(i int, option string) {
			if t := f.text(option + "/text"); len(t) > 0 {
				g.Options = append(g.Options, exam.Option{Text: t, Key: f.value(at+"/key") == strconv.Itoa(i), Fixed: f.value(option+"/fixed") != ""})
			}
		})
	}
	return g
}
