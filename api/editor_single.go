package api

import (
	"fmt"
	"strconv"

	"github.com/proba-exam/proba/exam"
)

// oneKey is the field of the button that marks the right one of several options.
const oneKey = "/interaction/key"

func editSingle() kindEditor {
	return kindEditor{
		kind: exam.Single,
		show: func(s *editorSheet, in exam.Interaction) {
			var options []exam.Option
			if c, ok := in.(*exam.SingleChoice); ok {
				options = c.Options
			}
			showOptions(s, options, radioField)
		},
		read: func(f itemFields) exam.Interaction {
			return &exam.SingleChoice{Options: readOptions(f, func(n int, _ string) bool { return f.value(oneKey) == strconv.Itoa(n) })}
		},
	}
}

// showOptions are the options of single and multiple choice; mark is the field that
// marks right ones.
func showOptions(s *editorSheet, options []exam.Option, mark string) {
	const path = "/interaction/options"
	g := s.group(path, "wEditOptions", "wEditOptionsHint")
	g.counted(path)
	for n := range rowsFor(len(options)) {
		var o exam.Option
		if n < len(options) {
			o = options[n]
		}
		at := fmt.Sprintf("%s/%d", path, n)
		key := editorField{Name: at + "/key", Type: mark, Label: fmt.Sprintf("%s: %s %d", s.word("wKey"), s.word("wOption"), n+1), Value: "1", Checked: o.Key}
		if mark == radioField {
			key.Name, key.Value = oneKey, strconv.Itoa(n)
		}
		fixed := editorField{Name: at + "/fixed", Type: tickField, Label: fmt.Sprintf("%s: %s %d", s.word("wFixed"), s.word("wOption"), n+1), Value: "1", Checked: o.Fixed}
		// An area: most options are longer than a line shows.
		texts := s.texts(areaField, at+"/text", fmt.Sprintf("%s %d", s.word("wOption"), n+1), o.Text)
		g.row(append([]editorField{key, fixed}, texts...)...)
	}
}

// readOptions reads the options that have a text; isKey tells which are right.
func readOptions(f itemFields, isKey func(n int, at string) bool) []exam.Option {
	options := []exam.Option{}
	f.rows("/interaction/options", func(n int, at string) {
		if t := f.text(at + "/text"); len(t) > 0 {
			options = append(options, exam.Option{Text: t, Key: isKey(n, at), Fixed: f.value(at+"/fixed") != ""})
		}
	})
	return options
}
