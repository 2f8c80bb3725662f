package irt

import (
	"cmp"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// Observed is the share of right answers to an item in a bin of ability.
type Observed struct {
	// Theta is the mean ability of the bin's people, from their other answers.
	Theta float64 `json:"theta"`
	N     int     `json:"n"`
	// Share of them who were right, and what the item's curve expects.
	Share    float64 `json:"share"`
	Expected float64 `json:"expected"`
}

// Observe puts the people who answered item i into bins of equal size by ability
// without it; rest is RestAbilities. nil for an item without parameters.
func (f *Fit) Observe(rest []float64, i, bins int) []Observed {
	d := f.answers
	if f.Items[i].Status == psychometrics.NotDefined || bins < 1 {
		return nil
	}
	type answer struct {
		theta float64
		at    int // its position in d.who and d.hit
	}
	answers := make([]answer, 0, d.start[i+1]-d.start[i])
	total := 0.0
	for n, cell := range d.m.To(i) {
		at := d.start[i] + n
		answers = append(answers, answer{rest[cell], at})
		total += d.weight[d.who[at]]
	}
	slices.SortFunc(answers, func(a, b answer) int { return cmp.Or(cmp.Compare(a.theta, b.theta), a.at-b.at) })
	var all []Observed
	var n, theta, right, expected, seen float64
	for k, a := range answers {
		w := d.weight[d.who[a.at]]
		n, theta, expected, seen = n+w, theta+w*a.theta, expected+w*f.Items[i].P(a.theta), seen+w
		if d.hit[a.at] {
			right += w
		}
		if seen >= total*float64(len(all)+1)/float64(bins) || k == len(answers)-1 {
			all = append(all, Observed{theta / n, int(n), right / n, expected / n})
			n, theta, right, expected = 0, 0, 0, 0
		}
	}
	return all
}
