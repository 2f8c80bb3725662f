package api

import "github.com/proba-exam/proba/exam"

func editMultiple() kindEditor {
	const choose = "/interaction/choose"
	return kindEditor{
		kind: exam.Multiple,
		show: func(s *editorSheet, in exam.Interaction) {
			c, _ := in.(*exam.MultipleChoice)
			if c == nil {
				c = new(exam.MultipleChoice)
			}
			showOptions(s, c.Options, tickField)
			s.group(choose, "wChoose", "wChooseHint").row(editorField{Name: choose, Type: tickField, Label: s.word("wChooseTick"), Value: "1", Checked: c.Choose > 0})
		},
		read: func(f itemFields) exam.Interaction {
			c := &exam.MultipleChoice{Options: readOptions(f, func(_ int, at string) bool { return f.value(at+"/key") != "" })}
			for _, o := range c.Options {
				if o.Key && f.value(choose) != "" {
					c.Choose++ // when it is said, it is the number of keys
				}
			}
			return c
		},
	}
}
