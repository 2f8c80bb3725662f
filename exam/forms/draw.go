package forms

import (
	"math"
	"math/rand/v2"
)

// Request is what one draw depends on beside the random stream.
type Request struct {
	// Exposure is how often units were used; nil is equally.
	Exposure *Exposure
	// Levels replace Exposure when a form is drawn again: one for each unit.
	Levels []Level
	// Seen counts how often the candidate met each unit; nil is never.
	Seen []int
	// Pinned units are in the form whatever else is.
	Pinned []int
}

// Form is one drawn form.
type Form struct {
	// Units in the order in which they were drawn.
	Units       []int
	Certificate Certificate
}

// Certificate says how near a form is to every other.
type Certificate struct {
	// Target and Sums of the scored items.
	Target, Sums Stats
	// ParameterSD is the standard deviation of Sums[1] that the errors of the
	// items' parameters leave, in points.
	ParameterSD float64
	// Within says that the repair reached its tolerance.
	Within bool
	// Trials is how many exchanges were looked at.
	Trials int
}

const (
	// maxTrials bounds the repair; a form of 60 from 1,000 takes some 300.
	maxTrials = 1500
	// maxRestarts is how often a draw that ran into enemies begins again.
	maxRestarts = 64
	// gate is the level up to which an item may come in by an exchange.
	gate = 1
	// neglected is the level under which an item stays once it was drawn.
	neglected = -1
	// picks is how many random places are looked at before a stratum is searched.
	picks = 6
)

// Drawer draws forms, keeping its memory from one to the next. It is not safe for
// concurrent use.
type Drawer struct {
	pool *Pool
	rng  *rand.Rand
	r    Request

	in      []bool
	blocked []uint8 // by how many enemies in the form
	pinned  []bool
	left    []int
	form    []int
	tier    []int
	list    []int
	sums    micro
	levels  []Level // memory of Exposure, unknown until asked for
	asked   []int
}

// NewDrawer returns a drawer for the pool.
func (p *Pool) NewDrawer() *Drawer {
	d := &Drawer{pool: p, in: make([]bool, len(p.units)), blocked: make([]uint8, len(p.units)), pinned: make([]bool, len(p.units)), left: make([]int, len(p.cells)), levels: make([]Level, len(p.units))}
	for u := range d.levels {
		d.levels[u] = unknown
	}
	return d
}

// Draw draws one form. ok is false when enemies, or testlets that do not fit,
// left no form in many tries. The form's Units belong to the drawer until the
// next draw.
func (d *Drawer) Draw(rng *rand.Rand, r Request) (f Form, ok bool) {
	d.rng, d.r = rng, r
	d.forget()
	for n := range maxRestarts {
		if n == maxRestarts/2 {
			// Preferring the least seen can lead to the same enemies every time: a
			// form with units seen before is better than none. The repair puts less
			// seen ones in their place where it can.
			d.r.Seen = nil
		}
		if d.try() {
			d.r.Seen = r.Seen
			c := d.repair()
			c.Sums = d.total()
			variance := 0.0
			for _, u := range d.form {
				if !d.unscored(u) {
					variance += d.pool.units[u].Variance
				}
			}
			c.ParameterSD = math.Sqrt(variance)
			return Form{Units: d.form, Certificate: c}, true
		}
	}
	return Form{}, false
}

// total sums the scored units of the form.
func (d *Drawer) total() (s Stats) {
	for _, u := range d.form {
		if !d.unscored(u) {
			s.add(d.pool.units[u].Stats, 1)
		}
	}
	return s
}

// DrawUniform draws uniformly from the cells, as most systems do: what Draw is
// measured against.
func (d *Drawer) DrawUniform(rng *rand.Rand) (f Form, ok bool) {
	d.rng, d.r = rng, Request{}
	for range maxRestarts {
		d.reset()
		if !d.testlets() {
			continue
		}
		full := true
		for _, c := range d.pool.order {
			d.list = append(d.list[:0], d.pool.groups[c]...)
			for n := 0; d.left[c] > 0 && n < len(d.list); n++ {
				other := n + d.below(len(d.list)-n)
				d.list[n], d.list[other] = d.list[other], d.list[n]
				if d.free(d.list[n]) {
					d.take(d.list[n])
				}
			}
			full = full && d.left[c] == 0
		}
		if full {
			return Form{Units: d.form, Certificate: Certificate{Target: d.pool.target, Sums: d.total()}}, true
		}
	}
	return Form{}, false
}

func (d *Drawer) reset() {
	for _, u := range d.form {
		d.in[u], d.pinned[u] = false, false
		for _, e := range d.pool.enemies[u] {
			d.blocked[e] = 0
		}
	}
	d.form, d.sums = d.form[:0], micro{}
	for c, cell := range d.pool.cells {
		d.left[c] = cell.Count
	}
}

func (d *Drawer) try() bool {
	d.reset()
	for _, u := range d.r.Pinned {
		if !d.fits(u) || !d.free(u) {
			return false
		}
		d.take(u)
		d.pinned[u] = true
	}
	if !d.testlets() {
		return false
	}
	for _, c := range d.pool.order {
		if d.left[c] > 0 && !d.fill(c) {
			return false
		}
	}
	return true
}

func (d *Drawer) unscored(u int) bool { return d.pool.places[u].unscored }

// free reports whether the unit may join the form.
func (d *Drawer) free(u int) bool { return !d.in[u] && d.blocked[u] == 0 }

