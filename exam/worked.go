package exam

import (
	"cmp"
	"slices"
	"time"
)

const (
	// maxWorked bounds the time that a device tells of one item: as long as a pause that
	// nobody ends.
	maxWorked = MaxPause
	// workedSlack is how much more than the server's clock allows a device may have counted:
	// the answers of both clocks are rounded and take their way.
	workedSlack = 5 * time.Second
	// unheardPause is how long a device may not know that the clock stands: it asks every
	// half minute.
	unheardPause = time.Minute
)

// told is the save with the times that can be: one that cannot is taken out, and its
// answer stays, since no answer is refused for a wrong clock.
func (s Save) told() Save {
	cannot := func(r SlotResponse) bool {
		return r.WorkedMS < 0 || r.WorkedMS > maxWorked.Milliseconds()
	}
	if !slices.ContainsFunc(s.Responses, cannot) {
		return s
	}
	s.Responses = slices.Clone(s.Responses)
	for n := range s.Responses {
		if cannot(s.Responses[n]) {
			s.Responses[n].WorkedMS = 0
		}
	}
	return s
}

// Worked is how long each answered item was on the learner's screen before its answer as
// it stands, by slot. Slots whose time nobody told are left out. The device counts; the
// server holds that against its own clock: what was answered until a save cannot have
// taken more time than had run since the start, pauses taken off. When it has, the device
// counted wrongly, and no time of the attempt is known.
func (a *Attempt) Worked() map[int]time.Duration {
	type told struct {
		slot   int
		at     time.Time
		worked time.Duration
	}
	var all []told
	for slot, r := range a.Responses {
		if r.WorkedMS > 0 && !r.Response.Empty() {
			all = append(all, told{slot, r.At, time.Duration(r.WorkedMS) * time.Millisecond})
		}
	}
	slices.SortFunc(all, func(x, y told) int { return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.slot, y.slot)) })
	known, sum := make(map[int]time.Duration, len(all)), time.Duration(0)
	for n, t := range all {
		sum += t.worked
		if last := n+1 == len(all) || all[n+1].at.After(t.at); last && sum > a.ran(t.at) {
			return nil
		}
		known[t.slot] = t.worked
	}
	return known
}

// ran is how long the exam's clock had run at the most by a device that heard of each
// pause as late as it may.
func (a *Attempt) ran(at time.Time) time.Duration {
	ran := at.Sub(a.StartedAt) + workedSlack
	for _, p := range a.Pauses {
		if !p.At.Before(at) {
			continue
		}
		until := p.Until
		if until.IsZero() || until.After(at) {
			until = at
		}
		ran -= max(0, until.Sub(p.At)-unheardPause)
	}
	return ran
}
