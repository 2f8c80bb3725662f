package exam

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// Equivalence certifies how near a form is to what every form of its plan is
// balanced to. Scores are in points, at three abilities: one logit below the cut,
// at the cut, one logit above.
type Equivalence struct {
	// Theta is the ability of a candidate exactly at the cut: the one at which
	// the expected share of points, over the whole bank, is the cut score.
	Theta float64 `json:"theta_cut"`
	// Expected scores of this form, and by how much they differ from the target.
	Expected  [3]float64 `json:"expected"`
	Deviation [3]float64 `json:"deviation"`
	// Information on ability at the cut, and its difference from the target.
	Information          float64 `json:"information"`
	InformationDeviation float64 `json:"information_deviation"`
	// Pass is the chance to pass of a candidate exactly at the cut.
	Pass float64 `json:"pass_probability"`
	// ParameterSD is the standard deviation of the expected score at the cut that
	// the errors of what is known of the items leave. It does not shrink by
	// balancing better.
	ParameterSD float64 `json:"parameter_sd"`
	// Within says that the deviations are within the draw's tolerance.
	Within bool `json:"within"`
	// Basis says what the difficulties rest on.
	Basis Basis `json:"basis"`
}

// balance compiles the pool of the plan.
func (p *Plan) balance(calibration *Calibration) error {
	if calibration != nil {
		p.calibration = calibration.Hash
	}
	p.unitOf = make(map[int]int)
	for c, pool := range p.pools {
		for _, i := range pool {
			p.addUnit([]pick{{i, c}})
		}
	}
	singles := len(p.units)
	if p.blueprint.Testlets > 0 {
		for _, t := range p.testlets {
			p.addTestlet(t)
		}
	}
	known := make([]difficulty, len(p.bank.items))
	judged := 0
	for i := range p.unitOf {
		known[i] = calibration.difficultyOf(&p.bank.items[i].Item)
		if known[i].judged {
			judged++
		}
	}
	switch judged {
	case 0:
		p.basis = Calibrated
	case len(p.unitOf):
		p.basis = Judged
	default:
		p.basis = PartlyCalibrated
	}
	p.theta = p.cutAbility(known)
	units := make([]forms.Unit, len(p.units))
	for u, picks := range p.units {
		quota := -1
		if u >= singles {
			quota = 0
		}
		items := make([]forms.Calibrated, len(picks))
		for n, pk := range picks {
			items[n] = forms.Calibrated{Item: known[pk.item].item, Cell: pk.cell, Variance: known[pk.item].variance(p.theta)}
			for _, enemy := range p.enemies[pk.item] {
				if e, ok := p.unitOf[enemy]; ok {
					items[n].Enemies = append(items[n].Enemies, e)
				}
			}
		}
		units[u] = forms.NewUnit(p.theta, quota, items...)
	}
	cells := make([]forms.Cell, len(p.blueprint.Cells))
	for c := range cells {
		cells[c].Count = p.blueprint.Cells[c].Count
	}
	var err error
	if p.pool, err = forms.Compile(cells, []forms.Quota{{Mean: float64(p.blueprint.Testlets)}}, units); err != nil {
		return fmt.Errorf("compile the pool: %w", err)
	}
	p.drawers = &sync.Pool{New: func() any { return p.pool.NewDrawer() }}
	return nil
}

func (p *Plan) addUnit(picks []pick) {
	for _, pk := range picks {
		p.unitOf[pk.item] = len(p.units)
	}
	p.units = append(p.units, picks)
}

// addTestlet leaves out a testlet of which two items are enemies: no form can
// hold it.
func (p *Plan) addTestlet(t testlet) {
	picks := make([]pick, len(t.items))
	for n, i := range t.items {
		for _, enemy := range p.enemies[i] {
			if slices.Contains(t.items, enemy) {
				return
			}
		}
		picks[n] = pick{i, t.cells[n]}
	}
	p.addUnit(picks)
}

// cutAbility solves, over the whole bank weighted as the blueprint asks, for the
// ability at which the expected share of points is the cut score. It stays
// between −6 and 6, where nobody is.
func (p *Plan) cutAbility(known []difficulty) float64 {
	cells := make([][]irt.Item, len(p.blueprint.Cells))
	for _, picks := range p.units {
		for _, pk := range picks {
			cells[pk.cell] = append(cells[pk.cell], known[pk.item].item)
		}
	}
	share := func(theta float64) float64 {
		sum := 0.0
		for c, items := range cells {
			if len(items) > 0 {
				sum += float64(p.blueprint.Cells[c].Count) * irt.Expected(items, theta) / float64(len(items))
			}
		}
		return sum / float64(p.blueprint.Length())
	}
	low, high, cut := -6.0, 6.0, float64(p.blueprint.Cut)/fullBasisPoints
	for range 60 {
		if middle := (low + high) / 2; share(middle) < cut {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// equivalence is the certificate of a drawn form.
func (p *Plan) equivalence(f forms.Form) *Equivalence {
	c := f.Certificate
	e := &Equivalence{Theta: p.theta, Information: c.Sums[3], InformationDeviation: c.Sums[3] - c.Target[3], ParameterSD: c.ParameterSD, Within: c.Within, Basis: p.basis}
	for n := range e.Expected {
		e.Expected[n], e.Deviation[n] = c.Sums[n], c.Sums[n]-c.Target[n]
	}
	chances := make([]float64, 0, p.blueprint.Length())
	for _, u := range f.Units {
		chances = append(chances, p.pool.Unit(u).Chances...)
	}
	cut := int(math.Ceil(float64(len(chances))*float64(p.blueprint.Cut)/fullBasisPoints - 1e-9))
	for score, share := range irt.ScoreDistribution(chances) {
		if score >= cut {
			e.Pass += share
		}
	}
	return e
}

// seenUnits turns counts by item into counts by unit: a testlet was seen as often
// as its most seen item.
func (p *Plan) seenUnits(numbers map[int]int) []int {
	seen := make([]int, len(p.units))
	for i, n := range numbers {
		if u, ok := p.unitOf[i]; ok {
			seen[u] = max(seen[u], n)
		}
	}
	return seen
}

// encodeLevels packs two levels a byte; "" when all are 0.
func encodeLevels(levels []forms.Level) string {
	packed := make([]byte, (len(levels)+1)/2)
	any := false
	for u, l := range levels {
		any = any || l != 0
		packed[u/2] |= byte(l) & 15 << (4 * (u % 2))
	}
	if !any {
		return ""
	}
	return base64.StdEncoding.EncodeToString(packed)
}

// decodeLevels is the reverse for a plan of n units.
func decodeLevels(s string, n int) ([]forms.Level, error) {
	if s == "" {
		return nil, nil
	}
	packed, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(packed) != (n+1)/2 {
		return nil, fmt.Errorf("the form's levels are not those of a plan of %d units", n)
	}
	levels := make([]forms.Level, n)
	for u := range levels {
		// The sign of the half byte is its highest bit.
		levels[u] = forms.Level(packed[u/2]>>(4*(u%2))<<4) >> 4
	}
	return levels, nil
}
