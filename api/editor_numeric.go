package api

import (
	"strings"

	"github.com/proba-exam/proba/exam"
)

func editNumeric() kindEditor {
	const value, tolerance, unit, integer = "/interaction/value", "/interaction/tolerance", "/interaction/unit", "/interaction/integer"
	return kindEditor{
		kind: exam.Numeric,
		show: func(s *editorSheet, in exam.Interaction) {
			n, _ := in.(*exam.Number)
			if n == nil {
				n = new(exam.Number)
			}
			g := s.group(value, "wKey", "wEditNumberHint")
			g.row(editorField{Name: value, Type: lineField, Label: s.word("wValue"), Value: n.Value},
				editorField{Name: tolerance, Type: lineField, Label: s.word("wTolerance"), Value: n.Tolerance})
			g.row(s.texts(lineField, unit, s.word("wUnit"), n.Unit)...)
			g.row(editorField{Name: integer, Type: tickField, Label: s.word("wInteger"), Value: "1", Checked: n.Integer})
		},
		read: func(f itemFields) exam.Interaction {
			number := func(name string) string { return strings.Replace(f.line(name), ",", ".", 1) }
			n := &exam.Number{Value: number(value), Tolerance: number(tolerance), Unit: f.text(unit), Integer: f.value(integer) != ""}
			if len(n.Unit) == 0 {
				n.Unit = nil
			}
			return n
		},
	}
}
