package moodlexml

import (
	"maps"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// cloze reads a text with embedded answers.
func (r *reader) cloze(e *interchange.Element) {
	body := e.Child("text").Content()
	if len(body) > interchange.MaxText {
		r.d.Refuse("text.too_long", "has a text of more than 256 kB; no learner reads that")
		return
	}
	passage, gaps := parseCloze(body)
	switch {
	case len(gaps) == 0:
		r.d.Refuse("kind.cloze", "has no gap that can be read; one is written {1:SHORTANSWER:=answer}")
		return
	case r.d.TooMany(len(gaps)):
		return
	case len(gaps) == 1 && (gapSorts[gaps[0].kind] == gapSeveral || gapSorts[gaps[0].kind] == gapFixedSeveral):
		r.severalOf(e, passage, gaps[0])
		return
	}
	var stem exam.Text
	if before, behind := interchange.CutPassage(passage); before != "" {
		stem, passage = r.passage(e, before), behind
	}
	kept, weights := make([]exam.Gap, len(gaps)), make([]int, len(gaps))
	for i, g := range gaps {
		kept[i], weights[i] = r.d.Gap(i+1, func() { r.gap(g) }), g.weight
	}
	r.d.WeighGaps(kept, weights)
	r.d.Cloze(stem, r.passage(e, passage), kept)
}

// passage reads words of an element in its format.
func (r *reader) passage(e *interchange.Element, body string) exam.Text {
	r.files(e)
	return r.formatted(formatOf(e, "html"), body)
}

// gap makes a question of one gap.
func (r *reader) gap(g embedded) {
	sort := gapSorts[g.kind]
	switch sort {
	case gapWords, gapExactWords:
		if sort == gapExactWords {
			r.d.Lose("answer.case", "small and capital letters count in its source and do not here")
		}
		r.d.Words(r.gapAnswers(g, r.shown), true)
	case gapChoice, gapFixedChoice:
		r.d.SingleChoice(r.gapAnswers(g, r.d.HTML))
	case gapNumber:
		r.gapNumber(g)
	case gapSeveral, gapFixedSeveral:
		r.d.Refuse("cloze.several", "takes several answers; a gap takes one here. Make a question of its own of it")
	default:
		r.d.Refuse("kind.cloze", "is of the kind %q, which no gap can be here", g.kind)
	}
}

func (r *reader) gapAnswers(g embedded, text func(string) exam.Text) []interchange.Answer {
	sort := gapSorts[g.kind]
	answers := make([]interchange.Answer, len(g.answers))
	for i, a := range g.answers {
		answers[i] = interchange.Answer{Text: text(strings.TrimSpace(a.text)), Fraction: a.fraction, Feedback: r.d.HTML(a.feedback), Fixed: sort == gapFixedChoice || sort == gapFixedSeveral}
	}
	return answers
}

// severalOf makes a multiple choice of a text whose only gap takes several answers. The
// fractions are added up to the point, and wrong answers cost what a right one earns
// unless the source says how much.
func (r *reader) severalOf(e *interchange.Element, passage string, g embedded) {
	sum, said := 0.0, false
	for _, a := range g.answers {
		sum += max(a.fraction, 0)
		said = said || a.percent
	}
	answers := r.gapAnswers(g, r.d.HTML)
	for i := range answers {
		switch {
		case sum == 0:
		case answers[i].Fraction > 0:
			answers[i].Fraction /= sum
		case !said:
			answers[i].Fraction = -1 / sum
		}
	}
	r.d.Item.Stem = r.passage(e, interchange.FillMarks(passage, func(int) string { return "_____" }))
	r.d.MultipleChoice(answers)
}

func (r *reader) gapNumber(g embedded) {
	if r.d.TooMany(len(g.answers)) {
		return
	}
	var answers []interchange.Numeric
	for _, a := range g.answers {
		said := strings.TrimSpace(a.text)
		if said == "*" { // any other answer
			r.d.Explain(nil, r.d.HTML(a.feedback))
			continue
		}
		v, t, _ := strings.Cut(strings.ReplaceAll(said, ",", "."), ":")
		value, ok := interchange.ParseDecimal(v)
		tolerance := new(big.Rat)
		if ok && t != "" {
			tolerance, ok = interchange.ParseDecimal(t)
		}
		if !ok || tolerance.Sign() < 0 {
			r.d.Refuse("moodle.number", "the answer %q is no number with a tolerance", said)
			return
		}
		answers = append(answers, interchange.Numeric{Min: new(big.Rat).Sub(value, tolerance), Max: new(big.Rat).Add(value, tolerance), Fraction: a.fraction, Feedback: r.d.HTML(a.feedback)})
	}
	r.d.Number(answers, nil)
}

// choicePlace is where a question of the types gapselect and ddwtos has a choice: the
// number is that of the right one.
var choicePlace = regexp.MustCompile(`\[\[([0-9]{1,3})\]\]`)

// missingWords reads a text whose words are chosen (gapselect) or dragged (ddwtos) into
// their places. Each place offers the choices of one group.
func (r *reader) missingWords(e *interchange.Element, name string, text func(string) exam.Text) {
	type choice struct {
		text  exam.Text
		group string
	}
	all := r.q.All(name)
	if r.d.TooMany(len(all)) {
		return
	}
	var choices []choice
	for _, c := range all {
		group := strings.TrimSpace(c.Child("group").Content())
		if group == "" {
			group = "1"
		}
		choices = append(choices, choice{text(c.Child("text").Content()), group}) // once for all places
	}
	fixed := !shuffled(r.q.Child("shuffleanswers"))
	var gaps []exam.Gap
	body := choicePlace.ReplaceAllStringFunc(e.Child("text").Content(), func(place string) string {
		key, err := strconv.Atoi(strings.Trim(place, "[]"))
		if err != nil || key < 1 || key > len(choices) {
			r.d.Refuse("moodle.choice", "names the choice %s, and there are %d", place, len(choices))
			return place
		}
		if len(gaps) > interchange.MaxAnswers {
			return place
		}
		gaps = append(gaps, r.d.Gap(len(gaps)+1, func() {
			var answers []interchange.Answer
			for i, c := range choices {
				if c.group == choices[key-1].group {
					answers = append(answers, interchange.Answer{Text: maps.Clone(c.text), Fraction: map[bool]float64{true: 1}[i == key-1], Fixed: fixed})
				}
			}
			r.d.SingleChoice(answers)
		}))
		return interchange.GapMark(len(gaps))
	})
	switch {
	case r.d.Refused():
	case len(gaps) == 0:
		r.d.Refuse("kind.cloze", "has no place for a choice, which is written [[1]]")
	default:
		r.d.Cloze(nil, r.passage(e, body), gaps)
	}
}

// shuffled reads a switch that some types write as an empty element and that is on when
// it is not there.
func shuffled(e *interchange.Element) bool {
	return e == nil || strings.TrimSpace(e.Content()) == "" || said(e, true)
}
