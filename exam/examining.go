package exam

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/proba-exam/proba/internal/fault"
)

// Session is a running attempt in the hands of one device.
type Session struct {
	Attempt Attempt
	View    FormView
	Digest  [32]byte
	// Resumed is true when the attempt had been started before.
	Resumed bool
	Now     time.Time
}

// Start begins an attempt at the sitting's exam in the given language, or
// resumes the one that runs. Pressing twice, or on two devices at once, gives
// one attempt. It is StartByCode for a sitting that asks for none.
func (s *Service) Start(ctx context.Context, person, sitting, lang string) (Session, error) {
	return s.StartByCode(ctx, person, sitting, lang, "")
}

// StartByCode is Start with the code that the room shows. Who runs already resumes
// without it. "access.code_missing", "access.code_wrong".
func (s *Service) StartByCode(ctx context.Context, person, sitting, lang, code string) (Session, error) {
	en, err := s.store.Entitlement(ctx, sitting, person)
	if err != nil {
		return Session{}, err
	}
	for range maxConflicts {
		subject, err := s.subject(ctx, sitting)
		if err != nil {
			return Session{}, err
		}
		o, err := s.offer(ctx, en, subject)
		if err != nil {
			return Session{}, err
		}
		if n := len(o.Attempts); n > 0 && o.Attempts[n-1].State == Running {
			return s.Resume(ctx, person, o.Attempts[n-1].ID, lang)
		}
		if o.Refusal != nil {
			return Session{}, o.Refusal
		}
		if err := s.checkAccess(ctx, &subject.sitting, code); err != nil {
			return Session{}, err
		}
		session, err := s.begin(ctx, o, lang)
		if fault.Code(err) != "attempt.exists" {
			return session, err
		}
	}
	return Session{}, fault.New(fault.Unavailable, "attempt.busy", "This attempt is being started elsewhere; try again.")
}

func (s *Service) begin(ctx context.Context, o Offer, lang string) (Session, error) {
	if !slices.Contains(o.Exam.Policy.Languages, lang) {
		return Session{}, fault.New(fault.Invalid, "exam.language", "This exam is held in %v.", o.Exam.Policy.Languages).
			At(fault.Field{Path: "/language", Message: "is not a language of this exam"})
	}
	plan, err := s.plan(ctx, &o.Exam)
	if err != nil {
		return Session{}, err
	}
	seen, err := s.seen(ctx, o.Attempts)
	if err != nil {
		return Session{}, err
	}
	var seed Seed
	if _, err := io.ReadFull(s.rand, seed[:]); err != nil {
		return Session{}, fmt.Errorf("draw a seed: %w", err)
	}
	form, err := s.draw(ctx, &o.Exam, plan, seed, seen)
	if err != nil {
		return Session{}, err
	}
	id, err := s.newID()
	if err != nil {
		return Session{}, err
	}
	now := s.moment()
	a := Attempt{Schema: 1, ID: id, Version: 1, Exam: o.Exam.ID, Sitting: o.Sitting.ID, Person: o.Entitlement.Person,
		Number: len(o.Attempts) + 1, State: Ready, Lang: lang, CreatedAt: now, Form: form}
	if err := a.Begin(o.Exam.Policy, o.Entitlement.ExtraTime, s.writer(), now); err != nil {
		return Session{}, err
	}
	if err := s.store.InsertAttempt(ctx, a); err != nil {
		return Session{}, err
	}
	if a, err = s.stopIfPaused(ctx, a); err != nil {
		return Session{}, err
	}
	return s.session(plan.bank, a, lang, false, now)
}

// seen counts the items of the learner's earlier forms.
func (s *Service) seen(ctx context.Context, attempts []Attempt) (map[string]int, error) {
	seen := make(map[string]int)
	for _, head := range attempts {
		a, err := s.store.Attempt(ctx, head.ID)
		if err != nil {
			return nil, fmt.Errorf("earlier form: %w", err)
		}
		for _, slot := range a.Form.Slots {
			seen[slot.Item.ID]++
		}
	}
	return seen, nil
}

// writer makes a token that another device cannot guess.
func (s *Service) writer() string {
	token := make([]byte, 15)
	if _, err := io.ReadFull(s.rand, token); err != nil {
		return rand.Text()
	}
	return base32.StdEncoding.EncodeToString(token)
}

// Resume gives a running attempt to the device that asks, and takes it from the
// one that had it. lang changes the language of the exam; "" keeps it.
func (s *Service) Resume(ctx context.Context, person, id, lang string) (Session, error) {
	now := s.moment()
	writer := s.writer()
	a, err := s.change(ctx, id, func(a *Attempt) (bool, error) {
		if err := owned(a, person); err != nil {
			return false, err
		}
		if lang != "" && lang != a.Lang {
			e, err := s.store.Exam(ctx, a.Exam)
			if err != nil {
				return false, err
			}
			if !slices.Contains(e.Policy.Languages, lang) {
				return false, fault.New(fault.Invalid, "exam.language", "This exam is held in %v.", e.Policy.Languages)
			}
			a.Lang = lang
		}
		return false, a.TakeOver(writer, now)
	})
	if err != nil {
		return Session{}, err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return Session{}, err
	}
	return s.session(bank, a, a.Lang, true, now)
}

func (s *Service) session(bank *Bank, a Attempt, lang string, resumed bool, now time.Time) (Session, error) {
	view, err := bank.Present(a.Form, lang)
	if err != nil {
		return Session{}, err
	}
	return Session{Attempt: a, View: view, Digest: a.Digest(), Resumed: resumed, Now: now}, nil
}

