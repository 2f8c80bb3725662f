package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const referenceData = "../../exam/psychometrics/reference/data/"

func analysed(t *testing.T, want int, args ...string) (report map[string]any, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), append([]string{"analyze"}, args...), &out, &errs); got != want {
		t.Fatalf("proba analyze %v exits %d, want %d\n%s", args, got, want, errs.String())
	}
	if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Errorf("proba analyze %v prints NaN or Inf:\n%s", args, out.String())
	}
	for _, arg := range args {
		if arg == "--json" && want != exitUsage {
			if err := json.Unmarshal(out.Bytes(), &report); err != nil {
				t.Fatal(err)
			}
		}
	}
	return report, out.String(), errs.String()
}

func number(t *testing.T, what string, got any, want, tolerance float64) {
	t.Helper()
	v, ok := got.(float64)
	if !ok || math.Abs(v-want) > tolerance {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestAnalyzeContract(t *testing.T) {
	r, _, _ := analysed(t, exitFine, "--json", referenceData+"synth_mc_500x20.csv", "--key", referenceData+"synth_mc_key.csv", "--group", "group", "--model", "2pl")
	number(t, "n", r["n"], 500, 0)
	number(t, "alpha", r["alpha"], .77328697, 1e-8)
	q16 := r["items"].([]any)[15].(map[string]any)
	number(t, "r_rest", q16["r_rest"], -.14006823, 1e-8)
	for _, name := range []string{"id", "n", "p", "sd", "r_rest", "r_total", "alpha_if_deleted", "d27", "flags", "options"} {
		if _, ok := q16[name]; !ok {
			t.Errorf("an item has no %q", name)
		}
	}
	model := r["model"].(map[string]any)
	for _, name := range []string{"name", "loglik", "items", "reliability"} {
		if model[name] == nil {
			t.Errorf("the model has no %q", name)
		}
	}
	for _, name := range []string{"id", "a", "b", "c", "se_a", "se_b"} {
		if model["items"].([]any)[0].(map[string]any)[name] == nil {
			t.Errorf("an item of the model has no %q", name)
		}
	}
	for _, name := range []string{"id", "eap", "sd"} {
		if r["persons"].([]any)[0].(map[string]any)[name] == nil {
			t.Errorf("a person has no %q", name)
		}
	}
	for _, name := range []string{"item", "delta", "se", "chi2", "p", "ets"} {
		if r["dif"].([]any)[0].(map[string]any)[name] == nil {
			t.Errorf("DIF has no %q", name)
		}
	}
}

// TestAnalyzeBadInput: a clear status, no NaN, no crash.
func TestAnalyzeBadInput(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "responses.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	equal := "a,b,c\n" + strings.Repeat("1,1,1\n", 40)
	for name, c := range map[string]struct {
		text, says string
		exit       int
	}{
		"ragged":            {"a,b\n1,1\n1\n", "line 3", exitUsage},
		"unknown option":    {"a,b\n1,x\n", "column b", exitUsage},
		"one person":        {"a,b\n1,0\n", "", exitNo},
		"one item":          {"a\n1\n0\n", "two items", exitNo},
		"all right":         {equal, "no item", exitNo},
		"all wrong":         {strings.ReplaceAll(equal, "1", "0"), "no item", exitNo},
		"equal columns":     {"a,b\n" + strings.Repeat("1,1\n0,0\n", 30), "", -1},
		"column of equals":  {"a,b,c\n" + strings.Repeat("1,1,0\n0,1,1\n1,1,1\n0,1,0\n1,1,0\n", 30), "", -1},
		"extreme people":    {"a,b,c\n" + strings.Repeat("1,1,1\n0,0,0\n1,0,0\n0,1,0\n0,0,1\n1,1,0\n", 30), "", -1},
		"nothing presented": {"a,b\n,\n", "no item", exitNo},
	} {
		t.Run(name, func(t *testing.T) {
			for _, model := range []string{"rasch", "2pl", "3pl"} {
				for _, format := range [][]string{{"--json", "--ogive"}, nil} {
					var out, errs bytes.Buffer
					got := run(t.Context(), append([]string{"analyze", file(c.text), "--model", model}, format...), &out, &errs)
					if got != c.exit && c.exit >= 0 {
						t.Errorf("%s exits %d, want %d: %s", model, got, c.exit, errs.String())
					}
					if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") || !strings.Contains(errs.String(), c.says) {
						t.Errorf("%s says %q and prints %s", model, errs.String(), out.String())
					}
				}
			}
			if c.exit != exitUsage { // classical analysis has an answer to every table
				analysed(t, exitFine, file(c.text), "--json")
			}
		})
	}
	// A key that nobody chose, and options that few chose, are data like others; an item
	// that the key names and the table lacks is not.
	answers := file("a,b\n" + strings.Repeat("x,y\nz,y\n", 20) + "?,-\n")
	r, _, _ := analysed(t, exitFine, answers, "--key", file("item,key\na,x\nb,never\n"), "--json")
	b := r["items"].([]any)[1].(map[string]any)
	number(t, "share right of an item whose key nobody chose", b["p"], 0, 0)
	if notes, _ := b["notes"].(map[string]any); b["r_rest"] != nil || notes["r_rest"] == nil {
		t.Errorf("an item that all miss: %v", b)
	}
	if _, _, said := analysed(t, exitFine, answers, "--key", file("item,key\na,x\n")); !strings.Contains(said, "column b") {
		t.Errorf("a column without a key: %q", said)
	}
	if _, out, _ := analysed(t, exitFine, file("a,b,c\n"+strings.Repeat("1,1,1\n0,0,0\n1,0,0\n0,1,0\n0,0,1\n1,1,0\n", 30)), "--model", "rasch", "--json"); strings.Contains(out, `"eap": null`) {
		t.Error("people with everything right or wrong have no ability")
	}
	analysed(t, exitUsage, "no-such-file.csv")
	analysed(t, exitUsage, file("a\n1\n"), "--model", "4pl")
	analysed(t, exitUsage)
	analysed(t, exitNo, file("a,b,g\n1,0,x\n0,1,x\n"), "--group", "g")
}

func TestAnalyzeManyRows(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows")
	}
	path := filepath.Join(t.TempDir(), "responses.csv")
	var text bytes.Buffer
	text.WriteString("a,b,c\n")
	for n := range 1_000_000 {
		fmt.Fprintf(&text, "%d,%d,%d\n", n%2, n/2%2, n/3%2)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, _, _ := analysed(t, exitFine, path, "--json")
	number(t, "n", r["n"], 1_000_000, 0)
}
