package authoring

import (
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// State is where an entry is in its life.
type State string

// The states; see the package comment.
const (
	Draft    State = "draft"
	InReview State = "in_review"
	Approved State = "approved"
	Retired  State = "retired"
)

// States lists them in the order of an entry's life.
func States() []State { return []State{Draft, InReview, Approved, Retired} }

// Entry is an item of a working copy.
type Entry struct {
	Schema  int    `json:"schema"`
	Version int64  `json:"version"`
	Bank    string `json:"bank"`
	// ID is the item's.
	ID    string `json:"id"`
	State State  `json:"state"`
	// Place orders the items of a release.
	Place int64 `json:"place"`
	// Revision is the hash of Content, the newest revision.
	Revision string    `json:"revision"`
	Content  exam.Item `json:"content"`
	// Author wrote Revision, "" when it came with a release.
	Author    string    `json:"author,omitempty"`
	WrittenAt time.Time `json:"written_at"`
	// Approved is the revision that releases take, "" for none.
	Approved   string    `json:"approved,omitempty"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	// Languages are those in which the newest revision is complete.
	Languages []string `json:"languages,omitempty"`
	// Tags are for finding; they are no part of a revision.
	Tags []string `json:"tags,omitempty"`
	// Figures are what the statistics say of it, nil for nothing.
	Figures *Figures `json:"figures,omitempty"`

	// Events and Comments are left out of listings.
	Events   []Event   `json:"events,omitempty"`
	Comments []Comment `json:"comments,omitempty"`
}

// What an event can say.
const (
	Created   = "created"
	Opened    = "opened" // came with a release
	Imported  = "imported"
	Edited    = "edited"
	Submitted = "submitted"
	Returned  = "returned"
	Accepted  = "approved"
	Withdrawn = "withdrawn" // the approval was taken back
	Removed   = "retired"
	Restored  = "restored"
)

// Event is one step of an entry's life.
type Event struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	What string    `json:"what"`
	// Revision is the newest one after the step.
	Revision string `json:"revision"`
	Reason   string `json:"reason,omitempty"`
}

// writes reports whether the step made its revision.
func (e Event) writes() bool {
	return e.What == Created || e.What == Imported || e.What == Edited
}

// Comment is what somebody says of an entry.
type Comment struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Text string    `json:"text"`
	// Revision is the one that was commented on.
	Revision string `json:"revision"`
}

// Limits of an entry. Its document stays under 2 MB.
const (
	maxEvents   = 1000
	maxComments = 500
	maxComment  = 2000 // characters
	maxReason   = 500
	maxTags     = 20
	maxTag      = 40
)

// NewEntry is a draft of the item, which may be unfinished.
func NewEntry(bank string, langs []string, content exam.Item, by string, place int64, now time.Time) (Entry, error) {
	rev, err := exam.NewRevision(content)
	if err != nil {
		return Entry{}, err
	}
	return newEntry(Created, bank, langs, rev, by, place, now)
}

func newEntry(what, bank string, langs []string, rev exam.Revision, by string, place int64, now time.Time) (Entry, error) {
	if !exam.IsID(rev.Item.ID) {
		return Entry{}, fault.New(fault.Invalid, "item.invalid", "The item has no id that can be used.").
			At(fault.Field{Path: "/id", Message: "is not an id: use 3 to 64 small letters, digits and hyphens"})
	}
	e := Entry{Schema: 1, Version: 1, Bank: bank, ID: rev.Item.ID, State: Draft, Place: place}
	return e.write(what, langs, rev, by, now)
}

// write makes rev the newest revision.
func (e Entry) write(what string, langs []string, rev exam.Revision, by string, now time.Time) (Entry, error) {
	next := e
	next.State, next.Revision, next.Content, next.Author, next.WrittenAt = Draft, rev.Hash, rev.Item, by, now
	next.Languages = complete(&rev.Item, langs)
	return e.or(next.note(what, by, "", now))
}

// note adds an event.
func (e Entry) note(what, by, reason string, now time.Time) (Entry, error) {
	if len(e.Events) >= maxEvents {
		return e, fault.New(fault.Conflict, "item.history_full", "This item was changed %d times; go on with a copy of it under another id.", maxEvents)
	}
	e.Events = append(slices.Clip(e.Events), Event{At: now, By: by, What: what, Revision: e.Revision, Reason: reason})
	return e, nil
}

// complete lists the languages in which nothing is missing.
func complete(it *exam.Item, langs []string) []string {
	faulty := make(map[string]bool)
	for _, f := range it.Check(langs) {
		faulty[f.Path[strings.LastIndexByte(f.Path, '/')+1:]] = true
	}
	var done []string
	for _, lang := range langs {
		if !faulty[lang] {
			done = append(done, lang)
		}
	}
	return done
}

// Revisions lists the revisions of the entry, the newest first, each with the event
// that made it.
func (e *Entry) Revisions() []Event {
	var all []Event
	for _, ev := range slices.Backward(e.Events) {
		if ev.writes() || ev.What == Opened {
			all = append(all, ev)
		}
	}
	return all
}

// Wrote reports whether the person wrote the revision.
func (e *Entry) Wrote(person, revision string) bool {
	return slices.ContainsFunc(e.Events, func(ev Event) bool {
		return ev.By == person && ev.Revision == revision && ev.writes()
	})
}
