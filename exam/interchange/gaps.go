package interchange

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
)

// A mark stands for a gap while the text around it goes through HTML: its number
// between code points that Unicode keeps for such inner use (noncharacters). Brackets
// would be taken for what an author wrote.
const (
	markOpen = "\ufdd8"
	markShut = "\ufdd9"
)

var markPattern = regexp.MustCompile(markOpen + "([0-9]{1,3})" + markShut)

// GapMark is what stands for gap n, counted from 1, in the source of a passage.
func GapMark(n int) string { return markOpen + itoa(n) + markShut }

// FillMarks replaces the mark of each gap by what fill says of it, counted from 1.
func FillMarks(s string, fill func(n int) string) string {
	return markPattern.ReplaceAllStringFunc(s, func(mark string) string {
		n, err := strconv.Atoi(strings.Trim(mark, markOpen+markShut))
		if err != nil { // three digits at most
			return mark
		}
		return fill(n)
	})
}

// PassageBreak stands between stem and passage where a format has one text for both.
const PassageBreak = `<hr class="passage"/>`

var passageBreak = regexp.MustCompile(`<hr class="passage"\s*/?>`)

// CutPassage cuts a text at the PassageBreak that an export wrote; without one all of
// it is the passage.
func CutPassage(source string) (stem, passage string) {
	if at := passageBreak.FindStringIndex(source); at != nil {
		return source[:at[0]], source[at[1]:]
	}
	return "", source
}

// Gap reads gap n, counted from 1: read makes a question of what is asked in it, of
// which the gap is made. Rows name the gap.
func (d *Draft) Gap(n int, read func()) exam.Gap {
	d.Item.Interaction, d.part = nil, fmt.Sprintf("gap %d: ", n)
	read()
	in := d.Item.Interaction
	d.Item.Interaction, d.part = nil, ""
	switch in := in.(type) {
	case *exam.SingleChoice:
		return exam.Gap{Options: in.Options}
	case *exam.Words:
		return exam.Gap{Accepted: in.Accepted}
	case *exam.Number:
		return exam.Gap{Number: in}
	}
	if in != nil {
		d.Refuse("kind.cloze", "what gap %d asks for fits no gap; one takes one choice of several, words or a number", n)
	}
	return exam.Gap{}
}

// Cloze makes the question a text with gaps, which are marked in the passage. Without a
// stem the paragraphs before the first gap are it, or else a sentence that asks to fill
// the gaps.
func (d *Draft) Cloze(stem, passage exam.Text, gaps []exam.Gap) {
	if d.TooMany(len(gaps)) {
		return
	}
	for lang, s := range passage {
		for strings.Contains(s, "[[") { // would be gaps
			s = strings.ReplaceAll(s, "[[", "[ [")
			d.Remark("cloze.brackets", "two brackets side by side are written with a space between them, since they mark gaps here")
		}
		for i := range gaps {
			if len(passage) > 1 && !strings.Contains(s, GapMark(i+1)) {
				d.Refuse("cloze.language", "gap %d stands within the words of some languages only; every language needs it, so write gaps between the languages' words", i+1)
			}
		}
		passage[lang] = FillMarks(s, func(n int) string { return "[[" + itoa(n) + "]]" })
	}
	if Blank(stem) {
		stem, passage = d.instruction(passage)
	}
	d.Item.Stem = stem
	d.Item.Kind, d.Item.Interaction = exam.Cloze, &exam.ClozeText{Passage: passage, Gaps: gaps}
}

// instruction cuts the paragraphs before the first gap off the passage.
func (d *Draft) instruction(passage exam.Text) (stem, rest exam.Text) {
	stem, rest = make(exam.Text), make(exam.Text)
	for lang, s := range passage {
		paragraphs := strings.Split(s, paragraphBreak)
		first := slices.IndexFunc(paragraphs, func(p string) bool { return len(exam.Stretches(p)) > 1 })
		if first <= 0 {
			d.Remark("default.instruction", "has no words before the passage; it asks to fill in the gaps")
			stem = make(exam.Text)
			for lang := range passage {
				stem[lang] = ""
			}
			d.FillIn(stem, "Fill in the gaps.", "Заповніть пропуски.")
			return stem, passage
		}
		stem[lang] = strings.Join(paragraphs[:first], paragraphBreak)
		rest[lang] = strings.Join(paragraphs[first:], paragraphBreak)
	}
	return stem, rest
}

