package exam

import (
	"math/rand/v2"
	"slices"
)

// arrange draws the order in which an item of the given shape is presented.
func arrange(rng *rand.Rand, s shape, ordering bool) Arrangement {
	a := Arrangement{Rows: identity(s.rows), Options: identity(s.options)}
	shuffle(rng, a.Rows, nil)
	if s.runs == nil {
		shuffle(rng, a.Options, s.fixed)
	}
	for from := 0; len(s.runs) > 0; s.runs = s.runs[1:] {
		to := from + s.runs[0]
		shuffle(rng, a.Options[from:to], part(s.fixed, from, to))
		from = to
	}
	for ordering && slices.IsSorted(a.Options) {
		shuffle(rng, a.Options, nil)
	}
	return a
}

// part is that of the run from, to; nil stays nil.
func part(fixed []bool, from, to int) []bool {
	if fixed == nil {
		return nil
	}
	return fixed[from:to]
}

func identity(n int) []int {
	if n == 0 {
		return nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// shuffle permutes order, but leaves the places that fixed marks.
func shuffle(rng *rand.Rand, order []int, fixed []bool) {
	if fixed == nil {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		return
	}
	var free []int
	for i := range order {
		if !fixed[i] {
			free = append(free, i)
		}
	}
	rng.Shuffle(len(free), func(i, j int) {
		order[free[i]], order[free[j]] = order[free[j]], order[free[i]]
	})
}
