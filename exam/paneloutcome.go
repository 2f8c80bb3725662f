package exam

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/standard"
)

// The methods of setting a cut.
const (
	ByAngoff      = "angoff"
	ByHofstee     = "hofstee"
	ByBeuk        = "beuk"
	ByBorderline  = "borderline"
	ByContrasting = "contrasting"
)

// PanelOutcome is the report of a panel. Shares are of all points, 0 to 1.
type PanelOutcome struct {
	// ByJudge are the judges' own cuts in the order of the votes, ByItem the mean ratings.
	ByJudge []float64 `json:"by_judge"`
	ByItem  []float64 `json:"by_item"`
	JudgeSD float64   `json:"judge_sd"`
	// Variances of judges, items and the rest (judges × items, crossed).
	Variances [3]float64 `json:"variances"`
	// Agreement is the correlation of mean ratings with how items were really answered.
	Agreement Finding `json:"agreement"`
	// Scores is how many results Hofstee and Beuk looked at.
	Scores int `json:"scores"`
	// Methods are what each method gives, by its name.
	Methods map[string]MethodOutcome `json:"methods"`
	// Calibration is the scale of abilities, with Basis.
	Calibration string `json:"calibration,omitempty"`
	Basis       Basis  `json:"basis"`
}

// MethodOutcome is a cut: as a share of all points over the whole bank, as the ability
// at which that share is expected, and as it falls on forms.
type MethodOutcome struct {
	Cut   Finding  `json:"cut"`
	Theta Finding  `json:"theta"`
	Forms FormCuts `json:"forms"`
}

// PanelMethods are the methods in the order of the report.
func PanelMethods() []string {
	return []string{ByAngoff, ByHofstee, ByBeuk, ByBorderline, ByContrasting}
}

// Finding is a statistic as it is stored: Value counts if Status is not "not defined".
type Finding struct {
	Value  float64 `json:"value"`
	SE     float64 `json:"se,omitempty"`
	N      int     `json:"n"`
	Status string  `json:"status"`
	Reason string  `json:"reason,omitempty"`
}

// Known reports whether there is a value.
func (f Finding) Known() bool { return f.Status != "" && f.Status != string(psychometrics.NotDefined) }

func finding(e psychometrics.Estimate, scale float64) Finding {
	return Finding{Value: e.Value * scale, SE: e.SE * scale, N: e.N, Status: string(e.Status), Reason: e.Reason}
}

// FormCuts says how a cut falls on forms, in points.
type FormCuts struct {
	Length int     `json:"length"`
	Drawn  int     `json:"drawn"`
	Min    int     `json:"min"`
	Max    int     `json:"max"`
	Mean   float64 `json:"mean"`
	// LowSE and HighSE are the cuts of the mean form one standard error of the
	// ability below and above.
	LowSE  float64 `json:"low_se"`
	HighSE float64 `json:"high_se"`
}

// conclude computes the report: of the votes, of the results so far in percent, and of
// the people who were judged. plan is that of the exam.
func (p *Panel) conclude(plan *Plan, calibration *Calibration, scores []int) (*PanelOutcome, error) {
	o := &PanelOutcome{Methods: make(map[string]MethodOutcome), Scores: len(scores), Basis: plan.basis, Calibration: plan.calibration}
	ratings := make([][]float64, len(p.Votes))
	for j, v := range p.Votes {
		ratings[j] = make([]float64, len(v.Ratings))
		for i, r := range v.Ratings {
			ratings[j][i] = float64(r) / 100
		}
	}
	items, n := make([]irt.Item, len(p.Items)), float64(len(p.Items))
	for i, ref := range p.Items {
		rev, err := plan.bank.find(ref)
		if err != nil {
			return nil, err
		}
		items[i] = calibration.difficultyOf(&rev.Item).item
	}
	angoff := standard.Angoff(ratings)
	for _, cut := range angoff.ByJudge {
		o.ByJudge = append(o.ByJudge, cut/n)
	}
	o.ByItem, o.JudgeSD, o.Variances = angoff.ByItem, angoff.JudgeSD/n, [3]float64{angoff.Judges, angoff.Items, angoff.Residual}
	o.Agreement = p.agreement(angoff.ByItem)
	theta := standard.Ability(items, angoff.Cut)
	m := MethodOutcome{Cut: finding(angoff.Cut, 1/n), Theta: finding(theta, 1)}
	if theta.Known() { // the cut belongs to the bank, not to the items that were rated
		m.Cut.Value, m.Cut.SE = plan.share(theta.Value), (plan.share(theta.Value+theta.SE)-plan.share(theta.Value-theta.SE))/2
	}
	o.Methods[ByAngoff] = m
	for method, cut := range p.otherCuts(scores) {
		o.Methods[method] = MethodOutcome{Cut: cut, Theta: plan.abilityOf(cut)}
	}
	for method, m := range o.Methods {
		if !m.Theta.Known() {
			continue
		}
		var err error
		if m.Forms, err = plan.formCuts(calibration, Standard{Panel: p.ID, Theta: m.Theta.Value, SE: m.Theta.SE}); err != nil {
			return nil, err
		}
		o.Methods[method] = m
	}
	return o, nil
}

// farthest is the ability beyond which nobody is looked for.
const farthest = 6

// abilityOf carries a share of points and its standard error over to ability.
func (p *Plan) abilityOf(cut Finding) Finding {
	theta := cut
	if !cut.Known() {
		return theta
	}
	theta.Value, theta.SE = p.abilityAt(cut.Value), 0
	if math.Abs(theta.Value) > farthest-1e-3 {
		return finding(psychometrics.Undefined(cut.N, "no ability has this expected score"), 1)
	}
	if cut.SE > 0 {
		theta.SE = (p.abilityAt(cut.Value+cut.SE) - p.abilityAt(cut.Value-cut.SE)) / 2
	}
	return theta
}

