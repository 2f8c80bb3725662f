package doctor

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/internal/fault"
)

// allRegrades reads the key changes of every exam, and compares those that are in force
// with what the exam says.
func (e *examiner) allRegrades(ctx context.Context) error {
	for _, x := range e.exams {
		e.regrades[x.ID] = make(map[int]exam.Regrade)
		list := func(after string, limit int) ([]exam.Regrade, error) {
			return e.store.RegradesOf(ctx, x.ID, after, limit)
		}
		err := each(list, func(g exam.Regrade) string { return g.ID }, func(g exam.Regrade) error {
			if slices.Contains(x.KeyChanges, g.ID) {
				e.regrades[x.ID][g.Number] = g
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("key changes of exam %s: %w", x.ID, err)
		}
		for n, id := range x.KeyChanges {
			if g, ok := e.regrades[x.ID][n+1]; !ok || g.ID != id {
				e.find("exam", x.ID, "its key change %d, %s, is not there", n+1, id)
			} else if n+1 == len(x.KeyChanges) && !reflect.DeepEqual(g.InForce, x.Corrections) {
				e.find("exam", x.ID, "its corrected keys are not those of its last key change %s", id)
			}
		}
	}
	return nil
}

// keying is what counted as right after a key change of an exam, nil before the first.
func (e *examiner) keying(ctx context.Context, examID string, change int) (*exam.Keying, error) {
	if change == 0 {
		return nil, nil
	}
	key := fmt.Sprintf("%s@%d", examID, change)
	if k, ok := e.keyings[key]; ok {
		return k, nil
	}
	g, ok := e.regrades[examID][change]
	if !ok {
		return nil, fmt.Errorf("the exam has no key change %d", change)
	}
	var hashes []string
	for _, c := range g.InForce {
		hashes = append(append(hashes, c.Item.Revision), c.Keys...)
	}
	slices.Sort(hashes)
	revisions, err := e.store.Revisions(ctx, slices.Compact(hashes))
	if err != nil {
		return nil, err
	}
	for _, rev := range revisions {
		again, err := exam.NewRevision(rev.Item)
		if err != nil || again.Hash != rev.Hash {
			return nil, fmt.Errorf("revision %s of item %s: content does not have this hash", rev.Hash, rev.Item.ID)
		}
	}
	k, err := exam.NewKeying(change, g.InForce, revisions)
	if err == nil {
		e.keyings[key] = k
	}
	return k, err
}

// grade computes a result by the keys of a key change.
func (e *examiner) grade(ctx context.Context, a *exam.Attempt, change int) (exam.Result, error) {
	keys, err := e.keying(ctx, a.Exam, change)
	if err != nil {
		return exam.Result{}, err
	}
	x := e.exams[a.Exam]
	return e.plans[a.Exam].Bank().GradeBy(keys, &x.Blueprint, a, a.Result.GradedAt)
}

// results computes the result of an attempt again, and all that stood before.
func (e *examiner) results(ctx context.Context, a *exam.Attempt) error {
	told := []*exam.Result{a.Result}
	for i := range a.Regraded {
		told = append(told, &a.Regraded[i].Before, &a.Regraded[i].After)
	}
	for n, r := range told {
		again, err := e.grade(ctx, a, r.KeyChange)
		if fault.Of(err) == fault.Unavailable {
			return err
		}
		again.GradedAt = r.GradedAt
		if err != nil || !reflect.DeepEqual(again, *r) {
			what := "grading again gives another result"
			if n > 0 {
				what = "grading again gives another result than its history tells"
			}
			e.find("attempt", a.ID, "%s: %v", what, err)
			return nil
		}
	}
	e.history(a)
	return e.current(ctx, a)
}

// history checks that one result follows from the other.
func (e *examiner) history(a *exam.Attempt) {
	stands := a.Result
	for _, r := range slices.Backward(a.Regraded) {
		after := &r.After
		if r.Kept {
			after = &r.Before
			if g := e.regrades[a.Exam][r.After.KeyChange]; !g.Harmless || !r.Before.Passed || r.After.Passed {
				e.find("attempt", a.ID, "its result was kept against key change %s without a reason", r.Regrade)
			}
		}
		if !reflect.DeepEqual(after, stands) {
			e.find("attempt", a.ID, "its result does not follow from the key changes in its history")
			return
		}
		stands = &r.Before
	}
}

// current checks that the attempt was held against the newest keys: once no regrade is
// under way, every result that stands is by them, or was kept.
func (e *examiner) current(ctx context.Context, a *exam.Attempt) error {
	x := e.exams[a.Exam]
	if a.State == exam.Voided || x.Regrading != "" {
		return nil
	}
	newest, err := e.grade(ctx, a, len(x.KeyChanges))
	if fault.Of(err) == fault.Unavailable {
		return err
	}
	same := err == nil && reflect.DeepEqual(newest.Marks, a.Result.Marks) && newest.Max == a.Result.Max
	wasKept := len(a.Regraded) > 0 && a.Regraded[len(a.Regraded)-1].Kept
	if a.KeyChange != len(x.KeyChanges) || !same && !wasKept {
		e.find("attempt", a.ID, "its result is not by the corrected keys of its exam: %v", err)
	}
	return nil
}

// certificateOf compares what the attempt says of its certificate with the
// certificate.
func (e *examiner) certificateOf(ctx context.Context, a *exam.Attempt) error {
	chain, err := e.chain(ctx, a.AwardKey())
	if err != nil {
		return fmt.Errorf("certificate of attempt %s: %w", a.ID, err)
	}
	earned := a.State == exam.Released && a.Result.Passed && e.exams[a.Exam].Policy.Certificate.Issue
	lost := len(a.Regraded) > 0 && (a.Certificate == exam.CertificateWithdrawDue || a.Certificate == exam.CertificateWithdrawn)
	if earned != (a.Certificate != exam.CertificateNone && !lost) && a.State != exam.Voided {
		e.find("attempt", a.ID, "a certificate was earned: %v, but the attempt says of it %q", earned, a.Certificate)
	}
	switch a.Certificate {
	case exam.CertificateNone:
		if len(chain) > 0 {
			e.find("attempt", a.ID, "certificate %s exists, but none was due", chain[0].ID)
		}
	case exam.CertificateIssued:
		if !slices.ContainsFunc(chain, func(c certs.Certificate) bool { return string(c.ID) == a.CertificateID }) {
			e.find("attempt", a.ID, "certificate %q is not the one that was issued", a.CertificateID)
		} else if c := chain[len(chain)-1]; c.State != certs.Revoked && c.Statement.Score != nil && a.Result != nil && *c.Statement.Score != a.Result.BasisPoints() {
			e.find("attempt", a.ID, "its certificate %s states another score than its result", c.ID)
		}
	case exam.CertificateWithdrawn:
		e.wantRevoked(a, chain)
	}
	for earlier := *a; earlier.Award > 0; {
		earlier.Award--
		if chain, err = e.chain(ctx, earlier.AwardKey()); err != nil {
			return fmt.Errorf("certificate of attempt %s: %w", a.ID, err)
		}
		e.wantRevoked(a, chain)
	}
	return nil
}

func (e *examiner) wantRevoked(a *exam.Attempt, chain []certs.Certificate) {
	if len(chain) == 0 || chain[len(chain)-1].State != certs.Revoked {
		e.find("attempt", a.ID, "its certificate should be revoked")
	}
}

// chain is the certificate of an award with those that took its place, none when there
// is none.
func (e *examiner) chain(ctx context.Context, award string) ([]certs.Certificate, error) {
	c, err := e.store.CertificateByAttempt(ctx, award)
	if fault.Of(err) == fault.NotFound {
		return nil, nil
	}
	var all []certs.Certificate
	for err == nil {
		all = append(all, c)
		if c.SupersededBy == "" {
			break
		}
		c, err = e.store.Certificate(ctx, c.SupersededBy)
	}
	return all, err
}
