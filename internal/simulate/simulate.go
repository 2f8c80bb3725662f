// Package simulate has learners who are none sit an exam, so that tests, benchmarks and
// pictures of statistics have something to show. What they answer follows a model with
// faults built in, which a good analysis finds.
//
// Nothing that serves people imports it.
package simulate

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
)

// Crowd says who sits.
type Crowd struct {
	Exams *exam.Service
	// Sittings by region; learner n sits in the n-th of them, modulo their number.
	Sittings []string
	// First is the number of the first learner, People how many there are.
	First, People int
	// Mean ability, in logits above the difficulty of an item of middling level.
	Mean float64
	// Wrong is the id of an item whose key is wrong: who knows much chooses another
	// option. Foreign is one that is much harder in English. "" for none.
	Wrong, Foreign string
	// Harder is one that is much harder for the whole crowd than for others.
	Harder string
	// Hasty is the share of learners who stop reading somewhere and guess to the end, and
	// Rushed an item that a third of all do not read. "" for none.
	Hasty  float64
	Rushed string
	// Pass lets the time go by that everybody works. Without it those who Sit tell no times:
	// the exam's clock would not have run for as long.
	Pass func(time.Duration)
	Seed uint64
	// AtOnce is how many sit at the same time, 16 for 0. With 1 and a service whose
	// stream of chance is fixed, the same crowd sits the same forms again.
	AtOnce int
}

// workers is how many learners answer at once when a crowd does not say: enough for
// the embedded store to commit their writes together.
const workers = 16

// sitter is a learner under way.
type sitter struct {
	person string
	start  exam.Session
	save   exam.Save
}

// Sit has everybody start, then answer and hand in, and returns the attempts by learner.
func Sit(ctx context.Context, c Crowd) ([]string, error) {
	attempts, all := make([]string, c.People), make([]sitter, c.People)
	each := func(do func(ctx context.Context, n int) error) error {
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(cmp.Or(c.AtOnce, workers))
		for n := range c.People {
			group.Go(func() error { return do(ctx, n) })
		}
		return group.Wait()
	}
	err := each(func(ctx context.Context, n int) (err error) {
		all[n], err = c.start(ctx, c.First+n)
		attempts[n] = all[n].start.Attempt.ID
		return err
	})
	if err != nil || c.People == 0 {
		return attempts, err
	}
	if c.Pass != nil {
		c.Pass(atWork(&all[0].start.Attempt))
	}
	return attempts, each(func(ctx context.Context, n int) error { return c.finish(ctx, all[n]) })
}

// start is learner n beginning the exam.
func (c *Crowd) start(ctx context.Context, n int) (s sitter, err error) {
	random := rand.New(rand.NewPCG(c.Seed, uint64(n)))
	region := n % len(c.Sittings)
	sitting := c.Sittings[region]
	s.person = person(n)
	if _, err := c.Exams.Entitle(ctx, "simulation", sitting, s.person, 0); err != nil {
		return s, fmt.Errorf("entitle: %w", err)
	}
	lang := c.language(random)
	if s.start, err = c.Exams.Start(ctx, s.person, sitting, lang); err != nil {
		return s, fmt.Errorf("start: %w", err)
	}
	s.save, err = c.answers(ctx, &s.start.Attempt, n, c.ability(region, random), random)
	if c.Pass == nil {
		for at := range s.save.Responses {
			s.save.Responses[at].WorkedMS = 0
		}
	}
	return s, err
}

// finish is the learner answering and handing in.
func (c *Crowd) finish(ctx context.Context, s sitter) error {
	a := &s.start.Attempt
	if _, err := c.Exams.Save(ctx, s.person, a.ID, s.save); err != nil {
		return fmt.Errorf("save: %w", err)
	}
	if _, err := c.Exams.Submit(ctx, s.person, a.ID, a.Writer, nil); err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	return nil
}

func person(n int) string { return fmt.Sprintf("simulated-%06d", n) }

