package api

import "github.com/proba-exam/proba/exam"

func editOrdering() kindEditor {
	const path = "/interaction/steps"
	return kindEditor{
		kind: exam.Ordering,
		show: func(s *editorSheet, in exam.Interaction) {
			var steps []exam.Text
			if o, ok := in.(*exam.Order); ok {
				steps = o.Steps
			}
			showTexts(s, path, "wEditSteps", "wEditStepsHint", "wStep", steps)
		},
		read: func(f itemFields) exam.Interaction {
			steps := readTexts(f, path)
			if steps == nil {
				steps = []exam.Text{}
			}
			return &exam.Order{Steps: steps}
		},
	}
}
