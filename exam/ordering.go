package exam

import (
	"fmt"

	"github.com/proba-exam/proba/internal/fault"
)

// Order asks to put steps into sequence. Steps are authored in the right one.
type Order struct {
	Steps []Text `json:"steps"`
}

func (o *Order) check(path string, langs []string) []fault.Field {
	var faults []fault.Field
	if n := len(o.Steps); n < 3 || n > maxOptions {
		faults = append(faults, fault.Field{Path: path + "/steps", Message: fmt.Sprintf("there are %d steps; 3 to %d are allowed", n, maxOptions)})
	}
	return append(faults, checkTexts(o.Steps, path+"/steps", "", langs)...)
}

func (o *Order) shape() shape { return shape{options: len(o.Steps)} }

func (o *Order) present(v *View, a Arrangement, lang string) {
	v.Options = make([]string, len(a.Options))
	for pos, authored := range a.Options {
		v.Options[pos] = o.Steps[authored].In(lang)
	}
}

func (o *Order) accept(r Response) *fault.Field {
	if f := r.only("order"); f != nil {
		return f
	}
	if n := len(r.Order); n != 0 && n != len(o.Steps) {
		return &fault.Field{Path: "/order", Message: fmt.Sprintf("has %d entries for %d steps; an order names every step once", n, len(o.Steps))}
	}
	return positions("order", r.Order, len(o.Steps))
}

func (o *Order) rules() []Rule { return []Rule{PartialOrder, AllOrNothing} }

func (o *Order) mark(rule Rule, a Arrangement, r Response) Credit {
	if len(r.Order) == 0 {
		return 0
	}
	sequence := make([]int, len(r.Order))
	for i, pos := range r.Order {
		sequence[i] = a.Options[pos]
	}
	return rule.sequence(longestIncreasing(sequence), len(o.Steps))
}

func (o *Order) key(a Arrangement) Response {
	order := make([]int, len(a.Options))
	for pos, authored := range a.Options {
		order[authored] = pos
	}
	return Response{Order: order}
}

// longestIncreasing is the length of the longest increasing subsequence, which
// for a permutation is its longest common subsequence with the right order.
func longestIncreasing(sequence []int) int {
	longest := 0
	ends := make([]int, len(sequence))
	for i := range sequence {
		ends[i] = 1
		for j := range i {
			if sequence[j] < sequence[i] {
				ends[i] = max(ends[i], ends[j]+1)
			}
		}
		longest = max(longest, ends[i])
	}
	return longest
}
