package exam

import "math"

import "context"

// Tally sums up the attempts of a sitting.
type Tally struct {
	// States counts them by state.
	States map[State]int
	// Graded counts those with a result that stands, and Passed the ones among
	// them that passed. Voided attempts are in neither.
	Graded, Passed int
	// Score and Max are the sums over the graded ones.
	Score, Max Points
}

// All is the number of attempts.
func (t Tally) All() int {
	n := 0
	for _, count := range t.States {
		n += count
	}
	return n
}

// PassRate is the share of graded attempts that passed, and false when there is
// none.
func (t Tally) PassRate() (float64, bool) {
	return float64(t.Passed) / float64(max(1, t.Graded)), t.Graded > 0
}

// PassInterval bounds the share that passes with 95 % confidence, by Wilson's score
// interval (E. B. Wilson, JASA 22, 1927), which stays sensible for few results and for
// shares near 0 and 1. Both are 0 and 1 when there is no result.
func (t Tally) PassInterval() (low, high float64) {
	const z = 1.959964 // the 97.5 % point of the normal distribution
	n := float64(t.Graded)
	if n == 0 {
		return 0, 1
	}
	share := float64(t.Passed) / n
	middle := (share + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(share*(1-share)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}

// MeanScore is the share of all points that graded attempts earned, and false when
// there is none.
func (t Tally) MeanScore() (float64, bool) {
	return float64(t.Score) / float64(max(1, t.Max)), t.Max > 0
}

// Add counts n more attempts of one state, passed or not, with the sums of their
// scores. graded says whether they have a result. It is how a store builds a Tally.
func (t *Tally) Add(state State, n int, graded, passed bool, score, highest Points) {
	if t.States == nil {
		t.States = make(map[State]int)
	}
	t.States[state] += n
	if !graded || state == Voided {
		return
	}
	t.Graded += n
	t.Score += score
	t.Max += highest
	if passed {
		t.Passed += n
	}
}

// Sum adds another sitting's.
func (t *Tally) Sum(other Tally) {
	if t.States == nil {
		t.States = make(map[State]int)
	}
	for state, n := range other.States {
		t.States[state] += n
	}
	t.Graded += other.Graded
	t.Passed += other.Passed
	t.Score += other.Score
	t.Max += other.Max
}

// Attendance is how many people a sitting admits, and how many have begun: they have an
// attempt in it, whatever became of it.
type Attendance struct{ Entitled, Begun int }

// Missing is how many are admitted and have not begun.
func (a Attendance) Missing() int { return max(a.Entitled-a.Begun, 0) }

// Tallies sums up the attempts of each of the sittings; one without any is left out.
func (s *Service) Tallies(ctx context.Context, sittings []string) (map[string]Tally, error) {
	return s.store.TallySittings(ctx, sittings)
}

// Tally sums up the attempts of a sitting.
func (s *Service) Tally(ctx context.Context, sitting string) (Tally, error) {
	return s.store.TallyAttempts(ctx, sitting)
}
