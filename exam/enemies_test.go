package exam

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/proba-exam/proba/internal/fault"
)

// plainItem is a valid item for judges with the stage as its cell.
func plainItem(id, stage string, enemies ...string) Item {
	key := true
	return Item{ID: id, Kind: TrueFalse, Roles: []string{"judge"}, Topic: "law", Stage: stage, Level: "apply", Difficulty: Applied,
		Stem: text("stem of %s", id), Interaction: &TrueOrFalse{True: &key}, Enemies: enemies}
}

func fieldsOf(err error) []fault.Field {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		return nil
	}
	return f.Fields
}

// TestARetakeIsNotCornered has an item that a retake would prefer, because it was
// not seen, and that is an enemy of all that another cell holds.
func TestARetakeIsNotCornered(t *testing.T) {
	items := []Item{plainItem("first-a", "recruitment", "second-c", "second-d"), plainItem("first-b", "recruitment"),
		plainItem("second-c", "control"), plainItem("second-d", "control")}
	bank, err := NewBank("test-bank", text("Bank"), testLangs, nil, items)
	if err != nil {
		t.Fatal(err)
	}
	b := Blueprint{Role: "judge", Cut: 5000, Sections: []Section{{ID: "law", Title: text("Law")}},
		Cells: []Cell{{Section: "law", Stages: []string{"recruitment"}, Count: 1}, {Section: "law", Stages: []string{"control"}, Count: 1}}}
	plan, err := NewPlan(bank, b)
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint64(50) {
		var seed Seed
		binary.LittleEndian.PutUint64(seed[:], n)
		form, err := plan.Assemble(seed, map[string]int{"first-b": 1})
		if err != nil {
			t.Fatalf("seed %d: %v", n, err)
		}
		if err := plan.Replay(form); err != nil || form.Seen["first-b"] != 1 {
			t.Errorf("seed %d: seen %v, %v", n, form.Seen, err)
		}
	}
}

func TestEnemiesCannotShareACase(t *testing.T) {
	one, two := plainItem("one", "control", "two"), plainItem("two", "control")
	one.Stimulus, two.Stimulus = "case", "case"
	_, err := NewBank("test-bank", text("Bank"), testLangs, []Stimulus{{ID: "case", Text: text("A case")}}, []Item{one, two})
	fields := fieldsOf(err)
	if fault.Code(err) != "bank.invalid" || len(fields) != 1 || fields[0].Path != "/items/0/enemies/0" {
		t.Errorf("%v at %+v", err, fields)
	}
}

// TestAHopelessBankIsNotCheckedToTheEnd gives more faults than anybody reads.
func TestAHopelessBankIsNotCheckedToTheEnd(t *testing.T) {
	items := make([]Item, 20_000)
	for i := range items {
		items[i] = plainItem("UPPER "+strings.Repeat("x", i%7), "control")
	}
	_, err := NewBank("test-bank", text("Bank"), testLangs, nil, items)
	if n := len(fieldsOf(err)); n < 1000 || n > 2*maxBankFaults {
		t.Errorf("%d faults are reported", n)
	}
}
