package exam

import (
	"math/rand/v2"
	"slices"
)

// uniformDraw is the first way in which forms were drawn: uniformly within each
// cell. It stays, since attempts that were drawn so may be appealed.
const uniformDraw = "blueprint-draw/1"

// maxRestarts is how often a draw that ran into enemies or testlets that do not
// fit begins again. Publishing has drawn hundreds of forms before, so that even
// one restart is rare.
const maxRestarts = 64

// drawUniformly draws cell by cell, scarcest cell first, uniformly among the
// least seen that no item already drawn is an enemy of.
func (p *Plan) drawUniformly(seed Seed, seen map[string]int) ([]Slot, error) {
	d := draw{plan: p, rng: rand.New(rand.NewChaCha8(seed)), seen: p.consulted(seen)}
	for range maxRestarts {
		if d.try() {
			return d.slots(), nil
		}
	}
	return nil, errInfeasible
}

// consulted keeps of seen what the draw can meet, by number of item.
func (p *Plan) consulted(seen map[string]int) map[int]int {
	if len(seen) == 0 {
		return nil
	}
	numbers := make(map[int]int)
	note := func(i int) {
		if n := seen[p.bank.items[i].Item.ID]; n > 0 {
			numbers[i] = n
		}
	}
	for _, pool := range p.pools {
		for _, i := range pool {
			note(i)
		}
	}
	for _, t := range p.testlets {
		for _, i := range t.items {
			note(i)
		}
	}
	return numbers
}

// draw is the state of one uniform draw.
type draw struct {
	plan *Plan
	rng  *rand.Rand
	seen map[int]int

	units  [][]pick // what stays together: single items and testlets
	left   []int    // how many each cell still needs
	barred map[int]bool
	pool   []int // scratch
}

// try draws once and reports whether every count was met.
func (d *draw) try() bool {
	p := d.plan
	d.units = d.units[:0]
	d.barred = make(map[int]bool)
	d.left = make([]int, len(p.pools))
	for c := range d.left {
		d.left[c] = p.blueprint.Cells[c].Count
	}
	if !d.takeTestlets() {
		return false
	}
	for _, c := range p.order {
		if !d.fill(c) {
			return false
		}
	}
	d.rng.Shuffle(len(d.units), func(i, j int) { d.units[i], d.units[j] = d.units[j], d.units[i] })
	return true
}

func (d *draw) takeTestlets() bool {
	p := d.plan
	wanted := p.blueprint.Testlets
	if wanted == 0 {
		return true
	}
	order := d.rng.Perm(len(p.testlets))
	slices.SortStableFunc(order, func(a, b int) int { return d.seenIn(p.testlets[a]) - d.seenIn(p.testlets[b]) })
	for _, n := range order {
		if wanted > 0 && d.takeTestlet(p.testlets[n]) {
			wanted--
		}
	}
	return wanted == 0
}

func (d *draw) seenIn(t testlet) int {
	n := 0
	for _, i := range t.items {
		n += d.seen[i]
	}
	return n
}

func (d *draw) takeTestlet(t testlet) bool {
	for n, c := range t.cells {
		d.left[c]--
		if d.left[c] < 0 || d.barred[t.items[n]] {
			for _, c := range t.cells[:n+1] {
				d.left[c]++
			}
			return false
		}
	}
	unit := make([]pick, len(t.items))
	for n, i := range t.items {
		unit[n] = pick{i, t.cells[n]}
		d.bar(i)
	}
	d.units = append(d.units, unit)
	return true
}

func (d *draw) bar(item int) {
	for _, enemy := range d.plan.enemies[item] {
		d.barred[enemy] = true
	}
}

// fill takes what cell c still needs, by a partial Fisher-Yates shuffle.
func (d *draw) fill(c int) bool {
	d.pool = append(d.pool[:0], d.plan.pools[c]...)
	if len(d.seen) > 0 {
		d.rng.Shuffle(len(d.pool), func(i, j int) { d.pool[i], d.pool[j] = d.pool[j], d.pool[i] })
		slices.SortStableFunc(d.pool, func(a, b int) int { return d.seen[a] - d.seen[b] })
	}
	for next := 0; d.left[c] > 0; next++ {
		if next == len(d.pool) {
			return false
		}
		if len(d.seen) == 0 {
			other := next + d.rng.IntN(len(d.pool)-next)
			d.pool[next], d.pool[other] = d.pool[other], d.pool[next]
		}
		i := d.pool[next]
		if d.barred[i] {
			continue
		}
		d.left[c]--
		d.bar(i)
		d.units = append(d.units, []pick{{i, c}})
	}
	return true
}

func (d *draw) slots() []Slot {
	slots := make([]Slot, 0, d.plan.blueprint.Length())
	for _, unit := range d.units {
		for _, pk := range unit {
			slots = append(slots, d.plan.slot(d.rng, pk))
		}
	}
	return slots
}