// fits reports whether the cells have room for all items of the unit.
func (d *Drawer) fits(u int) bool {
	ok := true
	for _, c := range d.pool.units[u].Cells {
		d.left[c]--
		ok = ok && d.left[c] >= 0
	}
	for _, c := range d.pool.units[u].Cells {
		d.left[c]++
	}
	return ok
}

func (d *Drawer) take(u int) {
	unit := &d.pool.units[u]
	d.in[u] = true
	for _, e := range d.pool.enemies[u] {
		d.blocked[e]++
	}
	for _, c := range unit.Cells {
		d.left[c]--
	}
	d.form = append(d.form, u)
	if !d.unscored(u) {
		d.sums.add(d.pool.places[u].exact, 1)
	}
}

func (d *Drawer) seen(u int) int {
	if d.r.Seen == nil {
		return 0
	}
	return d.r.Seen[u]
}

func (d *Drawer) level(u int) Level {
	if d.r.Exposure == nil {
		if d.r.Levels == nil {
			return 0
		}
		return d.r.Levels[u]
	}
	if d.levels[u] == unknown {
		d.levels[u] = d.r.Exposure.level(u)
		d.asked = append(d.asked, u)
	}
	return d.levels[u]
}

// unknown marks a level that no one asked for yet.
const unknown Level = math.MinInt8

func (d *Drawer) forget() {
	for _, u := range d.asked {
		d.levels[u] = unknown
	}
	d.asked = d.asked[:0]
}

// better reports whether a should be taken rather than b: seen less by the
// candidate, then used less by all.
func (d *Drawer) better(a, b int) bool {
	if sa, sb := d.seen(a), d.seen(b); sa != sb {
		return sa < sb
	}
	return d.level(a) < d.level(b)
}

// below is a random number under n. The bias of n/2³² is far under what any
// number of forms can show.
func (d *Drawer) below(n int) int { return int(d.rng.Uint64() >> 32 * uint64(n) >> 32) }

// testlets draws as many as the quotas ask for.
func (d *Drawer) testlets() bool {
	for q, members := range d.pool.quota {
		mean := d.pool.quotas[q].Mean
		n := int(mean)
		if part := mean - float64(n); part > 0 && d.rng.Float64() < part {
			n++
		}
		for _, u := range d.form { // pinned ones count
			if d.pool.units[u].Quota == q {
				n--
			}
		}
		for range n {
			u := d.choose(members, 0, len(members), func(u int) bool { return d.free(u) && d.fits(u) })
			if u < 0 {
				return false
			}
			d.take(u)
		}
	}
	return true
}

// choose draws two of list[from:to] that may be taken and returns the better
// one, −1 when there is none. Where the candidate has a history, the whole part
// is searched, since chance must not pick what they have seen.
func (d *Drawer) choose(list []int, from, to int, may func(int) bool) int {
	if d.r.Seen != nil {
		return d.search(list, from, to, may)
	}
	first := -1
	for range picks {
		u := list[from+d.below(to-from)]
		if u == first || !may(u) {
			continue
		}
		if first < 0 {
			first = u
			continue
		}
		if d.better(u, first) {
			return u
		}
		return first
	}
	if first >= 0 {
		return first
	}
	return d.search(list, from, to, may)
}

// search returns the best of list[from:to] that may be taken, the first from a
// random place among equals.
func (d *Drawer) search(list []int, from, to int, may func(int) bool) int {
	best, n := -1, to-from
	start := d.below(n)
	for i := range n {
		u := list[from+(start+i)%n]
		if may(u) && (best < 0 || d.better(u, best)) {
			best = u
		}
	}
	return best
}

// fill takes what cell c still needs from the items that stand alone: one from
// each of as many strata.
func (d *Drawer) fill(c int) bool {
	members := d.pool.groups[c]
	if d.pool.cells[c].Unscored {
		return d.leastUsed(c, members)
	}
	if d.r.Seen != nil {
		return d.fillByHistory(c, members)
	}
	d.strata(c, members)
	return d.left[c] == 0 || d.rest(c, members)
}

func (d *Drawer) strata(c int, members []int) {
	need, n := d.left[c], len(members)
	for k := range need {
		if from, to := k*n/need, (k+1)*n/need; from < to {
			if u := d.choose(members, from, to, d.free); u >= 0 {
				d.take(u)
			}
		}
	}
}

// rest fills what strata with enemies only could not give.
func (d *Drawer) rest(c int, members []int) bool {
	for d.left[c] > 0 {
		u := d.search(members, 0, len(members), d.free)
		if u < 0 {
			return false
		}
		d.take(u)
	}
	return true
}

// leastUsed takes the least used items, for trying them out.
func (d *Drawer) leastUsed(c int, members []int) bool { return len(members) > 0 && d.rest(c, members) }

// fillByHistory takes the items that the candidate has seen least: by strata from
// the first tier that has more than is needed, all of those before it.
func (d *Drawer) fillByHistory(c int, members []int) bool {
	for times := 0; d.left[c] > 0; times++ {
		d.tier = d.tier[:0]
		more := false
		for _, u := range members {
			switch s := d.r.Seen[u]; {
			case s == times && d.free(u):
				d.tier = append(d.tier, u)
			case s > times:
				more = true
			}
		}
		if len(d.tier) > d.left[c] {
			d.strata(c, d.tier)
		}
		// What strata could not give, and a tier that is needed whole.
		for _, u := range d.tier {
			if d.left[c] > 0 && d.free(u) {
				d.take(u)
			}
		}
		if !more && d.left[c] > 0 {
			return false
		}
	}
	return true
}
