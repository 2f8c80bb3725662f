package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/proba-exam/proba/internal/fault"
)

func TestFaultSurvivesWrapping(t *testing.T) {
	cause := errors.New("disk on fire")
	base := fault.New(fault.Conflict, "attempt.closed", "The attempt was handed in at %s.", "10:00")
	err := fmt.Errorf("save: %w", base.Wrap(cause).At(fault.Field{Path: "/seq", Message: "must grow"}))

	if got := fault.Of(err); got != fault.Conflict {
		t.Errorf("Of = %v, want conflict", got)
	}
	if got := fault.Code(err); got != "attempt.closed" {
		t.Errorf("Code = %q, want attempt.closed", got)
	}
	if !errors.Is(err, cause) {
		t.Error("the cause is lost")
	}
	want := "save: attempt.closed: The attempt was handed in at 10:00. [/seq: must grow]: disk on fire"
	if err.Error() != want {
		t.Errorf("Error = %q, want %q", err, want)
	}
	if base.Unwrap() != nil || base.Fields != nil {
		t.Error("Wrap and At changed the fault that they were called on")
	}
}

func TestForeignErrorsAreInternal(t *testing.T) {
	err := errors.New("driver: connection reset")
	if fault.Of(err) != fault.Internal || fault.Code(err) != "" {
		t.Errorf("got %v %q, want internal without a code", fault.Of(err), fault.Code(err))
	}
}

func TestWithinSaysWhereThePartStands(t *testing.T) {
	inner := fault.New(fault.Invalid, "people.invalid", "No.").At(fault.Field{Path: "/3/email", Message: "m"})
	got := fault.Within("/learners", inner).Error()
	if want := "people.invalid: No. [/learners/3/email: m]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if inner.Fields[0].Path != "/3/email" {
		t.Error("the fault itself changed")
	}
	if err := errors.New("other"); fault.Within("/learners", err) != err {
		t.Error("a foreign error changed")
	}
}
