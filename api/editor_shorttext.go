package api

import "github.com/proba-exam/proba/exam"

func editShortText() kindEditor {
	const path = "/interaction/accepted"
	return kindEditor{
		kind: exam.ShortText,
		show: func(s *editorSheet, in exam.Interaction) {
			var accepted []exam.Text
			if w, ok := in.(*exam.Words); ok {
				accepted = w.Accepted
			}
			showTexts(s, path, "wEditAccepted", "wEditAcceptedHint", "wAccepted", accepted)
		},
		read: func(f itemFields) exam.Interaction {
			accepted := readTexts(f, path)
			if accepted == nil {
				accepted = []exam.Text{}
			}
			return &exam.Words{Accepted: accepted}
		},
	}
}
