package moodlexml

import (
	"math/big"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

func (r *reader) numeric() {
	var answers []interchange.Numeric
	for _, a := range r.q.All("answer") {
		feedback := r.text(a.Child("feedback"), r.format)
		said := text(a)
		if said == "" {
			said = strings.TrimSpace(a.Content()) // deprecated: the value stands in the answer itself
		}
		if said == "*" {
			r.d.Explain(nil, feedback)
			continue
		}
		value, ok := interchange.ParseDecimal(said)
		tolerance := new(big.Rat)
		if s := strings.TrimSpace(a.Child("tolerance").Content()); ok && s != "" {
			tolerance, ok = interchange.ParseDecimal(s)
		}
		if !ok || tolerance.Sign() < 0 {
			r.d.Refuse("moodle.number", "the answer %q is no number with a tolerance", said)
			return
		}
		answers = append(answers, interchange.Numeric{Min: new(big.Rat).Sub(value, tolerance), Max: new(big.Rat).Add(value, tolerance), Fraction: fraction(a), Feedback: feedback})
	}
	r.d.Number(answers, r.unit())
}

// unit takes the first unit whose multiplier is one: the one of the answers.
func (r *reader) unit() exam.Text {
	units := r.q.Child("units").All("unit")
	if len(units) > 1 {
		r.d.Lose("moodle.units", "other units than the answer's own are not understood here")
	}
	for _, u := range units {
		if m, ok := interchange.ParseDecimal(u.Child("multiplier").Content()); ok && m.Cmp(big.NewRat(1, 1)) == 0 {
			return r.shown(u.Child("unit_name").Content())
		}
	}
	return nil
}
