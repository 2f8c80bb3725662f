package api

import (
	"strings"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/mail"
)

// Result tells a learner that the result of an exam that people have marked is there, and
// not what it is: letters are read over shoulders.
func (l *Letters) Result(person auth.Person, e exam.Exam, a exam.Attempt) mail.Message {
	words := wordsOf(person, l.words)
	title := e.Title.In(words["lang"])
	link := l.publicURL + "/my/attempts/" + a.ID + "/result?lang=" + words["lang"]
	return letter(person, strings.ReplaceAll(words["letterResultSubject"], "{exam}", title), strings.ReplaceAll(words["letterResult"], "{exam}", title), link)
}
