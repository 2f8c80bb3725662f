package statistics

import (
	"cmp"
	"math"
	"slices"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// sample is what a run has read: the responses, and the scores by group.
type sample struct {
	people []responses.Person
	cells  []responses.Cell
	// of each person
	lang, region     []string
	sitting, attempt []string
	scores           []score
	drawn            []float64
}

type score struct {
	share  float64
	passed bool
}

func (s *sample) add(r *row, region string) {
	if len(r.Items) == 0 || r.Max == 0 {
		return
	}
	p := int32(len(s.people))
	s.people = append(s.people, responses.Person{Count: 1, At: r.At})
	first := len(s.cells)
	s.cells = r.cells(p, s.cells)
	inOrder(s.cells[first:])
	s.lang, s.region = append(s.lang, r.Lang), append(s.region, region)
	s.sitting, s.attempt = append(s.sitting, r.Sitting), append(s.attempt, r.Attempt)
	s.scores = append(s.scores, score{float64(r.Score) / float64(r.Max), r.Passed})
	if r.Drawn > 0 {
		s.drawn = append(s.drawn, r.Drawn)
	}
}

// inOrder sorts the cells of one person as a table has them, which spares it a copy of all.
func inOrder(cells []responses.Cell) {
	slices.SortStableFunc(cells, func(a, b responses.Cell) int { return cmp.Compare(a.Item, b.Item) })
}

// matrix has a column for each item that somebody had.
func (s *sample) matrix(b *exam.Bank, keys *exam.Keying) *responses.Matrix {
	var items []responses.Item
	column := make([]int32, b.Items())
	for _, c := range s.cells {
		column[c.Item]++
	}
	for i, n := range column {
		if n == 0 {
			continue
		}
		it := responses.Item{ID: b.Revision(i).Item.ID, Max: 1, Key: responses.NoOption, Unscored: b.Revision(i).Item.Pretest}
		options, key := b.Choices(keys, i)
		for o := range options {
			it.Options = append(it.Options, string(rune('A'+o)))
		}
		if options > 0 {
			it.Key = key
		}
		column[i] = int32(len(items))
		items = append(items, it)
	}
	for n := range s.cells {
		s.cells[n].Item = column[s.cells[n].Item]
	}
	m := responses.New(items, s.people, s.cells)
	s.cells = nil // the matrix has its own
	return m
}

// group sums up the people of whom is says so.
func (s *sample) group(name string, is func(p int) bool) Group {
	g := Group{Name: name, Bins: make([]int, bins)}
	sum, passed := 0.0, 0
	for p, sc := range s.scores {
		if !is(p) {
			continue
		}
		g.N++
		sum += sc.share
		if sc.passed {
			passed++
		}
		g.Bins[min(bins-1, int(sc.share*bins))]++
	}
	if g.N == 0 {
		none := psychometrics.Undefined(0, "nobody is in this group")
		g.Mean, g.SD, g.Pass = none, none, none
		return g
	}
	n, mean := float64(g.N), sum/float64(g.N)
	squares := 0.0
	for p, sc := range s.scores {
		if is(p) {
			squares += (sc.share - mean) * (sc.share - mean)
		}
	}
	sd := math.Sqrt(squares / max(1, n-1))
	rate := float64(passed) / n
	g.Mean = psychometrics.Of(mean, g.N, LeastPeople).WithSE(sd / math.Sqrt(n))
	g.SD = psychometrics.Of(sd, g.N, LeastPeople)
	g.Pass = psychometrics.Of(rate, g.N, LeastPeople).WithInterval(psychometrics.Wilson(rate, n))
	return g
}

// groups sums people up by name. Groups that are too small to be named are put together
// as "", with the smallest named one when that alone could be told from the total.
func (s *sample) groups(names []string) []Group {
	size := make(map[string]int)
	for _, name := range names {
		size[name]++
	}
	ordered := make([]string, 0, len(size))
	rest, others := 0, false
	for name, n := range size {
		if name != "" && n >= LeastGroup {
			ordered = append(ordered, name)
			continue
		}
		others = true
		rest += n
	}
	slices.SortFunc(ordered, func(a, b string) int { return cmp.Or(cmp.Compare(size[b], size[a]), cmp.Compare(a, b)) })
	for others && rest < LeastGroup && len(ordered) > 0 {
		last := ordered[len(ordered)-1]
		ordered, rest = ordered[:len(ordered)-1], rest+size[last]
	}
	if len(ordered) == 0 || len(ordered) == 1 && !others {
		return nil // one group is everybody
	}
	var all []Group
	for _, name := range ordered {
		all = append(all, s.group(name, func(p int) bool { return names[p] == name }))
	}
	if others {
		all = append(all, s.group("", func(p int) bool { return !slices.Contains(ordered, names[p]) }))
	}
	return all
}

// spread sums up what forms let a candidate at the cut expect.
func spread(values []float64) Spread {
	const shown = 2000
	s := Spread{N: len(values), SD: psychometrics.Undefined(len(values), "no form says how hard it is")}
	if len(values) == 0 {
		return s
	}
	s.Min, s.Max = slices.Min(values), slices.Max(values)
	for _, v := range values {
		s.Mean += v / float64(len(values))
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - s.Mean) * (v - s.Mean)
	}
	s.SD = psychometrics.Of(math.Sqrt(squares/float64(max(1, len(values)-1))), len(values), LeastPeople)
	for n := 0; n < len(values); n += (len(values) + shown - 1) / shown {
		s.Values = append(s.Values, values[n])
	}
	return s
}
