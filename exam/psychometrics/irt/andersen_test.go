package irt_test

import (
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestAndersen: what eRm says of both LSAT sets with people divided at the mean score.
func TestAndersen(t *testing.T) {
	of := func(m *responses.Matrix) irt.FitTest { return irt.EstimateRasch(m).Andersen(m) }
	six := of(reference.LSAT6())
	near(t, "LSAT6", six.Statistic, .168072, 1e-6)
	seven := of(reference.LSAT7())
	near(t, "LSAT7", seven.Statistic, 10.834962, 1e-6)
	near(t, "its p", seven.P, .028483, 5e-7)
	if six.DF != 4 || seven.DF != 4 {
		t.Errorf("degrees of freedom %d and %d, want 4", six.DF, seven.DF)
	}
	if sparse := of(reference.Sparse()); sparse.Status != psychometrics.NotDefined || sparse.Reason == "" {
		t.Errorf("sparse data: %+v", sparse)
	}
	m := reference.LSAT7()
	if few := of(responses.New(m.Items(), m.People()[:2], m.Cells()[:10])); few.Status != psychometrics.NotDefined || few.Reason == "" {
		t.Errorf("two patterns: %+v", few)
	}
}
