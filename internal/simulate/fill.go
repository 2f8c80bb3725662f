package simulate

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
)

// Fill stores the attempts of a crowd that has sat the exam, graded, straight in the
// store: three writes each and nothing read again, for tests and benchmarks that need
// many and ask nothing of how they came about. Forms are drawn by the exam's plan, each by itself and without looking
// at how often items were used. The same crowd has the same attempts each time; their ids
// come before those of attempts that are started. The exam has no calibration.
func Fill(ctx context.Context, c Crowd, store exam.AttemptStore, e *exam.Exam, now time.Time) error {
	bank, err := c.Exams.Bank(ctx, e.Release)
	if err != nil {
		return err
	}
	plan, err := exam.NewCalibratedPlan(bank, e.Blueprint, nil)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(c.AtOnce, workers))
	for n := c.First; n < c.First+c.People; n++ {
		group.Go(func() error {
			a, save, err := c.begun(ctx, plan, e, n, now)
			if err == nil {
				err = store.InsertAttempt(ctx, a)
			}
			if err == nil {
				_, err = store.SaveResponses(ctx, a.ID, save, len(a.Form.Slots), now)
			}
			if err == nil {
				err = grade(bank, e, &a, save, now)
			}
			if err == nil {
				err = store.UpdateAttempt(ctx, a)
			}
			if err != nil {
				return fmt.Errorf("learner %d: %w", n, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// begun is the attempt of learner n, with what they answer.
func (c *Crowd) begun(ctx context.Context, plan *exam.Plan, e *exam.Exam, n int, now time.Time) (a exam.Attempt, save exam.Save, err error) {
	random := rand.New(rand.NewPCG(c.Seed, uint64(n)))
	region, lang := n%len(c.Sittings), c.language(random)
	var seed exam.Seed
	binary.LittleEndian.PutUint64(seed[:], c.Seed)
	binary.LittleEndian.PutUint64(seed[8:], uint64(n)+1)
	form, err := plan.Assemble(seed, nil)
	if err != nil {
		return a, save, err
	}
	began := now.Add(-time.Duration(e.Policy.TimeLimit) * time.Second / 10 * 9) // see atWork
	a = exam.Attempt{Schema: 1, ID: fmt.Sprintf("01900000-0000-7000-8000-%012x", n), Version: 1, Exam: e.ID, Sitting: c.Sittings[region],
		Person: person(n), Number: 1, State: exam.Ready, Lang: lang, CreatedAt: began, Form: form, Responses: make(map[int]exam.Stored)}
	if err := a.Begin(e.Policy, 0, "simulated", began); err != nil {
		return a, save, err
	}
	save, err = c.answers(ctx, &a, n, c.ability(region, random), random)
	return a, save, err
}

// grade hands in what was saved, after the store has counted the version up for it.
func grade(bank *exam.Bank, e *exam.Exam, a *exam.Attempt, save exam.Save, now time.Time) error {
	for _, r := range save.Responses {
		a.Responses[r.Slot] = exam.Stored{Seq: save.Seq, At: now, Response: r.Response, WorkedMS: r.WorkedMS}
	}
	a.Version, a.Seq, a.SavedAt = a.Version+1, save.Seq, now
	if err := a.HandIn(a.Writer, now); err != nil {
		return err
	}
	result, err := bank.Grade(&e.Blueprint, a.Form, a.Responses, now)
	if err != nil {
		return err
	}
	return a.Finish(result, e.Policy, now, now)
}
