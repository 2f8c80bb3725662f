package forms

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Stats are what a unit adds to a form: the expected score one logit below the
// cut, at the cut and one logit above it, and the information at the cut.
type Stats [4]float64

// The places in Stats.
const (
	below = iota
	atCut
	above
	information
)

func (s *Stats) add(o Stats, sign float64) {
	for n := range s {
		s[n] += sign * o[n]
	}
}

// micro are stats in whole millionths. Every comparison that decides a draw is
// made on them, so that a form comes out the same where processors round sums of
// fractions differently.
type micro [4]int64

const million = 1_000_000

func (s Stats) micro() (m micro) {
	for n, v := range s {
		m[n] = int64(math.Round(v * million))
	}
	return m
}

func (m *micro) add(o micro, sign int64) {
	for n := range m {
		m[n] += sign * o[n]
	}
}

// exchanged is m with in added and out taken away.
func (m micro) exchanged(in, out *micro) micro {
	return micro{m[0] + in[0] - out[0], m[1] + in[1] - out[1], m[2] + in[2] - out[2], m[3] + in[3] - out[3]}
}

// miss is the weighted squared distance from the target, in hundredths of squared
// millionths. The cut counts most, since decisions fall there. A form that misses
// by 100 points is still far from an overflow.
func (m micro) miss() int64 {
	return 30*m[below]*m[below] + 100*m[atCut]*m[atCut] + 30*m[above]*m[above] + 15*m[information]*m[information]
}

// missOf is Stats.miss as an integer: squared points to micro.miss.
func missOf(squaredPoints float64) int64 { return int64(squaredPoints * 100 * million * million) }

// Unit is one item, or a testlet whose items stay together.
type Unit struct {
	// Cells are the cells that its items count for, one for each item.
	Cells []int
	// Stats are the sums over its items.
	Stats Stats
	// Chances are the candidate's at the cut, item by item; they sum to Stats[1].
	Chances []float64
	// Variance is that of Stats[1] by the errors of the items' parameters.
	Variance float64
	// Enemies are units that must not share a form with it; naming it on one
	// side is enough.
	Enemies []int
	// Quota is the index of the quota that the unit counts for, −1 for a single
	// item.
	Quota int
}

// Cell asks for items.
type Cell struct {
	Count int
	// Unscored marks slots for trying items out: they do not count for the
	// score, and the least used items are drawn.
	Unscored bool
}

// Quota asks for testlets: Mean a form, the part after the point by chance.
type Quota struct{ Mean float64 }

// Pool is what forms are drawn from. It is immutable and safe for concurrent use.
type Pool struct {
	cells   []Cell
	quotas  []Quota
	units   []Unit
	enemies [][]int

	// groups hold, in ascending order of Stats[1], the units that can replace
	// each other: the single items of a cell first, one group for each cell,
	// then testlets that count for the same cells.
	groups [][]int
	order  []int // cells, scarcest first
	quota  [][]int

	places    []place // of each unit
	target    Stats
	variance  float64   // of the expected score at the cut of a mean form
	tolerance int64     // as micro.miss
	ideal     []float64 // expected number of uses in a form, of each unit
	length    int
}

// place is what the draw and the repair ask of a unit, side by side: with 10,000
// units most of their time goes into waiting for memory.
type place struct {
	exact    micro // its Stats
	group    int32
	rank     int32 // within its group
	window   int32 // ranks to each side in which it is exchanged
	unscored bool
}

// Tolerances of the repair, in squared points.
const (
	// tightest gives forms whose expected score at the cut varies by .023.
	tightest = .004
	// loosest keeps balancing what is known where little is.
	loosest = .05
	// reached is the standard deviation at the cut over the square root of the
	// tolerance, as measured.
	reached = .36
)

