package authoring

import (
	"time"

	"github.com/proba-exam/proba/exam"
)

// ImportState is where an import stands.
type ImportState string

// The states of an import.
const (
	// ImportReading: the file is being read and compared with the copy.
	ImportReading ImportState = "reading"
	// ImportChecked: it can be applied. Nothing of it is in the bank, and nothing stays of
	// it when nobody applies it.
	ImportChecked ImportState = "checked"
	// ImportApplying: its items are being taken in. Where that broke off it can be applied
	// again.
	ImportApplying ImportState = "applying"
	ImportApplied  ImportState = "applied"
	// ImportFailed: the file could not be read, or somebody stopped it.
	ImportFailed ImportState = "failed"
	// importDropped: it is being deleted.
	importDropped ImportState = "dropped"
)

const (
	// abandoned is when an import that nobody applied is deleted: whoever checked a file
	// in the afternoon finds the report the next morning.
	abandoned = 24 * time.Hour
	// lingering is how long after an import was applied its parts are dropped a second time:
	// another copy of the service that applied it too, and died, may have told how far it is
	// after they were dropped. By then every such copy has ended.
	lingering = time.Hour
	// telling is how often progress is stored at most.
	telling = time.Second
	// silent is how long whoever works at an import may say nothing before it counts as
	// broken off: many times telling.
	silent = time.Minute
	// unattended is how long a file is read on though nobody asks for it: browsers let a
	// page that is not seen ask once a minute.
	unattended = 3 * time.Minute
	// attending is how often it is taken down that somebody asked.
	attending = 10 * time.Second
)

// Import is a file that was read and checked. What it would take in is kept in parts
// beside it, apart from all banks, until it is applied.
type Import struct {
	// Schema 1 kept its revisions and images among those of the banks.
	Schema  int         `json:"schema"`
	Version int64       `json:"version"`
	ID      string      `json:"id"`
	Bank    string      `json:"bank"`
	By      string      `json:"by"`
	At      time.Time   `json:"at"`
	State   ImportState `json:"state,omitempty"`
	// Done of Total items were seen by whoever works at it; Total is 0 while the file is
	// read.
	Done  int `json:"done,omitempty"`
	Total int `json:"total,omitempty"`
	// ToldAt is when whoever works at it last said so, AskedAt when somebody last looked
	// how far it is.
	ToldAt  time.Time `json:"told_at,omitzero"`
	AskedAt time.Time `json:"asked_at,omitzero"`
	// DueAt is when it is tidied up, zero for never.
	DueAt time.Time `json:"due_at,omitzero"`
	// Failure says why it failed.
	Failure *Failure `json:"failure,omitempty"`
	File    string   `json:"file"`
	Format  string   `json:"format"`
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
	// Stale are items that somebody changed since the file was checked; they are as they
	// were.
	Stale []string `json:"stale,omitempty"`
}

// Failure is a fault as an import keeps it.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ImportPart is a piece of what an import would take in: some of its items, or an image.
type ImportPart struct {
	Import string `json:"import"`
	Name   string `json:"name"`
	Data   []byte `json:"data"`
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

// Moving reports whether somebody works at it. Who says nothing for long has died.
func (i *Import) Moving(now time.Time) bool {
	return (i.State == ImportReading || i.State == ImportApplying) && now.Sub(i.ToldAt) < silent
}

// Broken reports whether whoever worked at it died over it.
func (i *Import) Broken(now time.Time) bool {
	return (i.State == ImportReading || i.State == ImportApplying) && !i.Moving(now)
}

// CanApply reports whether there is something to take in.
func (i *Import) CanApply(now time.Time) bool {
	checked := i.State == ImportChecked || i.State == "" && i.AppliedAt.IsZero() // "" of schema 1
	return len(i.Items) > 0 && (checked || i.State == ImportApplying && i.Broken(now))
}
