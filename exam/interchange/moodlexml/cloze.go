package moodlexml

import (
	"html"
	"regexp"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// The grammar of embedded answers (question/type/multianswer/questiontype.php, described
// at https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type): a gap is
// {weight:KIND:answers}, answers are separated by ~, each has = or %percent% before it
// and # with feedback behind it. \} \# and \~ stand for the signs themselves, and so do
// HTML's references, which the answers are full of since an editor writes them.

// gapSort is what a gap asks for.
type gapSort int

const (
	gapWords gapSort = iota + 1
	gapExactWords
	gapChoice
	gapFixedChoice // the options stay in their places
	gapSeveral
	gapFixedSeveral
	gapNumber
)

// gapSorts are Moodle's names. Whether options stand in a list, below or beside each
// other is for a page to say and not kept.
var gapSorts = map[string]gapSort{
	"SHORTANSWER": gapWords, "SA": gapWords, "MW": gapWords,
	"SHORTANSWER_C": gapExactWords, "SAC": gapExactWords, "MWC": gapExactWords,
	"NUMERICAL": gapNumber, "NM": gapNumber,
	"MULTICHOICE": gapFixedChoice, "MC": gapFixedChoice, "MULTICHOICE_V": gapFixedChoice, "MCV": gapFixedChoice, "MULTICHOICE_H": gapFixedChoice, "MCH": gapFixedChoice,
	"MULTICHOICE_S": gapChoice, "MCS": gapChoice, "MULTICHOICE_VS": gapChoice, "MCVS": gapChoice, "MULTICHOICE_HS": gapChoice, "MCHS": gapChoice,
	"MULTIRESPONSE": gapFixedSeveral, "MR": gapFixedSeveral, "MULTIRESPONSE_H": gapFixedSeveral, "MRH": gapFixedSeveral,
	"MULTIRESPONSE_S": gapSeveral, "MRS": gapSeveral, "MULTIRESPONSE_HS": gapSeveral, "MRHS": gapSeveral,
}

// embedded is a gap as the source has it.
type embedded struct {
	// kind is Moodle's name of it.
	kind string
	// weight is below 0 when the source says none.
	weight  int
	answers []embeddedAnswer
}

type embeddedAnswer struct {
	text, feedback string
	fraction       float64
	percent        bool // the fraction was said in percent
}

var gapStart = regexp.MustCompile(`\{([0-9]*):([A-Z_]+):`)

// parseCloze takes the gaps out of a text and leaves a mark for each, counted from 1.
// One whose kind is not Moodle's is taken too, so that it can be told. What is opened
// and never shut is words, as Moodle has it, and so is all behind it; reading ends at
// more gaps than any question has.
func parseCloze(source string) (passage string, gaps []embedded) {
	var b strings.Builder
	for len(gaps) <= interchange.MaxAnswers {
		m := gapStart.FindStringSubmatchIndex(source)
		if m == nil {
			break
		}
		answers, end := parseAnswers(source[m[1]:])
		if end < 0 {
			break
		}
		g := embedded{kind: source[m[4]:m[5]], weight: -1, answers: answers}
		if digits := source[m[2]:m[3]]; digits != "" {
			n, err := strconv.Atoi(digits)
			if g.weight = n; err != nil {
				g.weight = 1 << 30 // more than any gap counts
			}
		}
		gaps = append(gaps, g)
		b.WriteString(source[:m[0]] + interchange.GapMark(len(gaps)))
		source = source[m[1]+end:]
	}
	b.WriteString(source)
	return b.String(), gaps
}

// parseAnswers reads answers up to the brace that shuts the gap. Behind is where the
// text goes on, -1 when there is no such brace. An answer without words is left out,
// and no more answers are kept than a question may have and one.
func parseAnswers(s string) (answers []embeddedAnswer, behind int) {
	for at := 0; ; {
		end := answerEnd(s, at)
		feedback := end
		if end < len(s) && s[end] == '#' {
			for end++; end < len(s) && (s[end] != '~' && s[end] != '}' || s[end-1] == '\\'); end++ {
			}
		}
		if end >= len(s) {
			return nil, -1
		}
		if a, ok := parseAnswer(s[at:feedback]); ok && len(answers) <= interchange.MaxAnswers {
			a.feedback = plainSigns(strings.TrimPrefix(s[feedback:end], "#"))
			answers = append(answers, a)
		}
		if at = end + 1; s[end] == '}' {
			return answers, at
		}
	}
}

// answerEnd is where the answer that begins at a place ends: at a sign that neither a
// backslash nor an ampersand, as in &#8364;, stands before.
func answerEnd(s string, from int) int {
	for i := from; i < len(s); i++ {
		switch s[i] {
		case '~', '#', '}':
			if i == from || s[i-1] != '\\' && s[i-1] != '&' && !strings.HasSuffix(s[from:i], "&amp;") {
				return i
			}
		}
	}
	return len(s)
}

var percentPattern = regexp.MustCompile(`^%(-?[0-9]+(?:[.,][0-9]*)?)%`)

// parseAnswer reads the share of the point before an answer. ok is false when no words
// follow.
func parseAnswer(s string) (a embeddedAnswer, ok bool) {
	if rest, right := strings.CutPrefix(s, "="); right {
		a.fraction, s = 1, rest
	} else if m := percentPattern.FindStringSubmatch(s); m != nil {
		percent, err := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64)
		if err == nil {
			a.fraction, a.percent = percent/100, true
		}
		s = s[len(m[0]):]
	}
	a.text = plainSigns(s)
	return a, strings.TrimSpace(s) != ""
}

var unescaper = strings.NewReplacer(`\}`, "}", `\#`, "#", `\~`, "~")

// plainSigns undoes what hides signs from the grammar.
func plainSigns(s string) string { return html.UnescapeString(unescaper.Replace(s)) }

// hider hides signs from the grammar: as references, which every reader of it
// understands, and which an ampersand cannot be mistaken for.
var hider = func() *strings.Replacer {
	var pairs []string
	for _, sign := range `&<>"'~#{}=%\` {
		pairs = append(pairs, string(sign), "&#"+strconv.Itoa(int(sign))+";")
	}
	return strings.NewReplacer(pairs...)
}()

// hideGaps keeps braces within words from being read as gaps.
func hideGaps(words string) string { return strings.ReplaceAll(words, "{", "&#123;") }
