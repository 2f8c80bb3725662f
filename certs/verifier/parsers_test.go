package verifier_test

import (
	"regexp"
	"strings"
	"testing"
)

// docs/parsers.md names a test for every parser, docs/verification.md one for every promise;
// they have to be there.
func TestEveryParserHasItsTests(t *testing.T) {
	doc := string(must(readFile("../../docs/parsers.md"))(t)) + string(must(readFile("../../docs/verification.md"))(t))
	rows := 0
	for _, named := range regexp.MustCompile("`([a-z/_.A-Z0-9]+)`(?: ((?:Fuzz|Test)\\w+))?").FindAllStringSubmatch(doc, -1) {
		source := string(must(readFile("../../" + named[1]))(t))
		if named[2] != "" && !strings.Contains(source, "func "+named[2]+"(") {
			t.Errorf("%s has no %s", named[1], named[2])
		}
		rows++
	}
	if rows < 90 {
		t.Errorf("only %d files are named", rows)
	}
}
