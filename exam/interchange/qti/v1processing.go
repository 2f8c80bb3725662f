package qti

import (
	"slices"
	"strconv"
	"strings"

	"github.com/proba-exam/proba/exam/interchange"
)

// score runs the resprocessing. By the specification reading stops at the first
// condition that holds unless it says continue="Yes"; programs that add points up
// option by option leave that out, so that adding goes on.
func (r *v1) score(responses map[string][]string) (float64, error) {
	score, steps := 0.0, 0
	for _, c := range r.item.Child("resprocessing").All("respcondition") {
		holds, err := r.holds(c.Child("conditionvar"), responses, &steps)
		if err != nil {
			return 0, err
		}
		if !holds {
			continue
		}
		adds := false
		for _, set := range c.All("setvar") {
			v, err := strconv.ParseFloat(strings.TrimSpace(set.Content()), 64)
			if err != nil {
				return 0, errRules
			}
			switch set.Attr("action") {
			case "", "Set":
				score = v
			case "Add":
				score, adds = score+v, true
			case "Subtract":
				score, adds = score-v, true
			default:
				return 0, errRules
			}
		}
		if goesOn := c.Attr("continue"); goesOn == "No" || goesOn == "" && !adds && len(c.All("setvar")) > 0 {
			break
		}
	}
	return score, nil
}

// holds evaluates a condition; its parts are joined by "and".
func (r *v1) holds(e *interchange.Element, responses map[string][]string, steps *int) (bool, error) {
	all := true
	if e == nil {
		return false, nil
	}
	for _, c := range elements(e) {
		if err := r.step(steps); err != nil {
			return false, err
		}
		one, err := r.atom(c, responses, steps)
		if err != nil {
			return false, err
		}
		all = all && one
	}
	return all, nil
}

// step counts one step of a run and of the item.
func (r *v1) step(steps *int) error {
	*steps++
	if r.spent++; *steps > maxSteps || r.spent > maxItemSteps {
		return errRules
	}
	return nil
}

func (r *v1) atom(c *interchange.Element, responses map[string][]string, steps *int) (bool, error) {
	given := responses[c.Attr("respident")]
	wanted := strings.TrimSpace(c.Content())
	equal := func(s string) bool {
		if c.Attr("case") == "No" || c.Attr("case") == "" {
			return strings.EqualFold(s, wanted)
		}
		return s == wanted
	}
	switch c.Name {
	case "and":
		return r.holds(c, responses, steps)
	case "or":
		for _, part := range elements(c) {
			if err := r.step(steps); err != nil {
				return false, err
			}
			if one, err := r.atom(part, responses, steps); one || err != nil {
				return one, err
			}
		}
		return false, nil
	case "not":
		all, err := r.holds(c, responses, steps)
		return !all, err
	case "other":
		return true, nil
	case "unanswered":
		return len(given) == 0, nil
	case "varinside":
		return slices.ContainsFunc(given, func(s string) bool { return r.inside(s, c) }), nil
	case "varsubstring":
		return slices.ContainsFunc(given, func(s string) bool { return contains(s, wanted, c.Attr("case")) }), nil
	case "varequal":
		if r.grouped[c.Attr("respident")] {
			return slices.Contains(given, pairOf(wanted)), nil
		}
		if i, err := strconv.Atoi(c.Attr("index")); err == nil { // the place in an order
			return i >= 1 && i <= len(given) && equal(given[i-1]), nil
		}
		return slices.ContainsFunc(given, func(s string) bool { return equal(s) || sameNumber(s, wanted) }), nil
	case "varsubset":
		if r.grouped[c.Attr("respident")] {
			return slices.Contains(given, pairOf(wanted)), nil
		}
		return subset(given, wanted, c.Attr("setmatch") == "Partial"), nil
	case "vargt", "vargte", "varlt", "varlte":
		if len(given) != 1 {
			return false, nil
		}
		x, err := strconv.ParseFloat(given[0], 64)
		y, errToo := strconv.ParseFloat(wanted, 64)
		if err != nil || errToo != nil {
			return false, nil
		}
		return map[string]bool{"vargt": x > y, "vargte": x >= y, "varlt": x < y, "varlte": x <= y}[c.Name], nil
	}
	return false, errRules
}

// contains looks for words within an answer; small and capital letters are the same
// unless the rule says case="Yes".
func contains(s, wanted, letters string) bool {
	if letters != "Yes" {
		s, wanted = strings.ToLower(s), strings.ToLower(wanted)
	}
	return strings.Contains(s, wanted)
}

// subset reports whether all of a list are given, or some when that is enough.
func subset(given []string, list string, some bool) bool {
	for part := range strings.SplitSeq(list, ",") {
		if slices.Contains(given, strings.TrimSpace(part)) == some {
			return some
		}
	}
	return !some
}

// pairOf writes a pair of a group, "a,b", as pairs are written from 2.1 on.
func pairOf(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }), " ")
}

func sameNumber(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, errToo := strconv.ParseFloat(b, 64)
	return err == nil && errToo == nil && x == y
}

// guess finds the right answer, which QTI 1.2 does not declare: of what the rules
// speak of outside of "not", what earns most.
func (r *v1) guess(id string, labels []choice, cardinality string) {
	if cardinality == "Ordered" {
		order := make([]string, 0, len(labels))
		for _, v := range r.item.Child("resprocessing").Find("varequal") {
			if v.Attr("respident") == id {
				order = append(order, strings.TrimSpace(v.Content()))
			}
		}
		r.correct[id] = unique(order)
		return
	}
	if cardinality != "Multiple" || len(labels) > maxChoices {
		return
	}
	// What each condition that gives points speaks of, all of it together, and the
	// labels that earn something alone.
	var together, earning []string
	var candidates [][]string
	for _, c := range r.item.Child("resprocessing").All("respcondition") {
		if len(c.All("setvar")) == 0 || len(candidates) == maxChoices {
			continue // only feedback, or more than is tried
		}
		var spoken []string
		c.Child("conditionvar").Walk(func(v *interchange.Element) bool {
			switch {
			case v.Attr("respident") != id:
			case v.Name == "varequal":
				spoken = append(spoken, strings.TrimSpace(v.Content()))
			case v.Name == "varsubset":
				for part := range strings.SplitSeq(v.Content(), ",") {
					spoken = append(spoken, strings.TrimSpace(part))
				}
			case v.Name == "varinside":
				for _, label := range labels {
					if r.inside(label.id, v) {
						spoken = append(spoken, label.id)
					}
				}
			}
			return v.Name != "not"
		})
		candidates = append(candidates, unique(spoken))
		together = append(together, spoken...)
	}
	for _, label := range labels {
		if r.try(id, label.id) > 0 {
			earning = append(earning, label.id)
		}
	}
	best := 0.0
	for _, c := range append(candidates, unique(together), earning) {
		if score := r.try(id, c...); score > best {
			best, r.correct[id] = score, c
		}
	}
}
