package exam

import (
	"fmt"
	"slices"
	"sync"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/internal/fault"
)

// Plan is a blueprint compiled over a bank: everything that drawing a form
// needs, computed once. It is immutable and safe for concurrent use.
type Plan struct {
	bank      *Bank
	blueprint Blueprint
	hash      string // of the blueprint
	// pools lists for each cell the items that stand alone.
	pools    [][]int
	testlets []testlet
	pretest  []int // items that are tried out
	// enemies lists for each item of the bank the items it must not meet; nil
	// for most.
	enemies map[int][]int

	// heads is what a slot needs of each item of the bank.
	heads []head

	// What balanced drawing needs: the units of the pool as items, the pool of
	// their numbers, and drawers that keep their memory.
	units       [][]pick
	unitOf      map[int]int // by item
	pool        *forms.Pool
	drawers     *sync.Pool
	calibration string // hash, "" for none
	theta       float64
	basis       Basis
	known       []difficulty // by item of the bank
}

// head is an item without its content.
type head struct {
	ref      ItemRef
	shape    shape
	ordering bool
}

// testlet is a stimulus with all its items that belong to the blueprint's role.
type testlet struct {
	items []int
	cells []int // cell of each item
}

// NewPlan compiles the blueprint over the bank. It reports as fault
// "blueprint.unfit" every cell that the bank cannot fill and every item that
// matches two cells. Difficulty is the author's; see NewCalibratedPlan.
func NewPlan(bank *Bank, blueprint Blueprint) (*Plan, error) {
	return NewCalibratedPlan(bank, blueprint, nil)
}

// NewCalibratedPlan is NewPlan with what is known of the items' difficulty. Items
// that calibration does not name have the author's; nil names none.
func NewCalibratedPlan(bank *Bank, blueprint Blueprint, calibration *Calibration) (*Plan, error) {
	h, err := contentHash(blueprint)
	if err != nil {
		return nil, fmt.Errorf("hash of the blueprint: %w", err)
	}
	p := &Plan{bank: bank, blueprint: blueprint, hash: h, pools: make([][]int, len(blueprint.Cells)), enemies: make(map[int][]int)}
	faults := p.fillPools()
	p.findEnemies()
	p.heads = make([]head, len(bank.items))
	for i := range bank.items {
		it := &bank.items[i].Item
		p.heads[i] = head{ItemRef{ID: it.ID, Revision: bank.items[i].Hash}, it.Interaction.shape(), it.Kind == Ordering}
	}
	for c, supply := range p.supplies() {
		if supply.Available < supply.Count {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/blueprint/cells/%d/count", c),
				Message: fmt.Sprintf("asks for %d items, the bank holds %d; write more items, widen the cell or lower the count", supply.Count, supply.Available)})
		}
	}
	faults = append(faults, p.tooManyEssays()...)
	if len(p.testlets) < blueprint.Testlets {
		faults = append(faults, fault.Field{Path: "/blueprint/testlets",
			Message: fmt.Sprintf("asks for %d testlets, the bank holds %d that lie wholly within the cells", blueprint.Testlets, len(p.testlets))})
	}
	if len(p.pretest) < blueprint.Pretest {
		faults = append(faults, fault.Field{Path: "/blueprint/pretest",
			Message: fmt.Sprintf("asks for %d items to try out, the bank holds %d that stand alone", blueprint.Pretest, len(p.pretest))})
	}
	if len(faults) > 0 {
		return nil, fault.New(fault.Invalid, "blueprint.unfit", "The blueprint does not fit this bank release.").At(faults...)
	}
	return p, p.balance(calibration)
}

// Bank returns the bank that the plan draws from.
func (p *Plan) Bank() *Bank { return p.bank }

// Blueprint is what the plan was compiled from.
func (p *Plan) Blueprint() Blueprint { return p.blueprint }

func (p *Plan) fillPools() []fault.Field {
	var faults []fault.Field
	members := make(map[string]*testlet)
	outside := make(map[string]bool) // stimuli with an item that no cell asks for
	var stimuli []string
	for i := range p.bank.items {
		it := &p.bank.items[i].Item
		if !slices.Contains(it.Roles, p.blueprint.Role) {
			continue
		}
		if it.Pretest {
			if it.Stimulus == "" { // a testlet is scored as a whole
				p.pretest = append(p.pretest, i)
			}
			continue
		}
		cell, second := p.cellsOf(it)
		if second >= 0 {
			faults = append(faults, fault.Field{Path: fmt.Sprintf("/blueprint/cells/%d", second),
				Message: fmt.Sprintf("item %s matches this cell and cell %d; an item may match one cell only", it.ID, cell)})
			continue
		}
		switch {
		case it.Stimulus != "":
			t, ok := members[it.Stimulus]
			if !ok {
				t = new(testlet)
				members[it.Stimulus] = t
				stimuli = append(stimuli, it.Stimulus)
			}
			t.items, t.cells = append(t.items, i), append(t.cells, cell)
			outside[it.Stimulus] = outside[it.Stimulus] || cell < 0
		case cell >= 0:
			p.pools[cell] = append(p.pools[cell], i)
		}
	}
	for _, id := range stimuli {
		if !outside[id] {
			p.testlets = append(p.testlets, *members[id])
		}
	}
	return faults
}

// cellsOf returns the first and second cell that the item matches, -1 for none.
func (p *Plan) cellsOf(it *Item) (first, second int) {
	first, second = -1, -1
	for c := range p.blueprint.Cells {
		if !p.blueprint.Cells[c].matches(it) {
			continue
		}
		if first >= 0 {
			return first, c
		}
		first = c
	}
	return first, second
}

func (p *Plan) findEnemies() {
	for i := range p.bank.items {
		for _, id := range p.bank.items[i].Item.Enemies {
			j := p.bank.byID[id]
			p.enemies[i] = append(p.enemies[i], j)
			p.enemies[j] = append(p.enemies[j], i)
		}
	}
}

// supplies compares each cell with the bank. Items of testlets count as far as
// a form can hold them.
func (p *Plan) supplies() []CellSupply {
	supplies := make([]CellSupply, len(p.pools))
	for c, pool := range p.pools {
		inTestlets := 0
		if p.blueprint.Testlets > 0 {
			for _, t := range p.testlets {
				for _, cell := range t.cells {
					if cell == c {
						inTestlets++
					}
				}
			}
		}
		supplies[c] = CellSupply{Count: p.blueprint.Cells[c].Count, Available: len(pool) + inTestlets}
	}
	return supplies
}
