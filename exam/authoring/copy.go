package authoring

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// Limits of a copy. They keep its document far below MongoDB's 16 MiB.
const (
	// maxCases is one case text for five items of the largest bank.
	maxCases = 1000
	// maxLanguages is more than any bank is kept in.
	maxLanguages = 12
)

// Copy is the working copy of a bank.
type Copy struct {
	Schema  int   `json:"schema"`
	Version int64 `json:"version"`
	// ID is the bank's: releases of the copy are releases of this bank.
	ID        string    `json:"id"`
	Title     exam.Text `json:"title"`
	Languages []string  `json:"languages"`
	Cases     []Case    `json:"cases,omitempty"`
	// Media are the images that texts of the bank may show, the oldest first.
	Media []Filed `json:"media,omitempty"`
	// Release is the hash of the last release that was cut from the copy or that it
	// was opened from, "" for none.
	Release   string    `json:"release,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	// ReleasedAt and ReleasedBy say who cut Release, zero when it was opened.
	ReleasedAt time.Time `json:"released_at,omitzero"`
	ReleasedBy string    `json:"released_by,omitempty"`
}

// Case is a case text with the one that releases take.
type Case struct {
	ID   string    `json:"id"`
	Text exam.Text `json:"text"`
	// Author wrote Text, "" when it came with a release.
	Author    string    `json:"author,omitempty"`
	WrittenAt time.Time `json:"written_at,omitzero"`
	// Approved is what releases take, empty before the first approval.
	Approved   exam.Text `json:"approved,omitempty"`
	ApprovedBy string    `json:"approved_by,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
}

// IsApproved reports whether Text is what releases take.
func (k *Case) IsApproved() bool { return len(k.Approved) > 0 && sameText(k.Text, k.Approved) }

func sameText(a, b exam.Text) bool {
	if len(a) != len(b) {
		return false
	}
	for lang, s := range a {
		if t, ok := b[lang]; !ok || s != t {
			return false
		}
	}
	return true
}

// Check reports every fault of what an author writes of a copy.
func (c *Copy) Check() []fault.Field {
	var faults []fault.Field
	add := func(path, format string, args ...any) {
		faults = append(faults, fault.Field{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if !exam.IsID(c.ID) {
		add("/id", "%q is not an id: use 3 to 64 small letters, digits and hyphens", c.ID)
	}
	if n := len(c.Languages); n == 0 || n > maxLanguages {
		add("/languages", "a bank has 1 to %d languages", maxLanguages)
	}
	for i, lang := range c.Languages {
		if lang == "" || strings.ContainsAny(lang, " /") || slices.Index(c.Languages, lang) < i {
			add(fmt.Sprintf("/languages/%d", i), "%q is not a language, or is named twice", lang)
		}
	}
	return append(faults, exam.CheckTitle(c.Title, c.Languages)...)
}

// Case returns the case text with the id.
func (c *Copy) Case(id string) (Case, bool) {
	for _, k := range c.Cases {
		if k.ID == id {
			return k, true
		}
	}
	return Case{}, false
}

// caseMissing is the fault of an id that no case text has.
func caseMissing() error {
	return fault.New(fault.NotFound, "case.not_found", "This bank has no such case text.")
}

// WriteCase stores the text of a case, a new one when the id is free. seen is the text
// that the author saw, nil for a new case: "case.stale" when it is another by now.
func (c Copy) WriteCase(id string, seen, text exam.Text, by string, now time.Time) (Copy, error) {
	written := exam.Stimulus{ID: id, Text: text}
	if faults := written.Check(c.Languages); len(faults) > 0 {
		return c, fault.New(fault.Invalid, "case.invalid", "The case text has %d faults.", len(faults)).At(faults...)
	}
	c.Cases = slices.Clone(c.Cases)
	at := slices.IndexFunc(c.Cases, func(k Case) bool { return k.ID == id })
	switch {
	case at < 0 && len(seen) > 0:
		return c, caseMissing()
	case at >= 0 && !sameText(seen, c.Cases[at].Text):
		return c, fault.New(fault.Conflict, "case.stale", "Somebody changed this case text meanwhile; nothing was stored.")
	case at >= 0 && sameText(text, c.Cases[at].Text):
		return c, nil
	case at < 0 && len(c.Cases) >= maxCases:
		return c, fault.New(fault.Invalid, "case.too_many", "A bank has %d case texts at most.", maxCases)
	case at < 0:
		c.Cases = append(c.Cases, Case{ID: id})
		at = len(c.Cases) - 1
	}
	c.Cases[at].Text, c.Cases[at].Author, c.Cases[at].WrittenAt = text, by, now
	return c, nil
}

// ApproveCase makes the text that the reviewer saw the one that releases take.
func (c Copy) ApproveCase(id string, seen exam.Text, by string, now time.Time) (Copy, error) {
	at := slices.IndexFunc(c.Cases, func(k Case) bool { return k.ID == id })
	if at < 0 {
		return c, caseMissing()
	}
	k := c.Cases[at]
	switch {
	case !sameText(seen, k.Text):
		return c, fault.New(fault.Conflict, "case.stale", "Somebody changed this case text meanwhile; nothing was stored.")
	case k.Author == by:
		return c, own()
	case k.IsApproved():
		return c, nil
	}
	k.Approved, k.ApprovedBy, k.ApprovedAt = k.Text, by, now
	c.Cases = slices.Clone(c.Cases)
	c.Cases[at] = k
	return c, nil
}

// own refuses whoever would approve what they wrote.
func own() error {
	return fault.New(fault.Forbidden, "item.own", "You wrote this text; somebody else has to approve it.")
}
