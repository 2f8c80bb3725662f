// Package doctor recomputes what a store claims: hashes of banks, forms from
// their seeds, results from responses, certificates from their signatures. It
// changes nothing, and serves as the oracle of the tests that kill the service.
package doctor

import (
	"context"
	"fmt"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/audit"
	"github.com/proba-exam/proba/internal/keyring"
)

// Store is what is examined.
type Store interface {
	exam.Store
	certs.Store
	audit.Store
}

// Finding is one thing that is not as it should be.
type Finding struct {
	Kind    string `json:"kind"` // release, exam, attempt, certificate, status_list, log, audit
	ID      string `json:"id"`
	Message string `json:"message"`
}

// Report counts what was examined and lists what was found.
type Report struct {
	Releases     int   `json:"releases"`
	Exams        int   `json:"exams"`
	Attempts     int   `json:"attempts"`
	Certificates int   `json:"certificates"`
	StatusLists  int   `json:"status_lists"`
	LogEntries   int64 `json:"log_entries"`
	// Audit is the end of the audit log. Who keeps it elsewhere sees later
	// whether the log was cut off.
	Audit    AuditEnd  `json:"audit"`
	Findings []Finding `json:"findings"`
}

// pageSize is how many documents are held at a time.
const pageSize = 200

type examiner struct {
	store  Store
	keys   Keys
	placed map[string]int64 // index by entry in the log
	banks  map[string]*exam.Bank
	plans  map[string]*exam.Plan
	exams  map[string]exam.Exam
	// regrades are those of each exam, by number.
	regrades map[string]map[int]exam.Regrade
	keyings  map[string]*exam.Keying
	report   Report
}

// Keys are what signatures are checked with; nil ones leave them unchecked.
type Keys struct{ Issuer, Log *keyring.Ring }

// Examine goes through the whole store. An error is a failure of reading, not a
// finding.
func Examine(ctx context.Context, store Store, keys Keys) (Report, error) {
	e := &examiner{store: store, keys: keys, placed: make(map[string]int64), banks: make(map[string]*exam.Bank), plans: make(map[string]*exam.Plan), exams: make(map[string]exam.Exam),
		regrades: make(map[string]map[int]exam.Regrade), keyings: make(map[string]*exam.Keying)}
	e.report.Findings = []Finding{}
	for _, part := range []func(context.Context) error{e.releases, e.allExams, e.allRegrades, e.attempts, e.log, e.certificates, e.statusLists, e.audit} {
		if err := part(ctx); err != nil {
			return e.report, err
		}
	}
	return e.report, nil
}

func (e *examiner) find(kind, id, format string, args ...any) {
	e.report.Findings = append(e.report.Findings, Finding{Kind: kind, ID: id, Message: fmt.Sprintf(format, args...)})
}

// each visits a listing page by page.
func each[T any](list func(after string, limit int) ([]T, error), key func(T) string, visit func(T) error) error {
	for after := ""; ; {
		all, err := list(after, pageSize)
		if err != nil {
			return err
		}
		for _, v := range all {
			if err := visit(v); err != nil {
				return err
			}
			after = key(v)
		}
		if len(all) < pageSize {
			return nil
		}
	}
}

func (e *examiner) releases(ctx context.Context) error {
	list := func(after string, limit int) ([]exam.Release, error) { return e.store.Releases(ctx, after, limit) }
	return each(list, func(r exam.Release) string { return r.Hash }, func(r exam.Release) error {
		e.report.Releases++
		bank, err := e.bank(ctx, r.Hash)
		if err != nil {
			e.find("release", r.Hash, "cannot be opened: %v", err)
		} else if err := bank.Verify(); err != nil {
			e.find("release", r.Hash, "%v", err)
		}
		return nil
	})
}

func (e *examiner) bank(ctx context.Context, hash string) (*exam.Bank, error) {
	if b, ok := e.banks[hash]; ok {
		return b, nil
	}
	release, err := e.store.Release(ctx, hash)
	if err != nil {
		return nil, err
	}
	hashes := make([]string, len(release.Items))
	for i, ref := range release.Items {
		hashes[i] = ref.Revision
	}
	revisions, err := e.store.Revisions(ctx, hashes)
	if err != nil {
		return nil, err
	}
	b, err := exam.OpenBank(release, revisions)
	if err != nil {
		return nil, err
	}
	e.banks[hash] = b
	return b, nil
}

