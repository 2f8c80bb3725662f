package dif

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// bins is how many groups of equal size people are matched in by ability.
const bins = 10

// study is the comparison of groups on all items.
type study struct {
	m *responses.Matrix
	// ability without the item, by cell; nil where people are matched by their totals.
	ability []float64
	out     []bool    // items left out of the totals
	totals  []float64 // of the items that count and are not out, by person
	// regress says that logistic regressions are wanted.
	regress bool
}

// compare studies every item, several at once: none looks at what was found of another.
func (s *study) compare(sides ...[]Side) [][]Result {
	if s.ability == nil && s.m.SameScored() {
		s.total()
	}
	results := make([][]Result, len(sides))
	for g := range results {
		results[g] = make([]Result, len(s.m.Items()))
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(s.m.Items())) {
		group.Go(func() {
			var rows []row
			for i := int(next.Add(1)) - 1; i < len(s.m.Items()); i = int(next.Add(1)) - 1 {
				answers := s.answers(i)
				for g := range sides {
					rows = s.rows(rows[:0], answers, sides[g])
					results[g][i] = s.item(i, rows)
				}
			}
		})
	}
	group.Wait()
	return results
}

// total sums up the items that people are matched by.
func (s *study) total() {
	s.totals = make([]float64, len(s.m.People()))
	for _, c := range s.m.Cells() {
		if s.matchedBy(int(c.Item)) {
			s.totals[c.Person] += c.Mark
		}
	}
}

// matchedBy reports whether item i is in everybody's total.
func (s *study) matchedBy(i int) bool {
	return !s.m.Items()[i].Unscored && (s.out == nil || !s.out[i])
}

// answer is one row's answer to the studied item.
type answer struct {
	match  float64 // what people are matched by
	person int32
	right  bool
}

// answers are those to item i by ascending match: the number of right answers with the
// studied item, or the ability without it.
func (s *study) answers(i int) []answer {
	at := s.m.To(i)
	answers := make([]answer, 0, len(at))
	for _, n := range at {
		c := s.m.Cells()[n]
		a := answer{person: c.Person, right: c.Mark > 0}
		switch {
		case s.ability != nil:
			a.match = s.ability[n]
		case s.totals != nil:
			if a.match = s.totals[c.Person]; !s.matchedBy(i) {
				a.match += c.Mark
			}
		}
		a.match = psychometrics.Snap(a.match)
		answers = append(answers, a)
	}
	slices.SortFunc(answers, func(a, b answer) int {
		return cmp.Or(cmp.Compare(a.match, b.match), cmp.Compare(a.person, b.person))
	})
	return answers
}

// row is the people of both groups with the same match.
type row struct {
	match   float64
	stratum int
	// people by group, the reference first, and by answer, wrong first.
	people [2][2]float64
}

// rows counts the people of the two groups, and appends them to rows.
func (s *study) rows(rows []row, answers []answer, sides []Side) []row {
	for _, a := range answers {
		side := sides[a.person]
		if side == Neither {
			continue
		}
		if len(rows) == 0 || rows[len(rows)-1].match != a.match {
			rows = append(rows, row{match: a.match})
		}
		group, mark := 0, 0
		if side == Focal {
			group = 1
		}
		if a.right {
			mark = 1
		}
		rows[len(rows)-1].people[group][mark] += float64(s.m.People()[a.person].Count)
	}
	s.stratify(rows)
	return rows
}

// of is how many people of a group there are in the row.
func (r *row) of(group int) float64 { return r.people[group][0] + r.people[group][1] }

// stratify numbers the strata: one a score, or bins of equal size by ability. People of
// one ability are in one bin, that of their middle rank, so that the order of people
// decides nothing.
func (s *study) stratify(rows []row) {
	total, before := 0.0, 0.0
	for n := range rows {
		total += rows[n].of(0) + rows[n].of(1)
	}
	for n := range rows {
		tied := rows[n].of(0) + rows[n].of(1)
		if rows[n].stratum = n; s.ability != nil {
			rows[n].stratum = min(bins-1, int((before+tied/2)/total*bins))
		}
		before += tied
	}
}

// item compares the two groups on item i.
func (s *study) item(i int, rows []row) Result {
	r := Result{Item: s.m.Items()[i].ID}
	for n := range rows {
		r.ReferenceN += int(rows[n].of(0))
		r.FocalN += int(rows[n].of(1))
	}
	n := r.ReferenceN + r.FocalN
	why := ""
	switch {
	case !s.m.Binary(i):
		why = "needs marks of 0 and 1"
	case s.ability == nil && s.totals == nil:
		why = "people answered different items: match by ability"
	case r.ReferenceN == 0 || r.FocalN == 0:
		why = "one of the groups did not answer it"
	default:
		why = r.mantelHaenszel(rows)
	}
	if why != "" {
		r.Delta = psychometrics.Undefined(n, why)
		r.Uniform, r.NonUniform = none(why), none(why)
		return r
	}
	if r.FocalN < leastFocal || n < leastTotal {
		r.Delta.Status, r.Delta.Reason = psychometrics.TooFew, "needs 100 people in the focal group and 400 in all"
	} else {
		r.ETS = letter(r.Delta.Value, r.Delta.SE, r.ChiSquared)
	}
	if !s.regress {
		r.Uniform, r.NonUniform = none("only the last comparison has it"), none("only the last comparison has it")
		return r
	}
	r.Uniform, r.NonUniform = logistic(rows, r.Delta.Status)
	return r
}

// none is a test that is not defined.
func none(why string) Test { return Test{Status: psychometrics.NotDefined, Reason: why} }
