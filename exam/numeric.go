package exam

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"github.com/proba-exam/proba/internal/fault"
)

// Number is answered by typing a number. Decimals are exact; how an answer is read is
// said at ReadNumber.
type Number struct {
	// Value and Tolerance are decimals: any answer from Value-Tolerance to
	// Value+Tolerance is right.
	Value     string `json:"value"`
	Tolerance string `json:"tolerance,omitempty"`
	// Unit stands behind the field, such as "days".
	Unit Text `json:"unit,omitempty"`
	// Integer asks for a whole number.
	Integer bool `json:"integer,omitempty"`
}

var decimalPattern = regexp.MustCompile(`^[+-]?[0-9]{1,15}(\.[0-9]{1,9})?$`)

// parseDecimal reads a number of a bank; ok is false when it is none.
func parseDecimal(s string) (value *big.Rat, ok bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == ',':
			return '.'
		case r == '−' || r == '–': // minus sign and en dash, as phones type them
			return '-'
		}
		return r
	}, s)
	if !decimalPattern.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func (n *Number) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	value, ok := parseDecimal(n.Value)
	if !ok {
		faults = append(faults, fault.Field{Path: path + "/value", Message: "is not a decimal number; write it in quotes, such as \"37.5\""})
	} else if n.Integer && !value.IsInt() {
		faults = append(faults, fault.Field{Path: path + "/value", Message: "is not whole, but integer is set"})
	}
	if t, ok := parseDecimal(n.Tolerance); n.Tolerance != "" && (!ok || t.Sign() < 0) {
		faults = append(faults, fault.Field{Path: path + "/tolerance", Message: "is not a decimal number of 0 or more"})
	}
	if len(n.Unit) > 0 {
		faults = append(faults, n.Unit.check(path+"/unit", langs, 40)...)
	}
	return faults
}

func (n *Number) shape() shape { return shape{} }

func (n *Number) present(v *View, _ Arrangement, lang string) {
	v.Unit, v.Integer = n.Unit.In(lang), n.Integer
}

func (n *Number) accept(r Response) *fault.Field { return acceptTyped(r) }

func (n *Number) rules() []Rule { return []Rule{AllOrNothing} }

func (n *Number) mark(_ Rule, _ Arrangement, r Response) Credit {
	given, ok := readRat(r.Text)
	if !ok {
		return 0
	}
	value, _ := parseDecimal(n.Value)
	tolerance, ok := parseDecimal(n.Tolerance)
	if !ok {
		tolerance = new(big.Rat)
	}
	off := given.Sub(given, value)
	return whole(off.Abs(off).Cmp(tolerance) <= 0)
}

func (n *Number) key(Arrangement) Response {
	text := n.Value
	if _, err := ReadNumber(text); fault.Code(err) == errAmbiguous.Code {
		text += "0" // 1.125 could be thousands, 1.1250 could not
	}
	return Response{Text: text}
}
