package authoring

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// stale says that the entry has another revision than the caller saw.
func stale() *fault.Fault {
	return fault.New(fault.Conflict, "item.changed", "Somebody changed this item meanwhile; nothing was stored.")
}

// misplaced says that the entry is in a state that has no such move.
func misplaced(e *Entry) error {
	return fault.New(fault.Conflict, "item.state", "The item is in the state %q, from which this cannot be done.", string(e.State))
}

// Edit makes content the newest revision, on the condition that the author saw the one
// that is newest now. The same content again changes nothing. A retired entry is
// restored first.
func (e Entry) Edit(seen string, langs []string, content exam.Item, by string, now time.Time) (Entry, error) {
	rev, err := exam.NewRevision(content)
	if err != nil {
		return e, err
	}
	return e.rewrite(Edited, seen, langs, rev, by, now)
}

func (e Entry) rewrite(what, seen string, langs []string, rev exam.Revision, by string, now time.Time) (Entry, error) {
	switch {
	case rev.Hash == e.Revision: // also when it was stored by a call whose answer was lost
		return e, nil
	case seen != e.Revision:
		return e, stale()
	case e.State == Retired:
		return e, misplaced(&e)
	case rev.Item.ID != e.ID:
		return e, fault.New(fault.Invalid, "item.renamed", "The id of an item cannot be changed: attempts and statistics know it by this name.")
	}
	return e.write(what, langs, rev, by, now)
}

// Submit sends a draft to review. It must be complete: "item.invalid" with its faults.
func (e Entry) Submit(seen string, c *Copy, by string, now time.Time) (Entry, error) {
	switch {
	case seen != e.Revision:
		return e, stale()
	case e.State == InReview:
		return e, nil
	case e.State != Draft:
		return e, misplaced(&e)
	}
	if faults := e.Faults(c); len(faults) > 0 {
		return e, fault.New(fault.Invalid, "item.invalid", "The item has %d faults; mend them first.", len(faults)).At(faults...)
	}
	next := e
	next.State = InReview
	return e.or(next.note(Submitted, by, "", now))
}

// Faults are those of the newest revision, as "proba bank check" finds them, beside
// what the item needs of its bank.
func (e *Entry) Faults(c *Copy) []fault.Field {
	faults := e.Content.Check(c.Languages)
	if st := e.Content.Stimulus; st != "" {
		if _, ok := c.Case(st); !ok {
			faults = append(faults, fault.Field{Path: "/stimulus", Message: "is not a case text of this bank"})
		}
	}
	return faults
}

// Approve makes the revision under review the one that releases take. Whoever wrote it
// cannot: "item.own".
func (e Entry) Approve(seen string, c *Copy, by string, now time.Time) (Entry, error) {
	switch {
	case seen != e.Revision:
		return e, stale()
	case e.State == Approved:
		return e, nil
	case e.State != InReview:
		return e, misplaced(&e)
	case e.Author == by || e.Wrote(by, e.Revision):
		return e, own()
	}
	if faults := e.Faults(c); len(faults) > 0 { // the bank may have gained a language since
		return e, fault.New(fault.Invalid, "item.invalid", "The item has %d faults; mend them first.", len(faults)).At(faults...)
	}
	next := e
	next.State, next.Approved, next.ApprovedBy, next.ApprovedAt = Approved, e.Revision, by, now
	return e.or(next.note(Accepted, by, "", now))
}

// Return sends an entry back to its author: one under review, or an approved one, whose
// approval is then withdrawn.
func (e Entry) Return(seen, reason, by string, now time.Time) (Entry, error) {
	if seen != e.Revision {
		return e, stale()
	}
	switch e.State {
	case InReview:
		return e.back(Returned, Draft, reason, by, now)
	case Approved:
		return e.or(e.unapproved().back(Withdrawn, Draft, reason, by, now))
	}
	return e, misplaced(&e)
}

// Retire takes an entry out of later releases.
func (e Entry) Retire(reason, by string, now time.Time) (Entry, error) {
	if e.State == Retired {
		return e, nil
	}
	return e.back(Removed, Retired, reason, by, now)
}

// Restore makes a draft of a retired entry. What was approved has to be approved again.
func (e Entry) Restore(reason, by string, now time.Time) (Entry, error) {
	if e.State != Retired {
		return e, misplaced(&e)
	}
	return e.or(e.unapproved().back(Restored, Draft, reason, by, now))
}

// unapproved is the entry without a revision for releases.
func (e Entry) unapproved() Entry {
	e.Approved, e.ApprovedBy, e.ApprovedAt = "", "", time.Time{}
	return e
}

// or is what came of a move: next, or the entry as it was when the move failed.
func (e Entry) or(next Entry, err error) (Entry, error) {
	if err != nil {
		return e, err
	}
	return next, nil
}

// back is a move that needs a reason.
func (e Entry) back(what string, to State, reason, by string, now time.Time) (Entry, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return e, fault.New(fault.Invalid, "item.reason", "Give a reason of 1 to %d characters.", maxReason).
			At(fault.Field{Path: "/reason", Message: "is missing or too long"})
	}
	next := e
	next.State = to
	return e.or(next.note(what, by, reason, now))
}

// Comment adds what somebody says of the revision that they saw.
func (e Entry) Comment(text, by string, now time.Time) (Entry, error) {
	text = strings.TrimSpace(text)
	n := utf8.RuneCountInString(text)
	switch {
	case n == 0 || n > maxComment || !utf8.ValidString(text):
		return e, fault.New(fault.Invalid, "comment.invalid", "A comment has 1 to %d characters.", maxComment).
			At(fault.Field{Path: "/comment", Message: "is missing or too long"})
	case len(e.Comments) >= maxComments:
		return e, fault.New(fault.Conflict, "comment.too_many", "An item has %d comments at most.", maxComments)
	}
	e.Comments = append(slices.Clip(e.Comments), Comment{At: now, By: by, Text: text, Revision: e.Revision})
	return e, nil
}

var tagPattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_.:-]*$`)

// Tag adds and removes tags.
func (e Entry) Tag(add, remove []string) (Entry, error) {
	tags := slices.Clone(e.Tags)
	for _, t := range add {
		t = strings.ToLower(strings.TrimSpace(t))
		if !tagPattern.MatchString(t) || utf8.RuneCountInString(t) > maxTag {
			return e, fault.New(fault.Invalid, "tag.invalid", "A tag has 1 to %d letters, digits and hyphens, without spaces.", maxTag).
				At(fault.Field{Path: "/tags", Message: "is not a tag"})
		}
		tags = append(tags, t)
	}
	tags = slices.DeleteFunc(tags, func(t string) bool { return slices.Contains(remove, t) })
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > maxTags {
		return e, fault.New(fault.Invalid, "tag.too_many", "An item has %d tags at most.", maxTags)
	}
	if len(tags) == 0 {
		tags = nil
	}
	e.Tags = tags
	return e, nil
}
