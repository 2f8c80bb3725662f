package ctt

import (
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// Option is the analysis of one option of an item.
type Option struct {
	Option string `json:"option"`
	Key    bool   `json:"key"`
	// N chose it, Share of those who were presented with the item.
	N     int     `json:"n"`
	Share float64 `json:"share"`
	// Upper, Middle and Lower are its shares within the groups of UpperLower;
	// all 0 unless data are complete.
	Upper  float64 `json:"upper"`
	Middle float64 `json:"middle"`
	Lower  float64 `json:"lower"`
	// MeanRest is the mean score on the other items of those who chose it.
	MeanRest psychometrics.Estimate `json:"mean_rest"`
	// Rest is the correlation of choosing it with the score on the *other items*
	// of the test, for the key and the distractors alike.
	Rest psychometrics.Estimate `json:"rest"`
	// Trace is its share in each fifth of the people by score on the other
	// items, lowest first; nil when there is no such score.
	Trace []float64 `json:"trace,omitempty"`
}

// fifths is how many groups a trace has.
const fifths = 5

// choices analyses the options of item i.
func (a *analysis) choices(i int, g *groups) []Option {
	it := a.m.Items()[i]
	if len(it.Options) == 0 || a.count[i] == 0 {
		return nil
	}
	out := make([]Option, len(it.Options))
	for o, name := range it.Options {
		out[o] = Option{Option: name, Key: o == it.Key}
	}
	upper, lower := make([]float64, len(out)), make([]float64, len(out))
	for _, c := range a.m.To(i) {
		cell := a.m.Cells()[c]
		if cell.Option == responses.NoOption {
			continue
		}
		w := a.m.People()[cell.Person].Count
		out[cell.Option].N += w
		if g != nil {
			total := a.totals[cell.Person]
			upper[cell.Option] += float64(w) * g.inUpper(total)
			lower[cell.Option] += float64(w) * g.inLower(total)
		}
	}
	for o := range out {
		out[o].Share = float64(out[o].N) / float64(a.count[i])
		if g == nil {
			continue
		}
		upperN, lowerN := a.sizes(i, g)
		if upperN > 0 {
			out[o].Upper = upper[o] / upperN
		}
		if lowerN > 0 {
			out[o].Lower = lower[o] / lowerN
		}
		if middle := float64(a.count[i]) - upperN - lowerN; middle > 0 {
			out[o].Middle = max(0, float64(out[o].N)-upper[o]-lower[o]) / middle
		}
	}
	a.restOfOptions(i, out)
	return out
}

// restOfOptions adds what compares options with the score on the other items.
func (a *analysis) restOfOptions(i int, out []Option) {
	rest, why := a.restScores(i)
	n := a.count[i]
	if why != "" {
		for o := range out {
			out[o].Rest, out[o].MeanRest = psychometrics.Undefined(n, why), psychometrics.Undefined(out[o].N, why)
		}
		return
	}
	mean, ss := 0.0, 0.0
	at := a.m.To(i)
	for j, c := range at {
		mean += float64(a.m.People()[a.m.Cells()[c].Person].Count) * rest[j]
	}
	mean /= float64(n)
	sums := make([]float64, len(out))
	for j, c := range at {
		cell := a.m.Cells()[c]
		w, d := float64(a.m.People()[cell.Person].Count), rest[j]-mean
		ss += w * d * d
		if cell.Option != responses.NoOption {
			sums[cell.Option] += w * d
		}
	}
	for o := range out {
		chose, all := float64(out[o].N), float64(n)
		if out[o].N == 0 {
			out[o].Rest, out[o].MeanRest = psychometrics.Undefined(n, "nobody chose it"), psychometrics.Undefined(0, "nobody chose it")
			continue
		}
		out[o].MeanRest = psychometrics.Of(mean+sums[o]/chose, out[o].N, a.options.Thresholds.MinimumN)
		spread := chose * (1 - chose/all) * ss
		if out[o].N == n {
			out[o].Rest = psychometrics.Undefined(n, "everybody chose it")
		} else {
			out[o].Rest = psychometrics.Correlation(sums[o]/math.Sqrt(spread), n, leastForCorrelation)
		}
	}
	a.traces(i, rest, out)
}

// restScores returns, for each of the responses to item i, the person's score on
// the other items, or why there is none.
func (a *analysis) restScores(i int) (scores []float64, why string) {
	at := a.m.To(i)
	scores = make([]float64, len(at))
	switch {
	case !a.complete && a.options.Rest != nil:
		for j, c := range at {
			scores[j] = psychometrics.Snap(a.options.Rest[c])
		}
	case !a.complete:
		return nil, sparse
	case a.scores(i) && a.k < 2:
		return nil, noItems
	default:
		for j, c := range at {
			cell := a.m.Cells()[c]
			scores[j] = a.totals[cell.Person]
			if a.scores(i) {
				scores[j] = psychometrics.Snap(scores[j] - cell.Mark)
			}
		}
	}
	if slices.Min(scores) == slices.Max(scores) {
		return nil, equalRest
	}
	return scores, ""
}

// traces gives each option's share by fifths of the score on the other items.
// People with the same score are in the same fifth, that of their middle rank.
func (a *analysis) traces(i int, rest []float64, out []Option) {
	at := a.m.To(i)
	order := make([]int, len(at))
	for j := range order {
		order[j] = j
	}
	slices.SortFunc(order, func(x, y int) int {
		switch {
		case rest[x] < rest[y]:
			return -1
		case rest[x] > rest[y]:
			return 1
		}
		return x - y
	})
	weight := func(j int) int { return a.m.People()[a.m.Cells()[at[j]].Person].Count }
	counts, sizes := make([][fifths]float64, len(out)), [fifths]float64{}
	before := 0
	for from := 0; from < len(order); {
		to, tied := from, 0
		for to < len(order) && rest[order[to]] == rest[order[from]] {
			tied += weight(order[to])
			to++
		}
		middle := (float64(before) + float64(tied)/2) / float64(a.count[i])
		fifth := min(fifths-1, int(middle*fifths))
		for _, j := range order[from:to] {
			sizes[fifth] += float64(weight(j))
			if o := a.m.Cells()[at[j]].Option; o != responses.NoOption {
				counts[o][fifth] += float64(weight(j))
			}
		}
		before += tied
		from = to
	}
	for o := range out {
		out[o].Trace = make([]float64, fifths)
		for f := range fifths {
			if sizes[f] > 0 {
				out[o].Trace[f] = counts[o][f] / sizes[f]
			}
		}
	}
}
