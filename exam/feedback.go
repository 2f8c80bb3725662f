package exam

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/proba-exam/proba/internal/fault"
)

// Limits of feedback.
const (
	// MaxReports is how many problems one attempt may report: more than one an item
	// of a long form, too few to fill a disk.
	MaxReports = 100
	// maxComment is the longest comment in characters.
	maxComment = 2000
	// maxRating is the best mark of the survey; the worst is 1.
	maxRating = 5
)

// Reason says what is wrong with an item in a learner's eyes.
type Reason string

// The reasons.
const (
	Unclear     Reason = "unclear"
	SeveralKeys Reason = "several_right"
	NoKey       Reason = "none_right"
	Outdated    Reason = "outdated"
	Translation Reason = "translation"
	OtherReason Reason = "other"
)

// Reasons lists the reasons in the order in which they are offered.
func Reasons() []Reason {
	return []Reason{Unclear, SeveralKeys, NoKey, Outdated, Translation, OtherReason}
}

// Feedback is what one learner says of one attempt. It is an aggregate of its own,
// keyed by the attempt: neither score nor state depend on it. It names no person.
type Feedback struct {
	Schema  int      `json:"schema"`
	Attempt string   `json:"attempt"`
	Version int64    `json:"version"`
	Exam    string   `json:"exam"`
	Survey  *Survey  `json:"survey,omitempty"`
	Reports []Report `json:"reports,omitempty"`
}

// Survey is the short survey after an exam; every part is optional.
type Survey struct {
	At time.Time `json:"at"`
	// Clear, Fair and Technical are marks from 1 (not at all) to 5 (fully), 0 for
	// none: were the items clear, did they fit the work, did the service work.
	Clear     int    `json:"clear,omitempty"`
	Fair      int    `json:"fair,omitempty"`
	Technical int    `json:"technical,omitempty"`
	Comment   string `json:"comment,omitempty"`
}

// Report is a problem with one item.
type Report struct {
	At     time.Time `json:"at"`
	Slot   int       `json:"slot"`
	Item   ItemRef   `json:"item"`
	Lang   string    `json:"lang"`
	Reason Reason    `json:"reason"`
	Text   string    `json:"text,omitempty"`
}

// FeedbackStore keeps feedback.
type FeedbackStore interface {
	// PutFeedback stores f if the stored version is f.Version, 0 when none is stored,
	// and counts the version up. Conflict "feedback.stale" when it has another one.
	PutFeedback(ctx context.Context, f Feedback) error
	// Feedback returns it by its attempt. "feedback.not_found".
	Feedback(ctx context.Context, attempt string) (Feedback, error)
	// FeedbackOn lists an exam's by ascending attempt id, from the first greater
	// than after, at most limit.
	FeedbackOn(ctx context.Context, exam, after string, limit int) ([]Feedback, error)
}

// Report records a problem with an item of the person's own attempt, also while it
// runs. Faults: "attempt.not_found", "feedback.invalid", "feedback.too_many".
func (s *Service) Report(ctx context.Context, person, attempt string, slot int, reason Reason, text string) error {
	return s.comment(ctx, person, attempt, func(a *Attempt, f *Feedback) error {
		text = strings.TrimSpace(text)
		switch {
		case slot < 0 || slot >= len(a.Form.Slots):
			return invalidFeedback("/slot", fmt.Sprintf("must be 0 to %d", len(a.Form.Slots)-1))
		case !slices.Contains(Reasons(), reason):
			return invalidFeedback("/reason", fmt.Sprintf("must be one of %v", Reasons()))
		case utf8.RuneCountInString(text) > maxComment:
			return invalidFeedback("/text", fmt.Sprintf("may have %d characters", maxComment))
		case len(f.Reports) >= MaxReports:
			return fault.New(fault.Conflict, "feedback.too_many", "This attempt has reported %d problems already.", MaxReports)
		}
		f.Reports = append(f.Reports, Report{At: s.moment(), Slot: slot, Item: a.Form.Slots[slot].Item, Lang: a.Lang, Reason: reason, Text: text})
		return nil
	})
}

// AnswerSurvey records the survey of the person's own attempt, once it is over; a
// later answer replaces an earlier one. Faults: "attempt.not_found", "feedback.invalid",
// "feedback.too_early".
func (s *Service) AnswerSurvey(ctx context.Context, person, attempt string, survey Survey) error {
	return s.comment(ctx, person, attempt, func(a *Attempt, f *Feedback) error {
		if a.State == Ready || a.State == Running {
			return fault.New(fault.Conflict, "feedback.too_early", "The survey comes after the exam.")
		}
		for path, mark := range map[string]int{"/clear": survey.Clear, "/fair": survey.Fair, "/technical": survey.Technical} {
			if mark < 0 || mark > maxRating {
				return invalidFeedback(path, fmt.Sprintf("must be 1 to %d, or left out", maxRating))
			}
		}
		survey.Comment = strings.TrimSpace(survey.Comment)
		if utf8.RuneCountInString(survey.Comment) > maxComment {
			return invalidFeedback("/comment", fmt.Sprintf("may have %d characters", maxComment))
		}
		survey.At = s.moment()
		f.Survey = &survey
		return nil
	})
}

func invalidFeedback(path, message string) error {
	return fault.New(fault.Invalid, "feedback.invalid", "This cannot be recorded.").At(fault.Field{Path: path, Message: message})
}

// comment changes the feedback of the person's own attempt, again from the start
// when another tab was faster.
func (s *Service) comment(ctx context.Context, person, attempt string, change func(*Attempt, *Feedback) error) error {
	a, err := s.store.Attempt(ctx, attempt)
	if err != nil {
		return err
	}
	if err := owned(&a, person); err != nil {
		return err
	}
	for range maxConflicts {
		f, err := s.store.Feedback(ctx, attempt)
		if fault.Of(err) == fault.NotFound {
			f, err = Feedback{Schema: 1, Attempt: attempt, Exam: a.Exam}, nil
		}
		if err != nil {
			return err
		}
		if err := change(&a, &f); err != nil {
			return err
		}
		if err := s.store.PutFeedback(ctx, f); fault.Code(err) != "feedback.stale" {
			return err
		}
	}
	return fault.New(fault.Unavailable, "attempt.busy", "This attempt is being changed by others; try again.")
}

// FeedbackOn lists what learners said of an exam, by ascending attempt id, from the
// first greater than after. "exam.not_found".
func (s *Service) FeedbackOn(ctx context.Context, exam, after string, limit int) ([]Feedback, error) {
	if _, err := s.store.Exam(ctx, exam); err != nil {
		return nil, err
	}
	return s.store.FeedbackOn(ctx, exam, after, limit)
}
