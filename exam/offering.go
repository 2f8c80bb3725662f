package exam

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Offer is a sitting as one entitled person sees it.
type Offer struct {
	Sitting     Sitting
	Exam        Exam
	Entitlement Entitlement
	// Attempts are this person's at the exam, oldest first, without forms.
	Attempts []Attempt
	// Refusal is why no attempt can be started now, nil when one can.
	Refusal error
}

// Offers lists the sittings that the person is entitled to, by ascending
// sitting id, from the first greater than after.
func (s *Service) Offers(ctx context.Context, person, after string, limit int) ([]Offer, error) {
	entitlements, err := s.store.EntitlementsOf(ctx, person, after, limit)
	if err != nil {
		return nil, err
	}
	offers := make([]Offer, 0, len(entitlements))
	for _, en := range entitlements {
		subject, err := s.announced(ctx, en.Sitting)
		if err != nil {
			return nil, err
		}
		o, err := s.offer(ctx, en, subject)
		if err != nil {
			return nil, err
		}
		offers = append(offers, o)
	}
	return offers, nil
}

// Offer is the sitting as the person sees it. "entitlement.not_found".
func (s *Service) Offer(ctx context.Context, person, sitting string) (Offer, error) {
	en, err := s.store.Entitlement(ctx, sitting, person)
	if err != nil {
		return Offer{}, err
	}
	subject, err := s.subject(ctx, sitting)
	if err != nil {
		return Offer{}, err
	}
	return s.offer(ctx, en, subject)
}

// subject is a sitting and the exam that is held in it.
type subject struct {
	sitting Sitting
	exam    Exam
}

func (s *Service) subject(ctx context.Context, sitting string) (subject, error) {
	held, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		return subject{}, err
	}
	e, err := s.store.Exam(ctx, held.Exam)
	return subject{held, e}, err
}

// announced is the subject for a listing, as it was read in this second: an exam of
// 60 items is much to read again for everybody in a room. Starting reads it anew.
func (s *Service) announced(ctx context.Context, sitting string) (subject, error) {
	second := s.now().Unix()
	return s.listed.get(ctx, fmt.Sprintf("%s@%d", sitting, second), func(ctx context.Context) (subject, error) {
		return s.subject(ctx, sitting)
	})
}

// Languages are those in which the exam of a sitting is held, as they were within this
// second: every page of a running exam shows them.
func (s *Service) Languages(ctx context.Context, sitting string) ([]string, error) {
	subject, err := s.announced(ctx, sitting)
	if err != nil {
		return nil, err
	}
	return slices.Clone(subject.exam.Policy.Languages), nil
}

// offer puts together what the person is offered.
func (s *Service) offer(ctx context.Context, en Entitlement, of subject) (Offer, error) {
	attempts, err := s.store.Attempts(ctx, AttemptFilter{Exam: of.exam.ID, Person: en.Person}, "", MaxAttempts+1)
	if err != nil {
		return Offer{}, err
	}
	slices.SortFunc(attempts, func(a, b Attempt) int { return a.Number - b.Number })
	refusal := mayStart(&of.exam, &of.sitting, attempts, s.moment())
	return Offer{Sitting: of.sitting, Exam: of.exam, Entitlement: en, Attempts: attempts, Refusal: refusal}, nil
}

// mayStart reports why a new attempt cannot be started.
func mayStart(e *Exam, sitting *Sitting, attempts []Attempt, now time.Time) error {
	switch {
	case e.State != ExamPublished:
		return fault.New(fault.Conflict, "exam.closed", "This exam is not open.")
	case sitting.Pause() != nil:
		return sittingPaused()
	case now.Before(sitting.Opens):
		return fault.New(fault.Conflict, "sitting.not_open", "This sitting opens at %s.", sitting.Opens.Format(time.RFC3339))
	case !now.Before(sitting.Closes):
		return fault.New(fault.Conflict, "sitting.closed", "This sitting closed at %s.", sitting.Closes.Format(time.RFC3339))
	case len(attempts) >= e.Policy.Attempts:
		return fault.New(fault.Conflict, "exam.attempts_used", "All %d attempts at this exam are used.", e.Policy.Attempts)
	}
	if n := len(attempts); n > 0 {
		next := attempts[n-1].FinishedAt.Add(time.Duration(e.Policy.RetakeDelay) * time.Second)
		if now.Before(next) {
			return fault.New(fault.Conflict, "exam.retake_too_early", "The next attempt can be started at %s.", next.Format(time.RFC3339))
		}
	}
	return nil
}
