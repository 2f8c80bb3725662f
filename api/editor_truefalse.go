package api

import "github.com/proba-exam/proba/exam"

func editTrueFalse() kindEditor {
	const path = "/interaction/true"
	return kindEditor{
		kind: exam.TrueFalse,
		show: func(s *editorSheet, in exam.Interaction) {
			c, _ := in.(*exam.TrueOrFalse)
			is := func(want bool) bool { return c != nil && c.True != nil && *c.True == want }
			g := s.group(path, "wKey", "")
			g.row(editorField{Name: path, Type: radioField, Label: s.word("wTrue"), Value: "true", Checked: is(true)},
				editorField{Name: path, Type: radioField, Label: s.word("wFalse"), Value: "false", Checked: is(false)})
		},
		read: func(f itemFields) exam.Interaction {
			right := f.value(path) == "true"
			if !right && f.value(path) != "false" {
				return &exam.TrueOrFalse{}
			}
			return &exam.TrueOrFalse{True: &right}
		},
	}
}
