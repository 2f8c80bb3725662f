package qti

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// passageClass marks the text with gaps in what Proba writes, apart from the stem.
const passageClass = "proba-passage"

// classed is the first descendant of a class, nil when there is none.
func classed(e *interchange.Element, class string) *interchange.Element {
	var found *interchange.Element
	e.Walk(func(c *interchange.Element) bool {
		if found == nil && slices.Contains(strings.Fields(c.Attr("class")), class) {
			found = c
		}
		return found == nil
	})
	return found
}

// cloze reads a text whose gaps are inline interactions.
func (r *reader) cloze(body *interchange.Element, found []*interchange.Element) {
	if len(found) > maxGaps {
		r.d.Refuse("kind.cloze", "has %d gaps; here a text has at most %d", len(found), maxGaps)
		return
	}
	ours := classed(body, passageClass)
	if ours != nil { // gaps are numbered as they are declared, since languages place them differently
		slices.SortStableFunc(found, func(a, b *interchange.Element) int { return cmp.Compare(r.place(a), r.place(b)) })
	}
	gaps := make([]gap, len(found))
	marks, taken := make(map[*interchange.Element]string), make(map[string]bool)
	for i, e := range found {
		decl := r.p.declarations[e.Attr("responseIdentifier")]
		if decl == nil {
			r.d.Refuse("qti.declaration", "has no responseDeclaration for %q", e.Attr("responseIdentifier"))
			return
		}
		if taken[decl.id] {
			r.d.Refuse("kind.cloze", "has several gaps with the one response %q; here each gap is answered for itself", decl.id)
			return
		}
		taken[decl.id] = true
		gaps[i], marks[e] = r.inlineGap(decl, e), gapNumber(i)
	}
	marked := func(c *interchange.Element) (string, bool) {
		if s, ok := marks[c]; ok {
			return s, true
		}
		return r.replace(c)
	}
	if ours == nil {
		r.gapText(nil, r.in(r.d.HTML(body.HTML(marked))), gaps)
	} else {
		passage := r.in(r.d.HTML(ours.HTML(marked)))
		r.gapText(r.in(r.d.HTML(body.HTML(func(c *interchange.Element) (string, bool) {
			if c == ours {
				return "", true
			}
			return r.replace(c)
		}))), passage, gaps)
	}
	r.keptWeights()
}

// place is where the declaration of an interaction's response stands.
func (r *reader) place(e *interchange.Element) int {
	return slices.IndexFunc(r.item.All("responseDeclaration"), func(d *interchange.Element) bool { return d.Attr("identifier") == e.Attr("responseIdentifier") })
}

// inlineGap reads the interaction of one gap.
func (r *reader) inlineGap(decl *declaration, e *interchange.Element) gap {
	g := gap{put: into(decl.id), correct: decl.correct}
	if e.Name == "inlineChoiceInteraction" {
		g.options = r.choices(e, "inlineChoice", e.Attr("shuffle") == "true")
		return g
	}
	g.candidates = append(slices.Clone(decl.order), r.compared(decl.id)...)
	switch decl.base {
	case "float", "integer":
		g.numeric, g.integer = true, decl.base == "integer"
		g.candidates = append(g.candidates, r.tolerances(decl)...)
	default:
		if e.Attr("patternMask") != "" {
			r.d.Lose("qti.pattern", "what may be typed is not restricted here")
		}
	}
	return g
}

// compared are the values that the rules compare a response with.
func (r *reader) compared(variable string) []string {
	var values []string
	r.p.rules.Walk(func(e *interchange.Element) bool {
		if slices.ContainsFunc(e.Children, func(c *interchange.Element) bool { return c.Name == "variable" && c.Attr("identifier") == variable }) {
			for _, v := range e.Find("baseValue") {
				values = append(values, strings.TrimSpace(v.Content()))
			}
		}
		return len(values) <= maxChoices
	})
	return values
}

// keptWeights sets the weights that the keywords of Proba name: the rules tell their
// proportion only.
func (r *reader) keptWeights() {
	in, ok := r.d.Item.Interaction.(*exam.ClozeText)
	weights := strings.Fields(r.own[ownWeights])
	if !ok || len(weights) != len(in.Gaps) {
		return
	}
	for i, w := range weights {
		if n, err := strconv.Atoi(w); err == nil {
			in.Gaps[i].Weight = n
		}
	}
}

// gapChoice makes a gap with the same choices of each gap of a gap match, where a gap
// can hold them; it is false where it cannot, and a matching is made.
func (r *reader) gapChoice(variable string, texts []choice, places []*interchange.Element, passage exam.Text) bool {
	if len(places) > maxGaps || len(texts) < 2 || len(texts) > maxOptions || !slices.ContainsFunc(texts, func(c choice) bool { return c.text != nil }) {
		return false
	}
	for _, c := range texts {
		for _, s := range c.text {
			if len([]rune(s)) > maxGapOption || strings.ContainsAny(s, "\n") || len(exam.Images(s)) > 0 {
				return false
			}
		}
	}
	gaps := make([]gap, len(places))
	for i, place := range places {
		id := identifier(place.Attr("identifier"))
		gaps[i] = gap{options: texts, put: func(responses map[string][]string, answer string) {
			responses[variable] = append(responses[variable], answer+" "+id)
		}}
		for _, pair := range r.correct[variable] {
			if text, gap, _ := strings.Cut(pair, " "); gap == id {
				gaps[i].correct = append(gaps[i].correct, text)
			}
		}
	}
	r.d.Remark("qti.gap_match", "the gaps of its text are filled from a list of all choices; here a choice may be taken for several gaps")
	r.gapText(r.d.Item.Stem, passage, gaps)
	return true
}

const (
	// maxOptions and maxGapOption are what the gaps of an item may have to choose from,
	// and the longest of it in characters.
	maxOptions   = 12
	maxGapOption = 80
)
