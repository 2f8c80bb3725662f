package exam

import "testing"

// TestTextsAreCountedAsPeopleCount: a message names another text as its author counts, from 1.
func TestTextsAreCountedAsPeopleCount(t *testing.T) {
	texts := []Text{{"en": "a"}, {"en": "b"}, {"en": "b"}}
	faults := checkTexts(texts, "/options", "/text", []string{"en"})
	if len(faults) != 1 || faults[0].Path != "/options/2/text/en" || faults[0].Message != "says the same as number 2" {
		t.Errorf("faults %+v, want that the third option says the same as number 2", faults)
	}
}
