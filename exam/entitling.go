package exam

import (
	"context"
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// MaxExtraTime is the largest accommodation, in percent of the time limit.
const MaxExtraTime = 300

// Entitle lets a person sit in a sitting. Repeating it replaces the
// accommodation.
func (s *Service) Entitle(ctx context.Context, by, sitting, person string, extraTime int) (Entitlement, error) {
	if extraTime < 0 || extraTime > MaxExtraTime {
		return Entitlement{}, fault.New(fault.Invalid, "entitlement.invalid", "The accommodation is out of range.").
			At(fault.Field{Path: "/extra_time", Message: "must be 0 to 300 percent"})
	}
	st, err := s.store.Sitting(ctx, sitting)
	if err != nil {
		return Entitlement{}, err
	}
	en := Entitlement{Schema: 1, Sitting: sitting, Person: person, Exam: st.Exam, ExtraTime: extraTime, CreatedAt: s.moment(), CreatedBy: by}
	if err := s.store.PutEntitlement(ctx, en); err != nil {
		return Entitlement{}, fmt.Errorf("entitle: %w", err)
	}
	return s.store.Entitlement(ctx, sitting, person)
}

// TellEntitled records that the person is written to about the sitting, and reports
// whether it is for the first time: who asks before each letter writes none twice. A
// letter that could not be sent is taken back with UntellEntitled.
func (s *Service) TellEntitled(ctx context.Context, sitting, person string) (first bool, err error) {
	first, err = s.store.TellEntitlement(ctx, sitting, person, s.moment())
	if err != nil {
		return false, fmt.Errorf("record that an entitled person is told: %w", err)
	}
	return first, nil
}

// UntellEntitled takes back what TellEntitled recorded: for whom it was the first, when
// the letter could not be sent.
func (s *Service) UntellEntitled(ctx context.Context, sitting, person string) error {
	if err := s.store.UntellEntitlement(ctx, sitting, person); err != nil {
		return fmt.Errorf("take back that an entitled person is told: %w", err)
	}
	return nil
}

// EntitlementsIn lists a sitting's people by ascending person id.
func (s *Service) EntitlementsIn(ctx context.Context, sitting, after string, limit int) ([]Entitlement, error) {
	return s.store.EntitlementsIn(ctx, sitting, after, limit)
}

// NotBegun lists the people of a sitting who have no attempt in it, by ascending person id.
func (s *Service) NotBegun(ctx context.Context, sitting, after string, limit int) ([]Entitlement, error) {
	return s.store.NotBegun(ctx, sitting, after, limit)
}

// Attendance says how many people a sitting admits, and how many of them have begun.
func (s *Service) Attendance(ctx context.Context, sitting string) (Attendance, error) {
	return s.store.Attendance(ctx, sitting)
}
