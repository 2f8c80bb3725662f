// Package forensic looks for what should not be in response data: items that got
// easier over time, answers given faster than anybody reads, pairs of people whose
// answers are more alike than ability explains.
//
// Nothing here proves misconduct. A figure is a reason to look, after correction
// for how many were looked at (Holm 1979), and none is given where people share
// too few items to tell.
package forensic

import (
	"cmp"
	"slices"
)

// holm adjusts p-values for their number, step by step from the smallest, so that
// the chance of any false alarm among all is what the adjusted value says.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, highest := make([]float64, len(p)), 0.0
	for rank, i := range order {
		highest = max(highest, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = highest
	}
	return adjusted
}
