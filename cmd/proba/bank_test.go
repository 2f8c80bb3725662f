package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/internal/programmes"
)

// shippedCopy writes the shipped bank into a folder of the test.
func shippedCopy(t *testing.T) string {
	t.Helper()
	shipped, err := programmes.Folder()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "bank")
	if err := os.CopyFS(folder, shipped); err != nil {
		t.Fatal(err)
	}
	return folder
}

// breakItem replaces old, the first one after the item's id, and returns the line
// on which the replacement stands, counted from 1.
func breakItem(t *testing.T, folder, file, item, old, with string) int {
	t.Helper()
	path := filepath.Join(folder, file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	start := strings.Index(string(data), "- id: "+item+"\n")
	if start < 0 {
		t.Fatalf("%s has no item %s", file, item)
	}
	at := strings.Index(string(data[start:]), old)
	if at < 0 {
		t.Fatalf("%s has no %q", item, old)
	}
	at += start
	broken := string(data[:at]) + with + string(data[at+len(old):])
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	return strings.Count(broken[:at], "\n") + 1
}

func TestBankCheckOnTheShippedBank(t *testing.T) {
	folder := shippedCopy(t)
	var out, messages bytes.Buffer
	if err := bank(t.Context(), []string{"check", folder}, &out, &messages); err != nil {
		t.Fatal(err, out.String())
	}
	for _, row := range []string{
		`items\s+\d+`, `topic digital-evidence\s+\d+`, `stage recruitment\s+\d+`, `kind matching\s+\d+`,
		`language en\s+\d+`, `language uk\s+\d+`, `trafficking-ict\s+all\s+investigator\s+judge\s+police\s+prosecutor`,
	} {
		if !regexp.MustCompile(`(?m)^` + row).MatchString(out.String()) {
			t.Errorf("no row %s in\n%s", row, out.String())
		}
	}
	if !strings.HasSuffix(out.String(), " items, 0 problems\n") || messages.Len() > 0 {
		t.Errorf("ends with %q, messages %q", out.String()[max(0, out.Len()-40):], messages.String())
	}
}

func TestBankCheckAsJSON(t *testing.T) {
	folder := shippedCopy(t)
	line := breakItem(t, folder, "police.yaml", "pol-003", "fact: F206", "fact: F999")
	var out bytes.Buffer
	if err := bank(t.Context(), []string{"check", "--json", folder}, &out, new(bytes.Buffer)); !errors.Is(err, errNo) {
		t.Fatalf("%v, want the answer no", err)
	}
	var report map[string]any
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"format": "proba", "items": 0.0, "imported": 0.0, "skipped": 0.0,
		"problems": []any{map[string]any{
			"file": filepath.Join(folder, "police.yaml"), "line": float64(line), "item": "pol-003", "severity": "error", "code": "item.unknown_fact",
			"message": `references/0/fact: "F999" is not in facts.tsv; add the fact or correct its number`,
		}},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

func TestBankCheckNamesFileLineAndItem(t *testing.T) {
	var seven []string
	for n := range 7 {
		seven = append(seven, fmt.Sprintf("        - {text: {en: number %d, uk: число %d}}\n", n, n))
	}
	for _, row := range []struct {
		name, file, item, old, with string
		up                          int // how many lines above the replacement the problem is
		says                        string
	}{
		{"missing translation", "police.yaml", "pol-001", `            uk: "Її дані свідчать`, `            ru: "Її дані свідчать`, 1, "the text in this language is missing"},
		{"empty translation", "judge.yaml", "jud-003", `uk: "вилучення органів"`, `uk: ""`, 0, "the text in this language is missing"},
		{"two keys in a single choice", "core-a.yaml", "core-001", "        - text:", "        - key: true\n          text:", 0, "2 options are marked as key"},
		{"no key", "core-a.yaml", "core-001", "          key: true\n", "", 9, "0 options are marked as key"},
		{"unknown fact", "prosecutor.yaml", "pro-004", "fact: F120", "fact: F420", 0, `"F420" is not in facts.tsv`},
		{"unconfirmed fact", "prosecutor.yaml", "pro-004", "fact: F120", "fact: F122", 0, "F122 is unconfirmed"},
		{"duplicate id", "investigator.yaml", "inv-002", "id: inv-002", "id: inv-001", 0, "is also the id of"},
		{"wrong number of keys", "core-b.yaml", "core-041", "choose: 3", "choose: 2", 0, "asks for 2, but 3 options are marked as key"},
		{"wrong option count", "judge.yaml", "jud-014", "      options:\n", "      options:\n" + strings.Join(seven, ""), -1, "there are 13 options"},
		{"unknown case", "core-c.yaml", "core-070", "stimulus: case-studio", "stimulus: case-studios", 0, "is not a stimulus of this bank"},
		{"unknown member", "shared-a.yaml", "shared-001", "    difficulty: expert", "    dificulty: expert", 6, "dificulty"},
		{"YAML error", "core-f.yaml", "core-114", "roles: [police, investigator, prosecutor, judge]", "roles: [police, investigator", 1, "did not find expected ',' or ']'"},
	} {
		t.Run(row.name, func(t *testing.T) {
			folder := shippedCopy(t)
			line := breakItem(t, folder, row.file, row.item, row.old, row.with) - row.up
			item := row.item
			if row.name == "duplicate id" {
				item = "inv-001"
			}
			var out bytes.Buffer
			if err := bank(t.Context(), []string{"check", folder}, &out, new(bytes.Buffer)); !errors.Is(err, errNo) {
				t.Fatalf("%v, want the answer no\n%s", err, out.String())
			}
			place := fmt.Sprintf("%s:%d: item %q: error: ", filepath.Join(folder, row.file), line, item)
			named := slices.ContainsFunc(strings.Split(out.String(), "\n"), func(s string) bool {
				return strings.HasPrefix(s, place) && strings.Contains(s, row.says)
			})
			if !named {
				t.Errorf("want %s…%s…, got\n%s", place, row.says, out.String())
			}
		})
	}
}

func TestBankCheckNeedsSomethingToRead(t *testing.T) {
	for _, args := range [][]string{{}, {"import"}, {"check"}, {"check", filepath.Join(t.TempDir(), "nowhere")}} {
		if err := bank(t.Context(), args, new(bytes.Buffer), new(bytes.Buffer)); err == nil || errors.Is(err, errNo) {
			t.Errorf("%v: %v, want a usage error", args, err)
		}
	}
}
