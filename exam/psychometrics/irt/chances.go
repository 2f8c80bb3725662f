package irt

import (
	"math"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// chances are the answers to every usable item at every point of the grid, computed once
// for all who gave them: a million answers share some ten thousand of these numbers.
type chances struct {
	points int
	// prior is the logarithm of each point's weight.
	prior []float64
	// log is the log-probability and p the probability of a wrong and of a right answer, by
	// item and point. nil for an item without parameters.
	log, p [][2][]float64
}

// chances tabulates the fit.
func (f *Fit) chances() *chances {
	t := &chances{points: len(f.Grid.Points), log: make([][2][]float64, len(f.Items)), p: make([][2][]float64, len(f.Items))}
	for _, w := range f.Grid.Weights {
		t.prior = append(t.prior, math.Log(w))
	}
	for i, it := range f.Items {
		if it.Status == psychometrics.NotDefined {
			continue
		}
		for n, right := range [2]bool{false, true} {
			a := Answer{it.Item, right}
			logs, ps := make([]float64, t.points), make([]float64, t.points)
			for k, theta := range f.Grid.Points {
				logs[k] = a.log(theta)
				ps[k] = math.Exp(logs[k])
			}
			t.log[i][n], t.p[i][n] = logs, ps
		}
	}
	return t
}

// of is the row of an answer.
func of[T any](table [2][]T, right bool) []T {
	if right {
		return table[1]
	}
	return table[0]
}

// posterior is Posterior for person p by the usable items that keep says so, written to
// post; false when there is none of them, and post is then the prior.
func (f *Fit) posterior(t *chances, p int, keep func(item int32) bool, post []float64) bool {
	copy(post, t.prior)
	d, any := f.answers, false
	for n := d.first[p]; n < d.first[p+1]; n++ {
		i := d.item[n]
		if f.Items[i].Status == psychometrics.NotDefined || !keep(i) {
			continue
		}
		any = true
		add(post, of(t.log[i], d.right[n]))
	}
	normalise(post)
	return any
}

// normalise turns logarithms into a distribution.
func normalise(post []float64) {
	top := math.Inf(-1)
	for _, l := range post {
		top = max(top, l)
	}
	total := 0.0
	for k, l := range post {
		post[k] = math.Exp(l - top)
		total += post[k]
	}
	for k := range post {
		post[k] /= total
	}
}

// counts reports whether an item is in people's abilities.
func (f *Fit) counts(item int32) bool { return !f.answers.unscored[item] }