// language is English for a third.
func (c *Crowd) language(random *rand.Rand) string {
	if random.IntN(3) == 0 {
		return "en"
	}
	return "uk"
}

// ability is lower from region to region.
func (c *Crowd) ability(region int, random *rand.Rand) float64 {
	return c.Mean + random.NormFloat64() - .25*float64(region)
}

// answers are those of learner n, of this ability.
func (c *Crowd) answers(ctx context.Context, a *exam.Attempt, n int, theta float64, random *rand.Rand) (exam.Save, error) {
	bank, err := c.Exams.Bank(ctx, a.Form.Release)
	if err != nil {
		return exam.Save{}, err
	}
	keys, err := bank.Keys(a.Form)
	if err != nil {
		return exam.Save{}, err
	}
	view, err := bank.Present(a.Form, a.Lang)
	if err != nil {
		return exam.Save{}, err
	}
	save := exam.Save{Writer: a.Writer, Seq: a.Seq + 1}
	for slot, key := range keys {
		id := a.Form.Slots[slot].Item.ID
		slope, difficulty := traits(id)
		if id == c.Foreign && a.Lang == "en" {
			difficulty += 2
		}
		if id == c.Harder {
			difficulty += 2
		}
		knows := random.Float64() < 1/(1+math.Exp(-slope*(theta-difficulty)))
		response := key
		switch {
		case random.IntN(60) == 0:
			continue // left empty
		case id == c.Wrong && !knows:
			response = guess(&view.Slots[slot], random)
		case id == c.Wrong || !knows: // knows better than the key, or does not know
			lure := 0
			if id != c.Wrong && random.IntN(3) == 0 {
				lure = 1
			}
			response = mistake(key, &view.Slots[slot], a.Form.Slots[slot].Arrangement.Options, lure)
		}
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: response})
	}
	c.takeTime(&save, a, &view, keys, n)
	return save, nil
}

// traits are the slope and the difficulty of an item, the same whenever it is asked.
func traits(id string) (slope, difficulty float64) {
	h := fnv.New64a()
	h.Write([]byte(id))
	random := rand.New(rand.NewPCG(h.Sum64(), 7))
	return math.Exp(.3 * random.NormFloat64()), random.NormFloat64()
}

// guess is any option of a single choice.
func guess(v *exam.View, random *rand.Rand) exam.Response {
	return exam.Response{Choices: []int{random.IntN(max(2, len(v.Options)))}}
}

// mistake is an answer that is not the key. Distractors follow the key in the order in
// which the item was written: lure 0 is the next one, 1 the one after it. order gives
// the written place of each presented option.
func mistake(key exam.Response, v *exam.View, order []int, lure int) exam.Response {
	switch {
	case v.Kind == exam.TrueFalse:
		return exam.Response{Choices: []int{1 - key.Choices[0]}}
	case v.Kind == exam.Single:
		written := (order[key.Choices[0]] + 1 + lure%(len(order)-1)) % len(order)
		return exam.Response{Choices: []int{slices.Index(order, written)}}
	case len(key.Choices) > 0:
		for o := range v.Options {
			if !slices.Contains(key.Choices, o) {
				chosen := append(slices.Clone(key.Choices[1:]), o)
				slices.Sort(chosen)
				return exam.Response{Choices: chosen}
			}
		}
		return exam.Response{Choices: key.Choices[:1]}
	case len(key.Order) > 0:
		return exam.Response{Order: append(slices.Clone(key.Order[1:]), key.Order[0])}
	case len(key.Pairs) > 0:
		return exam.Response{Pairs: append(slices.Clone(key.Pairs[1:]), key.Pairs[0])}
	}
	if len(key.Gaps) > 0 {
		wrong := slices.Clone(key.Gaps)
		if wrong[0] = "0"; len(v.Gaps[0].Options) > 0 && key.Gaps[0] == "0" {
			wrong[0] = "1"
		}
		return exam.Response{Gaps: wrong}
	}
	return exam.Response{Text: "0"}
}
