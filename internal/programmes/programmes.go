// Package programmes holds the question bank and the exams that ship with Proba,
// as the files that people edit, and reads them.
//
// It knows nothing of a store: who loads them decides where they go.
package programmes

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/bankfile"
)

//go:embed bank/*.yaml bank/facts.tsv exams.yaml
var files embed.FS

// Folder is the bank's folder in the native format.
func Folder() (fs.FS, error) { return fs.Sub(files, "bank") }

// Bank reads the bank that ships with Proba.
func Bank() (*exam.Bank, error) {
	folder, err := Folder()
	if err != nil {
		return nil, fmt.Errorf("shipped bank: %w", err)
	}
	bank, problems, err := bankfile.Read(folder)
	if err != nil {
		return nil, fmt.Errorf("shipped bank: %w", err)
	}
	if len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("shipped bank: %s:%d: item %q: %s (and %d more)", p.File, p.Line, p.Item, p.Message, len(problems)-1)
	}
	return bank, nil
}

// Exams reads the exams that ship with Proba, as drafts over the given release.
func Exams(release string) ([]exam.Exam, error) {
	data, err := files.ReadFile("exams.yaml")
	if err != nil {
		return nil, fmt.Errorf("shipped exams: %w", err)
	}
	var list struct {
		Exams []exam.Exam `json:"exams"`
	}
	if err := bankfile.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("shipped exams: %w", err)
	}
	for i := range list.Exams {
		list.Exams[i].Release = release
	}
	return list.Exams, nil
}