func (e *examiner) allExams(ctx context.Context) error {
	list := func(after string, limit int) ([]exam.Exam, error) { return e.store.Exams(ctx, after, limit) }
	return each(list, func(x exam.Exam) string { return x.ID }, func(x exam.Exam) error {
		e.report.Exams++
		e.exams[x.ID] = x
		if x.State == exam.ExamDraft {
			return nil
		}
		bank, err := e.bank(ctx, x.Release)
		if err != nil {
			e.find("exam", x.ID, "its release cannot be opened: %v", err)
			return nil
		}
		calibration, err := e.calibration(ctx, x.Calibration)
		if err != nil {
			e.find("exam", x.ID, "its calibration cannot be read: %v", err)
			return nil
		}
		plan, err := exam.NewCalibratedPlan(bank, x.Blueprint, calibration)
		if err != nil {
			e.find("exam", x.ID, "its blueprint does not fit: %v", err)
			return nil
		}
		e.plans[x.ID] = plan
		return nil
	})
}

// calibration reads what an exam's difficulties rest on and checks its hash; nil
// for none.
func (e *examiner) calibration(ctx context.Context, hash string) (*exam.Calibration, error) {
	if hash == "" {
		return nil, nil
	}
	c, err := e.store.Calibration(ctx, hash)
	if err != nil {
		return nil, err
	}
	again, err := exam.NewCalibration(c.Items)
	if err != nil {
		return nil, err
	}
	if again.Hash != hash {
		return nil, fmt.Errorf("calibration %s: content does not have this hash", hash)
	}
	return &c, nil
}

func (e *examiner) attempts(ctx context.Context) error {
	list := func(after string, limit int) ([]exam.Attempt, error) {
		return e.store.Attempts(ctx, exam.AttemptFilter{}, after, limit)
	}
	return each(list, func(a exam.Attempt) string { return a.ID }, func(head exam.Attempt) error {
		e.report.Attempts++
		return e.standing(ctx, head.ID)
	})
}

// restless is how often an attempt is examined that changes meanwhile.
const restless = 5

// standing examines an attempt with all that belongs to it. The service may work on it at
// the same time; what was read of two moments does not fit, and is no finding.
func (e *examiner) standing(ctx context.Context, id string) error {
	before := len(e.report.Findings)
	for try := 1; ; try++ {
		a, err := e.store.Attempt(ctx, id)
		if err == nil {
			err = e.attempt(ctx, &a)
		}
		if err == nil {
			err = e.certificateOf(ctx, &a)
		}
		if err != nil {
			return fmt.Errorf("attempt %s: %w", id, err)
		}
		if len(e.report.Findings) == before || try == restless {
			return nil
		}
		now, err := e.store.Attempt(ctx, id)
		if err != nil {
			return fmt.Errorf("attempt %s: %w", id, err)
		}
		if now.Version == a.Version {
			return nil
		}
		e.report.Findings = e.report.Findings[:before]
	}
}

func (e *examiner) attempt(ctx context.Context, a *exam.Attempt) error {
	plan := e.plans[a.Exam]
	if plan == nil {
		e.find("attempt", a.ID, "its exam %s cannot be examined", a.Exam)
		return nil
	}
	if err := plan.Replay(a.Form); err != nil {
		e.find("attempt", a.ID, "the form cannot be drawn again: %v", err)
	}
	for slot, stored := range a.Responses {
		if slot < 0 || slot >= len(a.Form.Slots) || stored.Seq < 1 || stored.Seq > a.Seq {
			e.find("attempt", a.ID, "response to slot %d with sequence %d is outside the form or after sequence %d", slot, stored.Seq, a.Seq)
		}
	}
	graded := 0
	for _, event := range a.Events {
		if event.What == "graded" {
			graded++
		}
	}
	if done := a.State == exam.Graded || a.State == exam.Released; graded > 1 || (done && graded == 0) || (graded > 0) != (a.Result != nil) {
		e.find("attempt", a.ID, "in state %s it was graded %d times", a.State, graded)
	}
	if err := e.scripts(ctx, a); err != nil || a.Result == nil {
		return err
	}
	return e.results(ctx, a)
}
