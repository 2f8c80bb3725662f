package qti

import (
	"math"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// marker marks responses, by the name of their variable; it is an error when a rule
// is not understood.
type marker func(responses map[string][]string) (float64, error)

// maxChoices bounds what is tried on a marker; an item may have 12 options.
const maxChoices = interchange.MaxAnswers

// choice is one thing that can be chosen.
type choice struct {
	id       string
	text     exam.Text
	fixed    bool
	feedback exam.Text
}

// question is what an item of any version asks.
type question struct {
	im   *interchange.Import
	d    *interchange.Draft
	mark marker
	// correct are the declared right responses by variable, where there are any.
	correct map[string][]string
	// ruled holds when the source names Proba's scoring rule itself.
	ruled bool
	// told holds when it was said already that the rules are not understood.
	told bool
	// lang is the language of texts that name none, "" when the source does not say.
	lang string
}

// in puts a text that names no language into the item's, in its place: a map of its own for
// each text is a third of what is read.
func (q *question) in(t exam.Text) exam.Text {
	if s, ok := t[interchange.Unnamed]; ok && q.lang != "" && len(t) == 1 {
		delete(t, interchange.Unnamed)
		t[q.lang] = s
	}
	return t
}

// try marks one response and ignores rules that are not understood.
func (q *question) try(variable string, members ...string) float64 {
	f, err := q.mark(map[string][]string{variable: members})
	if err != nil {
		return 0
	}
	return f
}

// understood reports whether the rules of marking can be run at all; if not, or if
// they give nothing for the declared answer, the declared answer is the key.
func (q *question) understood(variable string) bool {
	f, err := q.mark(map[string][]string{variable: q.correct[variable]})
	if err != nil {
		q.misunderstood()
		return false
	}
	if f <= 0 && len(q.correct[variable]) > 0 {
		q.d.Remark("qti.no_score", "its rules of marking give nothing for the declared answer, which is taken as the key")
		return false
	}
	return true
}

// misunderstood tells that the rules of marking cannot be run.
func (q *question) misunderstood() {
	if !q.told {
		q.d.Lose("qti.processing", "its rules of marking are not understood and not kept; the declared answer is the key")
	}
}

// endless refuses an item whose rules took more steps than are run: what is right was
// not found out for all of its answers.
func (q *question) endless(steps int) {
	if steps > maxItemSteps {
		q.d.Refuse("qti.processing", "its rules of marking are too long to be run on all of its answers")
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 0.005*max(1, math.Abs(b)) }

// choose makes a choice of options on one variable.
func (q *question) choose(variable string, options []choice, multiple bool, most int) {
	if len(options) > maxChoices {
		q.d.Refuse("qti.choices", "has %d options", len(options))
		return
	}
	if multiple {
		q.chooseSeveral(variable, options, most)
		return
	}
	answers := q.weighed(variable, options)
	if isTrue, ok := trueFalse(options, answers); ok {
		for _, a := range answers {
			q.d.Explain(nil, a.Feedback)
		}
		q.d.TrueFalse(isTrue)
		return
	}
	q.d.SingleChoice(answers)
}

// weighed are the options with the share of the point that each earns alone.
func (q *question) weighed(variable string, options []choice) []interchange.Answer {
	weights, best := make([]float64, len(options)), 0.0
	if q.understood(variable) {
		for i, o := range options {
			weights[i] = q.try(variable, o.id)
			best = max(best, weights[i])
		}
	}
	answers := make([]interchange.Answer, len(options))
	for i, o := range options {
		answers[i] = interchange.Answer{Text: o.text, Fixed: o.fixed, Feedback: o.feedback}
		switch {
		case best > 0:
			answers[i].Fraction = weights[i] / best
		case slices.Contains(q.correct[variable], o.id):
			answers[i].Fraction = 1
		}
	}
	return answers
}

// trueFalse reports whether the options are the words true and false, by their
// identifiers or texts, and which is right.
func trueFalse(options []choice, answers []interchange.Answer) (isTrue, ok bool) {
	if len(options) != 2 {
		return false, false
	}
	word := func(o choice) string {
		for _, s := range []string{o.id, o.text.In("")} {
			switch s = strings.ToLower(strings.TrimSpace(s)); s {
			case "true", "false":
				return s
			}
		}
		return ""
	}
	a, b := word(options[0]), word(options[1])
	if a == "" || b == "" || a == b || answers[0].Fraction == answers[1].Fraction {
		return false, false
	}
	return (a == "true") == (answers[0].Fraction > answers[1].Fraction), true
}

// chooseSeveral finds the key of a multiple choice: the declared one, or the
// options that earn something alone.
func (q *question) chooseSeveral(variable string, options []choice, most int) {
	key := slices.Clone(q.correct[variable])
	understood := q.understood(variable)
	if len(key) == 0 && understood {
		for _, o := range options {
			if q.try(variable, o.id) > 0 {
				key = append(key, o.id)
			}
		}
	}
	in := new(exam.MultipleChoice)
	for _, o := range options {
		in.Options = append(in.Options, exam.Option{Text: o.text, Fixed: o.fixed, Key: slices.Contains(key, o.id)})
		q.d.Explain(o.text, o.feedback)
	}
	if len(key) == 0 {
		q.d.Refuse("key.missing", "no option is right")
	}
	q.d.Item.Kind, q.d.Item.Interaction = exam.Multiple, in
	switch {
	case most == len(key) && most > 0:
		in.Choose = most
	case most > 0 && most < len(options):
		q.d.Lose("qti.max_choices", "at most %d options may be chosen in its source, any number here", most)
	}
	if understood && !q.ruled && !q.d.Refused() {
		q.ruleOfChoice(variable, options, key)
	}
}

// ruleOfChoice finds the rule that marks as the source does: on the key, the key
// less or more one option, each option alone, and all.
func (q *question) ruleOfChoice(variable string, options []choice, key []string) {
	best := q.try(variable, key...)
	if best <= 0 {
		return
	}
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = o.id
	}
	probes := [][]string{key, all}
	for _, id := range all {
		probes = append(probes, []string{id})
		if i := slices.Index(key, id); i < 0 {
			probes = append(probes, append(slices.Clone(key), id))
		} else if len(key) > 1 {
			probes = append(probes, slices.Delete(slices.Clone(key), i, i+1))
		}
	}
	n, k := len(options), len(key)
	for _, rule := range []exam.Rule{exam.RightMinusWrong, exam.AllOrNothing, exam.PerOption} {
		fits := true
		for _, probe := range probes {
			right := 0
			for _, id := range probe {
				if slices.Contains(key, id) {
					right++
				}
			}
			fits = fits && near(q.try(variable, probe...)/best, credit(rule, n, k, right, len(probe)-right))
		}
		if fits {
			if rule != exam.RightMinusWrong {
				q.d.Item.Scoring = rule
			}
			return
		}
	}
	q.d.Lose("scoring.weights", "the weights of its options are not kept; here it is marked by right minus wrong: a wrong tick takes a right one away")
}

// credit is the share of the point by exam's rules (see exam.Rule).
func credit(rule exam.Rule, options, keys, right, wrong int) float64 {
	switch rule {
	case exam.AllOrNothing:
		if right == keys && wrong == 0 {
			return 1
		}
		return 0
	case exam.PerOption:
		return float64(right+options-keys-wrong) / float64(options)
	}
	return float64(max(0, right-wrong)) / float64(keys)
}

// order makes an ordering of the choices in their declared order.
func (q *question) order(variable string, choices []choice) {
	right := q.correct[variable]
	if q.d.TooMany(max(len(choices), len(right))) {
		return
	}
	byID := make(map[string]choice)
	for _, c := range choices {
		byID[c.id] = c
	}
	var steps []exam.Text
	for _, id := range right {
		c, ok := byID[id]
		if !ok {
			q.d.Refuse("key.order", "its right order names %q, which is not among the steps", id)
			return
		}
		delete(byID, id)
		steps = append(steps, c.text)
		q.d.Explain(c.text, c.feedback)
	}
	if len(byID) > 0 || len(steps) == 0 {
		q.d.Refuse("key.order", "%d of its steps have no place in the right order; here every step has one", len(byID))
		return
	}
	q.d.Order(steps)
	if !q.understood(variable) || q.ruled {
		return
	}
	for i := range len(right) - 1 {
		swapped := slices.Clone(right)
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		if q.try(variable, swapped...) > 0 {
			q.d.Lose("scoring.order", "its own marks for a partly right order are not kept; here the longest right sequence counts")
			return
		}
	}
	q.d.Item.Scoring = exam.AllOrNothing
}

// pairs makes a matching of pairs "row choice". Rows and choices may stand the
// other way round in the source.
func (q *question) pairs(variable string, first, second []choice) {
	if len(first)+len(second) > maxChoices {
		q.d.Refuse("qti.choices", "has %d choices", len(first)+len(second))
		return
	}
	of, from := make(map[string]string), make(map[string]string)
	for _, pair := range q.correct[variable] {
		a, b, _ := strings.Cut(pair, " ")
		if of[a] != "" || from[b] != "" {
			q.d.Refuse("matching.shared", "%q or %q belongs to several others; here a choice belongs to one row", a, b)
			return
		}
		of[a], from[b] = b, a
	}
	if len(of) < len(first) && len(from) == len(second) {
		first, second, of = second, first, from
	}
	texts := make(map[string]exam.Text)
	for _, c := range second {
		texts[c.id] = c.text
	}
	var rows []exam.Row
	for _, c := range first {
		match, ok := texts[of[c.id]]
		if !ok {
			q.d.Refuse("key.missing", "%q belongs to nothing; here every row has a choice", c.text.In(""))
			return
		}
		delete(texts, of[c.id])
		rows = append(rows, exam.Row{Prompt: c.text, Match: match})
	}
	for _, c := range second {
		if text, ok := texts[c.id]; ok {
			rows = append(rows, exam.Row{Match: text})
		}
	}
	q.d.Match(rows)
	if !q.understood(variable) || q.ruled || len(rows) < 2 {
		return
	}
	all := q.correct[variable]
	best, less := q.try(variable, all...), q.try(variable, all[1:]...)
	switch {
	case near(less/best, float64(len(all)-1)/float64(len(all))):
	case less == 0:
		q.d.Item.Scoring = exam.AllOrNothing
	default:
		q.d.Lose("scoring.weights", "the weights of its pairs are not kept; here every pair counts the same")
	}
}
