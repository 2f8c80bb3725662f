package forms_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/forms"
)

var update = flag.Bool("update", false, "write documented figures anew")

// goals are what balanced drawing promises, beside what a uniform draw from the
// same cells does.
var goals = []struct {
	size, length int
	what, format string
	of           func(s forms.Simulation) float64
	limit        float64
	atLeast      bool
}{
	{1000, 60, "SD of the expected score at the cut, points", "%.4f", atCut, .03, false},
	{1000, 60, "range of the chance to pass at the cut", "%.4f", passing, .02, false},
	{1000, 60, "SD of the information at the cut, relative", "%.4f", func(s forms.Simulation) float64 { return s.InformationSD }, .01, false},
	{1000, 60, "uses of the most used item over the ideal", "%.3f", most, 1.02, false},
	{1000, 60, "uses of the least used item over the ideal", "%.3f", least, .97, true},
	{1000, 60, "items that two forms share, over the least possible", "%.4f", func(s forms.Simulation) float64 { return s.Overlap.Mean / s.Overlap.Floor }, 1.005, false},
	{10_000, 100, "SD of the expected score at the cut, points", "%.4f", atCut, .03, false},
	{10_000, 100, "range of the chance to pass at the cut", "%.4f", passing, .02, false},
	{200, 60, "SD of the expected score at the cut, points", "%.4f", atCut, .03, false},
	{200, 60, "uses of the most used item over the ideal", "%.3f", most, 1.02, false},
	{200, 60, "uses of the least used item over the ideal", "%.3f", least, .97, true},
}

func atCut(s forms.Simulation) float64   { return s.Expected.SD }
func passing(s forms.Simulation) float64 { return s.Pass.Max - s.Pass.Min }
func most(s forms.Simulation) float64    { return s.Most }
func least(s forms.Simulation) float64   { return s.Least }

// drawn is how many forms the goals are measured over.
const drawn = 10_000

// TestGoals holds the figures to their limits, and docs/performance.md to the
// figures, which do not depend on the machine.
func TestGoals(t *testing.T) {
	type pair struct{ balanced, uniform forms.Simulation }
	measured := make(map[int]pair)
	var table strings.Builder
	table.WriteString("| 10,000 forms | balanced | at random | limit |\n|---|---|---|---|\n")
	for _, g := range goals {
		if _, done := measured[g.size]; !done {
			p, err := forms.SamplePool(g.size, g.length, 1)
			if err != nil {
				t.Fatal(err)
			}
			m := pair{simulate(t, p, forms.Balanced, drawn), simulate(t, p, forms.Uniform, drawn)}
			if m.balanced.Violations > 0 || m.uniform.Violations > 0 {
				t.Errorf("%d items: %d and %d forms break the blueprint", g.size, m.balanced.Violations, m.uniform.Violations)
			}
			measured[g.size] = m
		}
		balanced, uniform := g.of(measured[g.size].balanced), g.of(measured[g.size].uniform)
		words := "at most"
		if g.atLeast {
			words = "at least"
		}
		if (g.atLeast && balanced < g.limit) || (!g.atLeast && balanced > g.limit) {
			t.Errorf("%d of %d: %s is %v, limit %v", g.length, g.size, g.what, balanced, g.limit)
		}
		fmt.Fprintf(&table, "| %d of %d: %s | "+g.format+" | "+g.format+" | %s %v |\n", g.length, g.size, g.what, balanced, uniform, words, g.limit)
	}
	if u := measured[1000].uniform; u.Expected.SD < 1 || passing(u) < .7 {
		t.Errorf("a uniform draw is as good: %+v", u)
	}
	documented(t, table.String())
}

// documented compares the table between the markers of docs/performance.md.
func documented(t *testing.T, want string) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors round sums otherwise, and draw other forms as good")
	}
	const path, from, to = "../../docs/performance.md", "<!-- forms -->\n", "<!-- /forms -->"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(page), from)
	table, after, found := strings.Cut(rest, to)
	switch {
	case !found:
		t.Fatal("docs/performance.md has no table of forms between its markers")
	case table == want:
	case *update:
		if err := os.WriteFile(path, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("docs/performance.md is stale; run go test ./exam/forms -run Goals -update\ngot:\n%s\nwant:\n%s", table, want)
	}
}
