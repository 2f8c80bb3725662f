package qti

import (
	"math/big"
	"slices"
	"strings"

	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/interchange"
)

// words makes a short text of the candidates that earn the whole point.
func (q *question) words(variable string, candidates []string) {
	candidates = unique(append(slices.Clone(q.correct[variable]), candidates...))
	weights, best := make([]float64, len(candidates)), 0.0
	if q.understood(variable) {
		for i, c := range candidates {
			weights[i] = q.try(variable, c)
			best = max(best, weights[i])
		}
	}
	var answers []interchange.Answer
	for i, c := range candidates {
		a := interchange.Answer{Text: q.in(q.d.Plain(c))}
		if best > 0 {
			a.Fraction = max(0, weights[i]/best)
		} else if slices.Contains(q.correct[variable], c) {
			a.Fraction = 1
		}
		answers = append(answers, a)
	}
	if best > 0 {
		for i, c := range candidates {
			if other := strings.ToUpper(c); other != c && weights[i] == best && q.try(variable, other) < best {
				q.d.Remark("answer.case", "small and capital letters count in its source and do not here")
				break
			}
		}
	}
	q.d.Words(answers, false)
}

// unique keeps the first of equal strings, up to the number that is tried.
func unique(all []string) []string {
	var kept []string
	for _, s := range all {
		if s != "" && !slices.Contains(kept, s) && len(kept) < maxChoices {
			kept = append(kept, s)
		}
	}
	return kept
}

// number makes a numeric item. Candidates are the numbers that the rules speak of;
// the key is the range of those that earn the whole point, if its middle does too.
func (q *question) number(variable string, candidates []string, unit exam.Text) {
	var low, high *big.Rat
	best := 0.0
	if q.understood(variable) {
		for _, c := range unique(append(slices.Clone(q.correct[variable]), candidates...)) {
			v, ok := interchange.ParseDecimal(c)
			if !ok {
				continue
			}
			score := q.try(variable, c)
			switch {
			case score <= 0 || score < best && !near(score, best):
			case low == nil || score > best && !near(score, best):
				best, low, high = score, v, v
			default:
				if v.Cmp(low) < 0 {
					low = v
				}
				if v.Cmp(high) > 0 {
					high = v
				}
			}
		}
	} else if len(q.correct[variable]) == 1 {
		if v, ok := interchange.ParseDecimal(q.correct[variable][0]); ok {
			low, high = v, v
		}
	}
	if low == nil {
		q.d.Refuse("key.missing", "no number earns the point")
		return
	}
	middle := new(big.Rat).Mul(new(big.Rat).Add(low, high), big.NewRat(1, 2))
	if best > 0 && low.Cmp(high) != 0 && !near(q.try(variable, middle.FloatString(9)), best) {
		q.d.Refuse("key.several", "several numbers earn the point and not the range between them; a numeric item has one range")
		return
	}
	q.d.Number([]interchange.Numeric{{Min: low, Max: high, Fraction: 1}}, unit)
}
