package qti

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// unitClass marks the unit behind a number in what Proba writes.
const unitClass = "proba-unit"

func (r *reader) interaction(body, e *interchange.Element) {
	variable := e.Attr("responseIdentifier")
	decl := r.p.declarations[variable]
	if decl == nil {
		r.d.Refuse("qti.declaration", "has no responseDeclaration for %q", variable)
		return
	}
	if e.Name == "extendedTextInteraction" {
		r.scorers = r.instructions(body)
	}
	r.d.Item.Stem = r.stem(body, e)
	shuffle := e.Attr("shuffle") == "true"
	switch e.Name {
	case "choiceInteraction":
		r.choose(variable, r.choices(e, "simpleChoice", shuffle), decl.cardinality == "multiple", atoi(e.Attr("maxChoices")))
	case "inlineChoiceInteraction":
		r.choose(variable, r.choices(e, "inlineChoice", shuffle), false, 1)
	case "orderInteraction":
		if e.Attr("maxChoices") != "" && atoi(e.Attr("maxChoices")) < len(e.All("simpleChoice")) {
			r.d.Refuse("key.order", "asks for some of its steps only; here every step has a place")
			return
		}
		r.order(variable, r.choices(e, "simpleChoice", shuffle))
	case "matchInteraction":
		sets := e.All("simpleMatchSet")
		if len(sets) != 2 {
			r.d.Refuse("qti.match", "has %d sets of choices; a match has two", len(sets))
			return
		}
		r.pairs(variable, r.choices(sets[0], "simpleAssociableChoice", true), r.choices(sets[1], "simpleAssociableChoice", true))
	case "associateInteraction":
		r.associate(variable, e)
	case "gapMatchInteraction":
		r.gapMatch(variable, e)
	case "textEntryInteraction":
		r.textEntry(decl, e, body)
	case "extendedTextInteraction":
		r.essay(decl, e)
	case "hotspotInteraction":
		r.hotspot(decl, e)
	}
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// associate shows the first of each pair as a row: learners see which choices are
// rows, which they do not in QTI.
func (r *reader) associate(variable string, e *interchange.Element) {
	var rows, others []choice
	first := make(map[string]bool)
	for _, pair := range r.correct[variable] {
		a, _, _ := strings.Cut(pair, " ")
		first[a] = true
	}
	for _, c := range r.choices(e, "simpleAssociableChoice", true) {
		if first[c.id] {
			rows = append(rows, c)
		} else {
			others = append(others, c)
		}
	}
	r.d.Lose("qti.associate", "the choices stand in one set in its source; here one of each pair is shown as a row")
	r.pairs(variable, rows, others)
}

// gapMatch makes a text whose gaps are filled by choice. One gap is a single choice;
// what a gap cannot hold becomes the choices of a matching.
func (r *reader) gapMatch(variable string, e *interchange.Element) {
	texts := r.choices(e, "gapText", true)
	if len(e.All("gapImg")) > 0 {
		r.d.Refuse("media.image", "its choices are images, which items cannot carry")
		return
	}
	gaps := e.Find("gap")
	passage := func(name func(i int) string) exam.Text {
		return r.in(r.d.HTML(e.HTML(func(c *interchange.Element) (string, bool) {
			if c.Name == "gapText" || c.Name == "prompt" {
				return "", true
			}
			if i := slices.Index(gaps, c); i >= 0 {
				return name(i), true
			}
			return r.replace(c)
		})))
	}
	if len(gaps) == 1 {
		r.alsoAsk(passage(func(int) string { return "_____" }))
		r.oneGap(variable, identifier(gaps[0].Attr("identifier")), texts)
		return
	}
	if r.gapChoice(variable, texts, gaps, passage(gapNumber)) || r.d.Refused() {
		return
	}
	number := func(i int) string { return "[" + strconv.Itoa(i+1) + "]" }
	r.alsoAsk(passage(number))
	var rows []choice
	for i, g := range gaps {
		rows = append(rows, choice{id: identifier(g.Attr("identifier")), text: r.in(exam.Text{interchange.Unnamed: number(i)})})
	}
	r.d.Remark("qti.gap_match", "the gaps of its text are numbered and are the rows of a matching")
	r.pairs(variable, texts, rows)
}

// alsoAsk puts a text behind the stem.
func (r *reader) alsoAsk(text exam.Text) {
	if r.d.Refused() { // a text that was refused is none
		return
	}
	for lang, s := range text {
		r.d.Item.Stem[lang] = strings.TrimSpace(r.d.Item.Stem[lang] + "\n\n" + s)
	}
}

// oneGap makes a single choice of what fills the one gap of a text.
func (r *reader) oneGap(variable, id string, texts []choice) {
	inner := r.mark
	r.mark = func(responses map[string][]string) (float64, error) {
		var pairs []string
		for _, text := range responses[variable] {
			pairs = append(pairs, text+" "+id)
		}
		return inner(map[string][]string{variable: pairs})
	}
	var right []string
	for _, pair := range r.correct[variable] {
		text, _, _ := strings.Cut(pair, " ")
		right = append(right, text)
	}
	r.correct[variable] = right
	r.choose(variable, texts, false, 1)
}

// textEntry makes a number or a short text, by the type of the variable.
func (r *reader) textEntry(decl *declaration, e, body *interchange.Element) {
	candidates := append([]string(nil), decl.order...)
	if r.p.rules != nil {
		for _, v := range r.p.rules.Find("baseValue") {
			candidates = append(candidates, strings.TrimSpace(v.Content()))
		}
	}
	candidates = unique(candidates)
	if decl.base != "float" && decl.base != "integer" {
		if e.Attr("patternMask") != "" {
			r.d.Lose("qti.pattern", "what may be typed is not restricted here")
		}
		var words []string
		for _, c := range candidates {
			if f, err := strconv.ParseFloat(c, 64); err != nil || r.try(decl.id, c) > 0 && f != 0 {
				words = append(words, c) // scores that the rules set are no answers
			}
		}
		r.words(decl.id, words)
		return
	}
	candidates = append(candidates, r.tolerances(decl)...)
	var unit exam.Text
	for _, span := range body.Find("span") {
		if strings.Contains(span.Attr("class"), unitClass) {
			unit = r.in(r.d.HTML(span.HTML(func(*interchange.Element) (string, bool) { return "", false })))
		}
	}
	r.number(decl.id, candidates, unit)
	if in, ok := r.d.Item.Interaction.(*exam.Number); ok && decl.base == "integer" {
		in.Integer = !strings.Contains(in.Value, ".")
	}
}

// tolerances are the ends of the ranges that <equal> allows around each number.
func (r *reader) tolerances(decl *declaration) []string {
	var ends []string
	if r.p.rules == nil {
		return nil
	}
	for _, equal := range r.p.rules.Find("equal") {
		if slices.ContainsFunc(equal.Find("variable"), func(v *interchange.Element) bool {
			return v.Attr("identifier") != decl.id && r.p.declarations[v.Attr("identifier")] != nil
		}) {
			continue // about another gap
		}
		around := append([]string(nil), decl.correct...)
		for _, v := range equal.Find("baseValue") {
			around = append(around, strings.TrimSpace(v.Content()))
		}
		for _, center := range around {
			if len(ends) > maxChoices {
				return ends
			}
			y, ok := interchange.ParseDecimal(center)
			if !ok {
				continue
			}
			low, high, ok := tolerated(equal, y)
			if !ok {
				continue
			}
			for _, end := range []*big.Rat{low, high} {
				if s, ok := interchange.WriteDecimal(end); ok {
					ends = append(ends, s)
				}
			}
		}
	}
	return ends
}
