package api

import (
	"fmt"
	"strings"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/mail"
)

// Letters writes what learners are told without having asked, each in their language.
type Letters struct {
	words     map[string]map[string]string
	publicURL string
}

// NewLetters returns a writer of letters whose links begin with publicURL.
func NewLetters(publicURL string, zone *time.Location) (*Letters, error) {
	p, err := loadPages(zone)
	if err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	return &Letters{words: p.words, publicURL: strings.TrimSuffix(publicURL, "/")}, nil
}

// Corrected tells a learner that a result is another one, since a key was wrong. It says
// which way it went only where the exam shows results, and no score: letters are read
// over shoulders.
func (l *Letters) Corrected(person auth.Person, e exam.Exam, g exam.Regrade, c exam.RegradeChange) mail.Message {
	words := wordsOf(person, l.words)
	var news []string
	if e.Policy.Review.Show != exam.ShowNothing {
		news = append(news, words["letterTurn_"+string(c.Turn)])
	}
	if c.Certificate != "" {
		news = append(news, words["letterCertificate_"+c.Certificate])
	}
	link := l.publicURL + "/my/attempts/" + c.Attempt + "/result?lang=" + words["lang"]
	text := strings.NewReplacer("{exam}", e.Title.In(words["lang"]), "{reason}", g.Reason, "{news}", strings.Join(news, " ")).Replace(words["letterCorrected"])
	return letter(person, strings.ReplaceAll(words["letterCorrectedSubject"], "{exam}", e.Title.In(words["lang"])), text, link)
}