// agreement compares ratings with facts, of items that enough people answered.
func (p *Panel) agreement(byItem []float64) Finding {
	var rated, real []float64
	for i, f := range p.Facts {
		if f.N >= leastAnswers && i < len(byItem) {
			rated, real = append(rated, byItem[i]), append(real, f.P)
		}
	}
	if len(rated) < 3 {
		return finding(psychometrics.Undefined(len(rated), "too few items have enough answers"), 1)
	}
	r, ok := correlation(rated, real)
	if !ok {
		return finding(psychometrics.Undefined(len(rated), "all ratings or all difficulties are equal"), 1)
	}
	return finding(psychometrics.Correlation(r, len(rated), 10), 1)
}

// leastAnswers is from how many answers the difficulty of an item says something.
const leastAnswers = 20

func correlation(x, y []float64) (r float64, ok bool) {
	mean := func(v []float64) (m float64) {
		for _, x := range v {
			m += x / float64(len(v))
		}
		return m
	}
	mx, my := mean(x), mean(y)
	var xx, yy, xy float64
	for i := range x {
		xx, yy, xy = xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my), xy+(x[i]-mx)*(y[i]-my)
	}
	if xx < 1e-12 || yy < 1e-12 {
		return 0, false
	}
	return xy / math.Sqrt(xx*yy), true
}

// otherCuts are those of the methods that look at results: of judges and results
// together, and of people who were judged.
func (p *Panel) otherCuts(scores []int) map[string]Finding {
	cuts := make(map[string]Finding)
	var said []Compromise
	for _, v := range p.Votes {
		if v.Compromise != nil {
			said = append(said, *v.Compromise)
		}
	}
	if len(said) == 0 {
		none := finding(psychometrics.Undefined(0, "no judge was asked for the whole exam"), 1)
		cuts[ByHofstee], cuts[ByBeuk] = none, none
	} else {
		cuts[ByHofstee], cuts[ByBeuk] = jackknifed(said, scores, hofstee), jackknifed(said, scores, beuk)
	}
	var borderline, both []float64
	var able []bool
	for _, j := range p.People {
		if j.Grade == Borderline {
			borderline = append(borderline, j.Share)
			continue
		}
		both, able = append(both, j.Share), append(able, j.Grade == Above)
	}
	cuts[ByBorderline] = finding(standard.BorderlineGroup(borderline), 1)
	cuts[ByContrasting] = finding(standard.ContrastingGroups(both, able), 1)
	return cuts
}

// hofstee is the cut, in percent, of what judges said on average.
func hofstee(said []Compromise, scores []int) psychometrics.Estimate {
	var low, high, least, most float64
	n := float64(len(said))
	for _, c := range said {
		low, high, least, most = low+float64(c.CutMin)/n, high+float64(c.CutMax)/n, least+float64(c.FailMin)/n, most+float64(c.FailMax)/n
	}
	return standard.Hofstee(scores, low, high, least/100, most/100)
}

func beuk(said []Compromise, scores []int) psychometrics.Estimate {
	cuts, rates := make([]float64, len(said)), make([]float64, len(said))
	for i, c := range said {
		cuts[i], rates[i] = float64(c.Cut), float64(c.Pass)/100
	}
	return standard.Beuk(scores, 100, cuts, rates)
}

// jackknifed is a cut in percent with the standard error that other judges would give, as
// Angoff's is: by leaving out each judge in turn. Without three judges, or where a cut
// hangs on one of them, there is none.
func jackknifed(said []Compromise, scores []int, cut func([]Compromise, []int) psychometrics.Estimate) Finding {
	whole := cut(said, scores)
	if !whole.Known() || len(said) < 3 {
		return finding(whole, .01)
	}
	n, sum, squares := float64(len(said)), 0.0, 0.0
	without := make([]float64, len(said))
	for i := range said {
		e := cut(slices.Delete(slices.Clone(said), i, i+1), scores)
		if !e.Known() {
			return finding(whole, .01)
		}
		without[i] = e.Value
		sum += e.Value
	}
	for _, v := range without {
		squares += (v - sum/n) * (v - sum/n)
	}
	return finding(whole.WithSE(math.Sqrt((n-1)/n*squares)), .01)
}

// trialCuts is how many forms show how a cut falls.
const trialCuts = 50

// formCuts draws trial forms with the cut at an ability.
func (p *Plan) formCuts(calibration *Calibration, at Standard) (FormCuts, error) {
	blueprint := p.blueprint
	blueprint.Standard = &at
	plan, err := NewCalibratedPlan(p.bank, blueprint, calibration)
	if err != nil {
		return FormCuts{}, err
	}
	n := float64(blueprint.Length())
	c := FormCuts{Length: blueprint.Length(), Drawn: trialCuts, Min: math.MaxInt, LowSE: n * plan.share(at.Theta-at.SE), HighSE: n * plan.share(at.Theta+at.SE)}
	for i := range trialCuts {
		form, err := plan.Assemble(sha256.Sum256(fmt.Appendf(nil, "%s %d", at.Panel, i)), nil)
		if err != nil {
			return FormCuts{}, err
		}
		cut := form.Equivalence.Cut
		c.Min, c.Max, c.Mean = min(c.Min, cut), max(c.Max, cut), c.Mean+float64(cut)/trialCuts
	}
	return c, nil
}

// cutOf is the cut of a form in whole points: its expected score, rounded up, so that
// nobody passes who is expected to score less.
func cutOf(expected float64) int { return int(math.Ceil(expected - 1e-9)) }