// Compile prepares a pool. An error names the first cell that cannot be filled.
func Compile(cells []Cell, quotas []Quota, units []Unit) (*Pool, error) {
	p := &Pool{cells: cells, quotas: quotas, units: units, enemies: make([][]int, len(units)), places: make([]place, len(units)),
		quota: make([][]int, len(quotas)), ideal: make([]float64, len(units)), groups: make([][]int, len(cells))}
	p.befriend()
	for u := range units {
		p.places[u].exact = units[u].Stats.micro()
		p.places[u].unscored = cells[units[u].Cells[0]].Unscored
	}
	testlets := make(map[string]int) // group by cells
	for u, unit := range units {
		g := unit.Cells[0]
		if unit.Quota >= 0 {
			key := fmt.Sprint(slices.Sorted(slices.Values(unit.Cells)))
			var known bool
			if g, known = testlets[key]; !known {
				g = len(p.groups)
				testlets[key] = g
				p.groups = append(p.groups, nil)
			}
			p.quota[unit.Quota] = append(p.quota[unit.Quota], u)
		}
		p.places[u].group = int32(g)
		p.groups[g] = append(p.groups[g], u)
	}
	for g, members := range p.groups {
		slices.SortStableFunc(members, func(a, b int) int { return cmp.Compare(p.places[a].exact[atCut], p.places[b].exact[atCut]) })
		for r, u := range members {
			p.places[u].rank, p.places[u].window = int32(r), int32(p.window(g))
		}
	}
	if err := p.aim(); err != nil {
		return nil, err
	}
	p.order = make([]int, len(cells))
	for c := range p.order {
		p.order[c] = c
		p.length += cells[c].Count
	}
	slices.SortStableFunc(p.order, func(a, b int) int {
		return cmp.Compare(len(p.groups[a])-cells[a].Count, len(p.groups[b])-cells[b].Count)
	})
	return p, nil
}

// window is how far from a unit's rank its neighbours are looked for in group g:
// one stratum to each side, and enough to find somebody in a small group. With
// wider ones most exchanges change the sums by too much to be made.
func (p *Pool) window(g int) int {
	n := len(p.groups[g])
	if g >= len(p.cells) || p.cells[g].Count == 0 {
		return n
	}
	return max(4, n/p.cells[g].Count)
}

func (p *Pool) befriend() {
	for u, unit := range p.units {
		for _, e := range unit.Enemies {
			if !slices.Contains(p.enemies[u], e) {
				p.enemies[u] = append(p.enemies[u], e)
			}
			if !slices.Contains(p.enemies[e], u) {
				p.enemies[e] = append(p.enemies[e], u)
			}
		}
	}
}

// aim sets the target: what a form has on average when every unit is used as
// often as others of its kind. Any other target would bend the exposure.
func (p *Pool) aim() error {
	left, inTestlets := make([]float64, len(p.cells)), make([]int, len(p.cells))
	for c, cell := range p.cells {
		left[c] = float64(cell.Count)
	}
	use := func(u int, rate float64) {
		p.ideal[u] = rate
		for n := range p.target {
			p.target[n] += rate * p.units[u].Stats[n]
		}
		p.variance += rate * p.units[u].Variance
	}
	for q, members := range p.quota {
		if float64(len(members)) < p.quotas[q].Mean {
			return fmt.Errorf("quota %d asks for %g testlets, the pool has %d", q, p.quotas[q].Mean, len(members))
		}
		for _, u := range members {
			rate := p.quotas[q].Mean / float64(len(members))
			use(u, rate)
			for _, c := range p.units[u].Cells {
				left[c] -= rate
				inTestlets[c]++
			}
		}
	}
	for c, cell := range p.cells {
		members := p.groups[c]
		if len(members)+inTestlets[c] < cell.Count {
			return fmt.Errorf("cell %d asks for %d items, the pool has %d", c, cell.Count, len(members)+inTestlets[c])
		}
		for _, u := range members {
			rate := min(1, max(0, left[c])/float64(len(members)))
			if cell.Unscored {
				p.ideal[u] = rate
			} else {
				use(u, rate)
			}
		}
	}
	sd := math.Sqrt(p.variance)
	p.tolerance = missOf(min(max(tightest, math.Pow(sd/5/reached, 2)), loosest))
	return nil
}

// Target is what every form is balanced to.
func (p *Pool) Target() Stats { return p.target }

// Length is the number of items of a form.
func (p *Pool) Length() int { return p.length }

// Units is the number of units.
func (p *Pool) Units() int { return len(p.units) }

// Ideal is the expected number of uses of unit u in a form.
func (p *Pool) Ideal(u int) float64 { return p.ideal[u] }

// ParameterSD is the standard deviation of a form's expected score at the cut
// that the errors of the items' parameters leave, in points.
func (p *Pool) ParameterSD() float64 { return math.Sqrt(p.variance) }

// Unit returns unit u, not to be changed.
func (p *Pool) Unit(u int) *Unit { return &p.units[u] }
