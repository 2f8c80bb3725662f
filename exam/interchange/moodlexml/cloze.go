package moodlexml

import (
	"html"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// gap is one field of Moodle's embedded answers: {weight:KIND:answers}.
var gap = regexp.MustCompile(`(?s)\{[0-9]*:([A-Z_]+):((?:\\.|[^\\{}])*)\}`)

// The kinds of gaps (https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type).
var (
	gapWords  = []string{"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
	gapChoice = []string{"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
	gapNumber = []string{"NUMERICAL", "NM"}
)

// cloze reads a text with one gap, which is a single choice, a short text or a
// number. There is no kind of item for several gaps.
func (r *reader) cloze(stem *interchange.Element) {
	body := stem.Child("text").Content()
	gaps := gap.FindAllStringSubmatchIndex(body, -1)
	if len(gaps) != 1 {
		r.d.Refuse("kind.cloze", "has %d gaps; no kind of item here can carry more than one", len(gaps))
		return
	}
	at := gaps[0]
	kind, answers := body[at[2]:at[3]], body[at[4]:at[5]]
	r.d.Item.Stem = r.d.HTML(body[:at[0]] + "_____" + body[at[1]:])
	switch {
	case slices.Contains(gapWords, kind):
		if strings.HasSuffix(kind, "C") {
			r.d.Lose("answer.case", "small and capital letters count in its source and do not here")
		}
		parsed := r.gapAnswers(answers)
		for i := range parsed {
			parsed[i].Text = r.d.Plain(parsed[i].Text.In(""))
		}
		r.d.Words(parsed, true)
	case slices.Contains(gapChoice, kind):
		r.d.SingleChoice(r.gapAnswers(answers))
	case slices.Contains(gapNumber, kind):
		r.gapNumber(answers)
	default:
		r.d.Refuse("kind.cloze", "its gap is of the kind %q, which no kind of item here can carry", kind)
	}
}

var gapWeight = regexp.MustCompile(`^%(-?[0-9]+(?:\.[0-9]+)?)%`)

// gapParts cuts the answers at unescaped signs ~ and reads weight and feedback.
func gapParts(s string) (texts, feedback []string, fractions []float64) {
	var parts []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			if s[i+1] == '#' {
				b.WriteByte(0) // a mark, until feedback has been cut off
			} else {
				b.WriteByte(s[i+1])
			}
			i++
		case s[i] == '~':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	if parts = append(parts, b.String()); parts[0] == "" { // a sign before the first answer
		parts = parts[1:]
	}
	for _, part := range parts {
		f := 0.0
		if rest, ok := strings.CutPrefix(part, "="); ok {
			f, part = 1, rest
		} else if m := gapWeight.FindStringSubmatch(part); m != nil {
			percent, _ := strconv.ParseFloat(m[1], 64)
			f, part = percent/100, part[len(m[0]):]
		}
		answer, comment, _ := strings.Cut(part, "#")
		texts = append(texts, strings.ReplaceAll(answer, "\x00", "#"))
		feedback = append(feedback, strings.ReplaceAll(comment, "\x00", "#"))
		fractions = append(fractions, f)
	}
	return texts, feedback, fractions
}

func (r *reader) gapAnswers(s string) []interchange.Answer {
	texts, feedback, fractions := gapParts(s)
	answers := make([]interchange.Answer, len(texts))
	for i := range texts {
		answers[i] = interchange.Answer{Text: r.d.HTML(texts[i]), Fraction: fractions[i], Feedback: r.d.HTML(feedback[i])}
	}
	return answers
}

func (r *reader) gapNumber(s string) {
	texts, feedback, fractions := gapParts(s)
	var answers []interchange.Numeric
	for i := range texts {
		v, t, _ := strings.Cut(html.UnescapeString(texts[i]), ":")
		value, ok := interchange.ParseDecimal(v)
		tolerance := new(big.Rat)
		if ok && t != "" {
			tolerance, ok = interchange.ParseDecimal(t)
		}
		if !ok || tolerance.Sign() < 0 {
			r.d.Refuse("moodle.number", "the answer %q is no number with a tolerance", texts[i])
			return
		}
		answers = append(answers, interchange.Numeric{Min: new(big.Rat).Sub(value, tolerance), Max: new(big.Rat).Add(value, tolerance), Fraction: fractions[i], Feedback: r.d.HTML(feedback[i])})
	}
	r.d.Number(answers, nil)
}
