package ctt_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// genChoices draws people who choose options at random, or by ability.
func genChoices(t *rapid.T) *responses.Matrix {
	items := make([]responses.Item, rapid.IntRange(1, 6).Draw(t, "items"))
	for i := range items {
		items[i] = responses.Item{ID: fmt.Sprint("q", i), Max: 1, Options: []string{"a", "b", "c"}, Key: rapid.IntRange(0, 2).Draw(t, "key")}
	}
	people := make([]responses.Person, rapid.IntRange(1, 40).Draw(t, "people"))
	sparse := rapid.Bool().Draw(t, "sparse")
	var cells []responses.Cell
	for p := range people {
		people[p] = responses.Person{ID: fmt.Sprint(p), Count: rapid.IntRange(1, 3).Draw(t, "count")}
		for i := range items {
			if sparse && rapid.Bool().Draw(t, "left out") {
				continue
			}
			option := int16(rapid.IntRange(-1, 2).Draw(t, "option"))
			c := responses.Cell{Person: int32(p), Item: int32(i), Option: option}
			if int(option) == items[i].Key {
				c.Mark = 1
			} else if option < 0 {
				c.State = responses.Omitted
			}
			cells = append(cells, c)
		}
	}
	return responses.New(items, people, cells)
}

// each visits every estimate of a report.
func each(r ctt.Report, visit func(name string, e psychometrics.Estimate)) {
	for name, e := range map[string]psychometrics.Estimate{"mean": r.Mean, "sd": r.SD, "alpha": r.Alpha, "standardised": r.Standardised, "kr21": r.KR21, "sem": r.SEM,
		"median": r.Moodle.Median, "skewness": r.Moodle.Skewness, "kurtosis": r.Moodle.Kurtosis, "cic": r.Moodle.CIC} {
		visit(name, e)
	}
	for _, it := range r.Items {
		for name, e := range map[string]psychometrics.Estimate{"facility": it.Facility, "sd": it.SD, "total": it.Total, "rest": it.Rest, "biserial": it.Biserial, "biserial of rest": it.BiserialRest,
			"without": it.AlphaWithout, "kelley": it.UpperLower, "quantile": it.UpperLowerQuantile, "efficiency": it.Moodle.Efficiency, "weight": it.Moodle.EffectiveWeight} {
			visit(it.ID+" "+name, e)
		}
		for _, o := range it.Options {
			visit(it.ID+o.Option, o.Rest)
			visit(it.ID+o.Option, o.MeanRest)
		}
	}
}

// TestInvariant1NeverNaN: every number is finite or has a reason.
func TestInvariant1NeverNaN(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		each(ctt.Analyse(genChoices(t), ctt.Options{}), func(name string, e psychometrics.Estimate) {
			for _, v := range []float64{e.Value, e.SE, e.Low, e.High} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s is %+v", name, e)
				}
			}
			if e.Status == "" || (e.Status != psychometrics.Fine) == (e.Reason == "") {
				t.Fatalf("%s has status %q for %q", name, e.Status, e.Reason)
			}
			if e.Status == psychometrics.NotDefined && e.Value != 0 {
				t.Fatalf("%s is not defined, yet %v", name, e.Value)
			}
		})
	})
}

func close2(a, b psychometrics.Estimate) bool {
	return a.Known() == b.Known() && math.Abs(a.Value-b.Value) < 1e-9
}

// TestInvariant2OrderAndNames: people in another order, options called otherwise.
func TestInvariant2OrderAndNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genChoices(t)
		want := ctt.Analyse(m, ctt.Options{})
		order := make([]int, len(m.People()))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		people := make([]responses.Person, len(order))
		place := make([]int32, len(order))
		for to, from := range order {
			people[to], place[from] = m.People()[from], int32(to)
		}
		cells := slices.Clone(m.Cells())
		for n := range cells {
			cells[n].Person = place[cells[n].Person]
			if cells[n].Option >= 0 {
				cells[n].Option = 2 - cells[n].Option
			}
		}
		items := slices.Clone(m.Items())
		for i := range items {
			items[i].Options, items[i].Key = []string{"x", "y", "z"}, 2-items[i].Key
		}
		got := ctt.Analyse(responses.New(items, people, cells), ctt.Options{})
		if !close2(got.Alpha, want.Alpha) || !close2(got.SEM, want.SEM) {
			t.Fatalf("alpha %+v, want %+v", got.Alpha, want.Alpha)
		}
		for i := range want.Items {
			a, b := got.Items[i], want.Items[i]
			if !close2(a.Facility, b.Facility) || !close2(a.Rest, b.Rest) || !close2(a.UpperLower, b.UpperLower) || !slices.Equal(a.Flags, b.Flags) {
				t.Fatalf("item %d: %+v, want %+v", i, a, b)
			}
			for o := range a.Options {
				if !close2(a.Options[o].Rest, b.Options[2-o].Rest) || a.Options[o].N != b.Options[2-o].N {
					t.Fatalf("item %d option %d: %+v, want %+v", i, o, a.Options[o], b.Options[2-o])
				}
			}
		}
	})
}

