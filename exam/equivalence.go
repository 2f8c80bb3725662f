package exam

import (
	"fmt"
	"slices"
	"sync"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
)

// pretestCell is the cell of slots whose items are tried out.
const pretestCell = -1

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
	// Cut is this form's, in points, where a panel has set the standard: what a
	// candidate at Theta is expected to score, rounded up. 0 where the blueprint's
	// share counts.
	Cut int `json:"cut,omitempty"`
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
	if p.blueprint.Pretest > 0 {
		for _, i := range p.pretest {
			p.addUnit([]pick{{i, pretestCell}})
		}
	}
	known := make([]difficulty, len(p.bank.items))
	judged := 0
	scored := 0
	for i := range p.unitOf {
		known[i] = calibration.difficultyOf(&p.bank.items[i].Item)
		if p.bank.items[i].Item.Pretest {
			continue
		}
		scored++
		if known[i].judged {
			judged++
		}
	}
	switch judged {
	case 0:
		p.basis = Calibrated
	case scored:
		p.basis = Judged
	default:
		p.basis = PartlyCalibrated
	}
	p.known = known
	p.theta = p.cutAbility()
	units := make([]forms.Unit, len(p.units))
	for u, picks := range p.units {
		quota := -1
		if u >= singles {
			quota = 0
		}
		items := make([]forms.Calibrated, len(picks))
		for n, pk := range picks {
			cell := pk.cell
			if cell == pretestCell {
				cell, quota = len(p.blueprint.Cells), -1
			}
			items[n] = forms.Calibrated{Item: known[pk.item].item, Cell: cell, Variance: known[pk.item].variance(p.theta)}
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
	if p.blueprint.Pretest > 0 {
		cells = append(cells, forms.Cell{Count: p.blueprint.Pretest, Unscored: true})
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

// share is the expected share of points at an ability, over the whole bank weighted as
// the blueprint asks.
func (p *Plan) share(theta float64) float64 {
	sums, counts := make([]float64, len(p.blueprint.Cells)), make([]int, len(p.blueprint.Cells))
	for _, picks := range p.units {
		for _, pk := range picks {
			if pk.cell == pretestCell {
				continue
			}
			sums[pk.cell] += p.known[pk.item].item.P(theta)
			counts[pk.cell]++
		}
	}
	sum := 0.0
	for c, n := range counts {
		if n > 0 {
			sum += float64(p.blueprint.Cells[c].Count) * sums[c] / float64(n)
		}
	}
	return sum / float64(p.blueprint.Length())
}

// cutAbility is the one that a panel has set, or else the one at which the expected
// share of points is the cut score. It stays between −6 and 6, where nobody is.
func (p *Plan) cutAbility() float64 {
	if p.blueprint.Standard != nil {
		return p.blueprint.Standard.Theta
	}
	return p.abilityAt(float64(p.blueprint.Cut) / fullBasisPoints)
}

// abilityAt solves for the ability at which the expected share of points is cut.
func (p *Plan) abilityAt(cut float64) float64 {
	low, high := -6.0, 6.0
	for range 60 {
		if middle := (low + high) / 2; p.share(middle) < cut {
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
		if p.units[u][0].cell == pretestCell {
			continue
		}
		chances = append(chances, p.pool.Unit(u).Chances...)
	}
	cut := cutOf(float64(len(chances)) * float64(p.blueprint.Cut) / fullBasisPoints)
	if p.blueprint.Standard != nil {
		e.Cut = cutOf(e.Expected[1])
		cut = e.Cut
	}
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
