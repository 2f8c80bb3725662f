package bench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/proba-exam/proba/exam/forms"
	"github.com/proba-exam/proba/exam/psychometrics"
	"github.com/proba-exam/proba/exam/psychometrics/ctt"
	"github.com/proba-exam/proba/exam/psychometrics/irt"
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// simulated is how many forms fairness is measured over.
const simulated = 10_000

// fairness draws forms from a synthetic bank of calibrated items, and says how
// equal they are, beside uniform draws from the same cells.
func fairness(_ context.Context, _ string, _ time.Duration) ([]Figure, error) {
	var figures []Figure
	for _, of := range []struct {
		size, length int
		limit        float64 // µs
	}{{1000, 60, 50}, {10_000, 100, 100}} {
		pool, err := forms.SamplePool(of.size, of.length, 1)
		if err != nil {
			return nil, err
		}
		s, err := pool.Simulate(forms.Balanced, simulated, 1, nil, time.Now, nil)
		if err != nil {
			return nil, err
		}
		uniform, err := pool.Simulate(forms.Uniform, simulated, 1, nil, time.Now, nil)
		if err != nil {
			return nil, err
		}
		name := func(what string) string { return fmt.Sprintf("%d of %d: %s", of.length, of.size, what) }
		figures = append(figures,
			Figure{Name: name("choose the items of a form"), Value: micros(s.PerForm), Unit: "µs", Limit: of.limit},
			Figure{Name: name("… at random"), Value: micros(uniform.PerForm), Unit: "µs"},
			Figure{Name: name("SD of the expected score at the cut"), Value: s.Expected.SD, Unit: "pt", Limit: .03},
			Figure{Name: name("… at random"), Value: uniform.Expected.SD, Unit: "pt"},
			Figure{Name: name("range of the chance to pass at the cut"), Value: s.Pass.Max - s.Pass.Min, Unit: "", Limit: .02},
			Figure{Name: name("… at random"), Value: uniform.Pass.Max - uniform.Pass.Min, Unit: ""},
			Figure{Name: name("relative SD of the information at the cut"), Value: 100 * s.InformationSD, Unit: "%", Limit: 1})
		if of.size == 1000 { // in a larger bank an item is used a hundred times only
			figures = append(figures,
				Figure{Name: name("uses of the most used item over the ideal"), Value: s.Most, Unit: "", Limit: 1.02},
				Figure{Name: name("uses of the least used item over the ideal"), Value: s.Least, Unit: "", Limit: .97, AtLeast: true},
				Figure{Name: name("items that two forms share, over the least possible"), Value: s.Overlap.Mean / s.Overlap.Floor, Unit: "", Limit: 1.005})
		}
	}
	return figures, nil
}

// sampleResponses are of people of a normal population who each answer some of
// the items.
func sampleResponses(people, items, each int) *responses.Matrix {
	rng := rand.New(rand.NewPCG(1, 2))
	columns, truth := make([]responses.Item, items), make([]irt.Item, items)
	for i := range columns {
		columns[i] = responses.Item{ID: fmt.Sprint(i), Max: 1, Options: []string{"a", "b", "c", "d"}}
		truth[i] = irt.FromDifficulty(.95*math.Exp(.3*rng.NormFloat64()), rng.NormFloat64(), 0)
	}
	rows := make([]responses.Person, people)
	cells := make([]responses.Cell, 0, people*each)
	picked := make([]int, 0, items)
	for p := range rows {
		rows[p] = responses.Person{ID: fmt.Sprint(p), Count: 1}
		theta := rng.NormFloat64()
		picked = append(picked[:0], rng.Perm(items)[:each]...)
		slices.Sort(picked)
		for _, i := range picked {
			c := responses.Cell{Person: int32(p), Item: int32(i), Option: int16(1 + rng.IntN(3))}
			if rng.Float64() < truth[i].P(theta) {
				c.Mark, c.Option = 1, 0
			}
			cells = append(cells, c)
		}
	}
	return responses.New(columns, rows, cells)
}

// analyse measures the two analyses that the service promises.
func analyse(_ context.Context, _ string, _ time.Duration) ([]Figure, error) {
	complete := sampleResponses(20_000, 50, 50)
	began := time.Now()
	report := ctt.Analyse(complete, ctt.Options{})
	classical := time.Since(began)
	if !report.Alpha.Known() {
		return nil, fmt.Errorf("alpha: %s", report.Alpha.Reason)
	}
	sparse := sampleResponses(10_000, 1000, 60)
	began = time.Now()
	fit := irt.Estimate(sparse, irt.Options{Model: irt.TwoPL, Prior: irt.Weak})
	calibration := time.Since(began)
	if fit.Status != psychometrics.Fine {
		return nil, fmt.Errorf("2PL: %s", fit.Reason)
	}
	return []Figure{
		{Name: "classical analysis of 1,000,000 responses", Value: classical.Seconds(), Unit: "s", Limit: 2},
		{Name: "2PL of 10,000 people with 60 of 1,000 items", Value: calibration.Seconds(), Unit: "s", Limit: 3},
	}, nil
}
