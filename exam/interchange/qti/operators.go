package qti

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// maxPattern bounds a pattern, in bytes; Go's expressions take linear time.
const maxPattern = 1000

// maxFigures bounds the digits that numbers are rounded to.
const maxFigures = 15

// anyOf holds when at least min and at most max of the operands do.
func anyOf(e *interchange.Element, v []value) (value, error) {
	least, errLeast := strconv.Atoi(e.Attr("min"))
	most, errMost := strconv.Atoi(e.Attr("max"))
	if errLeast != nil || errMost != nil {
		return value{}, errRules
	}
	hold := 0
	for _, one := range v {
		if one.is() {
			hold++
		}
	}
	return truth(hold >= least && hold <= most), nil
}

// whole rounds a number, half up, or cuts it off towards zero.
func whole(name string, v value) (value, error) {
	f, ok := v.number()
	switch {
	case !ok:
		return value{}, nil
	case name == "round":
		return number(math.Floor(f + 0.5)), nil
	}
	return number(math.Trunc(f)), nil
}

// patternMatch holds when the whole text is what the pattern of XML Schema describes.
// Those that Go's expressions do not know are not run.
func patternMatch(e *interchange.Element, v value) (value, error) {
	pattern := e.Attr("pattern")
	if len(pattern) > maxPattern {
		return value{}, errRules
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err != nil {
		return value{}, errRules
	}
	return truth(len(v.members) == 1 && re.MatchString(v.members[0])), nil
}

// substring holds when the first text is within the second.
func substring(e *interchange.Element, a, b value) (value, error) {
	if a.null() || b.null() {
		return value{}, nil
	}
	x, y := a.members[0], b.members[0]
	if e.Attr("caseSensitive") == "false" {
		x, y = strings.ToLower(x), strings.ToLower(y)
	}
	return truth(strings.Contains(y, x)), nil
}

// without is the container b without the members that are a.
func without(a, b value) value {
	left := value{ordered: b.ordered}
	for _, m := range b.members {
		if !slices.Contains(a.members, m) {
			left.members = append(left.members, m)
		}
	}
	return left
}

// equalRounded compares two numbers after both were rounded.
func equalRounded(e *interchange.Element, a, b value) (value, error) {
	figures, err := strconv.Atoi(e.Attr("figures"))
	x, ok := a.number()
	y, okToo := b.number()
	switch {
	case err != nil || figures < 0 || figures > maxFigures:
		return value{}, errRules
	case !ok || !okToo:
		return truth(false), nil
	}
	format := byte('e') // significant figures
	if figures--; e.Attr("roundingMode") == "decimalPlaces" {
		format = 'f'
		figures++
	}
	if figures < 0 {
		return value{}, errRules
	}
	return truth(strconv.FormatFloat(x, format, figures, 64) == strconv.FormatFloat(y, format, figures, 64)), nil
}

// table is the matchTable or interpolationTable of an outcome.
type table struct {
	exact     bool
	entries   [][2]string // source and target; the sources of an interpolation are bounds
	open      []bool      // the bound itself is not within
	otherwise string
}

func readTable(outcome *interchange.Element) *table {
	t, name := &table{exact: true}, "matchTableEntry"
	e := outcome.Child("matchTable")
	if e == nil {
		if e = outcome.Child("interpolationTable"); e == nil {
			return nil
		}
		t.exact, name = false, "interpolationTableEntry"
	}
	t.otherwise = e.Attr("defaultValue")
	for _, entry := range e.All(name) {
		t.entries = append(t.entries, [2]string{entry.Attr("sourceValue"), entry.Attr("targetValue")})
		t.open = append(t.open, entry.Attr("includeBoundary") == "false")
	}
	return t
}

// look is the target of the first entry that fits a number (QTI 2.2, 5.2.3).
func (t *table) look(v value) (value, error) {
	x, ok := v.number()
	if !ok {
		return value{}, nil
	}
	for i, entry := range t.entries {
		y, err := strconv.ParseFloat(entry[0], 64)
		if err != nil {
			return value{}, errRules
		}
		if x == y && (t.exact || !t.open[i]) || !t.exact && x > y {
			return single(entry[1]), nil
		}
	}
	if t.otherwise == "" {
		return value{}, nil
	}
	return single(t.otherwise), nil
}
