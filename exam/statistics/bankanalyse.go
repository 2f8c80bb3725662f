package statistics

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/dif"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// bankStages is how many parts the computing over a bank has, for its progress.
const bankStages = 6

// analyse computes what is said of a bank. It is pure. step hears that a part of bankStages
// is done, and again while a long one goes on.
func (p *pool) analyse(step func(done int)) (BankResult, []BankItemResult) {
	r := BankResult{Schema: 1, Release: p.bank.Release.Hash, Exams: sorted(p.exams), People: len(p.people), Responses: len(p.cells)}
	if len(p.people) < LeastPeople {
		r.People, r.Responses = 0, 0
		return r, nil
	}
	r.Enough = true
	m := p.matrix()
	step(0)
	// All exams are calibrated together: what they share puts them on one scale.
	o := irt.Options{Model: irt.TwoPL, Prior: irt.Weak, Progress: func(int, float64) { step(0) }}
	if m.Count() < leastForSlopes {
		o.Model = irt.OnePL
	}
	fit := irt.Estimate(m, o)
	r.Model, r.ModelStatus, r.ModelReason = fit.Model, fit.Status, fit.Reason
	step(1)
	var rest []float64
	if fit.Status != psychometrics.NotDefined {
		rest = fit.RestAbilities(m)
	}
	step(2)
	items := p.lines(m, fit, rest)
	step(3)
	if rest != nil {
		r.Compared = p.compare(m, fit, rest, items, func() { step(3) })
	}
	step(4)
	for i := range items {
		r.Items = append(r.Items, items[i].BankLine)
	}
	return r, items
}

// matrix has a column for each item that somebody had.
func (p *pool) matrix() *responses.Matrix {
	asked := make([]bool, p.bank.Items())
	for _, c := range p.cells {
		asked[c.Item] = true
	}
	var items []responses.Item
	column := make([]int32, p.bank.Items())
	for i, is := range asked {
		if is {
			it := p.bank.Revision(i).Item
			column[i] = int32(len(items))
			items = append(items, responses.Item{ID: it.ID, Max: 1, Key: responses.NoOption, Unscored: it.Pretest})
		}
	}
	for n := range p.cells {
		p.cells[n].Item = column[p.cells[n].Item]
	}
	m := responses.New(items, p.people, p.cells)
	p.cells = nil // the matrix has its own
	return m
}

// ofItems is the classical analysis with discrimination by ability, or by the score on the
// other items where everybody had the same ones.
func ofItems(m *responses.Matrix, rest []float64) []ctt.Item {
	var o ctt.Options
	if !m.SameScored() {
		o.Rest = rest
	}
	return ctt.Analyse(m, o).Items
}

// lines are the figures of the items together and exam by exam.
func (p *pool) lines(m *responses.Matrix, fit *irt.Fit, rest []float64) []BankItemResult {
	items := make([]BankItemResult, len(m.Items()))
	for i, c := range ofItems(m, rest) {
		it := &items[i]
		it.Schema, it.Release, it.Curve = 1, p.bank.Release.Hash, fit.Items[i]
		it.Line = Line{Item: c.ID, N: c.N, Pretest: m.Items()[i].Unscored, Facility: c.Facility, Rest: c.Rest, Flags: c.Flags}
		it.Asked = []Asked{}
	}
	possible := make([]int, len(items)) // people of the exams that asked it
	for from := 0; from < len(p.exam); {
		to := from
		for to < len(p.exam) && p.exam[to] == p.exam[from] {
			to++
		}
		x := p.exams[p.exam[from]]
		first, _ := m.Range(from)
		_, last := m.Range(to - 1)
		cells := slices.Clone(m.Cells()[first:last])
		for n := range cells {
			cells[n].Person -= int32(from)
		}
		var own []float64
		if rest != nil {
			own = rest[first:last]
		}
		for i, c := range ofItems(responses.New(m.Items(), p.people[from:to], cells), own) {
			if c.N == 0 {
				continue
			}
			flags := append([]ctt.Flag{}, p.flags[x.Exam][c.ID]...)
			items[i].Asked = append(items[i].Asked, Asked{x, c.N, float64(c.N) / float64(x.People), c.Facility, c.Rest, flags})
			possible[i] += x.People
		}
		from = to
	}
	for i := range items {
		items[i].Exams, items[i].Exposure = len(items[i].Asked), float64(items[i].N)/float64(max(1, possible[i]))
		slices.SortStableFunc(items[i].Asked, func(a, b Asked) int { return b.N - a.N })
	}
	return items
}

// compare looks for items that behave differently by role, by language and by region. rest
// are the abilities that all items are in.
func (p *pool) compare(m *responses.Matrix, fit *irt.Fit, rest []float64, items []BankItemResult, step func()) []Compared {
	role := make([]string, len(p.people))
	for n, of := range p.exam {
		role[n] = p.exams[of].Role
	}
	ability := func(out []bool) []float64 {
		step()
		if !slices.Contains(out, true) {
			return rest
		}
		return fit.RestAbilitiesWithout(m, out)
	}
	var all []Compared
	try := func(compared []Compared, names []string) {
		for _, c := range compared {
			plain, purified := dif.PurifiedByAbility(m, c.sides(names), ability)
			noteBankDIF(c, plain, purified, items)
		}
		all = append(all, compared...)
	}
	try(withLargest(byRole, role), role)
	try(withLargest("language", p.lang), p.lang)
	try(withOthers("region", p.region), p.region)
	return all
}

// byRole is how differences between roles are called.
const byRole = "role"

// noteBankDIF adds one comparison to the items that enough people of both groups answered
// to be shown at all.
func noteBankDIF(c Compared, plain, purified []dif.Result, items []BankItemResult) {
	for i, d := range purified {
		if min(d.ReferenceN, d.FocalN) < LeastGroup {
			continue
		}
		it, crossing := &items[i], 1.0
		if d.NonUniform.Status != psychometrics.NotDefined {
			crossing = d.NonUniform.P
		}
		it.DIF = append(it.DIF, BankCompared{c, d.ReferenceN, d.FocalN, plain[i].Delta, d.Delta, d.P, crossing, d.ETS})
		if c.By == byRole {
			it.Role = max(it.Role, d.ETS) // the letters stand in their order
		}
		if d.ETS == dif.C && !slices.Contains(it.Flags, DIF) {
			it.Flags = append(it.Flags, DIF)
		}
	}
}
