package dif

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/proba-exam/proba/exam/psychometrics"
)

// likelihood is that of the best logistic regression on constant, match, group and their
// product, as many as terms says: Newton's method on the whole matrix, written as in a
// textbook.
func likelihood(t *testing.T, rows []row, terms int) float64 {
	t.Helper()
	beta := mat.NewVecDense(terms, nil)
	value := 0.0
	for range 40 {
		g, h := mat.NewVecDense(terms, nil), mat.NewSymDense(terms, nil)
		value = 0
		for _, r := range rows {
			for group := range 2 {
				for right := range 2 {
					n := r.people[group][right]
					x := mat.NewVecDense(4, []float64{1, r.match, float64(group), float64(group) * r.match}).SliceVec(0, terms)
					p := 1 / (1 + math.Exp(-mat.Dot(beta, x)))
					value += n * (float64(right)*math.Log(p) + float64(1-right)*math.Log(1-p))
					g.AddScaledVec(g, n*(float64(right)-p), x)
					h.SymRankOne(h, n*p*(1-p), x)
				}
			}
		}
		var step mat.VecDense
		var chol mat.Cholesky
		if !chol.Factorize(h) || chol.SolveVecTo(&step, g) != nil {
			t.Fatal("the textbook finds no regression")
		}
		beta.AddVec(beta, &step)
	}
	return value
}

// TestRegressions holds both tests against regressions on all terms at once.
func TestRegressions(t *testing.T) {
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(seed, 9))
		rows := make([]row, 60)
		for n := range rows {
			rows[n].match = rng.NormFloat64()
			for group := range 2 {
				p := 1 / (1 + math.Exp(-.3-.8*rows[n].match-float64(group)*(.4+.5*rows[n].match)))
				for range rng.IntN(9) {
					right := 0
					if rng.Float64() < p {
						right = 1
					}
					rows[n].people[group][right]++
				}
			}
		}
		uniform, nonUniform := logistic(rows, psychometrics.Fine)
		one, shifted, own := likelihood(t, rows, 2), likelihood(t, rows, 3), likelihood(t, rows, 4)
		if math.Abs(uniform.Statistic-2*(shifted-one)) > 1e-9 || math.Abs(nonUniform.Statistic-2*(own-shifted)) > 1e-9 {
			t.Errorf("seed %d: %v and %v, want %v and %v", seed, uniform.Statistic, nonUniform.Statistic, 2*(shifted-one), 2*(own-shifted))
		}
	}
}

// TestNoRegression: where the score or the group tells who is right, nothing is tested.
func TestNoRegression(t *testing.T) {
	divided := []row{{match: 1, people: [2][2]float64{{9, 0}, {8, 0}}}, {match: 2, people: [2][2]float64{{0, 9}, {0, 7}}}}
	focalRight := []row{{match: 1, people: [2][2]float64{{5, 4}, {0, 8}}}, {match: 2, people: [2][2]float64{{3, 6}, {0, 7}}}}
	focalTogether := []row{{match: 1, people: [2][2]float64{{5, 4}, {0, 0}}}, {match: 2, people: [2][2]float64{{3, 6}, {4, 7}}}}
	oneScore := []row{{match: 1, people: [2][2]float64{{5, 4}, {3, 3}}}}
	for n, rows := range [][]row{divided, focalRight, focalTogether, oneScore} {
		if uniform, nonUniform := logistic(rows, psychometrics.Fine); uniform.Status != psychometrics.NotDefined || nonUniform.Status != psychometrics.NotDefined || uniform.Reason == "" {
			t.Errorf("%d: %+v, %+v", n, uniform, nonUniform)
		}
	}
}
