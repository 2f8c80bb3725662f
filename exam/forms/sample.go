package forms

import (
	"math"
	"math/rand/v2"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Calibrated is an item with its parameters, their errors and its place in the
// blueprint: what a unit is made of.
type Calibrated struct {
	Item irt.Item
	Cell int
	// Variance of the chance at the cut.
	Variance float64
	Enemies  []int
}

// NewUnit sums items into a unit for a cut at ability theta.
func NewUnit(theta float64, quota int, items ...Calibrated) Unit {
	u := Unit{Quota: quota}
	for _, it := range items {
		p := it.Item.P(theta)
		u.Cells = append(u.Cells, it.Cell)
		u.Chances = append(u.Chances, p)
		u.Stats.add(Stats{it.Item.P(theta - 1), p, it.Item.P(theta + 1), it.Item.Information(theta)}, 1)
		u.Variance += it.Variance
		u.Enemies = append(u.Enemies, it.Enemies...)
	}
	return u
}

// Sample is a synthetic bank of single items for measuring: six cells that hold
// 30, 22, 16, 14, 10 and 8 % of the items, slopes .95·exp(.3·z), difficulties
// around −.6 to .7 by cell, and one item in twenty with an enemy. The cells of
// the blueprint take the same shares of a form of the given length.
func Sample(size, length int, seed uint64) ([]Calibrated, []Cell) {
	shares := []float64{.30, .22, .16, .14, .10, .08}
	means := []float64{-.6, -.3, 0, .2, .45, .7}
	quotas := map[int][]int{60: {16, 13, 10, 9, 7, 5}}[length]
	if quotas == nil {
		quotas = make([]int, len(shares))
		left := length
		for c := len(shares) - 1; c > 0; c-- {
			quotas[c] = int(math.Round(shares[c] * float64(length)))
			left -= quotas[c]
		}
		quotas[0] = left
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	items := make([]Calibrated, size)
	cell, until := 0, shares[0]*float64(size)
	for i := range items {
		for float64(i) >= until && cell < len(shares)-1 {
			cell++
			until += shares[cell] * float64(size)
		}
		items[i] = Calibrated{Cell: cell, Item: irt.FromDifficulty(.95*math.Exp(.3*rng.NormFloat64()), means[cell]+rng.NormFloat64(), 0)}
	}
	for range size / 40 { // pairs: 5 % of the items
		a, b := rng.IntN(size), rng.IntN(size)
		if a != b {
			items[a].Enemies = append(items[a].Enemies, b)
		}
	}
	cells := make([]Cell, len(quotas))
	for c, q := range quotas {
		cells[c].Count = q
	}
	return items, cells
}

// SamplePool compiles a sample for a cut at ability 0.
func SamplePool(size, length int, seed uint64) (*Pool, error) {
	items, cells := Sample(size, length, seed)
	units := make([]Unit, len(items))
	for i, it := range items {
		units[i] = NewUnit(0, -1, it)
	}
	return Compile(cells, nil, units)
}
