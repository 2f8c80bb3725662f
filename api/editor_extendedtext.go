package api

import (
	"fmt"
	"strconv"

	"github.com/proba-exam/proba/exam"
)

// essayCriteria is how many criteria the editor looks for: as many as a rubric may have.
const essayCriteria = 8

func editExtendedText() kindEditor {
	const at, rubric = "/interaction", "/interaction/rubric"
	return kindEditor{
		kind: exam.ExtendedText,
		show: func(s *editorSheet, in exam.Interaction) {
			e, _ := in.(*exam.Essay)
			if e == nil {
				e = &exam.Essay{MaxCharacters: 3000}
			}
			number := func(name, label string, n int) editorField {
				value := strconv.Itoa(n)
				if n == 0 && name != rubric+"/tolerance" {
					value = ""
				}
				return editorField{Name: name, Type: lineField, Label: s.word(label), Value: value}
			}
			g := s.group(at+"/max_characters", "wEditEssay", "wEditEssayHint")
			g.row(number(at+"/max_characters", "wEditMaxCharacters", e.MaxCharacters), number(at+"/min_words", "wEditMinWords", e.MinWords), number(at+"/max_words", "wEditMaxWords", e.MaxWords))
			g = s.group(rubric+"/tolerance", "wEditRubric", "wEditRubricHint")
			g.row(number(rubric+"/tolerance", "wEditTolerance", e.Rubric.Tolerance))
			for i := range min(essayCriteria, max(2, len(e.Rubric.Criteria)+1)) {
				var c exam.Criterion
				if i < len(e.Rubric.Criteria) {
					c = e.Rubric.Criteria[i]
				}
				showCriterion(s, fmt.Sprintf("%s/criteria/%d", rubric, i), i+1, c)
			}
			s.group(rubric, "wEditRubricEnd", "wEditRubricEndHint")
		},
		read: func(f itemFields) exam.Interaction {
			number := func(name string) int {
				n, _ := strconv.Atoi(f.line(name)) // what is none is 0, which the check names where it cannot be
				return n
			}
			e := &exam.Essay{MaxCharacters: number(at + "/max_characters"), MinWords: number(at + "/min_words"), MaxWords: number(at + "/max_words"),
				Rubric: exam.Rubric{Criteria: []exam.Criterion{}, Tolerance: number(rubric + "/tolerance")}}
			for i := range essayCriteria {
				path := fmt.Sprintf("%s/criteria/%d", rubric, i)
				c := exam.Criterion{Title: f.text(path + "/title"), Levels: []exam.RubricLevel{}}
				f.rows(path+"/levels", func(_ int, row string) {
					if text, points := f.text(row+"/text"), f.line(row+"/points"); len(text) > 0 || points != "" {
						c.Levels = append(c.Levels, exam.RubricLevel{Points: number(row + "/points"), Text: text})
					}
				})
				if len(c.Title) > 0 || len(c.Levels) > 0 {
					e.Rubric.Criteria = append(e.Rubric.Criteria, c)
				}
			}
			return e
		},
	}
}

// showCriterion is a group of what one criterion is called and of its levels.
func showCriterion(s *editorSheet, path string, number int, c exam.Criterion) {
	g := s.group(path, "wEditCriterion", "wEditCriterionHint")
	g.Title = fmt.Sprintf("%s %d", g.Title, number)
	g.counted(path + "/levels")
	g.row(s.texts(lineField, path+"/title", s.word("wEditCriterionTitle"), c.Title)...)
	for n := range rowsFor(len(c.Levels)) {
		at := fmt.Sprintf("%s/levels/%d", path, n)
		points := editorField{Name: at + "/points", Type: lineField, Label: fmt.Sprintf("%s %d", s.word("wEditPoints"), n+1)}
		var l exam.RubricLevel
		if n < len(c.Levels) {
			l = c.Levels[n]
			points.Value = strconv.Itoa(l.Points)
		}
		g.row(append([]editorField{points}, s.texts(lineField, at+"/text", fmt.Sprintf("%s %d", s.word("wEditLevel"), n+1), l.Text)...)...)
	}
}
