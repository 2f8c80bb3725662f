package exam

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/internal/fault"
)

// balancedDraw names what Draw does. Once a release of Proba is out, another draw
// gets another name, and the old one stays as long as attempts that were drawn by
// it may be appealed.
const balancedDraw = "balanced-draw/1"

var errInfeasible = fault.New(fault.Conflict, "form.infeasible", "No form satisfies the blueprint: too many enemies, or testlets that do not fit its cells.")

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

// Assemble draws the form that seed stands for, all items having been used
// alike. See Draw.
func (p *Plan) Assemble(seed Seed, seen map[string]int) (Form, error) {
	return p.Draw(seed, seen, nil)
}

// Draw draws a form whose expected score at the cut is that of every other, by
// the algorithm of package forms. seen counts the items that the learner had in
// earlier attempts: the least seen come first. used is how often units were used
// so far, nil for alike; what the draw looked at of it is kept in the form.
//
// The stream is ChaCha8 (math/rand/v2), whose output for a seed is fixed by the
// Go project. The fault "form.infeasible" says that no form was found.
func (p *Plan) Draw(seed Seed, seen map[string]int, used *forms.Exposure) (Form, error) {
	request := forms.Request{Exposure: used}
	form := Form{Algorithm: balancedDraw}
	if numbers := p.consulted(seen); len(numbers) > 0 {
		request.Seen, form.Seen = p.seenUnits(numbers), make(map[string]int, len(numbers))
		for i, n := range numbers {
			form.Seen[p.bank.items[i].Item.ID] = n
		}
	}
	return p.balanced(seed, form, request)
}

// balanced draws by request and fills in the rest of form.
func (p *Plan) balanced(seed Seed, form Form, request forms.Request) (Form, error) {
	d := p.drawers.Get().(*forms.Drawer)
	defer p.drawers.Put(d)
	rng := rand.New(rand.NewChaCha8(seed))
	drawn, ok := d.Draw(rng, request)
	if !ok {
		return Form{}, errInfeasible
	}
	if request.Exposure != nil {
		form.Levels = base64.StdEncoding.EncodeToString(d.Consulted())
	}
	form.Release, form.Blueprint, form.Calibration, form.Seed = p.bank.Release.Hash, p.hash, p.calibration, hex.EncodeToString(seed[:])
	form.Equivalence = p.equivalence(drawn)
	rng.Shuffle(len(drawn.Units), func(i, j int) { drawn.Units[i], drawn.Units[j] = drawn.Units[j], drawn.Units[i] })
	form.Slots = make([]Slot, 0, p.blueprint.Length()+p.blueprint.Pretest)
	for _, u := range drawn.Units {
		for _, pk := range p.units[u] {
			form.Slots = append(form.Slots, p.slot(rng, pk))
		}
	}
	return form, nil
}

// pick is an item taken for a cell.
type pick struct{ item, cell int }

// slot is the place of an item in a form, with a drawn arrangement.
func (p *Plan) slot(rng *rand.Rand, pk pick) Slot {
	h := &p.heads[pk.item]
	return Slot{Item: h.ref, Cell: pk.cell, Arrangement: arrange(rng, h.shape, h.ordering)}
}

// Replay draws the form again from what it says of itself, and reports whether
// it comes out the same.
func (p *Plan) Replay(f Form) error {
	seed, err := ParseSeed(f.Seed)
	if err != nil {
		return err
	}
	if f.Release != p.bank.Release.Hash || f.Blueprint != p.hash {
		return fmt.Errorf("form was drawn from another release or blueprint")
	}
	if f.Algorithm != balancedDraw {
		return fmt.Errorf("form was drawn by %q, this program knows %q", f.Algorithm, balancedDraw)
	}
	again, err := p.redraw(seed, f)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(again, f.Slots, sameSlot) {
		return fmt.Errorf("the seed gives another form")
	}
	return nil
}

// redraw is Draw with the levels that were looked at then.
func (p *Plan) redraw(seed Seed, f Form) ([]Slot, error) {
	if f.Calibration != p.calibration {
		return nil, fmt.Errorf("form was drawn by calibration %q, the plan has %q", f.Calibration, p.calibration)
	}
	packed, err := base64.StdEncoding.DecodeString(f.Levels)
	if err != nil {
		return nil, fmt.Errorf("levels of the form: %w", err)
	}
	levels, err := p.pool.Unpack(packed)
	if err != nil {
		return nil, err
	}
	request := forms.Request{Levels: levels}
	if numbers := p.consulted(f.Seen); len(numbers) > 0 {
		request.Seen = p.seenUnits(numbers)
	}
	again, err := p.balanced(seed, Form{Algorithm: balancedDraw}, request)
	return again.Slots, err
}

func sameSlot(a, b Slot) bool {
	return a.Item == b.Item && a.Cell == b.Cell &&
		slices.Equal(a.Arrangement.Options, b.Arrangement.Options) && slices.Equal(a.Arrangement.Rows, b.Arrangement.Rows)
}

// consulted keeps of seen what a draw can meet, by number of item.
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
