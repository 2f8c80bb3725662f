package programmes_test

import (
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/programmes"
)

func TestShippedExamsCanBeDrawn(t *testing.T) {
	bank, err := programmes.Bank()
	if err != nil {
		t.Fatal(err)
	}
	exams, err := programmes.Exams(bank.Release.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if len(exams) != 4 {
		t.Fatalf("%d exams, want one for each of the four roles", len(exams))
	}
	for _, e := range exams {
		if faults := e.Check(); len(faults) > 0 {
			t.Errorf("%s: %v", e.ID, faults)
		}
		plan, err := exam.NewPlan(bank, e.Blueprint)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		f, err := plan.Feasibility()
		if err != nil || e.Blueprint.Length() != 12 {
			t.Errorf("%s: %d items, %v; want 12 that can be drawn", e.ID, e.Blueprint.Length(), err)
		}
		t.Logf("%s: 10^%.1f forms, mean overlap %.2f", e.ID, f.DistinctForms, f.MeanOverlap)
	}
}
