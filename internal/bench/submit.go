package bench

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/proba-exam/proba/exam"
)

// submitted is how many attempts are handed in, one after the other.
const submitted = 400

// submit measures the processor time of handing in: reading the attempt, comparing the
// digest, grading and the write that is on disk. The clock would measure the disk.
func submit(ctx context.Context, dir string, _ time.Duration) (figures []Figure, err error) {
	s, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if _, err := s.Prepare(ctx); err != nil {
		return nil, err
	}
	sitting, err := longest(ctx, s)
	if err != nil {
		return nil, err
	}
	attempts := make([]exam.Attempt, submitted)
	digests := make([][32]byte, submitted)
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(64)
	for n := range attempts {
		group.Go(func() (err error) {
			attempts[n], digests[n], err = answered(working, s.Exams, fmt.Sprintf("person-%d", n), sitting)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	before, err := processor()
	if err != nil {
		return nil, err
	}
	for n, a := range attempts {
		graded, err := s.Exams.Submit(ctx, a.Person, a.ID, a.Writer, &digests[n])
		if err != nil {
			return nil, err
		}
		if graded.Result == nil || !graded.Result.Passed {
			return nil, fmt.Errorf("attempt %s has every answer right and did not pass: %+v", a.ID, graded.Result)
		}
	}
	after, err := processor()
	return []Figure{{Name: "submit and grade an attempt of 60 items, processor", Value: millis((after - before) / submitted), Unit: "ms", Limit: 1}}, err
}

// answered is an attempt with the right answer in each slot.
func answered(ctx context.Context, exams *exam.Service, person, sitting string) (a exam.Attempt, digest [32]byte, err error) {
	if _, err := exams.Entitle(ctx, "bench", sitting, person, 0); err != nil {
		return a, digest, err
	}
	session, err := exams.Start(ctx, person, sitting, "uk")
	if err != nil {
		return a, digest, err
	}
	a = session.Attempt
	bank, err := exams.Bank(ctx, a.Form.Release)
	if err != nil {
		return a, digest, err
	}
	keys, err := bank.Keys(a.Form)
	if err != nil {
		return a, digest, err
	}
	save := exam.Save{Writer: a.Writer, Seq: 1}
	for slot, key := range keys {
		save.Responses = append(save.Responses, exam.SlotResponse{Slot: slot, Response: key})
	}
	ack, err := exams.Save(ctx, person, a.ID, save)
	return a, ack.Digest, err
}

// processor is what this process has used so far.
func processor() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