// TestInvariant2PartialMarks: marks that no binary number holds, people and items
// in another order; every number stays, known or not, and every flag.
func TestInvariant2PartialMarks(t *testing.T) {
	marks := []float64{0, .1, .2, .3, 1.0 / 3, .7, 1}
	rapid.Check(t, func(t *rapid.T) {
		items := make([]responses.Item, rapid.IntRange(1, 5).Draw(t, "items"))
		for i := range items {
			items[i] = responses.Item{ID: fmt.Sprint("q", i), Max: 1, Key: responses.NoOption}
		}
		people := make([]responses.Person, rapid.IntRange(1, 35).Draw(t, "people"))
		few := rapid.IntRange(1, len(marks)).Draw(t, "different marks")
		var cells []responses.Cell
		for p := range people {
			people[p] = responses.Person{ID: fmt.Sprint(p), Count: rapid.IntRange(1, 3).Draw(t, "count")}
			for i := range items {
				cells = append(cells, responses.Cell{Person: int32(p), Item: int32(i), Option: responses.NoOption,
					Mark: marks[rapid.IntRange(0, few-1).Draw(t, "mark")]})
			}
		}
		numbers := func(r ctt.Report) map[string]psychometrics.Estimate {
			all := make(map[string]psychometrics.Estimate)
			each(r, func(name string, e psychometrics.Estimate) { all[name] = e })
			return all
		}
		want := ctt.Analyse(responses.New(items, people, cells), ctt.Options{})
		toPerson, toItem := permutation(t, len(people)), permutation(t, len(items))
		people2, items2, cells2 := slices.Clone(people), slices.Clone(items), slices.Clone(cells)
		for p := range people {
			people2[toPerson[p]] = people[p]
		}
		for i := range items {
			items2[toItem[i]] = items[i]
		}
		for n, c := range cells {
			cells2[n].Person, cells2[n].Item = int32(toPerson[c.Person]), int32(toItem[c.Item])
		}
		got := ctt.Analyse(responses.New(items2, people2, cells2), ctt.Options{})
		gotNumbers := numbers(got)
		for name, e := range numbers(want) {
			g := gotNumbers[name]
			if g.Known() != e.Known() || math.Abs(g.Value-e.Value) > 1e-9*max(1, math.Abs(e.Value)) {
				t.Fatalf("%s is %+v, want %+v", name, g, e)
			}
		}
		for i, it := range want.Items {
			if !slices.Equal(got.Items[toItem[i]].Flags, it.Flags) {
				t.Fatalf("%s: flags %v, want %v", it.ID, got.Items[toItem[i]].Flags, it.Flags)
			}
		}
	})
}

// permutation draws where each of n things goes.
func permutation(t *rapid.T, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return rapid.Permutation(all).Draw(t, "order")
}

// complete draws a table in which everybody was presented with everything.
func complete(t *rapid.T) *responses.Matrix {
	return rapid.Custom(genChoices).Filter(func(m *responses.Matrix) bool { return m.Complete() }).Draw(t, "table")
}

// TestConstantItem: an item that everybody has right, or wrong, changes nothing for the
// others.
func TestConstantItem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, mark := complete(t), float64(rapid.IntRange(0, 1).Draw(t, "mark"))
		n := len(m.Items())
		items := append(slices.Clone(m.Items()), responses.Item{ID: "constant", Max: 1, Key: responses.NoOption})
		cells := slices.Clone(m.Cells())
		for p := range m.People() {
			cells = append(cells, responses.Cell{Person: int32(p), Item: int32(n), Mark: mark, Option: responses.NoOption})
		}
		want, got := ctt.Analyse(m, ctt.Options{}), ctt.Analyse(responses.New(items, m.People(), cells), ctt.Options{})
		for i := range want.Items {
			if !close2(got.Items[i].Facility, want.Items[i].Facility) {
				t.Fatalf("item %d: p %+v, want %+v", i, got.Items[i].Facility, want.Items[i].Facility)
			}
			// One item alone has no rest; with a constant beside it it has one that is always the same.
			if n > 1 && !close2(got.Items[i].Rest, want.Items[i].Rest) {
				t.Fatalf("item %d: r %+v, want %+v", i, got.Items[i].Rest, want.Items[i].Rest)
			}
		}
		if got.Items[n].Rest.Known() || got.Items[n].Facility.Value != mark {
			t.Fatalf("the constant: %+v", got.Items[n].Rest)
		}
	})
}

// TestTwiceThePeople leaves facility and correlation.
func TestTwiceThePeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := complete(t)
		people := slices.Clone(m.People())
		for p := range people {
			people[p].Count *= 2
		}
		want, got := ctt.Analyse(m, ctt.Options{}), ctt.Analyse(responses.New(m.Items(), people, m.Cells()), ctt.Options{})
		for i := range want.Items {
			// Of one person alone there is no correlation; of two alike neither.
			if !close2(got.Items[i].Facility, want.Items[i].Facility) || !close2(got.Items[i].Rest, want.Items[i].Rest) {
				t.Fatalf("item %d: %+v, want %+v", i, got.Items[i].Rest, want.Items[i].Rest)
			}
		}
		if got.N != 2*want.N {
			t.Fatalf("%d people, want twice %d", got.N, want.N)
		}
	})
}

// TestInvariant3Sparse: nothing about totals where people answered different
// items.
func TestInvariant3Sparse(t *testing.T) {
	r := ctt.Analyse(reference.Sparse(), ctt.Options{})
	for name, e := range map[string]psychometrics.Estimate{"alpha": r.Alpha, "mean": r.Mean, "sem": r.SEM, "rest": r.Items[0].Rest, "total": r.Items[0].Total, "kelley": r.Items[0].UpperLower} {
		if e.Known() {
			t.Errorf("%s is %v", name, e.Value)
		}
	}
	if !r.Items[0].Facility.Known() {
		t.Error("facility needs no totals")
	}
}

// TestInvariant4FewPeople raise no flag.
func TestInvariant4FewPeople(t *testing.T) {
	m := reference.Choices("key")
	small := responses.New(m.Items(), m.People()[:12], m.Cells()[:12*20])
	for _, it := range ctt.Analyse(small, ctt.Options{}).Items {
		if len(it.Flags) > 0 || it.Rest.Status == psychometrics.Fine {
			t.Errorf("%s: flags %v, r_rest %s on 12 people", it.ID, it.Flags, it.Rest.Status)
		}
	}
}
