package exam

import (
	"context"
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// CheckNumbers refuses a save of a program in which a typed number can be read in two
// ways, such as 1,125: it would be stored and earn nothing. Who types on a page is told
// beside the field instead, and what stands there while they type is kept. It says
// nothing of slots that there are not, which Save does. "save.invalid".
func (s *Service) CheckNumbers(ctx context.Context, person, id string, save Save) error {
	sh, err := s.sheet(ctx, id)
	if err != nil {
		return err
	}
	if sh.person != person {
		return fault.New(fault.NotFound, "attempt.not_found", "There is no such attempt.")
	}
	var faults []fault.Field
	for i, r := range save.Responses {
		if r.Slot < 0 || r.Slot >= len(sh.items) {
			continue
		}
		for member, typed := range typedNumbers(sh.items[r.Slot].Interaction, r.Response) {
			if _, err := ReadNumber(typed); fault.Code(err) == errAmbiguous.Code {
				faults = append(faults, fault.Field{Path: fmt.Sprintf("/responses/%d/response/%s", i, member), Message: errAmbiguous.Message})
			}
		}
	}
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "save.invalid", "%d of the numbers can be read in two ways; nothing of the save was stored.", len(faults)).At(faults...)
	}
	return nil
}

// typedNumbers are the numbers of a response, by the member in which each stands.
func typedNumbers(in Interaction, r Response) map[string]string {
	switch in := in.(type) {
	case *Number:
		return map[string]string{"text": r.Text}
	case *ClozeText:
		numbers := make(map[string]string)
		for n, typed := range r.Gaps {
			if n < len(in.Gaps) && in.Gaps[n].Number != nil {
				numbers[fmt.Sprintf("gaps/%d", n)] = typed
			}
		}
		return numbers
	}
	return nil
}
