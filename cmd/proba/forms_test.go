package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/proba-exam/proba/exam/forms"
)

// TestFormsSimulate draws from a synthetic bank of 1,000 items written to files,
// and holds the report to its contract and to the goals.
func TestFormsSimulate(t *testing.T) {
	items, cells := forms.Sample(1000, 60, 2)
	dir := t.TempDir()
	var table, bp bytes.Buffer
	fmt.Fprintln(&table, "id,cell,a,b,enemies")
	for i, it := range items {
		enemy := ""
		if len(it.Enemies) > 0 {
			enemy = fmt.Sprintf("i%d", it.Enemies[0])
		}
		fmt.Fprintf(&table, "i%d,c%d,%g,%g,%s\n", i, it.Cell, it.Item.A, it.Item.B(), enemy)
	}
	fmt.Fprintln(&bp, "cut_theta: 0\ncells:")
	for c, cell := range cells {
		fmt.Fprintf(&bp, "  - {cell: c%d, count: %d}\n", c, cell.Count)
	}
	itemsFile, bpFile := filepath.Join(dir, "items.csv"), filepath.Join(dir, "bp.yaml")
	for path, text := range map[string][]byte{itemsFile: table.Bytes(), bpFile: bp.Bytes()} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"forms", "simulate", "--items", itemsFile, "--blueprint", bpFile, "--forms", "4000", "--json"}, &out, &errs); code != exitFine {
		t.Fatalf("exits %d: %s", code, errs.String())
	}
	var r map[string]any
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	at := func(of map[string]any, names ...string) float64 {
		var v any = of
		for _, name := range names {
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("the report has no %v", names)
			}
			v = m[name]
		}
		number, ok := v.(float64)
		if !ok {
			t.Fatalf("the report has no %v", names)
		}
		return number
	}
	for _, names := range [][]string{{"us_per_form"}, {"expected_at_cut", "mean"}, {"pass_probability", "sd"}, {"overlap", "floor"}, {"overlap", "max"}, {"exposure", "min_over_ideal"}, {"information_sd_relative"}} {
		at(r, names...)
		at(r["random"].(map[string]any), names...)
	}
	if at(r, "forms") != 4000 || at(r, "length") != 60 || at(r, "violations") != 0 {
		t.Errorf("forms %v, length %v, violations %v", r["forms"], r["length"], r["violations"])
	}
	if sd, random := at(r, "expected_at_cut", "sd"), at(r["random"].(map[string]any), "expected_at_cut", "sd"); sd > .03 || random < 1 {
		t.Errorf("SD at the cut %v, at random %v", sd, random)
	}
	for _, args := range [][]string{nil, {"draw"}, {"simulate"}, {"simulate", "--items", "none", "--blueprint", "none"}, {"simulate", "--items", itemsFile, "--blueprint", bpFile, "--forms", "0"}} {
		if code := run(t.Context(), append([]string{"forms"}, args...), &out, &errs); code != exitUsage {
			t.Errorf("proba forms %v exits %d", args, code)
		}
	}
}
