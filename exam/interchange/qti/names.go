package qti

import (
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// older brings the names of an element and all within it from QTI 3.0 into the form
// of QTI 2.2. Elements of HTML and attributes data-… keep theirs.
func older(e *interchange.Element) *interchange.Element {
	e.Walk(func(c *interchange.Element) bool {
		if rest, ok := strings.CutPrefix(c.Name, "qti-"); ok {
			c.Name = camel(rest)
		}
		for i := range c.Attrs {
			if name := &c.Attrs[i].Name.Local; !strings.HasPrefix(*name, "data-") {
				*name = camel(*name)
			}
		}
		return true
	})
	return e
}

// camel writes max-choices as maxChoices.
func camel(s string) string {
	if !strings.Contains(s, "-") {
		return s
	}
	b := make([]byte, 0, len(s))
	capital := false
	for _, c := range []byte(s) {
		switch {
		case c == '-':
			capital = true
			continue
		case capital && 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		b, capital = append(b, c), false
	}
	return string(b)
}

// identifier makes a set of identifiers comparable: white space around them and
// within pairs is not significant.
func identifier(s string) string { return strings.Join(strings.Fields(s), " ") }
