package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write documented figures anew")

// written is a file that holds the text.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// at walks into a report by names and places.
func at(t *testing.T, of any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			of = of.(map[string]any)[step]
		case int:
			of = of.([]any)[step]
		}
		if of == nil {
			t.Fatalf("the report has no %v", path)
		}
	}
	return of
}

// TestAnalyzeFit: every test of fit of section 2 comes out of the command.
func TestAnalyzeFit(t *testing.T) {
	r, _, _ := analysed(t, exitFine, referenceData+"lsat7_patterns.csv", "--model", "2pl", "--cut", "3", "--json")
	for _, c := range []struct {
		want, tolerance float64
		path            []any
	}{
		{31.700541, 1e-4, []any{"model", "fit", "g2", "statistic"}}, {32.484196, 1e-3, []any{"model", "fit", "x2", "statistic"}},
		{11.938412, 1e-3, []any{"model", "fit", "m2", "statistic"}}, {.037270, 1e-5, []any{"model", "fit", "m2", "rmsea"}},
		{4.750540, 1e-3, []any{"model", "items", 0, "s_x2", "chi2"}},
	} {
		number(t, fmt.Sprint(c.path), at(t, r, c.path...), c.want, c.tolerance)
	}
	at(t, r, "model", "dependence", "mean_q3")
	for n, method := range []string{"Livingston-Lewis", "Huynh", "Subkoviak", "Lee (model)"} {
		if at(t, r, "decisions", "methods", n, "method") != method {
			t.Errorf("%d is not %s", n, method)
		}
		if v := at(t, r, "decisions", "methods", n, "consistent").(float64); v < .6 || v > .9 {
			t.Errorf("%s: %v of decisions are consistent", method, v)
		}
	}
	rasch, _, _ := analysed(t, exitFine, referenceData+"lsat6_patterns.csv", "--model", "rasch", "--json")
	number(t, "infit", at(t, rasch, "model", "items", 0, "infit"), .82771956, 1e-6)
	number(t, "outfit", at(t, rasch, "model", "items", 0, "outfit"), .80075409, 1e-6)
	_, text, _ := analysed(t, exitFine, referenceData+"lsat7_patterns.csv", "--model", "2pl", "--cut", "3")
	for _, says := range []string{"G²", "M2", "Q3 of pairs", "Livingston-Lewis", "standard error of a score there"} {
		if !strings.Contains(text, says) {
			t.Errorf("the text says nothing of %q:\n%s", says, text)
		}
	}
}

// TestAnalyzeSecurity: parts, dates, times and pairs come from the files named,
// and sparse forms are not compared.
func TestAnalyzeSecurity(t *testing.T) {
	var data, times, cells strings.Builder
	data.WriteString("person,sat,a,b,c,d\n")
	times.WriteString("person,a,b,c,d\n")
	for n := range 240 {
		leaked := 0
		if n%3 == 0 || n >= 120 { // item d gets easy in the second month
			leaked = 1
		}
		fmt.Fprintf(&data, "p%d,2026-%02d-10,%d,%d,%d,%d\n", n, 1+n/120, n%2, n/2%2, (n/4+n)%2, leaked)
		fmt.Fprintf(&times, "p%d,40,%d,30,30\n", n, map[bool]int{true: 1, false: 50}[n%24 == 0])
	}
	cells.WriteString("item,cell\na,x\nb,x\nc,y\nd,y\n")
	file := written(t, "r.csv", data.String())
	r, _, _ := analysed(t, exitFine, file, "--date", "sat", "--times", written(t, "t.csv", times.String()), "--cells", written(t, "c.csv", cells.String()), "--similar", "--json")
	at(t, r, "stratified_alpha")
	if at(t, r, "strata", 1, "name") != "y" {
		t.Errorf("strata %v", r["strata"])
	}
	d := at(t, r, "drift", 3).(map[string]any)
	if d["item"] != "d" || d["p_adjusted"].(float64) > .001 || d["slope"].(float64) < .2 {
		t.Errorf("the leaked item: %v", d)
	}
	number(t, "rapid answers", at(t, r, "pace", "rapid"), 10, 0)
	if s := at(t, r, "similarity").(map[string]any); s["status"] != "not defined" || s["refused"].(float64) != 240*239/2 {
		t.Errorf("four items are compared: %v tested, %v refused", s["tested"], s["refused"])
	}
	analysed(t, exitUsage, file, "--date", "when")
	analysed(t, exitUsage, file, "--cells", written(t, "c.csv", "item,cell\na,x\n"))
	analysed(t, exitUsage, file, "--times", written(t, "t.csv", "a\n1\n"))
	analysed(t, exitUsage, file, "--cut", "-1")
	_, _, errs := analysed(t, exitNo, written(t, "r.csv", "sat,a,b\n,1,0\n,0,1\n"), "--date", "sat")
	if !strings.Contains(errs, "drift") {
		t.Errorf("without a date: %s", errs)
	}
}

