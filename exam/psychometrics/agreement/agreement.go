// Package agreement says how far two people who mark the same work agree.
//
// Kappa is the weighted kappa of J. Cohen, "Weighted kappa: Nominal scale agreement with
// provision for scaled disagreement or partial credit", Psychological Bulletin 70 (1968),
// 213-220: 1 − Σ v·observed / Σ v·expected, where v weighs how bad a disagreement is and
// what is expected follows from the two people's own shares of each mark. It is 1 for full
// agreement, 0 for that of chance.
package agreement

import "github.com/proba-exam/proba/exam/psychometrics"

// LeastPairs is how many works marked twice a figure needs before anybody acts on it. With
// 30 the 95 % interval of an exact agreement of 80 % is 63 % to 91 %.
const LeastPairs = 30

// Pair is the marks of one work by two people.
type Pair struct{ First, Second int }

// Squared weighs a disagreement by the square of its distance, by which weighted kappa
// becomes an intraclass correlation (Fleiss and Cohen 1973): what is far apart is bad.
func Squared(a, b int) float64 { return float64((a - b) * (a - b)) }

// Kappa is the weighted kappa of the pairs. Without any disagreement that could be by
// chance, as when everybody gives every work the same mark, there is none.
func Kappa(pairs []Pair, weight func(a, b int) float64) psychometrics.Estimate {
	n := len(pairs)
	first, second := make(map[int]int), make(map[int]int)
	observed := 0.0
	for _, p := range pairs {
		first[p.First]++
		second[p.Second]++
		observed += weight(p.First, p.Second)
	}
	expected := 0.0
	for a, na := range first {
		for b, nb := range second {
			expected += weight(a, b) * float64(na) * float64(nb)
		}
	}
	if expected == 0 {
		return psychometrics.Undefined(n, "everybody has the same mark")
	}
	return psychometrics.Of(psychometrics.Snap(1-observed*float64(n)/expected), n, LeastPairs)
}

// Exact is the share of works to which both gave the same mark.
func Exact(pairs []Pair) psychometrics.Estimate {
	if len(pairs) == 0 {
		return psychometrics.Undefined(0, "nothing was marked twice")
	}
	same := 0
	for _, p := range pairs {
		if p.First == p.Second {
			same++
		}
	}
	return psychometrics.Of(float64(same)/float64(len(pairs)), len(pairs), LeastPairs)
}
