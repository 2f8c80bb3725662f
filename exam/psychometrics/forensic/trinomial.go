package forensic

import "github.com/proba-exam/proba/exam/psychometrics"

// M4 is the chance that two people of these abilities who answer by themselves have right
// and wrong answers in common in numbers as hard to reach as those seen (Maynes 2014).
// GBT counts both alike; here wrong ones say more, as they should. One outcome is as hard to
// reach as another when the chance of at least as many of both kinds is no greater: so
// Zopluoglu (2019) reads it.
func M4(suspect, other float64, shared []Shared) float64 {
	bothRight, bothWrong := make([]float64, len(shared)), make([]float64, len(shared))
	right, wrong := 0, 0
	for i, x := range shared {
		p, q := x.Item.P(suspect), x.Item.P(other)
		bothRight[i], bothWrong[i] = p*q, (1-p)*(1-q)
		if x.Suspect && x.Other {
			right++
		} else if !x.Suspect && !x.Other {
			wrong++
		}
	}
	f := trinomial(bothRight, bothWrong)
	upper := tails(f)
	limit, sum := upper[right][wrong]*(1+psychometrics.Slack), 0.0 // equal but for rounding is equal
	for r := range f {
		for w, p := range f[r] {
			if upper[r][w] <= limit {
				sum += p
			}
		}
	}
	return min(1, sum)
}

// trinomial is the distribution of the numbers of items that two people both have right, and
// both have wrong, when they answer by themselves.
func trinomial(bothRight, bothWrong []float64) [][]float64 {
	k := len(bothRight)
	f := make([][]float64, k+1)
	for r := range f {
		f[r] = make([]float64, k+1)
	}
	f[0][0] = 1
	for n := range k {
		p, q := bothRight[n], bothWrong[n]
		for r := n + 1; r >= 0; r-- {
			for w := n + 1 - r; w >= 0; w-- {
				v := f[r][w] * (1 - p - q)
				if r > 0 {
					v += f[r-1][w] * p
				}
				if w > 0 {
					v += f[r][w-1] * q
				}
				f[r][w] = v
			}
		}
	}
	return f
}

// tails is the chance of at least so many of both, by sums alone: differences would lose
// the digits of what is rare.
func tails(f [][]float64) [][]float64 {
	k := len(f)
	out := make([][]float64, k+1)
	out[k] = make([]float64, k+1)
	for r := k - 1; r >= 0; r-- {
		out[r] = make([]float64, k+1)
		row := 0.0
		for w := k - 1; w >= 0; w-- {
			row += f[r][w]
			out[r][w] = row + out[r+1][w]
		}
	}
	return out
}