// Current returns the person's attempt as it stands, with the form as it is
// presented, and leaves it in the hands of the device that has it.
func (s *Service) Current(ctx context.Context, person, id string) (Session, error) {
	a, err := s.store.Attempt(ctx, id)
	if err != nil {
		return Session{}, err
	}
	if err := owned(&a, person); err != nil {
		return Session{}, err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return Session{}, err
	}
	now := s.moment()
	if a.State == Running {
		s.hear(ctx, &a, now)
	}
	return s.session(bank, a, a.Lang, true, now)
}

// Digest is over the stored responses of the attempt.
func (a *Attempt) Digest() [32]byte {
	leaves := make([]Leaf, len(a.Form.Slots))
	for slot, stored := range a.Responses {
		leaves[slot] = stored.Response.Leaf()
	}
	return Digest(leaves)
}

// owned reports a stranger's attempt as not found.
func owned(a *Attempt, person string) error {
	if a.Person != person {
		return fault.New(fault.NotFound, "attempt.not_found", "There is no such attempt.")
	}
	return nil
}

// Save applies one message of the save protocol. When it returns an Ack, the
// responses are on disk. A save after the grace is kept, not scored, and
// answered with the fault "attempt.late".
func (s *Service) Save(ctx context.Context, person, id string, save Save) (Ack, error) {
	sh, err := s.sheet(ctx, id)
	if err != nil {
		return Ack{}, err
	}
	if sh.person != person {
		return Ack{}, fault.New(fault.NotFound, "attempt.not_found", "There is no such attempt.")
	}
	if err := sh.accept(save); err != nil {
		return Ack{}, err
	}
	now, save := s.moment(), save.told()
	ack, err := s.store.SaveResponses(ctx, id, save, len(sh.items), now)
	if fault.Code(err) == "attempt.late" {
		if keepErr := s.store.KeepLate(ctx, id, LateSave{At: now, Save: save}); keepErr != nil {
			return Ack{}, fmt.Errorf("keep a late save: %w", keepErr)
		}
	}
	return ack, err
}

func (s *Service) sheet(ctx context.Context, id string) (*sheet, error) {
	return s.sheets.get(ctx, id, func(ctx context.Context) (*sheet, error) {
		a, err := s.store.Attempt(ctx, id)
		if err != nil {
			return nil, err
		}
		bank, err := s.Bank(ctx, a.Form.Release)
		if err != nil {
			return nil, err
		}
		return bank.sheet(a.Person, a.Form)
	})
}

// Submit hands the attempt in and grades it. It is idempotent: an attempt that
// was handed in already is returned as it is. digest, when not nil, is what the
// learner believes to be stored; "attempt.digest_mismatch" hands nothing in and
// tells the device to send what it still holds.
func (s *Service) Submit(ctx context.Context, person, id, writer string, digest *[32]byte) (Attempt, error) {
	return s.change(ctx, id, func(a *Attempt) (bool, error) {
		if err := owned(a, person); err != nil {
			return false, err
		}
		if a.State != Running && a.State != Ready && a.State != Voided {
			return true, nil
		}
		now := s.moment()
		if a.State == Running && a.TimeOver(now) {
			return false, s.expire(ctx, a, now)
		}
		if stored := a.Digest(); digest != nil && *digest != stored {
			return false, fault.New(fault.Conflict, "attempt.digest_mismatch", "The server holds other answers than your device; nothing was handed in. Send the missing answers, then hand in again.")
		}
		if err := a.HandIn(writer, now); err != nil {
			return false, err
		}
		return false, s.finish(ctx, a, now)
	})
}

func (s *Service) expire(ctx context.Context, a *Attempt, now time.Time) error {
	if err := a.Expire(now); err != nil {
		return err
	}
	return s.finish(ctx, a, now)
}

// finish grades an attempt that was just handed in or expired, or has it wait for the
// marks of people.
func (s *Service) finish(ctx context.Context, a *Attempt, now time.Time) error {
	e, err := s.store.Exam(ctx, a.Exam)
	if err != nil {
		return err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return err
	}
	keys, err := s.keying(ctx, &e)
	if err != nil {
		return err
	}
	if s.awaits(a, bank, keys) {
		return a.AwaitMarks(now)
	}
	return s.grade(ctx, a, &e, now)
}

// grade computes the result of an attempt that has all its marks.
func (s *Service) grade(ctx context.Context, a *Attempt, e *Exam, now time.Time) error {
	sitting, err := s.store.Sitting(ctx, a.Sitting)
	if err != nil {
		return err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return err
	}
	keys, err := s.keying(ctx, e)
	if err != nil {
		return err
	}
	result, err := bank.GradeBy(keys, &e.Blueprint, a, now)
	if err != nil {
		return err
	}
	a.KeyChange = result.KeyChange
	return a.Finish(result, e.Policy, sitting.Closes, now)
}

// Outcome returns what the learner may see of an attempt by review policy.
func (s *Service) Outcome(ctx context.Context, person, id, lang string) (Outcome, error) {
	a, err := s.store.Attempt(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	if err := owned(&a, person); err != nil {
		return Outcome{}, err
	}
	e, err := s.store.Exam(ctx, a.Exam)
	if err != nil {
		return Outcome{}, err
	}
	bank, err := s.Bank(ctx, a.Form.Release)
	if err != nil {
		return Outcome{}, err
	}
	if lang == "" {
		lang = a.Lang
	}
	keys, err := s.keying(ctx, &e)
	if err != nil {
		return Outcome{}, err
	}
	return bank.outcome(&a, e.Policy, keys, lang)
}
