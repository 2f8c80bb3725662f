package interchange

import (
	"fmt"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// Export is a bank on its way out.
type Export struct {
	Bank *exam.Bank
	// Langs are the languages to write, a subset of the bank's in its order.
	Langs []string
	// Media returns an image of the bank that did not come with it; nil for none.
	Media    func(name string) (exam.Medium, error)
	media    map[string]exam.Medium
	problems problems
}

// NewExport prepares a bank; langs nil means all of its languages. It is an error
// to ask for a language that the bank does not have.
func NewExport(bank *exam.Bank, langs []string) (*Export, error) {
	have := bank.Release.Languages
	if len(langs) == 0 {
		return &Export{Bank: bank, Langs: have}, nil
	}
	x := &Export{Bank: bank}
	for _, l := range have {
		if slices.Contains(langs, l) {
			x.Langs = append(x.Langs, l)
		}
	}
	for _, l := range langs {
		if !slices.Contains(have, l) {
			return nil, fmt.Errorf("the bank is not in language %q; it has %v", l, have)
		}
	}
	return x, nil
}

// Lose says what of an item the format cannot carry.
func (x *Export) Lose(item, code, format string, args ...any) {
	x.problems.add(Problem{Item: item, Severity: Warning, Code: code, Message: fmt.Sprintf(format, args...)})
}

// Problems are the rows so far.
func (x *Export) Problems() []Problem { return x.problems.all() }

// Text is t in the export's languages only.
func (x *Export) Text(t exam.Text) exam.Text {
	only := make(exam.Text, len(x.Langs))
	for _, l := range x.Langs {
		if s, ok := t[l]; ok {
			only[l] = s
		}
	}
	return only
}

// HTML is t in all of the export's languages, for Moodle's formats.
func (x *Export) HTML(t exam.Text) string { return Multilang(x.Text(t)) }

// Words lists all accepted answers once, whatever their language: a learner may
// answer in any.
func (x *Export) Words(in *exam.Words) []string {
	var words []string
	for _, t := range in.Accepted {
		for _, l := range x.Langs {
			if s := t[l]; s != "" && !slices.Contains(words, s) {
				words = append(words, s)
			}
		}
	}
	return words
}

// Weights are the shares of the point of a multiple choice's options as Moodle
// adds them up, in percent with five digits. They are the rule right minus wrong;
// another rule is told as a loss.
func (x *Export) Weights(it *exam.Item, options []exam.Option) []string {
	if it.Rule() != exam.RightMinusWrong {
		x.Lose(it.ID, "scoring.weights", "the rule %s is kept as a tag; elsewhere the item is marked by right minus wrong", it.Rule())
	}
	keys := 0
	for _, o := range options {
		if o.Key {
			keys++
		}
	}
	weights := make([]string, len(options))
	share := strings.TrimSuffix(fmt.Sprintf("%.5f", 100/float64(max(keys, 1))), ".00000")
	for i, o := range options {
		if weights[i] = "-" + share; o.Key {
			weights[i] = share
		}
	}
	return weights
}
