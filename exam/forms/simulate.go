package forms

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Simulation says how equal many forms are, and how evenly items are used.
type Simulation struct {
	Forms, Length int
	// Cut is the number of points that passes: the target rounded up.
	Cut int
	// PerForm is the median time to draw one, counting its items included: a mean
	// would measure what else the machine does.
	PerForm time.Duration
	// Expected is the expected score at the cut, in points, over the forms.
	Expected Spread
	// Pass is the chance to pass of a candidate exactly at the cut, when the cut
	// score is the target rounded up.
	Pass Spread
	// InformationSD is that of the information at the cut, relative to its mean.
	InformationSD float64
	// ParameterSD is what the errors of the parameters leave on top, in points.
	ParameterSD float64
	// Least and Most are the smallest and the largest number of uses of an item
	// over its ideal.
	Least, Most float64
	// Overlap is the number of items that two forms share.
	Overlap Overlap
	// Missed counts forms whose repair did not reach the tolerance, Violations
	// forms that break the blueprint.
	Missed, Violations int
}

// Spread describes numbers over forms; SD divides by n − 1.
type Spread struct{ Mean, SD, Min, Max float64 }

// Overlap of two forms, over all pairs; Max is over pairs of the first thousand.
// Floor is the smallest mean that the blueprint allows.
type Overlap struct {
	Mean, Floor float64
	Max         int
}

// pairwise is how many forms are compared each with each.
const pairwise = 1000

// Stream is the random stream of one draw.
type Stream = *rand.Rand

// Method is a way to draw.
type Method func(d *Drawer, rng Stream, e *Exposure) (Form, bool)

// Balanced draws as the service does.
func Balanced(d *Drawer, rng Stream, e *Exposure) (Form, bool) {
	return d.Draw(rng, Request{Exposure: e})
}

// Uniform draws at random within each cell.
func Uniform(d *Drawer, rng Stream, _ *Exposure) (Form, bool) { return d.DrawUniform(rng) }

// Simulate draws n forms one after the other and judges them by truth: the
// chances at the cut and the statistics of every unit, which are the pool's own
// when nil. now measures; progress, when not nil, is told after each form.
func (p *Pool) Simulate(method Method, n int, seed uint64, truth []Unit, now func() time.Time, progress func(done int)) (Simulation, error) {
	if truth == nil {
		truth = p.units
	}
	if n < 1 {
		return Simulation{}, errors.New("a simulation draws one form at least")
	}
	cut := int(math.Ceil(p.target[atCut] - 1e-9))
	s := Simulation{Forms: n, Length: p.length, Cut: cut, ParameterSD: p.ParameterSD()}
	d, e := p.NewDrawer(), p.NewExposure(nil)
	counts := make([]int, len(p.units))
	expected, pass, info := make([]float64, 0, n), make([]float64, 0, n), make([]float64, 0, n)
	var sets [][]uint64
	spent := make([]time.Duration, 0, n)
	for form := range n {
		var key [32]byte
		binary.LittleEndian.PutUint64(key[:], seed)
		binary.LittleEndian.PutUint64(key[8:], uint64(form))
		began := now()
		f, ok := method(d, rand.New(rand.NewChaCha8(key)), e)
		if !ok {
			return s, fmt.Errorf("form %d of %d: enemies or testlets leave no form; name fewer enemies, or give their cells more items", form+1, n)
		}
		e.Add(f.Units)
		spent = append(spent, now().Sub(began))
		if !p.sound(f.Units) {
			s.Violations++
		}
		if !f.Certificate.Within {
			s.Missed++
		}
		var sums Stats
		var chances []float64
		for _, u := range f.Units {
			counts[u]++
			if !d.unscored(u) {
				sums.add(truth[u].Stats, 1)
				chances = append(chances, truth[u].Chances...)
			}
		}
		expected, info = append(expected, sums[atCut]), append(info, sums[information])
		pass = append(pass, atLeast(irt.ScoreDistribution(chances), cut))
		if form < pairwise {
			sets = append(sets, p.bitset(f.Units))
		}
		if progress != nil {
			progress(form + 1)
		}
	}
	slices.Sort(spent)
	s.PerForm = spent[n/2]
	s.Expected, s.Pass = spreadOf(expected), spreadOf(pass)
	if i := spreadOf(info); i.Mean > 0 {
		s.InformationSD = i.SD / i.Mean
	}
	p.exposureOf(&s, counts)
	s.Overlap.Max = p.largestOverlap(sets)
	return s, nil
}

func atLeast(distribution []float64, cut int) float64 {
	sum := 0.0
	for score, share := range distribution {
		if score >= cut {
			sum += share
		}
	}
	return sum
}

func spreadOf(all []float64) Spread {
	if len(all) == 0 {
		return Spread{}
	}
	s := Spread{Min: slices.Min(all), Max: slices.Max(all)}
	for _, v := range all {
		s.Mean += v / float64(len(all))
	}
	for _, v := range all {
		s.SD += (v - s.Mean) * (v - s.Mean)
	}
	s.SD = math.Sqrt(s.SD / float64(max(1, len(all)-1)))
	return s
}

// sound checks a form against the blueprint, apart from the code that drew it.
func (p *Pool) sound(units []int) bool {
	left := make([]int, len(p.cells))
	for c, cell := range p.cells {
		left[c] = cell.Count
	}
	in := make(map[int]bool)
	for _, u := range units {
		if in[u] {
			return false
		}
		in[u] = true
		for _, c := range p.units[u].Cells {
			left[c]--
		}
	}
	for u := range in {
		for _, e := range p.units[u].Enemies {
			if in[e] {
				return false
			}
		}
	}
	return !slices.ContainsFunc(left, func(n int) bool { return n != 0 })
}

// exposureOf compares uses with the ideal, and counts shared items: two forms
// share unit u when both have it.
func (p *Pool) exposureOf(s *Simulation, counts []int) {
	n := float64(s.Forms)
	s.Least, s.Most = math.Inf(1), 0
	for u, c := range counts {
		if p.ideal[u] <= 0 {
			continue
		}
		rate := float64(c) / (n * p.ideal[u])
		s.Least, s.Most = min(s.Least, rate), max(s.Most, rate)
		items := float64(len(p.units[u].Cells))
		s.Overlap.Floor += items * p.ideal[u] * p.ideal[u]
		if n > 1 {
			s.Overlap.Mean += items * float64(c) * float64(c-1) / (n * (n - 1))
		}
	}
	if math.IsInf(s.Least, 1) {
		s.Least = 0
	}
}

func (p *Pool) bitset(units []int) []uint64 {
	set := make([]uint64, (len(p.units)+63)/64)
	for _, u := range units {
		set[u/64] |= 1 << (u % 64)
	}
	return set
}

func (p *Pool) largestOverlap(sets [][]uint64) int {
	largest := 0
	for i, a := range sets {
		for _, b := range sets[:i] {
			shared := 0
			for w := range a {
				for both := a[w] & b[w]; both != 0; both &= both - 1 {
					shared += len(p.units[w*64+bits.TrailingZeros64(both)].Cells)
				}
			}
			largest = max(largest, shared)
		}
	}
	return largest
}
