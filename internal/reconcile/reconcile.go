// Package reconcile moves on what waits: attempts whose time is over, results
// whose moment of release has come, certificates that are due or to be
// withdrawn.
//
// It is the one place that knows both exams and certificates. Every step is
// idempotent and keyed by the attempt, so that any number of copies may run it,
// and a crash at any point leaves work for the next round, never a second
// certificate.
package reconcile

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/proba-exam/proba/auth"
	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/exam"
	"github.com/proba-exam/proba/exam/authoring"
	"github.com/proba-exam/proba/exam/statistics"
	"github.com/proba-exam/proba/internal/fault"
)

const (
	// interval between rounds when nobody wakes the reconciler: a learner whose
	// time ran out sees it handed in within this time.
	interval = time.Second
	// tidying is how often sessions and links that are over are deleted: often
	// enough that they do not pile up, seldom enough to cost nothing.
	tidying = time.Hour
	// batch bounds a round; rounds follow each other while there is work.
	batch = 256
)

// Reconciler does the waiting work.
type Reconciler struct {
	Exams *exam.Service
	Certs *certs.Service
	Auth  *auth.Service
	Log   *slog.Logger
	// Statistics has what it is asked for computed; nil computes nothing.
	Statistics *statistics.Service
	// Authoring has imports tidied up that nobody applied; nil tidies none.
	Authoring *authoring.Service
	// Tell writes to a learner whose result a key change has changed, and returns when
	// the letter is on its way. Without it letters stay due.
	Tell func(ctx context.Context, g exam.Regrade, c exam.RegradeChange) error
	// TellResult writes to a learner that the result of an attempt that people marked is
	// there, as Tell does.
	TellResult func(ctx context.Context, a exam.Attempt) error

	wake    chan struct{}
	wakeful chan struct{} // wakes the statistics
	changed chan struct{} // wakes who has the log follow
}

// New returns a reconciler that still has to be run.
func New(exams *exam.Service, certificates *certs.Service, people *auth.Service, log *slog.Logger) *Reconciler {
	return &Reconciler{Exams: exams, Certs: certificates, Auth: people, Log: log, wake: make(chan struct{}, 1), wakeful: make(chan struct{}, 1), changed: make(chan struct{}, 1)}
}

// Wake starts a round soon, such as when an attempt was handed in. It never
// blocks.
func (r *Reconciler) Wake() {
	for _, wake := range []chan struct{}{r.wake, r.wakeful, r.changed} {
		tap(wake)
	}
}

