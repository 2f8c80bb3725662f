package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// asked runs a command on files of these contents and returns its JSON.
func asked(t *testing.T, want int, command string, args []string, files ...string) (report map[string]any, said string) {
	t.Helper()
	all := append([]string{command}, args...)
	for n, text := range files {
		path := filepath.Join(t.TempDir(), string(rune('a'+n))+".csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for i := range all {
			if all[i] == "@"+string(rune('a'+n)) {
				all[i] = path
			}
		}
	}
	var out, errs bytes.Buffer
	if got := run(t.Context(), append(all, "--json"), &out, &errs); got != want {
		t.Fatalf("%v exits %d, want %d: %s", all, got, want, errs.String())
	}
	if want != exitUsage {
		if err := json.Unmarshal(out.Bytes(), &report); err != nil {
			t.Fatalf("%v prints %s: %v", all, out.String(), err)
		}
	}
	return report, errs.String()
}

const ratings = "judge,q1,q2,q3,q4,q5,q6\nann,.60,.70,.45,.80,.55,.65\nbob,.65,.75,.40,.85,.50,.60\ncid,.55,.70,.50,.75,.60,.70\ndan,.70,.80,.35,.90,.45,.60\neve,.60,.65,.55,.80,.50,.75\n"

// TestStandard: the worked examples of docs/assessment.md by the command.
func TestStandard(t *testing.T) {
	r, _ := asked(t, exitFine, "standard", []string{"angoff", "@a", "--items", "@b"}, ratings, "id,a,b\nq1,1,0\nq2,1,-1\nq3,1,1\nq4,1,-2\nq5,1,0\nq6,1,0\n")
	cut := r["cut"].(map[string]any)
	number(t, "Angoff's cut", cut["value"], 3.79, 1e-9)
	number(t, "its SE", cut["se"], .018708, 1e-6)
	number(t, "variance of items", r["variance_items"], .01700833, 1e-8)
	theta := r["ability"].(map[string]any)["value"].(float64)
	sum := 0.0
	for _, b := range []float64{0, -1, 1, -2, 0, 0} {
		sum += 1 / (1 + math.Exp(b-theta))
	}
	number(t, "expected score at the ability", sum, 3.79, 1e-6)

	r, _ = asked(t, exitFine, "standard", []string{"borderline-regression", "@a"}, "grade,score\n1,8\n1,10\n2,12\n2,11\n2,13\n3,15\n3,16\n3,14\n4,18\n4,19\n")
	number(t, "borderline regression", r["cut"].(map[string]any)["value"], 12.02857143, 1e-8)

	r, _ = asked(t, exitFine, "standard", []string{"nedelsky", "@a", "--options", "@b"}, "judge,q1,q2\nann,2,0\nbob,1,2\n", "item,options\nq1,4\nq2,4\n")
	number(t, "Nedelsky", r["cut"].(map[string]any)["value"], (1./2+1./4+1./3+1./2)/2, 1e-9)

	r, _ = asked(t, exitFine, "standard", []string{"ebel", "@a", "--groups", "@b"}, "judge,easy,hard\nann,.9,.5\nbob,.8,.6\n", "item,group\nq1,easy\nq2,easy\nq3,hard\n")
	number(t, "Ebel", r["cut"].(map[string]any)["value"], .85*2+.55, 1e-9)

	r, _ = asked(t, exitFine, "standard", []string{"bookmark", "@a", "--items", "@b"}, "judge,bookmark\nann,1\nbob,2\n", "id,a,b\nq1,1,1\nq2,1,-1\n")
	number(t, "bookmark", r["cut"].(map[string]any)["value"], math.Log(2), 1e-9)
	if r["scale"] != "ability" {
		t.Errorf("a bookmark is in %v", r["scale"])
	}

	for name, c := range map[string]struct {
		args  []string
		exit  int
		says  string
		files []string
	}{
		"one judge":          {[]string{"angoff", "@a"}, exitNo, "two judges", []string{"judge,q1,q2\nann,.5,.5\n"}},
		"no share":           {[]string{"angoff", "@a"}, exitUsage, "line 2, column q2: 7 is no share between 0 and 1; write .6 for 60 %", []string{"judge,q1,q2\nann,.5,7\nbob,.5,.5\n"}},
		"no number":          {[]string{"angoff", "@a"}, exitUsage, "line 3, column q2", []string{"judge,q1,q2\nann,.5,.5\nbob,.5,NaN\n"}},
		"ragged":             {[]string{"angoff", "@a"}, exitUsage, "line 2: has 2 cells, the first line names 3 columns", []string{"judge,q1,q2\nann,.5\n"}},
		"half an option":     {[]string{"nedelsky", "@a", "--options", "@b"}, exitUsage, "whole", []string{"judge,q1\nann,.5\nbob,1\n", "item,options\nq1,4\n"}},
		"options by halves":  {[]string{"nedelsky", "@a", "--options", "@b"}, exitUsage, "line 3, column options: 4.5 is no whole number of 2 or more", []string{"judge;q1;q2\nann;0;0\nbob;1;1\n", "item;options\nq1;4\nq2;4,5\n"}},
		"one option":         {[]string{"nedelsky", "@a", "--options", "@b"}, exitUsage, "line 2, column options: 1 is no whole number", []string{"judge,q1\nann,0\nbob,0\n", "item,options\nq1,1\n"}},
		"options twice":      {[]string{"nedelsky", "@a", "--options", "@b"}, exitUsage, `line 3, column item: "q1" is no id, or used before`, []string{"judge,q1\nann,0\nbob,1\n", "item,options\nq1,4\nq1,5\n"}},
		"options of another": {[]string{"nedelsky", "@a", "--options", "@b"}, exitUsage, `item "q1" is not listed`, []string{"judge,q1\nann,0\nbob,1\n", "item,options\nq2,4\n"}},
		"in two groups":      {[]string{"ebel", "@a", "--groups", "@b"}, exitUsage, `line 3, column item: "q1" is no id, or used before`, []string{"judge,easy,hard\nann,.5,.4\nbob,.6,.3\n", "item,group\nq1,easy\nq1,hard\n"}},
		"nothing":            {[]string{"angoff", "@a"}, exitUsage, "a line of names", []string{"judge,q1\n"}},
		"no such method":     {[]string{"guess", "@a"}, exitUsage, "there are angoff, ebel", []string{ratings}},
		"a column twice":     {[]string{"angoff", "@a"}, exitUsage, `column 3: "q1" is no name, or named before`, []string{"judge,q1,q1\nann,.5,.5\nbob,.5,.5\n"}},
		"semicolons":         {[]string{"angoff", "@a"}, exitUsage, `line 3, column q2: "" is no number`, []string{"judge;q1;q2\nann;0,5;0,5\nbob;0,5;\n"}},
		"a grade beyond":     {[]string{"borderline-regression", "@a", "--grade", "9"}, exitUsage, "no line is drawn beyond them", []string{"grade,score\n1,1\n2,2\n3,4\n"}},
		"no groups":          {[]string{"ebel", "@a"}, exitUsage, "ebel needs --groups", []string{ratings}},
		"no options":         {[]string{"nedelsky", "@a"}, exitUsage, "nedelsky needs --options", []string{ratings}},
		"no items":           {[]string{"bookmark", "@a"}, exitUsage, "bookmark needs --items", []string{"judge,bookmark\nann,1\n"}},
		"a falling item":     {[]string{"angoff", "@a", "--items", "@b"}, exitUsage, "line 2, column a: a slope below 0", []string{ratings, "id,a,b\nq1,-1,0\n"}},
		"sure to guess":      {[]string{"angoff", "@a", "--items", "@b"}, exitUsage, "line 2, column c: 1 is no chance to guess", []string{ratings, "id,a,b,c\nq1,1,0,1\n"}},
		"no such column":     {[]string{"borderline-regression", "@a"}, exitUsage, "no column is called grade; line 1 names judge, q1", []string{ratings}},
		"nobody differs":     {[]string{"borderline-regression", "@a"}, exitNo, "different grades", []string{"grade,score\n2,1\n2,2\n2,3\n"}},
		"an unrated group":   {[]string{"ebel", "@a", "--groups", "@b"}, exitUsage, "nobody rated", []string{"judge,easy\nann,.5\n", "item,group\nq1,odd\n"}},
		"an unknown item":    {[]string{"angoff", "@a", "--items", "@b"}, exitUsage, "has no parameters", []string{ratings, "id,a,b\nq1,1,0\n"}},
		"outside of booklet": {[]string{"bookmark", "@a", "--items", "@b"}, exitNo, "outside the booklet", []string{"judge,bookmark\nann,9\nbob,2\n", "id,a,b\nq1,1,1\nq2,1,-1\n"}},
	} {
		if _, said := asked(t, c.exit, "standard", c.args, c.files...); !strings.Contains(said, c.says) {
			t.Errorf("%s: %q does not say %q", name, said, c.says)
		}
	}
}

