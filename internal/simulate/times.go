package simulate

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/proba-exam/proba/exam"
)

// timesStream keeps the chance of times apart from that of answers, so that who is in no
// haste answers as ever.
const timesStream = 0x70616365

// atWork is how long everybody works: nine tenths of the time that there is.
func atWork(a *exam.Attempt) time.Duration { return a.Deadline.Sub(a.StartedAt) / 10 * 9 }

// takeTime says how long each answer of learner n took, by the lognormal model (van der
// Linden 2006): items differ, and people. Who does not read takes a few hundredths of that
// and guesses.
func (c *Crowd) takeTime(save *exam.Save, a *exam.Attempt, view *exam.FormView, keys []exam.Response, n int) {
	random := rand.New(rand.NewPCG(c.Seed^timesStream, uint64(n)))
	usual := .55 * float64(atWork(a).Milliseconds()) / float64(len(a.Form.Slots))
	speed, stops := .25*random.NormFloat64(), len(a.Form.Slots)
	if random.Float64() < c.Hasty {
		stops = stops/3 + random.IntN(max(1, stops/2))
	}
	total := int64(0)
	for at := range save.Responses {
		r := &save.Responses[at]
		id := a.Form.Slots[r.Slot].Item.ID
		took, skims := usual*math.Exp(length(id)-speed+.35*random.NormFloat64()), random.IntN(3) == 0
		if r.Slot >= stops || id == c.Rushed && skims {
			took = usual * (.01 + .04*random.Float64())
			r.Response = blind(&view.Slots[r.Slot], keys[r.Slot], a.Form.Slots[r.Slot].Arrangement.Options, random)
		}
		r.WorkedMS = max(1, int64(took))
		total += r.WorkedMS
	}
	if all := atWork(a).Milliseconds(); total > all { // nobody has more than there is
		for at := range save.Responses {
			save.Responses[at].WorkedMS = max(1, save.Responses[at].WorkedMS*(all-1000)/total)
		}
	}
}

// length says how much longer than usual an item takes, as a logarithm, the same whenever it
// is asked.
func length(id string) float64 {
	h := fnv.New64a()
	h.Write([]byte(id))
	return .4 * rand.New(rand.NewPCG(h.Sum64(), timesStream)).NormFloat64()
}

// blind is the answer of who has not read: any option, or a mistake where there are none.
func blind(v *exam.View, key exam.Response, order []int, random *rand.Rand) exam.Response {
	switch v.Kind {
	case exam.Single:
		return guess(v, random)
	case exam.TrueFalse:
		return exam.Response{Choices: []int{random.IntN(2)}}
	}
	return mistake(key, v, order, 0)
}
