package exam

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/proba-exam/proba/internal/fault"
)

// drawAlgorithm names what Assemble does. Another draw gets another name, and
// the old one stays as long as attempts that were drawn by it may be appealed.
const drawAlgorithm = "blueprint-draw/1"

// maxRestarts is how often a draw that ran into enemies or testlets that do not
// fit begins again. Publishing has drawn hundreds of forms before, so that even
// one restart is rare.
const maxRestarts = 64

// Seed starts the random stream of one form.
type Seed [32]byte

// ParseSeed reads the 64 hex digits of Form.Seed.
func ParseSeed(s string) (Seed, error) {
	data, err := hex.DecodeString(s)
	if err != nil || len(data) != len(Seed{}) {
		return Seed{}, fault.New(fault.Invalid, "seed.malformed", "A seed is 64 hex digits.")
	}
	return Seed(data), nil
}

// Assemble draws the form that seed stands for. seen counts the items that the
// learner had in earlier attempts: the least seen come first. Drawing takes
// items cell by cell, scarcest cell first, uniformly among the least seen that
// no item already drawn is an enemy of.
//
// The stream is ChaCha8 (math/rand/v2), whose output for a seed is fixed by the
// Go project. The fault "form.infeasible" says that no form was found.
func (p *Plan) Assemble(seed Seed, seen map[string]int) (Form, error) {
	consulted := p.consulted(seen)
	d := draw{plan: p, rng: rand.New(rand.NewChaCha8(seed)), seen: consulted}
	for n := range maxRestarts {
		if n == maxRestarts/2 {
			// Preferring the least seen can lead into the same enemies every
			// time: a form with items seen before is better than none.
			d.seen = nil
		}
		if d.try() {
			form := Form{Release: p.bank.Release.Hash, Blueprint: p.hash, Algorithm: drawAlgorithm, Seed: hex.EncodeToString(seed[:]), Slots: d.slots()}
			for i, n := range consulted {
				if form.Seen == nil {
					form.Seen = make(map[string]int, len(consulted))
				}
				form.Seen[p.bank.items[i].Item.ID] = n
			}
			return form, nil
		}
	}
	return Form{}, fault.New(fault.Conflict, "form.infeasible", "No form satisfies the blueprint: too many enemies, or testlets that do not fit its cells.")
}

// Replay draws the form again from what it says of itself, and reports whether
// it comes out the same.
func (p *Plan) Replay(f Form) error {
	seed, err := ParseSeed(f.Seed)
	if err != nil {
		return err
	}
	if f.Algorithm != drawAlgorithm {
		return fmt.Errorf("form was drawn by %q, this is %q", f.Algorithm, drawAlgorithm)
	}
	if f.Release != p.bank.Release.Hash || f.Blueprint != p.hash {
		return fmt.Errorf("form was drawn from another release or blueprint")
	}
	again, err := p.Assemble(seed, f.Seen)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(again.Slots, f.Slots, sameSlot) {
		return fmt.Errorf("the seed gives another form")
	}
	return nil
}

func sameSlot(a, b Slot) bool {
	return a.Item == b.Item && a.Cell == b.Cell &&
		slices.Equal(a.Arrangement.Options, b.Arrangement.Options) && slices.Equal(a.Arrangement.Rows, b.Arrangement.Rows)
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

// draw is the state of one Assemble.
type draw struct {
	plan *Plan
	rng  *rand.Rand
	seen map[int]int

	units  [][]pick // what stays together: single items and testlets
	left   []int    // how many each cell still needs
	barred map[int]bool
	pool   []int // scratch
}

// pick is an item taken for a cell.
type pick struct{ item, cell int }

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
			rev := &d.plan.bank.items[pk.item]
			slots = append(slots, Slot{
				Item: ItemRef{ID: rev.Item.ID, Revision: rev.Hash}, Cell: pk.cell,
				Arrangement: arrange(d.rng, &rev.Item),
			})
		}
	}
	return slots
}

// arrange draws the order in which an item is presented.
func arrange(rng *rand.Rand, it *Item) Arrangement {
	s := it.Interaction.shape()
	a := Arrangement{Rows: identity(s.rows), Options: identity(s.options)}
	shuffle(rng, a.Rows, nil)
	shuffle(rng, a.Options, s.fixed)
	for it.Kind == Ordering && slices.IsSorted(a.Options) {
		shuffle(rng, a.Options, nil)
	}
	return a
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
