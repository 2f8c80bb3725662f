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

// Observe puts the people who answered item i into bins of about equal size by ability
// without it; rest is RestAbilities. People of one ability are in one bin, so that there
// are fewer bins where few abilities are possible. nil for an item without parameters.
func (f *Fit) Observe(rest []float64, i, bins int) []Observed {
	d := f.answers
	if f.Items[i].Status == psychometrics.NotDefined || bins < 1 {
		return nil
	}
	answers := make([]answerAt, 0, d.start[i+1]-d.start[i])
	total := 0.0
	for n, cell := range d.m.To(i) {
		at := d.start[i] + n
		answers = append(answers, answerAt{psychometrics.Snap(rest[cell]), at})
		total += d.weight[d.who[at]]
	}
	slices.SortFunc(answers, func(a, b answerAt) int { return cmp.Or(cmp.Compare(a.theta, b.theta), a.at-b.at) })
	var all []Observed
	var n, theta, right, expected, before float64
	last := 0 // the bin that is being filled
	for k := 0; k < len(answers); {
		tied, hits, next := f.tied(answers, k)
		bin := min(bins-1, int((before+tied/2)/total*float64(bins)))
		if bin != last && n > 0 {
			all = append(all, Observed{theta / n, int(n), right / n, expected / n})
			n, theta, right, expected = 0, 0, 0, 0
		}
		last = bin
		at := answers[k].theta
		n, theta, right, expected = n+tied, theta+tied*at, right+hits, expected+tied*f.Items[i].P(at)
		before, k = before+tied, next
	}
	if n > 0 {
		all = append(all, Observed{theta / n, int(n), right / n, expected / n})
	}
	return all
}

// answerAt is an answer to an item.
type answerAt struct {
	theta float64 // the person's ability without it, to nine decimals: rounding differs by right or wrong
	at    int     // its position in who and hit
}

// tied counts the people of the ability that starts at position k of answers, which are in
// order of it, and those of them who were right. next is where the next ability starts.
func (f *Fit) tied(answers []answerAt, k int) (people, right float64, next int) {
	d := f.answers
	for next = k; next < len(answers) && answers[next].theta == answers[k].theta; next++ {
		w := d.weight[d.who[answers[next].at]]
		people += w
		if d.hit[answers[next].at] {
			right += w
		}
	}
	return people, right, next
}
