package banktest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/proba-exam/proba/exam/interchange"
)

// Golden holds what is read of a sample, what is said of it and how it is written again
// to the file beside it that ends with ".golden", which update writes anew.
func Golden(t *testing.T, sample string, f Format, update bool) {
	t.Helper()
	source, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	bank, report := Read(t, func(im *interchange.Import) { f.Read(im, source) })
	var b strings.Builder
	if bank == nil {
		t.Fatalf("nothing was read: %+v", report.Problems)
	}
	for _, rev := range bank.Revisions() {
		fmt.Fprintf(&b, "%s: %s\n", rev.Item.ID, strings.ReplaceAll(Detailed(&rev.Item), "\n", "\n\t"))
	}
	b.WriteString("\n")
	for _, p := range report.Problems {
		fmt.Fprintf(&b, "%s:%d %s %s %s: %s\n", p.File, p.Line, p.Severity, p.Item, p.Code, p.Message)
	}
	x, err := interchange.NewExport(bank, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Write(x)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "\n%s", again)
	golden := sample + ".golden"
	if update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("%s is read otherwise than %s says (-update writes it anew):\n%s", sample, golden, diff)
	}
}
