package statistics

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/reference"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// months is the sparse reference set over four months, with changes made to its cells.
func months(change func(month int, c *responses.Cell)) *responses.Matrix {
	m := reference.Sparse()
	people, cells := slices.Clone(m.People()), slices.Clone(m.Cells())
	month := func(p int32) int {
		n, _ := strconv.Atoi(people[p].ID)
		return (n - 1) / 150
	}
	for p := range people {
		people[p].At = time.Date(2025, time.Month(11+month(int32(p))), 3, 9, 0, 0, 0, time.UTC)
	}
	for n := range cells {
		change(month(cells[n].Person), &cells[n])
	}
	return responses.New(m.Items(), people, cells)
}

func linesOf(m *responses.Matrix, fit *irt.Fit) []ItemResult {
	items := make([]ItemResult, len(m.Items()))
	for i, it := range ctt.Analyse(m, ctt.Options{}).Items {
		items[i].Line = Line{Item: it.ID, N: it.N, Facility: it.Facility, Flags: []ctt.Flag{}}
		items[i].Curve = fit.Items[i]
	}
	return items
}

// found is what is computed of people of whom nothing but their answers is known.
func found(m *responses.Matrix, fit *irt.Fit) *finding {
	return new(sample).find(m, fit, func(int) {})
}

// An item that became known in the third of four months is flagged as easier, over the
// turn of the year, and nothing else is.
func TestWhatTheModelTells(t *testing.T) {
	m := months(func(month int, c *responses.Cell) {
		if c.Item == 10 && month >= 2 {
			c.Mark = 1
		}
	})
	fit := irt.Estimate(m, irt.Options{Model: irt.OnePL})
	items := linesOf(m, fit)
	var r Result
	r.beyond(m, fit, found(m, fit), items)
	for i := range items {
		want := []ctt.Flag{}
		if i == 10 {
			want = append(want, Easier)
		}
		if !slices.Equal(items[i].Flags, want) {
			t.Errorf("%s: flags %v, fit %+v, drift %+v", items[i].Item, items[i].Flags, items[i].Fit, items[i].Drift.Slope)
		}
	}
	d := items[10].Drift
	if len(d.Months) != 4 || d.Months[0].Month != "2025-11" || d.Months[2].Month != "2026-01" || d.Months[3].Observed != 1 || d.Slope.Value <= 0 || d.Slope.Low <= 0 {
		t.Errorf("the item that is known: %+v", d)
	}
	if r.Unusual.Tested < 590 || r.Unusual.Found > 20 || !r.Dependence.Known() || len(r.Pairs) != 0 {
		t.Errorf("people %+v, pairs %v, mean %v", r.Unusual, r.Pairs, r.Dependence.Value)
	}
}

// An item whose answers follow no ability is said to misfit, where there are people enough.
func TestACurveThatDescribesNothing(t *testing.T) {
	m := reference.Choices("true_key")
	cells := slices.Clone(m.Cells())
	for n := range cells {
		if cells[n].Item == 3 {
			cells[n].Mark = float64(cells[n].Person % 2)
		}
	}
	odd := responses.New(m.Items(), m.People(), cells)
	fit := irt.Estimate(odd, irt.Options{Model: irt.OnePL})
	items := linesOf(odd, fit)
	new(Result).beyond(odd, fit, found(odd, fit), items)
	for i := range items {
		if misfits := slices.Contains(items[i].Flags, Misfit); misfits != (i == 3) {
			t.Errorf("%s: flags %v, fit %+v", items[i].Item, items[i].Flags, items[i].Fit)
		}
	}
}

// With everybody in one month, or no model, nothing is said.
func TestNothingToFollow(t *testing.T) {
	m := reference.Sparse() // without dates
	fit := irt.Estimate(m, irt.Options{Model: irt.OnePL})
	items := linesOf(m, fit)
	new(Result).beyond(m, fit, found(m, fit), items)
	if items[0].Drift != nil {
		t.Errorf("drift without dates: %+v", items[0].Drift)
	}
	one := responses.New(m.Items()[:1], m.People()[:1], nil)
	none := irt.Estimate(one, irt.Options{Model: irt.OnePL})
	var r Result
	r.beyond(one, none, found(one, none), linesOf(one, none))
	if r.Dependence.Status != psychometrics.NotDefined || r.Dependence.Reason == "" {
		t.Errorf("without a model: %+v", r.Dependence)
	}
}

// Decisions over the forms that people of the sparse set sat: as sure as the chances of
// passing say, and less sure on another form.
func TestDecisionsOverForms(t *testing.T) {
	m := reference.Sparse()
	fit := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	items := linesOf(m, fit)
	f := newForms(m, &sample{}, fit, items)
	e := &exam.Exam{Blueprint: exam.Blueprint{Cut: 5000}}
	r := Result{Cut: psychometrics.Of(0, 600, 30)}
	r.decide(e, f, fit)
	d := r.Decisions
	if d.Forms != 600 || d.Consistent.Value < .7 || d.Consistent.Value > .95 || d.Accurate.Value < d.Consistent.Value || d.Across.Value > d.Consistent.Value || d.Kappa.Value <= 0 {
		t.Errorf("%+v", d)
	}
	form := f.form(0, 5001)
	if len(form.Items) != 20 || form.Cut != 11 {
		t.Errorf("a form of %d items passes with %d points", len(form.Items), form.Cut)
	}
	r.Cut = psychometrics.Undefined(600, "no ability gives the cut score")
	if r.decide(e, f, fit); r.Decisions.Consistent.Known() {
		t.Error("decisions without a cut")
	}
}

// Answers are compared within a sitting. Who copied there is found; in two sittings, or on
// forms that share too little, nobody is held against anybody.
func TestAnswersThatAreAlike(t *testing.T) {
	m := reference.Choices("true_key")
	fit := irt.Estimate(m, irt.Options{Model: irt.TwoPL})
	s := &sample{}
	room := func(p int) string {
		if p == 498 || p >= 40 && p < 50 { // the person who copied, and their source
			return "together"
		}
		return "large"
	}
	for p := range m.People() {
		s.sitting, s.attempt = append(s.sitting, room(p)), append(s.attempt, strconv.Itoa(p+1))
	}
	found := s.alike(m, fit)
	i := slices.IndexFunc(found.Pairs, func(a Alike) bool { return a.Suspect == "499" && a.Other == "42" })
	if found.Tested != 55 || found.TooLarge != 1 || i < 0 || i > 1 || found.Pairs[i].Sitting != "together" || math.Abs(found.Pairs[i].Omega-2.99667) > .01 {
		t.Errorf("%d pairs, %d too large, the first is %+v", found.Tested, found.TooLarge, found.Pairs[0])
	}
	if found.Pairs[0].Sure() {
		t.Error("one of 110 comparisons at p = .0014 is called sure")
	}
	sparse := reference.Sparse()
	s = &sample{sitting: make([]string, 300), attempt: make([]string, 300)}
	apart := s.alike(sparse, irt.Estimate(sparse, irt.Options{Model: irt.OnePL}))
	if apart.Status != psychometrics.NotDefined || apart.Refused != 300*299/2 || len(apart.Pairs) != 0 || apart.Reason == "" {
		t.Errorf("forms that share too little: %+v", apart)
	}
}
