package forensic

import (
	"github.com/proba-exam/proba/exam/psychometrics/responses"
)

// The normative threshold NT10 (Wise and Ma 2012): a tenth of the mean time of an
// item, ten seconds at most. leastTimes is how many times the mean needs.
const (
	shareOfMean = .1
	mostSeconds = 10
	leastTimes  = 30
	// effort under which a person's score says little (Wise and Kong 2005).
	leastEffort = .9
)

// Pace says how people took their time.
type Pace struct {
	// Thresholds by item, in seconds; 0 where too few times are known.
	Thresholds []float64
	People     []PersonPace
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

// leastTimed is how many timed answers of a person an effort is read from.
const leastTimed = 10

// RapidGuessing finds answers given faster than the question can be read.
func RapidGuessing(m *responses.Matrix) Pace {
	p := Pace{Thresholds: make([]float64, len(m.Items())), People: make([]PersonPace, len(m.People()))}
	for i := range m.Items() {
		n, sum := 0, 0.0
		for _, c := range m.To(i) {
			if cell := m.Cells()[c]; cell.Seconds > 0 {
				w := m.People()[cell.Person].Count
				n, sum = n+w, sum+float64(w)*float64(cell.Seconds)
			}
		}
		if n >= leastTimes {
			p.Thresholds[i] = min(mostSeconds, shareOfMean*sum/float64(n))
		}
	}
	for n := range m.People() {
		person := &p.People[n]
		for _, c := range m.Of(n) {
			if limit := p.Thresholds[c.Item]; limit > 0 && c.Seconds > 0 {
				person.Timed++
				if float64(c.Seconds) < limit {
					person.Rapid++
				}
			}
		}
		if person.Timed > 0 {
			person.Effort = 1 - float64(person.Rapid)/float64(person.Timed)
			person.Low = person.Timed >= leastTimed && person.Effort < leastEffort
		}
	}
	return p
}
