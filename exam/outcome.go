package exam

import (
	"slices"
	"time"
)

// Outcome is what a learner may see of a finished attempt, by review policy.
// Members that the policy withholds are nil.
type Outcome struct {
	Attempt    string
	Exam       string
	State      State
	FinishedAt time.Time
	// ReleaseAt is when more can be seen, zero when it is released by hand or
	// released already.
	ReleaseAt time.Time
	Result    *Result
	Answers   []Answer
	// CertificateID is "" until one was issued.
	CertificateID string
	// Corrected is what the last corrected key did to a result that was seen, nil for
	// nothing.
	Corrected *Regraded
}

// Answer is one slot of a released attempt.
type Answer struct {
	View     View
	Response Response
	Points   Points
	// Key and Rationale are nil and "" unless the policy shows keys.
	Key       *Response
	Rationale string
	// Also are other answers that count as right, after a correction.
	Also []Response
	// Correction is what was done about a faulty item, "" for nothing.
	Correction KeyPolicy
	// Rubric is what an essay was marked with, and Marks the marks that count, nil unless
	// the policy shows keys.
	Rubric *Rubric
	Marks  []RubricMark
}

// outcome applies the review policy. It is the only place that lets keys out.
func (b *Bank) outcome(a *Attempt, p Policy, keys *Keying, lang string) (Outcome, error) {
	o := Outcome{Attempt: a.ID, Exam: a.Exam, State: a.State, FinishedAt: a.FinishedAt}
	if a.State != Released {
		o.ReleaseAt = a.ReleaseAt
		return o, nil
	}
	depth := slices.Index(shows, p.Review.Show)
	if depth < slices.Index(shows, ShowScore) {
		return o, nil
	}
	result := *a.Result
	if o.Corrected = a.corrected(); a.Certificate != CertificateDue { // what was withdrawn before is not it
		o.CertificateID = a.CertificateID
	}
	o.Result = &result
	if depth < slices.Index(shows, ShowResponses) {
		o.Result.Marks = nil
		return o, nil
	}
	view, err := b.Present(a.Form, lang)
	if err != nil {
		return Outcome{}, err
	}
	for n, slot := range a.Form.Slots {
		if slot.Pretest() { // it is not scored, and its key serves others later
			continue
		}
		answer := Answer{View: view.Slots[n], Response: a.Responses[n].Response, Points: a.Result.Marks[n]}
		rev, err := b.find(slot.Item)
		if err != nil {
			return Outcome{}, err
		}
		correction := keys.of(&slot)
		if correction != nil {
			answer.Correction = correction.Policy
		}
		if depth >= slices.Index(shows, ShowKeys) {
			answer.reveal(correction, rev, slot.Arrangement, lang)
			if essay := rev.Item.Essay(); essay != nil && answer.Correction == "" {
				answer.Key, answer.Rubric, answer.Marks = nil, &essay.Rubric, a.Marked[n]
			}
		}
		o.Answers = append(o.Answers, answer)
	}
	return o, nil
}

// reveal adds what is right. Of an item that was dropped or granted nobody says any
// more what is.
func (a *Answer) reveal(c *keyed, rev *Revision, at Arrangement, lang string) {
	right := c.rights(rev, at)
	if len(right) == 0 {
		return
	}
	a.Key, a.Also, a.Rationale = &right[0], right[1:], rev.Item.Rationale.In(lang)
	if c != nil {
		a.Rationale = c.keys[len(c.keys)-1].item.Rationale.In(lang)
	}
}

// Keys returns the right answer to every slot of the form. It is for staff who
// replay a form; nothing that a learner can reach calls it.
func (b *Bank) Keys(f Form) ([]Response, error) {
	keys := make([]Response, len(f.Slots))
	for n, slot := range f.Slots {
		rev, err := b.find(slot.Item)
		if err != nil {
			return nil, err
		}
		keys[n] = rev.Item.Interaction.key(slot.Arrangement)
	}
	return keys, nil
}
