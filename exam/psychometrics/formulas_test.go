package psychometrics_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestFormulasNameTheirTests: each test and each file that docs/formulas.md names is there.
func TestFormulasNameTheirTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/formulas.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[string]bool)
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(source, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, m := range regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`).FindAllString(string(page), -1) {
		if named++; !declared[m] {
			t.Errorf("no test is called %s", m)
		}
	}
	for _, m := range regexp.MustCompile("`((?:\\w+/)+\\w+\\.go)`").FindAllStringSubmatch(string(page), -1) {
		path := m[1]
		if strings.HasPrefix(path, "exam/") {
			path = "../../" + path
		}
		if named++; !exists(path) {
			t.Errorf("there is no file %s", m[1])
		}
	}
	if named < 120 {
		t.Errorf("only %d tests and files are named", named)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
