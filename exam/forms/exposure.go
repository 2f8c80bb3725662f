package forms

import "math"

// Exposure counts how often units were used, fading so that items which were
// used long ago catch up. It belongs to one pool; it is not safe for concurrent
// use.
type Exposure struct {
	pool *Pool
	used []float64
	sum  []float64 // by group
	mean []float64 // by group
}

// NewExposure starts from the given counts; nil is none.
func (p *Pool) NewExposure(used []float64) *Exposure {
	e := &Exposure{pool: p, used: make([]float64, len(p.units)), sum: make([]float64, len(p.groups)), mean: make([]float64, len(p.groups))}
	copy(e.used, used)
	for u, n := range e.used {
		e.sum[p.places[u].group] += n
	}
	for g, members := range p.groups {
		e.mean[g] = e.sum[g] / float64(max(len(members), 1))
	}
	return e
}

// Add counts the units of a form.
func (e *Exposure) Add(units []int) {
	for _, u := range units {
		g := e.pool.places[u].group
		e.used[u]++
		e.sum[g]++
		e.mean[g] = e.sum[g] / float64(len(e.pool.groups[g]))
	}
}

// Used is how often unit u was used.
func (e *Exposure) Used(u int) float64 { return e.used[u] }

// Level is how much more often a unit was used than the mean of its group,
// rounded up: from −8 to 7, which is all that a draw looks at.
type Level = int8

// The ends of a Level: half a byte holds it.
const (
	lowest  = -8
	highest = 7
)

func (e *Exposure) level(u int) Level {
	// Counts that come back from sums of fractions must not step up for a
	// rounding error.
	return Level(min(max(math.Ceil(e.used[u]-e.mean[e.pool.places[u].group]-1e-9), lowest), highest))
}
