package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// TestInformation shows how well a form measures at each ability, with the cut.
func TestInformation(form []irt.Item, cut float64) Figure {
	f := Figure{Title: "Information of the test", Header: []string{"ability", "information", "standard error", "expected score"}}
	at := func(theta float64) float64 { return irt.Information(form, theta) }
	xs, ys := along(at)
	c := newChart(abilityAxis, upTo("information", slices.Max(ys)))
	c.line(0, xs, ys)
	c.mark(cut, "cut")
	for n := -8; n <= 8; n++ {
		theta := float64(n) / 2
		se := ""
		if info := at(theta); info > 0 {
			se = fmt.Sprintf("%.3f", 1/math.Sqrt(info))
		}
		f.Rows = append(f.Rows, []string{format(theta), fmt.Sprintf("%.3f", at(theta)), se, fmt.Sprintf("%.3f", irt.Expected(form, theta))})
	}
	best := xs[slices.Index(ys, slices.Max(ys))]
	f.Description = fmt.Sprintf("The test measures best at ability %.2f; at the cut, %.2f, its information is %.2f.", best, cut, at(cut))
	return c.finish(f)
}

// Group is the scores of one group of people.
type Group struct {
	Name   string
	Totals []ctt.Total
}

// ScoreDistribution shows the share of people at each score, by group, with the
// cut score.
func ScoreDistribution(groups []Group, cut float64) Figure {
	f := Figure{Title: "Distribution of scores", Header: []string{"group", "score", "people", "share"},
		Description: fmt.Sprintf("The share of people at each score, a line for each group; the cut score is %s.", format(cut))}
	highest, most := cut, 0.0
	counts := make([]int, len(groups))
	for n, g := range groups {
		for _, t := range g.Totals {
			counts[n] += t.Count
			highest = max(highest, t.Score)
		}
		for _, t := range g.Totals {
			most = max(most, float64(t.Count)/float64(counts[n]))
		}
	}
	c := newChart(upTo("score", highest), upTo("share of people", most))
	var names []string
	for n, g := range groups {
		var xs, ys []float64
		for _, t := range g.Totals {
			share := float64(t.Count) / float64(counts[n])
			xs, ys = append(xs, t.Score), append(ys, share)
			f.Rows = append(f.Rows, []string{g.Name, format(t.Score), strconv.Itoa(t.Count), fmt.Sprintf("%.4f", share)})
		}
		if len(xs) > 0 {
			c.line(n, xs, ys)
		}
		names = append(names, fmt.Sprintf("%s (%d)", g.Name, counts[n]))
	}
	c.mark(cut, "cut")
	c.legend(names)
	return c.finish(f)
}
