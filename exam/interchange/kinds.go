package interchange

import (
	"math"
	"math/big"
	"strings"
	"unicode"

	"github.com/proba-exam/proba/exam"
)

// Answer is one answer of a source with the share of the point that it earns.
type Answer struct {
	Text exam.Text
	// Fraction is 1 for a right answer, 0 for a wrong one, between them for part
	// of the point, below 0 when it costs.
	Fraction float64
	Feedback exam.Text
	Fixed    bool
}

// noPartial is what several kinds say of answers that earn part of the point.
const noPartial = "some answers earn part of the point; here an answer is right or wrong, and only those that earn it whole are kept as right"

// near allows for fractions written with five digits, as Moodle does.
func near(a, b float64) bool { return math.Abs(a-b) < 0.005 }

// Unsupported refuses a question of a kind that Proba does not have.
func (d *Draft) Unsupported(kind string) {
	d.Refuse("kind.unsupported", "is of the kind %q, which no kind of item here can carry", kind)
}

// TooMany refuses a question with more than MaxAnswers answers of any sort and
// reports whether it did.
func (d *Draft) TooMany(answers int) bool {
	if answers > MaxAnswers {
		d.Refuse("answers.too_many", "has %d answers; more than %d are not even compared", answers, MaxAnswers)
	}
	return answers > MaxAnswers
}

// SingleChoice makes the question a single choice.
func (d *Draft) SingleChoice(answers []Answer) {
	if d.TooMany(len(answers)) {
		return
	}
	in, keys := new(exam.SingleChoice), 0
	for _, a := range answers {
		key := near(a.Fraction, 1)
		if key {
			keys++
		} else if a.Fraction != 0 {
			d.Lose("scoring.partial", noPartial)
		}
		in.Options = append(in.Options, exam.Option{Text: a.Text, Key: key, Fixed: a.Fixed})
		d.Explain(a.Text, a.Feedback)
	}
	switch {
	case keys == 0:
		d.Refuse("key.missing", "no answer earns the whole point")
	case keys > 1:
		d.Refuse("key.several", "%d answers earn the whole point though only one can be chosen; make it a multiple choice, or leave one right", keys)
	}
	d.Item.Kind, d.Item.Interaction = exam.Single, in
}

// MultipleChoice makes the question a multiple choice. Its weights become the rule
// right minus wrong, which is exact when each wrong answer costs what a right one
// earns; any other weights are told as a loss, unless a tag names the rule.
func (d *Draft) MultipleChoice(answers []Answer) {
	if d.TooMany(len(answers)) {
		return
	}
	in, keys := new(exam.MultipleChoice), 0
	exact, reward := true, 0.0
	for _, a := range answers {
		if a.Fraction > 0 {
			if keys++; reward == 0 {
				reward = a.Fraction
			}
			exact = exact && near(a.Fraction, reward)
		}
		in.Options = append(in.Options, exam.Option{Text: a.Text, Key: a.Fraction > 0, Fixed: a.Fixed})
		d.Explain(a.Text, a.Feedback)
	}
	for _, a := range answers {
		exact = exact && (a.Fraction > 0 || near(-a.Fraction, reward))
	}
	if keys == 0 {
		d.Refuse("key.missing", "no answer earns anything")
	} else if !exact && !d.hasTag(tagScoring) {
		d.Lose("scoring.weights", "the weights of its answers are not kept; here it is marked by right minus wrong: a wrong tick takes a right one away")
	}
	d.Item.Kind, d.Item.Interaction = exam.Multiple, in
}

func (d *Draft) hasTag(key string) bool {
	for _, t := range d.Tags {
		if k, _, ok := strings.Cut(t, ":"); ok && strings.EqualFold(strings.TrimSpace(k), key) {
			return true
		}
	}
	return false
}

// TrueFalse makes the question a statement that is true or false.
func (d *Draft) TrueFalse(isTrue bool) {
	d.Item.Kind, d.Item.Interaction = exam.TrueFalse, &exam.TrueOrFalse{True: &isTrue}
}

// Words makes the question a short text. Wildcards says that an asterisk in an
// answer stands for anything, and \* for itself.
func (d *Draft) Words(answers []Answer, wildcards bool) {
	if d.TooMany(len(answers)) {
		return
	}
	in := new(exam.Words)
	for _, a := range answers {
		d.Explain(a.Text, a.Feedback)
		switch {
		case wildcards && wild(a.Text):
			if a.Fraction > 0 {
				d.Lose("answer.wildcard", "an answer with the wildcard * is not kept; write the answers out")
			}
			continue
		case near(a.Fraction, 1):
			if wildcards {
				for lang, s := range a.Text {
					a.Text[lang] = strings.ReplaceAll(s, `\*`, "*")
				}
			}
			in.Accepted = append(in.Accepted, a.Text)
		case a.Fraction > 0:
			d.Lose("scoring.partial", noPartial)
		}
	}
	if len(in.Accepted) == 0 {
		d.Refuse("key.missing", "no answer that can be kept earns the whole point")
	}
	d.Item.Kind, d.Item.Interaction = exam.ShortText, in
}

