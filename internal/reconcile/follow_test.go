package reconcile_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/proba-exam/proba/certs"
	"github.com/proba-exam/proba/certs/translog"
	"github.com/proba-exam/proba/internal/config"
	"github.com/proba-exam/proba/internal/keyring"
)

// withLog gives the worker's certificates a log.
func (e *env) withLog(t *testing.T) {
	t.Helper()
	logs, err := new(keyring.Ring).Generate(rand.Reader, e.now, config.Development)
	must(t, err)
	now := e.now
	clock := func() time.Time { return now }
	log, err := translog.Open(t.Context(), translog.Config{Store: e.store, Origin: "proba.test/log", Keys: logs, Now: clock})
	must(t, err)
	d := e.worker.Certs.Deps
	d.Log, d.Now = log, clock
	e.worker.Certs, err = certs.NewService(d)
	must(t, err)
}

// eventually waits for what others bring about, for some seconds at most.
func eventually(done func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !done() {
		select {
		case <-tick.C:
		case <-late:
			return false
		}
	}
	return true
}

// A certificate has its proof while those that came with it are still being issued.
func TestAProofDoesNotWaitForTheRound(t *testing.T) {
	e := start(t)
	e.withLog(t)
	id, writer := e.answered(t)
	_, err := e.exams.Submit(t.Context(), e.person, id, writer, nil)
	must(t, err)
	first, err := e.store.Attempt(t.Context(), id)
	must(t, err)
	second := first
	second.ID, second.Number, second.Version, second.DueAt = "second", first.Number+1, 1, first.DueAt.Add(time.Millisecond)
	must(t, e.store.InsertAttempt(t.Context(), second))
	e.now = e.now.Add(time.Second) // both are due

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	proved := func() bool {
		c, err := e.store.CertificateByAttempt(ctx, id)
		return err == nil && c.Proof != nil
	}
	held := false
	e.store.BeforeUpdateAttempt = func() {
		a, err := e.store.Store.Attempt(ctx, id)
		if err != nil || a.CertificateID == "" || held {
			return
		}
		held = true // the second is stopped on its way
		if !eventually(proved) {
			t.Error("the first certificate has no proof before the second is issued")
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.worker.Run(ctx)
	}()
	if !eventually(func() bool {
		a, err := e.store.Store.Attempt(ctx, "second")
		return err == nil && a.CertificateID != ""
	}) {
		t.Error("the second attempt has no certificate")
	}
	stop()
	<-ended
	if !held {
		t.Error("the round was not held up")
	}
}