// TestDocumentedNumbers holds each number that docs/assessment.md shows beside a
// reference to what "proba analyze" prints, so that the page cannot go stale. The
// table is between the markers, as "data | figure | Proba | reference | by".
func TestDocumentedNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("estimates five models")
	}
	page, err := os.ReadFile("../../docs/assessment.md")
	if err != nil {
		t.Fatal(err)
	}
	const from, to = "<!-- analyze -->\n", "<!-- /analyze -->"
	before, rest, _ := strings.Cut(string(page), from)
	table, after, found := strings.Cut(rest, to)
	if !found {
		t.Fatal("docs/assessment.md has no table between its markers")
	}
	want := documented(t)
	if table != want {
		if *update {
			if err := os.WriteFile("../../docs/assessment.md", []byte(before+from+want+to+after), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("docs/assessment.md is stale; run go test ./cmd/proba -run DocumentedNumbers -update\ngot:\n%s\nwant:\n%s", table, want)
	}
}

// figure is one row of the documented table.
type figure struct {
	data, what string
	args       []string
	path       []any
	reference  string // as published or computed by the program
	by         string
}

func documented(t *testing.T) string {
	keys, err := os.ReadFile(referenceData + "synth_mc_key.csv")
	if err != nil {
		t.Fatal(err)
	}
	// The same key file with the true key under the name that the command reads.
	rows, err := csv.NewReader(strings.NewReader(string(keys))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	trueKey := "item,key\n"
	for _, row := range rows[1:] {
		trueKey += row[0] + "," + row[2] + "\n"
	}
	lsat6, lsat7, sparse := referenceData+"lsat6_patterns.csv", referenceData+"lsat7_patterns.csv", referenceData+"synth_sparse_600x60.csv"
	published := []string{referenceData + "synth_mc_500x20.csv", "--key", referenceData + "synth_mc_key.csv", "--group", "group"}
	right := []string{referenceData + "synth_mc_500x20.csv", "--key", written(t, "key.csv", trueKey), "--group", "group", "--model", "2pl"}
	rasch6, two7, twoSparse := []string{lsat6, "--model", "rasch", "--ogive"}, []string{lsat7, "--model", "2pl", "--ogive"}, []string{sparse, "--model", "2pl"}
	figures := []figure{
		{"LSAT6, 1,000 × 5", "alpha", rasch6, []any{"alpha"}, "0.29499719", "base R, CTT, psych, mirt, ltm"},
		{"", "KR-21", rasch6, []any{"kr21"}, "0.196441", "the same"},
		{"", "SEM", rasch6, []any{"sem"}, "0.869067", "the same"},
		{"", "i3: r with rest", rasch6, []any{"items", 2, "r_rest"}, "0.1727789", "the same"},
		{"", "1PL log-likelihood", rasch6, []any{"model", "loglik"}, "-2466.938", "Rizopoulos 2006"},
		{"", "slope", rasch6, []any{"model", "items", 0, "a"}, "0.7551", "Rizopoulos 2006"},
		{"", "i1: b", rasch6, []any{"model", "items", 0, "b"}, "-3.6153", "Rizopoulos 2006"},
		{"", "i1: its SE", rasch6, []any{"model", "items", 0, "se_b"}, "0.3266", "Rizopoulos 2006"},
		{"", "G²", rasch6, []any{"model", "fit", "g2", "statistic"}, "21.8", "mirt"},
		{"", "conditional log-likelihood", rasch6, []any{"model", "conditional_loglik"}, "-1091.56969", "eRm, psychotools"},
		{"", "i1: infit", rasch6, []any{"model", "items", 0, "infit"}, "0.82771956", "eRm"},
		{"", "i1: outfit", rasch6, []any{"model", "items", 0, "outfit"}, "0.80075409", "eRm"},
		{"", "i3: loading, normal ogive", rasch6, []any{"ogive", "items", 2, "loading"}, "0.4733", "R, probit link"},
		{"", "i3: threshold", rasch6, []any{"ogive", "items", 2, "threshold"}, "-0.1332", "R, probit link"},
		{"LSAT7, 1,000 × 5", "alpha", two7, []any{"alpha"}, "0.45340874", "five programs"},
		{"", "i3: upper less lower 27 %", two7, []any{"items", 2, "d27"}, "0.5816079", "R"},
		{"", "2PL log-likelihood", two7, []any{"model", "loglik"}, "-2658.805114", "mirt, 121 points"},
		{"", "AIC", two7, []any{"model", "aic"}, "5337.610", "mirt"},
		{"", "BIC", two7, []any{"model", "bic"}, "5386.688", "mirt"},
		{"", "SABIC", two7, []any{"model", "sabic"}, "5354.927", "mirt"},
		{"", "normal ogive: log-likelihood", two7, []any{"ogive", "loglik"}, "-2658.785088", "R, probit link"},
		{"", "i3: a", two7, []any{"model", "items", 2, "a"}, "1.70748", "mirt"},
		{"", "reliability, empirical", two7, []any{"model", "reliability"}, "0.452305", "mirt"},
		{"", "reliability, marginal", two7, []any{"model", "reliability_marginal"}, "0.441819", "mirt"},
		{"", "M2 (5 df)", two7, []any{"model", "fit", "m2", "statistic"}, "11.9384", "mirt"},
		{"", "its RMSEA", two7, []any{"model", "fit", "m2", "rmsea"}, "0.03727", "mirt"},
		{"", "i2: S-X² (2 df)", two7, []any{"model", "items", 1, "s_x2", "chi2"}, "14.4535", "mirt"},
		{"choices, 500 × 20, published key", "alpha", published, []any{"alpha"}, "0.77328697", "CTT"},
		{"", "mean", published, []any{"mean"}, "9.978", "CTT"},
		{"", "q16, keyed wrongly: r with rest", published, []any{"items", 15, "r_rest"}, "-0.14006823", "R"},
		{"", "… of option 4, the true key", published, []any{"items", 15, "options", 4, "r_rest"}, "0.33442816", "R"},
		{"", "q01: biserial with rest", published, []any{"items", 0, "biserial_rest"}, "0.32618714", "CTT"},
		{"choices, true key", "2PL log-likelihood", right, []any{"model", "loglik"}, "-5487.2560", "mirt"},
		{"", "M2 (170 df)", right, []any{"model", "fit", "m2", "statistic"}, "162.687", "mirt"},
		{"", "high end of its RMSEA", right, []any{"model", "fit", "rmsea_high"}, "0.0175015", "mirt"},
		{"", "TLI", right, []any{"model", "fit", "tli"}, "1.002897", "mirt"},
		{"", "DIF of q07 (C): Δ", right, []any{"dif", 6, "delta"}, "-2.819775", "difR"},
		{"", "DIF of q13 (B): Δ", right, []any{"dif", 12, "delta"}, "1.682885", "difR"},
		{"", "q07: χ², purified", right, []any{"dif", 6, "chi2_purified"}, "21.401317", "difR"},
		{"sparse, 600 × 20 of 60", "2PL log-likelihood", twoSparse, []any{"model", "loglik"}, "-6942.47538", "mirt"},
		{"", "i01: a", twoSparse, []any{"model", "items", 0, "a"}, "1.10175", "mirt"},
		{"", "i01: b", twoSparse, []any{"model", "items", 0, "b"}, "-0.48754", "mirt"},
	}
	reports := make(map[string]map[string]any)
	var b strings.Builder
	b.WriteString("| data | figure | Proba | reference | by |\n|---|---|---|---|---|\n")
	for _, f := range figures {
		name := strings.Join(f.args, " ")
		if reports[name] == nil {
			reports[name], _, _ = analysed(t, exitFine, append(f.args, "--json")...)
		}
		_, decimals, _ := strings.Cut(f.reference, ".")
		ours := fmt.Sprintf("%.*f", len(decimals), at(t, reports[name], f.path...).(float64))
		if ours != f.reference {
			t.Errorf("%s, %s: %s, the reference is %s", f.data, f.what, ours, f.reference)
		}
		minus := func(s string) string { return strings.Replace(s, "-", "−", 1) }
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.data, f.what, minus(ours), minus(f.reference), f.by)
	}
	return b.String()
}
