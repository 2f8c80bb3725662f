package reference_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// TestPatterns: the tables of patterns as Bock and Lieberman (1970) print them, so that no
// number rests on data that were changed by mistake.
func TestPatterns(t *testing.T) {
	for name, c := range map[string]struct {
		m    *responses.Matrix
		want string
	}{
		"LSAT6": {reference.LSAT6(), "00000 3, 00001 6, 00010 2, 00011 11, 00100 1, 00101 1, 00110 3, 00111 4, 01000 1, 01001 8, 01011 16, 01101 3, 01110 2, 01111 15, " +
			"10000 10, 10001 29, 10010 14, 10011 81, 10100 3, 10101 28, 10110 15, 10111 80, 11000 16, 11001 56, 11010 21, 11011 173, 11100 11, 11101 61, 11110 28, 11111 298"},
		"LSAT7": {reference.LSAT7(), "00000 12, 00001 19, 00010 1, 00011 7, 00100 3, 00101 19, 00110 3, 00111 17, 01000 10, 01001 5, 01010 3, 01011 7, 01100 7, 01101 23, 01110 8, 01111 28, " +
			"10000 7, 10001 39, 10010 11, 10011 34, 10100 14, 10101 51, 10110 15, 10111 90, 11000 6, 11001 25, 11010 7, 11011 35, 11100 18, 11101 136, 11110 32, 11111 308"},
	} {
		counts := make(map[string]int)
		for p, person := range c.m.People() {
			pattern := ""
			for _, cell := range c.m.Of(p) {
				pattern += map[float64]string{0: "0", 1: "1"}[cell.Mark]
			}
			counts[pattern] += person.Count
		}
		patterns := strings.Split(c.want, ", ")
		if len(counts) != len(patterns) {
			t.Errorf("%s has %d patterns, want %d", name, len(counts), len(patterns))
		}
		for _, row := range patterns {
			pattern, want, _ := strings.Cut(row, " ")
			if got := counts[pattern]; want != strconv.Itoa(got) {
				t.Errorf("%s: %d people answered %s, want %s", name, got, pattern, want)
			}
		}
	}
}

// TestShapes: how many people, items, groups and answers the synthetic sets have.
func TestShapes(t *testing.T) {
	choices := reference.Choices("true_key")
	if choices.Count() != 500 || len(choices.Items()) != 20 || !choices.Complete() || len(choices.Groups()) != 2 {
		t.Errorf("choices: %d people, %d items, groups %v", choices.Count(), len(choices.Items()), choices.Groups())
	}
	sparse := reference.Sparse()
	for p, person := range sparse.People() {
		if n := len(sparse.Of(p)); n != 20 || person.Count != 1 {
			t.Errorf("sparse: person %s answered %d items", person.ID, n)
		}
	}
	if sparse.Count() != 600 || len(sparse.Items()) != 60 {
		t.Errorf("sparse: %d people, %d items", sparse.Count(), len(sparse.Items()))
	}
}
