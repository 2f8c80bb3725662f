package api

import (
	"bufio"
	"fmt"
	"os"
	"testing"
	"time"
	"unicode"
)

// TestEveryFaultIsToldInThePagesLanguage goes through every code that the source has:
// no Ukrainian page shows the English words of a problem.
func TestEveryFaultIsToldInThePagesLanguage(t *testing.T) {
	p, err := loadPages(time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.Open(goldenFaults)
	if err != nil {
		t.Fatal(err)
	}
	defer golden.Close()
	const english = "English words of the interface."
	cyrillic := 0
	for lines := bufio.NewScanner(golden); lines.Scan(); {
		var problem problem
		if _, err := fmt.Sscan(lines.Text(), &problem.Code, &problem.Status); err != nil {
			t.Fatal(err)
		}
		problem.Detail = english
		v := view{Lang: "uk", T: p.words["uk"]}
		said := v.told(problem)
		for _, r := range said {
			if unicode.Is(unicode.Cyrillic, r) {
				cyrillic++
				break
			}
		}
		if said == english {
			t.Errorf("%s %d has no words in Ukrainian", problem.Code, problem.Status)
		}
		if v := (view{Lang: "en", T: p.words["en"]}); v.told(problem) == "" {
			t.Errorf("%s %d has no words in English", problem.Code, problem.Status)
		}
	}
	if cyrillic < 100 {
		t.Errorf("only %d codes are told in Ukrainian", cyrillic)
	}
}
