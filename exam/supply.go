package exam

import (
	"cmp"
	"slices"
)

// Supply compares a blueprint with a bank, cell by cell in the blueprint's order,
// also when it does not fit: it is what an author looks at while drafting.
func (b *Bank) Supply(blueprint Blueprint) []CellSupply {
	p := &Plan{bank: b, blueprint: blueprint, pools: make([][]int, len(blueprint.Cells))}
	p.fillPools() // its faults are those of NewPlan, which publishing reports
	return p.supplies()
}

// Stock is how many items of one role a bank holds of one topic and stage, by
// cognitive level.
type Stock struct {
	Topic, Stage string
	// Counts are in the order of Levels.
	Counts []int
	// Cells gives for each level the number of the blueprint's cell that asks for
	// these items, -1 for none.
	Cells []int
}

// Levels returns the cognitive levels, lowest first.
func Levels() []string { return slices.Clone(levels) }

// Stocks lists what the bank holds for the blueprint's role by topic, stage and
// level, and which cell of the blueprint asks for it.
func (b *Bank) Stocks(blueprint Blueprint) []Stock {
	p := &Plan{bank: b, blueprint: blueprint}
	var all []Stock
	rows := make(map[[2]string]int)
	for i := range b.items {
		it := &b.items[i].Item
		level := slices.Index(levels, it.Level)
		if level < 0 || !slices.Contains(it.Roles, blueprint.Role) {
			continue
		}
		key := [2]string{it.Topic, it.Stage}
		n, known := rows[key]
		if !known {
			n = len(all)
			rows[key] = n
			all = append(all, Stock{Topic: it.Topic, Stage: it.Stage, Counts: make([]int, len(levels)), Cells: slices.Repeat([]int{-1}, len(levels))})
		}
		all[n].Counts[level]++
		if cell, _ := p.cellsOf(it); cell >= 0 {
			all[n].Cells[level] = cell
		}
	}
	slices.SortFunc(all, func(a, b Stock) int { return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Stage, b.Stage)) })
	return all
}

// Roles lists the roles for which the bank holds items, in alphabetical order.
func (b *Bank) Roles() []string {
	var all []string
	for i := range b.items {
		for _, role := range b.items[i].Item.Roles {
			if !slices.Contains(all, role) {
				all = append(all, role)
			}
		}
	}
	slices.Sort(all)
	return all
}
