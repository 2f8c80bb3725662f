package gift

import (
	"math/big"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// numeric reads the answers behind #: value, value:tolerance or min..max, each
// with a weight and feedback; ~ begins the feedback for any other answer.
func (s *source) numeric(text string) {
	text, other, _ := strings.Cut(text, "~")
	var answers []interchange.Numeric
	for _, part := range parts(text, "=") {
		fraction, part := weight(part, 1)
		body, feedback, _ := strings.Cut(part, "#")
		if body = strings.TrimSpace(restore(body)); body == "*" {
			s.d.Explain(nil, s.text(feedback))
			continue
		}
		low, high, ok := bounds(body)
		if !ok {
			s.d.Refuse("gift.number", "%q is no number, number:tolerance or range from..to", body)
			return
		}
		answers = append(answers, interchange.Numeric{Min: low, Max: high, Fraction: fraction, Feedback: s.text(feedback)})
	}
	if _, feedback, ok := strings.Cut(other, "#"); ok {
		s.d.Explain(nil, s.text(feedback))
	}
	s.d.Number(answers, nil)
}

func bounds(s string) (low, high *big.Rat, ok bool) {
	if a, b, isRange := strings.Cut(s, ".."); isRange {
		low, ok := interchange.ParseDecimal(a)
		high, okToo := interchange.ParseDecimal(b)
		return low, high, ok && okToo && low.Cmp(high) <= 0
	}
	v, t, _ := strings.Cut(s, ":")
	value, ok := interchange.ParseDecimal(v)
	if !ok {
		return nil, nil, false
	}
	tolerance := new(big.Rat)
	if strings.TrimSpace(t) != "" {
		if tolerance, ok = interchange.ParseDecimal(t); !ok || tolerance.Sign() < 0 {
			return nil, nil, false
		}
	}
	return new(big.Rat).Sub(value, tolerance), new(big.Rat).Add(value, tolerance), true
}
