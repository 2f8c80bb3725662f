package authoring

import (
	"time"

	"github.com/proba-exam/proba/exam"
)

// Import is a file that was read and checked. Its revisions are stored; the copy does
// not know of them before the import is applied.
type Import struct {
	Schema  int       `json:"schema"`
	Version int64     `json:"version"`
	ID      string    `json:"id"`
	Bank    string    `json:"bank"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	File    string    `json:"file"`
	Format  string    `json:"format"`
	// Found are the questions of the file; Refused of them cannot be taken in.
	Found   int `json:"found"`
	Refused int `json:"refused"`
	// Items are those that can, with what applying would do with each.
	Items []Incoming      `json:"items"`
	Cases []exam.Stimulus `json:"cases,omitempty"`
	// Media are the names of the images that came with the file.
	Media    []string  `json:"media,omitempty"`
	Problems []Problem `json:"problems,omitempty"`
	// Unlisted counts the problems over the limit.
	Unlisted int `json:"unlisted,omitempty"`
	// AppliedAt is when everything was taken in, zero before.
	AppliedAt time.Time `json:"applied_at,omitzero"`
}

// Incoming is an item of an import.
type Incoming struct {
	exam.ItemRef
	// Seen is the revision that the copy had when the file was checked, "" for an item
	// that it did not have.
	Seen string `json:"seen,omitempty"`
}

// New reports whether the copy did not have the item.
func (i Incoming) New() bool { return i.Seen == "" }

// Same reports whether the copy had exactly this.
func (i Incoming) Same() bool { return i.Seen == i.Revision }

// Problem is one row of an import's report, as interchange makes it.
type Problem struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Item     string `json:"item,omitempty"`
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Message  string `json:"message"`
}

// maxProblems is how many rows an import keeps: more than anybody reads before mending
// the first ones.
const maxProblems = 1000

// Counts says what applying the import does.
func (i *Import) Counts() (added, changed, same int) {
	for _, item := range i.Items {
		switch {
		case item.New():
			added++
		case item.Same():
			same++
		default:
			changed++
		}
	}
	return added, changed, same
}
