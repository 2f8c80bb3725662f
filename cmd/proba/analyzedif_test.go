package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// spoilt reports whether an item is much harder for the focal group in what sparse writes.
func spoilt(item int) bool { return item%4 == 0 }

// sparse writes a file of people, half of them focal, of whom everybody answered three quarters
// of 20 items as the Rasch model has it; five of the items are 1.2 harder for the focal group.
func sparse(t *testing.T, people int) (path string) {
	t.Helper()
	const items, harder = 20, 1.2
	rng := rand.New(rand.NewPCG(4, 4))
	var text strings.Builder
	text.WriteString("group")
	for i := range items {
		fmt.Fprintf(&text, ",q%02d", i+1)
	}
	for p := range people {
		group, theta := []string{"a", "b"}[p%2], rng.NormFloat64()
		text.WriteString("\n" + group)
		for i := range items {
			b := float64(i*7%items)/8 - 1.2
			if group == "b" && spoilt(i) {
				b += harder
			}
			mark := 0
			if rng.Float64() < 1/(1+math.Exp(b-theta)) {
				mark = 1
			}
			if text.WriteString(","); (p/2+i/2)%4 != 0 {
				fmt.Fprint(&text, mark)
			}
		}
	}
	path = filepath.Join(t.TempDir(), "responses.csv")
	if err := os.WriteFile(path, []byte(text.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestAnalyzePurifiesSparseData: where people answered different items, purified figures are
// other than the plain ones, find fewer items that are as they should be, and still
// find those that are not.
func TestAnalyzePurifiesSparseData(t *testing.T) {
	for _, model := range []string{"ctt", "2pl"} {
		r, _, _ := analysed(t, exitFine, sparse(t, 2000), "--group", "group", "--model", model, "--json")
		plain, purified, differ := 0, 0, 0
		for i, row := range r["dif"].([]any) {
			row := row.(map[string]any)
			before, after := row["chi2"].(float64), row["chi2_purified"].(float64)
			if before != after {
				differ++
			}
			if spoilt(i) {
				if after < 3.841 {
					t.Errorf("%s: %s was spoilt and has χ² %.3f, purified %.3f", model, row["item"], before, after)
				}
				continue
			}
			if before > 3.841 {
				plain++
			}
			if after > 3.841 {
				purified++
			}
		}
		t.Logf("%s: %d of 20 figures differ; sound items found: %d, purified %d", model, differ, plain, purified)
		if differ < 10 || plain < 4 || purified*2 > plain {
			t.Errorf("%s: %d of 20 figures differ; sound items found: %d, purified %d", model, differ, plain, purified)
		}
	}
}

// TestAnalyzeTooFewToPurify: without classes nothing can be left out, so that a purified figure
// would be the plain one under another name.
func TestAnalyzeTooFewToPurify(t *testing.T) {
	file := sparse(t, 300)
	r, _, _ := analysed(t, exitFine, file, "--group", "group", "--json")
	for _, row := range r["dif"].([]any) {
		row := row.(map[string]any)
		if row["chi2"] == nil || row["chi2_purified"] != nil || row["reason"] == nil {
			t.Errorf("%v: χ² %v, purified %v, reason %v", row["item"], row["chi2"], row["chi2_purified"], row["reason"])
		}
	}
	if _, out, _ := analysed(t, exitFine, file, "--group", "group"); !strings.Contains(out, "400 in all") {
		t.Errorf("no reason is printed:\n%s", out)
	}
}

// TestAnalyzeKeyOfMore: a key that names many more items than were answered drops nobody.
func TestAnalyzeKeyOfMore(t *testing.T) {
	key := "item,key\na,x\nb,y\n"
	for n := range 120 {
		key += fmt.Sprintf("more%d,x\n", n)
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys := write("key.csv", key)
	r, _, said := analysed(t, exitFine, write("answers.csv", "a,b\n"+strings.Repeat("x,y\nz,y\nx,z\nz,z\n", 10)), "--key", keys, "--json")
	number(t, "people", r["n"], 40, 0)
	if !strings.Contains(said, "20 more") {
		t.Errorf("what is not listed is not told:\n%s", said)
	}
	if _, _, said := analysed(t, exitUsage, write("nobody.csv", "a,b\n"), "--key", keys); !strings.Contains(said, "no person") {
		t.Errorf("a file of nobody: %s", said)
	}
}