// tap wakes who waits at the channel, or lets the next one through who does.
func tap(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// Run works until the context ends.
func (r *Reconciler) Run(ctx context.Context) {
	// Beside the rest: to compute takes seconds, for which no learner waits, and a proof
	// does not wait until everything that came with it is issued.
	var beside sync.WaitGroup
	beside.Go(func() { r.compute(ctx) })
	beside.Go(func() { r.follow(ctx) })
	defer beside.Wait()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	tidy := time.NewTicker(tidying)
	defer tidy.Stop()
	for {
		r.work(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tidy.C:
			r.tidy(ctx)
		case <-ticker.C:
		case <-r.wake:
		}
	}
}

// tidy deletes what is over.
func (r *Reconciler) tidy(ctx context.Context) {
	_, err := r.Auth.DeleteExpired(ctx)
	if err == nil && r.Authoring != nil {
		_, err = r.Authoring.TidyImports(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Error("delete what is over", "err", err)
	}
}

// work runs rounds until one has nothing left to move on.
func (r *Reconciler) work(ctx context.Context) {
	for ctx.Err() == nil {
		steps, err := r.Round(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("reconcile", "err", err)
		}
		collected, collectErr := r.Collect(ctx)
		if collectErr != nil && ctx.Err() == nil {
			r.Log.Error("collect", "err", collectErr)
		}
		// After the attempts, so that a long regrade keeps no learner waiting.
		more, regradeErr := r.Regrade(ctx)
		if regradeErr != nil && ctx.Err() == nil {
			r.Log.Error("regrade", "err", regradeErr)
		}
		if steps+collected+more == 0 || err != nil || collectErr != nil || regradeErr != nil {
			return
		}
	}
}

// Round moves the attempts that are due on, most overdue first, and returns how
// many steps it took. One that fails is due again later, and later each time, so
// that it does not keep the others waiting.
func (r *Reconciler) Round(ctx context.Context) (steps int, err error) {
	due, err := r.Exams.Due(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("list what is due: %w", err)
	}
	for _, a := range due {
		if err := r.settle(ctx, a.ID); err != nil {
			if ctx.Err() != nil {
				return steps, ctx.Err()
			}
			r.Log.Error("reconcile", "attempt", a.ID, "failures", a.Failures+1, "err", err)
			if _, err := r.Exams.Postpone(ctx, a.ID); err != nil {
				r.Log.Error("postpone", "attempt", a.ID, "err", err)
			}
			continue
		}
		steps++
	}
	return steps, nil
}

func (r *Reconciler) settle(ctx context.Context, id string) error {
	a, err := r.Exams.Advance(ctx, id)
	if err != nil {
		return fmt.Errorf("advance: %w", err)
	}
	changed := true
	switch a.Certificate {
	case exam.CertificateDue:
		err = r.certify(ctx, a)
	case exam.CertificateWithdrawDue:
		err = r.withdraw(ctx, a)
	case exam.CertificateReplaceDue:
		err = r.replace(ctx, a)
	default:
		changed = false
	}
	if changed {
		tap(r.changed)
	}
	if err == nil && a.Letter == exam.LetterDue {
		err = r.announce(ctx, a)
	}
	return err
}

func (r *Reconciler) certify(ctx context.Context, a exam.Attempt) error {
	c, err := r.issue(ctx, a)
	if err != nil {
		return err
	}
	_, err = r.Exams.Certified(ctx, a.ID, string(c.ID))
	if fault.Code(err) == "attempt.no_certificate_due" {
		return nil // another copy was faster, or the attempt was voided: the next round sees
	}
	return err
}

func (r *Reconciler) issue(ctx context.Context, a exam.Attempt) (certs.Certificate, error) {
	award, err := r.award(ctx, a)
	if err != nil {
		return certs.Certificate{}, err
	}
	c, err := r.Certs.Issue(ctx, award)
	if err != nil {
		return certs.Certificate{}, fmt.Errorf("issue: %w", err)
	}
	return c, nil
}

// award is what the attempt has earned.
func (r *Reconciler) award(ctx context.Context, a exam.Attempt) (certs.Award, error) {
	person, err := r.Auth.Person(ctx, a.Person)
	if err != nil {
		return certs.Award{}, fmt.Errorf("holder: %w", err)
	}
	e, err := r.Exams.Exam(ctx, a.Exam)
	if err != nil {
		return certs.Award{}, fmt.Errorf("exam: %w", err)
	}
	award := certs.Award{Attempt: a.AwardKey(), Person: a.Person, Name: person.Name, Title: e.Title.In(a.Lang), Language: a.Lang,
		Role: e.Blueprint.Role, Exam: e.ID, ValidDays: e.Policy.Certificate.ValidDays, Template: e.Policy.Certificate.Template}
	if e.Policy.Certificate.ShowScore {
		score, cut := a.Result.BasisPoints(), e.Blueprint.Cut
		if e.Blueprint.Standard != nil && a.Result.Max > 0 { // each form has its own
			cut = int(a.Result.Cut * 10_000 / a.Result.Max)
		}
		award.Score, award.Cut, award.Sections = &score, &cut, sections(&e.Blueprint, a.Result, a.Lang)
	}
	return award, nil
}

// sections are the parts of a result by their titles. A gate over one section is
// its minimum.
func sections(b *exam.Blueprint, r *exam.Result, lang string) []certs.Section {
	minimum := make(map[string]*int)
	for _, g := range b.Gates {
		if len(g.Sections) == 1 {
			minimum[g.Sections[0]] = &g.Minimum
		}
	}
	titles := make(map[string]string)
	for _, s := range b.Sections {
		titles[s.ID] = s.Title.In(lang)
	}
	var all []certs.Section
	for _, s := range r.Sections {
		if s.Max > 0 {
			all = append(all, certs.Section{Name: titles[s.Section], Score: int(s.Score * 10_000 / s.Max), Required: minimum[s.Section]})
		}
	}
	return all
}

// replace has the certificate state the corrected result.
func (r *Reconciler) replace(ctx context.Context, a exam.Attempt) error {
	award, err := r.award(ctx, a)
	if err != nil {
		return err
	}
	c, err := r.Certs.Restate(ctx, lastBy(&a), award, certs.ResultCorrected)
	if err != nil {
		return fmt.Errorf("replace: %w", err)
	}
	_, err = r.Exams.Replaced(ctx, a.ID, string(c.ID), a.Result.KeyChange)
	if fault.Code(err) == "attempt.no_replacement_due" {
		return nil // another copy was faster, or the result changed again: the next round sees
	}
	return err
}

// lastBy is who did what happened last to the attempt.
func lastBy(a *exam.Attempt) string { return a.Events[len(a.Events)-1].By }

// withdraw revokes the certificate of an attempt that was voided, or is no longer passed. It issues it first if
// there is none: a copy that is in the middle of issuing then finds the revoked
// one, and cannot leave a valid certificate behind.
func (r *Reconciler) withdraw(ctx context.Context, a exam.Attempt) error {
	c, err := r.issue(ctx, a)
	if err != nil {
		return err
	}
	if c, err = r.Certs.Current(ctx, a.AwardKey()); err != nil {
		return fmt.Errorf("certificate after reissues: %w", err)
	}
	why := certs.AttemptVoided
	if a.State != exam.Voided {
		why = certs.NoLongerPassed
	}
	if c, err = r.Certs.Withdraw(ctx, lastBy(&a), c.ID, why); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	_, err = r.Exams.Withdrawn(ctx, a.ID, string(c.ID))
	if fault.Code(err) == "attempt.no_withdrawal_due" {
		return nil
	}
	return err
}