// TestEquate: a form with a scale that is known, and what cannot be equated.
func TestEquate(t *testing.T) {
	x, y := "score,anchor\n", "score,anchor\n"
	for _, row := range []string{"1,1", "2,3", "3,2", "4,5", "5,4", "6,6"} {
		x += row + "\n"
	}
	for _, row := range []string{"3,1", "5,3", "7,2", "9,5", "11,4", "13,6"} { // 2·x + 1, the same anchor
		y += row + "\n"
	}
	for _, method := range []string{"linear", "tucker", "levine"} {
		r, _ := asked(t, exitFine, "equate", []string{method, "@a", "@b", "--external"}, x, y)
		number(t, method+": slope", r["slope"], 2, 1e-9)
		number(t, method+": intercept", r["intercept"], 1, 1e-9)
	}
	r, _ := asked(t, exitFine, "equate", []string{"mean", "@a", "@b"}, x, y)
	number(t, "mean", r["intercept"], 4.5, 1e-9)
	r, _ = asked(t, exitFine, "equate", []string{"equipercentile", "@a", "@b"}, x, x)
	number(t, "a form with itself", r["scores"].([]any)[4], 4, 1e-9)

	fresh, old := "id,a,b\nq1,1.5,0\nq2,.75,1\nq3,1.2,-1\nnew,1,0\n", "id,a,b\nq3,.6,-1.5\nq1,.75,.5\nq2,.375,2.5\n" // θ old = 2·θ + .5
	for _, method := range []string{"mean-mean", "mean-sigma", "haebara", "stocking-lord"} {
		r, _ := asked(t, exitFine, "equate", []string{method, "@a", "@b"}, fresh, old)
		number(t, method+": A", r["slope"], 2, 1e-6)
		number(t, method+": B", r["intercept"], .5, 1e-6)
		number(t, method+": common items", r["n"], 3, 0)
	}
	r, _ = asked(t, exitFine, "equate", []string{"true-score", "@a", "@b"}, old, old)
	number(t, "a form with itself by true scores", r["scores"].([]any)[2], 2, 1e-6)

	asked(t, exitNo, "equate", []string{"linear", "@a", "@b"}, "score\n1\n", "score\n1\n2\n")
	asked(t, exitNo, "equate", []string{"haebara", "@a", "@b"}, "id,a,b\nq1,1,0\n", "id,a,b\nq2,1,0\n")
	for says, args := range map[string][]string{"no column is called anchor": {"tucker", "@a", "@b"}, "whole scores": {"equipercentile", "@a", "@b"}, "no method": {"magic", "@a", "@b"}} {
		if _, said := asked(t, exitUsage, "equate", args, "score\n1.5\n", "score\n1\n"); !strings.Contains(said, says) {
			t.Errorf("%v: %q", args, said)
		}
	}
}
