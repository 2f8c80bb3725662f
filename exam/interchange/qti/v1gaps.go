package qti

import (
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// gapLike reports whether a response can be a gap: something is typed, or one of a
// list is chosen.
func (r *v1) gapLike(e *interchange.Element) bool {
	return e.Child("render_fib") != nil || e.Name == "response_lid" && e.Child("render_choice") != nil && e.Attr("rcardinality") != "Multiple"
}

// joinable reports whether all responses are choices among labels that they share, so
// that they are the rows of a matching; the labels that only some have are distractors.
func (r *v1) joinable(responses []*interchange.Element) bool {
	texts := make(map[string]string) // by identifier: one may mean another thing in each response
	first, disjoint := make(map[string]bool), false
	for i, e := range responses {
		shared := i == 0
		labels := e.Child("render_choice").Find("response_label")
		for _, label := range labels {
			id, text := label.Attr("ident"), label.Content()
			if before, ok := texts[id]; ok && before != text {
				return false
			}
			texts[id] = text
			if i == 0 {
				first[id] = true
			}
			shared = shared || first[id]
		}
		if len(labels) == 0 {
			return false
		}
		disjoint = disjoint || !shared
	}
	return !disjoint || r.meta("question_type") == "matching_question"
}

// apart is the mark of a gap between pieces of material, which are set apart.
func apart(i int) string { return " " + gapNumber(i) }

// gapsInFlow reads responses that stand in the text, each a gap.
func (r *v1) gapsInFlow(presentation *interchange.Element, responses []*interchange.Element) {
	if len(responses) > maxGaps {
		r.d.Refuse("kind.cloze", "has %d gaps; here a text has at most %d", len(responses), maxGaps)
		return
	}
	marks, taken := make(map[*interchange.Element]string), make(map[string]bool)
	gaps := make([]gap, len(responses))
	for i, e := range responses {
		if taken[e.Attr("ident")] {
			r.d.Refuse("kind.cloze", "has several gaps with the one response %q; here each gap is answered for itself", e.Attr("ident"))
			return
		}
		taken[e.Attr("ident")] = true
		if fib := e.Child("render_fib"); fib != nil {
			gaps[i] = r.typedGap(e, "")
			gaps[i].put = into(e.Attr("ident"))
			marks[blanks(fib)[0]] = apart(i)
			continue
		}
		gaps[i] = gap{put: into(e.Attr("ident")), options: r.labels(e)}
		own := r.shown(e, map[*interchange.Element]string{e.Child("render_choice"): apart(i)})
		if e.Child("material") != nil { // a line of its own, as of a list
			own = "<br>" + own
		}
		marks[e] = own
	}
	r.passage(r.shown(presentation, marks), gaps)
}

// passage makes a text with gaps of HTML that marks them.
func (r *v1) passage(html string, gaps []gap) {
	if text := r.d.HTML(html); !r.d.Refused() {
		r.gapText(nil, text, gaps)
	}
}

// labels are the choices of a response.
func (r *v1) labels(e *interchange.Element) []choice {
	var all []choice
	for _, label := range e.Find("response_label") {
		all = append(all, choice{id: label.Attr("ident"), text: r.material(label)})
	}
	return all
}

// typedGap reads what is typed: the candidates are the values that rules on the
// response, and on the place in it where it has several, speak of.
func (r *v1) typedGap(e *interchange.Element, index string) gap {
	g := gap{numeric: r.numeric(e), integer: e.Child("render_fib").Attr("fibtype") == "Integer"}
	for _, v := range r.item.Child("resprocessing").Find("varequal", "vargte", "varlte", "vargt", "varlt", "varsubset") {
		if v.Attr("respident") == e.Attr("ident") && v.Attr("index") == index {
			g.candidates = append(g.candidates, strings.TrimSpace(v.Content()))
		}
	}
	return g
}

// ordered reads the several blanks of one response, whose answers are told apart by
// their places in it.
func (r *v1) ordered(presentation, e *interchange.Element) {
	places := blanks(e.Child("render_fib"))
	if len(places) > maxGaps {
		r.d.Refuse("kind.cloze", "has %d gaps; here a text has at most %d", len(places), maxGaps)
		return
	}
	marks := make(map[*interchange.Element]string)
	gaps := make([]gap, len(places))
	for i, place := range places {
		marks[place] = apart(i)
		gaps[i] = r.typedGap(e, strconv.Itoa(i+1))
		gaps[i].put = func(responses map[string][]string, answer string) {
			all := responses[e.Attr("ident")]
			if all == nil {
				all = make([]string, len(places))
			}
			all[i] = answer
			responses[e.Attr("ident")] = all
		}
	}
	r.passage(r.shown(presentation, marks), gaps)
}

// named reads the gaps of Canvas: the text names each in brackets, [name], and a
// response of the name has the words to choose from or, for typed gaps, all that are
// right.
func (r *v1) named(responses []*interchange.Element, chosen bool) {
	if len(responses) > maxGaps {
		r.d.Refuse("kind.cloze", "has %d gaps; here a text has at most %d", len(responses), maxGaps)
		return
	}
	text := r.d.Item.Stem
	gaps := make([]gap, len(responses))
	for i, e := range responses {
		name := "[" + strings.TrimPrefix(e.Attr("ident"), "response_") + "]"
		for lang, s := range text {
			if !strings.Contains(s, name) {
				r.d.Refuse("cloze.place", "its text does not say where the gap %s is", name)
				return
			}
			text[lang] = strings.Replace(s, name, gapNumber(i), 1)
		}
		gaps[i] = r.namedGap(e, chosen)
	}
	if r.d.Refused() {
		return
	}
	r.gapText(nil, text, gaps)
}

// namedGap reads the labels of one gap of Canvas. Those of New Quizzes say of each how
// it is compared.
func (r *v1) namedGap(e *interchange.Element, chosen bool) gap {
	g := gap{put: into(e.Attr("ident")), options: r.labels(e)}
	for i, label := range e.Find("response_label") {
		if kind := label.Attr("answer_type"); kind == "dropdown" || kind == "wordbank" {
			chosen = true
		}
		switch how := label.Attr("scoring_algorithm"); how {
		case "TextRegex":
			r.d.Lose("answer.wildcard", "an answer that is a pattern is not kept; write the answers out")
			continue
		case "", "Equivalence", "TextEquivalence":
		default:
			r.d.Lose("answer.compared", "typed words are compared in another way in its source (%s); here they must be those of the key, but for case and punctuation", how)
		}
		g.accepted = append(g.accepted, g.options[i].text)
	}
	if chosen {
		g.accepted = nil
	} else if len(g.accepted) == 0 {
		r.d.Refuse("key.missing", "no answer to a gap can be kept")
	}
	return g
}
