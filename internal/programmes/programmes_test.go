package programmes_test

import (
	"slices"
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
		enough(t, &e)
	}
}

// enough looks at every cell, and at the cases as one more. Items of a case do
// not count for their cells: a form without the case has to do without them.
func enough(t *testing.T, e *exam.Exam) {
	t.Helper()
	cases := make(map[string]bool)
	alone := make([]int, len(e.Blueprint.Cells))
	for _, it := range items(t) {
		if !slices.Contains(it.Roles, e.Blueprint.Role) {
			continue
		}
		if it.Stimulus != "" {
			cases[it.Stimulus] = true
			continue
		}
		for i, c := range e.Blueprint.Cells {
			if slices.Contains(c.Topics, it.Topic) && slices.Contains(c.Stages, it.Stage) {
				alone[i]++
			}
		}
	}
	for i, c := range e.Blueprint.Cells {
		if float64(alone[i]) < itemsPerSlot*float64(c.Count) {
			t.Errorf("%s: %v at %v asks for %d items, %d of the bank stand alone", e.ID, c.Topics, c.Stages, c.Count, alone[i])
		}
	}
	if float64(len(cases)) < itemsPerSlot*float64(e.Blueprint.Testlets) {
		t.Errorf("%s asks for %d cases, the bank has %d", e.ID, e.Blueprint.Testlets, len(cases))
	}
}
