package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/proba-exam/proba/exam/interchange"
)

// proba runs the command line and returns its exit code and what it printed.
func proba(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func report(t *testing.T, stdout string) interchange.Report {
	t.Helper()
	var r interchange.Report
	dec := json.NewDecoder(strings.NewReader(stdout))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	return r
}

const twoQuestions = "::first::Who?{=a ~b}\n\n::second::Which?{~a ~b}\n"

func TestBankCheckOfAForeignFile(t *testing.T) {
	path := write(t, "bank.gift", twoQuestions)
	code, out, _ := proba(t, "bank", "check", path, "--json") // flags may stand behind
	r := report(t, out)
	if code != exitNo || r.Format != "gift" || r.Items != 2 || r.Imported != 1 || r.Skipped != 1 {
		t.Errorf("exit %d, %+v", code, r)
	}
	p := r.Problems[0]
	if p.File != path || p.Line != 3 || p.Item != "second" || p.Severity != interchange.Error || p.Code != "key.missing" {
		t.Errorf("problem %+v", p)
	}
	if code, _, _ := proba(t, "bank", "check", write(t, "good.gift", "Who?{=a ~b}")); code != exitFine {
		t.Errorf("a sound file: exit %d", code)
	}
	for _, args := range [][]string{{"bank", "check"}, {"bank", "check", "missing.gift"}, {"bank", "check", write(t, "a.txt", "Once")}, {"bank", "check", "--format", "docx", path}, {"bank", "ponder"}, {"bank"}} {
		if code, _, _ := proba(t, args...); code != exitUsage {
			t.Errorf("%v: exit %d, want %d", args, code, exitUsage)
		}
	}
}

func TestBankImportIsAllOrNothing(t *testing.T) {
	path, data := write(t, "bank.gift", twoQuestions), t.TempDir()
	code, out, _ := proba(t, "bank", "import", "--json", "--data", data, path)
	if r := report(t, out); code != exitNo || r.Imported != 0 || r.Skipped != 2 {
		t.Errorf("exit %d, %+v", code, r)
	}
	if _, err := os.Stat(filepath.Join(data, "proba.db")); err == nil {
		t.Error("a refused bank made a store")
	}
	code, out, errs := proba(t, "bank", "import", "--json", "--data", data, "--partial", path)
	if r := report(t, out); code != exitNo || r.Imported != 1 || r.Skipped != 1 {
		t.Errorf("partial: exit %d, %+v", code, r)
	}
	_, hash, ok := strings.Cut(strings.TrimSpace(errs), "release ")
	if !ok {
		t.Fatalf("no release in %q", errs)
	}
	if _, _, errs = proba(t, "bank", "import", "--data", data, "--partial", path); !strings.Contains(errs, "was there already as release "+hash) {
		t.Errorf("a second import says %q", errs)
	}
	code, out, _ = proba(t, "bank", "export", "--format", "gift", "--release", hash, "--data", data)
	if code != exitFine || !strings.Contains(out, "::first::[html]Who?") {
		t.Errorf("export from the store: exit %d, %q", code, out)
	}
}

func TestBankExport(t *testing.T) {
	path := write(t, "bank.gift", "::first::Хто?{=а ~б}\n")
	out := filepath.Join(t.TempDir(), "bank.zip")
	code, printed, errs := proba(t, "bank", "export", "--format", "qti3", "--out", out, "--json", path)
	if code != exitFine {
		t.Fatalf("exit %d, %q", code, errs)
	}
	if r := report(t, printed); r.Format != "qti30" || r.Items != 1 {
		t.Errorf("%+v", r)
	}
	code, printed, _ = proba(t, "bank", "check", "--json", out)
	if r := report(t, printed); code != exitFine || r.Format != "qti3.0" || r.Imported != 1 {
		t.Errorf("what was exported: exit %d, %+v", code, r)
	}
	if code, _, _ := proba(t, "bank", "export", "--format", "qti3", "--out", out, path); code != exitUsage {
		t.Errorf("an existing file was written over: exit %d", code)
	}
	if code, printed, _ := proba(t, "bank", "export", "--template", "--lang", "en,uk"); code != exitFine || !strings.Contains(printed, "stem:uk") {
		t.Errorf("template: exit %d, %q", code, printed)
	}
}

func TestSeveralFilesBecomeOneBank(t *testing.T) {
	a, b := write(t, "a.gift", "::one::Who?{=a ~b}"), write(t, "b.txt", "What?\nA. a\nB. b\nANSWER: A\n")
	code, out, errs := proba(t, "bank", "import", "--json", "--bank", "whole-bank", "--data", t.TempDir(), a, b)
	if r := report(t, out); code != exitFine || r.Imported != 2 || r.Format != "several" || strings.Count(errs, "release") != 1 {
		t.Errorf("exit %d, %+v, %q", code, r, errs)
	}
}