// FillIn puts words of ours into the languages in which a text of the item has none, once
// the languages of the bank are known: whatever the source names none for.
func (d *Draft) FillIn(t exam.Text, english, ukrainian string) {
	d.late = append(d.late, func(langs []string) {
		for lang, s := range worded(langs, english, ukrainian) {
			if strings.TrimSpace(t[lang]) == "" {
				t[lang] = s
			}
		}
	})
}

// worded puts words of ours into the languages of the bank: into Ukrainian, or into
// English for want of another language.
func worded(langs []string, english, ukrainian string) exam.Text {
	out := make(exam.Text)
	for _, lang := range langs {
		if out[lang] = english; lang == "uk" {
			out[lang] = ukrainian
		}
	}
	return out
}

// heaviest is the weight of a gap that counts most; see exam.Gap.
const heaviest = 10

// WeighGaps gives the gaps the weights of a source, of which only the proportion
// counts. Below 0 means that the source says none.
func (d *Draft) WeighGaps(gaps []exam.Gap, weights []int) {
	if slices.Max(weights) > heaviest {
		divisor := 0
		for _, w := range weights {
			divisor = gcd(max(w, 1), divisor)
		}
		for i := range weights {
			weights[i] = max(weights[i], 1) / divisor
		}
	}
	if slices.Max(weights) > heaviest {
		d.Lose("cloze.weights", "its gaps count in the proportion %v; a gap counts 1 to %d times here, so that all of them count the same", weights, heaviest)
		return
	}
	for i, w := range weights {
		if w == 0 {
			d.Lose("cloze.weights", "gap %d counts nothing in its source; here it counts once", i+1)
		}
		gaps[i].Weight = max(w, 0)
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// GapsInOrder reports whether the gaps stand in one order in all languages of the
// export: formats that have one text with the words of all languages need that.
func (x *Export) GapsInOrder(c *exam.ClozeText) bool {
	for _, l := range x.Langs[1:] {
		if !slices.Equal(gapOrder(c.Passage[l]), gapOrder(c.Passage[x.Langs[0]])) {
			return false
		}
	}
	return true
}

func gapOrder(passage string) []int {
	var order []int
	for _, s := range exam.Stretches(passage) {
		order = append(order, s.Gap)
	}
	return order
}

// Passage is the passage as HTML with a mark for each gap. In several languages the
// words between two gaps are spans of the multilang filter, and each gap is there once.
func (x *Export) Passage(c *exam.ClozeText) string {
	passage := x.Text(c.Passage)
	if len(passage) == 1 {
		return ToHTML(withMarks(passage.In("")))
	}
	langs := slices.Sorted(maps.Keys(passage))
	words := make(map[string][]exam.Stretch)
	for _, l := range langs {
		words[l] = exam.Stretches(tidy(passage[l]))
	}
	var b strings.Builder
	for i, stretch := range words[langs[0]] {
		if slices.ContainsFunc(langs, func(l string) bool { return words[l][i].Words != "" }) {
			for _, l := range langs { // the filter needs all of them, also an empty one
				line := strings.ReplaceAll(inlineHTML(words[l][i].Words), "\n", "<br/>")
				b.WriteString(`<span lang="` + html.EscapeString(l) + `" class="multilang">` + line + `</span>`)
			}
		}
		if stretch.Gap >= 0 {
			b.WriteString(GapMark(stretch.Gap + 1))
		}
	}
	return b.String()
}

// withMarks is a passage in one language with marks instead of brackets.
func withMarks(passage string) string {
	var b strings.Builder
	for _, s := range exam.Stretches(passage) {
		b.WriteString(s.Words)
		if s.Gap >= 0 {
			b.WriteString(GapMark(s.Gap + 1))
		}
	}
	return b.String()
}
