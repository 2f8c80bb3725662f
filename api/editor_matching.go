package api

import (
	"fmt"

	"github.com/proba-exam/proba/exam"
)

func editMatching() kindEditor {
	const pairs, distractors = "/interaction/rows", "/interaction/distractors"
	return kindEditor{
		kind: exam.Matching,
		show: func(s *editorSheet, in exam.Interaction) {
			m, _ := in.(*exam.Match)
			if m == nil {
				m = new(exam.Match)
			}
			g := s.group(pairs, "wEditPairs", "wEditPairsHint")
			g.counted(pairs)
			for n := range rowsFor(len(m.Rows)) {
				var r exam.Row
				if n < len(m.Rows) {
					r = m.Rows[n]
				}
				at := fmt.Sprintf("%s/%d", pairs, n)
				fields := s.texts(lineField, at+"/prompt", fmt.Sprintf("%s %d", s.word("wPrompt"), n+1), r.Prompt)
				g.row(append(fields, s.texts(lineField, at+"/match", fmt.Sprintf("%s %d", s.word("wMatch"), n+1), r.Match)...)...)
			}
			showTexts(s, distractors, "wEditDistractors", "wEditDistractorsHint", "wDistractor", m.Distractors)
		},
		read: func(f itemFields) exam.Interaction {
			m := &exam.Match{Rows: []exam.Row{}, Distractors: readTexts(f, distractors)}
			f.rows(pairs, func(_ int, at string) {
				r := exam.Row{Prompt: f.text(at + "/prompt"), Match: f.text(at + "/match")}
				if len(r.Prompt)+len(r.Match) > 0 {
					m.Rows = append(m.Rows, r)
				}
			})
			return m
		},
	}
}

// showTexts is a group of texts below each other.
func showTexts(s *editorSheet, path, title, hint, label string, texts []exam.Text) {
	g := s.group(path, title, hint)
	g.counted(path)
	for n := range rowsFor(len(texts)) {
		var t exam.Text
		if n < len(texts) {
			t = texts[n]
		}
		g.row(s.texts(lineField, fmt.Sprintf("%s/%d", path, n), fmt.Sprintf("%s %d", s.word(label), n+1), t)...)
	}
}

// readTexts reads those that have words; nil for none.
func readTexts(f itemFields, path string) []exam.Text {
	var texts []exam.Text
	f.rows(path, func(_ int, at string) {
		if t := f.text(at); len(t) > 0 {
			texts = append(texts, t)
		}
	})
	return texts
}