func wild(t exam.Text) bool {
	for _, s := range t {
		if strings.Contains(strings.ReplaceAll(s, `\*`, ""), "*") {
			return true
		}
	}
	return false
}

// Numeric is one range of a numeric answer, as decimals.
type Numeric struct {
	Min, Max *big.Rat
	Fraction float64
	Feedback exam.Text
}

// Number makes the question a numeric one. There may be one range that earns the
// whole point.
func (d *Draft) Number(answers []Numeric, unit exam.Text) {
	if d.TooMany(len(answers)) {
		return
	}
	in, keys := &exam.Number{Unit: unit}, 0
	for _, a := range answers {
		d.Explain(nil, a.Feedback)
		if !near(a.Fraction, 1) {
			if a.Fraction > 0 {
				d.Lose("scoring.partial", noPartial)
			}
			continue
		}
		if keys++; keys > 1 {
			continue
		}
		half := big.NewRat(1, 2)
		value := new(big.Rat).Mul(new(big.Rat).Add(a.Min, a.Max), half)
		tolerance := new(big.Rat).Mul(new(big.Rat).Sub(a.Max, a.Min), half)
		var ok, okToo bool
		in.Value, ok = WriteDecimal(value)
		if tolerance.Sign() != 0 {
			in.Tolerance, okToo = WriteDecimal(tolerance)
		} else {
			okToo = true
		}
		if !ok || !okToo || tolerance.Sign() < 0 {
			d.Refuse("key.number", "its answer is no range of decimals with at most 15 digits before and 9 behind the point")
		}
	}
	switch {
	case keys == 0:
		d.Refuse("key.missing", "no answer earns the whole point")
	case keys > 1:
		d.Refuse("key.several", "%d ranges earn the whole point; a numeric item has one", keys)
	}
	d.Item.Kind, d.Item.Interaction = exam.Numeric, in
}

// ParseDecimal reads a decimal number, also with an exponent of two digits.
func ParseDecimal(s string) (*big.Rat, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 40 || strings.Trim(s, "+-.0123456789eE") != "" {
		return nil, false
	}
	if _, exponent, ok := strings.Cut(strings.ToLower(s), "e"); ok && len(strings.TrimLeft(exponent, "+-0")) > 2 {
		return nil, false // 1e999999999 is short to write and long to hold
	}
	return new(big.Rat).SetString(s)
}

// WriteDecimal writes r as items have it, without needless zeros; ok is false when
// it is not a decimal of their size.
func WriteDecimal(r *big.Rat) (s string, ok bool) {
	s = r.FloatString(9)
	if back, _ := new(big.Rat).SetString(s); back.Cmp(r) != 0 {
		return "", false
	}
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	whole, _, _ := strings.Cut(strings.TrimLeft(s, "-"), ".")
	return s, len(whole) <= 15
}

// Decimal writes a number of an item as every format reads it: with a point, a
// plain minus and no spaces.
func Decimal(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == ',':
			return '.'
		case r == '−' || r == '–':
			return '-'
		}
		return r
	}, s)
}

// Match makes the question a matching one. A row without a prompt is a distractor.
func (d *Draft) Match(rows []exam.Row) {
	if d.TooMany(len(rows)) {
		return
	}
	in := new(exam.Match)
	seen := make(map[string]bool)
	for _, row := range rows {
		match := row.Match[Unnamed]
		if Blank(row.Prompt) {
			in.Distractors = append(in.Distractors, row.Match)
			continue
		}
		if match != "" && seen[match] {
			d.Refuse("matching.shared", "%q belongs to several rows; here a choice belongs to one", shorten(match))
		}
		seen[match] = true
		in.Rows = append(in.Rows, row)
	}
	d.Item.Kind, d.Item.Interaction = exam.Matching, in
}

// Order makes the question an ordering one, its steps in the right order.
func (d *Draft) Order(steps []exam.Text) {
	if d.TooMany(len(steps)) {
		return
	}
	d.Item.Kind, d.Item.Interaction = exam.Ordering, &exam.Order{Steps: steps}
}
