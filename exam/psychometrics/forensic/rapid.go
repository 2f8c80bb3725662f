package forensic

import (
	"slices"

	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// The normative threshold NT10 (Wise and Ma 2012): a tenth of the mean time of an
// item, ten seconds at most.
const (
	shareOfMean = .1
	mostSeconds = 10
	// LeastTimes is how many times of an item its mean needs.
	LeastTimes = 30
	// LeastEffort is the effort under which a person's score says little (Wise and Kong
	// 2005), and LeastTimed how many timed answers of a person one is read from.
	LeastEffort = .9
	LeastTimed  = 10
)

// Pace says how people took their time.
type Pace struct {
	Items  []ItemPace
	People []PersonPace
}

// ItemPace is how long an item took those whose time is known, people counted with their
// weights.
type ItemPace struct {
	// Timed answers, and Rapid of them: those below the threshold.
	Timed, Rapid int
	// Median in seconds, 0 when nobody was timed.
	Median float64
	// Threshold in seconds; 0 where too few times are known, and then nothing is rapid.
	Threshold float64
}

// PersonPace is one person's.
type PersonPace struct {
	// Timed answers to items with a threshold, Rapid of them given faster.
	Timed, Rapid int
	// Effort is the share of answers that were not rapid, 0 when none was timed.
	Effort float64
	// Low says that so many answers were rapid that the score says little. It
	// needs ten timed answers.
	Low bool
}

// RapidGuessing finds answers given faster than the question can be read.
func RapidGuessing(m *responses.Matrix) Pace {
	p := Pace{Items: make([]ItemPace, len(m.Items())), People: make([]PersonPace, len(m.People()))}
	for i := range m.Items() {
		p.Items[i] = paceOf(m, i)
	}
	for n := range m.People() {
		person := &p.People[n]
		for _, c := range m.Of(n) {
			if limit := p.Items[c.Item].Threshold; limit > 0 && c.Seconds > 0 {
				person.Timed++
				if float64(c.Seconds) < limit {
					person.Rapid++
				}
			}
		}
		if person.Timed > 0 {
			person.Effort = 1 - float64(person.Rapid)/float64(person.Timed)
			person.Low = person.Timed >= LeastTimed && person.Effort < LeastEffort
		}
	}
	return p
}

// paceOf is that of item i.
func paceOf(m *responses.Matrix, i int) ItemPace {
	var p ItemPace
	seconds, weights := timesOf(m, i)
	for _, w := range weights {
		p.Timed += w
	}
	if p.Timed == 0 {
		return p
	}
	sum := 0.0
	for n, s := range seconds {
		sum += float64(weights[n]) * s
	}
	if p.Timed >= LeastTimes {
		p.Threshold = min(mostSeconds, shareOfMean*sum/float64(p.Timed))
	}
	// at is the n-th shortest time, from 0.
	at := func(n int) float64 {
		for k, w := range weights {
			if n -= w; n < 0 {
				return seconds[k]
			}
		}
		return seconds[len(seconds)-1]
	}
	p.Median = (at((p.Timed-1)/2) + at(p.Timed/2)) / 2
	for n := 0; n < len(seconds) && seconds[n] < p.Threshold; n++ {
		p.Rapid += weights[n]
	}
	return p
}

// timesOf are the known times of item i, sorted, each once with the number of people who
// took it.
func timesOf(m *responses.Matrix, i int) (seconds []float64, weights []int) {
	column, cells, people := m.To(i), m.Cells(), m.People()
	known, plain := make([]float32, 0, len(column)), true
	for _, c := range column {
		if cell := &cells[c]; cell.Seconds > 0 {
			known = append(known, cell.Seconds)
			plain = plain && people[cell.Person].Count == 1
		}
	}
	count := make(map[float32]int) // where rows stand for several people
	if !plain {
		for _, c := range column {
			if cell := &cells[c]; cell.Seconds > 0 {
				count[cell.Seconds] += people[cell.Person].Count
			}
		}
	}
	slices.Sort(known)
	seconds, weights = make([]float64, 0, len(known)), make([]int, 0, len(known))
	for n, s := range known {
		switch {
		case n == 0 || s != known[n-1]:
			seconds, weights = append(seconds, float64(s)), append(weights, 1)
			if !plain {
				weights[len(weights)-1] = count[s]
			}
		case plain:
			weights[len(weights)-1]++
		}
	}
	return seconds, weights
}
