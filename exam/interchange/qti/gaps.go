package qti

import (
	"math"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

const (
	// maxGaps bounds the gaps of one item; exam takes no more of them.
	maxGaps = 20
	// maxWeight is the highest weight of a gap in exam.
	maxWeight = 10
)

// gap is one gap of a text while it is read.
type gap struct {
	// put makes an answer to the gap a part of the responses.
	put func(responses map[string][]string, answer string)
	// options are chosen from; a gap without any is typed into.
	options []choice
	// correct are the declared right answers, candidates others that may be right.
	correct, candidates []string
	numeric, integer    bool
	// accepted are words whose marks are not asked for, since the source names them by
	// the identifiers that stand in options.
	accepted []exam.Text
}

// into puts an answer into a variable of its own.
func into(variable string) func(map[string][]string, string) {
	return func(responses map[string][]string, answer string) { responses[variable] = []string{answer} }
}

// all are the answers that may be right, the likeliest first.
func (g *gap) all() []string {
	all := append(slices.Clone(g.correct), g.candidates...)
	for _, o := range g.options {
		all = append(all, o.id)
	}
	return unique(all)
}

// gapText makes a text with gaps of a passage that marks them; see interchange.Draft.Cloze.
func (q *question) gapText(stem, passage exam.Text, gaps []gap) {
	for i := range gaps {
		if q.d.TooMany(max(len(gaps[i].options), len(gaps[i].accepted))) {
			return
		}
	}
	right := q.rightAnswers(gaps)
	_, err := q.mark(responses(gaps, right))
	if err != nil { // once for all gaps
		q.misunderstood()
	}
	kept := make([]exam.Gap, len(gaps))
	for i := range gaps {
		part := &question{d: q.d, lang: q.lang, mark: q.gain(gaps, right, i), correct: map[string][]string{"": gaps[i].correct}, told: err != nil}
		kept[i] = q.d.Gap(i+1, func() { part.gap(&gaps[i]) })
	}
	q.d.Cloze(stem, passage, kept)
	if in, ok := q.d.Item.Interaction.(*exam.ClozeText); ok && !q.ruled && !q.d.Refused() {
		q.ruleOfGaps(in, gaps, right)
	}
}

// responses are the answers in the variables of the source; "" is left out.
func responses(gaps []gap, answers []string) map[string][]string {
	all := make(map[string][]string)
	for i, answer := range answers {
		if answer != "" {
			gaps[i].put(all, answer)
		}
	}
	return all
}

// rightAnswers finds an answer to each gap that together earn most: the declared
// ones, or the best of the candidates, gap by gap.
func (q *question) rightAnswers(gaps []gap) []string {
	right := make([]string, len(gaps))
	for i := range gaps {
		if all := gaps[i].all(); len(all) > 0 {
			right[i] = all[0]
		}
	}
	for i := range gaps {
		if len(gaps[i].correct) > 0 {
			continue
		}
		best, _ := q.mark(responses(gaps, right))
		for _, c := range gaps[i].all() {
			other := slices.Clone(right)
			other[i] = c
			if score, err := q.mark(responses(gaps, other)); err == nil && score > best {
				best, right = score, other
			}
		}
	}
	return right
}

// gain marks an answer to one gap by what it adds when the others are right.
func (q *question) gain(gaps []gap, right []string, i int) marker {
	without := slices.Clone(right)
	without[i] = ""
	before, err := q.mark(responses(gaps, without))
	return func(one map[string][]string) (float64, error) {
		if err != nil || len(one[""]) == 0 {
			return 0, err
		}
		with := slices.Clone(without)
		with[i] = one[""][0]
		after, err := q.mark(responses(gaps, with))
		return after - before, err
	}
}

// gap makes a question of one gap, on the variable "".
func (q *question) gap(g *gap) {
	switch {
	case len(g.accepted) > 0:
		q.d.Item.Interaction = &exam.Words{Accepted: g.accepted}
	case len(g.options) > 0:
		q.d.SingleChoice(q.choosable(q.weighed("", g.options)))
	case g.numeric:
		q.number("", g.candidates, nil)
		if in, ok := q.d.Item.Interaction.(*exam.Number); ok {
			in.Integer = g.integer && !strings.Contains(in.Value, ".")
		}
	default:
		q.words("", g.candidates)
	}
}

// choosable are the options of a gap that can stand in a list. An empty one is how some
// programs say that nothing is chosen yet.
func (q *question) choosable(answers []interchange.Answer) []interchange.Answer {
	var kept []interchange.Answer
	for _, a := range answers {
		if interchange.Blank(a.Text) && a.Fraction <= 0 {
			q.d.Remark("cloze.empty", "an empty choice of a gap is left out")
			continue
		}
		if a.Fraction < 0 {
			a.Fraction = 0
			q.d.Lose("scoring.penalty", "a wrong answer to a gap costs points in its source; here it earns none")
		}
		kept = append(kept, a)
	}
	return kept
}

// ruleOfGaps finds how the gaps count: each for itself, with its weight, or only all
// of them together.
func (q *question) ruleOfGaps(in *exam.ClozeText, gaps []gap, right []string) {
	full, err := q.mark(responses(gaps, right))
	if err != nil || full <= 0 || len(gaps) < 2 {
		return // told already, or nothing to tell apart
	}
	alone, lost := make([]float64, len(gaps)), make([]float64, len(gaps))
	adds, together := true, true
	for i := range gaps {
		one, without := make([]string, len(gaps)), slices.Clone(right)
		one[i], without[i] = right[i], ""
		if alone[i], err = q.mark(responses(gaps, one)); err != nil {
			return
		}
		rest, err := q.mark(responses(gaps, without))
		if err != nil {
			return
		}
		lost[i] = full - rest
		adds = adds && alone[i] > 0 && near(alone[i]/full, lost[i]/full)
		together = together && rest <= 0
	}
	switch {
	case adds:
		q.weigh(in, alone)
	case together:
		q.d.Item.Scoring = exam.AllOrNothing
	default:
		q.d.Lose("scoring.weights", "how its gaps count together is not kept; here each gap counts for itself, and all the same")
	}
}

// weigh gives the gaps whole weights in the proportion of what they earn.
func (q *question) weigh(in *exam.ClozeText, earned []float64) {
	least, most := slices.Min(earned), slices.Max(earned)
	if near(least, most) {
		return // all the same, which needs no weights
	}
	weights := func(scale float64) (whole []int, exact bool) {
		exact = true
		for _, e := range earned {
			w := e * scale
			whole = append(whole, min(maxWeight, max(1, int(math.Round(w)))))
			exact = exact && w <= maxWeight+0.5 && near(w, math.Round(w))
		}
		return whole, exact
	}
	whole, exact := weights(maxWeight / most)
	for k := 1.0; k <= maxWeight; k++ {
		if w, ok := weights(k / least); ok {
			whole, exact = w, true
			break
		}
	}
	if !exact {
		q.d.Lose("scoring.weights", "the weights of its gaps are kept as whole numbers from 1 to %d, in about the same proportion", maxWeight)
	}
	for i, w := range whole {
		if in.Gaps[i].Weight = w; w == 1 {
			in.Gaps[i].Weight = 0
		}
	}
}

// gapNumber is the mark of a gap in a passage; i counts from 0.
func gapNumber(i int) string { return interchange.GapMark(i + 1) }
