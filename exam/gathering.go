package exam

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// awaits reports whether people have to mark the attempt before it can be graded.
func (s *Service) awaits(a *Attempt, bank *Bank, keys *Keying) bool {
	return (a.State == Submitted || a.State == Expired) && len(bank.ForPeople(keys, a)) > 0
}

// gather makes scripts of what people have to mark of the attempt, and grades it when they
// have marked all. What it does to scripts can be repeated. An attempt that still waits is
// due no more: its next mark comes by CollectScript.
func (s *Service) gather(ctx context.Context, a *Attempt, now time.Time) error {
	e, err := s.store.Exam(ctx, a.Exam)
	if err != nil {
		return err
	}
	needed, err := s.forPeople(ctx, &e, a)
	if err != nil {
		return err
	}
	scripts, err := s.dealt(ctx, a, needed, now)
	if err != nil {
		return err
	}
	marked := make(map[int][]RubricMark)
	for _, c := range scripts {
		if !slices.Contains(needed, c.Slot) {
			if err := s.closeScript(ctx, c.ID); err != nil {
				return err
			}
			continue
		}
		rubric, err := s.rubricOf(ctx, &c)
		if err != nil {
			return err
		}
		if counted, stage := rubric.Counted(c.Entries); stage == ScriptMarked {
			marked[c.Slot] = counted
		}
	}
	if len(marked) < len(needed) {
		a.DueAt = time.Time{}
		return nil
	}
	if a.Marked = nil; len(marked) > 0 {
		a.Marked = marked
	}
	return s.grade(ctx, a, &e, now)
}

// dealt returns the scripts of the attempt, and makes those that are missing.
func (s *Service) dealt(ctx context.Context, a *Attempt, needed []int, now time.Time) ([]Script, error) {
	scripts, err := s.scriptsOf(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	missing := false
	for _, slot := range needed {
		if slices.ContainsFunc(scripts, func(c Script) bool { return c.Slot == slot }) {
			continue
		}
		missing = true
		secret := make([]byte, 16)
		if _, err := io.ReadFull(s.rand, secret); err != nil {
			return nil, fmt.Errorf("draw an id: %w", err)
		}
		c := Script{Schema: 1, ID: scriptID.EncodeToString(secret), Version: 1, Exam: a.Exam, Attempt: a.ID, Slot: slot, Item: a.Form.Slots[slot].Item,
			Stage: ScriptFirst, Barred: []string{a.Person}, CreatedAt: now}
		if err := s.store.InsertScript(ctx, c); err != nil && fault.Code(err) != "script.exists" {
			return nil, fmt.Errorf("store a script of attempt %s: %w", a.ID, err)
		}
	}
	if missing { // another copy may have made them
		return s.scriptsOf(ctx, a.ID)
	}
	return scripts, nil
}

// scriptID writes ids that addresses can hold.
var scriptID = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// scriptsOf are all scripts of an attempt: at most as many as its form has slots.
func (s *Service) scriptsOf(ctx context.Context, attempt string) ([]Script, error) {
	return s.store.Scripts(ctx, ScriptFilter{Attempt: attempt}, "", maxForm)
}

// closeScripts takes the scripts of an attempt that needs no marks back from the markers.
func (s *Service) closeScripts(ctx context.Context, a *Attempt) error {
	if a.count(awaited) == 0 {
		return nil
	}
	scripts, err := s.scriptsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, c := range scripts {
		if err := s.closeScript(ctx, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// ScriptsDue lists scripts that have all their marks and whose attempt has to be seen to.
func (s *Service) ScriptsDue(ctx context.Context, limit int) ([]Script, error) {
	return s.store.ScriptsDue(ctx, s.moment(), limit)
}

// CollectScript grades the attempt of a script that has all its marks, if it was the last
// one. It can be repeated, by any copy.
func (s *Service) CollectScript(ctx context.Context, id string) (Attempt, error) {
	c, err := s.store.Script(ctx, id)
	if err != nil {
		return Attempt{}, err
	}
	a, err := s.change(ctx, c.Attempt, func(a *Attempt) (bool, error) {
		if a.State != Marking {
			return true, nil
		}
		before := a.DueAt
		if err := s.gather(ctx, a, s.moment()); err != nil {
			return false, err
		}
		return a.State == Marking && a.DueAt.Equal(before), nil
	})
	if err != nil {
		return Attempt{}, fmt.Errorf("attempt of script %s: %w", id, err)
	}
	_, err = s.changeScript(ctx, id, func(c *Script) (bool, error) {
		if c.DueAt.IsZero() {
			return true, nil
		}
		c.DueAt, c.Failures = time.Time{}, 0
		return false, nil
	})
	return a, err
}

// PostponeScript makes it due later, because collecting it failed: twice as late each time.
func (s *Service) PostponeScript(ctx context.Context, id string) (Script, error) {
	return s.changeScript(ctx, id, func(c *Script) (bool, error) {
		if c.DueAt.IsZero() {
			return true, nil
		}
		c.DueAt = s.moment().Add(backoff(c.Failures))
		c.Failures++
		return false, nil
	})
}

// ResultTold records that the learner was told of a result by letter, or that it failed
// once more.
func (s *Service) ResultTold(ctx context.Context, id string, failed bool) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) { return !a.Told(failed), nil })
}
