package programmes_test

import (
	"testing"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/programmes"
)

// itemsPerSlot is how many items of the bank stand behind one place of a form at
// least: with fewer, people who sit one after the other see the same items.
const itemsPerSlot = 2.5

func TestShippedExamsCanBeDrawn(t *testing.T) {
	bank := shippedBank(t)
	exams, err := programmes.Exams(bank.Release.Hash)
	if err != nil {
		t.Fatal(err)
	}
	length := map[string]int{"police": 50, "investigator": 60, "prosecutor": 60, "judge": 50}
	if len(exams) != len(length) {
		t.Fatalf("%d exams, want one for each of the four roles", len(exams))
	}
	for _, e := range exams {
		if faults := e.Check(); len(faults) > 0 {
			t.Errorf("%s: %v", e.ID, faults)
		}
		if got, want := e.Blueprint.Length(), length[e.Blueprint.Role]; got != want {
			t.Errorf("%s has %d items, want %d", e.ID, got, want)
		}
		plan, err := exam.NewPlan(bank, e.Blueprint)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		f, err := plan.Feasibility()
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		t.Logf("%s: 10^%.1f forms, mean overlap %.2f, largest %.2f", e.ID, f.DistinctForms, f.MeanOverlap, f.MaxOverlap)
		enough(t, &e, f)
	}
}

// enough looks at every cell, and at the cases as one more.
func enough(t *testing.T, e *exam.Exam, f exam.Feasibility) {
	t.Helper()
	for i, cell := range f.Cells {
		if float64(cell.Available) < itemsPerSlot*float64(cell.Count) {
			t.Errorf("%s: cell %v asks for %d items, the bank has %d", e.ID, e.Blueprint.Cells[i], cell.Count, cell.Available)
		}
	}
	cases := make(map[string]bool)
	for _, it := range items(t) {
		for _, role := range it.Roles {
			if role == e.Blueprint.Role && it.Stimulus != "" {
				cases[it.Stimulus] = true
			}
		}
	}
	if float64(len(cases)) < itemsPerSlot*float64(e.Blueprint.Testlets) {
		t.Errorf("%s asks for %d cases, the bank has %d", e.ID, e.Blueprint.Testlets, len(cases))
	}
}
