package qti

import (
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// group reads a response_grp, whose values are pairs of labels: things that are dragged
// to places, or put beside each other. Which labels are which is said by match_group,
// or by the pairs of the rules.
func (r *v1) group(id string, e *interchange.Element, labels []choice) {
	r.grouped = map[string]bool{id: true}
	var pairs []string
	r.item.Child("resprocessing").Walk(func(v *interchange.Element) bool {
		if (v.Name == "varsubset" || v.Name == "varequal") && v.Attr("respident") == id {
			if pair := pairOf(v.Content()); strings.Count(pair, " ") == 1 && r.try(id, pair) > 0 {
				pairs = append(pairs, pair)
			}
		}
		return v.Name != "not"
	})
	if pairs = unique(pairs); len(pairs) == 0 {
		pairs = r.together(id)
	}
	if len(pairs) == 0 {
		r.d.Refuse("key.missing", "no pair of it is right")
		return
	}
	first := func(c choice) bool {
		return slices.ContainsFunc(pairs, func(p string) bool { return strings.HasPrefix(p, c.id+" ") })
	}
	if slices.ContainsFunc(e.Find("response_label"), func(l *interchange.Element) bool { return l.Attr("match_group") != "" }) {
		grouped := make(map[string]bool)
		for _, l := range e.Find("response_label") {
			grouped[l.Attr("ident")] = l.Attr("match_group") != ""
		}
		first = func(c choice) bool { return grouped[c.id] }
	}
	var sources, targets []choice
	for _, c := range labels {
		if first(c) {
			sources = append(sources, c)
		} else {
			targets = append(targets, c)
		}
	}
	r.correct[id] = pairs
	r.pairs(id, sources, targets)
}

// together are the pairs that one condition asks for at once.
func (r *v1) together(id string) []string {
	var best []string
	most := 0.0
	for i, c := range r.item.Child("resprocessing").All("respcondition") {
		if i == maxChoices {
			break
		}
		var pairs []string
		c.Child("conditionvar").Walk(func(v *interchange.Element) bool {
			if (v.Name == "varsubset" || v.Name == "varequal") && v.Attr("respident") == id {
				pairs = append(pairs, pairOf(v.Content()))
			}
			return v.Name != "not"
		})
		pairs = slices.DeleteFunc(unique(pairs), func(p string) bool { return strings.Count(p, " ") != 1 })
		if score := r.try(id, pairs...); score > most {
			most, best = score, pairs
		}
	}
	return best
}
